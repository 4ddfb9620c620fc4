"""`continuo bench`: how fast a model streams on this machine, and how much of the machine it got meanwhile."""

import argparse
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from engine.cli import sampling
from engine.cli.terminal import add_json, job, print_json

if TYPE_CHECKING:
    from engine.generate.bench import Row


def _steps(text: str) -> list[int]:
    try:
        steps = [int(part) for part in text.split(",")]
    except ValueError:
        steps = []
    if not steps or not all(1 <= count <= 1000 for count in steps):
        raise argparse.ArgumentTypeError(f"“{text}” is not a list of numbers from 1 to 1000, such as 5,10,20")
    return steps


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    sampling.add_model(parser)
    parser.add_argument("--steps", type=_steps, default=[], metavar="T,…", help="(default: the model's own)")
    parser.add_argument("--one-shot", action="store_true", help="measure whole windows instead of a stream")
    parser.add_argument("--takes", type=int, default=1, metavar="N", help="takes at once, with --one-shot (default: 1)")
    parser.add_argument(
        "--musicgen", action="store_true", help="also beside transformers' MusicGen-small (random weights)"
    )
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Measures and prints one row for each number of steps."""
    from engine.errors import ModelError
    from engine.generate import catalog, registry

    registry.spare_other_threads()
    from engine.generate import bench, bench_pieces

    name = arguments.model or catalog.DEFAULT
    if not arguments.untrained and name in catalog.known_models():
        try:
            registry.find(name)
        except ModelError:
            arguments.untrained = True  # speed does not depend on the weights
            print(f"continuo: {name} is not installed: measured with random weights.", file=sys.stderr)
    with job() as context:
        opened = sampling.open_model(arguments)
        family = registry.family(arguments.model, untrained=arguments.untrained)
        if family is not None and family.measure is None:
            rows = [
                bench_pieces.one_shot(opened, family.id, steps, takes=arguments.takes, context=context)
                for steps in arguments.steps or [None]
            ]
            _show(rows, arguments)
            return 0
        model = bench.of_melody(opened)
        rows = [
            bench.one_shot(model, steps, takes=arguments.takes)
            if arguments.one_shot
            else bench.measure(model, steps, context=context)
            for steps in arguments.steps or [None]
        ]
        comparison = None
        if arguments.musicgen:
            from engine.generate.bench_musicgen import beside_musicgen

            comparison = beside_musicgen(model, context=context)
    if arguments.json and comparison:
        print_json({"rows": [row.to_dict() for row in rows], "beside_musicgen": comparison.to_dict()})
        return 0
    _show(rows, arguments)
    if comparison:
        print(
            f"Beside MusicGen-small with random weights, in turns: {comparison.realtime:.2f}× against "
            f"{comparison.musicgen_realtime:.3f}× real time, {comparison.ratio:.1f} times as fast"
        )
    return 0


def _show(rows: Sequence["Row"], arguments: argparse.Namespace) -> None:
    if arguments.json:
        print_json([row.to_dict() for row in rows])
        return
    for row in rows:
        print(
            f"{row.model}, {row.steps} steps, {row.device}: {row.realtime:.2f}× real time "
            f"({row.realtime_corrected:.2f}× of the whole machine, of which {row.machine_share:.0%} was there), "
            f"first sound after {row.first_sound_s:.2f} s, "
            f"a chunk of {row.chunk_s:g} s in {row.chunk_p50_s:.2f} s (P95 {row.chunk_p95_s:.2f} s), "
            f"{row.peak_memory_mb:.0f} MB"
        )
        if row.floor_s:
            parts = ", ".join(
                f"{name} {row.parts[name]:.4f} s ({share:.0%} of its floor's speed, {row.floor_s[name]:.4f} s)"
                for name, share in row.floor_share.items()
            )
            print(f"  {parts}; network {row.network}")
