"""What is done with the points of a lane of automation by hand: moved, bent, drawn, copied, thinned.

Every function takes points in the order of their positions and returns new ones in that order. Values move by *travel*,
the way of the parameter's control from 0 to 1, so that the hand goes as far for every parameter. At a place
that several points come to lie on, those that were not moved give way.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from engine.parameters import ParameterSpec
from engine.project.curves import CurveValues, frame_points
from engine.project.model import Curve, CurvePoint, CurveShape
from engine.timing.clock import Clock
from engine.timing.duration import Duration
from engine.timing.position import SONG_START, Position

Points = tuple[CurvePoint, ...]
Chosen = frozenset[int]
"""Indices of points."""


@dataclass(frozen=True, slots=True)
class CopiedPoint:
    """A point on the clipboard: beats after the first one, travel of its parameter, shape."""

    beats: Fraction
    travel: float
    shape: CurveShape

    def place(self, first: Position, clock: Clock) -> Position:
        """Where it lies when the first of the copied points lies at `first`."""
        return Position.at_beat(clock.beats(first) + self.beats) if self.beats else first


def value_at(points: Points, clock: Clock, frame: int, otherwise: float) -> float:
    """The value of the curve at a frame; `otherwise` without points."""
    if not points:
        return otherwise
    return float(CurveValues(frame_points(Curve(points), clock)).at(frame, 1)[0])


def merged(points: Iterable[CurvePoint], fresh: Iterable[CurvePoint], clock: Clock) -> tuple[Points, Chosen]:
    """`points` with `fresh` ones, and the indices of these; points in their places give way."""
    fresh = tuple(fresh)
    frames = {clock.frames(point.position) for point in fresh}
    rest = [point for point in points if clock.frames(point.position) not in frames]
    both = [(clock.frames(point.position), False, point) for point in rest]
    both += [(clock.frames(point.position), True, point) for point in fresh]
    both.sort(key=lambda each: each[0])
    return tuple(point for *_, point in both), frozenset(i for i, each in enumerate(both) if each[1])


def moved(
    points: Points, chosen: Chosen, by: Duration, travel: float, spec: ParameterSpec, clock: Clock
) -> tuple[Points, Chosen]:
    """The points with the chosen ones moved in time and value; together they stop at the song's start."""
    by = by.kept_after_start((points[index].position for index in chosen), clock)
    moved_points = [
        replace(
            points[index],
            position=by.end(points[index].position, clock) if by.sign else points[index].position,
            value=shifted(points[index].value, travel, spec),
        )
        for index in sorted(chosen)
    ]
    return merged((point for index, point in enumerate(points) if index not in chosen), moved_points, clock)


def shifted(value: float, travel: float, spec: ParameterSpec) -> float:
    """A value moved by a share of its control's way."""
    return spec.value_at(spec.normalised(value) + travel) if travel else value


def shaped(points: Points, chosen: Chosen, shape: CurveShape) -> Points:
    """The points with another shape from each chosen one to the next."""
    return tuple(replace(point, shape=shape) if i in chosen else point for i, point in enumerate(points))


def bent(points: Points, index: int, up: int) -> Points:
    """The stretch after a point bent upwards (`up` > 0), downwards (< 0), or straight (0)."""
    shape = CurveShape.LINEAR
    if up and index + 1 < len(points):
        rising = points[index + 1].value >= points[index].value
        shape = CurveShape.FAST if (up > 0) == rising else CurveShape.SLOW
    return shaped(points, frozenset({index}), shape)


def without(points: Points, chosen: Chosen) -> Points:
    """The points that are not chosen."""
    return tuple(point for index, point in enumerate(points) if index not in chosen)


def step_drawn(points: Points, first: Position, last: Position, value: float, clock: Clock, otherwise: float) -> Points:
    """The curve with one value from `first` up to `last`; from there on it is as it was."""
    start, end = clock.frames(first), clock.frames(last)
    before = [point for point in points if clock.frames(point.position) < end]
    fresh = [CurvePoint(first, value, CurveShape.HOLD)]
    if all(clock.frames(point.position) != end for point in points):
        shape = before[-1].shape if before else CurveShape.LINEAR
        fresh.append(CurvePoint(last, value_at(points, clock, end, otherwise), shape))
    rest = (point for point in points if not start <= clock.frames(point.position) < end)
    return merged(rest, fresh, clock)[0]


