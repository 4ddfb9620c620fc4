"""The training loop that every recipe shares.

A recipe names its modules and gives one or more phases; a phase is a loss and the parameters that it moves (a GAN has
two). Everything random in step n follows from (seed, n, rank): the data, the noise, the dropout. The state on disk is
therefore weights, moments and the step, and a run that was killed and resumed ends with the weights of one that was
not. State and weights are safetensors; nothing is pickled. Several processes work through Accelerate (`processes`):
each rank takes its own share of the data and gradients are averaged.
"""

import json
import logging
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Protocol

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.optim import AdamW

from engine.atomic_file import replacing
from engine.errors import ModelError
from engine.train import processes
from engine.train.muon import Muon, is_block_matrix

log = logging.getLogger(__name__)

Batch = Mapping[str, Any]
Metrics = dict[str, float]


@dataclass(frozen=True, slots=True)
class Training:
    """How long and how to train. Times are minutes, `steps` optimiser steps."""

    steps: int = 100_000
    batch: int = 16  # examples a step and process
    lr: float = 3e-4
    final_lr: float = 0.05  # share of `lr` at the end of the cosine
    warmup: int = 500
    beta1: float = 0.9
    beta2: float = 0.98
    weight_decay: float = 0.01
    optimizer: str = "adamw"  # or "muon": see `engine.train.muon`
    clip: float = 1.0  # largest norm of a phase's gradient
    ema: float = 0.999  # decay of the averaged weights
    precision: str = "no"  # "no" or "bf16"
    compile: bool = False  # through torch.compile
    seed: int = 0
    minutes: float = math.inf  # stop after this long in this run
    save_minutes: float = 4.0
    validate_steps: int = 1000
    report_steps: int = 50

    @staticmethod
    def from_dict(values: Mapping[str, Any]) -> "Training":
        """The settings in `values`; an unknown key is an error.

        Raises:
            ModelError: a key that is no setting.
        """
        names = {field.name for field in fields(Training)}
        if values.get("optimizer", "adamw") not in ("adamw", "muon"):
            raise ModelError(f"There is no optimizer “{values['optimizer']}”, only “adamw” and “muon”.")
        if unknown := sorted(set(values) - names):
            raise ModelError(f"{', '.join(unknown)} is no training setting; there are {', '.join(sorted(names))}.")
        return replace(Training(), **values)


@dataclass(frozen=True)
class Phase:
    """One optimiser step: `loss(batch)` gives a scalar and figures to report; it moves the parameters of `modules`."""

    name: str
    modules: tuple[str, ...]
    loss: Callable[[Batch], tuple[Tensor, Metrics]]
    lr: float = 1.0  # times the run's rate
    starts: int = 0  # first step at which it runs


class Recipe(Protocol):
    """What a model's training brings to the loop.

    `modules` maps names to the networks (moved to the device and, with several processes, wrapped in place by the
    loop). `averaged` names those of which the loop keeps an exponential average.
    """

    name: str
    modules: dict[str, nn.Module]
    averaged: tuple[str, ...]

    def phases(self) -> Sequence[Phase]:
        """The optimiser steps of one training step, in order."""

    def batches(self, seed: int, first: int, stride: int, size: int) -> Iterator[Batch]:
        """Batches first, first + stride, first + 2·stride, … of `size` examples each, on the CPU."""

    def validate(self, folder: Path, step: int) -> Metrics:
        """Figures on held-out data, with the averaged weights in place; samples and pictures go to `folder`."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run is. `seconds_left` is infinite until it can be known."""

    step: int
    steps: int
    losses: Metrics
    seconds_left: float
    seconds_a_step: float
    validation: Metrics | None = None


def step_seed(seed: int, step: int, rank: int) -> int:
    """A 63-bit seed for one step of one process, by SplitMix64's finaliser over the three numbers."""
    state = (seed * 0x9E3779B97F4A7C15 + step * 0xBF58476D1CE4E5B9 + rank * 0x94D049BB133111EB + 1) % 2**64
    state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
    state = (state ^ (state >> 27)) * 0x94D049BB133111EB % 2**64
    return (state ^ (state >> 31)) >> 1


