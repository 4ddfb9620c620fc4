"""`continuo chords FILE`: the chords of a sound or of a MIDI file."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli.terminal import add_json, print_json
from engine.music.general_midi import MIDI_SUFFIXES

if TYPE_CHECKING:
    from engine.analysis.chords import SoundingChord


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    parser.add_argument("file", metavar="FILE", type=Path, help="audio or MIDI")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Prints each chord: from and to in seconds, symbol, confidence."""
    path: Path = arguments.file
    chords = _of_midi(path) if path.suffix.lower() in MIDI_SUFFIXES else _of_audio(path)
    if arguments.json:
        print_json([chord.to_json() for chord in chords])
        return 0
    for chord in chords:
        print(f"{chord.start:8.2f} {chord.end:8.2f}  {chord.symbol:<8} {chord.confidence:4.0%}")
    return 0


def _of_audio(path: Path) -> "tuple[SoundingChord, ...]":
    from engine.analysis.chords import find_chords
    from engine.audio import read_finite

    return find_chords(read_finite(path))


def _of_midi(path: Path) -> "tuple[SoundingChord, ...]":
    from engine.analysis.chords import chords_of_notes
    from engine.compose.midi_file import read_midi

    file = read_midi(path)
    notes = [note for track in file.tracks if not track.drums for note in track.notes]
    compound = file.signature.denominator == 8 and file.signature.numerator % 3 == 0
    return chords_of_notes(notes, float(file.signature.bar), file.tempo, 1.5 if compound else 1.0)
