"""The audio VAE-GAN: waveform ↔ latents (Lam et al. 2023, section 4.1; HiFi-GAN, Kong 2020; Vocos, Siuzdak 2023).

Encoder: strided convolutions with residual blocks, last layer mean and log-variance. Decoder: one of two heads behind
one interface, latents (B, L, D) in, waveform (B, C, T_wav) out: `HiFiGanHead` (transposed convolutions) or
`InverseStftHead` (ConvNeXt blocks at the latent rate, then an inverse STFT), which is many times cheaper on a CPU.

The latent that diffusion sees is z = gain · clamp(z_raw / 3, −1, 1), in the paper without the gain; `encode` returns it
and `decode` undoes the scale.

`paper`: 24 kHz mono, strides 2·3·4·4 (hop 96, 250 Hz), the stated widths and kernels; HiFi-GAN residual blocks (kernels
3, 7, 11 × dilations 1, 3, 5), four in a row in the encoder and two in the decoder, which comes nearest to the stated
40 + 60.1 M without leaving whole blocks: see the test for the count. `starter`: backbones of width 256 on frames of 192
samples, 3 ConvNeXt blocks in the encoder and 6 in the decoder, to which a second of sound costs 0.8 GFLOP; five frames
share a latent of width 128. Over 40 ms a tone is a few large numbers, not a wave to be followed through frames of 8 ms:
half of the principal components of five frames of 125 Hz latents held 93 % of their energy. With its gain latents
have a spread of 0.7; at a third of that, as in the paper, five of six of diffusion's angles are mostly noise.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.errors import ModelError

LATENT_SCALE = 3.0


class Front(StrEnum):
    """How sound becomes latents."""

    STRIDED = "strided"
    FRAMES = "frames"


class Head(StrEnum):
    """How latents become sound."""

    HIFIGAN = "hifigan"
    ISTFT = "istft"


@dataclass(frozen=True)
class VaeGanConfig:
    """Format and sizes. The hop is the product of `strides`, times the frames that share a latent.

    Raises:
        ModelError: frames are bundled where there are none.
    """

    rate: int = 24000
    channels: int = 1  # C
    latent_width: int = 16  # D
    gain: float = 1.0  # of what diffusion sees
    strides: tuple[int, ...] = (2, 3, 4, 4)
    bundle: int = 1  # frames that share a latent: with `FRAMES` and `ISTFT` only
    encoder_widths: tuple[int, ...] = (32, 64, 128, 256)
    encoder_kernels: tuple[int, ...] = (5, 7, 9, 9)
    encoder_residual_kernels: tuple[int, ...] = (3, 7, 11)
    encoder_repeats: int = 4
    front: Front = Front.STRIDED
    encoder_blocks: int = 3  # of the frames' backbone
    head: Head = Head.HIFIGAN
    decoder_rates: tuple[int, ...] = (4, 4, 3, 2)  # HiFi-GAN only, with the three below
    decoder_widths: tuple[int, ...] = (768, 384, 192, 96)
    decoder_kernels: tuple[int, ...] = (9, 9, 7, 5)
    decoder_residual_kernels: tuple[int, ...] = (3, 7, 11)
    decoder_repeats: int = 2
    dilations: tuple[int, ...] = (1, 3, 5)
    backbone_width: int = 512  # inverse STFT only, with the three below
    backbone_blocks: int = 8
    backbone_expansion: int = 3
    fft: int = 384  # window of the inverse STFT, a multiple of 4 frames' hops

    def __post_init__(self) -> None:
        if self.bundle != 1 and (self.front, self.head) != (Front.FRAMES, Head.ISTFT):
            raise ModelError(f"{self.bundle} frames into a latent take the front “frames” and the head “istft”.")

    @property
    def frame_hop(self) -> int:
        """Samples a frame of the backbones."""
        return math.prod(self.strides)

    @property
    def hop(self) -> int:
        """Samples a latent."""
        return self.frame_hop * self.bundle

    @property
    def frame_rate(self) -> float:
        """Latents a second."""
        return self.rate / self.hop


PRESETS: dict[str, VaeGanConfig] = {
    "paper": VaeGanConfig(),
    "starter": VaeGanConfig(
        latent_width=128,
        gain=2.91,
        strides=(3, 4, 4, 4),
        bundle=5,
        front=Front.FRAMES,
        head=Head.ISTFT,
        backbone_width=256,
        backbone_blocks=6,
        fft=768,
    ),
    "tiny": VaeGanConfig(
        latent_width=8,
        strides=(3, 4, 4, 4),
        encoder_widths=(4, 4, 8, 8),
        encoder_kernels=(7, 9, 9, 9),
        encoder_residual_kernels=(3,),
        encoder_repeats=1,
        head=Head.ISTFT,
        decoder_rates=(4, 4, 4, 3),
        decoder_widths=(16, 16, 8, 8),
        decoder_kernels=(9, 9, 9, 7),
        decoder_residual_kernels=(3,),
        decoder_repeats=1,
        dilations=(1, 3),
        backbone_width=32,
        backbone_blocks=2,
        fft=768,
    ),
}


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
        self.blocks = nn.ModuleList(
            nn.Sequential(
                *(
                    ResidualBlock(width, config.encoder_residual_kernels, config.dilations)
                    for _ in range(config.encoder_repeats)
                )
            )
            for width in widths[1:]
        )
        self.last = nn.Conv1d(widths[-1], 2 * config.latent_width, 3, padding=1)

    def forward(self, wave: Tensor) -> tuple[Tensor, Tensor]:
        """(B, C, T_wav) → mean and log-variance (B, L, D)."""
        x = self.first(wave)  # (B, W, T_wav)
        for down, block in zip(self.down, self.blocks, strict=True):
            x = block(down(F.leaky_relu(x, 0.1)))  # (B, W', ⌈T / stride⌉)
        mean, log_variance = self.last(F.leaky_relu(x, 0.1)).transpose(1, 2).chunk(2, dim=-1)  # (B, L, D) each
        return mean, log_variance.clamp(-20, 10)


class HiFiGanHead(nn.Module):
    """Transposed convolutions with residual blocks: (B, L, D) → (B, C, L · hop)."""

    def __init__(self, config: VaeGanConfig) -> None:
        super().__init__()
        widths = (*config.decoder_widths, config.decoder_widths[-1] // 2)
        self.first = nn.Conv1d(config.latent_width, widths[0], 7, padding=3)
        self.up = nn.ModuleList(
            nn.ConvTranspose1d(a, b, kernel, rate, padding=(rate + 2) // 2, output_padding=(rate + 1) % 2)
            for a, b, kernel, rate in zip(
                widths[:-1], widths[1:], config.decoder_kernels, config.decoder_rates, strict=True
            )
        )
        self.blocks = nn.ModuleList(
            nn.Sequential(
                *(
                    ResidualBlock(width, config.decoder_residual_kernels, config.dilations)
                    for _ in range(config.decoder_repeats)
                )
            )
            for width in widths[1:]
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


class ConvNeXtBlock(nn.Module):
    """Depthwise convolution over time, then a two-layer MLP on channels, scaled: (B, L, W) → (B, L, W)."""

    KERNEL = 7

    def __init__(self, width: int, expansion: int, scale: float) -> None:
        super().__init__()
        self.taps = nn.Parameter(torch.empty(self.KERNEL, width).normal_(std=self.KERNEL**-0.5))
        self.norm = nn.LayerNorm(width, eps=1e-5)
        self.inner, self.outer = nn.Linear(width, expansion * width), nn.Linear(expansion * width, width)
        self.scale = nn.Parameter(torch.full((width,), scale))

    def forward(self, x: Tensor) -> Tensor:
        """(B, L, W) → (B, L, W)."""
        length = x.shape[1]
        padded = F.pad(x, (0, 0, self.KERNEL // 2, self.KERNEL // 2))
        # seven shifted multiply-adds: on a CPU several times faster, forwards and backwards, than a grouped convolution
        y = padded[:, :length] * self.taps[0]
        for tap in range(1, self.KERNEL):
            y = torch.addcmul(y, padded[:, tap : tap + length], self.taps[tap])
        return torch.addcmul(x, self.outer(F.gelu(self.inner(self.norm(y)))), self.scale)


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
        self.last = nn.Linear(config.bundle * width, 2 * config.latent_width)
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
        mean, log_variance = self.last(x).chunk(2, dim=-1)  # (B, L, D) each
        return mean, log_variance.clamp(-20, 10)


class InverseStftHead(nn.Module):
    """A backbone on the frames of latents predicts each frame's spectrum: (B, L, D) → (B, C, L · hop)."""

    window: Tensor  # (fft,)

    def __init__(self, config: VaeGanConfig) -> None:
        super().__init__()
        self.hop, self.bundle = config.frame_hop, config.bundle
        self.fft, self.channels = config.fft, config.channels
        width, kernel = config.backbone_width, 7 if config.bundle == 1 else 1
        self.first = nn.Conv1d(config.latent_width, config.bundle * width, kernel, padding=kernel // 2)
        self.norm_first = nn.LayerNorm(width, eps=1e-5)
        self.blocks = nn.ModuleList(
            ConvNeXtBlock(width, config.backbone_expansion, 1 / config.backbone_blocks)
            for _ in range(config.backbone_blocks)
        )
        self.norm_last = nn.LayerNorm(width, eps=1e-5)
        self.spectrum = nn.Linear(width, config.channels * (config.fft + 2))
        self.register_buffer("window", torch.hann_window(config.fft), persistent=False)
        taps = ConvNeXtBlock.KERNEL // 2
        reach = kernel // 2 + taps * config.backbone_blocks + -(-config.fft // config.frame_hop)  # frames
        self.context = -(-reach // config.bundle)

    def forward(self, z: Tensor) -> Tensor:
        """(B, L, D) → (B, C, L · hop)."""
        x = self.first(z.transpose(1, 2)).transpose(1, 2)  # (B, L, bundle · W)
        x = self.norm_first(x.reshape(x.shape[0], x.shape[1] * self.bundle, -1))  # (B, N, W), N = L · bundle
        for block in self.blocks:
            x = block(x)
        # phases turn many times: float32 from here on, whatever the precision of the backbone
        weight, bias = self.spectrum.weight.float(), self.spectrum.bias.float()
        with torch.autocast(x.device.type, enabled=False):
            bins = F.linear(self.norm_last(x).float(), weight, bias)  # (B, N, C · (fft + 2))
            bins = bins.view(*bins.shape[:2], self.channels, -1)
            magnitude, phase = bins.chunk(2, dim=-1)  # (B, N, C, fft/2 + 1) each
            magnitude = magnitude.clamp(max=5.0).exp()
            spectra = torch.complex(magnitude * phase.cos(), magnitude * phase.sin())
        return self._overlap_add(torch.fft.irfft(spectra, n=self.fft, dim=-1))

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


class VaeGan(nn.Module):
    """Encoder and decoder. `mean_std` latents are unscaled; `encode` and `decode` speak the diffusion's scale."""

    def __init__(self, config: VaeGanConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = (FrameEncoder if config.front is Front.FRAMES else Encoder)(config)
        self.decoder = (InverseStftHead if config.head is Head.ISTFT else HiFiGanHead)(config)

    @property
    def context(self) -> int:
        """Latent frames on each side that a decoded sample depends on."""
        return self.decoder.context

    def posterior(self, wave: Tensor) -> tuple[Tensor, Tensor]:
        """Mean and log-variance of z_raw: (B, C, T_wav) → (B, L, D) each."""
        mean, log_variance = self.encoder(wave)
        return mean, log_variance

    def encode(self, wave: Tensor, noise: Tensor | None = None) -> Tensor:
        """The scaled latent of (B, C, T_wav): sampled with `noise` (B, L, D), or the mean without."""
        z, log_variance = self.posterior(wave)
        if noise is not None:
            z = z + (0.5 * log_variance).exp() * noise
        return self.scale(z)

    def decode(self, z: Tensor) -> Tensor:
        """Sound of scaled latents (B, L, D): (B, C, L · hop)."""
        z_raw = LATENT_SCALE / self.config.gain * z
        wave: Tensor = self.decoder(z_raw.to(self.decoder.first.weight.dtype)).float()
        return wave

    def scale(self, z_raw: Tensor) -> Tensor:
        """Onto the diffusion's scale: z = gain · clamp(z_raw / 3, −1, 1)."""
        return self.config.gain * (z_raw / LATENT_SCALE).clamp(-1, 1)

    def forward(self, wave: Tensor, noise: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """For training: the reconstruction (B, C, L · hop) of (B, C, T_wav), the mean and the log-variance (B, L, D).

        The decoder gets the sampled, unclamped latent, through which the gradient reaches the encoder.
        """
        mean, log_variance = self.encoder(wave)
        z = mean + (0.5 * log_variance).exp() * noise
        return self.decoder(z), mean, log_variance
