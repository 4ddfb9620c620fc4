"""The log-mel that a HiFi-GAN vocoder of AudioLDM's family turns into sound: magnitudes on Slaney's scale.

From 0 Hz to half the rate, windows of at least six hops, the natural logarithm of at least 1e-5. Their VAEs were
trained on sound whose peak is a half.
"""

import math

import torch
from torch import Tensor, nn
from transformers.audio_utils import mel_filter_bank

PEAK = 0.5
_FLOOR, _QUIET = 1e-5, 1e-4


class VocoderMel(nn.Module):
    """Mono sound to log-mel."""

    filters: Tensor
    window: Tensor

    def __init__(self, rate: int, hop: int, bins: int) -> None:
        """Of a vocoder with that rate in Hz, that many samples a frame, and that many mel bins."""
        super().__init__()
        self.rate, self.hop, self.bins = rate, hop, bins
        self.fft = 2 ** math.ceil(math.log2(6 * hop))
        filters = mel_filter_bank(self.fft // 2 + 1, bins, 0.0, rate / 2, rate, norm="slaney", mel_scale="slaney")
        self.register_buffer("filters", torch.from_numpy(filters).float(), persistent=False)
        self.register_buffer("window", torch.hann_window(self.fft), persistent=False)

    def forward(self, wave: Tensor) -> Tensor:
        """Sound (B, T) → log-mel (B, ⌊T / hop⌋, bins)."""
        spectrum = torch.stft(wave.float(), self.fft, self.hop, window=self.window, return_complex=True).abs()
        mel = spectrum.transpose(1, 2) @ self.filters  # (B, frames, bins)
        return mel.clamp(min=_FLOOR).log()[:, : wave.shape[1] // self.hop]


def at_level(wave: Tensor) -> Tensor:
    """Sounds (B, T), each brought to a peak of a half; silence stays."""
    peak = wave.abs().amax(1, keepdim=True)
    return torch.where(peak > _QUIET, wave * (PEAK / peak.clamp(min=_QUIET)), wave)
