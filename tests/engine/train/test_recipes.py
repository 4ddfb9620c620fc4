"""All recipes on tiny networks: they learn, they resume exactly, and what they publish loads."""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.errors import ModelError
from engine.models import checkpoint
from engine.train import recipes
from engine.train.loop import Batch, Metrics, Trainer
from engine.train.publish import card, last_figures, publish, trained
from engine.train.recipes import RECIPES, Run

NAMES = list(RECIPES)
# what one batch is overfitted with, in how many steps, by which figure and down to which share of it
OVERFIT: dict[str, tuple[dict[str, Any], int, str, float]] = {
    "vae": ({"lr": 5e-3, "batch": 1, "gan_starts": -1, "phase": 0.0, "wave": 0.0}, 90, "vae.loss", 0.4),
    "ssl": ({"lr": 5e-3, "batch": 2, "seconds": 1.0}, 120, "ssl.contrast", 0.5),
    "mulan": ({"lr": 5e-3, "batch": 4, "rvq_starts": 20}, 60, "mulan.contrast", 0.25),
    "ear": ({"lr": 2e-2, "batch": 8, "codes": 0.0}, 200, "ear.loss", 0.5),
    "lm": ({"lr": 1e-2, "batch": 4, "cut": 0.0}, 160, "lm.loss", 0.2),
    "dpd": ({"lr": 1e-2, "batch": 2, "window": 20, "dropped": 0.0}, 60, "dpd.loss", 0.25),
}
# what a short run is made with, and the validation's figure that falls (or rises, with a −)
SHORT: dict[str, tuple[dict[str, Any], str]] = {
    "vae": ({"lr": 5e-3, "batch": 6, "gan_starts": 5}, "-si_sdr"),
    "ssl": ({"lr": 2e-3, "batch": 4}, "contrast"),
    "mulan": ({"lr": 3e-3, "batch": 12}, "contrast"),
    "ear": ({"lr": 3e-3, "batch": 12}, "-tempo_told"),
    "lm": ({"lr": 1e-2, "batch": 4}, "cross_entropy"),
    "dpd": ({"lr": 1e-2, "batch": 2, "window": 20}, "velocity_mse"),
}


@pytest.fixture(scope="module")
def folders(sound_pool: Path, encoded_pool: Path, tiny_model: Path) -> dict[str, str]:
    """Of each recipe's data, and of the model that an ear's towers are in."""
    found = {name: str(encoded_pool if entry.encoded else sound_pool) for name, entry in RECIPES.items()}
    return found | {"model": str(tiny_model)}


def run_of(name: str, folders: dict[str, str], options: dict[str, Any] | None = None) -> Run:
    return Run(name, "tiny", folders[name], 0, options or {}, folders["model"] if name == "ear" else "")


def trainer_of(name: str, folders: dict[str, str], folder: Path, **options: Any) -> Trainer:
    run = run_of(name, folders, {"warmup": 5, **options})
    recipe, settings = recipes.make(run)
    recipes.remember(run, folder)
    return Trainer(recipe, settings, folder, device="cpu")


def at_step(batch: Batch, step: int) -> Batch:
    return {**batch, "step": step} if "step" in batch else batch


@pytest.mark.parametrize("name", NAMES)
def test_overfits_one_batch(name: str, folders: dict[str, str], tmp_path: Path) -> None:
    options, steps, figure, share = OVERFIT[name]
    trainer = trainer_of(name, folders, tmp_path, steps=1000, **options)
    batch = next(iter(trainer.recipe.batches(1, 0, 1, trainer.settings.batch)))
    losses = []
    for step in range(steps):
        losses.append(trainer._one_step(at_step(batch, step))[figure])
        trainer.step += 1
        if max(losses[-5:]) < share * losses[0]:
            break
    assert max(losses[-5:]) < share * losses[0], losses[::10]


