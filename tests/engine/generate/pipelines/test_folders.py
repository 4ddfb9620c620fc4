"""Folders that are not whole, not safe, not known, or too large: a sentence each, before anything is built."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.audio import Audio
from engine.errors import ModelError
from engine.generate import catalog
from engine.generate.interface import Request, Settings, Task
from engine.generate.pipelines import checkpoint_layout, device_plan, strange
from engine.generate.pipelines.checkpoint_layout import Layout, Part
from engine.generate.pipelines.factory import open_folder
from engine.jobs import Context
from engine.licences import non_commercial

Folder = Callable[..., Path]


@pytest.fixture
def copied(folder: Folder, tmp_path: Path) -> Path:
    return shutil.copytree(folder("audioldm2"), tmp_path / "model")


def refused(folder: Path, sentence: str) -> str:
    with pytest.raises(ModelError, match=sentence) as caught:
        open_folder(folder, "cpu")
    said = str(caught.value)
    assert "\n" not in said
    assert "Traceback" not in said
    return said


def edited(folder: Path, **changes: object) -> None:
    path = folder / "model_index.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_a_whole_folder_is_described_without_building_it(copied: Path) -> None:
    (copied / "README.md").write_text("---\nlicense: cc-by-4.0\ntags:\n- audio\n---\n# A model\n")
    layout = checkpoint_layout.inspect(copied)
    assert (layout.system.id, layout.class_name, layout.licence) == ("audioldm2", "AudioLDM2Pipeline", "CC-BY-4.0")
    parts = {part.name: part for part in layout.parts}
    assert set(parts) == {
        "language_model", "projection_model", "text_encoder", "text_encoder_2", "unet", "vae", "vocoder",
    }  # fmt: skip
    assert parts["vocoder"].bytes == 4 * parts["vocoder"].parameters > 0


def test_the_hash_is_of_the_weights(copied: Path) -> None:
    before = checkpoint_layout.fingerprint(copied)
    (copied / "README.md").write_text("something else")
    assert checkpoint_layout.fingerprint(copied) == before
    weights = copied / "vae" / "diffusion_pytorch_model.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    assert checkpoint_layout.fingerprint(copied) != before


def test_weights_that_are_cut_off(copied: Path) -> None:
    weights = copied / "unet" / "diffusion_pytorch_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    assert str(weights) in refused(copied, "is cut off: it has")
    weights.write_bytes(b"\xff" * 40)
    refused(copied, "is damaged")
    weights.write_bytes(b"")
    refused(copied, "is damaged")


def test_pickled_weights_are_never_opened(copied: Path) -> None:
    (copied / "unet" / "diffusion_pytorch_model.safetensors").rename(copied / "unet" / "diffusion_pytorch_model.bin")
    refused(copied, "in diffusion_pytorch_model.bin only, which could run code")
    (copied / "unet" / "diffusion_pytorch_model.bin").unlink()
    refused(copied, "has no weights")


def test_parts_that_are_missing(copied: Path) -> None:
    (copied / "tokenizer_2" / "tokenizer.json").unlink()
    refused(copied, "no tokenizer .“tokenizer_2” has no vocabulary")
    shutil.rmtree(copied / "tokenizer_2")
    refused(copied, "its part “tokenizer_2” is missing")


def test_shards_that_are_missing(copied: Path) -> None:
    listed = {"weight_map": {"a": "model-00001-of-00002.safetensors"}}
    (copied / "text_encoder" / "model.safetensors.index.json").write_text(json.dumps(listed))
    refused(copied, r"model-00001-of-00002\.safetensors is missing")


def test_other_classes(copied: Path, tmp_path: Path) -> None:
    edited(copied, _class_name="StableDiffusionPipeline")
    refused(copied, "holds a StableDiffusionPipeline, which cannot be run here")
    (copied / "model_index.json").write_text("[")
    refused(copied, "is damaged")
    refused(tmp_path, "is not a model")


def test_code_that_a_folder_brings_along_is_never_run(copied: Path) -> None:
    (copied / "unet" / "my_unet.py").write_text("raise SystemExit('ran')")
    edited(copied, unet=["my_unet", "MyUnet"])
    refused(copied, "brings its own code along")
    edited(copied, unet=["os.path", "join"])
    refused(copied, "not one of diffusers' or transformers'")


def test_weights_of_another_shape(copied: Path) -> None:
    config = copied / "vae" / "config.json"
    config.write_text(config.read_text().replace('"latent_channels": 4', '"latent_channels": 6'))
    refused(copied, "cannot be loaded|do not fit their description")


@pytest.mark.parametrize(
    ("licence", "marked"),
    [
        ("cc-by-nc-sa-4.0", "CC-BY-NC-SA-4.0 (non-commercial)"),
        ("apache-2.0", "apache-2.0"),
        ("CC-BY-4.0", "CC-BY-4.0"),
        ("", "CC-BY-NC-SA-4.0 (non-commercial)"),
    ],
)
def test_licences_that_forbid_commercial_use_are_marked(copied: Path, licence: str, marked: str) -> None:
    (copied / "README.md").write_text(f"---\nlicense: {licence}\n---\n")
    layout = checkpoint_layout.inspect(copied)
    assert layout.licence == marked
    assert non_commercial(layout.licence) == ("non-commercial" in marked)


def test_half_precision_files_are_found(copied: Path) -> None:
    for file in copied.rglob("*.safetensors"):
        file.rename(file.with_name(file.name.replace(".safetensors", ".fp16.safetensors")))
    assert checkpoint_layout.inspect(copied).variant == "fp16"
    assert open_folder(copied, "cpu").capabilities.rate == 16000


def layout(*billions: float) -> Layout:
    parts = tuple(Part(str(i), int(count * 1e9), int(2e9 * count)) for i, count in enumerate(billions))
    return Layout("m", Path("m"), "X", catalog.SPECS["audioldm2"], "", parts, None, {})


@pytest.mark.parametrize(
    ("free_gb", "dtype"), [(16.0, torch.float32), (5.3, torch.float32), (5.0, torch.bfloat16), (2.7, torch.bfloat16)]
)
def test_precision_on_the_cpu_follows_the_memory(
    monkeypatch: pytest.MonkeyPatch, free_gb: float, dtype: torch.dtype
) -> None:
    monkeypatch.setattr(device_plan, "free_memory", lambda place: int(free_gb * 1e9))
    place = device_plan.choose(layout(0.6, 0.4), "cpu")
    assert (place.device.type, place.dtype, place.offload) == ("cpu", dtype, False)


def test_too_little_memory_is_said_before_loading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_plan, "free_memory", lambda place: int(1e9))
    with pytest.raises(ModelError, match=r"needs about 2\.6 GB of memory, and 1\.0 GB are free on this machine"):
        device_plan.choose(layout(1.0), "cpu")


@pytest.mark.parametrize(
    ("free_gb", "wanted", "kind"),
    [
        (40.0, None, ("cuda", torch.float16, False)),
        (3.0, None, ("cuda", torch.float16, True)),
        (1.5, None, ("cpu", torch.float32, False)),
        (1.5, "cuda", None),
    ],
)
def test_a_gpu_takes_all_of_it_or_its_parts_in_turn(
    monkeypatch: pytest.MonkeyPatch, free_gb: float, wanted: str | None, kind: tuple[object, ...] | None
) -> None:
    """The GPU is made up: what is decided for one is tested, not that it runs there."""
    gpu = device_plan.device.Place(torch.device("cuda"), torch.bfloat16)
    monkeypatch.setattr(device_plan.device, "choose", lambda name: gpu)
    free = {"cuda": free_gb * 1e9, "cpu": 32e9}
    monkeypatch.setattr(device_plan, "free_memory", lambda place: int(free[place.type]))
    model = layout(0.7, 0.5)
    if kind is None:
        with pytest.raises(ModelError, match="are free on cuda"):
            device_plan.choose(model, wanted)
        return
    place = device_plan.choose(model, wanted)
    assert (place.device.type, place.dtype, place.offload) == kind


@pytest.mark.parametrize("name", ["audioldm2", "stable_audio_3", "musicgen"])
def test_half_the_memory_still_makes_sound(
    folder: Folder, sound: Audio, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    half = device_plan.DevicePlan(torch.device("cpu"), torch.bfloat16)
    monkeypatch.setattr(device_plan, "choose", lambda layout, wanted=None: half)
    model = open_folder(folder(name), "cpu")
    assert "bfloat16" in model.capabilities.device
    for task in model.capabilities.tasks - {Task.VARIATION}:
        source = None if task is Task.GENERATE else sound
        request = Request(task, Settings(prompt="x", steps=1), source=source, start=5000, stop=9000, seconds=0.2)
        take = model.generate(request, Context()).takes[0]
        assert np.isfinite(take.samples).all()
        assert take.samples.dtype == np.float32


def test_a_tokenizer_that_asks_for_endless_words_is_refused_before_they_are_made(
    folder: Folder, tmp_path: Path
) -> None:
    copied = shutil.copytree(folder("stable_audio"), tmp_path / "model")
    path = copied / "tokenizer" / "tokenizer_config.json"
    values = json.loads(path.read_text())
    path.write_text(json.dumps(values | {"model_max_length": int(1e30)}))  # as real ones have it
    assert checkpoint_layout.inspect(copied).parts
    path.write_text(json.dumps(values | {"extra_ids": 10**9}))
    refused(copied, "“extra_ids” is 1000000000, more than any model has")


@pytest.mark.parametrize(
    ("key", "most"),
    [
        ("extra_ids", 1000), ("num_chroma", 512), ("n_fft", 16384), ("num_train_timesteps", 20_000),
        ("num_hidden_layers", 1000), ("pool_window_size", 2097152), ("model_max_length", 2097152),
    ],
)  # fmt: skip
def test_numbers_that_would_take_the_machine_are_refused_in_any_config(tmp_path: Path, key: str, most: int) -> None:
    path = tmp_path / "part" / "any_config.json"
    path.parent.mkdir()
    path.write_text(json.dumps({"inner": [{key: most}]}))
    strange.check(tmp_path)
    for beyond in (most + 1, -(10**9), 10**18):
        path.write_text(json.dumps({"inner": [{key: beyond}]}))
        with pytest.raises(ModelError, match="more than any model has"):
            strange.check(tmp_path)
