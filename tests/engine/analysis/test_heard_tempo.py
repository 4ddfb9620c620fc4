"""The tempo of sounds without drums."""

import numpy as np
import pytest

from engine.analysis.grid import grid_of_sound
from engine.analysis.heard_tempo import felt_tempo, plain_pulse
from engine.analysis.pulse import onsets_of
from engine.analysis.sound import RATE

ROOTS = (48, 45, 41, 43)


def strummed(tempo: float, bars: int = 8) -> np.ndarray:
    """A bass on one and three, and chords between the beats: (T,) at `RATE`."""
    beat = 60 / tempo
    sound = np.zeros(round((4 * bars * beat + 1) * RATE), np.float32)
    times = np.arange(RATE // 2) / RATE
    envelope = np.exp(-times / 0.2) * np.minimum(times / 0.01, 1)
    strokes = [(place, (0,), 1.0) for place in (0, 2)] + [(place + 0.5, (12, 16, 19), 0.5) for place in range(4)]
    for bar in range(bars):
        for place, intervals, loudness in strokes:
            first = round((4 * bar + place) * beat * RATE)
            for interval in intervals:
                angle = 2 * np.pi * 440 * 2 ** ((ROOTS[bar % 4] + interval - 69) / 12) * times
                sound[first : first + len(times)] += (
                    0.1 * loudness * envelope * (np.sin(angle) + 0.4 * np.sin(2 * angle))
                ).astype(np.float32)
    return sound


def test_chords_between_the_beats_do_not_double_the_tempo() -> None:
    sound = strummed(72)
    assert felt_tempo(sound, onsets_of(sound)) == pytest.approx(72, rel=0.013)
    grid = grid_of_sound(sound)
    assert grid is not None
    assert grid.tempo == 72.0
    assert abs((grid.start + grid.beat / 2) % grid.beat - grid.beat / 2) < 0.010


def test_noise_and_silence_are_no_fault() -> None:
    quiet = np.zeros(3 * RATE, np.float32)
    assert felt_tempo(quiet, onsets_of(quiet)) is None
    assert grid_of_sound(quiet) is None


def strokes(tempo: float, pitch: float = 900.0) -> np.ndarray:
    """Ten seconds of decaying tones, all alike."""
    sound, time = np.zeros(10 * RATE, np.float32), np.arange(1500)
    stroke = 0.5 * np.sin(2 * np.pi * pitch * time / RATE) * np.exp(-time / 300)
    for start in (np.arange(0.05, 9.9, 60 / tempo) * RATE).astype(int):
        sound[start : start + 1500] += stroke
    return sound


@pytest.mark.parametrize(("clicks", "felt"), [(60, 60), (90, 90), (120, 120), (174, 174), (240, 120)])
def test_a_metronome_has_the_tempo_of_its_clicks(clicks: float, felt: float) -> None:
    sound = strokes(clicks)
    assert felt_tempo(sound, onsets_of(sound)) == pytest.approx(felt, rel=2e-3)


def test_strokes_that_differ_or_lie_apart_unevenly_are_no_plain_pulse() -> None:
    low, high = strokes(120), strokes(60, 2500.0)
    assert plain_pulse(np.where(high != 0, high, low), onsets_of(np.where(high != 0, high, low))) is None
    swung = strokes(120)
    swung[RATE:] = np.roll(swung, RATE // 6)[RATE:]
    assert plain_pulse(swung, onsets_of(swung)) is None
    silence = np.zeros(10 * RATE, np.float32)
    assert plain_pulse(silence, onsets_of(silence)) is None