@pytest.mark.parametrize("name", NAMES)
def test_validation_improves_a_kill_changes_nothing_and_the_result_loads(
    name: str, folders: dict[str, str], tmp_path: Path
) -> None:
    options, figure = SHORT[name]
    options = options | {"steps": 16, "validate_steps": 16, "report_steps": 5}
    whole = trainer_of(name, folders, tmp_path / "whole", **options)
    before = whole.validate()
    after = whole.run()
    sign = -1 if figure.startswith("-") else 1
    figure = figure.removeprefix("-")
    assert sign * after[figure] < sign * before[figure], (before, after)
    assert all(value == value for value in after.values()), after

    first = trainer_of(name, folders, tmp_path / "parts", **options)
    first.run(stop=partial(_has_reached, first, 7))
    assert first.step == 7
    second = trainer_of(name, folders, tmp_path / "parts", **options)
    assert second.step == 7
    assert second.run() == after
    for module in whole.recipe.modules:
        ours, theirs = second.recipe.modules[module].state_dict(), whole.recipe.modules[module].state_dict()
        assert all(torch.equal(ours[key], value) for key, value in theirs.items()), module
    for module in whole.recipe.averaged:
        for key, value in whole.averaged(module).items():
            assert torch.equal(value, second.averaged(module)[key]), key

    publish(tmp_path / "whole", tmp_path / "model")
    description, modules = checkpoint.load(tmp_path / "model")
    assert set(modules) == {"lm", "dpd", "vae", "mulan", "ssl", "ear"}
    assert trained(tmp_path / "model").keys() == {name}
    assert trained(tmp_path / "model")[name]["figures"] == after == last_figures(tmp_path / "whole")
    assert "16 steps" in card(tmp_path / "model", "More words.")
    weights = whole.averaged(whole.recipe.averaged[0])
    matched = [key for key, value in modules[name].state_dict().items() if _same(key, value, weights)]
    assert len(matched) > 0.8 * len(modules[name].state_dict()), "the averaged weights are not what was published"
    assert description.parts[name].sha256 == checkpoint.describe(tmp_path / "model").parts[name].sha256


def _has_reached(trainer: Trainer, step: int) -> bool:
    return trainer.step == step


def _same(key: str, value: torch.Tensor, weights: dict[str, torch.Tensor]) -> bool:
    """Whether the published tensor is the averaged one, whatever the latter's prefix."""
    for name, weight in weights.items():
        if (name == key or name.endswith(f".{key.removeprefix('ssl.')}")) and weight.shape == value.shape:
            return torch.allclose(value, weight, atol=1e-3, rtol=2e-3)
    return False


@pytest.mark.parametrize("name", NAMES)
def test_processes_take_their_own_batches(name: str, folders: dict[str, str]) -> None:
    recipe, _ = recipes.make(run_of(name, folders))

    def take(first: int, stride: int, count: int) -> list[Batch]:
        source: Iterator[Batch] = iter(recipe.batches(3, first, stride, 2))
        return [next(source) for _ in range(count)]

    alone, second = take(0, 1, 2), take(1, 2, 1)
    for key, value in second[0].items():
        if isinstance(value, torch.Tensor) and key not in ("z", "tokens", "angles", "counts"):
            assert torch.equal(value, alone[1][key]), key
    if name == "dpd":  # processes share a step's number of chunks, whatever their batches hold
        pairs = zip(take(0, 2, 12), take(1, 2, 12), strict=True)
        assert all(a["z"].shape == b["z"].shape for a, b in pairs)


def test_bfloat16_gives_nearly_the_same_loss(folders: dict[str, str], tmp_path: Path) -> None:
    for name in NAMES:
        options = {"batch": 2} | ({"window": 20} if name == "dpd" else {})
        figures: list[Metrics] = []
        for precision in ("no", "bf16"):
            trainer = trainer_of(name, folders, tmp_path / f"{name}-{precision}", precision=precision, **options)
            figures.append(trainer._one_step(next(iter(trainer.recipe.batches(0, 0, 1, 2)))))
        assert figures[1][f"{name}.loss"] == pytest.approx(figures[0][f"{name}.loss"], rel=0.03), name


