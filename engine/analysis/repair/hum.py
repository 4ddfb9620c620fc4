"""Hum of the mains: sines at 50 or 60 Hz and their multiples, which sound from the first to the last moment.

Each multiple is followed as a slowly turning phasor. Music that touches its frequency comes and goes and turns, so the
median of the phasors over many seconds is what the mains add; that sine is taken away and nothing else.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

from engine.analysis.repair.fault import Check, FaultKind, Finding, Samples, level_text

_MAINS = (50.0, 60.0)
_REACH = 0.25  # Hz that the mains, or the recorder's clock, may be off
_WINDOW_S, _HOP_S = 2.0, 0.25
_HIGHEST = 2000.0  # Hz
_LEAST = 3e-5  # amplitude of a multiple, −90 dBFS
_SHORT_S, _QUIET = 0.2, 0.15  # windows short enough to fall between strokes, and the share of them that do
_STEADY = 0.35  # how far phasors may lie from their median, as a share of it
_SLOW_S = 12.0  # over which the median is taken
_ENOUGH_HZ = 6000  # rate at which phasors are measured, or a little above
_SHORTEST_S = 4.0

Phasors = NDArray[np.complex128]


@dataclass(frozen=True, slots=True)
class Hum:
    """The fundamental in Hz, the numbers of the multiples that sound, and their amplitudes (multiples, channels)."""

    frequency: float
    multiples: tuple[int, ...]
    amplitudes: NDArray[np.float64]


def find(samples: Samples, rate: int) -> Finding | None:
    """The hum, where one sounds steadily; None in sounds shorter than `_SHORTEST_S`."""
    if len(samples) < _SHORTEST_S * rate:
        return None
    coarse, coarse_rate = _coarse(samples, rate)
    candidates = [hum for mains in _MAINS if (hum := _hum_at(coarse, coarse_rate, mains)) is not None]
    if not candidates:
        return None
    hum = max(candidates, key=lambda each: float(np.square(each.amplitudes).sum()))
    level = float(np.sqrt(np.square(hum.amplitudes).sum(axis=0).max() / 2))
    harmonics = len(hum.multiples) - (1 in hum.multiples)
    more = f" and {harmonics} harmonic{'s' if harmonics > 1 else ''}" if harmonics else ""
    return Finding(f"{hum.frequency:.1f} Hz{more}, {level_text(level)}".replace(".0 Hz", " Hz"), hum)


def mend(samples: Samples, rate: int, finding: Finding, check: Check) -> Samples:
    """The samples less the sines."""
    hum: Hum = finding.details
    out = samples.astype(np.float64)
    time = np.arange(len(samples)) / rate
    coarse, coarse_rate = _coarse(samples, rate)
    for number, multiple in enumerate(hum.multiples):
        check(number / len(hum.multiples))
        frequency = multiple * hum.frequency
        for channel in range(samples.shape[1]):
            if not hum.amplitudes[number, channel]:
                continue
            times, phasors = _phasors(coarse[:, channel], coarse_rate, frequency)
            slow = _slow(phasors)
            real, imaginary = np.interp(time, times, slow.real), np.interp(time, times, slow.imag)
            wave = 2 * np.pi * frequency * time
            out[:, channel] -= real * np.cos(wave) - imaginary * np.sin(wave)
    return out.astype(np.float32)


def _coarse(samples: Samples, rate: int) -> tuple[Samples, float]:
    """The samples at a lower rate, aligned, and that rate."""
    factor = max(1, rate // _ENOUGH_HZ)
    if factor == 1:
        return samples, rate
    return resample_poly(samples, 1, factor, axis=0).astype(np.float32), rate / factor


def _hum_at(samples: Samples, rate: float, mains: float) -> Hum | None:
    """The hum near a frequency of the mains; None where there is none."""
    mono = samples.mean(axis=1, dtype=np.float64)
    loudest = max(samples.T, key=lambda channel: float(np.square(channel).sum())) if not mono.any() else mono
    frequency = _exact(loudest, rate, mains)
    multiples, amplitudes = [], []
    for multiple in range(1, int(min(_HIGHEST, 0.45 * rate) / mains) + 1):
        levels = [_steady_level(samples[:, channel], rate, multiple * frequency) for channel in range(samples.shape[1])]
        if max(levels) > 0:
            multiples.append(multiple)
            amplitudes.append(levels)
    # one steady sine may be music; the mains come with multiples, of which the first three are the loudest
    if not set(multiples) & {1, 2, 3} or (len(multiples) < 2 and multiples != [1]):
        return None
    return Hum(frequency, tuple(multiples), np.array(amplitudes))


def _exact(channel: NDArray[np.floating], rate: float, mains: float) -> float:
    """The frequency of the hum: by how fast the phasors of its strongest multiples turn."""
    best, turns = 0.0, 0.0
    for multiple in (1, 2, 3, 4, 5, 6):
        times, phasors = _phasors(channel, rate, multiple * mains)
        step = phasors[1:] * np.conj(phasors[:-1])
        turn = np.angle(np.median(step.real) + 1j * np.median(step.imag)) / (2 * np.pi) / (times[1] - times[0])
        strength = float(np.median(np.abs(phasors))) * multiple
        if strength > best and abs(turn) <= _REACH * multiple:
            best, turns = strength, turn / multiple
    return mains + turns


def _steady_level(channel: NDArray[np.floating], rate: float, frequency: float) -> float:
    """The amplitude of a sine that sounds all the time; 0 where it does not."""
    times, phasors = _phasors(channel, rate, frequency)
    middle = complex(np.median(phasors.real), np.median(phasors.imag))
    if abs(middle) < _LEAST:
        return 0.0
    slow = _slow(phasors)
    if np.median(np.abs(slow - phasors)) > _STEADY * abs(middle):
        return 0.0
    # what a loop repeats is as steady as the mains in long windows, but not in the quiet moments of its beats
    moments, short = _phasors(channel, rate, frequency, _SHORT_S)
    size = round(_SHORT_S * rate)
    levels = np.array([np.square(channel[round(m * rate - size / 2) :][:size]).sum() for m in moments])
    quiet = levels <= np.quantile(levels, _QUIET)
    expected = np.interp(moments, times, slow.real) + 1j * np.interp(moments, times, slow.imag)
    away = np.median(np.abs(short - expected)[quiet])
    return abs(middle) if away < 1.5 * _STEADY * abs(middle) else 0.0


def _phasors(
    channel: NDArray[np.floating], rate: float, frequency: float, seconds: float = _WINDOW_S
) -> tuple[NDArray[np.float64], Phasors]:
    """Amplitude and phase of a frequency around moments (s) of a sound: times (T,), phasors (T,)."""
    size, hop = round(seconds * rate), min(_HOP_S, seconds / 2) * rate
    starts = np.unique(np.linspace(0, len(channel) - size, max(2, round((len(channel) - size) / hop))).astype(int))
    window = np.hanning(size + 2)[1:-1]
    wave = np.exp(-2j * np.pi * frequency / rate * np.arange(size)) * window * (2 / window.sum())
    phasors = np.array([wave @ channel[start : start + size] for start in starts])
    phasors *= np.exp(-2j * np.pi * frequency / rate * starts)
    return (starts + size / 2) / rate, phasors


def _slow(phasors: Phasors) -> Phasors:
    """The running median of phasors, over `_SLOW_S`, smoothed."""
    span = min(round(_SLOW_S / _HOP_S), len(phasors)) | 1
    padded = np.pad(phasors, span // 2, mode="reflect" if len(phasors) > span // 2 else "edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, span)
    median: Phasors = np.median(windows.real, axis=1) + 1j * np.median(windows.imag, axis=1)
    return median


HUM = FaultKind("hum", "Hum", "50 or 60 Hz of the mains, and their multiples", find, mend)
