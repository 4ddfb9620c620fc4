"""Runs of AudioLDM 2's recipes: put together from a model's folder and data, and written into a new model's folder."""

import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from engine.errors import ModelError
from engine.train.audioldm2.pipeline import Networks
from engine.train.audioldm2.recipe import RECIPES, TRAINING, Gpt2Recipe, JointRecipe, LdmRecipe, Losses
from engine.train.data import open_splits
from engine.train.loop import Training, below, read_state
from engine.train.publish import TRAINED, last_figures, trained
from engine.train.recipes import Run, fitting


def settings_of(run: Run) -> tuple[Training, Losses]:
    """The settings of a run's training and losses.

    Raises:
        ModelError: an unknown recipe or option, or a value that is none.
    """
    if run.recipe not in RECIPES:
        raise ModelError(f"There is no recipe “{run.recipe}” of AudioLDM 2, only {', '.join(RECIPES)}.")
    names = {each.name for kind in (Training, Losses) for each in fields(kind)}
    if unknown := sorted(set(run.options) - names):
        allowed = ", ".join(sorted(names - {"seed"}))
        raise ModelError(f"{', '.join(unknown)} is no option of the recipe {run.recipe}; there are {allowed}.")
    training = replace(TRAINING, **{**fitting(TRAINING, run.options), "seed": run.seed})
    return training, replace(Losses(), **fitting(Losses(), run.options))


def make(run: Run) -> tuple[LdmRecipe | Gpt2Recipe | JointRecipe, Training]:
    """The recipe and the settings of a run.

    Raises:
        ModelError: see `settings_of`; or a model or data that is not there or does not fit.
    """
    training, losses = settings_of(run)
    train, held_out = open_splits(Path(run.data))
    networks = Networks(Path(run.model), Path(run.audiomae) if run.audiomae else None)
    return RECIPES[run.recipe](networks, losses, train, held_out, seed=run.seed), training


def publish(folder: Path, run: Run, model: Path) -> dict[str, float]:
    """Writes the model of the run in `folder`, with the averaged weights, into `model`; returns its last figures.

    Raises:
        ModelError: the run or its model cannot be read, or `model` is there already and is another one.
    """
    if model.exists() and not (model / TRAINED).is_file() and any(model.iterdir()):
        raise ModelError(f"{model} holds something else: name a new folder with --model.")
    header, tensors = read_state(folder)
    networks = Networks(Path(run.model), Path(run.audiomae) if run.audiomae else None)
    parts = {"unet": networks.unet, "gpt2": networks.language, "projection": networks.projection}
    names = RECIPES[run.recipe].trained
    for name in names:
        parts[name].load_state_dict(below(tensors, f"average/{name}/"))
    figures = last_figures(folder)
    facts: dict[str, Any] = {
        "recipe": run.recipe,
        "from": Path(run.model).name,
        "steps": int(header["step"]),
        "seed": run.seed,
        "options": dict(run.options),
        "figures": figures,
    }
    before = trained(Path(run.model))
    card = Path(run.model) / "README.md"
    text = card.read_text(encoding="utf-8") if card.is_file() else ""
    networks.save(model)
    if text:
        (model / "README.md").write_text(text, encoding="utf-8")
    (model / TRAINED).write_text(json.dumps(before | dict.fromkeys(names, facts), indent=1) + "\n", encoding="utf-8")
    return figures
