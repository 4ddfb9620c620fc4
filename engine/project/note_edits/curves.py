"""Edits of the curves beside notes: bend, modulation, sustain, expression. All are pure."""

from collections.abc import Callable
from math import ceil
from typing import TypeVar

from engine.project.model import BendPoint, ControlPoint

P = TypeVar("P", BendPoint, ControlPoint)

_CLOSE = 1e-9  # beats within which two points are at one place


def draw(
    points: tuple[P, ...],
    start: tuple[float, float],
    end: tuple[float, float],
    step: float,
    make: Callable[[float, float], P],
) -> tuple[P, ...]:
    """The curve with a straight line from `start` to `end`, both (beat, value), a point at every `step` of beats.

    What lay between them is gone; a line without length sets one point. `make` makes a point of a beat and a value.
    """
    (first, value), (last, other) = sorted((start, end))
    first, last = max(first, 0.0), max(last, 0.0)
    count = max(ceil((last - first) / step - _CLOSE), 0) if step > 0 else 0
    line = [
        make(first + number * step, value + (other - value) * (number * step / (last - first)))
        for number in range(count)
    ]
    line.append(make(last, other if count else end[1]))
    before = [point for point in points if point.beat < first - _CLOSE]
    after = [point for point in points if point.beat > last + _CLOSE]
    return tuple(before + line + after)


def erase(points: tuple[P, ...], first: float, last: float) -> tuple[P, ...]:
    """The curve without its points from beat `first` to `last`; itself where there are none."""
    remaining = tuple(point for point in points if not first - _CLOSE <= point.beat <= last + _CLOSE)
    return points if len(remaining) == len(points) else remaining


def value_at(points: tuple[tuple[float, float], ...], beat: float, rest: float, *, straight: bool = False) -> float:
    """The value at a beat of (beat, value): that of the last point, or on the straight line to the next one.

    Before the first point it is `rest`.
    """
    value, at = rest, None
    for index, (place, here) in enumerate(points):
        if place > beat + _CLOSE:
            break
        value, at = here, index
    if straight and at is not None and at + 1 < len(points):
        (place, here), (after, next_value) = points[at], points[at + 1]
        return here + (next_value - here) * min(max((beat - place) / (after - place), 0.0), 1.0)
    return value
