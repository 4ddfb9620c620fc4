"""The losses of the five recipes, as plain functions of tensors.

Letters: B batch, C channels, T samples, F frequencies, N frames, D width. Sources: MeLoDy, section 4.1 and appendix B
(weights and resolutions); HiFi-GAN (least-squares GAN, feature matching); MuLan (symmetric contrastive loss).
"""

from collections.abc import Sequence
from functools import lru_cache

import torch
from torch import Tensor
from torch.nn import functional as F

from engine.models.joint_embedding import mel_filters
from engine.models.oscillator_bank import semitone_filters

STFT_SIZES = (8192, 4096, 2048, 512, 128, 64, 32)
"""FFT sizes of the multi-resolution STFT loss; the window is half of each, the hop half of the window."""

GAN_WEIGHTS = {"stft": 50.0, "features": 20.0, "adversarial": 1.0, "kl": 0.005}
"""Weights of the VAE-GAN's losses in the paper."""


@lru_cache(maxsize=64)
def _hann(length: int, device: torch.device) -> Tensor:
    return torch.hann_window(length, device=device)


def spectrogram(wave: Tensor, size: int, hop: int, window: int) -> Tensor:
    """The complex STFT of `wave` (…, T): (…, F, N) in complex64, Hann window, reflected at the ends."""
    flat = wave.float().reshape(-1, wave.shape[-1])  # (B·C, T)
    spectrum = torch.stft(flat, size, hop, window, _hann(window, wave.device), return_complex=True)
    return spectrum.reshape(*wave.shape[:-1], *spectrum.shape[-2:])


def stft_loss(decoded: Tensor, wave: Tensor, sizes: Sequence[int] = STFT_SIZES, *, phase: float = 0.0) -> Tensor:
    """Mean over resolutions of the L1 distance of magnitudes, of (B, C, T) against (B, C, T).

    `phase` weighs an added L1 distance of the complex spectra, which magnitudes alone leave free.
    """
    total = wave.new_zeros((), dtype=torch.float32)
    for size in sizes:
        window = size // 2
        if wave.shape[-1] <= size // 2:
            continue
        ours = spectrogram(decoded, size, window // 2, window)
        theirs = spectrogram(wave, size, window // 2, window)
        total = total + F.l1_loss(_magnitude(ours), _magnitude(theirs))
        if phase:
            total = total + phase * (torch.view_as_real(ours) - torch.view_as_real(theirs)).abs().mean()
    return total / len(sizes)


def _magnitude(spectrum: Tensor) -> Tensor:
    # abs() of a complex zero has no gradient; the floor is 90 dB below a full-scale sine of the smallest window
    return torch.view_as_real(spectrum).square().sum(-1).clamp_min(1e-9).sqrt()


@lru_cache(maxsize=8)
def _mel(rate: int, size: int, bands: int, device: torch.device) -> Tensor:
    return mel_filters(rate, size, bands).T.contiguous().to(device)  # (bands, size/2 + 1)


def log_mel(
    wave: Tensor, rate: int, *, bands: int = 80, size: int = 2048, hop: int | None = None, floor: float = 1e-5
) -> Tensor:
    """Natural logarithm of the mel magnitudes of (…, T): (…, bands, N); by default, hop is a quarter of `size`."""
    magnitude = spectrogram(wave, size, hop or size // 4, size).abs()
    with torch.autocast(wave.device.type, enabled=False):
        return torch.matmul(_mel(rate, size, bands, wave.device), magnitude).clamp_min(floor).log()


@lru_cache(maxsize=8)
def _semitones(rate: int, size: int, low: float, count: int, device: torch.device) -> Tensor:
    return semitone_filters(rate, size, low, count).to(device)


def semitones(
    wave: Tensor, rate: int, *, low: float = 55.0, count: int = 72, size: int = 4096, hop: int | None = None
) -> Tensor:
    """Magnitudes near `count` semitones from `low` Hz up, of (…, T): (…, count, N)."""
    magnitude = spectrogram(wave, size, hop or size // 4, size).abs()
    with torch.autocast(wave.device.type, enabled=False):
        return torch.matmul(_semitones(rate, size, low, count, wave.device), magnitude)


def kl_loss(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL divergence of N(mean, exp(log_variance)) from N(0, I), mean over all elements."""
    return 0.5 * (mean.square() + log_variance.exp() - 1.0 - log_variance).mean()


def discriminator_loss(real: Sequence[Tensor], fake: Sequence[Tensor]) -> Tensor:
    """Least squares: real scores towards 1, fake ones towards 0; mean over discriminators."""
    losses = [(1 - r.float()).square().mean() + f.float().square().mean() for r, f in zip(real, fake, strict=True)]
    return torch.stack(losses).mean()


def adversarial_loss(fake: Sequence[Tensor]) -> Tensor:
    """Least squares: the generator wants its scores at 1; mean over discriminators."""
    return torch.stack([(1 - f.float()).square().mean() for f in fake]).mean()


def feature_loss(real: Sequence[Sequence[Tensor]], fake: Sequence[Sequence[Tensor]]) -> Tensor:
    """L1 distance of hidden activations, averaged over the layers of each discriminator and over discriminators."""
    means = [
        torch.stack([F.l1_loss(f.float(), r.detach().float()) for r, f in zip(rs, fs, strict=True)]).mean()
        for rs, fs in zip(real, fake, strict=True)
    ]
    return torch.stack(means).mean()


def contrastive_loss(audio: Tensor, text: Tensor, log_temperature: Tensor, spared: Tensor | None = None) -> Tensor:
    """Symmetric cross-entropy of (B, D) unit vectors of pairs against all others in the batch, but for those `spared`.

    spared: (B, B) bool, audio by text: pairs that are no contrast, such as two crops of one piece.
    """
    with torch.autocast(audio.device.type, enabled=False):  # near pairs differ by less than bfloat16 can tell
        logits = audio.float() @ text.float().T * log_temperature.float().exp()  # (B, B)
        if spared is not None:
            logits = logits.masked_fill(spared, -1e4)
    target = torch.arange(len(audio), device=audio.device)
    return 0.5 * (F.cross_entropy(logits, target) + F.cross_entropy(logits.T, target))


def si_sdr(estimate: Tensor, reference: Tensor) -> Tensor:
    """Scale-invariant signal-to-distortion ratio in dB over the last axis: (…, T) → (…)."""
    estimate = estimate - estimate.mean(-1, keepdim=True)
    reference = reference - reference.mean(-1, keepdim=True)
    energy = reference.square().sum(-1, keepdim=True).clamp_min(1e-12)
    target = (estimate * reference).sum(-1, keepdim=True) / energy * reference
    error = (estimate - target).square().sum(-1).clamp_min(1e-12)
    return 10 * torch.log10(target.square().sum(-1).clamp_min(1e-12) / error)
