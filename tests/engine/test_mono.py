"""Folding to one channel: as loud as what is folded, whatever the signs."""

import numpy as np
import pytest

from engine.mono import fold_weights, mono

RNG = np.random.default_rng(3)
WAVE = (0.2 * RNG.standard_normal((20000, 1))).astype(np.float32)
OTHER = (0.2 * RNG.standard_normal((20000, 1))).astype(np.float32)


def power(samples: np.ndarray) -> float:
    return float(np.mean(np.square(samples, dtype=np.float64)))


@pytest.mark.parametrize("signs", [(1, 1), (1, -1), (-1, 1), (-1, -1), (1, -1, 1, -1, 1, 1)])
def test_equal_channels_of_any_sign_are_as_loud_as_each(signs: tuple[int, ...]) -> None:
    samples = np.concatenate([sign * WAVE for sign in signs], axis=1)
    folded = mono(samples)
    assert folded.shape == (20000, 1)
    np.testing.assert_allclose(np.abs(folded), np.abs(WAVE), atol=1e-6)


@pytest.mark.parametrize("samples", [
    np.concatenate((WAVE, OTHER), axis=1), np.concatenate((WAVE, -0.5 * WAVE), axis=1),
    np.concatenate((WAVE, 0.3 * OTHER - WAVE), axis=1), np.concatenate((WAVE, 0 * WAVE), axis=1),
])  # fmt: skip
def test_wide_and_lopsided_sounds_keep_their_mean_power(samples: np.ndarray) -> None:
    assert power(mono(samples)) == pytest.approx(power(samples), rel=1e-3)


def test_one_channel_is_itself_and_silence_stays_silent() -> None:
    assert mono(WAVE) is WAVE
    assert not mono(np.zeros((100, 2), np.float32)).any()


def test_parts_of_a_sound_are_folded_alike() -> None:
    samples = np.concatenate((WAVE, -WAVE + OTHER), axis=1)
    whole = mono(samples)
    parts = np.concatenate([mono(part, samples) for part in (samples[:7000], samples[7000:])])
    np.testing.assert_array_equal(parts, whole)
    assert np.isfinite(fold_weights(np.full((9, 2), np.nan, np.float32))).all()
