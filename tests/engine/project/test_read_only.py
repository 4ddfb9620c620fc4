"""A song that lies where nothing may be written, without its cache: opened, shown, played, and exported elsewhere."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engine.audio import Audio, read_audio, write_audio
from engine.cli import main
from engine.errors import ProjectFileError
from engine.playback.bounce import BounceRequest, bounce
from engine.playback.mixer import Mixer
from engine.playback.plan import compile_plan
from engine.playback.wavfile import SampleFormat
from engine.project import derived, files
from engine.project.files import ProjectFolder
from engine.project.peaks import build_peaks
from engine.project.pool import prepare, read_samples

RATE = 48000


@pytest.fixture
def song(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A song of a float file, a 24-bit one and one at another rate, with a file where its cache should be."""
    monkeypatch.setenv("CONTINUO_CACHE", str(tmp_path / "users cache"))
    folder = tmp_path / "Song"
    assert main(["new", str(folder)]) == 0
    rng = np.random.default_rng(1)
    for name, rate, subtype in (("a", RATE, "FLOAT"), ("b", RATE, "PCM_24"), ("c", 44100, "PCM_16")):
        sound = Audio((rng.standard_normal((20_000, 2)) * 0.1).astype(np.float32), rate)
        write_audio(tmp_path / f"{name}.wav", sound, subtype)
        assert main(["import", str(folder), str(tmp_path / f"{name}.wav"), "--track", name]) == 0
    shutil.rmtree(folder / "cache")
    (folder / "cache").write_text("in the way")  # for root as well, whom no permission holds back
    return folder


def test_it_is_exported_elsewhere(song: Path, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in song.rglob("*") if path.is_file()}
    request = BounceRequest(tmp_path / "mix.wav", format=SampleFormat.FLOAT)
    bounce(files.load(song), song, request)
    mix = read_audio(tmp_path / "mix.wav").samples
    assert {path: path.read_bytes() for path in song.rglob("*") if path.is_file()} == before
    (song / "cache").unlink()
    bounce(files.load(song), song, BounceRequest(tmp_path / "again.wav", format=SampleFormat.FLOAT))
    np.testing.assert_array_equal(read_audio(tmp_path / "again.wav").samples, mix)
    assert np.abs(mix).max() > 0.1


def test_it_is_played_and_drawn(song: Path) -> None:
    project = files.load(song)
    for source in project.sources.values():
        sound = read_samples(prepare(song, source, RATE), 0, 1000)
        peaks = build_peaks(song, source, RATE)
        assert peaks.levels[0].max() >= sound.max() > 0.1
    plan = compile_plan(project, song)
    assert plan.missing == ()
    with Mixer(plan) as mixer:
        assert np.abs(mixer.render(0, 1000)).max() > 0.1
    assert (song / "cache").read_text() == "in the way"


def test_another_file_at_the_same_place_is_decoded_anew(song: Path) -> None:
    source = next(each for each in files.load(song).sources.values() if each.subtype == "PCM_24")
    first = read_samples(prepare(song, source, RATE), 0, 100)
    write_audio(song / source.file, Audio(np.full((20_000, 2), 0.25, np.float32), RATE), "PCM_24")
    second = read_samples(prepare(song, source, RATE), 0, 100)
    assert np.abs(second - 0.25).max() < 1e-6
    assert np.abs(first - 0.25).max() > 0.1


def test_what_was_not_used_for_long_goes(song: Path, tmp_path: Path) -> None:
    (room := tmp_path / "users cache" / "sounds").mkdir(parents=True)
    for name, days in (("old.f32", derived.KEPT_DAYS + 1), ("new.f32", 1)):
        (room / name).touch()
        os.utime(room / name, (0, (room / name).stat().st_mtime - 86400 * days))
    source = next(each for each in files.load(song).sources.values() if each.subtype == "PCM_24")
    prepare(song, source, RATE)
    assert not (room / "old.f32").exists()
    assert (room / "new.f32").exists()
    assert len(list(room.iterdir())) == 2


def test_a_song_that_cannot_be_locked_is_opened_to_be_heard(song: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("filelock.BaseFileLock.acquire", refuse)
    before = sorted(path.name for path in song.iterdir())
    with ProjectFolder.open(song) as opened:
        assert opened.read_only
        assert "nothing may be written" in opened.notice
        assert len(opened.project.tracks) == 3
        opened.autosave(files.load(song))
        with pytest.raises(ProjectFileError, match="copy its folder"):
            opened.save(opened.project)
    assert sorted(path.name for path in song.iterdir()) == before
    assert main(["set", str(song), "--tempo", "90"]) == 1


AS_NOBODY = """
import os, sys
os.setgid(65534); os.setuid(65534)
from engine.cli import main
song, out = sys.argv[1:]
sys.exit(main(["show", song]) or main(["bounce", song, "--mix", out + "/mix.wav"]))
"""


def test_another_user_shows_and_exports_it(song: Path, tmp_path: Path) -> None:
    """Where the test may become another user: the real permissions of the system."""
    (song / "cache").unlink()
    out = tmp_path / "out"
    out.mkdir()
    out.chmod(0o777)
    for path in (song, *song.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    reachable = os.name == "posix" and os.geteuid() == 0
    if reachable:
        for path in tmp_path.parents:
            reachable = reachable and bool(path.stat().st_mode & 0o001)
    environment = {**os.environ, "CONTINUO_CACHE": str(out / "cache"), "HOME": str(out)}
    code = AS_NOBODY if reachable else AS_NOBODY.replace("os.setgid(65534); os.setuid(65534)", "")
    done = subprocess.run(
        [sys.executable, "-c", code, str(song), str(out)], capture_output=True, text=True, check=False, env=environment
    )
    assert done.returncode == 0, done.stderr
    assert np.abs(read_audio(out / "mix.wav").samples).max() > 0.1
    if reachable:
        assert not (song / "cache").exists()
