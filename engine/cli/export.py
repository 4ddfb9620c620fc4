"""`continuo export SONG --midi FILE.mid`: the notes of a song as a Standard MIDI File."""

import argparse
from pathlib import Path

from engine.cli.terminal import add_json, add_song, find_track, print_json
from engine.errors import ProjectFileError
from engine.project.files import load


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_song(parser)
    parser.add_argument("--midi", metavar="FILE.mid", type=Path, required=True, help="the MIDI file to write")
    parser.add_argument("--track", metavar="NAME", action="append", help="only this track (may be repeated)")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Writes the file."""
    from engine.midi.writing import write_midi

    project = load(arguments.song)
    tracks = None
    if arguments.track:
        tracks = []
        for name in arguments.track:
            track = find_track(project, name)
            if track is None:
                raise ProjectFileError(f"The song has no track “{name}”: `continuo show` lists them.")
            tracks.append(track)
    write_midi(project, arguments.midi, tracks)
    if arguments.json:
        print_json({"midi": str(arguments.midi)})
    else:
        print(arguments.midi)
    return 0
