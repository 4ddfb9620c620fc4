"""The layers of a sound in closed form: the strongest partial of each semitone, and what lies between partials.

No phases are kept. All functions take mid and side (B, 2, T), T a whole number of latents, on any device.
"""

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor

from engine.models.layers.bands import (
    CROSSOVER,
    FAST_A_FRAME,
    FAST_BANDS,
    FAST_EDGES,
    FAST_HOP,
    FRAME,
    RATE,
    SILENT,
    SLOT,
    SLOW_BANDS,
    SLOW_HOP,
    fast_powers,
    mel_filters,
    power,
    slow_powers,
    spectra,
)

LOWEST, OSCILLATORS = 24, 96
"""MIDI pitch of the lowest oscillator, and how many there are, one a semitone."""
QUIET = 1e-4
"""Floor of an oscillator's amplitude."""
_EAR = 64  # mel bands of the encoder's input
_RANGES = ((12000, 2048, 0, 24), (12000, 1024, 24, 60), (48000, 2048, 60, 96))  # rate, window, first, last oscillator
_SHARP = (
    (1024, 0, 24, 8192),
    (1024, 24, 60, 4096),
    (512, 60, 96, 2048),
)  # window, first, last, window that it sharpens
_PROMINENT = 1.84  # log power of a peak over the valleys on both sides: 8 dB
_NEVER = -9e9

BAND_VALUES = 2 * (FAST_A_FRAME * FAST_BANDS + SLOW_BANDS)
"""Log powers of all bands of mid and side that a frame has."""
Tones = tuple[Tensor, Tensor, Tensor]
"""Amplitudes, cents and pan, as `tones` gives them."""
INPUTS = 4 * OSCILLATORS + BAND_VALUES + 2 * _EAR
TARGETS = 4 * OSCILLATORS + 2 * BAND_VALUES


