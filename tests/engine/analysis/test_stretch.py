from collections.abc import Callable

import numpy as np
import pytest

from engine.analysis.fit import fit
from engine.analysis.stretch import stretched, to_grid
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
