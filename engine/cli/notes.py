"""`continuo notes FILE --out FILE.mid`: the notes of a sound as a MIDI file."""

import argparse
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli.terminal import add_json, between, job, print_json
from engine.errors import EngineError

if TYPE_CHECKING:
    from engine.analysis.notes import HeardNote
    from engine.project.model import NoteEvent

_TICK = Fraction(1, 960)  # quarter notes
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
    from engine.midi.importing import place_midi
    from engine.midi.reading import MidiPart, MidiSong
    from engine.midi.writing import write_midi
    from engine.project.model import new_project
    from engine.timing.tempo_map import TempoMap, TempoPoint

    with job() as context:
        context.progress(0.0, "Reading")
        audio = read_audio(arguments.file)
        context.progress(0.1, "Listening for notes")
        heard = find_notes(audio)
        context.check()
        if not heard:
            raise EngineError(f"No notes are heard in “{arguments.file.name}”: there is nothing to write.")
        grid = find_grid(audio) if arguments.tempo is None else None
        tempo = Fraction(round(1000 * (arguments.tempo or (grid.tempo if grid else _TEMPO))), 1000)
        name = arguments.file.stem
        part = MidiPart(name, 0, 0, note_events(heard, float(tempo)))
        song = MidiSong((part,), TempoMap((TempoPoint(Fraction(0), tempo),)))
        write_midi(place_midi(new_project(name), song).project, arguments.out)
    if arguments.json:
        notes = [
            {"start": round(n.start, 4), "end": round(n.end, 4), "pitch": n.pitch, "strength": round(n.strength, 3)}
            for n in heard
        ]
        print_json({"file": str(arguments.out), "tempo": float(tempo), "notes": notes})
    else:
        print(f"{arguments.out}: {len(heard)} notes at {float(tempo):g} BPM")
    return 0


def note_events(heard: "tuple[HeardNote, ...]", tempo: float) -> "tuple[NoteEvent, ...]":
    """Notes in seconds as notes in quarter notes at `tempo` (quarter notes a minute), to the tick."""
    from engine.project.model import NoteEvent

    def ticks(seconds: float) -> int:
        return round(seconds * tempo / 60 / _TICK)

    return tuple(
        NoteEvent(
            ticks(note.start) * _TICK,
            max(ticks(note.end) - ticks(note.start), 1) * _TICK,
            note.pitch,
            min(127, max(1, round(127 * note.strength))),
        )
        for note in heard
    )
