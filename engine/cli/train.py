"""`continuo train`: trains the parts of a model on the corpus or on the user's recordings, and puts them into one.

`render` makes a pool of sound, `vae`, `ssl`, `mulan` and `ear` train on one, `encode` turns it into latents and tokens
with these, `lm` and `dpd` train on those, and `publish` writes a run's weights into a model's folder; `glossary`
explains everyday words to its text tower. `all` does all of it, for a model whose decoder plays layers. `ldm`, `gpt2`
and `joint` train an AudioLDM 2 further, on a pool. `torchrun` and `accelerate launch` start the same commands in
several processes (`-m engine.cli train …`).
"""

import argparse
import math
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from engine.cli import train_all
from engine.cli.terminal import between, job
from engine.errors import ModelError

if TYPE_CHECKING:
    from engine.train.loop import Progress, Recipe, Training
    from engine.train.pools import SoundRequest
    from engine.train.recipes import Run

SOUND_RECIPES = {
    "vae": "the VAE-GAN: sound to latents and back",
    "ssl": "the tokenizer: sound to semantic tokens",
    "mulan": "the joint embedding of sound and text",
    "ear": "the ear beside a model's joint embedding: tempo and key of a sound",
}
ENCODED_RECIPES = {
    "lm": "the language model: prompts to tokens",
    "dpd": "the diffusion: tokens to latents",
}
LATENT_RECIPES = {
    "ldm": "the diffusion of an AudioLDM 2: the language of audio to latents",
    "gpt2": "the GPT-2 of an AudioLDM 2: words to the language of audio",
    "joint": "diffusion and GPT-2 of an AudioLDM 2 together",
}
PRESETS = ("starter", "paper", "tiny")
STOPPED = 130


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    kinds = parser.add_subparsers(metavar="RECIPE", required=True, dest="recipe")
    for name, description in (SOUND_RECIPES | ENCODED_RECIPES).items():
        recipe = kinds.add_parser(name, help=f"train {description}", description=f"Trains {description}.")
        _add_training(recipe)
        if name in SOUND_RECIPES:
            recipe.add_argument("--data", type=Path, metavar="FOLDER", help="a pool, or a folder of recordings")
            _add_sound(recipe)
        else:
            recipe.add_argument(
                "--data", type=Path, metavar="FOLDER", required=True, help="what `train encode` made of a pool"
            )
    for name, description in LATENT_RECIPES.items():
        recipe = kinds.add_parser(name, help=f"train {description}", description=f"Trains {description}.")
        recipe.add_argument("--model", required=True, metavar="MODEL", help="what to start from: a folder, or an id")
        recipe.add_argument(
            "--audiomae", type=Path, metavar="FOLDER", help="what hears the language of audio (default: MODEL/audiomae)"
        )
        _add_training(recipe, presets=False)
        recipe.add_argument("--data", type=Path, metavar="FOLDER", help="a pool, or a folder of recordings")
        _add_sound(recipe)
    render = kinds.add_parser("render", help="render a pool of sound to train on")
    render.add_argument("--preset", choices=PRESETS, default="starter", help="whose rate and channels")
    render.add_argument("--data", type=Path, metavar="FOLDER", help="a folder of recordings in place of the corpus")
    _add_sound(render)
    encode = kinds.add_parser("encode", help="turn a pool into latents, tokens and prompts' codes")
    encode.add_argument("--model", type=Path, required=True, metavar="FOLDER", help="a model with vae, ssl and mulan")
    encode.add_argument("--data", type=Path, required=True, metavar="POOL", help="the pool")
    encode.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="where to write")
    encode.add_argument("--batch", type=_count, default=8, metavar="B", help="excerpts at once (default: 8)")
    encode.add_argument("--device", metavar="D", help="cpu or cuda (default: a GPU where there is one)")
    glossary = kinds.add_parser("glossary", help="explain everyday words to a model in the words of captions")
    glossary.add_argument("--model", type=Path, required=True, metavar="FOLDER", help="the model that gets it")
    glossary.add_argument("--data", type=Path, required=True, metavar="POOL", help="a pool, whose captions it speaks")
    publish = kinds.add_parser("publish", help="write a run's averaged weights into a model")
    publish.add_argument("run", type=Path, metavar="RUN", help="the run's folder")
    publish.add_argument("--model", type=Path, required=True, metavar="FOLDER", help="the model; made if missing")
    publish.add_argument("--name", metavar="TEXT", help="name of a new model")
    publish.add_argument("--device", metavar="D", help="cpu or cuda (default: a GPU where there is one)")
    train_all.add_arguments(kinds)