def line_drawn(points: Points, ends: Sequence[tuple[int, float]], clock: Clock) -> Points:
    """The curve with a straight line between two (frame, value) in place of what lay there."""
    (start, first), (end, last) = sorted(ends)
    rest = (point for point in points if not start <= clock.frames(point.position) <= end)
    fresh = {start: first, end: last}
    return merged(rest, (CurvePoint(Position.at_frame(frame), value) for frame, value in fresh.items()), clock)[0]


def copied(points: Points, chosen: Chosen, spec: ParameterSpec, clock: Clock) -> tuple[CopiedPoint, ...]:
    """The chosen points for a clipboard."""
    picked = [points[index] for index in sorted(chosen)]
    if not picked:
        return ()
    first = clock.beats(picked[0].position)
    return tuple(
        CopiedPoint(clock.beats(point.position) - first, spec.normalised(point.value), point.shape) for point in picked
    )


def pasted(
    points: Points, clipboard: Sequence[CopiedPoint], at: Position, spec: ParameterSpec, clock: Clock
) -> tuple[Points, Chosen]:
    """The points with those of a clipboard from `at` on; what lay in between gives way."""
    fresh = [CurvePoint(each.place(at, clock), spec.value_at(each.travel), each.shape) for each in clipboard]
    first, last = clock.frames(at), max((clock.frames(point.position) for point in fresh), default=0)
    rest = (point for point in points if not first <= clock.frames(point.position) <= last)
    return merged(rest, fresh, clock)


def recorded(
    points: Points, samples: Sequence[tuple[int, float]], last: int, spec: ParameterSpec, clock: Clock, tolerance: float
) -> Points:
    """The curve with what was recorded from its first sample up to the frame `last`, thinned; as it was outside.

    `samples` are (frame, value), at least one, in the order of frames; `tolerance` is the travel by which the thinned
    curve may miss one of them. After the last sample its value holds.
    """
    start, last = samples[0][0], max(last, samples[-1][0])
    travels = [(frame, spec.normalised(value)) for frame, value in samples]
    if samples[-1][0] < last:
        travels.append((last, travels[-1][1]))
    shape = CurveShape.HOLD if spec.whole else CurveShape.LINEAR
    picked = _changes(travels) if spec.whole else thinned(travels, tolerance)
    fresh = [CurvePoint(_place(frame), spec.value_at(travel), shape) for frame, travel in picked]
    outside = [point for point in points if not start <= clock.frames(point.position) <= last]
    for frame in (start - 1, last + 1) if points else ():  # the curve around it keeps its values
        if frame >= 0 and all(clock.frames(point.position) != frame for point in outside):
            before = [point for point in points if clock.frames(point.position) <= frame]
            shape_there = before[-1].shape if before else CurveShape.LINEAR
            value = value_at(points, clock, frame, spec.default)
            outside.append(CurvePoint(_place(frame), value, shape_there if frame > last else CurveShape.HOLD))
    return merged(outside, fresh, clock)[0]


def _place(frame: int) -> Position:
    return Position.at_frame(frame) if frame else SONG_START


def _changes(samples: Sequence[tuple[int, float]]) -> list[tuple[int, float]]:
    return [each for index, each in enumerate(samples) if not index or samples[index - 1][1] != each[1]]


def thinned(samples: Sequence[tuple[int, float]], tolerance: float) -> list[tuple[int, float]]:
    """The fewest of the samples whose straight lines miss none of them by more than `tolerance`.

    Ramer (1972) and Douglas & Peucker (1973), with the distance taken in the value alone. Of samples in one frame the
    last counts.
    """
    latest = dict(samples)
    frames = np.array(list(latest), np.float64)
    values = np.array(list(latest.values()), np.float64)
    indices = {0, len(frames) - 1}
    stretches = [(0, len(frames) - 1)]
    while stretches:
        first, last = stretches.pop()
        if last - first < 2:
            continue
        away = _away(frames[first : last + 1], values[first : last + 1])
        farthest = int(np.argmax(away))
        if away[farthest] > tolerance:
            middle = first + farthest
            indices.add(middle)
            stretches += [(first, middle), (middle, last)]
    return [(int(frames[index]), float(values[index])) for index in sorted(indices)]


def _away(frames: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far each value lies from the line between the first and the last."""
    share = (frames - frames[0]) / (frames[-1] - frames[0])
    return np.abs(values - (values[0] + (values[-1] - values[0]) * share))
