"""What `continuo set SONG --clip` changes of a clip: whether it follows the tempo, and its pitch."""

import argparse
from fractions import Fraction
from functools import partial
from pathlib import Path

from engine.cli.terminal import between
from engine.errors import EditError
from engine.project import edits
from engine.project.model import FINE_TUNE, TRANSPOSE, Clip, Project
from engine.project.tempos import tempo_of
from engine.project.warping import source_tempo
from engine.timing.tempo_map import parse_tempo

OPTIONS = ("warp", "sound_tempo", "transpose", "fine_tune")
"""The options that belong to a clip."""


def add_clip_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the options of a clip."""
    clip = parser.add_argument_group("a clip of audio")
    clip.add_argument("--clip", metavar="NAME", help="the clip's name or id; with --track one of that track")
    clip.add_argument(
        "--warp",
        choices=("on", "off"),
        help="on: it follows the tempo, at the tempo of its sound that is known or heard; off: at its own speed",
    )
    clip.add_argument("--sound-tempo", metavar="BPM", help="the tempo of its sound, with --warp on")
    clip.add_argument("--transpose", type=_semitones, metavar="N", help="semitones, -24 to 24; its length stays")
    cents = partial(between, FINE_TUNE.low, FINE_TUNE.high)
    clip.add_argument("--fine-tune", type=cents, metavar="CENTS", help="cents, -100 to 100")


def clip_set(project: Project, folder: Path, arguments: argparse.Namespace, track_id: str | None) -> Project:
    """The song with all that is to be set of the clip that `arguments` name, on track `track_id` if one is given."""
    clip = find_clip(project, arguments.clip, track_id)
    if arguments.transpose is not None or arguments.fine_tune is not None:
        project = edits.set_pitch(project, [clip.id], transpose=arguments.transpose, fine_tune=arguments.fine_tune)
    if arguments.warp == "off":
        project = edits.unwarp_clips(project, [clip.id])
    elif arguments.warp == "on":
        tempo = parse_tempo(arguments.sound_tempo) if arguments.sound_tempo else None
        if tempo is None and source_tempo(clip.content, project.rate) is None:
            recorded = tempo_of(clip.chosen)
            tempo = Fraction(round(1000 * recorded), 1000) if recorded else _heard(project, folder, clip)
        project = edits.warp_clip(project, clip.id, tempo)
    return project


def find_clip(project: Project, name: str, track_id: str | None = None) -> Clip:
    """The clip with that id, or the only one with that name.

    Raises:
        EditError: there is none, or several have the name.
    """
    clips = [clip for track, clip in project.clips() if track_id in (None, track.id)]
    matches = [clip for clip in clips if clip.id == name] or [clip for clip in clips if clip.name == name]
    if not matches:
        raise EditError(f"The song has no clip “{name}”: `continuo show` lists names and ids.")
    if len(matches) > 1:
        ids = ", ".join(clip.id for clip in matches[:5])
        raise EditError(f"{len(matches)} clips are called “{name}”: name one by its id ({ids}).")
    return matches[0]


def _heard(project: Project, folder: Path, clip: Clip) -> Fraction | None:
    """The tempo that is heard in a clip's sound: of a loop to the frame, of others from their beats."""
    from engine.playback.loop_hearing import heard_beats, heard_tempo

    source = project.sources.get(clip.chosen.source)
    if source is None or source.growing:
        return None
    expected = float(project.clock.tempo_at(clip.position))
    return heard_tempo(folder, source, project.rate, expected) or heard_beats(folder, source, project.rate, expected)


def _semitones(text: str) -> int:
    number = between(TRANSPOSE.low, TRANSPOSE.high, text)
    if number != round(number):
        raise argparse.ArgumentTypeError(f"“{text}” is not a whole number of semitones: use --fine-tune for cents")
    return round(number)
