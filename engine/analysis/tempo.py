"""A tempo without the song's help: onset strengths, and the lag at which they are most like themselves.

`onset_strengths` is the spectral flux of a log-mel spectrogram; `global_tempo` averages its windowed autocorrelation
over the sound (a tempogram, Grosche et al. 2010) and weighs the lags by a log-normal prior (Ellis 2007, “Beat tracking
by dynamic programming”, §3.1). Both compute what librosa does with its defaults, which the tests hold them to; loading
librosa takes seconds and hundreds of megabytes.
"""

from functools import cache

import numpy as np

from engine.analysis.sound import RATE

HOP = 128
"""Samples between onset strengths."""
_FFT = 1024
_BANDS = 128
_WINDOW = 8 * RATE // HOP  # onset strengths in a window of the tempogram
_TOP_DB = 80.0  # below the loudest band all is equally quiet
_HIGHEST = 320.0  # BPM
_AT_ONCE = 2048  # frames, so that memory stays small


def onset_strengths(sound: np.ndarray) -> np.ndarray:
    """How much louder the mel bands become from frame to frame, on the mean: (⌊n / HOP⌋ + 1,) float64, from 0.

    sound: (n,) at `RATE`. A strength stands at the middle of the frame that is louder than the one before.
    """
    padded = np.pad(np.asarray(sound, np.float32), _FFT // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, _FFT)[::HOP]  # (N, _FFT)
    window, filters = _hann(_FFT).astype(np.float32), mel_filters(_FFT, _BANDS)
    power = np.concatenate(
        [
            np.abs(np.fft.rfft(frames[i : i + _AT_ONCE] * window, axis=1)) ** 2 @ filters.T
            for i in range(0, len(frames), _AT_ONCE)
        ]
    )  # (N, _BANDS)
    levels = 10 * np.log10(np.maximum(power, 1e-10))
    levels = np.maximum(levels, levels.max() - _TOP_DB)
    flux = np.maximum(np.diff(levels, axis=0), 0.0).mean(axis=1)  # (N − 1,)
    late = 1 + _FFT // (2 * HOP)  # the lag, and half a frame
    return np.concatenate((np.zeros(late), flux))[: len(frames)]


def global_tempo(onsets: np.ndarray, prior: float) -> float:
    """The tempo (BPM) of onset strengths (N,), likelier the nearer to `prior` in octaves; 0 where none is heard."""
    if not onsets.any():
        return 0.0
    count, half = len(onsets), _WINDOW // 2
    ramped = np.pad(onsets, half, mode="linear_ramp", end_values=0)
    frames = np.lib.stride_tricks.sliding_window_view(ramped, _WINDOW)[:count]
    window, total = _hann(_WINDOW), np.zeros(_WINDOW)
    size = 1 << (2 * _WINDOW - 1).bit_length()
    for i in range(0, count, _AT_ONCE):
        spectrum = np.fft.rfft(frames[i : i + _AT_ONCE] * window, size, axis=1)
        alike = np.fft.irfft(np.abs(spectrum) ** 2, size, axis=1)[:, :_WINDOW]
        largest = np.abs(alike).max(axis=1, keepdims=True)
        total += (alike / np.where(largest > np.finfo(np.float64).tiny, largest, 1.0)).sum(axis=0)
    with np.errstate(divide="ignore"):
        tempi = 60 * RATE / (HOP * np.arange(_WINDOW))  # of each lag; the first is infinite
    likely = np.full(_WINDOW, -np.inf)
    slow = tempi < _HIGHEST
    likely[slow] = -0.5 * np.log2(tempi[slow] / prior) ** 2
    return float(tempi[np.argmax(np.log1p(1e6 * np.maximum(total / count, 0.0)) + likely)])


def _hann(size: int) -> np.ndarray:
    """A periodic window."""
    return 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size)


@cache
def mel_filters(size: int, count: int) -> np.ndarray:
    """Triangles of equal area on Slaney's mel scale (linear to 1 kHz, then 27 bands a factor 6.4).

    Args:
        size: samples of a frame at `RATE`.
        count: of bands, up to half of `RATE`.

    Returns:
        (count, size / 2 + 1).
    """
    step, knee, growth = 200 / 3, 15.0, np.log(6.4) / 27

    def hertz(mel: np.ndarray) -> np.ndarray:
        return np.where(mel < knee, mel * step, 1000 * np.exp(growth * (np.maximum(mel, knee) - knee)))

    top = knee + np.log(RATE / 2 / 1000) / growth
    edges = hertz(np.linspace(0, top, count + 2))
    bins = np.linspace(0, RATE / 2, size // 2 + 1)
    slopes = (edges[:, None] - bins) / np.diff(edges, append=np.inf)[:, None]  # of the edge's right side
    rising = -slopes[:-2]
    falling = (edges[2:, None] - bins) / np.diff(edges)[1:, None]
    weights = np.maximum(np.minimum(rising, falling), 0.0)
    return weights * (2 / (edges[2:] - edges[:-2]))[:, None]
