"""Semantic tokens: a Wav2Vec2-Conformer at 25 frames a second, k-means on a layer or its readout.

The convolutional front is strided to 40 ms (stock models give 20 ms). Its input is padded so that T_wav samples give
exactly ⌈T_wav / 960⌉ tokens at 24 kHz, each centred on its own 40 ms.

`paper`: width 768, 14 conformer layers, feed-forward 3072: 201 M (stated 199.5 M); tokens from layer 7. `starter`:
width 128, 3 layers, and a front whose first layer hears 100 ms, 200 times a second: long enough for filters that tell
a semitone from the next, which ten samples are not, and a twentieth of the products of a front that begins at 4800 Hz.
Its centres lie in a readout that was trained to tell notes, colour and onsets.
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.models.conformer import Conformer, ConformerConfig


@dataclass(frozen=True)
class TokenizerConfig:
    """Sizes of the SSL model and its codebook."""

    rate: int = 24000
    strides: tuple[int, ...] = (5, 4, 3, 2, 2, 2, 2)
    kernels: tuple[int, ...] = (10, 8, 3, 3, 3, 2, 2)
    front_width: int = 512
    hidden: int = 768
    layers: int = 14
    heads: int = 12
    feed_forward: int = 3072
    position_kernel: int = 128
    position_groups: int = 16
    convolution_kernel: int = 31
    layer: int = 7  # whose output is clustered
    readout: int = 0  # width of a linear readout that is clustered in its place
    vocabulary: int = 1024

    @property
    def stride(self) -> int:
        """Samples a token."""
        return math.prod(self.strides)

    @property
    def token_rate(self) -> float:
        """Tokens a second."""
        return self.rate / self.stride


PRESETS: dict[str, TokenizerConfig] = {
    "paper": TokenizerConfig(),
    "starter": TokenizerConfig(
        strides=(120, 2, 2, 2),
        kernels=(2400, 3, 3, 3),
        front_width=144,
        hidden=128,
        layers=3,
        heads=4,
        feed_forward=384,
        position_kernel=32,
        position_groups=8,
        convolution_kernel=15,
        layer=3,
        readout=51,
        vocabulary=512,
    ),
    "tiny": TokenizerConfig(
        front_width=8,
        hidden=16,
        layers=2,
        heads=2,
        feed_forward=16,
        position_kernel=8,
        position_groups=2,
        convolution_kernel=3,
        layer=1,
        vocabulary=32,
    ),
}


def ssl_config(config: TokenizerConfig) -> ConformerConfig:
    """The network's own sizes."""
    return ConformerConfig(
        strides=config.strides,
        kernels=config.kernels,
        front_width=config.front_width,
        hidden=config.hidden,
        layers=config.layers,
        heads=config.heads,
        feed_forward=config.feed_forward,
        position_kernel=config.position_kernel,
        position_groups=config.position_groups,
        convolution_kernel=config.convolution_kernel,
    )


class SemanticTokenizer(nn.Module):
    """Sound (B, T_wav) mono → tokens (B, T_ST)."""

    centres: Tensor  # (V, H), or (V, readout)

    def __init__(self, config: TokenizerConfig) -> None:
        super().__init__()
        self.config = config
        self.ssl = Conformer(ssl_config(config))
        self.readout = nn.Linear(config.hidden, config.readout) if config.readout else None
        self.register_buffer("centres", torch.randn(config.vocabulary, config.readout or config.hidden))
        reach = 1
        for kernel, stride in zip(reversed(config.kernels), reversed(config.strides), strict=True):
            reach = (reach - 1) * stride + kernel
        self._reach = reach  # samples that one token's front end sees

    def padded(self, wave: Tensor) -> Tensor:
        """(B, T_wav) with silence around it, so that the front end gives ⌈T_wav / stride⌉ frames."""
        stride = self.config.stride
        count = -(-wave.shape[-1] // stride)
        left = max(self._reach - stride, 0) // 2
        return F.pad(wave, (left, (count - 1) * stride + self._reach - left - wave.shape[-1]))

    def features(self, wave: Tensor) -> Tensor:
        """What is clustered: (B, T_wav) → (B, T_ST, H), or (B, T_ST, readout)."""
        wave = self.padded(wave).to(self.ssl.dtype)
        states, _ = self.ssl.states(wave)  # layers + 2 times (B, T_ST, H)
        features = states[self.config.layer]
        return features if self.readout is None else self.readout(features)

    def nearest(self, features: Tensor) -> Tensor:
        """The nearest centre of each of (B, T_ST, H): (B, T_ST)."""
        return torch.cdist(features.float(), self.centres.float()).argmin(dim=-1)

    def forward(self, wave: Tensor) -> Tensor:
        """(B, T_wav) → (B, T_ST) int64."""
        return self.nearest(self.features(wave))


def kmeans(points: Tensor, count: int, *, rounds: int = 30, seed: int = 0) -> Tensor:
    """Lloyd's algorithm from k-means++ starts; an empty cluster restarts at the point farthest from its centre.

    points: (n, W) float32; returns (count, W). With fewer distinct points than centres some centres repeat.
    """
    generator = torch.Generator().manual_seed(seed)
    centres = points[torch.randint(len(points), (1,), generator=generator)].repeat(count, 1)  # (count, W)
    squared = torch.full((len(points),), torch.inf, device=points.device)
    for i in range(1, count):
        squared = torch.minimum(squared, (points - centres[i - 1]).square().sum(dim=1))  # to the nearest so far, (n,)
        cumulated = squared.double().cumsum(dim=0)
        drawn = torch.rand(1, generator=generator, dtype=torch.float64).to(points.device) * cumulated[-1]
        centres[i] = points[torch.searchsorted(cumulated, drawn).clamp(max=len(points) - 1)[0]]
    for _ in range(rounds):
        distance, nearest = torch.cdist(points, centres).min(dim=1)  # (n,)
        sums = torch.zeros_like(centres).index_add_(0, nearest, points)
        sizes = torch.bincount(nearest, minlength=count)  # (count,)
        moved = sums / sizes.clamp(min=1)[:, None]
        empty = (sizes == 0).nonzero()[:, 0]
        if len(empty):
            farthest = distance.topk(min(len(empty), len(points))).indices
            moved[empty[: len(farthest)]] = points[farthest]
            moved[empty[len(farthest) :]] = centres[empty[len(farthest) :]]
        if torch.equal(moved, centres):
            break
        centres = moved
    return centres
