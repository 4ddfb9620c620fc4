"""`continuo corpus`: pieces of the music that we train on, as files."""

import argparse
from functools import partial
from pathlib import Path

from engine.cli.terminal import add_json, between, job, print_json
from engine.errors import EngineError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for the pieces, one folder each")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="number of the first piece (default: 0)")
    parser.add_argument(
        "--minutes", type=partial(between, 0.01, 100_000), default=5.0, metavar="N", help="of music (default: 5)"
    )
    parser.add_argument("--rate", type=int, default=48000, metavar="HZ", help="sample rate in Hz (default: 48000)")
    parser.add_argument("--channels", type=int, choices=(1, 2), default=2, help="1 or 2 (default: 2)")
    parser.add_argument("--no-stems", action="store_true", help="write the mix only")
    parser.add_argument("--own", action="store_true", help="play everything without a SoundFont")
    parser.add_argument("--soundfont", metavar="FILE", help="General MIDI SoundFont (.sf2, .sf3); found if not named")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Writes the pieces and prints their folders."""
    from engine.train.corpus.write import write

    if not 8000 <= arguments.rate <= 192_000:
        raise EngineError(f"A rate of {arguments.rate:,} Hz is not possible: give one from 8,000 to 192,000.")
    if arguments.seed < 0:
        raise EngineError("The seed counts pieces from 0: give one that is not negative.")
    with job() as context:
        folders = write(
            arguments.out,
            arguments.seed,
            arguments.minutes,
            rate=arguments.rate,
            channels=arguments.channels,
            stems=not arguments.no_stems,
            own=arguments.own,
            soundfont=arguments.soundfont,
            context=context,
        )
    if arguments.json:
        print_json({"pieces": [str(folder) for folder in folders]})
    else:
        print("\n".join(map(str, folders)))
    return 0
