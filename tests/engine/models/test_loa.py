"""The language of audio: its log-mel against transformers' own, its pooling against loops, its files."""

import json
import warnings
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import ASTFeatureExtractor
from transformers.utils import logging

from engine.errors import ModelError
from engine.models.loa import (
    GRID,
    RATE,
    SAMPLES,
    Loa,
    LoaConfig,
    pooled,
    vectors,
    vectors_in,
)

TINY = LoaConfig(hidden=16, layers=3, heads=2, feed_forward=64, averaged=3)


@pytest.fixture(scope="module")
def loa() -> Loa:
    torch.manual_seed(0)
    return Loa(TINY)


def noise(seconds: float, seed: int = 0) -> torch.Tensor:
    return 0.1 * torch.randn(1, round(seconds * RATE), generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("seconds", [0.1, 3.0, 10.24, 12.0])
def test_the_image_is_what_audiomae_was_trained_on(loa: Loa, seconds: float) -> None:
    wave = noise(seconds)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its lowest filters are empty, as Kaldi's
        extract = ASTFeatureExtractor()
    theirs = extract(wave[0, :SAMPLES].numpy(), sampling_rate=RATE, return_tensors="pt")["input_values"]
    mine = loa.image(wave)
    assert mine.shape == (1, 1, 1024, 128)
    torch.testing.assert_close(mine[:, 0], theirs, atol=2e-4, rtol=0)


@pytest.mark.parametrize(("pooling", "count"), [(1, 512), (2, 128), (4, 32), (8, 8)])
def test_lengths_are_512_over_the_square_of_the_pooling(loa: Loa, pooling: int, count: int) -> None:
    assert vectors(pooling) == count == 512 // pooling**2
    assert loa(noise(4.0), pooling).shape == (1, count, TINY.hidden)


def test_there_is_no_pooling_by_3(loa: Loa) -> None:
    with pytest.raises(ModelError, match="pooling by 3"):
        loa(noise(1.0), 3)


@pytest.mark.parametrize("pooling", [2, 4, 8])
def test_pooling_is_the_mean_of_average_and_largest(pooling: int) -> None:
    features = torch.randn(2, 512, 5, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    grid = features.numpy().reshape(2, *GRID, 5)
    expected = np.empty((2, GRID[0] // pooling, GRID[1] // pooling, 5))
    for row in range(GRID[0] // pooling):
        for column in range(GRID[1] // pooling):
            block = grid[:, row * pooling : (row + 1) * pooling, column * pooling : (column + 1) * pooling]
            block = block.reshape(2, -1, 5)
            expected[:, row, column] = (block.mean(1) + block.max(1)) / 2
    np.testing.assert_allclose(pooled(features, pooling).numpy(), expected.reshape(2, -1, 5), atol=1e-12)


def test_the_vectors_are_in_order_of_time(loa: Loa) -> None:
    """With no layer between, a patch that hears something sits where it sounds."""
    bare = Loa(LoaConfig(hidden=16, layers=1, heads=2, feed_forward=4, averaged=1))
    with torch.no_grad():
        for name, parameter in bare.encoder.layers.named_parameters():
            if "o_proj" in name or "fc2" in name:
                parameter.zero_()
        bare.encoder.embeddings.position_embeddings.zero_()
    silent, click = torch.zeros(1, SAMPLES), torch.zeros(1, SAMPLES)
    click[0, 5 * RATE : 5 * RATE + 400] = 0.5
    moved = (bare(click, 8) - bare(silent, 8)).abs().sum(-1)[0]
    assert int(moved.argmax()) == int(5 / 1.28)
    assert int((moved > 1e-4).sum()) == 1


def test_the_mean_is_over_the_normalised_outputs_of_the_layers(loa: Loa) -> None:
    wave = noise(2.0)
    outputs: list[torch.Tensor] = []
    hooks = [
        layer.register_forward_hook(lambda module, given, output: outputs.append(output))
        for layer in loa.encoder.layers
    ]
    features = loa.features(wave)
    for hook in hooks:
        hook.remove()
    expected = sum(loa.encoder.layernorm(output) for output in outputs)[:, 1:] / len(outputs)
    assert len(outputs) == 3
    torch.testing.assert_close(features, expected)
    assert torch.equal(features, loa.features(wave))


def test_only_the_last_layers_where_so_told(loa: Loa) -> None:
    last = Loa(LoaConfig(hidden=16, layers=3, heads=2, feed_forward=64, averaged=1))
    last.encoder.load_state_dict(loa.encoder.state_dict())
    image = loa.image(noise(2.0))
    order = torch.arange(512.0)[None]
    expected = loa.encoder(image, noise=order).last_hidden_state[:, 1:]
    torch.testing.assert_close(last.features(noise(2.0)), expected)


@pytest.mark.parametrize(
    ("seconds", "pooling", "count"), [(0, 8, 0), (1.27, 8, 0), (1.28, 8, 1), (5.0, 8, 3), (1.0, 1, 48), (20.0, 8, 8)]
)
def test_how_many_vectors_a_length_holds(seconds: float, pooling: int, count: int) -> None:
    assert vectors_in(round(seconds * RATE), pooling) == count


def test_the_paper_is_a_vit_b() -> None:
    with torch.device("meta"):
        count = sum(parameter.numel() for parameter in Loa(LoaConfig()).parameters())
    assert count == pytest.approx(85.6e6, rel=0.01)


def test_it_is_frozen_and_stays_in_use(loa: Loa) -> None:
    assert not loa.train().training
    assert not any(parameter.requires_grad for parameter in loa.parameters())


def test_a_folder_gives_back_what_was_saved(loa: Loa, tmp_path: Path) -> None:
    loa.save(tmp_path / "mae")
    again = Loa.from_pretrained(tmp_path / "mae")
    assert again.config == TINY
    assert torch.equal(again(noise(3.0), 4), loa(noise(3.0), 4))
    assert Loa.from_pretrained(tmp_path / "mae", averaged=1).config.averaged == 1


@pytest.mark.parametrize("prefix", ["", "encoder."])
@pytest.mark.parametrize("norm", ["norm", "fc_norm"])
def test_timms_layout_gives_the_same(loa: Loa, tmp_path: Path, prefix: str, norm: str) -> None:
    ours = loa.encoder.state_dict()
    theirs = {
        "cls_token": ours["embeddings.cls_token"],
        "pos_embed": ours["embeddings.position_embeddings"],
        "patch_embed.proj.weight": ours["embeddings.patch_embeddings.projection.weight"],
        "patch_embed.proj.bias": ours["embeddings.patch_embeddings.projection.bias"],
        f"{norm}.weight": ours["layernorm.weight"],
        f"{norm}.bias": ours["layernorm.bias"],
        "head.weight": torch.zeros(527, 16),
    }
    for i in range(3):
        for kind in ("weight", "bias"):
            layer = f"layers.{i}."
            projections = [ours[f"{layer}attention.{name}_proj.{kind}"] for name in "qkv"]
            theirs |= {
                f"blocks.{i}.attn.qkv.{kind}": torch.cat(projections),
                f"blocks.{i}.attn.proj.{kind}": ours[f"{layer}attention.o_proj.{kind}"],
                f"blocks.{i}.norm1.{kind}": ours[f"{layer}layernorm_before.{kind}"],
                f"blocks.{i}.norm2.{kind}": ours[f"{layer}layernorm_after.{kind}"],
                f"blocks.{i}.mlp.fc1.{kind}": ours[f"{layer}mlp.fc1.{kind}"],
                f"blocks.{i}.mlp.fc2.{kind}": ours[f"{layer}mlp.fc2.{kind}"],
            }
    save_file({prefix + key: value.clone() for key, value in theirs.items()}, tmp_path / "model.safetensors")
    description = {"architecture": "vit_base_patch16_224", "model_args": {"embed_dim": 16, "depth": 3, "num_heads": 2}}
    (tmp_path / "config.json").write_text(json.dumps(description))
    again = Loa.from_pretrained(tmp_path)
    torch.testing.assert_close(again(noise(3.0), 8), loa(noise(3.0), 8))
    (tmp_path / "config.json").write_text(json.dumps(description | {"loa": {"averaged": 1}}))
    assert Loa.from_pretrained(tmp_path).config.averaged == 1
    assert Loa.from_pretrained(tmp_path, averaged=2).config.averaged == 2


def test_what_transformers_itself_saves_is_read(loa: Loa, tmp_path: Path) -> None:
    logging.disable_progress_bar()
    loa.encoder.save_pretrained(tmp_path)
    read = Loa.from_pretrained(tmp_path)
    for name, tensor in loa.encoder.state_dict().items():
        assert torch.equal(tensor, read.encoder.state_dict()[name]), name


def test_what_is_no_audiomae_is_refused(loa: Loa, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no config\.json"):
        Loa.from_pretrained(tmp_path)
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(ModelError, match="damaged"):
        Loa.from_pretrained(tmp_path)
    (tmp_path / "config.json").write_text('{"image_size": 224, "num_channels": 3, "patch_size": 16}')
    (tmp_path / "pytorch_model.bin").write_bytes(b"x")
    with pytest.raises(ModelError, match="safetensors only"):
        Loa.from_pretrained(tmp_path)
    save_file({"layernorm.weight": torch.zeros(4)}, tmp_path / "model.safetensors")
    with pytest.raises(ModelError, match="its images are 224"):
        Loa.from_pretrained(tmp_path)
    loa.save(tmp_path / "mae")
    weights = load_file(tmp_path / "mae/model.safetensors")
    save_file({key: value for key, value in weights.items() if "layernorm.bias" not in key}, tmp_path / "part")
    (tmp_path / "part").replace(tmp_path / "mae/model.safetensors")
    with pytest.raises(ModelError, match="holds no AudioMAE of 1024"):
        Loa.from_pretrained(tmp_path / "mae")
    (tmp_path / "mae/model.safetensors").write_bytes(b"\x09" * 40)
    with pytest.raises(ModelError, match="cannot be read"):
        Loa.from_pretrained(tmp_path / "mae")
