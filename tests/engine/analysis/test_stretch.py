import math
from collections.abc import Callable

import numpy as np
import pytest

from engine.analysis.fit import fit
from engine.analysis.stretch import stretched, stretched_along, to_grid
from engine.audio import Audio
from engine.errors import EngineError

Clicks = Callable[..., Audio]
RATE = 48000


@pytest.mark.parametrize(("tempo", "late"), [(118.9, 0.012), (121.7, -0.03), (100.0, 0.1)])
def test_beats_come_to_lie_on_the_grid(clicks: Clicks, tempo: float, late: float) -> None:
    sound = clicks(tempo, late, seconds=12.8 if tempo > 110 else 10.5)
    frames = 12 * RATE if tempo > 110 else 8 * RATE
    made = to_grid(sound, fit(sound, 120.0), frames)
    assert len(made.samples) >= frames
    assert made.samples.shape[1] == 2
    beat = RATE // 2
    for number in range(2, frames // beat - 2):
        near = np.abs(made.samples[number * beat - 4800 : number * beat + 4800, 0])
        assert abs(int(np.argmax(near)) - 4800) < 0.002 * RATE
    again = fit(made, 120.0)
    assert again.measured_tempo == pytest.approx(120, abs=0.02)


def test_pitch_and_level_stay() -> None:
    time = np.arange(4 * RATE) / RATE
    tone = (0.5 * np.sin(2 * np.pi * 440 * time)).astype(np.float32)[:, None]
    made = stretched(tone, RATE, 0.95)
    assert len(made) == round(0.95 * len(tone))
    middle = made[RATE : 3 * RATE, 0]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    assert np.argmax(spectrum) / 2 == pytest.approx(440, abs=1)
    assert np.sqrt((middle**2).mean()) == pytest.approx(0.5 / np.sqrt(2), rel=0.05)


def test_the_same_tempo_keeps_every_sample() -> None:
    sound = np.random.default_rng(0).standard_normal((RATE, 1)).astype(np.float32)
    assert np.array_equal(stretched(sound, RATE, 1.0), sound)


def test_too_little_sound_ends_softly(clicks: Clicks) -> None:
    sound = clicks(118.9, 0.0, seconds=6.0)
    made = to_grid(sound, fit(sound, 120.0), 8 * RATE)
    assert len(made.samples) == 8 * RATE
    assert not made.samples[7 * RATE :].any()


def test_what_has_no_beat_is_refused() -> None:
    silence = Audio(np.zeros((4 * RATE, 1), np.float32), RATE)
    with pytest.raises(EngineError, match="no beat"):
        to_grid(silence, fit(silence, 120.0), RATE)


def test_the_grid_may_begin_within_the_result(clicks: Clicks) -> None:
    sound = clicks(119.0, 0.05, seconds=10.0)
    made = to_grid(sound, fit(sound, 120.0), 8 * RATE, grid=0.2)
    starts = [int(np.argmax(np.abs(made.samples[at - 4800 : at + 4800, 0]))) - 4800 for at in (33600, 129600, 321600)]
    assert max(map(abs, starts)) < 0.002 * RATE


def ramp(beats: int, first: float, last: float) -> list[float]:
    """When each beat of a ramp comes, in s: the integral of 60 over a tempo that moves in a straight line by beats."""
    slope = (last - first) / beats
    return [60 / slope * math.log(1 + slope * beat / first) for beat in range(beats + 1)]


def off(samples: np.ndarray, second: float) -> int:
    """By how many frames the loudest sample near a place lies after it."""
    at = round(second * RATE)
    return int(np.argmax(np.abs(samples[at - 4800 : at + 4800, 0]))) - 4800


@pytest.mark.parametrize(("late", "first", "last"), [(0.0, 112.0, 128.0), (0.1, 130.0, 110.0), (0.4, 120.0, 100.0)])
def test_beats_follow_a_ramp(clicks: Clicks, late: float, first: float, last: float) -> None:
    sound = clicks(119.0, late, seconds=12.0)
    beats = ramp(32, first, last)
    audio = to_grid(sound, fit(sound, 120.0).in_song(first, 0.0), 10 * RATE, beats=beats)
    assert audio.samples.shape[1] == 2
    assert max(abs(off(audio.samples, second)) for second in beats[1:19]) < 0.002 * RATE


def test_beats_follow_a_ramp_that_began_before_the_sound(clicks: Clicks) -> None:
    sound = clicks(119.0, 0.0, seconds=8.0)
    beats = [second - 1.25 for second in ramp(32, 112.0, 128.0)]
    audio = to_grid(sound, fit(sound, 120.0).in_song(114.0, 0.0), 6 * RATE, grid=beats[3], beats=beats)
    assert max(abs(off(audio.samples, second)) for second in beats[4:14]) < 0.002 * RATE


def test_a_tempo_that_moves_too_far_is_refused(clicks: Clicks) -> None:
    sound = clicks(119.0, 0.0, seconds=12.0)
    with pytest.raises(EngineError, match="which is too far from the sound's 119"):
        to_grid(sound, fit(sound, 120.0), 10 * RATE, beats=ramp(16, 120.0, 200.0))


def test_a_map_of_time_keeps_pitch_and_has_its_length_to_the_frame() -> None:
    time = np.arange(4 * RATE) / RATE
    tone = (0.5 * np.sin(2 * np.pi * 440 * time)).astype(np.float32)[:, None]
    marks = [(0.0, 0.0), (1.0, 1.04), (2.0, 2.06), (4.0, 4.0)]
    samples = stretched_along(tone, RATE, marks)
    assert len(samples) == 4 * RATE
    middle = samples[RATE : 3 * RATE, 0]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    assert np.argmax(spectrum) / 2 == pytest.approx(440, abs=1)
    assert np.abs(np.diff(samples[RATE : 3 * RATE, 0])).max() < 0.5 * 2 * np.pi * 440 / RATE * 1.2, "no seam"
