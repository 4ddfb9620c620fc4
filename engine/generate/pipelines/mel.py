"""Sound to and from the latents of AudioLDM's family: log-mel, VAE, vocoder.

The log-mel is the one that the vocoder turns into sound (`engine.models.vocoder_mel`).
"""

import math
from typing import Any

import numpy as np
import torch
from torch import Tensor

from engine.jobs import Context
from engine.models.vocoder_mel import PEAK, VocoderMel

_QUIET = 1e-4


class Mel:
    """The way between sound and latents of one pipeline."""

    def __init__(self, vae: Any, vocoder: Any) -> None:
        config = vocoder.config
        self._vae, self._vocoder = vae, vocoder
        self.rate, self.bins = int(config.sampling_rate), int(config.model_in_dim)
        self.hop = math.prod(config.upsample_rates)
        self.frames_a_latent = 2 ** (len(vae.config.block_out_channels) - 1)
        self._log_mel = VocoderMel(self.rate, self.hop, self.bins)
        self._margin = _reach(config)

    @property
    def samples_a_latent(self) -> int:
        """Samples that one column of latents stands for."""
        return self.hop * self.frames_a_latent

    def spectrogram(self, wave: np.ndarray) -> Tensor:
        """The log-mel (1, 1, T / hop, bins) of mono samples (T,)."""
        x = torch.from_numpy(np.ascontiguousarray(wave, np.float32))
        return torch.as_tensor(self._log_mel(x[None])[:, None])

    def encode(self, wave: np.ndarray) -> Tensor:
        """Latents (1, C, columns, bins / factor) of mono samples at the level that the VAE knows."""
        mel = self.spectrogram(wave * level(wave))
        first = next(self._vae.parameters())
        device = getattr(self._vae, "_hf_hook", None)
        place = device.execution_device if device is not None else first.device
        latents = self._vae.encode(mel.to(place, first.dtype)).latent_dist.mode()
        return torch.as_tensor(latents * self._vae.config.scaling_factor)

    def decode(self, latents: Tensor, frames: int, context: Context, piece: int) -> np.ndarray:
        """Mono samples (frames,) of latents; what is longer than `piece` mel frames is turned into sound by pieces.

        Each piece is made with as much around it as the vocoder reaches, so that they fit together.
        """
        mel = self._vae.decode(1 / self._vae.config.scaling_factor * latents).sample.squeeze(1)
        length = mel.shape[1]
        if length <= piece:
            wave = self._vocoder(mel)
            return np.asarray(wave[0, :frames].cpu().float().numpy())
        parts = []
        for start in range(0, length, piece):
            context.check()
            low, high = max(start - self._margin, 0), min(start + piece + self._margin, length)
            wave = self._vocoder(mel[:, low:high])[0].cpu().float()
            parts.append(wave[(start - low) * self.hop : (min(start + piece, length) - low) * self.hop])
        return np.asarray(torch.cat(parts)[:frames].numpy())


def level(wave: np.ndarray) -> float:
    """What brings the peak to the one that the VAE was trained on; 1 for silence."""
    peak = float(np.abs(wave).max(initial=0.0))
    return PEAK / peak if peak > _QUIET else 1.0


def _reach(config: Any) -> int:
    """How many mel frames on either side a HiFi-GAN vocoder of this shape hears at most."""
    reach, scale = 4.0, 1
    for rate, kernel in zip(config.upsample_rates, config.upsample_kernel_sizes, strict=True):
        reach += kernel / (scale * rate)
        scale *= rate
        wide = max(
            sum((size - 1) / 2 * (dilation + 1) for dilation in dilations)
            for size, dilations in zip(config.resblock_kernel_sizes, config.resblock_dilation_sizes, strict=True)
        )
        reach += wide / scale
    return math.ceil(reach)
