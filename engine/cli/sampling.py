"""What the commands that run a model have in common: which model, how to sample, what to print."""

import argparse
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.cli.terminal import add_json, between, finite, print_json
from engine.plain_text import one_line

if TYPE_CHECKING:
    from engine.generate.interface import Generator, Parameter, Result, Settings


NO_CREDENTIALS = "do not sign the sound as generated (C2PA, continuo-daw[credentials])"


def add_model(parser: argparse.ArgumentParser) -> None:
    """Adds --model, --device and --untrained."""
    parser.add_argument("--model", metavar="M", help="a model's id or folder (see continuo models)")
    parser.add_argument("--device", metavar="D", help="cpu, cuda … (default: the best there is)")
    parser.add_argument("--untrained", action="store_true", help="run the model with random weights: noise, for tests")


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Adds what decides the sound, and where it goes."""
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="same seed, same sound (default: 0)")
    for parameter, help_line in _declared().values():
        kind, metavar = _KINDS[parameter.kind]
        if parameter.kind == "float" and parameter.minimum is not None and parameter.maximum is not None:
            kind = partial(between, parameter.minimum, parameter.maximum)
        option = f"--{parameter.option or parameter.name.replace('_', '-')}"
        parser.add_argument(option, dest=parameter.name, type=kind, metavar=metavar, help=help_line)
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="file to write (.wav, .flac, .aiff)")
    parser.add_argument("--overwrite", action="store_true", help="replace the file if it exists")
    parser.add_argument("--no-credentials", action="store_true", help=NO_CREDENTIALS)
    add_json(parser)


def _declared() -> "dict[str, tuple[Parameter, str]]":
    """The declared parameters that have an option, by their names, and the line of help of each.

    First the shared ones, then those that a family of models has alone. The model itself checks its own values.
    """
    from engine.generate import catalog
    from engine.generate.parameters import SHARED

    declared = {parameter.name: (parameter, parameter.help) for parameter in SHARED}
    for family in catalog.SPECS.values():
        for parameter in family.parameters:
            declared.setdefault(parameter.name, (parameter, f"{parameter.help or parameter.label} ({family.name})"))
    return declared


_KINDS: dict[str, tuple[Callable[[str], Any], str]] = {
    "int": (int, "N"),
    "float": (finite, "X"),
    "text": (str, "TEXT"),
    "choice": (str, "NAME"),
    "audio": (Path, "FILE"),
}


def settings(arguments: argparse.Namespace, prompt: str) -> "Settings":
    """The settings that the arguments spell out."""
    from engine.audio import read_stereo
    from engine.generate.parameters import settings_from

    values: dict[str, Any] = {
        parameter.name: read_stereo(value) if parameter.kind == "audio" else value
        for parameter, _ in _declared().values()
        if (value := getattr(arguments, parameter.name, None)) is not None
    }
    return settings_from({"prompt": prompt, **values})


def open_model(arguments: argparse.Namespace) -> "Generator":
    """The model that the arguments name."""
    from engine.generate import registry

    return registry.open_model(arguments.model, arguments.device, untrained=arguments.untrained)


def print_result(
    arguments: argparse.Namespace, files: Sequence[Path], result: "Result", notices: Sequence[str]
) -> None:
    """Notices on stderr; the files written, or all as JSON, on stdout."""
    sentences = [*result.notices, *notices]
    if arguments.json:
        print_json(
            {
                "files": [str(file) for file in files],
                "notices": sentences,
                "seconds_spent": result.seconds_spent,
                "parts": dict(result.parts),
                "provenance": dict(result.provenance),
            }
        )
        return
    for notice in sentences:
        print(f"continuo: {one_line(notice)}", file=sys.stderr)
    print("\n".join(map(str, files)))
