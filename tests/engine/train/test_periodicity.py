"""Periods of pulses in noise, and choices whose weights are known."""

import numpy as np
import pytest

from engine.train import choice, periodicity


def pulses(period: float, seed: int) -> np.ndarray:
    """10 s at 50 a second: a pulse each period, a weaker one half-way, and noise."""
    rng = np.random.default_rng(seed)
    t = np.arange(500) / 50
    series = 0.3 * rng.random(500)
    for start, strength in ((0.1, 1.0), (0.1 + period / 2, 0.6)):
        beats = np.arange(start, 9.9, period)
        series += strength * np.exp(-0.5 * ((t[:, None] - beats) / 0.02) ** 2).sum(1)
    return series


def test_the_period_is_found_between_its_half_and_double() -> None:
    grid = periodicity.candidates(0.25, 1.3)
    assert grid[0] == 0.25
    assert grid[-1] >= 1.3
    assert np.allclose(grid[1:] / grid[:-1], np.exp(0.01))
    known = np.linspace(0.4, 0.8, 12)
    rows = [periodicity.strengths([pulses(period, i)], 50, grid) for i, period in enumerate(known)]
    weights = periodicity.fit(rows, known.tolist(), grid)
    for i, period in enumerate((0.43, 0.57, 0.71)):
        heard = periodicity.best(periodicity.strengths([pulses(period, 50 + i)], 50, grid), weights, grid)
        assert heard == pytest.approx(period, rel=0.03)


def test_periods_that_are_no_candidates_teach_nothing() -> None:
    grid = periodicity.candidates(0.25, 1.3)
    rows = [periodicity.strengths([pulses(0.5, 0)], 50, grid)]
    assert not periodicity.fit(rows, [3.0], grid).any()


def test_what_speaks_for_the_right_candidate_gets_the_weight() -> None:
    rng = np.random.default_rng(0)
    rows = rng.standard_normal((200, 6, 3))
    right = np.argmax(rows @ np.array([2.0, 0.0, -1.0]) + rng.gumbel(size=(200, 6)), axis=1)
    weights = choice.fit(rows, np.eye(6)[right])
    assert weights == pytest.approx([2.0, 0.0, -1.0], abs=0.4)
    assert np.array_equal(weights, choice.fit(rows, np.eye(6)[right]))
    assert np.abs(choice.fit(rows, np.eye(6)[right], decay=1e6)).max() < 0.01
