"""The paper's ablation in small: the dual-path network against a 1-D U-Net of the same size.

Both begin with random weights and see the same batches, noise and angles in the same order, by the same recipe and for
as many steps; both are judged on the same held-out windows. What a step costs each is reported beside.
"""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, cast

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from engine.evaluate.figures import Figure, Part
from engine.evaluate.unet import matched
from engine.jobs import Context
from engine.models.dualpath import PRESETS, DualPath, DualPathConfig
from engine.train.dpd import LOSSES, DpdLosses, DpdRecipe, VelocityTraining
from engine.train.encode import Encoded, open_splits
from engine.train.loop import Metrics, Progress, Trainer, Training

NETWORKS = {"dpd": "dual path", "unet": "1-D U-Net"}
_PAPER = {"dpd": {"velocity_mse": 0.12, "si_snri": 6.15}, "unet": {"velocity_mse": 0.13, "si_snri": 5.33}}
_LONGER = "_longer"
_TOKEN_RATE = 25.0
_PACES = 3


@dataclass(frozen=True, slots=True)
class AblationSizes:
    """How long and on how much. `windows`: held-out ones that are judged."""

    preset: str = "starter"
    steps: int = 600
    batch: int = 16
    lr: float = 1.5e-3
    windows: int = 128
    precision: str = "bf16"
    seed: int = 0
    device: str | None = None


@dataclass(frozen=True, slots=True)
class Trained:
    """A network after its training. operations: of one window, forward. seconds: of a processor, a batch and back."""

    steps: int
    parameters: int
    operations: int
    seconds: float
    found: Metrics


class UNetRecipe(DpdRecipe):
    """Trains a U-Net as big as the dual-path network of the same settings."""

    name = "unet"

    def __init__(
        self, config: DualPathConfig, losses: DpdLosses, train: Encoded, held_out: Encoded, *, seed: int = 0
    ) -> None:
        """Raises `ModelError` as `DpdRecipe` does."""
        super().__init__(config, losses, train, held_out, seed=seed)
        size = sum(parameter.numel() for parameter in self._network.parameters())
        torch.manual_seed(seed)
        self._network = VelocityTraining(cast(DualPath, matched(config, size)))  # of the same interface
        self.modules = {"dpd": self._network}


def ablate(data: Path, out: Path, sizes: AblationSizes, *, context: Context) -> tuple[Part, dict[str, Any]]:
    """Trains both, and the lighter one once more, or goes on where it was interrupted.

    Args:
        data: a folder of encoded sound, both splits (see `train.encode`).
        out: where the runs are kept.
        sizes: how long and how.
        context: progress and cancel.

    Returns:
        The figures, and everything as JSON.

    Raises:
        ModelError: there is no such sound, or it is of no use to the preset.
        Cancelled: the user cancelled; a later call goes on.
    """
    train, held_out = open_splits(data)
    header = train.header
    config = replace(
        PRESETS[sizes.preset],
        latent_width=header.latent_width,
        vocabulary=header.vocabulary,
        frame_rate=_TOKEN_RATE * train.frames_a_token,
    )
    losses = replace(LOSSES[sizes.preset], validation=sizes.windows)
    results: dict[str, Trained] = {}

    def train_one(name: str, run: str, steps: int) -> None:
        def told(progress: Progress) -> None:
            share = (len(results) + progress.step / progress.steps) / (len(NETWORKS) + 1)
            context.progress(share, f"{NETWORKS[name]}: step {progress.step} of {progress.steps}")

        kind = UNetRecipe if name == "unet" else DpdRecipe
        recipe = kind(config, losses, train, held_out, seed=sizes.seed)
        results[run] = _trained(recipe, losses, out / run, replace(sizes, steps=steps), told, context)

    for name in NETWORKS:
        train_one(name, name, sizes.steps)
    lighter, heavier = sorted(NETWORKS, key=lambda name: results[name].operations)
    ratio = results[heavier].operations / results[lighter].operations
    train_one(lighter, f"{lighter}{_LONGER}", round(sizes.steps * ratio))
    content = {
        "data": {"excerpts": len(train), "latents_a_second": config.frame_rate, "latent_width": config.latent_width},
        "sizes": asdict(sizes),
        "networks": {name: asdict(result) for name, result in results.items()},
    }
    told_part = f"dual path against a 1-D U-Net, {sizes.steps} steps of {sizes.batch} from nothing"
    part = Part("ablation", told_part, tuple(_figures(results)))
    return part, content | {"part": part.to_dict()}


