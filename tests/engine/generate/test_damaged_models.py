"""One damaged model among others: its own problem, in one sentence, wherever models are listed or used."""

import json
import os
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
import torch
from safetensors.torch import load_file, save_file

from engine.cli import doctor, main
from engine.errors import ModelError
from engine.generate import install, registry, user_models
from engine.jobs import Context
from engine.models import checkpoint, system

TINY = system.PRESETS["tiny"]
Break = Callable[[Path], object]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONTINUO_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def save(folder: Path, key: str = "mine", licence: str = "Apache-2.0") -> Path:
    torch.manual_seed(0)
    checkpoint.save(folder, system.build(TINY), TINY, model_id=key, name="Mine", preset="tiny", licence=licence)
    return folder


def edit(folder: Path, change: Callable[[Any], object]) -> None:
    values = json.loads((folder / "model.json").read_text())
    change(values)
    (folder / "model.json").write_text(json.dumps(values))


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def passwd(path: Path) -> None:
    path.unlink()
    path.symlink_to("/etc/passwd")


DAMAGES: dict[str, Break] = {
    "no JSON": lambda f: (f / "model.json").write_text("{"),
    "nested": lambda f: (f / "model.json").write_text("[" * 100_000),
    "60 MB": lambda f: (f / "model.json").write_bytes(b"[" + b"{}," * 20_000_000 + b"{}]"),
    "NaN": lambda f: edit(f, lambda v: v["parts"]["lm"].update(parameters=float("nan"))),
    "a pipe for a description": lambda f: pipe(f / "model.json"),
    "a pipe for weights": lambda f: pipe(f / "lm.safetensors"),
    "a link out": lambda f: passwd(f / "lm.safetensors"),
    "/etc/passwd": lambda f: edit(f, lambda v: v["parts"]["lm"].update(file="/etc/passwd")),
    "../x": lambda f: edit(f, lambda v: v["parts"]["lm"].update(file="../../etc/passwd")),
    "a list for parts": lambda f: edit(f, lambda v: v.update(parts=[1, 2])),
    "a number for a file": lambda f: edit(f, lambda v: v["parts"]["lm"].update(file=7)),
    "an id of control characters": lambda f: edit(f, lambda v: v.update(id="x\x1b[2J\u202e")),
    "an empty id": lambda f: edit(f, lambda v: v.update(id="")),
    "an id that is a list": lambda f: edit(f, lambda v: v.update(id=["x"])),
    "cut weights": lambda f: (f / "lm.safetensors").write_bytes((f / "lm.safetensors").read_bytes()[:-8]),
    "a header that lies": lambda f: (f / "lm.safetensors").write_bytes(struct.pack("<Q", 2**62) + b"{}"),
    "more parameters": lambda f: edit(f, lambda v: v["parts"]["lm"].update(parameters=10**15)),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_it_is_listed_with_its_problem_and_the_bundled_model_still_runs(data: Path, damage: Break) -> None:
    folder = save(data / "models" / "mine")
    damage(folder)
    (damaged,) = (info for info in registry.installed() if info.folder == folder)
    assert damaged.problem
    assert "\n" not in damaged.problem + damaged.id + damaged.name
    assert damaged.problem.isprintable()
    assert len(damaged.problem) < 500
    json.dumps(damaged.to_dict())
    with pytest.raises(ModelError):
        registry.find(damaged.id)
    assert registry.find().name == "melody-starter"


def test_the_shell_says_it_and_goes_on(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    DAMAGES["a link out"](save(data / "models" / "mine"))
    assert main(["models"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert sum("leads out of the folder" in line for line in lines) == 1
    assert any(line.startswith("melody-starter") and "installed in" in line for line in lines)
    assert main(["models", "--json"]) == 0
    assert [info["problem"] for info in json.loads(capsys.readouterr().out) if info["id"] == "mine"]
    for command in (["generate", "x", "--seconds", "1", "--out", "x.wav"], ["bench"], ["evaluate", "--quick"]):
        assert main([*command, "--model", "mine"]) == 1
        said = capsys.readouterr().err
        assert said.count("\n") == 1
        assert "leads out of the folder" in said
    findings = {finding.name: finding for finding in doctor.check_models()}
    assert "melody-starter" in findings["Models"].found
    assert findings["Model"].status == doctor.NOTE
    assert "leads out of the folder" in findings["Model"].found


def test_a_model_that_takes_anothers_id_is_listed_beside_it(data: Path) -> None:
    save(data / "models" / "mine", "melody-starter")
    listed = {info.id: info for info in registry.installed()}
    assert not listed["melody-starter"].problem
    assert "is that of the model in" in listed["melody-starter-2"].problem


@pytest.mark.parametrize(
    ("key", "known_as"),
    [("MyModel", "mymodel"), ("A" * 80, "a" * 60), ("日本", "model")],
)
def test_a_folder_with_any_id_can_be_added_and_opened_by_its_new_one(data: Path, key: str, known_as: str) -> None:
    folder = save(data.parent / "somewhere", key)
    info = install.fetch(install.plan(str(folder)), Context())
    assert (info.id, info.folder, info.problem) == (known_as, folder, "")
    assert registry.open_model(known_as, "cpu").capabilities.id == known_as
    assert main(["models", "remove", known_as]) == 0
    assert not user_models.entries()


@pytest.mark.parametrize("licence", ["CC-BY-NC-4.0", "", "unknown"])
def test_the_licence_of_a_folder_of_ours_is_heeded(data: Path, licence: str) -> None:
    assert not registry.read(save(data / "models" / "mine", licence=licence)).commercial


SIZES: dict[str, Callable[[Any], object]] = {
    "width": lambda v: v["config"]["dpd"].update(hidden=999_936),
    "depth": lambda v: v["config"]["dpd"].update(blocks=1_000_000),
    "window of a transform": lambda v: v["config"]["vae"].update(fft=1_000_000),
    "filters": lambda v: v["config"]["mulan"].update(fft=999_998, mels=100_000),
    "vocabulary": lambda v: [v["config"][part].update(vocabulary=1_000_000) for part in ("lm", "dpd", "ssl")],
    "beyond": lambda v: v["config"]["vae"].update(fft=10**12),
    "negative": lambda v: v["config"]["dpd"].update(hidden=-32),
    "zero": lambda v: v["config"]["vae"].update(strides=[0, 4, 4, 4]),
    "a list in a list": lambda v: v["config"]["vae"].update(strides=[[3], 4, 4, 4]),
    "a long list": lambda v: v["config"]["vae"].update(dilations=[1] * 100_000),
}


@pytest.mark.parametrize("change", SIZES.values(), ids=SIZES)
def test_sizes_are_compared_with_the_weights_before_anything_is_allocated(
    data: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Any], object]
) -> None:
    folder = save(data / "models" / "mine")
    edit(folder, change)
    built: list[object] = []
    build = system.build

    def noted(config: system.MelodyConfig) -> Any:
        modules = build(config)
        built.extend(value for value in modules.state_dict().values() if not value.is_meta)
        return modules

    monkeypatch.setattr(system, "build", noted)
    before = psutil.Process().memory_info().rss
    with pytest.raises(ModelError) as caught:
        registry.open_model("mine", "cpu")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500
    assert not built
    assert psutil.Process().memory_info().rss - before < 100_000_000


def test_weights_that_are_not_finite_are_refused(data: Path) -> None:
    folder = save(data / "models" / "mine")
    tensors = load_file(folder / "dpd.safetensors")
    name = next(name for name, value in tensors.items() if value.is_floating_point())
    tensors[name].view(-1)[0] = float("nan")
    save_file(tensors, folder / "dpd.safetensors")
    digest = checkpoint._sha256(folder / "dpd.safetensors")
    edit(folder, lambda v: v["parts"]["dpd"].update(sha256=digest))
    with pytest.raises(ModelError, match="is not finite"):
        registry.open_model("mine", "cpu")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "it breaks off before its end"),
        ("", "it is empty"),
        ('{"format": 1,\n "parts" [}', "it is not JSON from line 2, column 10 on"),
        ('{"format": 1}', "“parts” is missing"),
        ('{"format": 1, "parts": 3}', "it holds values of other types"),
    ],
)
def test_why_a_description_cannot_be_read_is_said_in_plain_words(data: Path, text: str, reason: str) -> None:
    folder = save(data / "models" / "mine")
    (folder / "model.json").write_text(text)
    (damaged,) = (info for info in registry.installed() if info.folder == folder)
    assert damaged.problem == f"{folder / 'model.json'} is damaged ({reason})."
    with pytest.raises(ModelError) as caught:
        checkpoint.describe(folder)
    assert f"is damaged ({reason}): install the model again." in str(caught.value)


def test_why_a_line_of_the_list_cannot_be_read_is_said_in_plain_words(data: Path) -> None:
    folder = save(data.parent / "somewhere")
    install.fetch(install.plan(str(folder)), Context())
    values = json.loads(user_models.path().read_text())
    del values["models"][0]["licence"]
    user_models.path().write_text(json.dumps(values))
    assert "is damaged (“licence” is missing)" in next(entry.damage for entry in user_models.entries())
    user_models.path().write_text("{")
    with pytest.raises(ModelError, match=r"is damaged \(it breaks off before its end\)"):
        user_models.entries()
