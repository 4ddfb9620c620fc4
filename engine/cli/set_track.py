"""`continuo set SONG --track NAME`: a track's mixer."""

import argparse
from functools import partial

from engine.cli.terminal import add_song, between, find_track, opened_for_editing
from engine.errors import EditError
from engine.project import edits
from engine.project.model import MAX_GAIN_DB, MIN_GAIN_DB


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_song(parser)
    parser.add_argument("--track", metavar="NAME", required=True, help="the track's name or id")
    gain = partial(between, MIN_GAIN_DB, MAX_GAIN_DB)
    parser.add_argument("--gain-db", type=gain, metavar="X", help=f"{MIN_GAIN_DB:g} (silence) to {MAX_GAIN_DB:g} dB")
    parser.add_argument("--pan", type=partial(between, -1, 1), metavar="X", help="-1 (left) to 1 (right)")
    parser.add_argument("--mute", action=argparse.BooleanOptionalAction, help="silence the track, or no more")
    parser.add_argument("--solo", action=argparse.BooleanOptionalAction, help="hear only this track, or no more")
    parser.set_defaults(usage=parser.error)


def run(arguments: argparse.Namespace) -> int:
    """Changes what is named and saves the song."""
    names = ("gain_db", "pan", "mute", "solo")
    values = {name: getattr(arguments, name) for name in names if getattr(arguments, name) is not None}
    if not values:
        arguments.usage("name what to set: --gain-db, --pan, --mute, --no-mute, --solo or --no-solo")
    with opened_for_editing(arguments.song) as folder:
        track = find_track(folder.project, arguments.track)
        if track is None:
            there = ", ".join(f"“{track.name}”" for track in folder.project.tracks) or "none"
            raise EditError(f"The song has no track “{arguments.track}”; its tracks: {there}.")
        folder.save(edits.set_track(folder.project, track.id, **values))
    return 0
