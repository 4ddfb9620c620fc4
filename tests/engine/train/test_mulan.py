"""What is particular to the joint embedding's recipe: texts, the quantiser that follows, lessons of words."""

import zlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import torch
from torch import Tensor
from torch.nn import functional as F

from engine.models.joint_embedding import PRESETS
from engine.train import mulan
from engine.train.data import SoundPool
from engine.train.loop import Trainer
from engine.train.mulan import JointTraining, MulanRecipe, text_of


class Lexicon:
    """A teacher to whom texts are near that share a first letter."""

    width = 8

    def vocabulary(self) -> list[str]:
        return ["apple", "anchor", "brass", "barrel"]

    def __call__(self, texts: Sequence[str]) -> Tensor:
        rows = [
            torch.randn(8, generator=torch.Generator().manual_seed(zlib.crc32(text[:1].lower().encode())))
            for text in texts
        ]
        return F.normalize(torch.stack(rows), dim=-1)


def test_texts_are_captions_or_tags() -> None:
    truth = {"captions": ["calm piano"], "tags": ["jazz", "sad", "piano"]}
    rng = Random(0)
    texts = [text_of(truth, rng, 0.5) for _ in range(200)]
    assert 60 < texts.count("calm piano") < 140
    assert all(set(text.split(", ")) <= set(truth["tags"]) for text in texts if text != "calm piano")
    assert text_of({"captions": [], "tags": []}, rng) == "music"
    assert text_of({"captions": ["x"], "tags": []}, rng, 1.0) == "x"


def test_the_codebooks_are_set_follow_and_lose_no_code() -> None:
    torch.manual_seed(0)
    config, losses = PRESETS["tiny"], mulan.LOSSES["tiny"]
    network = JointTraining(config, losses, 0)
    centres = F.normalize(torch.randn(6, config.width), dim=-1)
    before = network.joint.quantiser.codebooks.clone()
    errors = []
    for step in range(40):
        vectors = F.normalize(centres[torch.randint(6, (16,))] + 0.05 * torch.randn(16, config.width), dim=-1)
        errors.append(float(network._follow(vectors, step)))
        if step < losses.rvq_starts:
            assert torch.equal(network.joint.quantiser.codebooks, before)
    assert errors[losses.rvq_starts - 1] == 0
    assert 0 < max(errors[losses.rvq_starts :]) < 0.05
    codes = network.joint.quantiser.codes(network.recent)
    assert len(codes[:, 0].unique()) >= 6


def test_a_teacher_is_learned_from(sound_pool: Path, tmp_path: Path) -> None:
    losses = replace(mulan.LOSSES["tiny"], teacher=1.0)
    pools = SoundPool(sound_pool / "train"), SoundPool(sound_pool / "validation")
    recipe = MulanRecipe(PRESETS["tiny"], losses, *pools, teacher=Lexicon)
    settings = replace(mulan.TRAINING["tiny"], steps=1000, batch=4)
    trainer = Trainer(recipe, settings, tmp_path, device="cpu")
    data = recipe.batches(0, 0, 1, 4)
    lessons = []
    for _ in range(30):
        batch = next(data)
        assert len(batch["texts"]) == 4 + losses.invented + losses.words
        lessons.append(trainer._one_step(batch)["mulan.lesson"])
        trainer.step += 1
    assert sum(lessons[-5:]) < 0.8 * sum(lessons[:5])