def _smoothed(p: Tensor, window: int, hop: int) -> Tensor:
    """(B, frames, k) smoothed in time about as a Hann window of so many samples would: two boxes."""
    size = max(1, round(0.36 * window / hop) | 1)
    q = p.transpose(1, 2)
    for _ in range(2):
        q = F.avg_pool1d(F.pad(q, (size // 2, size // 2), mode="replicate"), size, 1)
    return q.transpose(1, 2)


def _quarter_rate(wave: Tensor) -> Tensor:
    """(n, T) at 48 kHz → (n, T / 4) at 12 kHz."""
    n = torch.arange(-64, 65, device=wave.device).double()
    taps = torch.sinc(n / 4 * 0.9) * torch.hann_window(129, periodic=False, device=wave.device).double()
    return F.conv1d(wave[:, None], (taps / taps.sum()).float()[None, None], stride=4, padding=64)[:, 0]


def _peaks(mid: Tensor, side: Tensor, rate: int, window: int, first: int, last: int) -> tuple[Tensor, Tensor, Tensor]:
    """Amplitude, cents and pan (n, last − first) of the strongest peak of each semitone of spectra (n, bins)."""
    top = int(min(mid.shape[1] - 2, 440 * 2 ** ((LOWEST + last - 68) / 12) * 2 * window / rate + 4)) + 14
    mid, side = mid[:, :top], side[:, :top]
    level = (torch.view_as_real(mid).square().sum(-1) + 1e-16).log()
    a, b, c = level[:, :-2], level[:, 1:-1], level[:, 2:]
    shift = (0.5 * (a - c) / (a - 2 * b + c - 1e-9).clamp(max=-1e-6)).clamp(-20, 20)
    height = (b - 0.25 * (a - c) * shift).clamp(-40, 20)
    valley = -F.max_pool1d(-level[:, None], 8, 1)[:, 0]
    left = F.pad(valley, (8, 7), value=-40.0)[:, : level.shape[1]]
    right = F.pad(valley[:, 1:], (0, 8), value=-40.0)[:, : level.shape[1]]
    stands = b - torch.maximum(left, right)[:, 1:-1] > _PROMINENT
    bins = torch.arange(1, level.shape[1] - 1, device=level.device)
    hertz = (bins + shift.clamp(-0.5, 0.5)) * rate / (2 * window)
    pitch = 69 + 12 * (hertz / 440).clamp_min(1e-3).log2()
    note = pitch.round()
    good = (b > a) & (b >= c) & stands & (note >= LOWEST + first) & (note < LOWEST + last)
    zero = torch.zeros_like(height)
    loud = torch.where(good, (height / 2).exp() * 4 / window, zero)
    index = (note - LOWEST - first).long().clamp(0, last - first - 1)
    best = torch.zeros(len(mid), last - first, device=mid.device).scatter_reduce(1, index, loud, "amax")
    chosen = good & (loud >= best.gather(1, index) * 0.99999)
    m, s = mid[:, 1:-1], side[:, 1:-1]
    pan = (torch.sign((m.conj() * s).real) * s.abs() / m.abs().clamp_min(1e-8)).clamp(-1, 1)
    rows = [best]
    for value in (torch.where(good, 100 * (pitch - note), zero), pan):
        v = torch.where(chosen, value, torch.full_like(value, _NEVER))
        v = torch.zeros_like(best).scatter_reduce(1, index, v, "amax", include_self=False)
        rows.append(torch.where(best > 0, v, torch.zeros_like(v)))
    return rows[0], rows[1], rows[2]


def tones(wave: Tensor) -> Tones:
    """The strongest spectral peak of each semitone of (B, 2, T).

    Returns: amplitudes (B, T / 240, 96); cents off the semitone and pan (side over mid, signed) (B, T / 480, 96).
    """
    batch, count = len(wave), wave.shape[-1] // FRAME
    slow = _quarter_rate(wave.flatten(0, 1)).view(batch, 2, -1)
    parts = []
    for rate, window, first, last in _RANGES:
        z = spectra(wave if rate == RATE else slow, window, FRAME * rate // RATE, 2).transpose(0, 1).flatten(1, 2)
        parts.append(_peaks(z[0], z[1], rate, window, first, last))
    amp, cents, pan = (torch.cat([p[i] for p in parts], 1).view(batch, count, OSCILLATORS) for i in range(3))
    near = F.max_pool1d(amp.amax(2)[:, None], 401, 1, 200)[:, 0, :, None]
    on = ((amp > near * 1e-3) & (amp > 3e-5)).float().transpose(1, 2)  # (B, 96, frames)
    lasting = -F.max_pool1d(-F.pad(on, (2, 2)), 5, 1)  # what lasts five frames at least
    amp = amp * (on * F.max_pool1d(F.pad(lasting, (2, 2)), 5, 1)).transpose(1, 2)
    semitones = torch.arange(OSCILLATORS, device=wave.device) + LOWEST - 69
    hertz = (440 * 2 ** ((semitones + cents / 100) / 12)).repeat_interleave(2, 1)
    amp = amp.repeat_interleave(2, 1)
    sharp = torch.zeros_like(amp)
    for short, first, last, long in _SHARP:  # times how a short window rises against its own smoothing
        highest = 440 * 2 ** ((LOWEST + last - 69) / 12)
        p = power(wave[:, 0], short, SLOT, round(highest * short / RATE) + 2)[:, : 2 * count]
        rise = p / (_smoothed(p, long, SLOT) + 1e-12)
        bins = (hertz[..., first:last] * short / RATE).round().long().clamp(0, rise.shape[-1] - 1)
        sharp[..., first:last] = amp[..., first:last] * rise.gather(2, bins).clamp(1e-4, 8).sqrt()
    return sharp, cents, pan


def between_partials(wave: Tensor) -> tuple[Tensor, Tensor]:
    """Powers of what is no partial, fast (B, 2, T / 96, FAST_BANDS) and slow (B, 2, T / 480, SLOW_BANDS).

    A low quantile of a long window's bins says how loud it is, the short windows when.
    """
    p = power(wave, 4096, FRAME)  # (B, 2, frames, bins)
    hertz = RATE / 4096
    floors = []
    for low, high in pairwise(FAST_EDGES):
        band = p[..., round(low / hertz) : round(high / hertz)]
        whole = band.sum(-1)
        if low < 8000:
            quantile = _quantile(band, 0.1 if low < 2000 else 0.25)
            whole = torch.minimum(3.48 * quantile * band.shape[-1], whole)
        floors.append(whole)
    fast = torch.stack(floors, -1).repeat_interleave(FAST_A_FRAME, 2)
    e = fast_powers(wave)
    fast = fast * (e / (_smoothed(e.flatten(0, 1), 4096, FAST_HOP).view(e.shape) + 1e-12)).clamp(0.01, 8)
    width = CROSSOVER / SLOW_BANDS / hertz
    below = p[..., : round(CROSSOVER / hertz) + 12]
    padded = torch.cat((below[..., 1:11].flip(-1), below), -1)
    slow = []
    for band_number in range(SLOW_BANDS):
        centre = 10 + round((band_number + 0.5) * width)
        slow.append(3.48 * _quantile(padded[..., centre - 10 : centre + 11], 0.1) * width)
    e = slow_powers(wave)
    low_floor = torch.minimum(torch.stack(slow, -1), e)
    shape = (e / (_smoothed(e.flatten(0, 1), 4096, SLOW_HOP).view(e.shape) + 1e-12)).clamp(0.01, 8)
    return fast, low_floor * shape


def _quantile(values: Tensor, share: float) -> Tensor:
    """Along the last axis, without interpolation."""
    return values.kthvalue(max(1, round(share * values.shape[-1])), dim=-1).values


def by_frame(fast: Tensor, slow: Tensor) -> Tensor:
    """Half the log powers of bands, frame by frame: (B, frames, BAND_VALUES)."""
    batch, frames = slow.shape[0], slow.shape[2]
    rows = [((p + SILENT).log() / 2).transpose(1, 2).reshape(batch, frames, -1) for p in (fast, slow)]
    return torch.cat(rows, -1)


def powers_of(values: Tensor) -> tuple[Tensor, Tensor]:
    """The other way: powers, fast (B, 2, 5 · frames, FAST_BANDS) and slow (B, 2, frames, SLOW_BANDS)."""
    batch, frames = values.shape[:2]
    p = (2 * values.clamp(max=3)).exp()
    fast = p[..., : 2 * FAST_A_FRAME * FAST_BANDS].reshape(batch, frames * FAST_A_FRAME, 2, FAST_BANDS)
    slow = p[..., 2 * FAST_A_FRAME * FAST_BANDS :].reshape(batch, frames, 2, SLOW_BANDS)
    return fast.transpose(1, 2), slow.transpose(1, 2)


def _log_amplitudes(amp: Tensor, frames: int) -> Tensor:
    return (amp + QUIET).log().view(len(amp), frames, -1)


@torch.no_grad()
def encoder_input(wave: Tensor, known_tones: Tones | None = None) -> Tensor:
    """What the encoder sees of a sound (B, 2, T), whose tones may be known: (B, T / 480, INPUTS)."""
    batch, frames = len(wave), wave.shape[-1] // FRAME
    amp, cents, pan = tones(wave) if known_tones is None else known_tones
    on = amp.view(batch, frames, 2, OSCILLATORS).amax(2) > 2 * QUIET
    bands = by_frame(fast_powers(wave), slow_powers(wave))
    ear = (power(wave[:, 0], 1024, SLOT) @ mel_filters(1024, _EAR, wave.device)).reshape(batch, frames, -1)
    logs = _log_amplitudes(amp, frames) / 2 + 3
    return torch.cat((logs, cents / 50 * on, pan * on, bands / 2 + 4, (ear + 1e-9).log() / 4 + 3), -1)


@torch.no_grad()
def targets(wave: Tensor, drums: Tensor) -> Tensor:
    """The layers of a sound whose drums are known, both (B, 2, T): (B, T / 480, TARGETS).

    Oscillators are the partials of what is left without drums; noise is what lies between these, and the drums.
    """
    frames, rest = wave.shape[-1] // FRAME, wave - drums
    amp, cents, pan = tones(rest)
    fast, slow = between_partials(rest)
    everything = by_frame(fast_powers(wave), slow_powers(wave))
    noise = by_frame(fast + fast_powers(drums), slow + slow_powers(drums))
    return torch.cat((_log_amplitudes(amp, frames), cents, pan, everything, noise), -1)
