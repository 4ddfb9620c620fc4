"""A bank of oscillators on the semitones: a decoder sets their amplitudes, their phases run on.

A decoder that treats every frame alike cannot know the phase of a partial: either the latents carry it, which a small
diffusion model cannot predict, or every tone becomes a band of noise. An oscillator needs only its amplitude (as in
differentiable synthesis, Engel et al. 2020). Pitches are the equal-tempered semitones from 55 Hz up, at or near which
the partials of tuned notes lie.
"""

import math
from functools import lru_cache
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor, nn

LOWEST = 55.0
_GOLDEN = (math.sqrt(5) - 1) / 2
_SIZES = ((4096, 36), (2048, None))  # windows that tell semitones apart: of the first 36, and of those above
_LOBE = 4 / 1.5  # over a Hann window's squared sum: power of a lobe, 1.5 times its peak's, to squared amplitude
FLOOR = 1e-3  # amplitude that counts as silence, full scale is 1


def semitone_filters(rate: int, size: int, low: float, count: int) -> Tensor:
    """Triangles from each semitone from `low` Hz up to its neighbours, two bins wide at least: (count, size/2 + 1)."""
    bins = torch.arange(size // 2 + 1, dtype=torch.float64) * rate / size
    centres = low * 2 ** (torch.arange(count, dtype=torch.float64)[:, None] / 12)
    width = (centres * (2 ** (1 / 12) - 1)).clamp_min(rate / size)
    return (1 - (bins - centres).abs() / width).clamp_min(0).float()


# Cached outside the modules so that a cast to half precision does not round them, and created outside inference mode
# so that training may use them.


@lru_cache(maxsize=16)
def _window(size: int, device: torch.device) -> Tensor:
    with torch.inference_mode(False):
        return torch.hann_window(size, device=device)


@lru_cache(maxsize=16)
def _filters(rate: int, size: int, count: int, device: torch.device) -> Tensor:
    with torch.inference_mode(False):
        return semitone_filters(rate, size, LOWEST, count).T.contiguous().to(device)  # (size/2 + 1, count)


@lru_cache(maxsize=16)
def _cycles(rate: int, count: int, device: torch.device) -> Tensor:
    """Cycles a sample of each oscillator, float64."""
    with torch.inference_mode(False):
        return (LOWEST / rate * 2 ** (torch.arange(count, dtype=torch.float64) / 12)).to(device)


@lru_cache(maxsize=16)
def _waves(rate: int, count: int, fft: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Cosine and sine of each oscillator over a frame whose middle is at phase 0: (count, fft) each."""
    with torch.inference_mode(False):
        sample = torch.arange(fft) - fft / 2
        radians = (2 * math.pi * _cycles(rate, count, torch.device("cpu"))).float()[:, None] * sample
        return radians.cos().to(device), radians.sin().to(device)


class SemitoneAnalyzer(nn.Module):
    """Log amplitude of each semitone in the middle of each hop: (..., T) → (..., ⌈T / hop⌉, count)."""

    def __init__(self, count: int, rate: int, hop: int) -> None:
        super().__init__()
        self.count, self.rate, self.hop = count, rate, hop

    def forward(self, wave: Tensor) -> Tensor:
        """Natural logarithms of amplitudes, at least log FLOOR."""
        places, first, parts = -(-wave.shape[-1] // self.hop), 0, []
        for size, last in _SIZES:
            window, filters = _window(size, wave.device), _filters(self.rate, size, self.count, wave.device)
            left = (size - self.hop) // 2
            right = (places - 1) * self.hop + size - left - wave.shape[-1]
            frames = F.pad(wave.float(), (left, right)).unfold(-1, size, self.hop) * window
            power = torch.fft.rfft(frames).abs().square() * (_LOBE / window.sum() ** 2)
            parts.append(power @ filters[:, first : min(last or self.count, self.count)])
            first = last or first
        power = torch.cat(parts, dim=-1)
        # the windows do not resolve low semitones: what is below a neighbour's leakage is the neighbour
        beside = F.pad(power[..., 1:], (0, 1)) + F.pad(power[..., :-1], (1, 0))
        return 0.5 * ((power - 0.4 * beside).clamp_min(0) + FLOOR**2).log()


class _Frames(Protocol):
    @property
    def latent_width(self) -> int: ...
    @property
    def bundle(self) -> int: ...
    @property
    def rate(self) -> int: ...
    @property
    def fft(self) -> int: ...
    @property
    def frame_hop(self) -> int: ...


class OscillatorBank(nn.Module):
    """Frame states (B, N, W) → samples of the frames (B, N, C, fft), before windowing and overlap-add."""

    def __init__(self, count: int, width: int, channels: int, frames: _Frames) -> None:
        """`count` oscillators for each of `channels`, in frames of `frames.fft` samples a hop apart."""
        super().__init__()
        self.channels, self.fft = channels, frames.fft
        self.loudness = nn.Linear(width, channels * count)
        self.direct = nn.Linear(frames.latent_width, channels * count, bias=False)
        self._bundle, self._latent_width = frames.bundle, frames.latent_width
        nn.init.normal_(self.loudness.weight, std=0.1 * width**-0.5)
        nn.init.constant_(self.loudness.bias, math.log(FLOOR))
        self._count, self._rate, self._hop = count, frames.rate, frames.frame_hop

    def forward(self, x: Tensor, z: Tensor, numbers: Tensor) -> tuple[Tensor, Tensor]:
        """X (B, N, W); z (B, L, D or more) raw latents; numbers (B, N) float64: index of each frame in its stream.

        Returns:
            The samples, and the log amplitude of each oscillator (B, N, C, count).
        """
        place = x.device if x.device.type != "mps" else torch.device("cpu")  # Apple's GPUs lack float64
        cycles = _cycles(self._rate, self._count, place)
        # golden-ratio start phases: with equal ones all oscillators would peak together at the stream's start
        start = torch.arange(self._count, dtype=torch.float64, device=place) * _GOLDEN
        phases = (cycles * self._hop * numbers.to(place)[..., None] + start) % 1.0  # (B, N, J)
        radians = (2 * math.pi * phases).float().to(x.device)
        cosine, sine = _waves(self._rate, self._count, self.fft, x.device)  # (J, fft) each
        weight, bias = self.loudness.weight.float(), self.loudness.bias.float()
        latent_skip = F.linear(z[..., : self._latent_width].float(), self.direct.weight.float())  # (B, L, C · J)
        log_amplitude = F.linear(x, weight, bias) + latent_skip.repeat_interleave(self._bundle, dim=1)  # (B, N, C · J)
        log_amplitude = log_amplitude.clamp(max=0.0)
        log_amplitude = log_amplitude.view(*log_amplitude.shape[:2], self.channels, -1)
        loud = (log_amplitude.exp() - FLOOR).clamp_min(0)
        samples = (loud * radians.cos()[:, :, None]) @ cosine - (loud * radians.sin()[:, :, None]) @ sine
        return samples, log_amplitude
