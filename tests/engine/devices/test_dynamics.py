"""Compressor and gate beside hand-computed curves and times."""

import numpy as np
import pytest

from tests.engine.devices.devices import RATE, noise, processor, sine, stereo, through, values


def level_db(sound: np.ndarray) -> float:
    return float(20 * np.log10(np.abs(sound).max()))


def expected_db(level: float, threshold: float, ratio: float, knee: float) -> float:
    """The output level: Giannoulis et al., equation 4."""
    over = level - threshold
    if 2 * over < -knee:
        return level
    if 2 * abs(over) <= knee:
        return level + (1 / ratio - 1) * (over + knee / 2) ** 2 / (2 * knee)
    return threshold + over / ratio


@pytest.mark.parametrize(("threshold", "ratio", "knee"), [(-20, 4, 0), (-30, 2, 12), (-12, 20, 6)])
@pytest.mark.parametrize("level", [-50, -32, -21, -12, -3])
@pytest.mark.parametrize("hertz", [110, 1000])
def test_the_static_curve(threshold, ratio, knee, level, hertz):
    chosen = {"threshold_db": threshold, "ratio": ratio, "knee_db": knee, "attack_ms": 5, "release_ms": 150}
    out = through("compressor", sine(hertz, level, 0.6), **chosen)[-RATE // 10 :]
    assert level_db(out) == pytest.approx(expected_db(level, threshold, ratio, knee), abs=0.2)


def gain_db(out: np.ndarray, sound: np.ndarray) -> np.ndarray:
    return 20 * np.log10(np.abs(out[:, 0]) / np.abs(sound[:, 0]))


@pytest.mark.parametrize(("attack", "release"), [(1, 50), (10, 120), (60, 800)])
def test_attack_and_release_are_time_constants(attack, release):
    """A level that jumps up and down: 63.2 % of the change in decibels after the time."""
    up, down = RATE // 2, RATE // 2 + RATE * max(attack, 20) // 50
    level = np.full(down + RATE * release // 200, 10 ** (-40 / 20))
    level[up:down] = 10 ** (-6 / 20)
    sound = stereo(level)
    chosen = {"threshold_db": -26.0, "ratio": 4.0, "knee_db": 0.0, "attack_ms": attack, "release_ms": release}
    gain = gain_db(through("compressor", sound, **chosen), sound)
    full = -20 * 0.75
    assert gain[down - 1] == pytest.approx(full, abs=0.05)
    reached = np.argmax(gain[up:] <= full * (1 - np.exp(-1)))
    assert reached == pytest.approx(attack * RATE / 1000, rel=0.05)
    released = np.argmax(gain[down:] >= full * np.exp(-1))
    assert released == pytest.approx(release * RATE / 1000, rel=0.05)


def test_attack_of_a_tone():
    sound = sine(1000, -6, 0.4)
    out = through("compressor", sound, threshold_db=-26.0, ratio=4.0, knee_db=0.0, attack_ms=20.0, release_ms=200.0)
    peaks = np.abs(out[:, 0]).reshape(-1, 24).max(axis=1) / np.abs(sound[:, 0]).reshape(-1, 24).max(axis=1)
    reached = np.argmax(20 * np.log10(peaks) <= -15 * (1 - np.exp(-1))) * 24
    assert reached == pytest.approx(0.020 * RATE, rel=0.06)  # to half a wave of the tone


def test_below_the_threshold_every_bit_passes():
    sound = sine(300, -30, 0.2)
    assert np.array_equal(through("compressor", sound, threshold_db=-18.0, knee_db=6.0), sound)


def test_mix_is_parallel_and_make_up_is_in_the_wet_part():
    sound = sine(500, -6, 0.5)
    wet = through("compressor", sound, threshold_db=-30.0, ratio=8.0, makeup_db=6.0)
    half = through("compressor", sound, threshold_db=-30.0, ratio=8.0, makeup_db=6.0, mix=50.0)
    assert np.abs(half - 0.5 * (wet.astype(np.float64) + sound)).max() < 1e-6


def test_the_side_chain_controls_it():
    sound, quiet, loud = sine(500, -10, 0.3), sine(60, -60, 0.3), sine(60, -6, 0.3)
    assert np.array_equal(through("compressor", sound, sidechain=quiet, threshold_db=-18.0), sound)
    ducked = through("compressor", sound, sidechain=loud, threshold_db=-18.0, ratio=4.0, knee_db=0.0)
    assert level_db(ducked[-4800:]) == pytest.approx(-10 - 9, abs=0.2)


def test_both_channels_are_lowered_alike():
    sound = noise(RATE // 4, level=0.4)
    sound[:, 1] *= 0.1
    out = through("compressor", sound, threshold_db=-30.0).astype(np.float64)
    kept = np.abs(sound) > 1e-3
    ratio = np.where(kept, out / np.where(kept, sound, 1.0), np.nan)
    both = kept.all(axis=1)
    assert np.abs(ratio[both, 0] - ratio[both, 1]).max() < 1e-5


def test_the_meter_shows_the_reduction():
    effect = processor("compressor")
    for _ in range(12):
        effect.process(sine(1000, -6, 0.1), values("compressor", threshold_db=-26.0, ratio=4.0, knee_db=0.0))
    assert effect.reduction_db == pytest.approx(15, abs=0.2)  # type: ignore[attr-defined]


def burst(on_db: float, off_db: float) -> np.ndarray:
    level = np.full(RATE, 10 ** (off_db / 20))
    level[12000:24000] = 10 ** (on_db / 20)
    return stereo(level)


def test_the_gate_opens_holds_and_closes_by_its_times():
    sound = burst(-10, -60)
    chosen = {"threshold_db": -30.0, "range_db": 40.0, "hysteresis_db": 6.0}
    gain = gain_db(through("gate", sound, **chosen, attack_ms=2.0, hold_ms=50.0, release_ms=80.0), sound)
    assert gain[11999] == pytest.approx(-40, abs=0.01)
    opened = np.argmax(10 ** (gain[12000:] / 20) >= 1 - 0.99 * np.exp(-1))
    assert opened == pytest.approx(0.002 * RATE, rel=0.05)
    assert gain[23999] == pytest.approx(0, abs=0.01)
    assert gain[24000 + 2399] == pytest.approx(0, abs=0.01)  # held for 50 ms
    assert gain[24000 + 2402] < -0.001
    closed = np.argmax(10 ** (gain[24000 + 2400 :] / 20) <= 0.01 + 0.99 * np.exp(-1))
    assert closed == pytest.approx(0.080 * RATE, rel=0.05)


def test_the_gate_stays_open_between_its_two_thresholds():
    """What opened it at −30 dB keeps it open at −34 dB, with 6 dB of hysteresis; alone it would not have opened."""
    sound = burst(-28, -34)
    gain = gain_db(through("gate", sound, threshold_db=-30.0, hysteresis_db=6.0, hold_ms=1.0, release_ms=5.0), sound)
    assert gain[11000] < -50
    assert gain[-1] == pytest.approx(0, abs=0.01)
    gain = gain_db(through("gate", sound, threshold_db=-30.0, hysteresis_db=2.0, hold_ms=1.0, release_ms=5.0), sound)
    assert gain[-1] < -50


def test_the_gate_listens_to_its_side_chain():
    sound = stereo(np.full(RATE, 0.5))
    gain = gain_db(through("gate", sound, sidechain=burst(-10, -60), threshold_db=-30.0, release_ms=5.0), sound)
    assert gain[20000] == pytest.approx(0, abs=0.01)
    assert gain[-1] == pytest.approx(-60, abs=0.1)
