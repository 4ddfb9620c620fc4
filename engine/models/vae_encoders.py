"""Sound to latents: strided convolutions, or a backbone on windowed frames."""

from collections.abc import Iterable
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.models.convnext import ConvNeXtBlock
from engine.models.oscillator_bank import SemitoneAnalyzer
from engine.models.vae_config import VaeGanConfig


class ResidualBlock(nn.Module):
    """HiFi-GAN's block: for each kernel a chain of dilated pairs of convolutions, averaged. (B, W, T) → (B, W, T)."""

    def __init__(self, width: int, kernels: tuple[int, ...], dilations: tuple[int, ...]) -> None:
        super().__init__()
        self.chains = nn.ModuleList(
            nn.ModuleList(
                nn.ModuleList(
                    (
                        nn.Conv1d(width, width, kernel, dilation=d, padding=d * (kernel // 2)),
                        nn.Conv1d(width, width, kernel, padding=kernel // 2),
                    )
                )
                for d in dilations
            )
            for kernel in kernels
        )
        # samples that the widest chain looks to each side
        self.reach = (max(kernels) // 2) * sum(d + 1 for d in dilations)

    def forward(self, x: Tensor) -> Tensor:
        """(B, W, T) → (B, W, T)."""
        total = torch.zeros_like(x)
        for chain in self.chains:
            y = x
            for first, second in cast(Iterable[tuple[nn.Conv1d, nn.Conv1d]], chain):
                y = y + second(F.leaky_relu(first(F.leaky_relu(y, 0.1)), 0.1))
            total = total + y
        return total / len(self.chains)


def residual_stages(
    widths: Iterable[int], kernels: tuple[int, ...], dilations: tuple[int, ...], repeats: int
) -> nn.ModuleList:
    """For each of `widths`, `repeats` residual blocks in a row."""
    return nn.ModuleList(
        nn.Sequential(*(ResidualBlock(width, kernels, dilations) for _ in range(repeats))) for width in widths
    )


class Encoder(nn.Module):
    """(B, C, T_wav) → mean and log-variance (B, L, D) each, with L = ⌈T_wav / hop⌉."""

    def __init__(self, config: VaeGanConfig) -> None:
        super().__init__()
        widths = (config.encoder_widths[0], *config.encoder_widths)
        self.first = nn.Conv1d(config.channels, widths[0], 7, padding=3)
        self.down = nn.ModuleList(
            nn.Conv1d(a, b, kernel, stride, padding=stride)
            for a, b, kernel, stride in zip(
                widths[:-1], widths[1:], config.encoder_kernels, config.strides, strict=True
            )
        )
        self.blocks = residual_stages(
            widths[1:], config.encoder_residual_kernels, config.dilations, config.encoder_repeats
        )
        self.last = nn.Conv1d(widths[-1], 2 * config.encoded_width, 3, padding=1)

    def forward(self, wave: Tensor) -> tuple[Tensor, Tensor]:
        """(B, C, T_wav) → mean and log-variance (B, L, D)."""
        x = self.first(wave)  # (B, W, T_wav)
        for down, block in zip(self.down, self.blocks, strict=True):
            x = block(down(F.leaky_relu(x, 0.1)))  # (B, W', ⌈T / stride⌉)
        mean, log_variance = self.last(F.leaky_relu(x, 0.1)).transpose(1, 2).chunk(2, dim=-1)  # (B, L, D) each
        return mean, log_variance.clamp(-20, 10)


class FrameEncoder(nn.Module):
    """Windowed frames of sound and their log spectra, then a backbone on frames: as `Encoder`, far cheaper.

    Samples keep the phase, logarithms show what is quiet.
    """

    window: Tensor  # (fft,)

    def __init__(self, config: VaeGanConfig) -> None:
        super().__init__()
        self.hop, self.bundle, self.fft = config.frame_hop, config.bundle, config.fft
        width = config.backbone_width
        self.first = nn.Linear(config.channels * (config.fft + config.fft // 2 + 1), width)
        self.norm_first = nn.LayerNorm(width, eps=1e-5)
        self.blocks = nn.ModuleList(
            ConvNeXtBlock(width, config.backbone_expansion, 1 / config.encoder_blocks)
            for _ in range(config.encoder_blocks)
        )
        self.norm_last = nn.LayerNorm(width, eps=1e-5)
        tone_width = config.channels * config.tones
        self.ear = SemitoneAnalyzer(config.tones, config.rate, config.hop) if tone_width else None
        self.last = nn.Linear(config.bundle * width + tone_width, 2 * config.encoded_width)
        self.register_buffer("window", torch.hann_window(config.fft), persistent=False)

    def forward(self, wave: Tensor) -> tuple[Tensor, Tensor]:
        """(B, C, T_wav) → mean and log-variance (B, L, D) each."""
        latents, edge = -(-wave.shape[-1] // (self.hop * self.bundle)), (self.fft - self.hop) // 2
        length = latents * self.bundle
        right = length * self.hop - wave.shape[-1] + self.fft - self.hop - edge
        frames = (
            F.pad(wave.float(), (edge, right)).unfold(-1, self.fft, self.hop) * self.window.float()
        )  # (B, C, N, fft), N = L · bundle
        spectra = (torch.fft.rfft(frames).abs() + 1e-4).log()  # (B, C, N, fft/2 + 1)
        x = torch.cat((4 * frames, 1 + spectra / 4), dim=-1).transpose(1, 2).flatten(2)  # (B, N, C · (3/2 fft + 1))
        x = self.norm_first(self.first(x.to(self.first.weight.dtype)))  # (B, N, W)
        for block in self.blocks:
            x = block(x)
        x = self.norm_last(x).reshape(x.shape[0], latents, -1)  # (B, L, bundle · W)
        if self.ear is not None:
            features = self.ear(wave).transpose(1, 2).flatten(2)  # (B, L, C · tones)
            x = torch.cat((x, (1 + features / 4).to(x.dtype)), dim=-1)
        mean, log_variance = self.last(x).chunk(2, dim=-1)  # (B, L, D) each
        return mean, log_variance.clamp(-20, 10)
