"""What runs on a GPU, as far as that can be seen without one.

On the meta device nothing may ask for a value, and what lies on two devices does not mix: both fail there. Tensors say
that they are CUDA's, so that the code takes the branches that it takes there.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from engine.generate.device import Place
from engine.generate.execution import DenoiserRuntime, ExecutionMode
from engine.generate.sampler import Sampler, SamplingParams, WindowState
from engine.models import graphs, system
from engine.models.chunked_decoder import ChunkedDecoder
from engine.models.diffusion import schedule
from engine.models.dualpath import PRESETS, DualPath
from engine.models.recurrence import scan, steps
from engine.models.semantic_lm import PRESETS as LM_PRESETS
from engine.models.semantic_lm import Sampling, SemanticLm
from engine.models.vae_config import Head
from engine.models.vaegan import VaeGan

torch.set_num_threads(1)
META = torch.device("meta")
CONFIG = system.PRESETS["tiny"]


def again(work: Callable[[], Tensor], device: torch.device) -> graphs.Replay:
    work()
    return work


@pytest.fixture
def as_cuda(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.Tensor, "is_cuda", True, raising=False)
    monkeypatch.setattr(graphs, "record", again)


@pytest.fixture
def sampler(as_cuda: None) -> Sampler:
    with META:
        modules = system.build(CONFIG).eval().requires_grad_(False)
    made = Sampler(modules, CONFIG, Place(META, torch.bfloat16))
    made.runtime = DenoiserRuntime(made.dpd, META, CONFIG.frames, recorder=again)
    return made


class Uploads(TorchDispatchMode):
    """Counts the copies to and from the device."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def __torch_dispatch__(self, function: Any, types: Any, arguments: Any = (), options: Any = None) -> Any:
        made = function(*arguments, **(options or {}))
        inputs = [x for x in arguments if isinstance(x, Tensor)]
        if isinstance(made, Tensor) and inputs and any(x.device != made.device for x in inputs):
            self.count += 1
        return made


def copies(work: Callable[[], Any]) -> int:
    with Uploads() as mode:
        work()
    return mode.count


def test_nothing_waits_for_the_gpu_within_a_window(sampler: Sampler) -> None:
    tokens = torch.zeros(1, CONFIG.lm.length, dtype=torch.int64, device=META)
    history = WindowState(tokens, torch.zeros(1, CONFIG.frames, CONFIG.dpd.latent_width, device=META))
    prefix = sampler.prefix(None)

    def made(steps: int, count: int) -> int:
        params = SamplingParams(prefix, tuple(schedule(steps)), 2.5, Sampling())
        return copies(lambda: sampler.append(history, count, [1], params))

    for mode in (ExecutionMode.EAGER, ExecutionMode.RECORDED):
        sampler.mode = mode
        few = made(1, 1)
        assert sampler.runtime.used is mode
        assert few > 0  # noise and numbers for the tokens
        assert made(3, 4) == few


def test_the_decoder_needs_nothing_from_the_host() -> None:
    with META:
        vae = VaeGan(replace(CONFIG.vae, head=Head.HIFIGAN, tones=0))  # the other head cannot run on the meta device
    decoder = ChunkedDecoder(vae)
    latents = torch.empty(1, CONFIG.chunk_frames, CONFIG.dpd.latent_width, device=META)
    with torch.inference_mode():
        assert copies(lambda: decoder.push(latents)) == 0
        assert copies(lambda: decoder.push(latents, last=True)) == 0


@pytest.fixture
def networks() -> tuple[DualPath, SemanticLm]:
    torch.manual_seed(0)
    dpd = DualPath(PRESETS["tiny"]).eval().requires_grad_(False)
    lm = SemanticLm(LM_PRESETS["tiny"]).eval().requires_grad_(False)
    return dpd, lm


def test_the_branches_for_a_gpu_compute_the_same(
    networks: tuple[DualPath, SemanticLm], request: pytest.FixtureRequest
) -> None:
    dpd, lm = networks
    tokens = torch.randint(0, 32, (1, 10), generator=torch.Generator().manual_seed(1))
    uniforms = torch.rand(1, 20, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    z = torch.randn(1, 50, 8, generator=torch.Generator().manual_seed(3))

    def made() -> tuple[Tensor, Tensor]:
        with torch.inference_mode():
            drawn = lm.extend(lm.prefix(None), tokens, uniforms, Sampling())
            ours = DenoiserRuntime(dpd, torch.device("cpu"), 50, recorder=again)
            network = ours.bound(tokens, 50, 2.5, ExecutionMode.RECORDED)
            angles = torch.tensor([[0.0, 1.0]])
            which = (torch.arange(50) >= 40).long()
            return drawn, network(z, system.dualpath.FrameAngles(angles, which), slice(40, 50))

    here = made()
    request.getfixturevalue("as_cuda")
    there = made()
    assert torch.equal(here[0], there[0])
    torch.testing.assert_close(here[1], there[1], rtol=0, atol=1e-4)


@pytest.mark.parametrize("bias", [0.0, 2.0, 4.0])
def test_the_scan_is_precise_enough_in_bfloat16(bias: float) -> None:
    generator = torch.Generator().manual_seed(0)
    u = torch.randn(2, 64, 40, 16, generator=generator).bfloat16()
    f = torch.sigmoid(torch.randn(2, 64, 40, 16, generator=generator) + bias).bfloat16()
    for reverse in (False, True):
        exact = steps(u.double(), f.double(), reverse)
        error = (scan(u, f, reverse).double() - exact).square().mean().sqrt()
        assert error < 0.01 * exact.square().mean().sqrt()
        assert error > 0


def test_rotary_frequencies_stay_precise_in_bfloat16(sampler: Sampler) -> None:
    assert sampler.lm.llama.model.rotary_emb.inv_freq.dtype is torch.float32
    assert sampler.lm.llama.model.embed_tokens.weight.dtype is torch.bfloat16
