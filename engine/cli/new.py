"""`continuo new SONG`: an empty song, with a limiter on its master."""

import argparse

from engine.cli.song import add_song
from engine.cli.terminal import add_json, print_json
from engine.errors import EngineError
from engine.project.files import create
from engine.project.model import MAX_PROJECT_RATE, MIN_PROJECT_RATE, Project
from engine.project.starting import begin_song
from engine.timing.signature import parse_signature
from engine.timing.tempo_map import parse_tempo


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_song(parser)
    parser.add_argument(
        "--template", metavar="NAME", help="begin as this template or the song in this folder, with its tempo and rate"
    )
    parser.add_argument("--tempo", metavar="BPM", help="quarter notes a minute (default: 120)")
    parser.add_argument("--time-signature", metavar="N/D", help="such as 3/4 or 6/8 (default: 4/4)")
    parser.add_argument("--rate", type=int, metavar="HZ", help="sample rate in Hz (default: 48000)")
    parser.add_argument("--no-limiter", action="store_true", help="without the limiter at −1 dBTP on the master")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Makes the song and prints its folder."""
    folder = arguments.song
    if arguments.template is not None:
        project = _from_template(arguments)
    else:
        rate = 48000 if arguments.rate is None else arguments.rate
        if not MIN_PROJECT_RATE <= rate <= MAX_PROJECT_RATE:
            raise EngineError(
                f"A rate of {rate:,} Hz is not possible: give one from {MIN_PROJECT_RATE:,} to {MAX_PROJECT_RATE:,} Hz."
            )
        project = begin_song(
            folder.absolute().name,
            rate=rate,
            tempo=parse_tempo(arguments.tempo or "120"),
            signature=parse_signature(arguments.time_signature or "4/4"),
            limiter=not arguments.no_limiter,
        )
        create(folder, project)
    if arguments.json:
        print_json({"song": str(folder), "id": project.id, "name": project.name})
    else:
        print(folder)
    return 0


def _from_template(arguments: argparse.Namespace) -> Project:
    from engine.project.templates import begin_from_template, find_template

    own = (arguments.tempo, arguments.time_signature, arguments.rate, arguments.no_limiter or None)
    if any(value is not None for value in own):
        raise EngineError(
            "Tempo, time signature, rate and devices come with the template: leave these options out, or change the "
            "song afterwards with “continuo set”."
        )
    return begin_from_template(find_template(arguments.template), arguments.song.absolute())
