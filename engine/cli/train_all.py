"""`continuo train all`, `pack` and `unpack`: everything by one command, and models as small files that travel."""

import argparse
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from engine.cli.terminal import between

PRESETS = {"starter": "layers", "studio": "studio", "tiny": "layers-tiny"}
"""Sizes by the names that people know, and the presets of the architecture whose decoder plays layers."""
_STOPPED = 130


def add_arguments(kinds: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the commands."""
    everything = kinds.add_parser(
        "all",
        help="render a corpus and train everything on it, or on recordings",
        description="Renders a corpus, trains decoder, tokens, language model and diffusion on it and puts them into "
        "RUN/model. The same command goes on with what was stopped or killed.",
    )
    everything.add_argument("--preset", choices=tuple(PRESETS), default="starter", help="sizes (default: starter)")
    everything.add_argument(
        "--minutes", type=partial(between, 0.1, 1e6), default=60.0, metavar="N", help="in all (default: 60)"
    )
    everything.add_argument("--out", type=Path, default=Path("runs/all"), metavar="RUN", help="(default: %(default)s)")
    everything.add_argument(
        "--data", type=Path, metavar="FOLDER", help="recordings in place of the corpus, or of the sound of --run"
    )
    everything.add_argument(
        "--model", type=Path, metavar="FOLDER", help="a model of this preset to go on from; its decoder and tokens stay"
    )
    everything.add_argument(
        "--run", type=Path, metavar="RUN", help="a finished run to go on from, with its sound and what was encoded"
    )
    everything.add_argument(
        "--kept", type=Path, metavar="FOLDER", help="begin where the run stood that `train keep` wrote there"
    )
    everything.add_argument("--resume", action="store_true", help="go on (as it does anyway where RUN holds a run)")
    everything.add_argument("--seed", type=int, default=0, metavar="S", help="of weights, data and noise (default: 0)")
    everything.add_argument("--device", metavar="D", help="cpu or cuda (default: a GPU where there is one)")
    everything.add_argument(
        "--workers", type=int, metavar="N", help="processes that render (default: all cores but one)"
    )
    everything.add_argument(
        "--excerpt", type=partial(between, 4, 120), default=20.0, metavar="SECONDS", help="(default: 20)"
    )
    everything.add_argument(
        "--most", type=int, default=5000, metavar="N", help="excerpts, 11 MB each at 20 s (default: %(default)s)"
    )
    everything.add_argument(
        "--colours", type=partial(between, 0, 1), default=0.5, metavar="SHARE",
        help="of the corpus that gets rooms, noise, tone, saturation, lossy codes and drifting speed (default: 0.5)",
    )  # fmt: skip
    everything.add_argument(
        "--students", action="store_true",
        help="train what the model of --run does with guidance to be done without it, and in few steps",
    )  # fmt: skip
    for name, which in (("--guidance", "velocities"), ("--token-guidance", "tokens")):
        explanation = f"--students: of the teacher's {which} (default: its own)"
        everything.add_argument(name, type=partial(between, 0, 20), metavar="G", help=explanation)
    everything.add_argument("--own", action="store_true", help="play the corpus without a SoundFont")
    for name, summary in (
        ("pack", "write a model's folder as few small files"),
        ("unpack", "read them back"),
        ("keep", "write what a run in progress has come to into a folder, for `train all --kept`"),
    ):
        parser = kinds.add_parser(name, help=summary)
        parser.add_argument("source", type=Path, metavar="FOLDER")
        parser.add_argument("target", type=Path, metavar="TO")


def run_all(arguments: argparse.Namespace, stop: Callable[[], bool]) -> int:
    """Trains everything."""
    from engine.errors import Cancelled
    from engine.train import processes
    from engine.train.layers import keeping
    from engine.train.layers.everything import Everything, Order

    processes.keep_freed_memory()
    if arguments.kept:
        keeping.restore(arguments.kept, arguments.out)
    cores = os.cpu_count() or 1
    order = Order(
        preset=PRESETS[arguments.preset],
        out=arguments.out,
        minutes=arguments.minutes,
        data=arguments.data,
        start=arguments.model or (arguments.run / "model" if arguments.run else None),
        earlier=None if arguments.data else arguments.run,  # recordings take the place of that run's sound
        seed=arguments.seed,
        device=arguments.device,
        workers=arguments.workers if arguments.workers is not None else max(cores - 1, 1),
        own=arguments.own,
        seconds=arguments.excerpt,
        most=arguments.most,
        colours=arguments.colours,
        students=arguments.students,
        guidance=arguments.guidance,
        token_guidance=arguments.token_guidance,
    )

    def say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    try:
        figures = Everything(order, say, stop).run()
    except Cancelled:
        print("Stopped; the same command goes on from there.", file=sys.stderr)
        return _STOPPED
    print(f"{arguments.out / 'model'}: " + ", ".join(f"{key} {value:.4g}" for key, value in figures.items()))
    return 0


def run_parcel(arguments: argparse.Namespace) -> int:
    """Packs, unpacks or keeps."""
    from engine.train.layers import keeping, parcel

    if arguments.recipe == "pack":
        for path in parcel.pack(arguments.source, arguments.target):
            print(path)
    elif arguments.recipe == "keep":
        part, step = keeping.keep(arguments.source, arguments.target)
        print(f"{arguments.target}: step {step} of {part}")
    else:
        parcel.unpack(arguments.source, arguments.target)
        print(arguments.target)
    return 0
