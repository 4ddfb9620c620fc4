"""Positions and durations as tests write them: a whole number is frames, a fraction is beats."""

from fractions import Fraction

from engine.timing.duration import Duration
from engine.timing.position import Position


def place_at(value: int | Fraction | Position) -> Position:
    """The frame, for an `int`, or the beat, for a `Fraction`; a position is itself."""
    if isinstance(value, Position):
        return value
    return Position.at_beat(value) if isinstance(value, Fraction) else Position.at_frame(value)


def places_at(values: list[int | Fraction]) -> list[Position]:
    """`place_at` of each."""
    return [place_at(value) for value in values]


def length_of(value: int | Fraction | Duration) -> Duration:
    """So many frames, for an `int`, or beats, for a `Fraction`; a duration is itself."""
    if isinstance(value, Duration):
        return value
    return Duration.of_beats(value) if isinstance(value, Fraction) else Duration.of_frames(value)


def number_of(position: Position) -> int | Fraction:
    """The frame of a position, as an `int`, or its beat, as a `Fraction`."""
    if position.beat is not None:
        return position.beat
    assert position.frame is not None
    return position.frame
