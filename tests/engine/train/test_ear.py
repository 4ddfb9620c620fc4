"""What is particular to the ear's recipe: crops and texts, what it tells, models from before there were ears."""

import json
from dataclasses import replace
from pathlib import Path

import torch

from engine.models import checkpoint
from engine.models.tempo_key_head import PRESETS, TempoKeyHead
from engine.train import ear, facts, recipes
from engine.train.data import SoundPool
from engine.train.loop import Trainer
from engine.train.publish import publish
from engine.train.recipes import Run


def recipe_of(sound_pool: Path, tiny_model: Path, **losses: float) -> ear.EarRecipe:
    pools = [SoundPool(sound_pool / split) for split in ("train", "validation")]
    made = ear.EarRecipe(PRESETS["tiny"], replace(ear.LOSSES["tiny"], **losses), *pools)
    made.train_beside({"mulan": checkpoint.load(tiny_model, parts=("mulan",))[1]["mulan"]})
    return made


def test_crops_come_with_texts_and_facts_of_their_own_excerpt(sound_pool: Path, tiny_model: Path) -> None:
    recipe = recipe_of(sound_pool, tiny_model, short=0.0)
    batch = next(iter(recipe.batches(0, 0, 1, 16)))
    truths = SoundPool(sound_pool / "train").truth
    for row, excerpt in enumerate(batch["excerpts"].tolist()):
        known = facts.whole(truths[excerpt])
        assert batch["tempi"][row] == known.tempo
        assert batch["keys"][row] == (known.tonic + 12 * known.minor if known.tonic >= 0 else -1)
        assert (recipe._texts[excerpt] == batch["text"][row]).all(dim=1).any()
    assert len(recipe._crops.vectors) == 24  # every excerpt twice


def test_some_crops_end_early(sound_pool: Path, tiny_model: Path) -> None:
    recipe = recipe_of(sound_pool, tiny_model, short=0.5)
    wave = torch.ones(64, 1000)
    made = recipe._shortened(wave, 0)
    lengths = (made != 0).sum(1)
    assert 16 < int((lengths < 1000).sum()) < 48
    assert int(lengths.min()) >= 350
    assert torch.equal(wave, torch.ones(64, 1000))
    assert torch.equal(made[8:], recipe._shortened(wave[8:], 8))


def test_what_is_not_known_teaches_nothing() -> None:
    logits = torch.randn(3, 128, requires_grad=True)
    assert float(ear._tempo_lesson(logits, torch.zeros(3)).detach()) == 0
    assert float(ear._key_lesson(torch.randn(3, 24), torch.full((3,), -1))) == 0
    near = ear._tempo_lesson(logits, torch.tensor([0.0, 100.0, 0.0]))
    near.backward()
    assert logits.grad is not None
    assert not logits.grad[0].any()
    assert logits.grad[1].any()


def test_shares_are_of_what_there_is(sound_pool: Path) -> None:
    torch.manual_seed(0)
    found = ear.told(TempoKeyHead(PRESETS["tiny"]).eval(), SoundPool(sound_pool / "validation"), 8)
    assert set(found) == {f"{what}_{how}" for what in ("tempo", "key") for how in ("told", "sure", "told_sure")}
    assert all(0 <= value <= 1 for value in found.values())
    assert found["tempo_sure"] == found["key_sure"] == 0  # it has learnt nothing


def test_a_model_from_before_gets_an_ear_and_goes_on_without(
    sound_pool: Path, tiny_model: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "old"
    folder.mkdir()
    for name in ("lm", "dpd", "vae", "mulan", "ssl"):
        (folder / f"{name}.safetensors").write_bytes((tiny_model / f"{name}.safetensors").read_bytes())
    values = json.loads((tiny_model / checkpoint.DESCRIPTION).read_text())
    del values["config"]["ear"], values["parts"]["ear"]
    (folder / checkpoint.DESCRIPTION).write_text(json.dumps(values))
    description, modules = checkpoint.load(folder)
    assert description.config.ear is None
    assert "ear" not in modules

    ssl = Run("ssl", "tiny", str(sound_pool), 0, {"steps": 1, "batch": 2, "seconds": 1.0})
    Trainer(recipes.make(ssl)[0], recipes.make(ssl)[1], tmp_path / "ssl", device="cpu").run()
    assert publish(tmp_path / "ssl", folder, run=ssl).config.ear is None
    assert "ear" not in checkpoint.load(folder)[1]

    run = Run("ear", "tiny", str(sound_pool), 0, {"steps": 2}, str(folder))
    recipe, settings = recipes.make(run)
    Trainer(recipe, settings, tmp_path / "ear", device="cpu").run()
    before = checkpoint.describe(folder).version
    assert publish(tmp_path / "ear", folder, run=run).version != before
    assert isinstance(checkpoint.load(folder)[1]["ear"], TempoKeyHead)
