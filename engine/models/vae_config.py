"""Formats and sizes of the audio VAE-GAN (see `engine.models.vaegan`)."""

import math
from dataclasses import dataclass
from enum import StrEnum

from engine.errors import ModelError


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
        ModelError: frames are bundled where there are none, or oscillators have no head to play in.
    """

    rate: int = 24000
    channels: int = 1  # C
    latent_width: int = 16  # D
    fine: int = 0  # latents beside them that diffusion does not see
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
    tones: int = 0  # oscillators of the decoder

    def __post_init__(self) -> None:
        if self.bundle != 1 and (self.front, self.head) != (Front.FRAMES, Head.ISTFT):
            raise ModelError(f"{self.bundle} frames into a latent take the front “frames” and the head “istft”.")
        if self.tones and self.head is not Head.ISTFT:
            raise ModelError("Oscillators take the head “istft”.")

    @property
    def frame_hop(self) -> int:
        """Samples a frame of the backbones."""
        return math.prod(self.strides)

    @property
    def hop(self) -> int:
        """Samples a latent."""
        return self.frame_hop * self.bundle

    @property
    def encoded_width(self) -> int:
        """D and the fine latents."""
        return self.latent_width + self.fine

    @property
    def turned(self) -> bool:
        """Whether a decoder without fine latents gives each latent's frames a phase of their own (see `vaegan`)."""
        return self.fine > 0 and self.bundle > 1

    @property
    def frame_rate(self) -> float:
        """Latents a second."""
        return self.rate / self.hop


PRESETS: dict[str, VaeGanConfig] = {
    "paper": VaeGanConfig(),
    "starter": VaeGanConfig(
        latent_width=48,
        fine=128,
        gain=2.91,
        strides=(3, 4, 4, 4),
        bundle=5,
        front=Front.FRAMES,
        head=Head.ISTFT,
        backbone_width=256,
        backbone_blocks=6,
        fft=768,
        tones=84,
    ),
    "tiny": VaeGanConfig(
        latent_width=8,
        fine=4,
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
        tones=12,
    ),
}