def test_what_is_wrong_is_said(folders: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no recipe “gan”"):
        recipes.make(Run("gan", "tiny", folders["vae"]))
    with pytest.raises(ModelError, match="no preset “huge”"):
        recipes.make(Run("vae", "huge", folders["vae"]))
    with pytest.raises(ModelError, match=r"speed is no option of the recipe vae; there are .*batch"):
        recipes.make(Run("vae", "tiny", folders["vae"], 0, {"speed": "9"}))
    with pytest.raises(ModelError, match="“many” is no value for steps"):
        recipes.make(Run("vae", "tiny", folders["vae"], 0, {"steps": "many"}))
    with pytest.raises(ModelError, match="no training precision"):
        trainer_of("lm", folders, tmp_path / "p", precision="fp4")
    with pytest.raises(ModelError, match="name the model with --model"):
        recipes.make(Run("ear", "tiny", folders["ear"]))
    with pytest.raises(ModelError, match="no ear of the preset paper: choose starter, tiny"):
        recipes.make(Run("ear", "paper", folders["ear"], 0, {}, folders["model"]))
    with pytest.raises(ModelError, match="has other sizes than the preset starter"):
        recipes.make(Run("ear", "starter", folders["ear"], 0, {}, folders["model"]))
    with pytest.raises(ModelError, match="encode"):
        recipes.make(Run("lm", "tiny", folders["vae"]))
    with pytest.raises(ModelError, match="choose the preset that it was encoded with"):
        recipes.make(Run("lm", "starter", folders["lm"]))
    recipe, _ = recipes.make(Run("dpd", "tiny", folders["dpd"], 0, {"window": "200", "short": "0"}))
    with pytest.raises(ModelError, match="fewer than the window"):
        next(iter(recipe.batches(0, 0, 1, 1)))
    with pytest.raises(ModelError, match="is no training run"):
        publish(tmp_path / "nothing", tmp_path / "model")
    recipes.remember(Run("vae", "tiny", ""), tmp_path / "run")
    with pytest.raises(ModelError, match="holds a run of vae, preset tiny"):
        recipes.remember(Run("ssl", "tiny", ""), tmp_path / "run")
    with pytest.raises(ModelError, match=r"state in .* cannot be read"):
        publish(tmp_path / "run", tmp_path / "model")
    (tmp_path / "run" / recipes.RUN).write_text(json.dumps({"what": 1}))
    with pytest.raises(ModelError, match="is damaged"):
        recipes.recall(tmp_path / "run")


def test_options_come_as_text(folders: dict[str, str]) -> None:
    options = {"lr": "1e-4", "steps": "7", "compile": "no", "sizes": "256,64"}
    training, losses = recipes.settings_of(Run("vae", "tiny", "", 5, options))
    assert (training.lr, training.steps, training.compile, training.seed) == (1e-4, 7, False, 5)
    assert losses.sizes == (256, 64)


@pytest.mark.parametrize("name", NAMES)
def test_a_published_model_is_trained_further(name: str, folders: dict[str, str], tiny_model: Path) -> None:
    _, modules = checkpoint.load(tiny_model)
    wanted = [value.float() for key, value in modules[name].state_dict().items() if value.ndim > 1 and key != "centres"]
    # an ear is always trained beside a model's towers, and goes on from that model's ear
    for model, same in ((str(tiny_model), True),) if name == "ear" else ((str(tiny_model), True), ("", False)):
        recipe, _ = recipes.make(Run(name, "tiny", folders[name], 9, model=model))
        found = [value for module in recipe.modules.values() for value in module.state_dict().values()]
        assert all(any(torch.equal(value, each) for each in found) for value in wanted) is same, name


def test_a_model_of_other_sizes_is_not_trained_further(folders: dict[str, str], tiny_model: Path) -> None:
    with pytest.raises(ModelError, match="other sizes than the preset starter"):
        recipes.make(Run("vae", "starter", folders["vae"], model=str(tiny_model)))


@pytest.mark.parametrize(("name", "option"), [("vae", {"decoder_only": True}), ("mulan", {"hearing": "False"})])
def test_a_part_that_is_kept_must_come_from_somewhere(
    folders: dict[str, str], name: str, option: dict[str, Any]
) -> None:
    with pytest.raises(ModelError, match="--model"):
        recipes.make(Run(name, "tiny", folders[name], 0, option))
