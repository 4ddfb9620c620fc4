"""`continuo import SONG FILE…`: audio files onto a track."""

import argparse
from pathlib import Path

from engine.cli.terminal import add_json, add_song, find_track, job, opened_for_editing, print_json
from engine.ids import new_id
from engine.project import edits
from engine.project.importing import import_audio
from engine.project.model import Clip, Project, Source, Take
from engine.tempo import Position


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_song(parser)
    parser.add_argument("files", metavar="FILE", nargs="+", type=Path, help="WAV, FLAC, OGG, MP3 or AIFF")
    parser.add_argument(
        "--track",
        metavar="NAME",
        help="the track, added when missing; several files follow one another on it "
        "(default: a new track for each file, named after it)",
    )
    parser.add_argument("--at", metavar="POS", default="bar:1", help="where the first file starts (default: bar:1)")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Imports the files and prints the ids of their clips."""
    with opened_for_editing(arguments.song) as folder, job() as context:
        project = folder.project
        position = project.clock.parse(arguments.at)
        made: list[tuple[str, str, Source]] = []
        for path in arguments.files:
            source = import_audio(folder.folder, path, project.rate, context)
            track = find_track(project, arguments.track) if arguments.track is not None else None
            if track is None:
                project = edits.add_track(project, source.name if arguments.track is None else arguments.track)
                track = project.tracks[-1]
            clip = new_clip(project, source, position)
            project = edits.add_clip(edits.add_source(project, source), track.id, clip)
            made.append((clip.id, track.id, source))
            if arguments.track is not None:
                position = project.clock.frames(position) + clip.length
        folder.save(project)
    if arguments.json:
        print_json([_described(project, clip_id, track_id, source) for clip_id, track_id, source in made])
    else:
        for clip_id, _, _ in made:
            print(clip_id)
    return 0


def new_clip(project: Project, source: Source, position: Position) -> Clip:
    """A clip that plays the whole of `source` from `position` on."""
    return Clip(new_id(), position, source.frames_at(project.rate), (Take(new_id(), source.id),), name=source.name)


def _described(project: Project, clip_id: str, track_id: str, source: Source) -> dict[str, object]:
    found = project.find_clip(clip_id)
    if found is None:
        return {"clip": clip_id}
    track, clip = found
    return {
        "clip": clip_id,
        "track": {"id": track_id, "name": track.name},
        "start": project.start_of(clip),
        "length": clip.length,
        "source": source.id,
        "file": source.file,
    }
