"""`continuo notes FILE --out FILE.mid`: the notes and drum strokes of a sound as a MIDI file."""

import argparse
from fractions import Fraction
from functools import partial
from pathlib import Path

from engine.cli.terminal import add_json, add_overwrite, between, check_new, job, print_json
from engine.errors import EngineError

_TEMPO = 120.0  # where none is heard


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    parser.add_argument("file", metavar="FILE", type=Path, help="an audio file")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.mid", help="the MIDI file to write")
    parser.add_argument(
        "--tempo", type=partial(between, 20, 400), metavar="BPM", help="of the MIDI file (default: the one heard)"
    )
    add_overwrite(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Listens and writes; a note lies in the file where it sounds."""
    from engine.analysis.grid import find_grid
    from engine.analysis.transcription import transcribe
    from engine.audio import read_finite
    from engine.inference.note_track import with_heard_tracks
    from engine.midi.writing import write_midi
    from engine.project.model import new_project
    from engine.timing.position import SONG_START

    check_new(arguments, arguments.out)
    with job() as context:
        context.progress(0.0, "Reading")
        audio = read_finite(arguments.file)
        context.progress(0.1, "Listening for notes")
        playing = transcribe(audio)
        context.check()
        if not (playing.notes or playing.strokes):
            raise EngineError(f"No notes are heard in “{arguments.file.name}”: there is nothing to write.")
        grid = find_grid(audio) if arguments.tempo is None else None
        tempo = Fraction(round(1000 * (arguments.tempo or (grid.tempo if grid else _TEMPO))), 1000)
        name = arguments.file.stem
        song, _ = with_heard_tracks(new_project(name, tempo=tempo), playing, SONG_START, name)
        write_midi(song, arguments.out)
    if arguments.json:
        notes = [
            {"start": round(n.start, 4), "end": round(n.end, 4), "pitch": n.pitch, "strength": round(n.strength, 3)}
            for n in playing.notes
        ]
        drums = [
            {"start": round(s.start, 4), "pitch": s.pitch, "strength": round(s.strength, 3)} for s in playing.strokes
        ]
        print_json({"file": str(arguments.out), "tempo": float(tempo), "notes": notes, "drums": drums})
    else:
        drums_too = f", {len(playing.strokes)} drum strokes" if playing.strokes else ""
        print(f"{arguments.out}: {len(playing.notes)} notes{drums_too} at {float(tempo):g} BPM")
    return 0
