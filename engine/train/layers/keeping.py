"""A run in progress as small files, from which it goes on elsewhere, and back.

What is kept: the parts that are finished, of the part in training the averaged weights, all in half precision, the bank
of strokes, the plan and the learning curve. What is not: the moments of the optimiser, which it finds again within some
hundred steps, and sound and encodings, which are made again.
"""

import json
import shutil
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from engine.atomic_file import replacing
from engine.errors import ModelError
from engine.train.layers.bank import Bank
from engine.train.layers.plan import PLAN, Plan
from engine.train.loop import below, read_state

FACTS, FINISHED = "run.json", "finished"
STAGES = ("vae", "lm", "dpd")
"""Parts that are trained, in order."""
_CURVE, _STATE, _BANK = "curve.jsonl", "state.json", "bank.npz"


def in_training(name: str) -> str:
    """The file of a part that is not finished."""
    return f"{name}-in-training.safetensors"


def keep(run: Path, folder: Path) -> tuple[str, int]:
    """Writes what the run `run` has come to into `folder`; returns the part in training and its step.

    Raises:
        ModelError: the run has nothing in training.
    """
    finished = [name for name in ("vae", "ssl", "lm", "dpd") if (run / f"{name}.published").exists()]
    stage = next((name for name in STAGES if name not in finished), STAGES[-1])
    header, tensors = read_state(run / stage)
    bank, plan = Bank.load(run / _BANK), Plan.load(run)
    if plan is None:
        raise ModelError(f"{run} holds no plan: it is no run of `train all`.")
    folder.mkdir(parents=True, exist_ok=True)
    for name in finished:
        with replacing(folder / f"{name}.safetensors") as part:
            shutil.copyfile(run / "model" / f"{name}.safetensors", part)
    for name in STAGES:
        if name != stage:
            (folder / in_training(name)).unlink(missing_ok=True)
    weights = {key: value.half() if value.is_floating_point() else value for key, value in
               below(tensors, f"average/{stage}/").items()}  # fmt: skip
    with replacing(folder / in_training(stage)) as part:
        save_file({key: value.contiguous() for key, value in weights.items()}, part)
    facts = {
        "part": stage,
        "step": header["step"],
        "recipe": header["recipe"],
        "finished": finished,
        "kinds": bank.kinds,
    }
    with replacing(folder / FACTS) as part:
        part.write_text(json.dumps(facts, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    plan.save(folder)
    curve = run / stage / _CURVE
    if curve.exists():
        with replacing(folder / _CURVE) as part:
            part.write_bytes(curve.read_bytes())
    return stage, int(header["step"])


def restore(folder: Path, run: Path) -> None:
    """Makes `run` a run that goes on from what was kept in `folder`; one that is there stays as it is.

    Raises:
        ModelError: what was kept cannot be read.
    """
    if (run / PLAN).exists():
        return
    try:
        facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
        stage, step, recipe = str(facts["part"]), int(facts["step"]), str(facts["recipe"])
        finished, kinds = [str(name) for name in facts["finished"]], dict(facts["kinds"])
        weights = _read(folder / in_training(stage))
        shots = (weights if stage == "vae" else _read(folder / "vae.safetensors"))["shots"]
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise ModelError(f"What was kept in {folder} cannot be read ({error}).") from error
    plan = Plan.load(folder)
    if plan is None:
        raise ModelError(f"{folder} holds no plan: nothing was kept there.")
    place = run / stage
    for each in (place, run / FINISHED):
        each.mkdir(parents=True, exist_ok=True)
    for name in finished:
        shutil.copyfile(folder / f"{name}.safetensors", run / FINISHED / f"{name}.safetensors")
    Bank(shots, kinds).save(run / _BANK)
    state: dict[str, Tensor] = {}
    for name in ("weights", "average"):
        state |= {f"{name}/{stage}/{key}": value.clone() for key, value in weights.items()}
    name = f"state-{step}.safetensors"
    with replacing(place / name) as part:
        save_file(state, part)
    with replacing(place / _STATE) as part:
        part.write_text(json.dumps({"step": step, "state": name, "recipe": recipe}), encoding="utf-8")
    if (folder / _CURVE).exists():
        with replacing(place / _CURVE) as part:
            part.write_bytes((folder / _CURVE).read_bytes())
    plan.save(run)


def _read(path: Path) -> dict[str, torch.Tensor]:
    return {key: value.float() if value.is_floating_point() else value for key, value in load_file(path).items()}
