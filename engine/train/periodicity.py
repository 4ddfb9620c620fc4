"""The period of a series that pulses: which of many periods its spectrum and autocorrelation speak for.

Of each candidate a row of strengths is taken: the spectrum at simple multiples of its frequency, the autocorrelation at
simple multiples of the period, and powers of its logarithm, by which common periods can be preferred. What each of
these weighs is fitted on series whose period is known (see `choice`).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.train import choice
from engine.train.choice import Floats

_STEP = 0.01  # between candidates, as a share
_PARTIALS = (1 / 4, 1 / 3, 1 / 2, 2 / 3, 1, 3 / 2, 2, 3, 4, 6, 8)
_LAGS = (1 / 2, 2 / 3, 1, 3 / 2, 2, 3, 4)
_POWERS = (1, 2, 3)
_BLUR = 0.015  # within which a candidate is as good as the true period, as a share
_DECAY = 3.0


def candidates(shortest: float, longest: float) -> Floats:
    """Periods in seconds from one to the other, 1 % apart: (P,)."""
    count = int(np.ceil(np.log(longest / shortest) / _STEP))
    grid: Floats = shortest * np.exp(_STEP * np.arange(count + 1))
    return grid


def strengths(series: Sequence[NDArray[Any]], rate: float, periods: Floats) -> Floats:
    """What speaks for each candidate: (P, W).

    Args:
        series: one or more simultaneous series (T,), which are looked at one by one.
        rate: values a second.
        periods: candidates in seconds (P,).
    """
    octaves = np.log2(2 * periods)  # 0 at half a second
    columns = [octaves**power for power in _POWERS]
    for each in series:
        centred = np.asarray(each, np.float64) - np.mean(each)
        size = 1 << int(np.ceil(np.log2(8 * len(centred))))
        tapered = np.abs(np.fft.rfft(centred * np.hanning(len(centred) + 2)[1:-1], size))
        frequencies = np.arange(len(tapered)) * rate / size
        pulsing = tapered[(frequencies > 0.5) & (frequencies < 12)]
        tapered = tapered / max(float(np.sqrt(np.square(pulsing).mean())), 1e-9)
        columns += [np.interp(partial / periods, frequencies, tapered, right=0.0) for partial in _PARTIALS]
        power = np.fft.irfft(np.square(np.abs(np.fft.rfft(centred, size))))[: len(centred)]
        overlap = 1 - np.arange(len(centred)) / len(centred)
        alike = power / max(power[0], 1e-12) / np.maximum(overlap, 0.1)
        columns += [np.interp(lag * periods, np.arange(len(alike)) / rate, alike, right=0.0) for lag in _LAGS]
    return np.stack(columns, axis=1)


def fit(rows: Sequence[Floats], truths: Sequence[float], periods: Floats) -> Floats:
    """The weights (W,) of the strengths (P, W) of examples whose true periods in seconds are known.

    Examples whose period is no candidate teach nothing.
    """
    distance = np.log(np.asarray(truths)[:, None] / periods[None])  # (n, P)
    right = np.exp(-0.5 * np.square(distance / _BLUR))
    has_beats = right.sum(axis=1) > 0.5
    if not has_beats.any():
        return np.zeros(rows[0].shape[1])
    x = np.stack([row for row, use in zip(rows, has_beats, strict=True) if use])
    return choice.fit(x, right[has_beats] / right[has_beats].sum(axis=1, keepdims=True), decay=_DECAY)


def best(rows: Floats, weights: Floats, periods: Floats) -> float:
    """The candidate that most speaks for, in seconds."""
    return float(periods[int(np.argmax(rows @ weights))])
