"""`continuo repair FILE --out FILE`: a recording without hum, hiss, clicks, clipping and offset."""

import argparse
from pathlib import Path

from engine.cli.terminal import add_json, job, print_json
from engine.errors import EngineError

KINDS = {
    "hum": "take away 50 or 60 Hz of the mains, and their multiples",
    "hiss": "turn steady noise down where nothing louder sounds",
    "clicks": "fill in scratches and lost samples",
    "clipping": "redraw peaks that were cut off; they may lie beyond full scale",
    "dc": "take an offset away",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    parser.add_argument("file", metavar="FILE", type=Path, help="an audio file")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.wav", help="the file to write")
    for kind, text in KINDS.items():
        parser.add_argument(f"--{kind}", action="store_true", help=text)
    parser.add_argument("--overwrite", action="store_true", help="replace the file if it exists")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Looks for the faults that are named (all of them where none is) and writes a 32-bit float WAV file without them.

    A sound that has none of them is written as it is.
    """
    from engine.analysis.repair.repairing import repair
    from engine.audio import read_finite
    from engine.generate import audio_output

    if arguments.out.suffix.lower() != ".wav":
        raise EngineError(f"“{arguments.out.name}” would be a WAV file: give it a name that ends in .wav.")
    audio_output.check_out(arguments.out, overwrite=arguments.overwrite)
    kinds = [kind for kind in KINDS if getattr(arguments, kind)] or list(KINDS)
    with job() as context:
        context.progress(0.0, "Reading")
        audio = read_finite(arguments.file)

        def check(share: float) -> None:
            context.progress(0.05 + 0.9 * share, "Repairing")

        repaired = repair(audio, kinds, check)
        sound = repaired.audio
        audio_output.write(arguments.out, [sound.samples], sound.rate, "FLOAT", {}, overwrite=arguments.overwrite)
    texts = {kind: repaired.findings[kind].text if kind in repaired.findings else None for kind in kinds}
    if arguments.json:
        print_json({"file": str(arguments.out), "repaired": texts})
        return 0
    for kind, text in texts.items():
        print(f"{kind:9} {text or 'none found'}")
    return 0
