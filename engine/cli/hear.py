"""`continuo hear FILE`: tempo, beats, bars, key, chords, sections and words of a sound."""

import argparse
from functools import partial
from pathlib import Path
from typing import Any

from engine.cli.terminal import add_json, job, print_json


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    parser.add_argument("file", metavar="FILE", type=Path, help="an audio file")
    parser.add_argument(
        "--beats-per-bar", type=partial(_whole, 2, 12), metavar="N", help="felt beats of a bar (default: those heard)"
    )
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Listens, unless the same sound was heard before, and prints what is heard."""
    from engine.analysis.hear import hear
    from engine.analysis.hearing_cache import cached

    with job() as context:

        def listen() -> dict[str, Any]:
            from engine.audio import read_finite

            return hear(read_finite(arguments.file), arguments.beats_per_bar, context.progress).to_json()

        hearing = cached(arguments.file, f"{arguments.beats_per_bar or 'any'}", listen)
    if arguments.json:
        print_json(hearing)
        return 0
    tempo = hearing["tempo"]
    print(f"tempo     {tempo:g} BPM{'' if hearing['steady'] else ', changing'}" if tempo else "tempo     none heard")
    if tempo:
        print(f"metre     {hearing['time_signature']}")
    print(f"key       {hearing['key'] or 'none heard'}")
    print(f"beats     {len(hearing['beats'])}, bars {len(hearing['downbeats'])}")
    print(f"words     {', '.join(word['word'] for word in hearing['words'])}")
    for section in hearing["sections"]:
        print(f"{section['start']:8.2f} {section['end']:8.2f}  {section['letter']} {section['name']}")
    for chord in hearing["chords"]:
        print(f"{chord['start']:8.2f} {chord['end']:8.2f}  {chord['symbol']}")
    return 0


def _whole(low: int, high: int, text: str) -> int:
    number = int(text) if text.isdecimal() else -1
    if not low <= number <= high:
        raise argparse.ArgumentTypeError(f"“{text}” is not a whole number from {low} to {high}")
    return number