def _trained(
    recipe: DpdRecipe,
    losses: DpdLosses,
    folder: Path,
    sizes: AblationSizes,
    report: Callable[[Progress], None],
    context: Context,
) -> Trained:
    settings = Training(
        steps=sizes.steps,
        batch=sizes.batch,
        lr=sizes.lr,
        warmup=max(sizes.steps // 20, 1),
        ema=0.99,
        precision=sizes.precision,
        seed=sizes.seed,
        validate_steps=max(sizes.steps // 4, 1),
        report_steps=10,
    )
    network = recipe.modules["dpd"]
    parameters = sum(parameter.numel() for parameter in network.parameters())
    operations = _operations(network, recipe.config, losses)
    seconds = _pace(recipe, sizes)
    progress = Trainer(recipe, settings, folder, device=sizes.device).run(report, lambda: context.cancelled)
    context.check()
    return Trained(sizes.steps, parameters, operations, seconds, progress)


def _pace(recipe: DpdRecipe, sizes: AblationSizes) -> float:
    """Processor seconds of a whole batch's velocities and gradients, the median of a few."""
    batches = recipe.batches(sizes.seed, 0, 1, sizes.batch)
    whole = next(batch for batch in batches if batch["angles"].shape[1] == recipe.losses.chunks)
    (phase,) = recipe.phases()
    spent = []
    for _ in range(_PACES):
        started = time.process_time()
        with torch.autocast("cpu", torch.bfloat16, enabled=sizes.precision == "bf16"):
            loss, _ = phase.loss(whole)
        loss.backward()  # type: ignore[no-untyped-call]
        spent.append(time.process_time() - started)
        recipe.modules["dpd"].zero_grad(set_to_none=True)
    return sorted(spent)[_PACES // 2]


@torch.no_grad()
def _operations(network: nn.Module, config: DualPathConfig, losses: DpdLosses) -> int:
    """Multiplications and additions of one window's velocity."""
    length = round(losses.window * config.frame_rate / config.token_rate)
    z, tokens = torch.zeros(1, length, config.latent_width), torch.zeros(1, losses.window, dtype=torch.long)
    with FlopCounterMode(display=False) as counter:
        network(z, torch.ones(1, 1), torch.zeros(length, dtype=torch.long), tokens, 1)
    return int(counter.get_total_flops())


def _figures(results: dict[str, Trained]) -> list[Figure]:
    figures = []
    for key, label, unit in (("velocity_mse", "velocity MSE", ""), ("si_snri", "latent SI-SNRi", "dB")):
        for run, result in results.items():
            beside = {"without condition": result.found["unconditional_mse"]} if key == "velocity_mse" else {}
            if run in _PAPER:
                beside["in the paper"] = _PAPER[run][key]
            name = f"{label}, {NETWORKS[run.removesuffix(_LONGER)]}, {result.steps} steps"
            figures.append(Figure(f"{run}_{key}", name, result.found[key], unit, None, beside))
    for name, kind in NETWORKS.items():
        result = results[name]
        figures += [
            Figure(f"{name}_parameters", f"parameters, {kind}", result.parameters / 1e6, "M"),
            Figure(f"{name}_operations", f"operations a window, forward, {kind}", result.operations / 1e9, "G"),
            Figure(f"{name}_seconds", f"processor seconds of a batch and its gradients, {kind}", result.seconds, "s"),
        ]
    return figures
