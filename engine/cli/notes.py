"""`continuo notes FILE --out FILE.mid`: the notes of a sound as a MIDI file."""

import argparse
from fractions import Fraction
from functools import partial
from pathlib import Path

from engine.cli.terminal import add_json, between, job, print_json
from engine.errors import EngineError

_TEMPO = 120.0  # where none is heard


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    parser.add_argument("file", metavar="FILE", type=Path, help="an audio file without drums")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.mid", help="the MIDI file to write")
    parser.add_argument(
        "--tempo", type=partial(between, 20, 400), metavar="BPM", help="of the MIDI file (default: the one heard)"
    )
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Listens and writes; a note lies in the file where it sounds."""
    from engine.analysis.grid import find_grid
    from engine.analysis.notes import find_notes
    from engine.audio import read_audio
    from engine.inference.note_track import with_note_track
    from engine.midi.writing import write_midi
    from engine.project.model import new_project
    from engine.timing.position import SONG_START

    with job() as context:
        context.progress(0.0, "Reading")
        audio = read_audio(arguments.file)
        context.progress(0.1, "Listening for notes")
        hearing = find_notes(audio)
        context.check()
        if not hearing:
            raise EngineError(f"No notes are heard in “{arguments.file.name}”: there is nothing to write.")
        grid = find_grid(audio) if arguments.tempo is None else None
        tempo = Fraction(round(1000 * (arguments.tempo or (grid.tempo if grid else _TEMPO))), 1000)
        name = arguments.file.stem
        song, _ = with_note_track(new_project(name, tempo=tempo), hearing, SONG_START, name)
        write_midi(song, arguments.out)
    if arguments.json:
        notes = [
            {"start": round(n.start, 4), "end": round(n.end, 4), "pitch": n.pitch, "strength": round(n.strength, 3)}
            for n in hearing
        ]
        print_json({"file": str(arguments.out), "tempo": float(tempo), "notes": notes})
    else:
        print(f"{arguments.out}: {len(hearing)} notes at {float(tempo):g} BPM")
    return 0
