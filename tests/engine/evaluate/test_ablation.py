"""The U-Net has the dual path's interface and size, and both are trained and judged alike."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.cli import main
from engine.evaluate import ablation, unet
from engine.jobs import Context
from engine.models.diffusion import FrameAngles
from engine.models.dualpath import PRESETS, DualPath
from engine.train.encoded_folder import HEADER, EncodedHeader

CONFIG = replace(PRESETS["starter"], hidden=64, heads=2, blocks=1, vocabulary=32, latent_width=8)


def count(network: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def test_the_size_is_matched() -> None:
    for blocks in (1, 3):
        wanted = count(DualPath(replace(CONFIG, hidden=192, blocks=blocks)))
        assert count(unet.matched(CONFIG, wanted)) == pytest.approx(wanted, rel=0.02)


def test_tokens_and_angles_reach_the_output_and_unconditional_examples_see_no_tokens() -> None:
    torch.manual_seed(0)
    network = unet.UNet(CONFIG, (32, 32)).eval()
    z = torch.randn(2, 50, 8)
    delta = FrameAngles(torch.tensor([[0.3, 1.2]]).expand(2, -1), torch.arange(50) // 25)
    first, second = (network.condition(torch.full((1, 50), token), 50) for token in (3, 7))
    with torch.no_grad():
        both = network(z, delta, first, n_cond=1)
        assert both.shape == z.shape
        assert not torch.allclose(both[0], network(z, delta, second, n_cond=1)[0])
        assert torch.allclose(both[1], network(z, delta, second, n_cond=1)[1], atol=1e-5)
        assert torch.allclose(both[1], network(z, delta, None)[1], atol=1e-5)
        other = FrameAngles(delta.values.flip(1), delta.which)
        assert not torch.allclose(both[1], network(z, other, None)[1])


@pytest.fixture
def encoded(tmp_path: Path) -> Path:
    """Latents that their tokens tell, 25 a second."""
    table = np.random.default_rng(0).standard_normal((32, 8)).astype(np.float16) * 0.3
    for split, excerpts in (("train", 6), ("validation", 3)):
        place = tmp_path / "data" / split
        place.mkdir(parents=True)
        header = EncodedHeader("m", split, 0, 60, 8, 60, 32, 1, 30, 6, 2, 4)
        (place / HEADER).write_text(json.dumps({"format": 1} | {k: getattr(header, k) for k in header.__slots__}))
        tokens = np.random.default_rng(len(split)).integers(0, 32, (excerpts, 60))
        table[tokens].tofile(place / "latents.f16")
        tokens.astype("<u2").tofile(place / "tokens.u16")
        np.zeros((excerpts, 1, 2), "<u2").tofile(place / "codes.u16")
        np.zeros((excerpts, 6, 2), "<u2").tofile(place / "captions.u16")
    return tmp_path / "data"


def test_both_are_trained_judged_and_kept(encoded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PRESETS, "tiny", replace(PRESETS["tiny"], hidden=128, feed_forward=128))
    sizes = ablation.AblationSizes(preset="tiny", steps=6, batch=2, windows=2, precision="no", device="cpu")
    part, content = ablation.ablate(encoded, tmp_path / "out", sizes, context=Context())
    found = {figure.key: figure.value for figure in part.figures}
    assert found["unet_parameters"] == pytest.approx(found["dpd_parameters"], rel=0.05)
    more, less = (
        max(found["unet_operations"], found["dpd_operations"]),
        min(found["unet_operations"], found["dpd_operations"]),
    )
    (longer,) = (run for run in content["networks"] if run.endswith("_longer"))
    assert content["networks"][longer]["steps"] == round(6 * more / less)
    assert 0 < found["dpd_velocity_mse"] < 3
    assert 0 < found["unet_velocity_mse"] < 3
    json.dumps(content, allow_nan=False)
    again, _ = ablation.ablate(encoded, tmp_path / "out", sizes, context=Context())
    same = [figure.value for figure in again.figures if "seconds" not in figure.key]
    assert same == pytest.approx([figure.value for figure in part.figures if "seconds" not in figure.key])


def test_the_command_says_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "--ablation", str(tmp_path), "--out", str(tmp_path / "out")]) == 1
    assert "holds no encoded sound" in capsys.readouterr().err
