"""AudioLDM 2's recipes, on a tiny pipeline of the real classes."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import torch
from diffusers import AudioLDM2Pipeline
from torch import Tensor, nn
from transformers import GPT2LMHeadModel

from engine.cli import main
from engine.errors import ModelError
from engine.models.loa import SAMPLES
from engine.train.audioldm2 import language, runs
from engine.train.audioldm2.pipeline import Networks
from engine.train.audioldm2.recipe import TRAINING, Gpt2Recipe, JointRecipe, LdmRecipe, Losses
from engine.train.data import open_splits
from engine.train.loop import Batch, Trainer
from engine.train.recipes import Run, remember
from tests.engine.generate.pipelines.pipelines import audioldm2
from tests.sharing import shared_folder

LOSSES = Losses(validation=2)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def tiny_ldm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny AudioLDM 2 as it is released, with an AudioMAE."""
    return shared_folder(tmp_path_factory, "tiny-ldm", partial(audioldm2, released=True, audiomae=True))


@pytest.fixture
def networks(tiny_ldm: Path) -> Networks:
    return Networks(tiny_ldm)


def first_batch(recipe: LdmRecipe | Gpt2Recipe | JointRecipe, size: int = 2) -> Batch:
    return next(recipe.batches(0, 0, 1, size))


def test_the_paper_s_settings_are_the_defaults() -> None:
    assert (TRAINING.lr, TRAINING.warmup, TRAINING.final_lr) == (1e-4, 10_000, 1.0)
    assert (Losses().dropped, Losses().truth) == (0.1, 0.25)


def test_a_batch_is_10_seconds_padded_and_is_the_same_each_time(networks: Networks, sound_pool: Path) -> None:
    recipe = LdmRecipe(networks, LOSSES, *open_splits(sound_pool))
    batch, again = first_batch(recipe, 3), first_batch(recipe, 3)
    assert batch["wave"].shape == (3, SAMPLES)
    assert torch.equal(batch["wave"], again["wave"])
    assert batch["texts"] == again["texts"]
    assert batch["wave"][:, 4 * 16000 + 800 :].abs().max() < 1e-4  # the excerpts have 4 s
    assert batch["wave"][:, : 4 * 16000].abs().max() > 0


def test_what_is_drawn_has_the_probabilities_of_the_paper(networks: Networks, sound_pool: Path) -> None:
    recipe = LdmRecipe(networks, LOSSES, *open_splits(sound_pool))
    drawn = [recipe.drawn(1, index, 8) for index in range(500)]
    truth = torch.cat([batch["truth"] for batch in drawn]).float().mean()
    dropped = torch.cat([batch["dropped"] for batch in drawn]).float().mean()
    poolings = [batch["pooling"] for batch in drawn]
    assert float(truth) == pytest.approx(0.25, abs=0.03)  # 4 deviations of 4000 draws
    assert float(dropped) == pytest.approx(0.1, abs=0.02)
    for pooling in (1, 2, 4, 8):
        assert poolings.count(pooling) / 500 == pytest.approx(0.25, abs=0.08)


def test_the_switch_gives_what_was_drawn(networks: Networks, sound_pool: Path) -> None:
    recipe = JointRecipe(networks, LOSSES, *open_splits(sound_pool))
    truth, written = torch.ones(4, 8, 32), torch.zeros(4, 8, 32)
    batch = {"truth": torch.tensor([True, False, True, False]), "dropped": torch.tensor([False, False, True, False])}
    loa, share = recipe.switched(batch, truth, written)
    assert loa.mean((1, 2)).tolist() == [1, 0, 0, 0]
    assert share == pytest.approx(1 / 3)


def test_the_gpt2_writes_what_the_pipeline_has_it_write(networks: Networks) -> None:
    pipe, texts = networks.pipe, ["a calm piano", "drums and a fast bass, loud"]
    with torch.no_grad():
        given = networks.conditions(texts)
        mine = language.written(networks.language, given, 8)
        text, mask, theirs = pipe.encode_prompt(texts, torch.device("cpu"), 1, False)
        torch.testing.assert_close(mine, theirs, atol=1e-5, rtol=1e-4)
        torch.testing.assert_close(given.text, text)
        assert torch.equal(given.text_mask, mask)
        # where all that came before is its own, the next vector is its own, too
        torch.testing.assert_close(language.followed(networks.language, given, mine), mine, atol=1e-5, rtol=1e-4)


