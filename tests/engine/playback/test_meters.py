import numpy as np
import pytest

from engine.playback.meters import Ballistics, Correlation, measure


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


@pytest.mark.parametrize("share", [1.0, 0.6, 0.0, -0.3, -1.0])
def test_correlation_is_pearsons(share: float) -> None:
    rng = np.random.default_rng(4)
    left, other = rng.standard_normal((2, 48000)) * 0.2
    right = 0.5 * (share * left + np.sqrt(1 - share * share) * other)
    meter = Correlation(48000)
    for at in range(0, 48000, 480):
        meter.push(np.stack((left, right), axis=1)[at : at + 480].astype(np.float32))
    assert meter.value == pytest.approx(np.corrcoef(left, right)[0, 1], abs=0.05)


def test_correlation_of_silence_and_of_one_side_alone_is_none() -> None:
    meter = Correlation(48000)
    meter.push(np.zeros((480, 2), np.float32))
    assert meter.value == 0.0
    meter.push(np.array([[0.5, 0.0], [np.nan, 0.0]] * 240, np.float32))
    assert meter.value == 0.0
