"""How a sound is made, measured without knowing by what: attacks, combs, tuning, envelopes, width, level, recurrence.

All take sound as float arrays at 48 kHz, mono (T,) or mid and side (2, T). Those that compare take the original second.
Definitions and what they say of recordings are the project's own; every window is named where it is used.
"""

import math
from collections.abc import Sequence
from functools import cache

import numpy as np
import scipy.fft
import scipy.ndimage
import scipy.signal
from numpy.typing import NDArray

Sound = NDArray[np.floating]

RATE = 48000
HIGH, LOW = (2000.0, 11000.0), (40.0, 250.0)
"""Bands in which attacks are measured, in Hz."""
_SMOOTHING_MS = {HIGH: 1.0, LOW: 4.0}
_FEWEST_STROKES = 8
_MOST_STROKES = 60
_TEMPERED = 5.0  # cents on either side of a tempered pitch
_FLOOR = 1e-10


def mid_side(stereo: Sound) -> NDArray[np.float64]:
    """Left and right (T, 2), or mono (T, 1), as mid and side (2, T)."""
    left, right = stereo[:, 0], stereo[:, -1]
    return np.stack(((left + right) / 2, (left - right) / 2)).astype(np.float64)


def envelope(wave: Sound, low: float, high: float, smoothing_ms: float) -> NDArray[np.float64]:
    """Root of the power of a band, smoothed by a Hann window that reaches `smoothing_ms` to either side: (T,)."""
    filters = scipy.signal.butter(3, (low, high), "bandpass", fs=RATE, output="sos")
    band = scipy.signal.sosfiltfilt(filters, np.asarray(wave, np.float64))
    window = np.hanning(2 * int(RATE * smoothing_ms / 1000) + 1)[1:-1]
    power = scipy.signal.oaconvolve(band * band, window / window.sum(), "same")
    result: NDArray[np.float64] = np.sqrt(np.maximum(power, 0) + 1e-14)
    return result


def rise_ms(level: Sound, stroke: int) -> float:
    """Milliseconds from a tenth to nine tenths of the highest level near a stroke; NaN for rises of less than 3 dB.

    The level is searched from 40 ms before frame `stroke` to 45 ms after it.
    """
    near = level[max(0, int(stroke - 0.04 * RATE)) : int(stroke + 0.045 * RATE)]
    if len(near) < 0.05 * RATE:
        return math.nan
    peak = int(np.argmax(near))
    lowest = near[: peak + 1].min()
    if near[peak] < 1.41 * lowest:
        return math.nan
    below = np.flatnonzero(near[: peak + 1] <= lowest + 0.9 * (near[peak] - lowest))
    high = int(below[-1]) if len(below) else 0
    below = np.flatnonzero(near[: high + 1] <= lowest + 0.1 * (near[peak] - lowest))
    low = int(below[-1]) if len(below) else 0
    return (high - low) / RATE * 1000


def lone_strokes(strokes: Sequence[int], frames: int) -> list[int]:
    """Those of the strokes (frames) that no other precedes by less than 60 ms, away from both ends; at most 60."""
    inside = sorted({stroke for stroke in strokes if 0.06 * RATE < stroke < frames - 0.1 * RATE})
    lone = [stroke for before, stroke in zip([-RATE, *inside], inside, strict=False) if stroke - before > 0.06 * RATE]
    return lone[:_MOST_STROKES]


def attack_ms(wave: Sound, strokes: Sequence[int], band: tuple[float, float] = HIGH) -> float:
    """Median rise at true strokes (frames) in a band; NaN for fewer than eight strokes."""
    lone = lone_strokes(strokes, len(wave))
    if len(lone) < _FEWEST_STROKES:
        return math.nan
    level = envelope(wave, *band, _SMOOTHING_MS[band])
    rises = [rise for rise in (rise_ms(level, stroke) for stroke in lone) if not math.isnan(rise)]
    return float(np.median(rises)) if rises else math.nan


