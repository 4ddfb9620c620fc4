"""Pitch curves of single lines: glides, vibrato, both ends of the range, and what is no single line."""

import numpy as np
import pytest

from engine.analysis.pitch_line import FRAME_RATE, pitch_line
from engine.audio import Audio

RATE = 44100
SAW = 1 / np.arange(1, 16)


def tone(hertz: np.ndarray, harmonics: np.ndarray = SAW) -> np.ndarray:
    """Float32 (frames, 1), of a pitch curve at `RATE`."""
    phase = 2 * np.pi * np.cumsum(hertz) / RATE
    sound = sum(level * np.sin((number + 1) * phase) for number, level in enumerate(harmonics))
    return np.asarray(0.2 * sound, np.float32)[:, None]


def steady(pitch: float, seconds: float = 1.0) -> np.ndarray:
    return np.full(round(seconds * RATE), 440 * 2 ** ((pitch - 69) / 12))


@pytest.mark.parametrize(
    ("hertz", "harmonics"),
    [
        (110 * 2 ** (np.arange(2 * RATE) / RATE), SAW),
        (660 * 2 ** (np.sin(2 * np.pi * 6 * np.arange(RATE) / RATE) / 24), np.array([1, 0.5])),
        (steady(95.5), np.ones(1)),
        (steady(28.2), SAW),
        (steady(58.3), np.array([1, 0, 0.5, 0, 0.3])),
    ],
    ids=["glide", "vibrato", "high sine", "low saw", "odd harmonics"],
)
def test_pitch_is_exact_to_some_cents(hertz: np.ndarray, harmonics: np.ndarray) -> None:
    line = pitch_line(Audio(tone(hertz, harmonics), RATE))
    true = np.interp(np.arange(len(line.hertz)) / FRAME_RATE, np.arange(len(hertz)) / RATE, hertz)
    inner = slice(5, -5)  # where a frame's window lies inside the sound
    assert line.voiced[inner].all()
    assert np.abs(1200 * np.log2(line.hertz / true))[inner].max() < 12
    assert line.single > 0.9


def test_loudness_follows_the_level() -> None:
    swell = np.geomspace(0.01, 1, 2 * RATE)[:, None].astype(np.float32)
    line = pitch_line(Audio(tone(steady(60, 2)) * swell, RATE))
    rise = np.diff(line.loudness[10:-10]).mean() * FRAME_RATE
    assert rise == pytest.approx(20, abs=0.3)  # dB a second


@pytest.mark.parametrize("pitches", [(60, 64, 67), (48, 55), (57, 60, 64), (60, 65), (60, 69), (48, 52, 55, 58)])
def test_chords_are_no_single_line(pitches: tuple[int, ...]) -> None:
    assert pitch_line(Audio(np.sum([tone(steady(pitch)) for pitch in pitches], axis=0), RATE)).single < 0.1


def test_noise_and_silence_and_nothing_have_no_pitch() -> None:
    noise = np.random.default_rng(0).standard_normal((RATE, 1)).astype(np.float32) * 0.1
    line = pitch_line(Audio(noise, RATE))
    assert not line.voiced.any()
    assert not line.silent
    for frames in (0, 1, RATE):
        assert pitch_line(Audio(np.zeros((frames, 2), np.float32), RATE)).silent