def short(batch: Batch) -> Batch:
    """A quarter of the batch's sound, which is quick, and the fewest vectors."""
    return {**batch, "wave": batch["wave"][:, : SAMPLES // 4], "pooling": 8}


def steps(recipe: LdmRecipe | Gpt2Recipe | JointRecipe, count: int, lr: float, share: float = 0.0) -> list[float]:
    """Losses on one batch, with the same noise in every step, until one is under `share` of the first."""
    batch = {**short(first_batch(recipe)), "dropped": torch.zeros(2) > 0, "truth": torch.tensor([True, False])}
    moved = [p for module in recipe.modules.values() for p in module.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(moved, lr=lr)
    losses = []
    for _ in range(count):
        torch.manual_seed(0)
        loss, _ = recipe.loss(batch)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
        if losses[-1] < share * losses[0]:
            break
    return losses


@pytest.mark.parametrize(("kind", "share"), [(LdmRecipe, 0.6), (Gpt2Recipe, 0.3), (JointRecipe, 0.6)])
def test_a_batch_is_learnt_by_heart(networks: Networks, sound_pool: Path, kind: type[LdmRecipe], share: float) -> None:
    recipe = kind(networks, LOSSES, *open_splits(sound_pool))
    losses = steps(recipe, 50, 1e-2, share)
    assert losses[-1] < share * losses[0], losses[::10]


def test_the_diffusion_s_error_moves_the_gpt2_too(networks: Networks, sound_pool: Path) -> None:
    recipe = JointRecipe(networks, replace(LOSSES, mse=0.0), *open_splits(sound_pool))
    for truth, moves in ((False, True), (True, False)):
        batch = {**short(first_batch(recipe)), "dropped": torch.zeros(2) > 0}
        batch["truth"] = torch.tensor([truth, truth])
        recipe.loss(batch)[0].backward()
        moved = networks.language.transformer.h[0].attn.c_attn.weight.grad.abs().sum() > 0
        assert bool(moved) is moves
        networks.language.zero_grad(set_to_none=False)


def test_a_run_becomes_a_folder_that_the_pipeline_opens(tiny_ldm: Path, sound_pool: Path, tmp_path: Path) -> None:
    options = {"steps": 2, "batch": 1, "warmup": 1, "lr": 0.01, "validation": 1, "report_steps": 1, "ema": 0.5}
    run = Run("joint", "starter", str(sound_pool), options=options, model=str(tiny_ldm))
    recipe, settings = runs.make(run)
    remember(run, tmp_path / "run")
    trainer = Trainer(recipe, settings, tmp_path / "run", device="cpu")
    figures = trainer.run()
    assert set(figures) == {"diffusion", "diffusion_true", "mse"}
    assert runs.publish(tmp_path / "run", run, tmp_path / "new") == figures

    pipe = AudioLDM2Pipeline.from_pretrained(tmp_path / "new")
    assert isinstance(pipe.language_model, GPT2LMHeadModel)
    kept, before = trainer.averaged("unet"), Networks(tiny_ldm).unet.state_dict()
    assert all(torch.equal(value, kept[key]) for key, value in pipe.unet.state_dict().items())
    assert any(not torch.equal(value, before[key]) for key, value in pipe.unet.state_dict().items())
    assert changed(pipe.language_model, Networks(tiny_ldm).language)
    assert not changed(pipe.vae, Networks(tiny_ldm).pipe.vae)
    audio = pipe("a piano", num_inference_steps=2, audio_length_in_s=1.0).audios
    assert audio.shape == (1, 16000)
    assert Networks(tmp_path / "new").pooling == 8
    runs.publish(tmp_path / "run", run, tmp_path / "new")  # again, in its place
    (tmp_path / "songs").mkdir()
    (tmp_path / "songs" / "a.txt").write_text("mine")
    with pytest.raises(ModelError, match="holds something else"):
        runs.publish(tmp_path / "run", run, tmp_path / "songs")


def changed(mine: nn.Module, theirs: nn.Module) -> bool:
    other: dict[str, Tensor] = theirs.state_dict()
    return any(not torch.equal(value, other[key]) for key, value in mine.state_dict().items())


@pytest.mark.parametrize("recipe", ["ldm", "gpt2"])
def test_the_shell_trains_and_publishes(
    recipe: str, tiny_ldm: Path, sound_pool: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--model", str(tiny_ldm), "--data", str(sound_pool), "--out", str(tmp_path / "run"), "--device", "cpu"]
    settings = ["--steps", "1", "--batch", "1", "--set", "validation=1", "warmup=1"]
    assert main(["train", recipe, *given, *settings]) == 0
    assert f"{tmp_path / 'run'}: step 1; " in capsys.readouterr().out
    assert main(["train", "publish", str(tmp_path / "run"), "--model", str(tmp_path / "new")]) == 0
    assert f"trained by {recipe}" in capsys.readouterr().out
    assert AudioLDM2Pipeline.from_pretrained(tmp_path / "new").unet is not None


def test_what_cannot_be_trained_is_said(tiny_ldm: Path, sound_pool: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no model_index\.json"):
        Networks(tmp_path)
    bare = audioldm2(tmp_path / "bare")
    with pytest.raises(ModelError, match="Training needs the AudioMAE"):
        Networks(bare)
    assert Networks(bare, tiny_ldm / "audiomae").pooling == 8
    speech = audioldm2(tmp_path / "speech", speech=True, audiomae=True)
    with pytest.raises(ModelError, match="only models of sound and music"):
        Networks(speech)
    (bare / "unet" / "diffusion_pytorch_model.safetensors").write_bytes(b"cut")
    with pytest.raises(ModelError, match="cannot be loaded"):
        Networks(bare, tiny_ldm / "audiomae")
    with pytest.raises(ModelError, match="lamda is no option of the recipe ldm"):
        runs.settings_of(Run("ldm", "starter", "", options={"lamda": 8}))
