"""Latents to sound: two heads behind one interface, (B, L, D) in, (B, C, L · hop) out."""

from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.models.convnext import ConvNeXtBlock
from engine.models.oscillator_bank import OscillatorBank
from engine.models.vae_config import VaeGanConfig
from engine.models.vae_encoders import ResidualBlock, residual_stages


class HiFiGanHead(nn.Module):
    """Transposed convolutions with residual blocks: (B, L, D) → (B, C, L · hop)."""

    def __init__(self, config: VaeGanConfig) -> None:
        super().__init__()
        widths = (*config.decoder_widths, config.decoder_widths[-1] // 2)
        self.first = nn.Conv1d(config.encoded_width, widths[0], 7, padding=3)
        self.up = nn.ModuleList(
            nn.ConvTranspose1d(a, b, kernel, rate, padding=(rate + 2) // 2, output_padding=(rate + 1) % 2)
            for a, b, kernel, rate in zip(
                widths[:-1], widths[1:], config.decoder_kernels, config.decoder_rates, strict=True
            )
        )
        self.blocks = residual_stages(
            widths[1:], config.decoder_residual_kernels, config.dilations, config.decoder_repeats
        )
        self.last = nn.Conv1d(widths[-1], config.channels, 7, padding=3)
        self.context = self._context(config)

    def _context(self, config: VaeGanConfig) -> int:
        """Latent frames on each side that a sample depends on, from the output back to the input."""
        reach = 3
        for rate, blocks in zip(reversed(config.decoder_rates), reversed(list(self.blocks)), strict=True):
            reach += sum(cast(ResidualBlock, block).reach for block in cast(nn.Sequential, blocks))
            reach = -(-(reach + rate + 1) // rate)
        return reach + 3

    def forward(self, z: Tensor) -> Tensor:
        """(B, L, D) → (B, C, L · hop)."""
        x = self.first(z.transpose(1, 2))  # (B, W, L)
        for up, block in zip(self.up, self.blocks, strict=True):
            x = block(up(F.leaky_relu(x, 0.1)))  # (B, W', T · rate)
        return torch.tanh(self.last(F.leaky_relu(x, 0.1)))


class InverseStftHead(nn.Module):
    """A backbone on the frames of latents predicts each frame's spectrum: (B, L, D) → (B, C, L · hop)."""

    window: Tensor  # (fft,)

    def __init__(self, config: VaeGanConfig) -> None:
        super().__init__()
        self.hop, self.bundle = config.frame_hop, config.bundle
        self.fft, self.channels = config.fft, config.channels
        width, kernel = config.backbone_width, 7 if config.bundle == 1 else 1
        self.first = nn.Conv1d(config.encoded_width, config.bundle * width, kernel, padding=kernel // 2)
        self.norm_first = nn.LayerNorm(width, eps=1e-5)
        self.blocks = nn.ModuleList(
            ConvNeXtBlock(width, config.backbone_expansion, 1 / config.backbone_blocks)
            for _ in range(config.backbone_blocks)
        )
        self.norm_last = nn.LayerNorm(width, eps=1e-5)
        self.spectrum = nn.Linear(width, config.channels * (config.fft + 2))
        self.bank = OscillatorBank(config.tones, width, config.channels, config) if config.tones else None
        self.register_buffer("window", torch.hann_window(config.fft), persistent=False)
        taps = ConvNeXtBlock.KERNEL // 2
        reach = kernel // 2 + taps * config.backbone_blocks + -(-config.fft // config.frame_hop)  # frames
        self.context = -(-reach // config.bundle)

    def forward(self, z: Tensor, number: Tensor | None = None, turn: Tensor | None = None) -> Tensor:
        """(B, L, D) → (B, C, L · hop).

        number: (B, L), the latents' places in their stream, which oscillators need.
        turn: (B, L), the phases by which the spectra of each latent's frames are turned.
        """
        return self.played(z, number, turn)[0]

    def played(
        self, z: Tensor, number: Tensor | None = None, turn: Tensor | None = None
    ) -> tuple[Tensor, Tensor | None]:
        """The sound, and the logarithms of the oscillators' loudness (B, N, C, tones) where there are any."""
        x = self.first(z.transpose(1, 2)).transpose(1, 2)  # (B, L, bundle · W)
        x = self.norm_first(x.reshape(x.shape[0], x.shape[1] * self.bundle, -1))  # (B, N, W), N = L · bundle
        for block in self.blocks:
            x = block(x)
        # phases turn many times: float32 from here on, whatever the precision of the backbone
        weight, bias = self.spectrum.weight.float(), self.spectrum.bias.float()
        x = self.norm_last(x)
        with torch.autocast(x.device.type, enabled=False):
            bins = F.linear(x.float(), weight, bias)  # (B, N, C · (fft + 2))
            bins = bins.view(*bins.shape[:2], self.channels, -1)
            magnitude, phase = bins.chunk(2, dim=-1)  # (B, N, C, fft/2 + 1) each
            magnitude = magnitude.clamp(max=5.0).exp()
            if turn is not None:
                phase = phase + turn.float().repeat_interleave(self.bundle, dim=1)[..., None, None]
            spectra = torch.complex(magnitude * phase.cos(), magnitude * phase.sin())
            frames = torch.fft.irfft(spectra, n=self.fft, dim=-1)  # (B, N, C, fft)
            amplitudes = None
            if self.bank is not None:
                tones, amplitudes = self.bank(x.float(), z, _frame_numbers(z, number, self.bundle))
                frames = frames + tones
        return self._overlap_add(frames), amplitudes

    def _overlap_add(self, frames: Tensor) -> Tensor:
        """Windowed overlap-add, centred, divided by the windows' energy: (B, N, C, fft) → (B, C, N · hop)."""
        batch, length, channels, fft = frames.shape
        window = self.window.float()
        edge = (fft - self.hop) // 2
        total = (length - 1) * self.hop + fft

        def add(parts: Tensor) -> Tensor:  # (n, fft, N) → (n, N · hop)
            folded = F.fold(parts, (1, total), (1, fft), stride=(1, self.hop))  # (n, 1, 1, total)
            return folded[:, 0, 0, edge : edge + length * self.hop]

        wave = add((frames * window).permute(0, 2, 3, 1).flatten(0, 1))  # (B · C, N · hop)
        energy = add((window**2)[None, :, None].expand(1, fft, length))  # (1, N · hop)
        return (wave / energy.clamp(min=1e-6)).view(batch, channels, -1)


def _frame_numbers(z: Tensor, number: Tensor | None, bundle: int) -> Tensor:
    """Which frame of its stream each frame of z (B, L, …) is: (B, L · bundle) float64."""
    if number is None:
        number = torch.arange(z.shape[1], device=z.device).expand(z.shape[0], -1)
    frames = number.double()[..., None] * bundle + torch.arange(bundle, device=z.device)
    return frames.flatten(1)
