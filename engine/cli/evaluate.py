"""`continuo evaluate`: what a model can do, measured on held-out music, with goal beside measured."""

import argparse
import json
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from engine.atomic_file import replacing
from engine.cli import sampling
from engine.cli.machine import processor_name
from engine.cli.terminal import add_json, between, job, print_json
from engine.errors import ModelError
from engine.evaluate.settings import COMPOSER, FULL, PARTS, QUICK, Sizes

if TYPE_CHECKING:
    from engine.evaluate.figures import Part
    from engine.evaluate.pictures import Picture

FIGURES, ABLATION, COMPOSED = "evaluation.json", "ablation.json", "composer.json"
HEADING, SHOWN = "## Evaluation\n", "## Spectrograms\n"


def _parts(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    if unknown := [name for name in names if name not in PARTS and name != COMPOSER]:
        raise argparse.ArgumentTypeError(f"there is no part “{unknown[0]}”, only {', '.join((*PARTS, COMPOSER))}")
    if COMPOSER in names and len(names) > 1:
        raise argparse.ArgumentTypeError(f"“{COMPOSER}” needs no model: measure it by itself")
    return names


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    sampling.add_model(parser)
    parser.add_argument("--quick", action="store_true", help="a few minutes, and rough figures")
    parser.add_argument("--parts", type=_parts, metavar="NAME,…", help=", ".join((*PARTS, COMPOSER)))
    parser.add_argument("--full", action="store_true", help=f"{COMPOSER}: all genres, four pieces of each")
    count = partial(between, 4, 10_000)
    parser.add_argument("--prompts", type=count, metavar="N", help="held-out prompts (default: 200)")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="of everything that is generated (default: 0)")
    parser.add_argument(
        "--out", type=Path, default=Path("out/evaluation"), metavar="DIR",
        help="for figures, pictures and what was generated, from which a later run goes on (%(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--sound", type=Path, metavar="POOL", help="the pool trained on, or where to keep one (DIR/sound)"
    )
    parser.add_argument("--own", action="store_true", help="play the held-out music without a SoundFont")
    parser.add_argument("--card", action="store_true", help="put figures and spectrograms into the model's card, too")
    drawing = parser.add_mutually_exclusive_group()
    drawing.add_argument("--no-pictures", action="store_true", help="draw no spectrograms")
    drawing.add_argument("--pictures", action="store_true", help="draw spectrograms and measure nothing")
    parser.add_argument(
        "--recordings", type=Path, metavar="DIR", help="measure on real recordings; without --parts on nothing else"
    )
    ablation = parser.add_argument_group("the dual path against a 1-D U-Net, both trained from nothing")
    ablation.add_argument("--ablation", type=Path, metavar="DIR", help="on what “continuo train encode” wrote there")
    many = partial(between, 1, 1_000_000)
    ablation.add_argument("--steps", type=many, default=600, metavar="N", help="of each (default: %(default)s)")
    ablation.add_argument("--batch", type=many, default=16, metavar="B", help="windows a step (default: %(default)s)")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Evaluates, prints the figures part by part and writes them all to a file."""
    from engine.evaluate.figures import markdown, table
    from engine.evaluate.session import evaluate
    from engine.evaluate.workshop import Workshop
    from engine.generate import registry
    from engine.generate.melody import Melody
    from engine.train.publish import CARD

    out: Path = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    if arguments.ablation:
        return _ablate(arguments)
    if arguments.parts == [COMPOSER]:
        return _composer(arguments)
    sizes, parts = _chosen(arguments)
    folder = None if arguments.untrained else registry.find(arguments.model)
    model = sampling.open_model(arguments)
    if not isinstance(model, Melody):
        raise ModelError(f"{model.capabilities.name} is not evaluated by this command: choose a MeLoDy model.")

    def show(part: "Part") -> None:
        if not arguments.json:
            if sys.stderr.isatty():
                sys.stderr.write("\r\033[K")
            print(table([part]), flush=True)

    with job() as context:
        shop = Workshop(
            model,
            folder,
            sizes,
            out,
            seed=arguments.seed,
            own=arguments.own,
            sound=arguments.sound,
            recordings=arguments.recordings,
            context=context,
        )
        pictures = out / "pictures" if sizes.picture_prompts or sizes.picture_pairs else None
        evaluation = evaluate(shop, parts, draw=pictures, report=show, context=context)
    if arguments.card and folder is not None:
        if evaluation.parts:
            _write({folder / CARD: _card(folder, HEADING, markdown(evaluation.parts))})
        if evaluation.pictures:
            _write({folder / CARD: _card(folder, SHOWN, _shown(folder, evaluation.pictures))})
    content = {"machine": _machine(), "quick": arguments.quick, **evaluation.to_dict()}
    if evaluation.parts:
        text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
        _write({out / "evaluation.md": markdown(evaluation.parts), out / FIGURES: text})
    if arguments.json:
        print_json(content)
        return 0
    for picture in evaluation.pictures:
        print(f"{picture.path}: {picture.told}")
    if evaluation.parts:
        goals = content["goals"]
        print(f"{goals['reached']} of {goals['of']} goals reached, in {evaluation.seconds:.0f} s: {out / FIGURES}")
    return 0


def _chosen(arguments: argparse.Namespace) -> tuple[Sizes, Sequence[str]]:
    sizes = QUICK if arguments.quick else FULL
    if arguments.prompts:
        count = int(arguments.prompts)
        sizes = replace(sizes, prompts=count, held_out=max(sizes.held_out, round(2.2 * count)), guides=count)
    if arguments.pictures:
        sizes = replace(sizes, picture_prompts=FULL.picture_prompts, picture_pairs=FULL.picture_pairs)
        return sizes, arguments.parts or ()
    if arguments.no_pictures or (arguments.recordings and not arguments.parts):
        sizes = replace(sizes, picture_prompts=0, picture_pairs=0)
    return sizes, arguments.parts or (("recordings",) if arguments.recordings else tuple(PARTS))


def _composer(arguments: argparse.Namespace) -> int:
    from engine.evaluate import composer
    from engine.evaluate.figures import markdown, table

    sizes = composer.WHOLE if arguments.full else composer.SMALL
    with job() as context:
        part = composer.figures(sizes, arguments.seed, recordings=arguments.recordings, context=context)
    goals = [figure for figure in part.figures if figure.goal]
    content = {
        "machine": _machine(),
        "sizes": asdict(sizes),
        "goals": {"reached": sum(goal.verdict == "reached" for goal in goals), "of": len(goals)},
        "parts": [part.to_dict()],
    }
    out: Path = arguments.out
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    _write({out / COMPOSED: text, out / "composer.md": markdown([part])})
    if arguments.json:
        print_json(content)
    else:
        print(table([part]) + f"{out / COMPOSED}")
    return 0


def _ablate(arguments: argparse.Namespace) -> int:
    from engine.evaluate import ablation
    from engine.evaluate.figures import markdown, table

    out: Path = arguments.out
    sizes = ablation.AblationSizes(
        steps=int(arguments.steps), batch=int(arguments.batch), seed=arguments.seed, device=arguments.device
    )
    with job() as context:
        part, figures = ablation.ablate(arguments.ablation, out / "ablation", sizes, context=context)
    content = {"machine": _machine(), **figures}
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    _write({out / ABLATION: text, out / "ablation.md": markdown([part])})
    if arguments.json:
        print_json(content)
    else:
        print(table([part]) + f"{out / ABLATION}")
    return 0


def _machine() -> str:
    return f"{processor_name()}, {os.cpu_count()} cores"


def _write(texts: Mapping[Path, str]) -> None:
    for path, text in texts.items():
        with replacing(path) as part:
            part.write_text(text, encoding="utf-8")


def _card(folder: Path, heading: str, text: str) -> str:
    """The model's card with a section that has this text, in place of the one of that name before, or at its end."""
    from engine.train import publish

    path = folder / publish.CARD
    card = path.read_text(encoding="utf-8") if path.exists() else publish.card(folder)
    before, separator, after = card.partition(heading)
    _, following, rest = after.partition("\n## ") if separator else ("", "", "")
    return f"{before.rstrip()}\n\n{heading}\n{text}" + (f"\n## {rest}" if following else "")


def _shown(folder: Path, pictures: Sequence["Picture"]) -> str:
    """Links to the pictures, which are copied into the model's folder."""
    place = folder / "pictures"
    place.mkdir(exist_ok=True)
    lines = []
    for picture in pictures:
        shutil.copyfile(picture.path, place / picture.path.name)
        caption = picture.told[:1].upper() + picture.told[1:]
        lines.append(f"{caption}:\n\n![{picture.path.stem}](pictures/{picture.path.name})")
    return "\n\n".join(lines) + "\n"