def _add_training(parser: argparse.ArgumentParser, *, presets: bool = True) -> None:
    if presets:
        parser.add_argument("--preset", choices=PRESETS, default="starter", help="sizes (default: starter)")
    else:
        parser.set_defaults(preset="starter")  # whose rate a pool has that is rendered for it
    parser.add_argument("--steps", type=_count, metavar="N", help="steps in all (default: the preset's)")
    parser.add_argument("--minutes", type=partial(between, 0, 1e6), metavar="M", help="stop after this long")
    parser.add_argument("--batch", type=_count, metavar="B", help="examples a step and process")
    parser.add_argument(
        "--out", type=Path, metavar="RUN", help="the run's folder; one that is there goes on (default: runs/RECIPE)"
    )
    parser.add_argument("--device", metavar="D", help="cpu or cuda (default: a GPU where there is one)")
    if presets:
        parser.add_argument("--model", metavar="MODEL", help="begin with this model's weights: a folder, or an id")
    parser.add_argument(
        "--set", nargs="+", action="extend", default=[], metavar="KEY=VALUE", help="any setting by its name: lr=1e-4 …"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="of weights, data and noise (default: 0)")


def _add_sound(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("sound")
    minutes = partial(between, 0.01, 1e6)
    group.add_argument("--corpus-minutes", type=minutes, default=60.0, metavar="N", help="to render (default: 60)")
    group.add_argument("--corpus-seed", type=int, default=0, metavar="S", help="of the pieces (default: 0)")
    group.add_argument("--excerpt", type=partial(between, 0.5, 600), metavar="SECONDS", help="length of an excerpt")
    group.add_argument("--own", action="store_true", help="play the corpus without a SoundFont")
    group.add_argument("--pools", type=Path, default=Path("runs/sound"), metavar="DIR", help="where pools are kept")
    group.add_argument("--workers", type=int, metavar="N", help="processes that render (default: all cores)")


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"“{text}” is not a whole number above 0")
    return value


def run(arguments: argparse.Namespace) -> int:
    """Does what the arguments say."""
    named = {
        "render": _render,
        "encode": _encode,
        "publish": _publish,
        "glossary": _glossary,
        "all": _train_all,
        "pack": train_all.run_parcel,
        "unpack": train_all.run_parcel,
        "keep": train_all.run_parcel,
    }
    return named.get(arguments.recipe, _train)(arguments)


def _sound(arguments: argparse.Namespace) -> "SoundRequest":
    from engine.train.pools import SoundRequest

    return SoundRequest(
        data=arguments.data,
        minutes=arguments.corpus_minutes,
        seed=arguments.corpus_seed,
        seconds=arguments.excerpt,
        own=arguments.own,
        pools=arguments.pools,
        workers=arguments.workers,
    )


def _render(arguments: argparse.Namespace) -> int:
    from engine.train.pools import find_or_render
    from engine.train.recipes import config_of

    with job() as context:
        pool = find_or_render(config_of(arguments.preset), _sound(arguments), context.progress)
    print(pool)
    return 0


def _encode(arguments: argparse.Namespace) -> int:
    from engine.train.data import SPLITS, SoundPool
    from engine.train.encode import encode
    from engine.train.processes import start

    device = str(start(device=arguments.device).device)
    with job() as context:
        for split in SPLITS:
            if split == "test" and not (arguments.data / split).exists():
                continue
            pool = SoundPool(arguments.data / split)
            encode(pool, arguments.model, arguments.out, device=device, batch=arguments.batch, report=context.progress)
    print(arguments.out)
    return 0


def _publish(arguments: argparse.Namespace) -> int:
    from engine.train.processes import start
    from engine.train.publish import last_figures, publish
    from engine.train.recipes import recall

    run = recall(arguments.run)
    if run.recipe in LATENT_RECIPES:
        from engine.train.audioldm2 import runs

        table = _figures(runs.publish(arguments.run, run, arguments.model))
        print(f"{arguments.model}: trained by {run.recipe}; {table}")
        return 0
    device = str(start(device=arguments.device).device)
    description = publish(arguments.run, arguments.model, name=arguments.name, device=device)
    figures = ", ".join(f"{key} {value:.4g}" for key, value in sorted(last_figures(arguments.run).items()))
    print(f"{arguments.model}: {description.name}, version {description.version}; {figures}")
    return 0


def _glossary(arguments: argparse.Namespace) -> int:
    from engine.models import checkpoint
    from engine.train import glossary
    from engine.train.data import SoundPool
    from engine.train.teacher import Teacher

    phrases = glossary.said(SoundPool(arguments.data / "train").truth)
    teacher = Teacher()
    entries = glossary.make(teacher, phrases, teacher.words())
    description = checkpoint.add_glossary(arguments.model, entries)
    print(f"{arguments.model}: {len(entries.words)} words explained; version {description.version}")
    return 0


