"""Joins, extrapolation, level match and piecewise resampling, on sounds whose answer is known."""

import copy

import numpy as np
import pytest

from engine.audio import resample
from engine.generate import crossfade
from engine.generate.resampling import RateChange

RATE = 24000


def sine(frames: int, hertz: float = 440.0, start: int = 0, channels: int = 1) -> np.ndarray:
    t = (np.arange(frames) + start)[:, None] / RATE
    return np.repeat(0.5 * np.sin(2 * np.pi * hertz * t), channels, axis=1).astype(np.float32)


def test_a_sine_is_carried_on() -> None:
    past = sine(4000) + sine(4000, 1234.5)
    ahead = crossfade.extrapolate(past, 360)
    expected = sine(360, start=4000) + sine(360, 1234.5, start=4000)
    assert np.abs(ahead - expected).max() < 0.05


def test_extrapolation_stays_bounded_and_survives_anything() -> None:
    rng = np.random.default_rng(0)
    for past in (
        rng.standard_normal((3000, 2)),
        np.zeros((3000, 2)),
        np.ones((1, 2)),
        np.ones((5, 2)),
        np.ones((0, 2)),
    ):
        ahead = crossfade.extrapolate(past.astype(np.float32), 100)
        assert ahead.shape == (100, 2)
        assert np.isfinite(ahead).all()
        assert np.abs(ahead).max(initial=0) <= np.abs(past).max(initial=0) + 1e-6


def test_the_new_part_alone_changes_at_a_join() -> None:
    kept, new = sine(4000, channels=2), np.full((4000, 2), 0.2, np.float32)
    before = (kept.copy(), new.copy())
    out = crossfade.join_after(kept, new, RATE)
    assert np.array_equal(kept, before[0])
    assert np.array_equal(new, before[1])
    fade = round(crossfade.FADE_SECONDS * RATE)
    assert np.array_equal(out[fade:], new[fade:])
    whole = np.concatenate((kept, out))[:, 0]
    assert np.abs(np.diff(whole)).max() < 1.5 * np.abs(np.diff(kept[:, 0])).max()
    left = crossfade.join_before(new[::-1], kept[::-1], RATE)
    assert np.allclose(left[::-1], out, atol=1e-6)


def test_the_level_is_matched_within_bounds() -> None:
    loud = sine(RATE)
    assert crossfade.matched_gain(loud, 0.8 * loud, RATE) == pytest.approx(1.25, rel=1e-4)
    assert crossfade.matched_gain(loud, 0.01 * loud, RATE) == 2.0
    assert crossfade.matched_gain(0.01 * loud, loud, RATE) == 0.5
    assert crossfade.matched_gain(loud, 0 * loud, RATE) == 1.0
    assert crossfade.matched_gain(loud[:0], loud, RATE) == 1.0


def test_a_cut_circle_still_closes() -> None:
    period = sine(6000, 400.0)  # 100 periods: closes exactly
    out = crossfade.close_cut(period, 5923, RATE)
    steps = np.abs(np.diff(np.concatenate((out, out))[:, 0]))
    assert steps.max() < 1.6 * np.abs(np.diff(period[:, 0])).max()
    assert np.array_equal(crossfade.close_cut(period, 6000, RATE), period)


@pytest.mark.parametrize("rate", [24000, 44100, 48000, 22050, 16000, 44101])
def test_resampling_in_pieces_is_resampling_whole(rate: int) -> None:
    rng = np.random.default_rng(0)
    noise = np.cumsum(rng.standard_normal((60000, 2)), axis=0).astype(np.float32)
    noise = (noise - noise.mean(axis=0)) / np.abs(noise).max()
    whole = resample(noise, RATE, rate)
    for size in (1000, 17777, 60000):
        change, parts = RateChange(RATE, rate, 2), []
        for a in range(0, 60000, size):
            earlier = copy.copy(change)
            piece = change.push(noise[a : a + size], last=a + size >= 60000)
            assert np.array_equal(earlier.push(noise[a : a + size], last=a + size >= 60000), piece)
            parts.append(piece)
        pieces = np.concatenate(parts)
        assert abs(len(pieces) - len(whole)) <= 1
        length = min(len(pieces), len(whole))
        assert np.abs(pieces[:length] - whole[:length]).max() < 1e-3


def test_a_lead_smooths_the_start() -> None:
    tone = sine(48000)
    change = RateChange(RATE, 48000, 1, lead=tone[:24000])
    made = change.push(tone[24000:], last=True)
    whole = resample(tone, RATE, 48000)[48000:]
    assert len(made) == len(whole)
    assert np.abs(made[:1000] - whole[:1000]).max() < 1e-3
