"""`continuo evaluate`: what a model can do, measured on held-out music, with goal beside measured."""

import argparse
import json
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from engine.cli import sampling
from engine.cli.terminal import add_json, between, job, print_json
from engine.errors import ModelError
from engine.evaluate.settings import FULL, PARTS, QUICK

if TYPE_CHECKING:
    from engine.evaluate.figures import Part

FIGURES = "evaluation.json"
HEADING = "## Evaluation\n"


def _parts(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    if unknown := [name for name in names if name not in PARTS]:
        raise argparse.ArgumentTypeError(f"there is no part “{unknown[0]}”, only {', '.join(PARTS)}")
    return names


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    sampling.add_model(parser)
    parser.add_argument("--quick", action="store_true", help="a few minutes and rough figures, in place of an hour")
    parser.add_argument("--parts", type=_parts, default=list(PARTS), metavar="NAME,…", help=", ".join(PARTS))
    count = partial(between, 4, 10_000)
    parser.add_argument("--prompts", type=count, metavar="N", help="held-out prompts (default: 200)")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="of everything that is generated (default: 0)")
    parser.add_argument(
        "--out", type=Path, default=Path("out/evaluation"), metavar="DIR", help="for figures and pictures (%(default)s)"
    )
    parser.add_argument(
        "--sound", type=Path, metavar="POOL", help="the pool trained on, or where to keep one (DIR/sound)"
    )
    parser.add_argument("--own", action="store_true", help="play the held-out music without a SoundFont")
    parser.add_argument("--card", action="store_true", help="put the figures into the model's card, too")
    parser.add_argument("--no-pictures", action="store_true", help="draw no spectrograms")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Evaluates, prints the figures part by part and writes them all to a file."""
    from dataclasses import replace

    from engine.evaluate.figures import markdown, table
    from engine.evaluate.session import evaluate
    from engine.evaluate.workshop import Workshop
    from engine.generate import registry
    from engine.generate.melody import Melody
    from engine.train.publish import CARD

    sizes = QUICK if arguments.quick else FULL
    if arguments.prompts:
        count = int(arguments.prompts)
        sizes = replace(sizes, prompts=count, held_out=max(sizes.held_out, round(2.2 * count)))
    folder = None if arguments.untrained else registry.find(arguments.model)
    model = sampling.open_model(arguments)
    if not isinstance(model, Melody):
        raise ModelError(f"{model.capabilities.name} is not evaluated by this command: choose a MeLoDy model.")
    out: Path = arguments.out
    out.mkdir(parents=True, exist_ok=True)

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
            context=context,
        )
        pictures = None if arguments.no_pictures or not sizes.picture_prompts else out / "pictures"
        done = evaluate(shop, arguments.parts, draw=pictures, report=show, context=context)
    texts = {out / "evaluation.md": markdown(done.parts)}
    if arguments.card and folder is not None:
        texts[folder / CARD] = _card(folder, markdown(done.parts))
    content = {"quick": arguments.quick, **done.to_dict()}
    texts[out / FIGURES] = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    for path, text in texts.items():
        beside = path.with_name(path.name + ".part")
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    if arguments.json:
        print_json(content)
        return 0
    goals = content["goals"]
    print(f"{goals['reached']} of {goals['of']} goals reached, in {done.seconds:.0f} s: {out / FIGURES}")
    return 0


def _card(folder: Path, figures: str) -> str:
    """The model's card with these figures as its last section, in place of those of an evaluation before."""
    from engine.train import publish

    path = folder / publish.CARD
    card = path.read_text(encoding="utf-8") if path.exists() else publish.card(folder)
    return f"{card.partition(HEADING)[0].rstrip()}\n\n{HEADING}\n{figures}"
