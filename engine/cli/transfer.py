"""`continuo transfer FILE --instrument NAME --out FILE`: a single line, played on another instrument."""

import argparse
from pathlib import Path

from engine.cli.terminal import add_json, add_overwrite, job, print_json
from engine.errors import EngineError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    parser.add_argument("file", metavar="FILE", type=Path, nargs="?", help="an audio file with one tone at a time")
    parser.add_argument("--instrument", metavar="NAME", help="what to play it on, as --list names it")
    parser.add_argument("--out", type=Path, metavar="FILE.wav", help="the file to write")
    parser.add_argument("--list", action="store_true", help="list the instruments")
    add_overwrite(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Writes a 32-bit float WAV file of the line's length, rate and channels, or lists the instruments."""
    from engine.analysis.timbre_transfer import find_timbre, timbres, transferred
    from engine.audio import read_finite
    from engine.generate import audio_output

    if arguments.list:
        families = {name: timbre.family for name, timbre in timbres().items()}
        if arguments.json:
            print_json([{"instrument": name, "family": family} for name, family in families.items()])
        else:
            for name, family in families.items():
                print(f"{name:18} {family}")
        return 0
    if arguments.file is None or arguments.instrument is None or arguments.out is None:
        raise EngineError("Name a FILE, --instrument NAME and --out FILE.wav; --list names the instruments.")
    timbre = find_timbre(arguments.instrument)
    if arguments.out.suffix.lower() != ".wav":
        raise EngineError(f"“{arguments.out.name}” would be a WAV file: give it a name that ends in .wav.")
    audio_output.check_out(arguments.out, overwrite=arguments.overwrite)
    with job() as context:
        context.progress(0.0, "Reading")
        audio = read_finite(arguments.file)

        def check(share: float) -> None:
            context.progress(0.05 + 0.9 * share, "Playing")

        sound = transferred(audio, timbre, check)
        audio_output.write(arguments.out, [sound.samples], sound.rate, "FLOAT", {}, overwrite=arguments.overwrite)
    if arguments.json:
        print_json({"file": str(arguments.out), "instrument": arguments.instrument.strip().lower()})
    else:
        print(arguments.out)
    return 0
