"""Models on disk: a round trip, and a sentence for whatever is wrong."""

import json
import pickle
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from engine.errors import ModelError
from engine.generate import registry
from engine.models import checkpoint, system
from engine.models.config import from_dict
from engine.models.semantic_lm import SemanticLmConfig

torch.set_num_threads(1)
TINY = system.PRESETS["tiny"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    checkpoint.save(tmp_path, system.build(TINY), TINY, model_id="tiny-1", name="Tiny", preset="tiny")
    return tmp_path


def test_a_model_comes_back_as_it_was(folder: Path) -> None:
    torch.manual_seed(0)
    built = system.build(TINY)
    description, modules = checkpoint.load(folder)
    assert description.config == TINY
    assert (description.id, description.preset, description.licence) == ("tiny-1", "tiny", "Apache-2.0")
    assert {name: part.parameters for name, part in description.parts.items()} == checkpoint.parameters(TINY)
    for key, value in built.state_dict().items():
        torch.testing.assert_close(modules.state_dict()[key], value, rtol=1e-3, atol=1e-6)
    assert checkpoint.describe(folder).version == description.version
    assert not modules.training


def test_the_version_follows_the_weights(folder: Path, tmp_path: Path) -> None:
    first = checkpoint.describe(folder).version
    torch.manual_seed(1)
    checkpoint.save(folder, system.build(TINY), TINY, model_id="tiny-1", name="Tiny", preset="tiny")
    assert checkpoint.describe(folder).version != first


def test_starter_fits_into_32_mb() -> None:
    assert 2 * sum(checkpoint.parameters(system.PRESETS["starter"]).values()) < 31.6e6
    folder = registry.find("melody-starter")
    assert sum(file.stat().st_size for file in folder.glob("*.safetensors")) <= 32_000_000
    assert all(file.stat().st_size < 16_000_000 for file in folder.iterdir())


def edit(folder: Path, change) -> None:
    values = json.loads((folder / "model.json").read_text())
    change(values)
    (folder / "model.json").write_text(json.dumps(values))


@pytest.mark.parametrize(
    ("break_it", "sentence"),
    [
        (lambda f: (f / "dpd.safetensors").unlink(), "weights of dpd are missing"),
        (lambda f: (f / "dpd.safetensors").write_bytes(b"junk"), "weights of dpd are damaged"),
        (lambda f: (f / "model.json").unlink(), "is not a model"),
        (lambda f: (f / "model.json").write_text("{"), "is damaged"),
        (lambda f: (f / "model.json").write_text("[]"), "is damaged"),
        (lambda f: edit(f, lambda v: v.update(format=99)), "newer than this program"),
        (lambda f: edit(f, lambda v: v["parts"].pop("lm")), "no weights for lm"),
        (
            lambda f: edit(f, lambda v: v["config"]["dpd"].update(colour=1)),
            r"model.json is damaged \(.*does not know colour",
        ),
        (lambda f: edit(f, lambda v: v["config"]["dpd"].pop("hidden")), r"model.json is damaged \(.*lacks hidden"),
        (lambda f: edit(f, lambda v: v["config"]["dpd"].update(hidden="wide")), "not of type int"),
        (lambda f: edit(f, lambda v: v["config"]["vae"].update(head="oracle")), "none of its choices"),
        (lambda f: edit(f, lambda v: v["config"]["streaming"].update(chunks=4)), "drift apart"),
        (lambda f: edit(f, lambda v: v["config"]["streaming"].update(angles=[1.5, 0.2, 0.1])), "right angle"),
        (lambda f: edit(f, lambda v: v["config"]["dpd"].update(latent_width=4)), "latent width"),
        (lambda f: edit(f, lambda v: v["config"].pop("vae")), "missing parts"),
        (lambda f: edit(f, lambda v: v["parts"]["lm"].update(file="../lm.safetensors")), "leads out of the folder"),
        (lambda f: edit(f, lambda v: v["parts"]["lm"].update(file="lm.pt")), "is a pickle"),
    ],
)
def test_what_is_wrong_is_said(folder: Path, break_it, sentence: str) -> None:
    break_it(folder)
    with pytest.raises(ModelError, match=sentence) as caught:
        checkpoint.load(folder)
    assert str(caught.value).endswith(".")


def test_tensors_of_another_shape_are_refused(folder: Path) -> None:
    description = checkpoint.describe(folder)
    torch.manual_seed(0)
    wider = replace(TINY, dpd=replace(TINY.dpd, feed_forward=64))
    part = description.parts["dpd"]
    with pytest.raises(ModelError, match="of another shape"):
        checkpoint.load_part(folder, "dpd", part, system.build(wider)["dpd"])
    deeper = replace(TINY, dpd=replace(TINY.dpd, blocks=3))
    with pytest.raises(ModelError, match="more are missing"):
        checkpoint.load_part(folder, "dpd", part, system.build(deeper)["dpd"])
    shallower = replace(TINY, dpd=replace(TINY.dpd, blocks=1))
    with pytest.raises(ModelError, match="more are unknown"):
        checkpoint.load_part(folder, "dpd", part, system.build(shallower)["dpd"])


def test_pickles_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model.pt").write_bytes(pickle.dumps({"a": 1}))
    with pytest.raises(ModelError, match="pickled weights"):
        checkpoint.load(tmp_path)


def test_weights_that_are_not_finite_are_not_saved(tmp_path: Path) -> None:
    modules = system.build(TINY)
    with torch.no_grad():
        modules["dpd"].project_out.weight[0, 0] = 1e6
    with pytest.raises(ModelError, match="not finite in float16"):
        checkpoint.save_part(tmp_path, "dpd", modules["dpd"])
    assert not list(tmp_path.iterdir())


def test_a_config_refuses_what_it_does_not_know() -> None:
    with pytest.raises(ModelError, match="does not know colour"):
        from_dict(SemanticLmConfig, {"colour": 1})
