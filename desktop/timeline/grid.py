"""Which bars and beats are drawn at which zoom."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import ceil

import numpy as np

from desktop.widgets.values import clock_text
from engine.timing.clock import Clock, Region
from engine.timing.signature import Signature
from engine.timing.snap import Grid

MIN_LINE_PX = 12
MIN_LABEL_PX = 64
MIN_STEP_PX = 8
"""Device pixels between the places of a grid that is drawn, at least."""
MAX_PARTS = 16
"""Parts of a beat that the ruler counts."""


@dataclass(frozen=True, slots=True)
class Density:
    """Distances in quarter notes: thin lines, strong lines, and the ruler's numbers."""

    thin: Fraction
    strong: Fraction
    label: Fraction


@lru_cache(maxsize=256)
def density(signature: Signature, frames_per_beat: float, frames_per_px: float) -> Density:
    """The distances that are told apart well at this zoom and tempo."""
    px_per_beat = frames_per_beat / frames_per_px

    def wide_enough(step: Fraction, px: float) -> bool:
        return float(step) * px_per_beat >= px

    steps = _steps(signature)
    thin = next(step for step in steps if wide_enough(step, MIN_LINE_PX))
    label = next(step for step in steps if wide_enough(step, MIN_LABEL_PX))
    bar = signature.bar
    strong = bar if wide_enough(bar, 2 * MIN_LINE_PX) else label
    return Density(min(thin, strong), strong, label)


def line_columns(
    clock: Clock, frames_per_px: float, first: int, last: int, frames_per_device_px: float
) -> tuple[np.ndarray, np.ndarray]:
    """The device columns from `first` up to `last` (from the song's start) that hold a thin line, and a strong one."""
    thin, strong = [], []
    for region in clock.regions(int(first * frames_per_device_px) - 1, ceil(last * frames_per_device_px) + 1):
        shown = density(region.bar.signature, region.frames_per_beat, frames_per_px)
        thin.append(_columns(clock, region, shown.thin, first, last, frames_per_device_px))
        strong.append(_columns(clock, region, shown.strong, first, last, frames_per_device_px))
        if region.changes_signature:
            column = round(region.first / frames_per_device_px)
            strong.append(np.array([column - first] if first <= column < last else [], np.int64))
    return np.concatenate(thin), np.concatenate(strong)


def step_columns(clock: Clock, grid: Grid, first: int, last: int, frames_per_device_px: float) -> np.ndarray:
    """The device columns from `first` up to `last` that hold a place of `grid`; none where it is off, or too fine."""
    columns = [np.array([], np.int64)]
    for region in clock.regions(int(first * frames_per_device_px) - 1, ceil(last * frames_per_device_px) + 1):
        step = grid.step(region.bar.signature)
        if step is not None and float(step) * region.frames_per_beat >= MIN_STEP_PX * frames_per_device_px:
            columns.append(_columns(clock, region, step, first, last, frames_per_device_px))
    return np.concatenate(columns)


def labels(clock: Clock, frames_per_px: float, first: int, last: int) -> list[tuple[float, str, bool]]:
    """(frame, text, starts a bar) of each ruler number from `first` to `last`: "5", "5.3", or as `bar_text` has it.

    Where a beat has more than sixteen parts it is the time.
    """
    texts: list[tuple[float, str, bool]] = []
    for region in clock.regions(first, last):
        step = density(region.bar.signature, region.frames_per_beat, frames_per_px).label
        for label in _labels(clock, region, step, first, last):
            if texts and label[0] - texts[-1][0] < frames_per_px * MIN_LABEL_PX / 2:
                texts.pop()  # where the count changes, the new one is read
            texts.append(label)
    return texts


def _labels(clock: Clock, region: Region, step: Fraction, first: int, last: int) -> Iterator[tuple[float, str, bool]]:
    signature = region.bar.signature
    origin, number = _origin(region, step)
    parts = max(int(signature.beat / step), 1)  # in a beat
    beats_per_step = max(int(step / signature.beat), 1)
    beats_per_bar = signature.numerator
    indices = _indices(clock, region, origin, step, first, last)
    frames = _frames(clock, region, origin, step, indices)
    decimals = 3 if region.frames_per_beat * step * 500 > clock.rate else 5
    for index, frame in zip(indices.tolist(), frames.tolist(), strict=True):
        beats, part = divmod(index * beats_per_step, parts)
        bar, beat = divmod(beats, beats_per_bar)
        text = str(number + bar)
        if parts > MAX_PARTS:
            text = clock_text(frame / clock.rate, decimals)
        elif part:
            text += f".{beat + 1}.{part * 4 // parts + 1}"  # as `bar_text` has it
            hundredths = part * 400 // parts % 100
            text += f".{hundredths:02d}" if hundredths else ""
        elif beat:
            text += f".{beat + 1}"
        yield frame, text, not beat and not part


def _columns(
    clock: Clock, region: Region, step: Fraction, first: int, last: int, frames_per_device_px: float
) -> np.ndarray:
    origin, _ = _origin(region, step)
    low, high = int(first * frames_per_device_px) - 1, ceil(last * frames_per_device_px) + 1
    frames = _frames(clock, region, origin, step, _indices(clock, region, origin, step, low, high))
    columns = np.rint(frames / frames_per_device_px).astype(np.int64)
    return columns[(columns >= first) & (columns < last)] - first


def _origin(region: Region, step: Fraction) -> tuple[Fraction, int]:
    """The beat from which steps are counted in a region, and the number of the bar that begins there.

    Steps of several bars hit the bars with the numbers 1, 1 + n, 1 + 2n …
    """
    if _is_steady(region):
        return region.start, 1
    bar = region.bar
    several = max(int(step / bar.signature.bar), 1)
    back = (bar.number - 1) % several
    return bar.start - back * bar.signature.bar, bar.number - back


def _indices(clock: Clock, region: Region, origin: Fraction, step: Fraction, first: int, last: int) -> np.ndarray:
    """The steps from `origin` that lie in the region, between the frames `first` and `last` or next to them."""
    if _is_steady(region):
        frames = float(step) * region.frames_per_beat
        return np.arange(max(int(first / frames), 0), int(max(last, 0) / frames) + 2)
    start = max(region.start, clock.beat_at(max(first, 0)) - step)
    end = clock.beat_at(max(last, 0)) + step
    low = max(ceil((start - origin) / step), 0)
    high = (end - origin) // step + 1
    if region.end is not None:
        high = min(high, ceil((region.end - origin) / step))
    return np.arange(low, max(high, low))


def _frames(clock: Clock, region: Region, origin: Fraction, step: Fraction, indices: np.ndarray) -> np.ndarray:
    if _is_steady(region):
        return indices * float(step) * region.frames_per_beat
    return clock.approximate_frames(float(origin) + indices * float(step))


def _is_steady(region: Region) -> bool:
    """Whether one tempo and one time signature hold in the whole song."""
    return region.end is None and not region.start


def _steps(signature: Signature) -> list[Fraction]:
    beat, bar = signature.beat, signature.bar
    within_beat = [beat / (1 << power) for power in range(12, 0, -1)]
    bars = [bar * (1 << power) for power in range(24)]
    return [*within_beat, beat, *bars]
