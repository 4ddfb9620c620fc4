"""Drums apart from what sounds on: by the shapes that they leave in a spectrogram, without a model's weights.

A stroke is a line across frequencies, a tone a line along time. Medians along either direction keep the one and not
the other (FitzGerald, “Harmonic/percussive separation using median filtering”, DAFx 2010, sections 2 and 3; soft masks
as there, with a power of 1.5).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import median_filter
from scipy.signal import get_window

from engine.audio import Audio

WINDOW_S = 0.085
"""Of a spectrum; four overlap."""
TONE_S, STROKE_HZ, LOW_STROKE_HZ = 0.2, 500.0, 80.0
"""What the medians span: tones are longer than half of the first, strokes broader than half of the others."""
LOW_HZ = 300.0
"""Below it strokes are as narrow as a bass drum's. With `_POWER`, found on six composed pieces."""
_POWER = 1.5
_PIECE = 1024  # columns of the spectrogram that are worked on at a time
_OVERLAP = 4


@dataclass(frozen=True, slots=True)
class Separated:
    """A sound as drums and the rest; the two add up to it, sample by sample."""

    drums: Audio
    harmonic: Audio


def separate(audio: Audio, check: Callable[[float], None] = lambda share: None) -> Separated:
    """Drums and harmonic sound of `audio`, each of its length, rate and channels.

    Both channels are cut by the same mask, so that what stood in the middle stands there still. Spectra are made
    a piece at a time, with what surrounds it, so that memory holds the sound a few times and no spectrogram.

    Args:
        audio: samples (frames, channels) float32.
        check: is called with the share done, and may raise to stop.
    """
    samples = np.asarray(audio.samples, np.float32)
    drums = np.zeros_like(samples)
    size = 1 << round(math.log2(WINDOW_S * audio.rate))
    hop = size // _OVERLAP
    window = get_window("hann", size).astype(np.float32)
    spans = (
        _odd(TONE_S * audio.rate / hop),
        _odd(STROKE_HZ * size / audio.rate),
        _odd(LOW_STROKE_HZ * size / audio.rate),
    )
    lows = round(LOW_HZ * size / audio.rate)
    columns = math.ceil(len(samples) / hop) + _OVERLAP - 1  # each frame lies in four of them
    padded = np.pad(samples, ((size - hop, columns * hop - len(samples) + size), (0, 0)))
    out = np.zeros_like(padded)
    around = spans[0] // 2
    for first in range(0, columns, _PIECE):
        check(first / columns)
        last = min(first + _PIECE, columns)
        begin, end = max(first - around, 0), min(last + around, columns)
        spectra = _spectra(padded, begin, end, hop, window)  # (columns, channels, bins)
        mask = _stroke_mask(np.sqrt(np.mean(np.abs(spectra) ** 2, axis=1)), spans, lows)
        strokes = np.fft.irfft(spectra * mask[:, None], size, axis=2).astype(np.float32) * window
        for column in range(first, last):
            out[column * hop : column * hop + size] += strokes[column - begin].T
    scale = float(np.sum(window**2)) / hop  # of the four windows, squared, one above the other
    if len(samples):
        drums[:] = out[size - hop : size - hop + len(samples)] / scale
    check(1.0)
    return Separated(Audio(drums, audio.rate), Audio(samples - drums, audio.rate))


def _spectra(padded: np.ndarray, first: int, last: int, hop: int, window: np.ndarray) -> np.ndarray:
    """The spectra (columns, channels, bins) of columns `first` to `last` of a sound (frames, channels)."""
    size = len(window)
    part = padded[first * hop : (last - 1) * hop + size]
    views = np.lib.stride_tricks.sliding_window_view(part, size, axis=0)[::hop]  # (columns, channels, size)
    return np.fft.rfft(views * window, axis=2).astype(np.complex64)


def _stroke_mask(level: np.ndarray, spans: tuple[int, int, int], lows: int) -> np.ndarray:
    """The share (columns, bins) of each cell that belongs to strokes, from 0 to 1.

    spans: columns of a tone, bins of a stroke, bins of a low stroke; lows: so many bins count as low.
    """
    tones = median_filter(level, (spans[0], 1)).astype(np.float32) ** _POWER
    strokes = median_filter(level, (1, spans[1])).astype(np.float32)
    strokes[:, :lows] = median_filter(level[:, : lows + spans[2]], (1, spans[2]))[:, :lows]
    strokes **= _POWER
    return strokes / np.maximum(strokes + tones, np.float32(1e-20))


def _odd(span: float) -> int:
    return max(3, round(span) | 1)