def learning_rate(settings: Training, step: int) -> float:
    """Linear warm-up, then a cosine down to `final_lr` of the peak at `steps`."""
    if step < settings.warmup:
        return settings.lr * (step + 1) / settings.warmup
    share = min((step - settings.warmup) / max(settings.steps - settings.warmup, 1), 1.0)
    cosine = 0.5 * (1 + math.cos(math.pi * share))
    return settings.lr * (settings.final_lr + (1 - settings.final_lr) * cosine)


class Trainer:
    """Runs a recipe in `folder`, resuming whatever state is there.

    Args:
        recipe: the model, its losses and its data.
        settings: how long and how.
        folder: state, learning curve (`curve.jsonl`), samples; created when missing.
        device: "cpu", "cuda", or None for a GPU where there is one.
    """

    def __init__(self, recipe: Recipe, settings: Training, folder: Path, *, device: str | None = None) -> None:
        self.recipe, self.settings, self.folder = recipe, settings, folder
        folder.mkdir(parents=True, exist_ok=True)
        self.accelerator = processes.start(settings.precision, device)
        self.step = 0
        self._phases = list(recipe.phases())
        self._plain = dict(recipe.modules)
        self._optimisers = [self._optimiser(phase) for phase in self._phases]
        for name, module in self._plain.items():
            trained = any(parameter.requires_grad for parameter in module.parameters())
            recipe.modules[name] = self.accelerator.prepare(module) if trained else module.to(self.accelerator.device)
            if settings.compile:
                module.compile()
        self._optimisers = [self.accelerator.prepare(optimiser) for optimiser in self._optimisers]
        self._averages = {
            name: {key: value.detach().clone() for key, value in self._plain[name].state_dict().items()}
            for name in recipe.averaged
        }
        if (folder / "state.json").exists():
            self._load()

    def _optimiser(self, phase: Phase) -> AdamW:
        settings = self.settings
        matrices: list[nn.Parameter] = []
        decayed: list[nn.Parameter] = []
        plain: list[nn.Parameter] = []
        for module in phase.modules:
            for name, parameter in self._plain[module].named_parameters():
                if parameter.requires_grad and settings.optimizer == "muon" and is_block_matrix(name, parameter):
                    matrices.append(parameter)
                elif parameter.requires_grad:
                    (decayed if parameter.ndim > 1 else plain).append(parameter)
        groups: list[dict[str, Any]] = [
            {"params": decayed, "weight_decay": settings.weight_decay},
            {"params": plain, "weight_decay": 0.0},
        ]
        betas = (settings.beta1, settings.beta2)
        if settings.optimizer == "adamw":
            return AdamW(groups, lr=settings.lr, betas=betas)
        groups.append({"params": matrices, "weight_decay": settings.weight_decay, "momentum": 0.95})
        return Muon(groups, lr=settings.lr, betas=betas)

    def run(
        self,
        report: Callable[[Progress], None] = lambda progress: None,
        stop: Callable[[], bool] = lambda: False,
    ) -> Metrics:
        """Trains until `steps` or `minutes` is reached and returns the last validation's figures.

        `stop` is asked before each step; if any process is told to stop, all save the state and return no figures.
        """
        accelerator, settings = self.accelerator, self.settings
        started, first = time.monotonic(), self.step
        saved = started
        validation: Metrics = {}
        world, rank = accelerator.num_processes, accelerator.process_index
        data = self.recipe.batches(settings.seed, self.step * world + rank, world, settings.batch)
        sums: Metrics = {}
        summed = 0
        stopped, validated_at = False, -1
        while self.step < settings.steps:
            halted = stop()
            if self._any(halted or time.monotonic() - started > settings.minutes * 60):
                stopped = self._any(halted)
                break
            losses = self._one_step(next(data))
            for key, value in losses.items():
                sums[key] = sums.get(key, 0.0) + value
            summed += 1
            self.step += 1
            validated = self.step % settings.validate_steps == 0 or self.step == settings.steps
            if validated:
                validation, validated_at = self.validate(), self.step
            if validated or self.step % settings.report_steps == 0:
                done = self.step - first
                pace = (time.monotonic() - started) / done
                means = {key: value / summed for key, value in sums.items()}
                sums, summed = {}, 0
                left = min((settings.steps - self.step) * pace, settings.minutes * 60 - (time.monotonic() - started))
                progress = Progress(self.step, settings.steps, means, left, pace, validation if validated else None)
                self._note(progress)
                report(progress)
            if time.monotonic() - saved > settings.save_minutes * 60:
                self.save()
                saved = time.monotonic()
        if validated_at != self.step and not stopped:
            validation = self.validate()
            means = {key: value / summed for key, value in sums.items()}
            self._note(Progress(self.step, settings.steps, means, 0.0, 0.0, validation))
        self.save()
        self.accelerator.wait_for_everyone()
        return validation

    def _any(self, here: bool) -> bool:
        """Whether it is so in any process; all get the same answer."""
        if self.accelerator.num_processes == 1:
            return here
        flag = torch.tensor([float(here)], device=self.accelerator.device)
        return bool(self.accelerator.reduce(flag, "sum").item())

    def _one_step(self, batch: Batch) -> Metrics:
        accelerator, settings = self.accelerator, self.settings
        torch.manual_seed(step_seed(settings.seed, self.step, accelerator.process_index))
        batch = {
            key: value.to(accelerator.device, non_blocking=True) if isinstance(value, Tensor) else value
            for key, value in batch.items()
        }
        rate = learning_rate(settings, self.step)
        figures: Metrics = {}
        for phase, optimiser in zip(self._phases, self._optimisers, strict=True):
            if self.step < phase.starts:
                continue
            for group in optimiser.param_groups:
                group["lr"] = rate * phase.lr
            optimiser.zero_grad(set_to_none=True)
            with accelerator.autocast():
                loss, metrics = phase.loss(batch)
            accelerator.backward(loss)
            moved = [parameter for group in optimiser.param_groups for parameter in group["params"]]
            norm = accelerator.clip_grad_norm_(moved, settings.clip)
            if torch.isfinite(norm):
                optimiser.step()
            else:
                log.warning("step %d of %s: the gradient is not finite; the step is left out", self.step, phase.name)
            figures |= {f"{phase.name}.{key}": value for key, value in metrics.items()}
            figures[f"{phase.name}.loss"] = float(loss.detach())
        self._average()
        return figures

    def _average(self) -> None:
        decay = min(self.settings.ema, (1 + self.step) / (10 + self.step))
        for name, average in self._averages.items():
            current = self._plain[name].state_dict()
            with torch.no_grad():
                for key, value in average.items():
                    if value.is_floating_point():
                        value.lerp_(current[key], 1 - decay)
                    else:
                        value.copy_(current[key])

    def averaged(self, name: str) -> dict[str, Tensor]:
        """The averaged weights of the module `name`, float32."""
        return self._averages[name]

    def validate(self) -> Metrics:
        """The recipe's figures with the averaged weights; the trained ones are put back afterwards.

        Of several processes the first one validates and the others wait; they get no figures.
        """
        if not self.accelerator.is_main_process:
            self.accelerator.wait_for_everyone()
            return {}
        averages = {
            name: {key: value.detach().clone() for key, value in self._plain[name].state_dict().items()}
            for name in self._averages
        }
        for name, average in self._averages.items():
            self._plain[name].load_state_dict(average)
            self._plain[name].eval()
        torch.manual_seed(self.settings.seed)
        try:
            with torch.no_grad():
                return self.recipe.validate(self.folder / "samples", self.step)
        finally:
            for name, weights in averages.items():
                self._plain[name].load_state_dict(weights)
                self._plain[name].train()
            self.accelerator.wait_for_everyone()

    def _note(self, progress: Progress) -> None:
        if self.accelerator.is_main_process:
            line = {"step": progress.step, **progress.losses}
            if progress.validation:
                line |= {f"validation.{key}": value for key, value in progress.validation.items()}
            with (self.folder / "curve.jsonl").open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")

    def _forget_after(self, step: int) -> None:
        """Drops what the learning curve says of steps that the state does not have."""
        path = self.folder / "curve.jsonl"
        if path.exists():
            lines = path.read_text(encoding="utf-8").splitlines()
            remaining = [line for line in lines if line.endswith("}") and json.loads(line)["step"] <= step]
            path.write_text("".join(line + "\n" for line in remaining), encoding="utf-8")

    def save(self) -> None:
        """Writes the state; a kill at any moment leaves the old one or the new one whole."""
        if not self.accelerator.is_main_process:
            return
        tensors: dict[str, Tensor] = {}
        for name, module in self._plain.items():
            tensors |= {f"weights/{name}/{key}": value for key, value in module.state_dict().items()}
        for name, average in self._averages.items():
            tensors |= {f"average/{name}/{key}": value for key, value in average.items()}
        for phase, optimiser in zip(self._phases, self._optimisers, strict=True):
            for index, moments in optimiser.state_dict()["state"].items():
                tensors |= {f"moments/{phase.name}/{index}/{key}": torch.as_tensor(v) for key, v in moments.items()}
        name = f"state-{self.step}.safetensors"
        tensors = {key: value.detach().cpu().clone().contiguous() for key, value in tensors.items()}
        with replacing(self.folder / name) as part:
            save_file(tensors, part)
        text = json.dumps(
            {"step": self.step, "state": name, "recipe": self.recipe.name, **_finite(self.settings)}, indent=1
        )
        with replacing(self.folder / "state.json") as part, part.open("w", encoding="utf-8") as file:
            file.write(text)
        for old in self.folder.glob("state-*.safetensors"):
            if old.name != name:
                old.unlink()

    def _load(self) -> None:
        header, tensors = read_state(self.folder)
        if header.get("recipe") != self.recipe.name:
            raise ModelError(
                f"{self.folder} holds a run of “{header.get('recipe')}”, not of “{self.recipe.name}”: "
                "give another folder."
            )
        self.step = int(header["step"])
        if self.accelerator.is_main_process:
            self._forget_after(self.step)
        for name, module in self._plain.items():
            module.load_state_dict(below(tensors, f"weights/{name}/"))
        for name, average in self._averages.items():
            for key, value in below(tensors, f"average/{name}/").items():
                average[key].copy_(value)
        trained_with = header.get("optimizer", "adamw")
        if below(tensors, "moments/") and trained_with != self.settings.optimizer:
            log.warning("%s was trained with another optimizer: its moments begin anew", self.folder)
            return
        for phase, optimiser in zip(self._phases, self._optimisers, strict=True):
            state: dict[int, dict[str, Tensor]] = {}
            for key, value in below(tensors, f"moments/{phase.name}/").items():
                index, field = key.split("/")
                state.setdefault(int(index), {})[field] = value
            optimiser.load_state_dict({"state": state, "param_groups": optimiser.state_dict()["param_groups"]})


def read_state(folder: Path) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """A run's header and tensors: `weights/…`, `average/…`, `moments/…`, on the CPU.

    Raises:
        ModelError: there is none, or it is damaged.
    """
    try:
        header = json.loads((folder / "state.json").read_text(encoding="utf-8"))
        return header, load_file(folder / header["state"])
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise ModelError(
            f"The training state in {folder} cannot be read ({error}): remove the folder to start anew."
        ) from error


def below(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """The tensors whose names begin with `prefix`, without it."""
    return {key.removeprefix(prefix): value for key, value in tensors.items() if key.startswith(prefix)}


def _finite(settings: Training) -> dict[str, Any]:
    return {key: value for key, value in asdict(settings).items() if value != math.inf}
