"""A picture of a sound: time to the right, pitch upwards on an even scale, brightness for level. Only numpy."""

import math
from collections.abc import Callable

import numpy as np

LOWEST, HIGHEST = 30.0, 18000.0
"""Hz at the lower and upper edge."""
FLOOR = -84.0
"""dB relative to a full-scale sine that are black; 0 dB is white."""

_WINDOWS = ((8192, 0.0), (4096, 500.0), (2048, 3500.0))
"""Samples of a window at 48 kHz, and the Hz from which it is used: long ones tell low notes apart, short ones beats."""
_LOOKS = 4  # at most in one column
_BATCH = 256  # columns at a time


def edges(rate: int) -> tuple[float, float]:
    """Hz at the lower and upper edge of the picture of a sound at `rate`."""
    return LOWEST, min(HIGHEST, 0.49 * rate)


def row_of(frequency: float, rate: int, rows: int) -> float:
    """Where a frequency (Hz) lies in a picture of so many rows; 0 is the top."""
    low, high = edges(rate)
    return rows * (1 - math.log(frequency / low) / math.log(high / low))


def spectrogram(
    samples: np.ndarray,
    rate: int,
    columns: int,
    rows: int,
    check: Callable[[float], None] = lambda share: None,
    *,
    part: tuple[float, float] | None = None,
) -> np.ndarray:
    """The picture (rows, columns) uint8: 0 at `FLOOR` and below, 255 at 0 dB; the top row is the highest.

    Args:
        samples: (frames, channels) float32; the louder channel shows.
        rate: Hz.
        columns: of equal time.
        rows: of equal pitch.
        check: is called with the share done, and may raise to stop.
        part: the first frame and the one after the last that the columns span; all frames by default.
    """
    low, high = edges(rate)
    borders = low * (high / low) ** (np.arange(rows + 1) / rows)  # from the lowest row up
    out = np.zeros((rows, columns), np.uint8)
    first_frame, last_frame = part or (0.0, float(len(samples)))
    if last_frame <= first_frame or not len(samples) or not columns or not rows:
        return out
    span = (last_frame - first_frame) / columns
    for start in range(0, columns, _BATCH):
        check(start / columns)
        count = min(_BATCH, columns - start)
        power = np.zeros((rows, count), np.float32)
        for number, (size48, first) in enumerate(_WINDOWS):
            last = _WINDOWS[number + 1][1] if number + 1 < len(_WINDOWS) else math.inf
            chosen = (borders[:-1] >= first) & (borders[:-1] < last)
            if chosen.any():
                size = 1 << round(math.log2(size48 * rate / 48000))
                power[chosen] = _band(samples, rate, size, (first_frame + start * span, count, span), borders, chosen)
        level = 10 * np.log10(np.maximum(power, 1e-12))
        out[:, start : start + count] = np.clip((level / -FLOOR + 1) * 255, 0, 255).astype(np.uint8)[::-1]
    check(1.0)
    return out


def _band(
    samples: np.ndarray,
    rate: int,
    size: int,
    where: tuple[float, int, float],
    borders: np.ndarray,
    chosen: np.ndarray,
) -> np.ndarray:
    """The power (chosen rows, columns) of a band of rows, a full-scale sine's being 1.

    `where` is the frame at which the first column starts, the number of columns, and the frames of one.
    """
    start, count, span = where
    looks = max(1, min(_LOOKS, math.ceil(span / size)))
    window = np.hanning(size + 1)[:-1].astype(np.float32)
    scale = 2 / window.sum()
    bins = borders * size / rate
    lower, upper = bins[:-1][chosen], bins[1:][chosen]
    first = np.floor(lower + 0.5).astype(int)
    after = np.maximum(np.floor(upper + 0.5).astype(int), first + 1)
    middle = np.clip((lower + upper) / 2, 0, size // 2 - 1)
    whole, share = middle.astype(int), (middle - middle.astype(int))[:, None]
    wide = (upper - lower >= 2)[:, None]
    best = np.zeros((int(chosen.sum()), count), np.float32)
    for look in range(looks):
        centres = np.floor(start + (np.arange(count) + (look + 0.5) / looks) * span).astype(int)
        near = _around(samples, int(centres[0]) - size // 2, int(centres[-1]) + size // 2)
        views = np.lib.stride_tricks.sliding_window_view(near, size, axis=0)[centres - int(centres[0])]
        for channel in range(samples.shape[1]):
            frames = views[:, channel] * window
            power = (np.abs(np.fft.rfft(frames, axis=1)).astype(np.float32).T * scale) ** 2
            between = power[whole] * (1 - share) + power[whole + 1] * share
            peaks = np.maximum.reduceat(power, np.stack([first, after], axis=1).ravel().clip(0, len(power) - 1))[::2]
            np.maximum(best, np.where(wide, peaks, between), out=best)
    return best


def _around(samples: np.ndarray, start: int, stop: int) -> np.ndarray:
    """Frames `start` to `stop`, silent where there are none."""
    before, after = max(-start, 0), max(stop - len(samples), 0)
    return np.pad(samples[max(start, 0) : max(stop, 0)], ((before, after), (0, 0)))
