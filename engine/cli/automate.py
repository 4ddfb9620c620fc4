"""`continuo automate SONG`: the automation of a parameter of a track or the master."""

import argparse

from engine.cli.channels import channel_of, device_at
from engine.cli.song import add_song, find_track, opened_for_editing
from engine.errors import EditError
from engine.parameters import ParameterSpec
from engine.project import edits
from engine.project.model import MASTER, SEND_LEVEL, CurvePoint, CurveShape, Project, Target
from engine.project.routing import devices_of, parameter_of

_SHAPES = {shape.value: shape for shape in CurveShape}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_song(parser)
    parser.add_argument("--track", required=True, metavar="NAME", help="the track's name or id, or “master”")
    parser.add_argument(
        "--parameter",
        required=True,
        metavar="ID",
        help="gain_db, pan, send_db (with --send), or a parameter of a device (with --device if several have it)",
    )
    parser.add_argument("--device", metavar="N", help="the device's number on its channel, from 1, or its kind")
    parser.add_argument("--send", metavar="NAME", help="the return whose send is automated")
    parser.add_argument(
        "--points",
        required=True,
        metavar="POINTS",
        help="such as “bar:1=-12 bar:5=0”, straight between points in the parameter's unit; a word after a point says "
        f"how it goes on: {', '.join(_SHAPES)}. They take the place of those that are there; “” removes all",
    )


def run(arguments: argparse.Namespace) -> int:
    """Replaces the lane and saves the song."""
    with opened_for_editing(arguments.song) as folder:
        project = folder.project
        channel = channel_of(project, arguments.track)
        target = _target(project, channel, arguments)
        spec = parameter_of(project, channel, target)
        if spec is None:
            raise EditError(_unknown(project, channel, arguments.parameter))
        project = edits.set_lane(project, channel, target, points_of(project, spec, arguments.points))
        if project is not folder.project:
            folder.save(project)
    return 0


def points_of(project: Project, spec: ParameterSpec, text: str) -> list[CurvePoint]:
    """The points of a lane as they are written.

    Raises:
        EngineError: one of them is no place in the song, or no value of the parameter.
    """
    points: list[CurvePoint] = []
    for word in text.split():
        if word in _SHAPES and points:
            last = points.pop()
            points.append(CurvePoint(last.position, last.value, _SHAPES[word]))
            continue
        place, equals, value = word.rpartition("=")
        if not equals:
            raise EditError(f"“{word}” is no point: write a place and a value, as in bar:5=-6.")
        points.append(CurvePoint(project.clock.parse(place), spec.parse(value)))
    return points


def _target(project: Project, channel: str, arguments: argparse.Namespace) -> Target:
    name = arguments.parameter
    if arguments.device is not None:
        return Target(name, device=device_at(project, channel, arguments.device).id)
    if arguments.send is not None:
        to = find_track(project, arguments.send)
        track = project.track(channel) if channel != MASTER else None
        if track is None or to is None or all(send.to != to.id for send in track.sends):
            raise EditError(f"The channel has no send to “{arguments.send}”: make it with `continuo set --send` first.")
        return Target(SEND_LEVEL.id, send=to.id)
    own = Target(name)
    if parameter_of(project, channel, own) is not None:
        return own
    targets = [Target(name, device=device.id) for device in devices_of(project, channel)]
    present = [target for target in targets if parameter_of(project, channel, target) is not None]
    if len(present) > 1:
        raise EditError(f"Several devices have a parameter “{name}”: say which with --device.")
    return present[0] if present else own


def _unknown(project: Project, channel: str, name: str) -> str:
    parameters = [each for each in ("gain_db", "pan") if parameter_of(project, channel, Target(each)) is not None]
    return f"The channel has no parameter “{name}”: choose {', '.join(parameters)}, or one of its devices and sends."
