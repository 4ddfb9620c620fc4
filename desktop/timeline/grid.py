"""Which bars and beats are drawn at which zoom."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from desktop.timeline.texts import bar_text
from desktop.widgets.values import clock_text
from engine.timing.clock import Clock
from engine.timing.position import Position

MIN_LINE_PX = 12
MIN_LABEL_PX = 64
MAX_PARTS = 16
"""Parts of a beat that the ruler counts."""


@dataclass(frozen=True, slots=True)
class Density:
    """Distances in quarter notes: thin lines, strong lines, and the ruler's numbers."""

    thin: Fraction
    strong: Fraction
    label: Fraction


def density(clock: Clock, frames_per_px: float) -> Density:
    """The distances that are told apart well at this zoom."""
    px_per_beat = float(clock.frames_per_beat) / frames_per_px

    def wide_enough(step: Fraction, px: float) -> bool:
        return float(step) * px_per_beat >= px

    steps = _steps(clock)
    thin = next(step for step in steps if wide_enough(step, MIN_LINE_PX))
    label = next(step for step in steps if wide_enough(step, MIN_LABEL_PX))
    bar = clock.signature.bar
    strong = bar if wide_enough(bar, 2 * MIN_LINE_PX) else label
    return Density(min(thin, strong), strong, label)


def line_columns(clock: Clock, step: Fraction, first: int, last: int, frames_per_device_px: float) -> np.ndarray:
    """The device columns from `first` up to `last` (from the song's start) that hold a line every `step` beats."""
    per_step = float(step * clock.frames_per_beat) / frames_per_device_px
    low, high = int(first / per_step), int(last / per_step) + 1
    columns = np.rint(np.arange(low, high + 1) * per_step).astype(np.int64)
    return columns[(columns >= first) & (columns < last)] - first


def labels(clock: Clock, step: Fraction, first: int, last: int) -> list[tuple[float, str, bool]]:
    """(frame, text, starts a bar) of each ruler number from `first` to `last`: "5", "5.3", or as `bar_text` has it.

    Where a beat has more than sixteen parts it is the time.
    """
    signature = clock.signature
    step_frames = float(step * clock.frames_per_beat)
    parts = max(int(signature.beat / step), 1)  # in a beat
    beats_per_step = max(int(step / signature.beat), 1)
    decimals = 3 if step_frames * 500 > clock.rate else 5
    found = []
    for index in range(max(0, int(first / step_frames)), int(last / step_frames) + 2):
        beats, part = divmod(index * beats_per_step, parts)
        bar, beat = divmod(beats, signature.numerator)
        frame = index * step_frames
        text = str(bar + 1)
        if parts > MAX_PARTS:
            text = clock_text(frame / clock.rate, decimals)
        elif part:
            text = bar_text(clock, Position.at_beat(index * step))
        elif beat:
            text += f".{beat + 1}"
        found.append((frame, text, not beat and not part))
    return found


def _steps(clock: Clock) -> list[Fraction]:
    beat, bar = clock.signature.beat, clock.signature.bar
    within_beat = [beat / (1 << power) for power in range(12, 0, -1)]
    bars = [bar * (1 << power) for power in range(24)]
    return [*within_beat, beat, *bars]
