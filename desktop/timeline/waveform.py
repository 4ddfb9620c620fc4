"""One source's picture: peaks from 256 frames a bin upwards, finer ones and single samples when they are asked for."""

from collections import OrderedDict
from time import perf_counter

import numpy as np

from engine.project.peaks import FIRST_BIN, Peaks, halved

FINE_BINS = (16, 32, 64, 128)
BLOCK = 1 << 16
"""Frames whose finer peaks are worked out together."""
MAX_BLOCKS = 24


class Budget:
    """Time that may be spent on finer peaks in one frame of the screen."""

    def __init__(self, seconds: float = 0.005) -> None:
        self._seconds = seconds
        self._left = seconds
        self.short = False

    def renew(self) -> None:
        """Begins a new frame."""
        self._left, self.short = self._seconds, False

    def take(self) -> bool:
        """Whether there is time left; notes it if there is none."""
        self.short = self.short or self._left <= 0
        return self._left > 0

    def spend(self, seconds: float) -> None:
        """Uses up some of it."""
        self._left -= seconds


class Sound:
    """What is known of a source's sound at the project rate.

    Args:
        peaks: of all of it.
        samples: (frames, channels), float32 or int16, as mapped from disk; None while there are none.
        scale: what one step of `samples` is worth.
    """

    def __init__(self, peaks: Peaks, samples: np.ndarray | None, scale: float = 1.0) -> None:
        self.peaks = peaks
        self.samples = samples
        self.scale = np.float32(scale)
        self._blocks: OrderedDict[int, list[np.ndarray]] = OrderedDict()

    @property
    def channels(self) -> int:
        """1 or 2."""
        return self.peaks.channels

    def columns(self, first: np.ndarray, last: np.ndarray, budget: Budget) -> np.ndarray:
        """Lowest, highest and RMS between pairs of frames: float32 (channels, 3, k), zero outside the sound."""
        span = float((last - first).max())
        if self.samples is not None and span < 1:
            return self._between_samples(first, last)
        if self.samples is not None and span < FINE_BINS[0]:
            return self._from_samples(first, last, span)
        if self.samples is not None and span < FIRST_BIN:
            fine = max(level for level, size in enumerate(FINE_BINS) if size <= span)
            peaks = self._from_blocks(first, last, fine, budget)
            if peaks is not None:
                return peaks
        levels = self.peaks.levels
        if not levels:
            return np.zeros((self.channels, 3, len(first)), np.float32)
        level = self.peaks.level_for(span) or 0
        return _pool(levels[level], first / (FIRST_BIN << level), last / (FIRST_BIN << level), 0)

    def values(self, frames: np.ndarray) -> np.ndarray | None:
        """The samples at `frames` (int64), zero outside: float32 (channels, k)."""
        if self.samples is None:
            return None
        inside = (frames >= 0) & (frames < len(self.samples))
        samples = np.asarray(self.samples[np.clip(frames, 0, max(len(self.samples) - 1, 0))], np.float32) * self.scale
        samples[~inside] = 0
        samples[~np.isfinite(samples)] = 0
        return samples.T

    def replace_samples(self, samples: np.ndarray | None) -> None:
        """Takes the samples of a sound that grew."""
        length = len(self.samples) if self.samples is not None else 0
        self.samples = samples
        self._blocks.pop(length // BLOCK, None)

    def _between_samples(self, first: np.ndarray, last: np.ndarray) -> np.ndarray:
        """The straight lines that join the samples: what they reach between `first` and `last`; RMS is 0."""
        ends = np.stack([self._line(at) for at in (first, last)])
        return np.stack((ends.min(axis=0), ends.max(axis=0), np.zeros_like(ends[0])), axis=1)

    def _line(self, at: np.ndarray) -> np.ndarray:
        whole = np.floor(at).astype(np.int64)
        left, right = self.values(whole), self.values(whole + 1)
        if left is None or right is None:
            return np.zeros((self.channels, len(at)), np.float32)
        return left + (right - left) * (at - whole).astype(np.float32)

    def _from_samples(self, first: np.ndarray, last: np.ndarray, span: float) -> np.ndarray:
        start = np.floor(first).astype(np.int64)
        stop = np.maximum(np.ceil(last).astype(np.int64), start + 1)
        low = high = squares = None
        steps = min(int(span) + 2, FINE_BINS[0] + 1)
        for step in range(steps):
            values = self.values(np.minimum(start + step, stop - 1))
            if values is None:
                break
            low = values if low is None else np.minimum(low, values)
            high = values if high is None else np.maximum(high, values)
            squares = values * values if squares is None else squares + values * values
        if low is None or high is None or squares is None:
            return np.zeros((self.channels, 3, len(first)), np.float32)
        return np.stack((low, high, np.sqrt(squares / steps)), axis=1)

    def _from_blocks(self, first: np.ndarray, last: np.ndarray, fine: int, budget: Budget) -> np.ndarray | None:
        if self.samples is None or not len(self.samples):
            return None
        blocks_total = (len(self.samples) - 1) // BLOCK
        low = max(0, min(int(first.min()) // BLOCK, blocks_total))
        high = max(0, min(int(last.max()) // BLOCK, blocks_total))
        if high - low >= MAX_BLOCKS // 2:
            return None
        parts = []
        for index in range(low, high + 1):
            block = self._blocks.get(index)
            if block is None:
                if not budget.take():
                    return None
                began = perf_counter()
                block = self._blocks[index] = self._fine(index)
                budget.spend(perf_counter() - began)
                while len(self._blocks) > MAX_BLOCKS:
                    self._blocks.popitem(last=False)
            self._blocks.move_to_end(index)
            parts.append(block[fine])
        peaks = parts[0] if len(parts) == 1 else np.concatenate(parts, axis=2)
        size = FINE_BINS[fine]
        return _pool(peaks, first / size, last / size, low * BLOCK // size)

    def _fine(self, index: int) -> list[np.ndarray]:
        """Peaks of one block at each of `FINE_BINS`."""
        if self.samples is None:
            return []
        part = np.asarray(self.samples[index * BLOCK : (index + 1) * BLOCK], np.float32).T * self.scale
        size = FINE_BINS[0]
        rest = -part.shape[1] % size
        if rest:
            part = np.pad(part, ((0, 0), (0, rest)))
        binned = part.reshape(part.shape[0], -1, size)
        level = np.stack((binned.min(axis=2), binned.max(axis=2), np.sqrt(np.square(binned).mean(axis=2))), axis=1)
        levels = [level]
        for _ in FINE_BINS[1:]:
            levels.append(halved(levels[-1]))
        return levels


def _pool(level: np.ndarray, first: np.ndarray, last: np.ndarray, origin: int) -> np.ndarray:
    """The peaks of the bins from `first` to `last` (fractions of bins), of which `level` holds those from `origin`."""
    bins = level.shape[2]
    if not bins:
        return np.zeros((level.shape[0], 3, len(first)), np.float32)
    picks, outside = bin_picks(first - origin, last - origin, bins)
    return pooled(level, picks, outside)


def bin_picks(first: np.ndarray, last: np.ndarray, bins: np.ndarray | int) -> tuple[list[np.ndarray], np.ndarray]:
    """Which bins to look at for each column (at most three, each within 0 … `bins` − 1), and which have none."""
    start = np.floor(first).astype(np.int64)
    stop = np.maximum(np.ceil(last).astype(np.int64) - 1, start)
    outside = (stop < 0) | (start >= bins)
    low, high = np.maximum(start, 0), np.minimum(stop, bins - 1)
    low = np.minimum(low, np.maximum(high, 0))
    high = np.maximum(high, low)
    # bins of a power of two leave at most three in a column
    steps = min(int((high - low).max(initial=0)) + 1, 3)
    return [low, *(np.minimum(low + step, high) for step in range(1, steps))], outside


def pooled(level: np.ndarray, picks: list[np.ndarray], outside: np.ndarray) -> np.ndarray:
    """Lowest, highest and (loudest) RMS of the picked bins: float32 (channels, 3, k), zero where `outside`."""
    result: np.ndarray = np.take(level, picks[0], axis=2)
    for pick in picks[1:]:
        other = np.take(level, pick, axis=2)
        np.minimum(result[:, 0], other[:, 0], out=result[:, 0])
        np.maximum(result[:, 1:], other[:, 1:], out=result[:, 1:])
    if outside.any():
        result[:, :, outside] = 0
    return result
