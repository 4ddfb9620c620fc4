"""The grid: where an edit snaps to."""

from collections.abc import Iterable
from enum import StrEnum
from fractions import Fraction

from engine.timing.clock import Clock
from engine.timing.position import Position
from engine.timing.signature import Signature
from engine.timing.tempo_map import Bar


class Grid(StrEnum):
    """What edits snap to: bars, notes from 1/2 to 1/32, triplets of them (T), or nothing.

    The adaptive one is whichever of the bars and plain notes suits the zoom of a view: `at_zoom` says which.
    """

    OFF = "off"
    ADAPTIVE = "adaptive"
    BAR = "bar"
    HALF = "1/2"
    HALF_TRIPLET = "1/2T"
    QUARTER = "1/4"
    QUARTER_TRIPLET = "1/4T"
    EIGHTH = "1/8"
    EIGHTH_TRIPLET = "1/8T"
    SIXTEENTH = "1/16"
    SIXTEENTH_TRIPLET = "1/16T"
    THIRTY_SECOND = "1/32"
    THIRTY_SECOND_TRIPLET = "1/32T"

    @property
    def triplet(self) -> bool:
        """Whether three of its steps last as long as two plain ones."""
        return self.value.endswith("T")

    def step(self, signature: Signature) -> Fraction | None:
        """Its step in quarter notes, a bar for the adaptive one, None if it is off. Each bar starts it anew."""
        if self is Grid.OFF:
            return None
        if self in (Grid.BAR, Grid.ADAPTIVE):
            return signature.bar
        note = 4 * Fraction(self.value.removesuffix("T"))
        return note * Fraction(2, 3) if self.triplet else note


LEAST_STEP = 12.0
"""Px between two places of the adaptive grid at least."""

_PLAIN = (Grid.THIRTY_SECOND, Grid.SIXTEENTH, Grid.EIGHTH, Grid.QUARTER, Grid.HALF)


def at_zoom(grid: Grid, clock: Clock, frame: float, frames_per_px: float) -> Grid:
    """`grid` itself; for the adaptive one the finest that is wide enough around a frame of a view with that zoom."""
    if grid is not Grid.ADAPTIVE:
        return grid
    here = max(round(frame), 0)
    signature = clock.signature_at(Position.at_frame(here))
    px_per_beat = clock.frames_per_beat_at(here) / frames_per_px
    fine = (each for each in _PLAIN if float(each.step(signature) or 0) * px_per_beat >= LEAST_STEP)
    finest = next(fine, Grid.BAR)
    return finest if (finest.step(signature) or 0) < signature.bar else Grid.BAR


def snap(clock: Clock, frame: int, grid: Grid, *, extra: Iterable[Position] = ()) -> Position:
    """The nearest to `frame` of the grid's places and `extra` (such as markers and the edges of clips).

    With the grid off nothing attracts: the answer is `frame` itself. Places on the grid are exact beats; one of `extra`
    keeps its own kind and wins over the grid at the same distance. Nothing lies before the song's start.
    """
    frame = max(frame, 0)
    here = Position.at_frame(frame)
    bar = clock.bar_at(here)
    step = grid.step(bar.signature)
    if step is None:
        return here
    best = Position.at_beat(_nearest(clock.beats(here), step, bar))
    distance = abs(clock.frames(best) - frame)
    place = best
    for position in extra:
        away = abs(clock.frames(position) - frame)
        if away < distance or (away == distance and place is best):
            place, distance = position, away
    return place


def _nearest(beats: Fraction, step: Fraction, bar: Bar) -> Fraction:
    """The place of a grid, begun anew at every bar, that is nearest to `beats`, which lie in `bar`; halves go up."""
    below = bar.start + (beats - bar.start) // step * step
    above = min(below + step, bar.end)
    return above if above - beats <= beats - below else below
