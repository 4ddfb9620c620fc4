"""`continuo import SONG FILE…`: audio files onto a track."""

import argparse
import sys
from pathlib import Path

from engine.cli.terminal import add_json, add_song, find_track, job, opened_for_editing, print_json
from engine.project import edits
from engine.project.importing import import_audio
from engine.project.model import Clip, Project, Source, Track


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_song(parser)
    parser.add_argument(
        "files",
        metavar="FILE",
        nargs="+",
        type=Path,
        help="WAV, FLAC, OGG, MP3 or AIFF; with FFmpeg also M4A and others",
    )
    parser.add_argument(
        "--track",
        metavar="NAME",
        help="the track, added when missing; several files follow one another on it, on a new track where clips are in "
        "their way (default: a new track for each file, named after it)",
    )
    parser.add_argument("--at", metavar="POS", default="bar:1", help="where the first file starts (default: bar:1)")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Imports the files and prints the ids of their clips."""
    notices: list[str] = []
    with opened_for_editing(arguments.song) as folder, job() as context:
        project = folder.project
        position = project.clock.parse(arguments.at)
        sources = [import_audio(folder.folder, path, project.rate, context, notices.append) for path in arguments.files]
        track = find_track(project, arguments.track) if arguments.track is not None else None
        if track is None and arguments.track is not None:
            project = edits.add_track(project, arguments.track)
            track = project.tracks[-1]
        project, ids = edits.add_sounds(project, sources, position, track_id=track.id if track else None)
        folder.save(project)
    placed = [found for clip_id in ids if (found := project.find_clip(clip_id))]
    if track and placed and placed[0][0].id != track.id:
        notices.append(f"Clips of “{track.name}” are in the way: the new track “{placed[0][0].name}” takes what came.")
    for notice in notices:
        print(notice, file=sys.stderr)
    if arguments.json:
        print_json(
            [_described(project, track, clip, source) for (track, clip), source in zip(placed, sources, strict=True)]
        )
    else:
        for clip_id in ids:
            print(clip_id)
    return 0


def _described(project: Project, track: Track, clip: Clip, source: Source) -> dict[str, object]:
    return {
        "clip": clip.id,
        "track": {"id": track.id, "name": track.name},
        "start": project.start_of(clip),
        "length": clip.length,
        "source": source.id,
        "file": source.file,
    }
