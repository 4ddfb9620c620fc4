"""What the commands that run a model have in common: which model, how to sample, what to print."""

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli.terminal import add_json, between, print_json
from engine.plain_text import one_line

if TYPE_CHECKING:
    from engine.generate.api import Generator, Result, Settings


def add_model(parser: argparse.ArgumentParser) -> None:
    """Adds --model, --device and --untrained."""
    parser.add_argument("--model", metavar="M", help="a model's id or folder (see continuo models)")
    parser.add_argument("--device", metavar="D", help="cpu, cuda … (default: the best there is)")
    parser.add_argument("--untrained", action="store_true", help="run the model with random weights: noise, for tests")


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Adds what decides the sound, and where it goes."""
    parser.add_argument("--negative", metavar="TEXT", default="", help="negative prompt: what to leave out")
    parser.add_argument("--audio-prompt", type=Path, metavar="FILE", help="a sound to play like")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="same seed, same sound (default: 0)")
    parser.add_argument("--steps", type=int, metavar="T", help="denoising steps (default: the model's)")
    parser.add_argument(
        "--guidance", type=partial(between, 0, 30), metavar="G", help="how strictly to follow the prompt"
    )
    parser.add_argument("--schedule", metavar="NAME", help="how steps are taken, for models with a choice")
    parser.add_argument("--words", metavar="TEXT", default="", help="what is spoken or sung, for models that can")
    parser.add_argument(
        "--best-of", type=int, default=1, metavar="N", help="make N for each take and keep the one that fits best"
    )
    parser.add_argument("--temperature", type=partial(between, 0, 5), metavar="X", help="how freely to compose")
    parser.add_argument(
        "--hold",
        type=partial(between, 0, 10),
        metavar="X",
        help="how strongly to hold tempo and key, as the prompt states or the sound has them; 0: not at all",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="file to write (.wav, .flac, .aiff)")
    parser.add_argument("--overwrite", action="store_true", help="replace the file if it exists")
    add_json(parser)


def settings(arguments: argparse.Namespace, prompt: str) -> "Settings":
    """The settings that the arguments spell out."""
    from engine.audio import read_stereo
    from engine.generate.api import Settings

    return Settings(
        prompt=prompt,
        negative=arguments.negative,
        audio_prompt=read_stereo(arguments.audio_prompt) if arguments.audio_prompt else None,
        steps=arguments.steps,
        guidance=arguments.guidance,
        schedule=arguments.schedule or "linear",
        words=arguments.words,
        candidates=arguments.best_of,
        temperature=arguments.temperature,
        steering=arguments.hold,
    )


def open_model(arguments: argparse.Namespace) -> "Generator":
    """The model that the arguments name."""
    from engine.generate import registry

    return registry.open_model(arguments.model, arguments.device, untrained=arguments.untrained)


def print_result(
    arguments: argparse.Namespace, files: Sequence[Path], result: "Result", notices: Sequence[str]
) -> None:
    """Notices on stderr; the files written, or all as JSON, on stdout."""
    said = [*result.notices, *notices]
    if arguments.json:
        print_json(
            {
                "files": [str(file) for file in files],
                "notices": said,
                "seconds_spent": result.seconds_spent,
                "parts": dict(result.parts),
                "provenance": dict(result.provenance),
            }
        )
        return
    for notice in said:
        print(f"continuo: {one_line(notice)}", file=sys.stderr)
    print("\n".join(map(str, files)))
