"""The least time that the parts of a chunk can take: operations and bytes over what the machine does at best.

Diffusion and decoder are counted in operations of matrix products and convolutions; the language model, which reads all
of its weights for each token, in bytes. What a machine does at best is measured: the largest
product, the longest sum. Small models whose weights stay in a processor's cache may do better than a floor in bytes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from engine.generate.device import Place
from engine.models.diffusion import FrameAngles
from engine.models.dualpath import DualPath
from engine.models.layers.vae import LayersVae
from engine.models.system import MelodyConfig
from engine.models.vaegan import VaeGan

_META = torch.device("meta")
_SAMPLE = 16  # latents


@dataclass(frozen=True)
class Work:
    """What `takes` takes of a chunk at once ask of a machine.

    dpd, vae, prefill: operations of all steps, of the decoder, of reading the context before the first new token.
    token_bytes, token_operations: of one token for all takes; tokens: how many, a take.
    """

    dpd: float
    vae: float
    prefill: float
    token_bytes: float
    token_operations: float
    tokens: int


@dataclass(frozen=True)
class Best:
    """What a machine does at best: operations a second in the networks' precision, bytes a second read."""

    operations: float
    bytes: float


def count(
    config: MelodyConfig, vae: VaeGan | LayersVae, place: Place, *, steps: int, guided: bool, takes: int, chunk: bool
) -> Work:
    """The work of a chunk amid a stream, or of a whole window at once; `vae` decodes a little to be counted."""
    frames = config.chunk_frames if chunk else config.frames
    tokens = config.chunk_tokens if chunk else config.lm.length
    with _META:
        dpd = DualPath(config.dpd)
        z = torch.empty(takes, config.frames, config.dpd.input_width)
        which = torch.zeros(config.frames, dtype=torch.int64)
        ids = torch.zeros(takes, config.lm.length, dtype=torch.int64)
        angles = FrameAngles(torch.zeros(1, 2), which)
    out_frames = slice(config.frames - frames, config.frames)
    sample = torch.zeros(1, _SAMPLE, config.vae.latent_width, device=next(vae.parameters()).device)

    def network() -> None:
        condition = dpd.condition(ids, config.frames)
        if guided:
            dpd.forward_cfg(z, angles, condition, out_frames)
        else:
            dpd(z, angles, condition, out_frames=out_frames)

    lm = config.lm
    weights = lm.layers * (4 * lm.hidden**2 + 3 * lm.hidden * lm.feed_forward) + lm.vocabulary * lm.hidden
    size = max(place.dtype.itemsize, 4) if place.device.type == "cpu" else place.dtype.itemsize  # see `token_decoder`
    context = lm.codebooks + (lm.length - tokens)
    cache = 2 * lm.layers * lm.hidden * (context + tokens / 2)
    streams = takes * (2 if config.streaming.token_guidance != 1 else 1)  # with the prompt, and without
    return Work(
        steps * _operations(network),
        _operations(lambda: vae.decode(sample)) * takes * frames / _SAMPLE,
        2.0 * weights * streams * context,
        size * (weights + streams * cache),
        2.0 * streams * (weights + cache),
        tokens,
    )


def _operations(work: Callable[[], object]) -> float:
    with torch.inference_mode(), FlopCounterMode(display=False) as counter:
        work()
    return float(counter.get_total_flops())


def best(place: Place) -> Best:
    """Measures the machine; takes about a second."""
    on_gpu = place.device.type == "cuda"
    side, length = (8192, 1 << 30) if on_gpu else (1024, 1 << 25)
    a, b = (torch.full((side, side), 0.01, device=place.device, dtype=place.dtype) for _ in range(2))
    x = torch.ones(length, device=place.device)
    operations = 2 * side**3 / _fastest(lambda: a @ b, place)
    return Best(operations, x.numel() * x.itemsize / _fastest(x.sum, place))


def _fastest(work: Callable[[], Tensor], place: Place, rounds: int = 12) -> float:
    fastest = float("inf")
    with torch.inference_mode():
        for _ in range(rounds):
            started = perf_counter()
            work()
            if place.device.type == "cuda":
                torch.cuda.current_stream(place.device).synchronize()
            fastest = min(fastest, perf_counter() - started)
    return fastest


def seconds(work: Work, machine: Best) -> dict[str, float]:
    """The floor of each part."""
    token = max(work.token_bytes / machine.bytes, work.token_operations / machine.operations)
    return {
        "lm": work.prefill / machine.operations + work.tokens * token,
        "dpd": work.dpd / machine.operations,
        "vae": work.vae / machine.operations,
    }
