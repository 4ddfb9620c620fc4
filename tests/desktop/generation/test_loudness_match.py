import math

import numpy as np
import pytest

from desktop.generation.loudness_match import Level, matching_gains, measure
from engine.audio import Audio
from engine.jobs import Context
from engine.project.storing import store_sound


def test_takes_end_up_equally_loud() -> None:
    levels = [Level(-20.0, -9.0), Level(-14.0, -3.0), Level(-17.0, -6.0)]
    gains = matching_gains(levels)
    assert [level.loudness + gain for level, gain in zip(levels, gains, strict=True)] == pytest.approx([-17.0] * 3)


def test_nothing_is_lifted_into_the_ceiling() -> None:
    levels = [Level(-20.0, -2.0), Level(-10.0, -1.0), Level(-12.0, -1.0)]
    gains = matching_gains(levels)
    assert all(level.peak + gain <= -1.0 for level, gain in zip(levels, gains, strict=True))
    assert [level.loudness + gain for level, gain in zip(levels, gains, strict=True)] == pytest.approx([-19.0] * 3)


def test_silence_and_outliers_do_not_drag_the_others() -> None:
    assert matching_gains([Level(-math.inf, -math.inf)]) == [0.0]
    gains = matching_gains([Level(-math.inf, -math.inf), Level(-16.0, -4.0), Level(-18.0, -6.0), Level(-60.0, -50.0)])
    assert gains == [0.0, -2.0, 0.0, 12.0]


def test_a_target_is_met_as_far_as_there_is_headroom() -> None:
    assert matching_gains([Level(-20.0, -10.0), Level(-20.0, -2.0)], -16.0) == [4.0, 1.0]


def test_the_level_of_a_file(tmp_path) -> None:
    for room in ("audio", "cache"):
        (tmp_path / room).mkdir()
    t = np.arange(48000 * 2) / 48000
    wave = (0.25 * np.sin(2 * np.pi * 997 * t)).astype(np.float32)
    source = store_sound(tmp_path, Audio(np.stack((wave, wave), axis=1), 48000), "Tone")
    level = measure(tmp_path, source, 48000, Context())
    # BS.1770: a full-scale tone of 997 Hz in both channels is 0 LUFS
    assert level.loudness == pytest.approx(20 * math.log10(0.25), abs=0.1)
    assert level.peak == pytest.approx(20 * math.log10(0.25), abs=0.05)
