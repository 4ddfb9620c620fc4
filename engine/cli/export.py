"""`continuo export SONG`: its notes as a Standard MIDI File, or all of it for another program."""

import argparse
import sys
from pathlib import Path

from engine.cli.song import add_song, find_track
from engine.cli.terminal import add_json, add_overwrite, check_new, job, print_json
from engine.errors import ProjectFileError
from engine.plain_text import one_line
from engine.project.files import load
from engine.project.model import Project


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_song(parser)
    parser.add_argument("--midi", metavar="FILE.mid", type=Path, help="write the notes to this MIDI file")
    parser.add_argument(
        "--dawproject",
        metavar="FILE.dawproject",
        type=Path,
        help="write the song to this file, which Bitwig Studio, Cubase, Studio One and others open",
    )
    parser.add_argument(
        "--track", metavar="NAME", action="append", help="only this track's notes, in the MIDI file (may be repeated)"
    )
    add_overwrite(parser)
    add_json(parser)
    parser.set_defaults(usage=parser.error)


def run(arguments: argparse.Namespace) -> int:
    """Writes the files."""
    if not arguments.midi and not arguments.dawproject:
        arguments.usage("say what to write: --midi FILE, --dawproject FILE, or both")
    check_new(arguments, arguments.midi, arguments.dawproject)
    project = load(arguments.song)
    files: dict[str, str] = {}
    if arguments.midi:
        _write_midi(project, arguments)
        files["midi"] = str(arguments.midi)
    notices: tuple[str, ...] = ()
    if arguments.dawproject:
        from engine.dawproject.writing import write_dawproject

        with job() as context:
            written = write_dawproject(project, arguments.song, arguments.dawproject, context)
        files["dawproject"], notices = str(written.path), written.notices
    for notice in notices:
        print(f"continuo: {one_line(notice)}", file=sys.stderr)
    if arguments.json:
        print_json({**files, **({"notices": list(notices)} if arguments.dawproject else {})})
    else:
        print("\n".join(files.values()))
    return 0


def _write_midi(project: Project, arguments: argparse.Namespace) -> None:
    from engine.inference.song_form import section_starts
    from engine.midi.writing import write_midi

    tracks = None
    if arguments.track:
        tracks = []
        for name in arguments.track:
            track = find_track(project, name)
            if track is None:
                raise ProjectFileError(f"The song has no track “{name}”: `continuo show` lists them.")
            tracks.append(track)
    write_midi(project, arguments.midi, tracks, section_starts(project))
