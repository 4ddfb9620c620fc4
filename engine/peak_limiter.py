"""A limiter that looks ahead, for whole sounds and for streams: true peaks of generated sound stay under a ceiling.

What lies under the ceiling passes bit by bit. The gain depends on the samples and their places alone, never on the
pieces they come in.
"""

import copy
import math

import numpy as np
from numpy.typing import NDArray

CEILING = -1.0
"""dBTP that nothing generated exceeds."""
_AIM = 10 ** ((CEILING - 0.4) / 20)
_AT_ONCE = 256  # blocks whose peaks are looked for together

Samples = NDArray[np.float32]
Values = NDArray[np.float64]


class Limiter:
    """Keeps true peaks under the ceiling: gain goes down before a peak and up after it, over some milliseconds.

    It works on blocks of a millisecond. The gain at a block's borders is a weighted mean of the least gains that the
    blocks around allow, so it is never more than its own block allows.
    """

    _BLOCKS = 1000  # a second
    _REACH = 5  # blocks on each side over which the gain comes and goes

    def __init__(self, rate: int, channels: int) -> None:
        self._block = max(rate // self._BLOCKS, 1)
        self._taps = _interpolator(8 if rate < 60_000 else 4 if rate < 150_000 else 2)
        self._half = self._taps.shape[1] // 2 if len(self._taps) else 0
        self._sound = np.zeros((self._half, channels), np.float32)  # what is not judged yet, and before it some taps
        self._waiting = np.zeros((0, channels), np.float32)  # what is not played yet
        self._allowed = np.ones(2 * self._REACH + 1)  # of blocks, the last of them not played yet
        self._least = 1.0

    def copied(self) -> "Limiter":
        """An independent copy."""
        return copy.copy(self)

    @property
    def least_db(self) -> float:
        """The least gain so far, in decibels."""
        return 20 * math.log10(self._least)

    @property
    def held_back(self) -> int:
        """The most frames that are kept for the time being."""
        return self._half + (2 * self._REACH + 2) * self._block

    def push(self, samples: Samples, *, last: bool = False) -> Samples:
        """Takes (frames, channels), returns those whose gain is settled; `last` returns all that is left."""
        self._sound = np.concatenate((self._sound, samples))
        self._waiting = np.concatenate((self._waiting, samples))
        count = (len(self._sound) - 2 * self._half) // self._block
        if last:
            left = len(self._sound) - self._half
            count = -(-left // self._block)
            self._sound = np.pad(self._sound, ((0, count * self._block - left + self._half), (0, 0)))
        if count > 0:
            judged = self._sound[: count * self._block + 2 * self._half]
            peaks = _block_peaks(judged, self._block, self._taps)
            self._allowed = np.concatenate((self._allowed, np.minimum(1.0, _AIM / np.maximum(peaks, 1e-9))))
            self._sound = self._sound[count * self._block :]
        if last:
            self._allowed = np.concatenate((self._allowed, np.ones(2 * self._REACH + 1)))
        return self._play()

    def _play(self) -> Samples:
        reach = self._REACH
        # allowed[2 * reach + 1] is the first block that waits; its right border needs 2 * reach + 1 blocks after it
        ready = min(len(self._allowed) - 2 * (2 * reach + 1), -(-len(self._waiting) // self._block))
        if ready <= 0:
            return self._waiting[:0]
        allowed = self._allowed[: ready + 2 * (2 * reach + 1)]
        least = np.minimum(allowed[:-1], allowed[1:])  # at borders
        for shift in range(1, reach + 1):
            wide = np.minimum(allowed[: -2 * shift - 1], allowed[2 * shift + 1 :])
            least[shift : len(least) - shift] = np.minimum(least[shift : len(least) - shift], wide)
        weights = np.hanning(2 * reach + 3)[1:-1]
        weights = weights / weights.sum()
        nodes = np.zeros(ready + 1)
        first = 2 * reach  # index in `least` of the left border of the first waiting block
        for tap, weight in enumerate(weights):
            at = first - reach + tap
            nodes += weight * least[at : at + ready + 1]
        nodes = np.where(nodes > 1 - 1e-9, 1.0, nodes)
        share = np.arange(self._block) / self._block
        gains = (nodes[:-1, None] * (1 - share) + nodes[1:, None] * share).reshape(-1)
        out = self._waiting[: ready * self._block]
        gains = gains[: len(out)]
        if len(gains):
            self._least = min(self._least, float(gains.min()))
        out = np.where(gains[:, None] == 1.0, out, (out * gains[:, None]).astype(np.float32))
        self._waiting = self._waiting[ready * self._block :]
        self._allowed = self._allowed[ready:]
        return np.ascontiguousarray(out, np.float32)


def limited(samples: Samples, rate: int, *, circular: bool = False) -> Samples:
    """(frames, channels) under the ceiling; a circular sound stays one."""
    if not circular:
        return Limiter(rate, samples.shape[1]).push(samples, last=True)
    length = len(samples)
    around = min(-(-Limiter(rate, 1).held_back // max(length, 1)), 64)
    laps = np.tile(samples, (2 * around + 1, 1))
    return limited(laps, rate)[around * length : (around + 1) * length]


def _interpolator(factor: int) -> Values:
    """Windowed-sinc taps for the places between samples: (factor − 1, 32)."""
    taps, kaiser = 32, 9.0
    half, phases = taps // 2, []
    for phase in range(1, factor):
        distance = np.arange(taps) - (half - 1) - phase / factor
        window = np.i0(kaiser * np.sqrt(np.maximum(1 - (distance / half) ** 2, 0.0))) / np.i0(kaiser)
        row = np.sinc(distance) * window
        phases.append(row / row.sum())
    return np.array(phases).reshape(-1, taps)


def _block_peaks(sound: Samples, block: int, taps: Values) -> Values:
    """The largest magnitude in each block, between its samples and on them; (blocks,).

    sound: whole blocks with half the taps more on each side.
    """
    half = taps.shape[1] // 2 if len(taps) else 0
    inside = np.abs(sound[half : len(sound) - half]).max(axis=1)
    peaks = inside.reshape(-1, block).max(axis=1).astype(np.float64)
    if not len(taps):
        return peaks
    reach = float(np.abs(taps).sum(axis=1).max())
    wide = np.abs(sound).max(axis=1)
    near = np.flatnonzero(_largest_around(wide, block, half) * reach > _AIM)
    for start in range(0, len(near), _AT_ONCE):
        chosen = near[start : start + _AT_ONCE]
        parts = sound[chosen[:, None] * block + np.arange(block + 2 * half)].astype(np.float64)  # (n, frames, channels)
        for row in taps:
            # tap by tap, so that a block's sums never depend on how many are worked out beside it
            between = sum(weight * parts[:, tap : tap + block + 1] for tap, weight in enumerate(row))
            peaks[chosen] = np.maximum(peaks[chosen], np.abs(between).max(axis=(1, 2)))
    return peaks


def _largest_around(wide: Samples, block: int, half: int) -> Values:
    """The largest of each block and of `half` frames on each side of it."""
    count = (len(wide) - 2 * half) // block
    rows = np.lib.stride_tricks.as_strided(
        wide, (count, block + 2 * half), (wide.strides[0] * block, wide.strides[0]), writeable=False
    )
    return np.asarray(rows.max(axis=1), np.float64)
