"""Clipping: tops of the wave that were cut off at a level, because an input was too loud.

The cut samples become those with which each stretch of sound is made of the fewest sines, no smaller than the level
and no other sample moved: A-SPADE (Kitić, Bertin and Gribonval, “Sparsity and cosparsity for audio declipping”, 2015,
algorithm 2), on half-overlapping windows, many at a time.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.analysis.repair.fault import Check, FaultKind, Finding, Samples

_LOUD = 0.1  # of full scale: below it nothing is cut by an input
_SAME = 2e-4  # by which samples of a cut top may differ, as a share of the level
_RUN = 3  # samples of a cut top at least
_TOPS = 6  # a second of sound at least, or in all of a shorter one
_SHARE = 0.25  # of the samples near the level that lie on it at least
_WINDOW_S = 0.023
_REDUNDANCY = 2  # bins of a window over its samples
_DONE = 0.05  # of a window's energy that may be left unexplained
_ROUNDS = 220
_AT_ONCE = 256  # windows

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Cut:
    """Which samples of each channel were cut (frames, channels)."""

    above: NDArray[np.bool_]
    below: NDArray[np.bool_]


def find(samples: Samples, rate: int) -> Finding | None:
    """The cut tops: runs of equal samples at the largest level of a channel, above or below zero."""
    above, below = np.zeros(samples.shape, bool), np.zeros(samples.shape, bool)
    tops = 0
    for channel in range(samples.shape[1]):
        for side, mask in ((samples[:, channel], above), (-samples[:, channel], below)):
            cut = _cut(side)
            count = int(np.count_nonzero(np.diff(cut.astype(np.int8), prepend=0) == 1))
            if count >= min(_TOPS, max(2, _TOPS * len(samples) / rate)):
                mask[:, channel] = cut
                tops += count
    if not tops:
        return None
    return Finding(f"{tops} peak{'s' if tops > 1 else ''} cut off", Cut(above, below))


def mend(samples: Samples, rate: int, finding: Finding, check: Check) -> Samples:
    """The samples with tops where they were cut off, which may lie beyond full scale."""
    cut: Cut = finding.details
    out = samples.copy()
    size = 1 << round(np.log2(_WINDOW_S * rate))
    for channel in range(samples.shape[1]):
        above, below = cut.above[:, channel], cut.below[:, channel]
        if not (above.any() or below.any()):
            continue

        def share(part: float, channel: int = channel) -> None:
            check((channel + part) / samples.shape[1])

        wave = samples[:, channel].astype(np.float64)
        mended = _declipped(wave, above, below, size, share)
        touched = above | below
        out[touched, channel] = mended[touched]
    return out


def _cut(side: Samples) -> NDArray[np.bool_]:
    """Where the samples of a channel (N,) lie in runs at their largest value."""
    level = float(side.max(initial=0.0))
    none = np.zeros(len(side), bool)
    if level < _LOUD:
        return none
    there = side >= level * (1 - _SAME)
    edges = np.flatnonzero(np.diff(there.astype(np.int8), prepend=0, append=0))
    runs = edges.reshape(-1, 2)
    runs = runs[runs[:, 1] - runs[:, 0] >= _RUN]
    for first, last in runs.tolist():
        none[first:last] = True
    near = int(np.count_nonzero(side >= 0.97 * level))
    return none if np.count_nonzero(none) >= _SHARE * near else np.zeros(len(side), bool)


def _declipped(wave: Values, above: NDArray[np.bool_], below: NDArray[np.bool_], size: int, check: Check) -> Values:
    """A channel (N,) whose cut samples are drawn anew, by windows of `size` of which three quarters overlap."""
    hop = size // 4
    padded = np.pad(wave, (size, 2 * size))
    over, under = np.pad(above, (size, 2 * size)), np.pad(below, (size, 2 * size))
    window = np.hanning(size + 1)[:-1] ** 0.5  # the root of a window: once before, once after
    starts = np.arange(0, len(padded) - size + 1, hop)
    touched = np.array([bool((over | under)[start : start + size].any()) for start in starts])
    out, weight = np.zeros(len(padded)), np.zeros(len(padded))
    for at in range(0, len(starts), _AT_ONCE):
        check(at / len(starts))
        group = starts[at : at + _AT_ONCE]
        places = group[:, None] + np.arange(size)
        frames = padded[places] * window
        busy = touched[at : at + _AT_ONCE]
        if busy.any():
            frames[busy] = _spade(frames[busy], over[places[busy]], under[places[busy]])
        for start, frame in zip(group.tolist(), frames, strict=True):
            out[start : start + size] += frame * window
            weight[start : start + size] += window**2
    mended: Values = (out / np.maximum(weight, 1e-9))[size : size + len(wave)]
    return mended


def _spade(frames: Values, over: NDArray[np.bool_], under: NDArray[np.bool_]) -> Values:
    """Windows (W, N) of sound whose samples `over` and `under` are at least as large as they are now, in sines."""
    count, size = frames.shape
    bins = _REDUNDANCY * size
    out = frames.copy()
    left = np.arange(count)  # the windows that are not done
    x, dual = frames.copy(), np.zeros((count, bins // 2 + 1), complex)
    for number in range(_ROUNDS):
        kept = 1 + number
        spectra = np.fft.rfft(x, bins, axis=1, norm="ortho") + dual
        if kept < spectra.shape[1]:
            limit = np.partition(np.abs(spectra), -kept, axis=1)[:, -kept, None]
            sparse = np.where(np.abs(spectra) >= limit, spectra, 0)
        else:
            sparse = spectra
        x = np.fft.irfft(sparse - dual, bins, axis=1, norm="ortho")[:, :size]
        target = frames[left]
        x = np.where(over[left], np.maximum(x, target), np.where(under[left], np.minimum(x, target), target))
        again = np.fft.rfft(x, bins, axis=1, norm="ortho")
        unexplained = np.linalg.norm(again - sparse, axis=1) / np.maximum(np.linalg.norm(again, axis=1), 1e-12)
        out[left] = x
        going = unexplained > _DONE
        if not going.any():
            break
        dual = (dual + again - sparse)[going]
        left, x = left[going], x[going]
    return out


CLIPPING = FaultKind("clipping", "Clipping", "Peaks that an input has cut off", find, mend)
