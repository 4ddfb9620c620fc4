"""`continuo new SONG`: an empty song, with a limiter on its master."""

import argparse

from engine.cli.terminal import add_json, add_song, print_json
from engine.errors import EngineError
from engine.project.files import create
from engine.project.model import MAX_PROJECT_RATE, MIN_PROJECT_RATE
from engine.project.starting import begin_song
from engine.timing.signature import parse_signature
from engine.timing.tempo_map import parse_tempo


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_song(parser)
    parser.add_argument("--tempo", default="120", metavar="BPM", help="quarter notes a minute (default: 120)")
    parser.add_argument("--time-signature", default="4/4", metavar="N/D", help="such as 3/4 or 6/8 (default: 4/4)")
    parser.add_argument("--rate", type=int, default=48000, metavar="HZ", help="sample rate in Hz (default: 48000)")
    parser.add_argument("--no-limiter", action="store_true", help="without the limiter at −1 dBTP on the master")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Makes the song and prints its folder."""
    if not MIN_PROJECT_RATE <= arguments.rate <= MAX_PROJECT_RATE:
        raise EngineError(
            f"A rate of {arguments.rate:,} Hz is not possible: give one from {MIN_PROJECT_RATE:,} to "
            f"{MAX_PROJECT_RATE:,} Hz."
        )
    folder = arguments.song
    project = begin_song(
        folder.absolute().name,
        rate=arguments.rate,
        tempo=parse_tempo(arguments.tempo),
        signature=parse_signature(arguments.time_signature),
        limiter=not arguments.no_limiter,
    )
    create(folder, project)
    if arguments.json:
        print_json({"song": str(folder), "id": project.id, "name": project.name})
    else:
        print(folder)
    return 0
