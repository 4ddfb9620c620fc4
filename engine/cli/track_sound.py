"""What the shell does with the sound of a whole track: freeze, unfreeze, bounce in place."""

import argparse
from pathlib import Path

from engine.cli.channels import channel_of
from engine.cli.terminal import job
from engine.errors import EditError
from engine.project import edits
from engine.project.model import MASTER, Project
from engine.timing.position import Position

FREEZE, UNFREEZE, BOUNCE = "freeze", "unfreeze", "bounce-in-place"


def add_sound_arguments(group: argparse._ArgumentGroup) -> None:
    """Adds the options, of which one can be given: `sound` names it."""
    one = group.add_mutually_exclusive_group()
    for name, text in (
        (FREEZE, "put its sound, with its devices, in the place of its clips; --unfreeze gives those back"),
        (UNFREEZE, "give a frozen track back what it had"),
        (BOUNCE, "as --freeze, for good"),
    ):
        one.add_argument(f"--{name}", dest="sound", action="store_const", const=name, help=text)


def with_sound(project: Project, folder: Path, arguments: argparse.Namespace) -> Project:
    """The song with the track's sound as `sound` says; what is rendered lies in the song's audio then.

    Raises:
        EngineError: the master is named; nothing of the track is heard; it is frozen, or not; it cannot be rendered.
    """
    from engine.playback.track_bounce import render_track, start_of_track

    channel = channel_of(project, arguments.track)
    if channel == MASTER:
        raise EditError("The master cannot be frozen or bounced in place: bounce the song.")
    if arguments.sound == UNFREEZE:
        return edits.unfreeze_track(project, channel)
    start = start_of_track(project, channel)
    with job() as context:
        sound = render_track(project, folder, channel, context)
    place = Position.at_beat(project.clock.beat_at(start))
    return edits.bounce_in_place(project, channel, sound, place, freeze=arguments.sound == FREEZE)
