import numpy as np
import pytest

from engine.playback.meters import Ballistics, measure


def test_measures_peaks_of_both_signs_and_power() -> None:
    sound = np.zeros((100, 2), np.float32)
    sound[3], sound[50] = (0.5, -0.9), (-0.6, 0.2)
    assert measure(sound) == pytest.approx((0.6, 0.9, 0.0061, 0.0085), rel=1e-5)


def test_peak_falls_by_20_db_in_one_and_a_half_seconds_and_rms_settles() -> None:
    meter = Ballistics(1, 48000)
    meter.push(np.array([[1.0, 0.5, 0.25, 0.25]], np.float32), 480)
    assert meter.peak.tolist() == [[1.0, 0.5]]
    for _ in range(150):
        meter.push(np.array([[0.0, 0.0, 0.25, 0.0]], np.float32), 480)
    assert meter.peak[0] == pytest.approx([0.1, 0.05], rel=1e-3)
    assert meter.rms[0] == pytest.approx([0.5, 0.0], abs=0.05)


def test_clip_lights_are_for_samples_beyond_full_scale() -> None:
    meter = Ballistics(2, 48000)
    meter.push(np.array([[1.0, 1.0, 1, 1], [1.0, 1.001, 1, 1]], np.float32), 10)
    meter.push(np.zeros((2, 4), np.float32), 10)
    assert meter.clipped.tolist() == [False, True]
    other = Ballistics(2, 48000)
    other.carry(meter, [(1, 0)])
    assert other.clipped.tolist() == [True, False]
    assert other.peak[0, 1] == meter.peak[1, 1]
