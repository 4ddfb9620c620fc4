"""A clip as an instrument: at its own pitch on C4, an octave higher on C5, each side on its own."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.audio import Audio, write_audio
from engine.compose.soundfont import SoundFont, Voice
from engine.errors import AudioFileError
from engine.inference.sampler import instrument_of_clip
from engine.project.importing import import_audio
from engine.project.model import Clip, Project, Track, audio_clip, audio_take, new_project
from tests.places import place_at

RATE = 48000


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTINUO_DATA", str(tmp_path / "data"))


def song(folder: Path, samples: np.ndarray, length: int) -> tuple[Project, Clip]:
    for room in ("audio", "cache"):
        (folder / room).mkdir(exist_ok=True)
    write_audio(folder / "in.wav", Audio(samples.astype(np.float32), RATE), "FLOAT")
    source = import_audio(folder, folder / "in.wav", RATE)
    clip = audio_clip("c", place_at(0), length, (audio_take("t", source.id),), name="Bell")
    project = replace(new_project("song", rate=RATE), sources={source.id: source})
    return replace(project, tracks=(Track("k", "track", clips=(clip,)),)), clip


def hertz(sound: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    return float(np.argmax(spectrum)) * RATE / len(sound)


def test_the_sound_of_a_clip_is_played_on_the_keys(tmp_path: Path) -> None:
    time = np.arange(RATE) / RATE
    left, right = 0.3 * np.sin(2 * np.pi * 440 * time), 0.3 * np.sin(2 * np.pi * 1000 * time)
    project, clip = song(tmp_path, np.stack([left, right], axis=1), RATE)
    instrument = instrument_of_clip(project, tmp_path, clip)
    assert (instrument.name, instrument.program, instrument.drums) == ("Bell", 0, False)
    font = SoundFont(Path(instrument.soundfont))
    for pitch, factor in ((60, 1.0), (72, 2.0), (48, 0.5)):
        sound = font.play([Voice([(0, RATE // 2, pitch, 127)])], 0, False, RATE)[:, 2400:19200]
        assert hertz(sound[0]) == pytest.approx(440 * factor, abs=3)
        assert hertz(sound[1]) == pytest.approx(1000 * factor, abs=3)
    assert instrument_of_clip(project, tmp_path, clip) == instrument


def test_what_cannot_be_played_is_a_sentence(tmp_path: Path) -> None:
    project, clip = song(tmp_path, np.zeros((RATE, 1)), RATE)
    with pytest.raises(AudioFileError, match="silent"):
        instrument_of_clip(project, tmp_path, clip)
    with pytest.raises(AudioFileError, match="longer than"):
        instrument_of_clip(project, tmp_path, replace(clip, length=61 * RATE))
