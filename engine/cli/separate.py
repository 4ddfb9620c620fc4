"""`continuo separate FILE --out DIR`: drums and harmonic sound of a file as two files that add up to it."""

import argparse
from pathlib import Path

from engine.cli.terminal import add_json, add_overwrite, check_new, job, print_json

NAMES = ("drums", "harmonic")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    parser.add_argument("file", metavar="FILE", type=Path, help="an audio file")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="the folder for drums.wav, harmonic.wav")
    add_overwrite(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Separates and writes 32-bit float WAV files of the file's length, rate and channels."""
    from engine.analysis.separation import separate
    from engine.audio import read_finite
    from engine.generate import audio_output

    files = {name: arguments.out / f"{name}.wav" for name in NAMES}
    check_new(arguments, *files.values())
    with job() as context:
        context.progress(0.0, "Reading")
        audio = read_finite(arguments.file)

        def check(share: float) -> None:
            context.progress(0.05 + 0.9 * share, "Separating")

        separated = separate(audio, check)
        arguments.out.mkdir(parents=True, exist_ok=True)
        for name, sound in zip(NAMES, (separated.drums, separated.harmonic), strict=True):
            audio_output.write(files[name], [sound.samples], sound.rate, "FLOAT", {}, overwrite=arguments.overwrite)
    if arguments.json:
        print_json({name: str(file) for name, file in files.items()})
    else:
        for file in files.values():
            print(file)
    return 0
