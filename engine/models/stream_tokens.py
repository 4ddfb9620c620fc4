"""Semantic tokens in two streams: what sounds, and what begins; each 40 ms have one of either, in turn.

One stream of tokens that are the nearest of some hundred centres spends them on what is loudest and lasts: it knew half
of what begins. Here a second codebook holds nothing but beginnings: how far six bands rise in each of the four 10 ms
that a pair of tokens lasts. The first codebook holds chroma, chroma of the bass, the shape of the spectrum and level.
Both are descriptors in closed form and k-means on them, so nothing has to be trained but centres.

The pair is flattened (Copet et al. 2023, section 2.2): the language model draws content and then, knowing it, what
begins. Content has the ids 0 … V/2 − 1, beginnings V/2 … V − 1.
"""

from dataclasses import dataclass
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.errors import ModelError
from engine.models.layers.analysis import LOWEST, OSCILLATORS, tones
from engine.models.layers.bands import FAST_A_FRAME, FAST_BANDS, FAST_EDGES, FRAME, LATENT, RATE, fast_powers, power

PAIR = 2 * LATENT
"""Samples that a pair of tokens lasts."""
_FRAMES = PAIR // FRAME
_BASS = 52 - LOWEST  # oscillators that count as bass
FIRST_CLASS = LOWEST % 12
"""The pitch class (0 = C) that chroma starts with."""
_SHAPE = 12
CONTENT = 12 + 12 + _SHAPE + 1
_EDGES = (0.0, 250.0, 1400.0, 3000.0, 6000.0, 11000.0, 24125.0)
RISES = len(_EDGES) - 1
BEGINNINGS = _FRAMES * RISES
_WEIGHTS = (1.8, 0.9, 0.7, 0.35)  # of chroma, bass, shape and level
_EARLIER = 3  # frames before that a frame must exceed to rise
_MOST = 4.0  # nepers of power
_FAINT = 1e-5  # share of the loudest power near, below which nothing begins


@dataclass(frozen=True)
class StreamTokenizerConfig:
    """Size of both codebooks together.

    Raises:
        ModelError: another kind of tokens than this, or codebooks of unequal sizes.
    """

    kind: str = "streams"
    vocabulary: int = 1024

    def __post_init__(self) -> None:
        if self.kind != "streams" or self.vocabulary % 2:
            raise ModelError(f"Tokens in two streams are not “{self.kind}” with {self.vocabulary} centres.")

    rate = RATE
    stride = LATENT
    token_rate = RATE / LATENT
    readout = 0


PRESETS: dict[str, StreamTokenizerConfig] = {
    "layers": StreamTokenizerConfig(),
    "studio": StreamTokenizerConfig(vocabulary=2048),
    "layers-tiny": StreamTokenizerConfig(vocabulary=32),
}


