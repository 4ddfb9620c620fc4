"""Which models there are: known, installed, damaged, and not there."""

import json
from pathlib import Path

import pytest
import torch

from engine import paths
from engine.errors import ModelError
from engine.generate import catalog, registry
from engine.generate.melody import Melody
from engine.models import checkpoint, system


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONTINUO_DATA", str(tmp_path))
    return tmp_path


def install(folder: Path) -> None:
    tiny = system.PRESETS["tiny"]
    torch.manual_seed(0)
    checkpoint.save(folder, system.build(tiny), tiny, model_id="my-tiny", name="Tiny", preset="tiny")


def test_known_models_are_listed_and_counted(data: Path) -> None:
    listed = {info.id: info for info in registry.models()}
    paper = json.loads(json.dumps(listed["melody-paper"].to_dict()))
    assert not paper["installed"]
    assert [part["name"] for part in paper["parts"]] == ["lm", "dpd", "vae", "mulan", "ssl"]
    assert paper["bytes"] == 2 * sum(part["parameters"] for part in paper["parts"])
    assert "melody-starter" in listed
    for known in catalog.SPECS["melody"].models:
        assert dict(known.parts) == checkpoint.parameters(system.PRESETS[known.preset])


def test_an_installed_model_is_found_by_id_and_by_folder(data: Path) -> None:
    install(data / "models" / "tiny")
    info = next(info for info in registry.installed() if info.id == "my-tiny")
    assert info.to_dict()["installed"]
    assert info.bytes > 2 * sum(count for _, count in info.parts)
    assert registry.find("my-tiny") == registry.find(str(data / "models" / "tiny")) == data / "models" / "tiny"
    model = registry.open_model("my-tiny", "cpu")
    assert model.capabilities.id == "my-tiny"
    assert model.capabilities.version == checkpoint.describe(data / "models" / "tiny").version


def test_models_have_names_for_people(tmp_path: Path) -> None:
    assert registry.name_of("melody-starter") == "Continuo starter"
    assert registry.name_of(str(paths.resources() / "models" / "melody-starter")) == "Continuo starter"
    assert registry.name_of("audioldm2-music") == "AudioLDM 2 Music"
    assert registry.name_of(str(tmp_path / "My model")) == "My model"


def test_damage_is_said(data: Path) -> None:
    folder = data / "models" / "tiny"
    install(folder)
    (folder / "lm.safetensors").unlink()
    with pytest.raises(ModelError, match=r"lm.safetensors is missing"):
        registry.find("my-tiny")
    (folder / "model.json").write_text("{}")
    damaged = next(info for info in registry.installed() if info.folder == folder)
    assert "is damaged" in damaged.problem


def test_what_is_not_there_is_said(data: Path) -> None:
    with pytest.raises(ModelError, match="There is no model “nothing”"):
        registry.find("nothing")
    with pytest.raises(ModelError, match="not installed"):
        registry.find("melody-paper")
    (data / "empty").mkdir()
    with pytest.raises(ModelError, match="is not a model"):
        registry.open_model(str(data / "empty"), "cpu")


def test_untrained_models_open_without_weights(data: Path) -> None:
    model = registry.open_model("tiny", "cpu", untrained=True)
    assert isinstance(model, Melody)
    assert model.capabilities.version == "untrained"
    with pytest.raises(ModelError, match="no preset"):
        registry.open_model("nothing", "cpu", untrained=True)


def test_what_the_program_brings_along_is_looked_at_first(data: Path) -> None:
    install(data / "models" / "tiny")
    own = paths.resources() / "models"
    assert [folder for folder in registry.folders() if own not in folder.parents] == [data / "models" / "tiny"]
