"""Spectra and bands of sound at 48 kHz: windows of 4 ms above 1375 Hz, of 40 ms with narrow bands below.

Noise needs short windows where attacks are heard, and narrow bands where the partials of low notes lie apart: a band of
250 Hz would fill the gaps between them.
"""

import math
from functools import lru_cache

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

RATE = 48000
FRAME, SLOT, LATENT = 480, 240, 960
"""Samples of a frame, a slot and a latent."""
FAST_HOP, SLOW_HOP = 96, FRAME
FAST_WINDOW, SLOW_WINDOW = 192, 1920
FAST_A_FRAME = FRAME // FAST_HOP
CROSSOVER = 1375.0
SLOW_BANDS = 22  # of 62.5 Hz
SILENT = 1e-10
"""Floor of a band's power."""


def _fast_edges() -> list[float]:
    """About equal steps of hearing from the crossover up, none narrower than a bin of the short window, 250 Hz."""
    scale = 21.4 * math.log10(1 + 0.00437 * 24000)
    edges = [CROSSOVER]
    for place in np.linspace(0, scale, 34)[1:]:
        hertz = round(float((10 ** (place / 21.4) - 1) / 0.00437) / 250) * 250.0 + 125
        if hertz - edges[-1] >= 250:
            edges.append(hertz)
    edges[-1] = 24125.0
    return edges


FAST_EDGES = tuple(_fast_edges())
FAST_BANDS = len(FAST_EDGES) - 1


@lru_cache(maxsize=32)
def bands_of_bins(window: int, device: torch.device) -> Tensor:
    """Which band each bin of a window belongs to, one-hot: (window / 2 + 1, bands). Slow or fast by the window."""
    frequencies = np.fft.rfftfreq(window, 1 / RATE)
    if window == FAST_WINDOW:
        which = np.searchsorted(FAST_EDGES, frequencies, "right") - 1
        inside, count = which >= 0, FAST_BANDS
    else:
        which = np.floor(frequencies / (CROSSOVER / SLOW_BANDS)).astype(int)
        inside, count = which < SLOW_BANDS, SLOW_BANDS
    with torch.inference_mode(False):
        table = F.one_hot(torch.from_numpy(which.clip(0, count - 1)), count).float()
        return (table * torch.from_numpy(inside)[:, None]).to(device)


@lru_cache(maxsize=32)
def window_of(size: int, device: torch.device) -> Tensor:
    """A Hann window."""
    with torch.inference_mode(False):
        return torch.hann_window(size, device=device)


def spectra(wave: Tensor, window: int, hop: int, padded: int = 1) -> Tensor:
    """(..., T) → complex (..., T / hop, bins); frame i is centred on i + 1/2 hops; `padded` times as many bins."""
    frames = F.pad(wave, (window // 2 - hop // 2, window // 2 + hop)).unfold(-1, window, hop)
    frames = frames[..., : wave.shape[-1] // hop, :] * window_of(window, wave.device)
    return torch.fft.rfft(frames, window * padded)


def power(wave: Tensor, window: int, hop: int, bins: int | None = None) -> Tensor:
    """Power spectra whose sum over bins is the mean square of the sound: (..., T / hop, bins); all or the first."""
    scale = 2 / (window * float(window_of(window, wave.device).square().sum()))
    return torch.view_as_real(spectra(wave, window, hop)[..., :bins]).square().sum(-1) * scale


def fast_powers(wave: Tensor) -> Tensor:
    """(..., T) → (..., T / 96, FAST_BANDS)."""
    return power(wave, FAST_WINDOW, FAST_HOP) @ bands_of_bins(FAST_WINDOW, wave.device)


def slow_powers(wave: Tensor) -> Tensor:
    """(..., T) → (..., T / 480, SLOW_BANDS)."""
    return power(wave, SLOW_WINDOW, SLOW_HOP) @ bands_of_bins(SLOW_WINDOW, wave.device)


@lru_cache(maxsize=16)
def mel_filters(fft: int, count: int, device: torch.device, low: float = 30.0, high: float = 18000.0) -> Tensor:
    """Triangles on the mel scale: (fft / 2 + 1, count)."""
    hertz = np.fft.rfftfreq(fft, 1 / RATE)
    centres = 700 * (10 ** np.linspace(np.log10(1 + low / 700), np.log10(1 + high / 700), count + 2) - 1)
    up = (hertz[:, None] - centres[:-2]) / np.diff(centres)[:-1]
    down = (centres[2:] - hertz[:, None]) / np.diff(centres)[1:]
    with torch.inference_mode(False):
        return torch.from_numpy(np.maximum(0, np.minimum(up, down)).astype(np.float32)).to(device)


def to_mid_side(stereo: Tensor) -> Tensor:
    """Left and right (B, 2, T) as mid and side, and the other way round twice as loud."""
    left, right = stereo[:, 0], stereo[:, -1]
    return torch.stack(((left + right) / 2, (left - right) / 2), dim=1)


def to_left_right(mid_side: Tensor) -> Tensor:
    """Mid and side (B, 2, T) as left and right."""
    mid, side = mid_side[:, 0], mid_side[:, 1]
    return torch.stack((mid + side, mid - side), dim=1)
