"""Discriminators of the VAE-GAN: multi-period (HiFi-GAN) and multi-resolution spectrogram (UnivNet, Jang et al. 2021).

Each returns its score map and its hidden layers, for least-squares GAN and feature-matching losses.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import weight_norm


@dataclass(frozen=True)
class DiscriminatorConfig:
    """Periods, spectrogram resolutions (n_fft, hop, window) and widths."""

    channels: int = 1
    periods: tuple[int, ...] = (2, 3, 5, 7, 11)
    period_widths: tuple[int, ...] = (32, 128, 512, 1024, 1024)
    resolutions: tuple[tuple[int, int, int], ...] = ((1024, 120, 600), (2048, 240, 1200), (512, 50, 240))
    spectrogram_width: int = 32


PRESETS: dict[str, DiscriminatorConfig] = {
    "paper": DiscriminatorConfig(),
    "starter": DiscriminatorConfig(period_widths=(16, 32, 64, 128, 128), spectrogram_width=16),
    "tiny": DiscriminatorConfig(periods=(2, 3), period_widths=(4, 4), resolutions=((64, 16, 64),), spectrogram_width=4),
}

Judged = tuple[Tensor, list[Tensor]]


class PeriodDiscriminator(nn.Module):
    """Sees the waveform folded into rows of one period: convolutions along time only."""

    def __init__(self, channels: int, period: int, widths: tuple[int, ...]) -> None:
        super().__init__()
        self.period = period
        pairs = zip((channels, *widths[:-1]), widths, strict=True)
        self.layers = nn.ModuleList(
            weight_norm(nn.Conv2d(a, b, (5, 1), (3 if i < len(widths) - 1 else 1, 1), padding=(2, 0)))
            for i, (a, b) in enumerate(pairs)
        )
        self.score = weight_norm(nn.Conv2d(widths[-1], 1, (3, 1), padding=(1, 0)))

    def forward(self, wave: Tensor) -> Judged:
        """Score map and hidden layers of (B, C, T_wav)."""
        x = F.pad(wave, (0, -wave.shape[-1] % self.period), mode="reflect")
        x = x.reshape(*x.shape[:2], -1, self.period)  # (B, C, T/p, p)
        hidden = []
        for layer in self.layers:
            x = F.leaky_relu(layer(x), 0.1)
            hidden.append(x)
        return self.score(x), hidden


class SpectrogramDiscriminator(nn.Module):
    """Sees the magnitude spectrogram at one resolution."""

    window: Tensor

    def __init__(self, channels: int, resolution: tuple[int, int, int], width: int) -> None:
        super().__init__()
        self.fft, self.hop, self.size = resolution
        self.register_buffer("window", torch.hann_window(self.size), persistent=False)
        strides = (1, 2, 2, 2, 1)
        self.layers = nn.ModuleList(
            weight_norm(
                nn.Conv2d(
                    channels if i == 0 else width,
                    width,
                    (3, 9) if i < 4 else (3, 3),
                    (1, stride),
                    padding=(1, 4) if i < 4 else (1, 1),
                )
            )
            for i, stride in enumerate(strides)
        )
        self.score = weight_norm(nn.Conv2d(width, 1, 3, padding=1))

    def forward(self, wave: Tensor) -> Judged:
        """Score map and hidden layers of (B, C, T_wav)."""
        edge = (self.fft - self.hop) // 2
        padded = F.pad(wave.float(), (edge, edge), mode="reflect").flatten(0, 1)
        spectrum = torch.stft(
            padded, self.fft, self.hop, self.size, self.window, center=False, return_complex=True
        )  # (B · C, F, N)
        x = spectrum.abs().view(*wave.shape[:2], *spectrum.shape[1:]).to(wave.dtype)  # (B, C, F, N)
        hidden = []
        for layer in self.layers:
            x = F.leaky_relu(layer(x), 0.1)
            hidden.append(x)
        return self.score(x), hidden


class Discriminators(nn.Module):
    """All of them: (B, C, T_wav) → one (score, hidden layers) each."""

    def __init__(self, config: DiscriminatorConfig) -> None:
        super().__init__()
        self.config = config
        self.each = nn.ModuleList(
            [PeriodDiscriminator(config.channels, period, config.period_widths) for period in config.periods]
            + [SpectrogramDiscriminator(config.channels, r, config.spectrogram_width) for r in config.resolutions]
        )

    def forward(self, wave: Tensor) -> list[Judged]:
        """What each discriminator makes of (B, C, T_wav)."""
        return [one(wave) for one in self.each]
