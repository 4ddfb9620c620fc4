"""`continuo set SONG`: the song's tempo, time signature and their changes, its name, and the mixer of a track."""

import argparse
import re
import sys
from fractions import Fraction
from functools import partial

from engine.cli.terminal import add_song, between, find_track, opened_for_editing
from engine.errors import EditError
from engine.project import edits
from engine.project.model import MAX_GAIN_DB, MIN_GAIN_DB, Project
from engine.project.tempos import clips_off_tempo, tempo_sentence
from engine.timing.signature import parse_signature
from engine.timing.tempo_map import parse_tempo

_BAR = re.compile(r"(?:bar:)?(\d{1,9})", re.ASCII)
_OF_TRACK = ("gain_db", "pan", "mute", "solo")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_song(parser)
    song = parser.add_argument_group("the song")
    song.add_argument(
        "--tempo", metavar="BPM", help="quarter notes a minute, 20 to 400; what lies in beats moves along"
    )
    song.add_argument(
        "--time-signature", metavar="N/D", help="such as 3/4 or 6/8; nothing moves, bars are counted anew"
    )
    song.add_argument(
        "--at",
        metavar="BAR",
        help="change --tempo and --time-signature from this bar on (such as 17), not at the start",
    )
    song.add_argument("--ramp", action="store_true", help="let the tempo move to --tempo in a straight line until --at")
    song.add_argument("--name", metavar="NAME", help="the song's name; its folder keeps its own")
    track = parser.add_argument_group("a track")
    track.add_argument("--track", metavar="NAME", help="the track's name or id")
    gain = partial(between, MIN_GAIN_DB, MAX_GAIN_DB)
    track.add_argument("--gain-db", type=gain, metavar="X", help=f"{MIN_GAIN_DB:g} (silence) to {MAX_GAIN_DB:g} dB")
    track.add_argument("--pan", type=partial(between, -1, 1), metavar="X", help="-1 (left) to 1 (right)")
    track.add_argument("--mute", action=argparse.BooleanOptionalAction, help="silence the track, or no more")
    track.add_argument("--solo", action=argparse.BooleanOptionalAction, help="hear only this track, or no more")
    parser.set_defaults(usage=parser.error)


def run(arguments: argparse.Namespace) -> int:
    """Changes what is named and saves the song, once."""
    of_track = {name: getattr(arguments, name) for name in _OF_TRACK if getattr(arguments, name) is not None}
    of_song = any(value is not None for value in (arguments.tempo, arguments.time_signature, arguments.name))
    if arguments.track is None and of_track:
        arguments.usage("--gain-db, --pan, --mute and --solo belong to a track: name it with --track")
    if arguments.track is not None and not of_track:
        arguments.usage("name what to set of the track: --gain-db, --pan, --mute, --no-mute, --solo or --no-solo")
    if not of_song and not of_track:
        arguments.usage("name what to set: --tempo, --time-signature or --name, or something of a --track")
    if arguments.at is not None and arguments.tempo is None and arguments.time_signature is None:
        arguments.usage("--at says where --tempo or --time-signature changes: give one of them")
    if arguments.ramp and (arguments.at is None or arguments.tempo is None):
        arguments.usage("--ramp needs --tempo and --at: the tempo moves to it until that bar")
    bar = 1 if arguments.at is None else _bar(arguments.at)
    tempo = None if arguments.tempo is None else parse_tempo(arguments.tempo)
    signature = None if arguments.time_signature is None else parse_signature(arguments.time_signature)
    with opened_for_editing(arguments.song) as folder:
        project = folder.project
        if tempo is not None:
            before = project
            beat = project.tempo_map.bar(bar).start
            project = edits.add_tempo_point(project, beat, tempo, ramp=arguments.ramp)
            _notice(before, project, tempo)
        if signature is not None:
            project = edits.add_signature_change(project, bar, signature)
        if arguments.name is not None:
            project = edits.rename(project, arguments.name)
        if arguments.track is not None:
            project = edits.set_track(project, _track_id(project, arguments.track), **of_track)
        if project is not folder.project:
            folder.save(project)
    return 0


def _bar(text: str) -> int:
    match = _BAR.fullmatch(text.strip())
    if not match or not int(match[1]):
        raise EditError(f"“{text}” is not a bar: write its number, such as 17; bars count from 1.")
    return int(match[1])


def _notice(before: Project, after: Project, tempo: Fraction) -> None:
    """Says on stderr what a change of tempo means for the clips, which keep their speed."""
    off = clips_off_tempo(after, lambda clip: before.clock.tempo_at(clip.position))
    lengths = {clip.id: clip.length for _, clip in after.clips()}
    cut = sum(lengths.get(clip.id, 0) < clip.length for _, clip in before.clips())
    if after is not before and (sentence := tempo_sentence(after, len(off), tempo, cut=cut)):
        print(f"continuo: {sentence}", file=sys.stderr)


def _track_id(project: Project, name: str) -> str:
    track = find_track(project, name)
    if track is None:
        there = ", ".join(f"“{track.name}”" for track in project.tracks) or "none"
        raise EditError(f"The song has no track “{name}”; its tracks: {there}.")
    return track.id
