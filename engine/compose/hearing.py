"""What the composer hears in a sound that it goes on from: tempo, key, and the chord of every bar. Plain numpy.

Tempo is the period at which onsets repeat (autocorrelation of spectral flux, weighted towards 120 BPM), the key the
profile that the chroma is most like, and chords are the triads whose tones hold most of a bar's chroma.
"""

from dataclasses import dataclass

import numpy as np

from engine.audio import resample
from engine.music.chords import CHORDS, Chord
from engine.music.keys import Key, best_key

_RATE = 22050
_WINDOW, _HOP = 4096, 512
_LONGEST = 60.0  # seconds that are listened to, the nearest ones
_LEAST = 2.0  # seconds below which there is nothing to be told
_SLOWEST, _FASTEST = 55.0, 210.0


@dataclass(frozen=True, slots=True)
class Heard:
    """What is heard in a sound; None where nothing can be told. tempo: quarter notes a minute."""

    tempo: float | None
    key: Key | None


def hear(samples: np.ndarray, rate: int) -> Heard:
    """The tempo and the key of a sound (frames, channels)."""
    spectra = _spectra(samples, rate)
    if spectra is None:
        return Heard(None, None)
    chroma = _chroma(spectra)
    return Heard(_tempo(spectra), best_key(chroma.tolist()) if chroma.sum() > 0 else None)


def chords_of(samples: np.ndarray, rate: int, tempo: float, bar: float) -> tuple[Chord, ...]:
    """A triad for each bar of a sound that begins with a bar; `bar` is in quarter notes."""
    spectra = _spectra(samples, rate, whole=True)
    if spectra is None:
        return ()
    frames = bar * 60.0 / tempo * _RATE / _HOP
    count = max(1, round(len(spectra) / frames))
    chords = []
    for number in range(count):
        inside = spectra[round(number * frames) : round((number + 1) * frames)]
        if not len(inside):
            break
        chroma = _chroma(inside)
        triads = [(root, quality) for root in range(12) for quality in ("maj", "min")]
        root, quality = max(triads, key=lambda each: sum(chroma[(each[0] + step) % 12] for step in CHORDS[each[1]]))
        chords.append(Chord(number * bar, bar, root, quality, root))
    return tuple(chords)


def _spectra(samples: np.ndarray, rate: int, *, whole: bool = False) -> np.ndarray | None:
    """Magnitudes (frames, bins) of the mono sound; None where it is too short or silent."""
    kept = samples if whole else samples[-int(_LONGEST * rate) :]
    mono = resample(np.ascontiguousarray(kept.mean(axis=1, keepdims=True), np.float32), rate, _RATE)[:, 0]
    if len(mono) < _LEAST * _RATE or float(np.abs(mono).max()) < 1e-4:
        return None
    padded = np.pad(mono, (_WINDOW // 2, _WINDOW // 2))
    windows = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP]
    return np.abs(np.fft.rfft(windows * np.hanning(_WINDOW).astype(np.float32), axis=1))


def _chroma(spectra: np.ndarray) -> np.ndarray:
    """How much of each pitch class sounds between 80 and 1600 Hz."""
    frequencies = np.fft.rfftfreq(_WINDOW, 1 / _RATE)
    inside = (frequencies > 80) & (frequencies < 1600)
    mean = np.sqrt(spectra[:, inside]).mean(axis=0)
    floor = np.convolve(mean, np.ones(15) / 15, "same")
    peaks = np.maximum(mean - floor, 0.0)
    classes = np.round(69 + 12 * np.log2(frequencies[inside] / 440)).astype(int) % 12
    chroma: np.ndarray = np.bincount(classes, peaks, 12)
    return chroma


def _tempo(spectra: np.ndarray) -> float | None:
    flux = np.maximum(np.diff(np.log1p(50 * spectra), axis=0), 0.0).sum(axis=1)
    flux = flux - flux.mean()
    size = 2 * len(flux)
    correlation = np.fft.irfft(np.abs(np.fft.rfft(flux, size)) ** 2)[: len(flux)]
    if correlation[0] <= 0:
        return None
    tempi = np.arange(_SLOWEST, _FASTEST, 0.25)
    lags = 60.0 / tempi * _RATE / _HOP
    # a beat repeats at its multiples, too
    places = np.arange(len(correlation))
    strength = np.sum([np.interp(lags * times, places, correlation) for times in (1, 2, 4)], axis=0)
    weighted = strength * np.exp(-0.5 * (np.log2(tempi / 120) / 0.9) ** 2)
    best = int(weighted.argmax())
    return float(tempi[best]) if strength[best] > 0.05 * correlation[0] else None
