"""The grid: where an edit snaps to, and which lines the ruler draws."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from engine.timing.clock import Clock
from engine.timing.position import Position
from engine.timing.signature import Signature


class Grid(StrEnum):
    """What edits snap to: bars, notes from 1/2 to 1/32, triplets of them (T), or nothing."""

    OFF = "off"
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
        """Its step in quarter notes; None if it is off. The grid starts anew at every bar."""
        if self is Grid.OFF:
            return None
        if self is Grid.BAR:
            return signature.bar
        note = 4 * Fraction(self.value.removesuffix("T"))
        return note * Fraction(2, 3) if self.triplet else note


class LineKind(StrEnum):
    """What a line of the ruler marks."""

    BAR = "bar"
    BEAT = "beat"
    DIVISION = "division"


@dataclass(frozen=True, slots=True)
class GridLine:
    """A line of the ruler."""

    frame: int
    beats: Fraction  # from the song's start
    bar: int  # the bar it lies in, from 1
    beat: int  # the beat of that bar it lies in, from 1
    kind: LineKind


def snap(clock: Clock, frame: int, grid: Grid, *, extra: Iterable[Position] = ()) -> Position:
    """The nearest to `frame` of the grid's places and `extra` (such as markers and the edges of clips).

    With the grid off nothing attracts: the answer is `frame` itself. Places on the grid are exact beats; one of `extra`
    keeps its own kind and wins over the grid at the same distance. Nothing lies before the song's start.
    """
    frame = max(frame, 0)
    step = grid.step(clock.signature)
    if step is None:
        return Position.at_frame(frame)
    best = Position.at_beat(_nearest(clock.beat_at(frame), step, clock.signature.bar))
    distance = abs(clock.frames(best) - frame)
    place = best
    for position in extra:
        away = abs(clock.frames(position) - frame)
        if away < distance or (away == distance and place is best):
            place, distance = position, away
    return place


def _nearest(beats: Fraction, step: Fraction, bar: Fraction) -> Fraction:
    """The place of a grid, begun anew at every bar, that is nearest to `beats`; halves go up."""
    start = beats // bar * bar
    below = start + (beats - start) // step * step
    above = min(below + step, start + bar)
    return above if above - beats <= beats - below else below


def grid_lines(
    clock: Clock, first_frame: int, last_frame: int, min_spacing_frames: float, *, grid: Grid | None = None
) -> list[GridLine]:
    """The lines from `first_frame` to `last_frame`, as fine as leaves `min_spacing_frames` between them.

    They step through 1/32 … 1/4 notes, beats, bars, then 2, 4, 8 … bars. With a triplet `grid` the divisions of a beat
    are triplets.
    """
    signature = clock.signature
    step, bars = _spacing(clock, min_spacing_frames, grid)
    in_bar = [(i * step, *_place(i * step, signature)) for i in range(int(-(-signature.bar // step)))]
    bar = max(int(clock.beat_at(max(first_frame, 0)) // signature.bar), 0)
    bar -= bar % bars
    lines: list[GridLine] = []
    while True:
        start = bar * signature.bar
        for offset, beat, kind in in_bar:
            beats = start + offset
            frame = clock.frame_at(beats)
            if frame > last_frame:
                return lines
            if frame >= first_frame:
                lines.append(GridLine(frame, beats, bar + 1, beat, kind))
        bar += bars


def _place(offset: Fraction, signature: Signature) -> tuple[int, LineKind]:
    """(beat from 1, kind) of the line `offset` quarter notes into a bar."""
    beat, rest = divmod(offset, signature.beat)
    return int(beat) + 1, LineKind.BAR if not offset else LineKind.DIVISION if rest else LineKind.BEAT


def _spacing(clock: Clock, min_spacing_frames: float, grid: Grid | None) -> tuple[Fraction, int]:
    """(step in quarter notes, bars a step) of the finest lines that are far enough apart."""
    signature = clock.signature
    least = Fraction(max(min_spacing_frames, 1)) / clock.frames_per_beat
    steps = {Fraction(1, 8), Fraction(1, 4), Fraction(1, 2), Fraction(1), signature.beat}
    if grid is not None and grid.triplet:
        steps = {Fraction(1, 12), Fraction(1, 6), Fraction(1, 3), Fraction(2, 3), signature.beat}
    for step in sorted(steps):
        if least <= step <= signature.beat and (signature.beat / step).denominator == 1:
            return step, 1
    bars = 1
    while bars * signature.bar < least:
        bars *= 2
    return signature.bar, bars
