"""The decoder of a run in progress as small files, from which the run goes on elsewhere, and back.

What is kept: the averaged weights in half precision, the bank of strokes, the plan and the learning curve. What is not:
the moments of the optimiser, which it finds again within some hundred steps, and sound, which is rendered again.
"""

import json
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from engine.atomic_file import replacing
from engine.errors import ModelError
from engine.train.layers.bank import Bank
from engine.train.layers.plan import PLAN, Plan
from engine.train.loop import below, read_state

DECODER, FACTS = "decoder.safetensors", "run.json"
_CURVE, _STATE, _BANK = "curve.jsonl", "state.json", "bank.npz"


def keep(run: Path, folder: Path) -> int:
    """Writes what the run `run` has come to into `folder`; returns its step.

    Raises:
        ModelError: the run has no decoder in training.
    """
    header, tensors = read_state(run / "vae")
    bank, plan = Bank.load(run / _BANK), Plan.load(run)
    if plan is None:
        raise ModelError(f"{run} holds no plan: it is no run of `train all`.")
    folder.mkdir(parents=True, exist_ok=True)
    weights = {key: value.half() if value.is_floating_point() else value for key, value in
               below(tensors, "average/vae/").items()}  # fmt: skip
    with replacing(folder / DECODER) as part:
        save_file({key: value.contiguous() for key, value in weights.items()}, part)
    facts = {"step": header["step"], "recipe": header["recipe"], "kinds": bank.kinds}
    with replacing(folder / FACTS) as part:
        part.write_text(json.dumps(facts, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    plan.save(folder)
    curve = run / "vae" / _CURVE
    if curve.exists():
        with replacing(folder / _CURVE) as part:
            part.write_bytes(curve.read_bytes())
    return int(header["step"])


def restore(folder: Path, run: Path) -> None:
    """Makes `run` a run that goes on from what was kept in `folder`; one that is there stays as it is.

    Raises:
        ModelError: what was kept cannot be read.
    """
    if (run / PLAN).exists():
        return
    try:
        facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
        weights = {key: value.float() if value.is_floating_point() else value for key, value in
                   load_file(folder / DECODER).items()}  # fmt: skip
        step, kinds, recipe = int(facts["step"]), dict(facts["kinds"]), str(facts["recipe"])
        shots = weights["shots"]
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise ModelError(f"What was kept in {folder} cannot be read ({error}).") from error
    plan = Plan.load(folder)
    if plan is None:
        raise ModelError(f"{folder} holds no plan: nothing was kept there.")
    place = run / "vae"
    place.mkdir(parents=True, exist_ok=True)
    Bank(shots, kinds).save(run / _BANK)
    state: dict[str, torch.Tensor] = {}
    for name in ("weights", "average"):
        state |= {f"{name}/vae/{key}": value.clone() for key, value in weights.items()}
    name = f"state-{step}.safetensors"
    with replacing(place / name) as part:
        save_file(state, part)
    with replacing(place / _STATE) as part:
        part.write_text(json.dumps({"step": step, "state": name, "recipe": recipe}), encoding="utf-8")
    if (folder / _CURVE).exists():
        with replacing(place / _CURVE) as part:
            part.write_bytes((folder / _CURVE).read_bytes())
    plan.save(run)
