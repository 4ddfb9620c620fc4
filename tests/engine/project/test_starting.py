"""The limiter that a new song has on its master."""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.cli import main
from engine.devices.registry import find_device
from engine.project import edits
from engine.project.files import load
from engine.project.model import MASTER, new_project
from engine.project.starting import LIMITER_ID, begin_song
from engine.timing.signature import Signature

RATE = 48000


@pytest.fixture
def song(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """A song of the shell with a tone of 997 Hz on each of two tracks: −7 dBFS together."""
    assert main(["new", str(tmp_path / "song")]) == 0
    tone = (0.22 * np.sin(2 * np.pi * 997 / RATE * np.arange(RATE // 2))).astype(np.float32)
    for name in ("A", "B"):
        soundfile.write(tmp_path / f"{name}.wav", tone, RATE, subtype="FLOAT")
        assert main(["import", str(tmp_path / "song"), str(tmp_path / f"{name}.wav"), "--track", name]) == 0
    capsys.readouterr()
    return tmp_path / "song"


def bounced(song: Path, name: str, *more: str) -> np.ndarray:
    path = song.parent / f"{name}.wav"
    assert main(["bounce", str(song), "--mix", str(path), "--format", "32f", *more]) == 0
    return soundfile.read(path, dtype="float32")[0]


def test_a_new_song_has_a_limiter_and_only_a_new_one() -> None:
    p = begin_song("Song", rate=44100, tempo=Fraction(90), signature=Signature(3, 4))
    (device,) = p.master_devices
    assert (device.id, device.kind, device.enabled, device.values) == (LIMITER_ID, "limiter", True, {"ceiling_db": -1})
    spec = find_device(device.kind)
    assert spec is not None
    assert spec.parameter("ceiling_db") is not None
    assert edits.remove_device(p, MASTER, LIMITER_ID).master_devices == ()
    assert (p.rate, p.tempo, p.signature) == (44100, 90, Signature(3, 4))
    assert new_project("Song").master_devices == begin_song("Song", limiter=False).master_devices == ()


def test_the_shell_leaves_it_out_on_request(tmp_path: Path) -> None:
    assert main(["new", str(tmp_path / "song"), "--no-limiter"]) == 0
    assert load(tmp_path / "song").master_devices == ()


def test_below_its_ceiling_every_sample_passes_and_stems_add_up_to_the_mix(
    song: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mix = bounced(song, "mix", "--stems", str(tmp_path / "stems"), "--json")
    report = json.loads(capsys.readouterr().out)
    tone, _ = soundfile.read(tmp_path / "A.wav", dtype="float32")
    np.testing.assert_array_equal(mix[: len(tone)], np.stack((tone + tone,) * 2, axis=1))
    stems = [soundfile.read(stem, dtype="float32")[0] for stem in sorted((tmp_path / "stems").glob("*.wav"))]
    np.testing.assert_array_equal(stems[0] + stems[1], mix)
    assert "The stems add up to the mix before the master's devices (Limiter)." in report["notes"]


def test_above_its_ceiling_it_limits_until_it_is_taken_away(song: Path) -> None:
    for name in ("A", "B"):
        assert main(["set", str(song), "--track", name, "--gain-db", "6"]) == 0
    limited = bounced(song, "limited")
    assert 10 ** (-1.5 / 20) < np.abs(limited).max() <= 10 ** (-1 / 20)
    assert main(["set", str(song), "--track", "A", "--gain-db", "5"]) == 0
    assert main(["set", str(song), "--track", "master", "--remove-insert", "1"]) == 0
    assert load(song).master_devices == ()
    free = bounced(song, "free")
    assert np.abs(free).max() == pytest.approx(0.22 * (10 ** (6 / 20) + 10 ** (5 / 20)), abs=1e-3)


def test_the_shell_begins_a_song_as_another(song: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    second = tmp_path / "second"
    assert main(["new", str(second), "--template", str(song)]) == 0
    one, two = load(song), load(second)
    assert (two.name, two.tracks, two.master_devices) == ("second", one.tracks, one.master_devices)
    assert two.id != one.id
    assert sorted(each.name for each in (second / "audio").iterdir()) == sorted(
        each.name for each in (song / "audio").iterdir()
    )
    capsys.readouterr()
    for more, word in (([str(song), "--tempo", "90"], "come with the template"), (["Nowhere"], "no template")):
        assert main(["new", str(tmp_path / "third"), "--template", *more]) == 1
        assert word in capsys.readouterr().err
    assert not (tmp_path / "third").exists()
