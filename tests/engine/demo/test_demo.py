"""The demo song: it is whole, in tempo, and uses what the program can do."""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from engine.audio import read_audio
from engine.cli import main
from engine.demo import parts, voices
from engine.demo.arrangement import PARTS, SECTIONS, build_demo
from engine.demo.parts import BEAT
from engine.errors import Cancelled, ProjectFileError
from engine.generate import registry
from engine.jobs import Context
from engine.project import files
from engine.project.sources import find_missing
from tests.places import place_at


def test_the_command_makes_and_bounces_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    assert main(["demo", "--out", str(out), "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    song = Path(printed["song"])
    project = files.load(song)
    assert project.tempo == 112
    assert len(project.tracks) >= 5
    assert [marker.name for marker in project.markers] == [name for name, _ in SECTIONS]
    assert find_missing(song, project) == []
    clips = [clip for _, clip in project.clips()]
    assert any(clip.loop_length for clip in clips)
    assert any(clip.reverse for clip in clips)
    assert any(len(clip.takes) == 3 for clip in clips)
    assert any(clip.fade_in.length for clip in clips)
    assert any(track.automation for track in project.tracks)
    bars = project.length * float(project.tempo) / (60 * project.rate) / 4
    assert 32 <= bars <= 35

    report = printed["bounce"]
    assert -19 < report["mix"]["integrated"] < -13
    assert report["mix"]["true_peak_db"] <= -0.95
    assert report["clipped"] == 0
    assert report["left_out"] == []
    stems = [read_audio(path).samples for path in sorted((out / "stems").glob("*.wav"))]
    mix = read_audio(out / "Harbour Lights.wav").samples
    assert len(stems) == len(project.tracks)
    assert np.abs(np.sum(stems, axis=0) - mix).max() < 1e-5
    for stem in stems:
        assert np.abs(stem).max() > 0.02
    beat = int(project.clock.frames(place_at(Fraction(64))))  # the chorus begins with the bass drum and a crash
    before, after = mix[beat - 2400 : beat - 240], mix[beat : beat + 4800]
    assert np.sqrt((after**2).mean()) > 0.05
    assert np.isfinite(before).all()

    (out / "Harbour Lights.wav").unlink()
    monkeypatch.setattr(registry, "DEFAULT", "melody-paper")  # whose weights are not brought along
    assert main(["demo", "--generate", "--out", str(out)]) == 0  # so it is this song, bounced again
    printed = capsys.readouterr().out
    assert "not installed" in printed.splitlines()[0]
    assert "The song is" in printed
    assert (out / "Harbour Lights.wav").is_file()
    assert main(["demo", "--generate", "--model", "melody-paper", "--out", str(out)]) == 1
    assert "not installed" in capsys.readouterr().err


def test_the_folder_must_be_free(tmp_path: Path) -> None:
    (tmp_path / "something").touch()
    with pytest.raises(ProjectFileError, match="not empty"):
        build_demo(tmp_path)


def test_cancel_leaves_nothing(tmp_path: Path) -> None:
    context = Context(lambda share, text: context.cancel())
    with pytest.raises(Cancelled):
        build_demo(tmp_path / "song", context)
    assert list(tmp_path.iterdir()) == []


def test_parts_are_the_same_every_time_and_clean() -> None:
    for name in ("Groove", "Fill", "Shaker", "Crash"):
        make, _ = PARTS[name]
        sound = make()
        assert np.array_equal(sound, make())
        assert sound.dtype == np.float32
        assert np.isfinite(sound).all()
        assert 0.05 < np.abs(sound).max() <= 1
        assert abs(sound.mean()) < 0.01


def test_the_groove_is_in_time() -> None:
    sound = parts.groove(2, chorus=False)
    assert len(sound) == round(8 * BEAT)
    bright = np.abs(np.diff(sound, axis=0))  # the bass drum rings on, but not up there
    for beat in (1, 3, 5, 7):  # the snare
        at = round(beat * BEAT)
        before = bright[at - 1200 : at - 480].mean()
        assert bright[at : at + 1200].mean() > 3 * before


@pytest.mark.parametrize("note", [33, 60, 81])
def test_pitch(note: int) -> None:
    for sound in (
        voices.electric_piano(note, 1.0, 0.6),
        voices.bass(note, 1.0, 0.6),
        voices.pluck(note, 1.0, 0.6),
        voices.lead(note, 1.0, 0.6, note),
    ):
        size = 1 << 18
        spectrum = np.abs(np.fft.rfft(sound[2400:26400] * np.hanning(24000), size))
        low = round(voices.hertz(note) / voices.RATE * size * 0.8)
        high = round(voices.hertz(note) / voices.RATE * size * 1.25)
        heard = (low + int(spectrum[low:high].argmax())) * voices.RATE / size
        assert 12 * abs(np.log2(heard / voices.hertz(note))) < 0.2
