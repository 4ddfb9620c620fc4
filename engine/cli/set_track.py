"""`continuo set SONG`: the song's tempo, time signature and their changes, its name, and the mixer of a track."""

import argparse
import re
import sys
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

from engine.cli.channels import channel_of, inserted, with_group, with_send, without_insert
from engine.cli.clip_settings import OPTIONS, add_clip_arguments, clip_set
from engine.cli.song import add_song, opened_for_editing
from engine.cli.terminal import between
from engine.cli.track_sound import add_sound_arguments, with_sound
from engine.errors import EditError
from engine.plain_text import one_line
from engine.project import edits
from engine.project.model import MASTER, MAX_GAIN_DB, MIN_GAIN_DB, Project
from engine.project.tempos import clips_off_tempo, tempo_sentence
from engine.timing.signature import parse_signature
from engine.timing.tempo_map import parse_tempo

_BAR = re.compile(r"(?:bar:)?(\d{1,9})", re.ASCII)
_POINT = re.compile(r"(bar:\d{1,9})=(\S+)", re.ASCII)
_OF_TRACK = ("gain_db", "pan", "mute", "solo")
_OF_CHANNEL = ("insert", "remove_insert", "send", "group", "sound")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_song(parser)
    song = parser.add_argument_group("the song")
    song.add_argument(
        "--tempo",
        metavar="BPM",
        help="quarter notes a minute, 20 to 400; what lies in beats moves along. Or all tempos of the song: "
        "“bar:1=92 bar:17=100 ramp”, where ramp reaches the tempo before it in a straight line",
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
    track = parser.add_argument_group("a track, a group, a return or the master")
    track.add_argument("--track", metavar="NAME", help="the track's name or id, or “master”")
    gain = partial(between, MIN_GAIN_DB, MAX_GAIN_DB)
    track.add_argument("--gain-db", type=gain, metavar="X", help=f"{MIN_GAIN_DB:g} (silence) to {MAX_GAIN_DB:g} dB")
    track.add_argument("--pan", type=partial(between, -1, 1), metavar="X", help="-1 (left) to 1 (right)")
    track.add_argument("--mute", action=argparse.BooleanOptionalAction, help="silence the track, or no more")
    track.add_argument("--solo", action=argparse.BooleanOptionalAction, help="hear only this track, or no more")
    track.add_argument(
        "--insert", metavar="DEVICE", help="put a device on it: “limiter ceiling_db=-1”; `continuo devices` lists them"
    )
    track.add_argument("--position", type=int, metavar="N", help="where --insert goes, from 1 (default: the end)")
    track.add_argument("--remove-insert", type=int, metavar="N", help="take the Nth device off it")
    track.add_argument(
        "--send", metavar="NAME=DB", help="send it to a return, which is added if need be: “Reverb=-12”, =off ends it"
    )
    track.add_argument("--group", metavar="NAME", help="put it into a group, which is added if need be; “” into none")
    add_sound_arguments(track)
    add_clip_arguments(parser)
    parser.set_defaults(usage=parser.error)


def run(arguments: argparse.Namespace) -> int:
    """Changes what is named and saves the song, once."""
    of_track = {name: getattr(arguments, name) for name in _OF_TRACK if getattr(arguments, name) is not None}
    of_song = any(value is not None for value in (arguments.tempo, arguments.time_signature, arguments.name))
    of_channel = any(getattr(arguments, name) is not None for name in _OF_CHANNEL)
    if arguments.track is None and of_track:
        arguments.usage("--gain-db, --pan, --mute and --solo belong to a track: name it with --track")
    if arguments.track is None and of_channel:
        arguments.usage("--insert, --send, --group, --freeze and the like belong to a track: name it with --track")
    of_clip = any(getattr(arguments, name) is not None for name in OPTIONS)
    if of_clip and arguments.clip is None:
        arguments.usage("--warp, --sound-tempo, --transpose and --fine-tune belong to a clip: name it with --clip")
    if arguments.clip is not None and not of_clip:
        arguments.usage("name what to set of the clip: --warp, --transpose or --fine-tune")
    if arguments.sound_tempo is not None and arguments.warp != "on":
        arguments.usage("--sound-tempo goes with --warp on")
    if arguments.track is not None and not of_track and not of_channel and not of_clip:
        arguments.usage(
            "name what to set of the track: --gain-db, --pan, --mute, --no-mute, --solo, --no-solo, --insert, "
            "--remove-insert, --send, --group, --freeze, --unfreeze or --bounce-in-place"
        )
    if arguments.position is not None and arguments.insert is None:
        arguments.usage("--position says where --insert goes: give it, too")
    if not of_song and not of_track and not of_channel and not of_clip:
        arguments.usage("name what to set: --tempo, --time-signature or --name, or something of a --track or a --clip")
    if arguments.at is not None and arguments.tempo is None and arguments.time_signature is None:
        arguments.usage("--at says where --tempo or --time-signature changes: give one of them")
    if arguments.ramp and (arguments.at is None or arguments.tempo is None):
        arguments.usage("--ramp needs --tempo and --at: the tempo moves to it until that bar")
    bar = 1 if arguments.at is None else _bar(arguments.at)
    tempos = [] if arguments.tempo is None or "=" not in arguments.tempo else _tempos(arguments.tempo)
    if tempos and (arguments.at is not None or arguments.ramp):
        arguments.usage("--at and --ramp go with one tempo: write “ramp” after a tempo of the list")
    tempo = None if arguments.tempo is None or tempos else parse_tempo(arguments.tempo)
    signature = None if arguments.time_signature is None else parse_signature(arguments.time_signature)
    with opened_for_editing(arguments.song) as folder:
        project = folder.project
        if tempos:
            project = _with_tempos(project, tempos)
        if tempo is not None:
            before = project
            beat = project.tempo_map.bar(bar).start
            project = edits.add_tempo_point(project, beat, tempo, ramp=arguments.ramp)
            _notice(before, project, tempo)
        if signature is not None:
            project = edits.add_signature_change(project, bar, signature)
        if arguments.name is not None:
            project = edits.rename(project, arguments.name)
        if arguments.track is not None and (of_track or of_channel):
            project = _channel_set(project, folder.folder, arguments, of_track)
        if arguments.clip is not None:
            channel = None if arguments.track is None else channel_of(project, arguments.track)
            project = clip_set(project, folder.folder, arguments, channel)
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


def _channel_set(project: Project, folder: Path, arguments: argparse.Namespace, of_track: dict[str, Any]) -> Project:
    """The song with all that is to be set of one channel; says what had to be added for it."""
    channel = channel_of(project, arguments.track)
    notices: list[str] = []
    if channel == MASTER:
        if of_track.keys() - {"gain_db"} or arguments.send is not None or arguments.group is not None:
            raise EditError("The master has no pan, mute, solo, send or group: set its gain or its devices.")
        if "gain_db" in of_track:
            project = edits.set_master_gain(project, of_track["gain_db"])
    elif of_track:
        project = edits.set_track(project, channel, **of_track)
    if arguments.remove_insert is not None:
        project = without_insert(project, channel, arguments.remove_insert)
    if arguments.insert is not None:
        project = inserted(project, channel, arguments.insert, arguments.position)
    if arguments.send is not None:
        project, added = with_send(project, channel, arguments.send)
        notices.append(added)
    if arguments.group is not None:
        project, added = with_group(project, channel, arguments.group)
        notices.append(added)
    if arguments.sound is not None:
        project = with_sound(project, folder, arguments)
    for sentence in filter(None, notices):
        print(one_line(sentence))
    return project


def _tempos(text: str) -> list[tuple[int, Fraction, bool]]:
    """(bar, tempo, whether it is reached along a ramp) of each point of “bar:1=92 bar:17=100 ramp”."""
    points: list[tuple[int, Fraction, bool]] = []
    for word in text.split():
        if word == "ramp" and points and points[-1][0] > 1:
            points.append((*points.pop()[:2], True))
            continue
        match = _POINT.fullmatch(word)
        if not match:
            raise EditError(f"“{word}” is no tempo: write bar:17=100, and “ramp” after one that is reached gradually.")
        points.append((_bar(match[1]), parse_tempo(match[2]), False))
    return points


def _with_tempos(project: Project, points: list[tuple[int, Fraction, bool]]) -> Project:
    """The song with these tempos and no other changes; its first one stays if none is given for bar 1."""
    before = project
    for change in project.tempo_changes:
        project = edits.remove_tempo_point(project, change.beat)
    for bar, tempo, ramp in points:
        project = edits.add_tempo_point(project, project.tempo_map.bar(bar).start, tempo, ramp=ramp)
    _notice(before, project, points[0][1])
    return project