def found_onsets(wave: Sound) -> list[int]:
    """Frames where the level above 2 kHz rises steeply, for sounds whose true strokes nobody knows."""
    level = np.log(envelope(wave, *HIGH, 2.0)[:: RATE // 1000] + 1e-5)
    rise = np.maximum(level[10:] - level[:-10], 0)
    peaks, _ = scipy.signal.find_peaks(rise, height=0.7, distance=60)
    return [int((peak + 5) * (RATE // 1000)) for peak in peaks]


def comb_db(wave: Sound, rate_hz: float) -> float:
    """How far the first 24 multiples of `rate_hz` stand out of what lies up to 4 Hz beside them, in dB."""
    spectrum = np.abs(np.fft.rfft(wave * np.hanning(len(wave)))) * 4 / len(wave)
    decibels = 20 * np.log10(spectrum + 1e-9)
    frequencies = np.fft.rfftfreq(len(wave), 1 / RATE)
    heights = []
    for multiple in rate_hz * np.arange(1, 25):
        first, last = np.searchsorted(frequencies, (multiple - 4, multiple + 4))
        away = np.abs(frequencies[first:last] - multiple)
        near = decibels[first:last]
        heights.append(near[away < max(0.15, 1.5 * frequencies[1])].max() - np.median(near[away > 0.6]))
    return float(np.mean(heights))


def grid_share(wave: Sound) -> float:
    """Share of the tonal energy from 200 to 2000 Hz within 5 cents of equal temperament at 440 Hz; NaN without any.

    Peaks of 250 ms windows, within 30 dB of the highest, that stand out by 8 dB.
    """
    size = RATE // 4
    fft = 4 << int(math.log2(size))
    first, last = int(200 * fft / RATE), int(2000 * fft / RATE)
    near = total = 0.0
    for start in range(0, len(wave) - size, size // 2):
        spectrum = np.abs(np.fft.rfft(wave[start : start + size] * np.hanning(size), fft))
        decibels = 20 * np.log10(spectrum + 1e-9)
        span = decibels[first:last]
        peaks = scipy.signal.find_peaks(span, height=max(span.max() - 30, -100.0), prominence=8)[0] + first
        before, at, after = decibels[peaks - 1], decibels[peaks], decibels[peaks + 1]
        offset = 0.5 * (before - after) / (before - 2 * at + after - 1e-12)
        pitch = 69 + 12 * np.log2((peaks + offset) * RATE / fft / 440)
        loudness = 10 ** (at / 20)
        near += float(loudness[np.abs(100 * (pitch - np.round(pitch))) < _TEMPERED].sum())
        total += float(loudness.sum())
    return near / total if total else math.nan


@cache
def _mel(fft: int, count: int) -> NDArray[np.float64]:
    """Triangles on Slaney's mel scale (linear to 1 kHz, then logarithmic) from 0 to 12 kHz: (count, fft / 2 + 1)."""
    top = 15 + 27 * math.log(12) / math.log(6.4)  # 12 kHz
    mels = np.linspace(0, top, count + 2)
    centres = np.where(mels < 15, mels * 200 / 3, 1000 * 6.4 ** ((mels - 15) / 27))
    bins = np.fft.rfftfreq(fft, 2 / RATE)
    up = (bins - centres[:-2, None]) / np.diff(centres)[:-1, None]
    down = (centres[2:, None] - bins) / np.diff(centres)[1:, None]
    return np.maximum(0, np.minimum(up, down))


def _magnitudes(wave: Sound, fft: int, hop: int) -> NDArray[np.float32]:
    """(fft / 2 + 1, frames) of Hann windows, the first centred on the first sample."""
    padded = np.pad(np.asarray(wave, np.float32), fft // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, fft)[::hop]
    return np.abs(scipy.fft.rfft(frames * np.hanning(fft + 1)[:-1].astype(np.float32), axis=1)).T


def _log_mels(wave: Sound, fft: int, hop: int, count: int) -> NDArray[np.float64]:
    """Natural logarithms of mel magnitudes up to 12 kHz: (count, frames)."""
    magnitude = _magnitudes(scipy.signal.resample_poly(np.asarray(wave, np.float64), 1, 2), fft, hop)
    logs: NDArray[np.float64] = np.log(np.maximum(_mel(fft, count) @ magnitude, 1e-2 * fft / 2048))
    return logs


def _alike(one: Sound, other: Sound) -> float:
    """Correlation of two envelopes; NaN where one does not change."""
    count = min(len(one), len(other))
    one, other = one[:count], other[:count]
    return float(np.corrcoef(one, other)[0, 1]) if one.std() > _FLOOR and other.std() > _FLOOR else math.nan


def log_mel_distance(wave: Sound, original: Sound) -> tuple[float, float]:
    """Mean distance of log-mel spectra in windows of 85 ms and of 11 ms."""
    distances = []
    for fft, hop, count in ((2048, 512, 80), (256, 60, 24)):
        one, other = (_log_mels(each, fft, hop, count) for each in (wave, original))
        frames = min(one.shape[1], other.shape[1])
        distances.append(float(np.abs(one[:, :frames] - other[:, :frames]).mean()))
    return distances[0], distances[1]


def envelope_likeness(wave: Sound, original: Sound) -> tuple[float, float]:
    """Correlation of the envelopes above 2 kHz (11 ms windows), and from 30 to 500 Hz smoothed over 40 ms.

    Finer envelopes of low sounds see how partials beat, which is phase: two draws of random phases of the same layers
    agree by 0.68 only.
    """
    high = [np.exp(_log_mels(each, 256, 60, 24)[12:]).mean(0) for each in (wave, original)]
    low = [envelope(each, 30, 500, 20)[:: RATE // 1000] for each in (wave, original)]
    return _alike(*high), _alike(*low)


def side_db(sound: Sound) -> float:
    """Level of the side against the mid of (2, T), in dB; −100 where the two channels are one."""
    mid, side = (float(np.mean(np.square(each))) for each in sound)
    return max(10 * math.log10((side + 1e-20) / (mid + _FLOOR)), -100.0)


def level_range_db(wave: Sound) -> float:
    """How far the levels of whole seconds lie apart, in dB."""
    levels = [
        10 * math.log10(float(np.mean(np.square(wave[start : start + RATE]))) + _FLOOR)
        for start in range(0, len(wave) - RATE + 1, RATE)
    ]
    return max(levels) - min(levels) if levels else math.nan


def recurrence(wave: Sound) -> float:
    """How alike what lies 0.8 to 7 s apart is, at the best distance: mean cosine of MFCCs over 85 ms, 0 to 1."""
    logs = _log_mels(wave, 2048, 1024, 40)
    features = scipy.fft.dct(logs, axis=0, norm="ortho")[1:14]
    features = features - features.mean(1, keepdims=True)
    features /= np.maximum(np.linalg.norm(features, axis=0), 1e-9)
    hop = 1024 / (RATE / 2)
    lags = range(round(0.8 / hop), min(round(7.0 / hop), features.shape[1] - 8))
    return max((float((features[:, lag:] * features[:, :-lag]).sum(0).mean()) for lag in lags), default=math.nan)


def percussive_share(wave: Sound) -> float:
    """Share of the energy that is percussive by median filters (Fitzgerald 2010) in 85 ms windows."""
    magnitude = _magnitudes(wave, 4096, 1024)
    harmonic, struck = (scipy.ndimage.median_filter(magnitude, size) ** 2 for size in ((1, 31), (31, 1)))
    energy = np.square(magnitude)
    mask = struck / (harmonic + struck + 1e-20)
    return float((energy * mask**2).sum() / ((energy * mask**2).sum() + (energy * (1 - mask) ** 2).sum() + _FLOOR))


def held_tones(wave: Sound) -> int:
    """How many lines of the spectrum sound on for three quarters of the time: a drone, a hum, a held chord."""
    decibels = 20 * np.log10(_magnitudes(wave, 8192, 2048)[7:700] + 1e-6)
    around = scipy.ndimage.median_filter(decibels, size=(31, 1))
    stands = (decibels - around > 15) & (decibels > decibels.max() - 50)
    lines = stands.mean(axis=1) > 0.75
    return int(np.count_nonzero(lines & ~np.roll(lines, 1)))
