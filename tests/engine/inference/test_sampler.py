"""A clip as an instrument: at its own pitch on C4, an octave higher on C5, each side on its own."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.audio import Audio, write_audio
from engine.compose.drums import perform
from engine.compose.soundfont import SoundFont, Voice, find_soundfont
from engine.errors import AudioFileError
from engine.inference.sampler import instrument_of_clip, instrument_of_file, with_pad
from engine.project.importing import import_audio
from engine.project.model import Clip, Instrument, Project, Track, audio_clip, audio_take, new_project
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


def tone(path: Path, frequency: float) -> None:
    time = np.arange(RATE) / RATE
    sound = 0.2 * np.sin(2 * np.pi * frequency * time)
    write_audio(path, Audio(sound[:, None].astype(np.float32), RATE), "FLOAT")


def left_over(sound: np.ndarray, like: np.ndarray) -> float:
    """What one sound leaves of another, in decibels of that; the bundled samples are rounded to 16 bits in a copy."""
    return float(10 * np.log10(np.square(sound - like).mean() / np.square(like).mean() + 1e-12))


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


def test_a_file_is_played_on_one_pad_of_a_kit_and_all_others_stay(tmp_path: Path) -> None:
    tone(tmp_path / "zap.wav", 1500)
    kit = Instrument("standard kit", 0, drums=True, level_db=-3.0)
    instrument = with_pad(kit, tmp_path / "zap.wav", 38)
    assert instrument == replace(kit, soundfont=instrument.soundfont)
    own, bundled = SoundFont(Path(instrument.soundfont)), SoundFont(find_soundfont())

    def played(font: SoundFont, pitch: int) -> np.ndarray:
        return font.play([Voice([(0, RATE // 2, pitch, 127)])], 0, True, RATE)[:, :24000]

    assert hertz(played(own, 38)[0, 2400:19200]) == pytest.approx(1500, abs=3), "as it was recorded"
    assert hertz(played(bundled, 38)[0, 2400:19200]) != pytest.approx(1500, abs=100)
    for pitch in (36, 37, 39, 42, 49):
        assert left_over(played(own, pitch), played(bundled, pitch)) < -45, pitch
    second = with_pad(instrument, tmp_path / "zap.wav", 36)
    again = SoundFont(Path(second.soundfont))
    assert hertz(played(again, 36)[0, 2400:19200]) == pytest.approx(1500, abs=3)
    assert np.array_equal(played(again, 38), played(own, 38))
    assert left_over(played(again, 42), played(bundled, 42)) < -45


def test_a_file_is_played_at_its_pitch_on_its_root(tmp_path: Path) -> None:
    tone(tmp_path / "tone.wav", 600)
    font = SoundFont(Path(instrument_of_file(tmp_path / "tone.wav", 50).soundfont))
    for pitch, factor in ((50, 1.0), (62, 2.0)):
        sound = font.play([Voice([(0, RATE // 2, pitch, 127)])], 0, False, RATE)[:, 2400:19200]
        assert hertz(sound[0]) == pytest.approx(600 * factor, abs=3)


def test_a_synthesised_kit_is_recorded_for_its_other_pads(tmp_path: Path) -> None:
    tone(tmp_path / "zap.wav", 1500)
    kit = Instrument("808", None, "808", drums=True)
    instrument = with_pad(kit, tmp_path / "zap.wav", 38)
    assert instrument == replace(kit, program=0, soundfont=instrument.soundfont)
    own = SoundFont(Path(instrument.soundfont))

    def level(sound: np.ndarray) -> float:
        return float(10 * np.log10(np.sum(sound.astype(np.float64) ** 2)))

    for pitch in (36, 42, 49):
        voice = [Voice([(0, RATE // 8, pitch, 100)])]
        recorded, synthesised = own.play(voice, 0, True, RATE), perform("808", voice, RATE)
        assert level(recorded) == pytest.approx(level(synthesised), abs=2.0), pitch
    stroke = own.play([Voice([(0, RATE // 2, 38, 127)])], 0, True, RATE)[0, 2400:19200]
    assert hertz(stroke) == pytest.approx(1500, abs=3)