class StreamTokenizer(nn.Module):
    """Sound (B, T) mono at 48 kHz → tokens (B, ⌈T / 960⌉)."""

    content: Tensor  # (V / 2, CONTENT)
    beginnings: Tensor  # (V / 2, BEGINNINGS)

    def __init__(self, config: StreamTokenizerConfig) -> None:
        super().__init__()
        self.config = config
        half = config.vocabulary // 2
        self.register_buffer("content", torch.randn(half, CONTENT))
        self.register_buffer("beginnings", torch.randn(half, BEGINNINGS).abs())

    @staticmethod
    def features(wave: Tensor, amplitudes: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Descriptors (B, T) → content (B, ⌈T / 1920⌉, CONTENT) and beginnings (B, ⌈T / 1920⌉, BEGINNINGS).

        amplitudes: of its tones (B, 4 · ⌈T / 1920⌉ · 2, 96) (see `analysis.tones`), where they are known.
        """
        wave = F.pad(wave.float(), (0, -wave.shape[-1] % PAIR))
        fast = fast_powers(wave)
        fast = fast.reshape(len(wave), -1, FAST_A_FRAME, FAST_BANDS).mean(2)  # (B, frames, FAST_BANDS)
        short = power(wave, 960, FRAME)  # bins of 50 Hz
        return _content(wave, fast, short, amplitudes), _beginnings(fast, short)

    def forward(self, wave: Tensor, amplitudes: Tensor | None = None) -> Tensor:
        """(B, T) → (B, ⌈T / 960⌉) int64."""
        content, beginnings = self.features(wave, amplitudes)
        pairs = (
            torch.cdist(content, self.content.float()).argmin(-1),
            torch.cdist(beginnings, self.beginnings.float()).argmin(-1) + self.config.vocabulary // 2,
        )
        return torch.stack(pairs, -1).flatten(1)[:, : -(-wave.shape[-1] // LATENT)]


def chroma_of(content: Tensor) -> tuple[Tensor, Tensor]:
    """Chroma above the bass and of the bass of centres (n, CONTENT): (n, 12) each, from `FIRST_CLASS` on."""
    return content[:, :12] / _WEIGHTS[0], content[:, 12:24] / _WEIGHTS[1]


def _content(wave: Tensor, fast: Tensor, short: Tensor, amplitudes: Tensor | None) -> Tensor:
    batch, frames = fast.shape[:2]
    pairs = frames // _FRAMES
    if amplitudes is None:
        amplitudes, _, _ = tones(torch.stack((wave, torch.zeros_like(wave)), 1))
    amp = amplitudes.reshape(batch, pairs, -1, OSCILLATORS).square().mean(2).sqrt()
    level = (amp + 1e-3).log() - torch.tensor(1e-3).log().to(amp)
    bass, upper = level.clone(), level.clone()
    bass[..., _BASS:], upper[..., :_BASS] = 0, 0
    folded = [each.reshape(batch, pairs, -1, 12).sum(2) for each in (upper, bass)]
    unit = [each / (each.norm(dim=-1, keepdim=True) + 1.0) for each in folded]
    bands = torch.cat((_banded(short, fast)[..., :2], fast), -1).reshape(batch, pairs, _FRAMES, -1).mean(2)
    logs = (bands + 1e-9).log() / 4
    logs = F.adaptive_avg_pool1d(logs.flatten(0, 1)[:, None], _SHAPE)[:, 0].view(batch, pairs, _SHAPE)
    mean = logs.mean(-1, keepdim=True)
    chroma, low, shape, loud = _WEIGHTS
    return torch.cat((chroma * unit[0], low * unit[1], shape * (logs - mean), loud * mean), -1)


def _banded(short: Tensor, fast: Tensor) -> Tensor:
    """Powers of the bands whose rises count: (B, frames, RISES)."""
    bands = [short[..., round(a / 50) : round(b / 50)].sum(-1) for a, b in pairwise(_EDGES[:3])]
    edges = torch.tensor(FAST_EDGES)
    for low, high in pairwise(_EDGES[2:]):
        inside = (edges[:-1] >= low - 200) & (edges[:-1] < high - 200)
        bands.append(fast[..., inside.to(fast.device)].sum(-1))
    return torch.stack(bands, -1)


def _beginnings(fast: Tensor, short: Tensor) -> Tensor:
    powers = _banded(short, fast)  # (B, frames, RISES)
    loudest = powers.amax((1, 2), keepdim=True)
    logs = (powers + _FAINT * loudest + 1e-10).log()
    earlier = F.max_pool1d(F.pad(logs, (0, 0, _EARLIER, 0), value=-50.0).transpose(1, 2), _EARLIER, 1).transpose(1, 2)
    earlier = earlier[:, : logs.shape[1]]
    first = logs.amin(1, keepdim=True)
    rise = (logs - torch.maximum(earlier, first)).clamp(0, _MOST)
    return rise.reshape(len(rise), -1, BEGINNINGS)
