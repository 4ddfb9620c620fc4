"""Edits of automation: the lanes of channels and their points; a channel is a track's id, or `MASTER`."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from engine.errors import EditError
from engine.parameters import ParameterSpec
from engine.project.edits.devices import with_devices
from engine.project.edits.structure import not_before_start, number, track_of
from engine.project.model import MASTER, Curve, CurvePoint, Lane, Project, Target
from engine.project.routing import devices_of, lanes_of, parameter_of, with_points
from engine.timing.clock import Clock
from engine.timing.position import Position

MAX_POINTS = 100_000
"""The most points of a lane."""


def lane_of(p: Project, channel: str, target: Target) -> Lane | None:
    """The lane of a channel's parameter, if there is one."""
    return next((lane for lane in lanes_of(p, channel) if lane.target == target), None)


def set_lane(p: Project, channel: str, target: Target, points: Iterable[CurvePoint]) -> Project:
    """Replaces the automation of a parameter; points are put in order, values within range. No points: no lane.

    Raises:
        EditError: the channel has no such parameter, or there are too many points.
    """
    spec, clock = _spec(p, channel, target), p.clock
    new = sorted((_placed(point, spec) for point in points), key=lambda point: clock.frames(point.position))
    if len(new) > MAX_POINTS:
        raise EditError(f"A lane has at most {MAX_POINTS:,} points: leave some out.")
    lanes, old = lanes_of(p, channel), lane_of(p, channel, target)
    if (old.curve.points if old else ()) == tuple(new):
        return p
    lane = Lane(target, Curve(tuple(new)))
    if old:
        changed = tuple(lane if each is old else each for each in lanes if new or each is not old)
    else:
        changed = (*lanes, lane)
    return with_devices(p, channel, devices_of(p, channel), changed)


def add_point(p: Project, channel: str, target: Target, point: CurvePoint) -> Project:
    """Adds a point to the automation of a parameter; one in the same place is replaced."""
    clock, points = p.clock, _points(p, channel, target)
    frame = clock.frames(not_before_start(point.position))
    rest = [each for each in points if clock.frames(each.position) != frame]
    return set_lane(p, channel, target, [*rest, point])


def move_points(
    p: Project, channel: str, target: Target, indices: Sequence[int], change: Callable[[CurvePoint], CurvePoint]
) -> Project:
    """Changes the points with these indices; where one comes to lie on another point, that one gives way.

    Raises:
        EditError: there is no such point.
    """
    clock, points = p.clock, _points(p, channel, target)
    if any(not 0 <= index < len(points) for index in indices):
        raise EditError("This point is no longer in the lane: choose another one.")
    chosen = set(indices)
    spec = _spec(p, channel, target)
    moved = [_placed(change(points[index]), spec) for index in sorted(chosen)]
    frames = {clock.frames(point.position) for point in moved}
    rest = [
        point
        for index, point in enumerate(points)
        if index not in chosen and clock.frames(point.position) not in frames
    ]
    return set_lane(p, channel, target, [*rest, *moved])


def remove_points(p: Project, channel: str, target: Target, indices: Iterable[int]) -> Project:
    """Removes the points with these indices; with the last of them the lane goes."""
    removed = set(indices)
    points = [point for index, point in enumerate(_points(p, channel, target)) if index not in removed]
    return set_lane(p, channel, target, points)


def lanes_moved(lanes: Sequence[Lane], clock: Clock, moved: Callable[[Position], Position]) -> tuple[Lane, ...]:
    """The lanes with every point where `moved` puts it, in the order of `clock`."""
    return tuple(
        with_points(
            lane,
            sorted(
                (replace(point, position=moved(point.position)) for point in lane.curve.points),
                key=lambda point: clock.frames(point.position),
            ),
        )
        for lane in lanes
    )


def carried_lanes(
    p: Project, before: Project, moves: Sequence[tuple[str, str, int, int, Callable[[Position], Position]]]
) -> Project:
    """`p` with the automation of stretches of tracks moved to where their clips have gone.

    A lane keeps its values at both ends of each stretch that it leaves and reaches; what lay where it comes to lie
    gives way. Lanes of devices and sends stay where a clip goes to another track.

    Args:
        p: the song after the move of the clips.
        before: the song before it.
        moves: (track, track after the move, first frame, frame after the last, where a position moves) of each stretch.
    """
    from engine.project.curves import CurveValues, frame_points  # numpy; the shell reads songs without it

    clock = before.clock
    for track_id, to, first, last, moved in moves:
        for lane in lanes_of(before, track_id):
            own = not lane.target.device and not lane.target.send
            if to != track_id and not own:
                continue
            points, values = lane.curve.points, CurveValues(frame_points(lane.curve, clock))
            edges = [
                CurvePoint(Position.at_frame(frame), float(values.at(frame, 1)[0]))
                for frame in (first, last - 1)
                if all(clock.frames(point.position) != frame for point in points)
            ]
            inside = [point for point in points if first <= clock.frames(point.position) < last]
            part = sorted([*inside, *edges], key=lambda point: clock.frames(point.position))
            landed = [replace(point, position=moved(point.position)) for point in part]
            start, end = clock.frames(landed[0].position), clock.frames(landed[-1].position)
            p = set_lane(
                p, track_id, lane.target, [each for each in _points(p, track_id, lane.target) if each not in inside]
            )
            rest = [each for each in _points(p, to, lane.target) if not start <= clock.frames(each.position) <= end]
            p = set_lane(p, to, lane.target, [*rest, *landed])
    return p


def _points(p: Project, channel: str, target: Target) -> tuple[CurvePoint, ...]:
    lane = lane_of(p, channel, target)
    return lane.curve.points if lane else ()


def _placed(point: CurvePoint, spec: ParameterSpec) -> CurvePoint:
    return replace(
        point, position=not_before_start(point.position), value=spec.clamp(number(point.value, "An automation point"))
    )


def _spec(p: Project, channel: str, target: Target) -> ParameterSpec:
    if channel != MASTER:
        track_of(p, channel)
    spec = parameter_of(p, channel, target)
    if spec is None:
        raise EditError(f"The channel has no parameter “{target.parameter}” that could be automated.")
    return spec