def _train(arguments: argparse.Namespace) -> int:
    from engine.train import processes, recipes
    from engine.train.loop import Trainer

    processes.keep_freed_memory()
    settings_of, make = _recipes_of(arguments.recipe)
    options: dict[str, object] = {}
    for pair in arguments.set:
        key, equals, value = pair.partition("=")
        if not equals:
            raise ModelError(f"“{pair}” is no setting: write --set KEY=VALUE.")
        options[key] = value
    options |= {key: getattr(arguments, key) for key in ("steps", "minutes", "batch") if getattr(arguments, key)}
    folder = arguments.out or Path("runs") / arguments.recipe
    limit = {key: options.pop(key) for key in ("minutes",) if key in options}
    data = arguments.data
    settings_of(recipes.Run(arguments.recipe, arguments.preset, "", arguments.seed, options | limit))
    if arguments.recipe not in ENCODED_RECIPES:
        from engine.train.pools import find_or_render

        with job() as context:
            data = find_or_render(recipes.config_of(arguments.preset), _sound(arguments), context.progress)
    run = recipes.Run(arguments.recipe, arguments.preset, str(data.resolve()), arguments.seed, options)
    if arguments.model:
        run = _with_model(run, arguments)
    recipe, settings = make(recipes.with_options(run, limit))
    if prepare := getattr(recipe, "prepare", None):
        with job() as context:
            prepare(context.progress)
    if os.environ.get("RANK", "0") == "0":
        recipes.remember(run, folder)
    with _interrupts() as stop:
        trainer = Trainer(recipe, settings, folder, device=arguments.device)
        show = _shown(run) if trainer.accelerator.is_main_process else lambda progress: None
        figures = trainer.run(show, stop)
        stopped = stop()
    if trainer.accelerator.is_main_process:
        if stopped:
            print(f"Stopped at step {trainer.step}; the same command goes on from there.", file=sys.stderr)
        else:
            print(f"{folder}: step {trainer.step}; " + _figures(figures))
    trainer.accelerator.end_training()
    return STOPPED if stopped else 0


def _train_all(arguments: argparse.Namespace) -> int:
    with _interrupts() as stop:
        return train_all.run_all(arguments, stop)


def _recipes_of(recipe: str) -> tuple[Callable[["Run"], object], Callable[["Run"], tuple["Recipe", "Training"]]]:
    """What checks the settings of a run of that recipe, and what puts it together."""
    if recipe in LATENT_RECIPES:
        from engine.train.audioldm2 import runs

        return runs.settings_of, runs.make
    from engine.train import recipes

    return recipes.settings_of, recipes.make


def _with_model(run: "Run", arguments: argparse.Namespace) -> "Run":
    """The run with the folders that it starts from."""
    from engine.generate import registry

    named = getattr(arguments, "audiomae", None)
    audiomae = str(named.resolve()) if named else ""
    return replace(run, model=str(registry.find(arguments.model).resolve()), audiomae=audiomae)


@contextmanager
def _interrupts() -> Iterator[Callable[[], bool]]:
    """Whether Ctrl+C was pressed; the second time it ends the program."""
    pressed = False

    def press(number: int, frame: FrameType | None) -> None:
        nonlocal pressed
        if pressed:
            raise KeyboardInterrupt
        pressed = True

    before = signal.signal(signal.SIGINT, press)
    try:
        yield lambda: pressed
    finally:
        signal.signal(signal.SIGINT, before)


def _shown(run: "Run") -> Callable[["Progress"], None]:
    """Prints progress: over and over on one line of a terminal, else a line each; validations always get a line."""
    terminal = sys.stderr.isatty()
    width = 0

    def show(progress: "Progress") -> None:
        nonlocal width
        line = f"{run.recipe} {progress.step}/{progress.steps} · {_figures(progress.losses, 4)}"
        line += f" · {progress.seconds_a_step:.3g} s a step · {_left(progress.seconds_left)} left"
        if progress.validation is not None:
            line = f"{line}\n  validation: {_figures(progress.validation)}"
        if terminal:
            first = line.split("\n")[0][:119]
            sys.stderr.write(f"\r{first:<{width}}" + line[len(line.split(chr(10))[0]) :])
            width = len(first)
            if progress.validation is not None:
                sys.stderr.write("\n")
                width = 0
        else:
            sys.stderr.write(line + "\n")
        sys.stderr.flush()

    return show


def _figures(figures: dict[str, float], most: int = 20) -> str:
    return ", ".join(f"{key} {value:.4g}" for key, value in list(figures.items())[:most])


def _left(seconds: float) -> str:
    if not math.isfinite(seconds):
        return "?"
    minutes = max(math.ceil(seconds / 60), 0)
    return f"{minutes} min" if minutes < 120 else f"{minutes / 60:.1f} h"
