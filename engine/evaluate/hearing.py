"""Instruments that know nothing of any model: tempo, key, level, brightness and change of mono sound (T,) float32.

Tempo and spectra are librosa's. The key is that whose profile (Temperley 2001, as normalised by Gómez) correlates best
with the mean chroma of what sounds harmonic between 55 and 2500 Hz. On 8 s of real held-out pieces the tempo was within
4 % for about two thirds (with half and double for five sixths) and the key right for about three fifths: no generated
sound can be judged better than that.
"""

import math
from functools import cache
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

Wave = NDArray[np.float32]

TOLERANCE = 0.04
"""Of a tempo."""
_HOP = 256
_MAJOR = (0.748, 0.060, 0.488, 0.082, 0.670, 0.460, 0.096, 0.715, 0.104, 0.366, 0.057, 0.400)
_MINOR = (0.712, 0.084, 0.474, 0.618, 0.049, 0.460, 0.105, 0.747, 0.404, 0.067, 0.133, 0.330)
_SILENCE = 1e-5
_FRAME = 2048


@cache
def librosa() -> ModuleType:
    """librosa, which takes seconds to load."""
    import librosa as package
    import librosa.decompose
    import librosa.feature
    import librosa.onset

    return package


def tempo(wave: Wave, rate: int) -> float:
    """Beats a minute; NaN for silence."""
    if float(np.abs(wave).max(initial=0.0)) < _SILENCE:
        return math.nan
    package = librosa()
    envelope = package.onset.onset_strength(y=wave, sr=rate, hop_length=_HOP, n_fft=2048, aggregate=np.median)
    if not float(np.abs(envelope).max()):
        return math.nan
    return float(package.feature.tempo(onset_envelope=envelope, sr=rate, hop_length=_HOP)[0])


def same_tempo(heard: float, wanted: float, *, octaves: bool = False) -> bool:
    """Whether a tempo is within 4 % of the one wanted, or, with `octaves`, of its half or double."""
    factors = (0.5, 1.0, 2.0) if octaves else (1.0,)
    return any(abs(heard / (wanted * factor) - 1) <= TOLERANCE for factor in factors)


def key(wave: Wave, rate: int) -> tuple[int, bool] | None:
    """Tonic (0 = C) and whether the mode is minor; None for silence."""
    package = librosa()
    size = 8192
    spectrum = np.abs(package.stft(np.pad(wave, (0, max(size - len(wave), 0))), n_fft=size, hop_length=size // 4))
    if float(spectrum.max()) < _SILENCE:
        return None
    harmonic, _ = package.decompose.hpss(spectrum)
    frequencies = np.fft.rfftfreq(size, 1 / rate)
    harmonic[(frequencies < 55) | (frequencies > 2500)] = 0
    chroma = package.feature.chroma_stft(S=harmonic, sr=rate, n_fft=size, tuning=0.0, norm=2).mean(axis=1)
    if not float(chroma.std()):
        return None
    profiles = np.stack([np.roll(profile, tonic) for profile in (_MAJOR, _MINOR) for tonic in range(12)])
    best = int(np.argmax([np.corrcoef(chroma, profile)[0, 1] for profile in profiles]))
    return best % 12, best >= 12


def related_key(heard: tuple[int, bool], wanted: tuple[int, bool]) -> bool:
    """Whether a key is the relative or parallel one, or a fifth away."""
    interval = (heard[0] - wanted[0]) % 12
    if heard[1] == wanted[1]:
        return interval in (5, 7)
    return interval in (0, 3 if wanted[1] else 9)


def level(wave: Wave) -> float:
    """Root mean square in dBFS; at least −100."""
    return float(20 * np.log10(max(float(np.sqrt(np.mean(np.square(wave, dtype=np.float64)))), 1e-5)))


def _magnitudes(wave: Wave) -> NDArray[np.float32]:
    """(N, F) of frames of 2048 samples, a quarter apart, the first centred on the first sample."""
    padded = np.pad(wave, (_FRAME // 2, _FRAME // 2))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _FRAME)[:: _FRAME // 4]
    return np.abs(np.fft.rfft(frames * np.hanning(_FRAME), axis=1)).astype(np.float32)


def centroid(wave: Wave, rate: int) -> float:
    """The centre of the magnitude spectrum in Hz, louder moments counting more; NaN for silence."""
    strength = _magnitudes(wave).sum(axis=0, dtype=np.float64)
    total = strength.sum()
    frequencies = np.fft.rfftfreq(_FRAME, 1 / rate)
    return float((frequencies * strength).sum() / total) if total > _SILENCE * len(wave) else math.nan


def flux(wave: Wave, rate: int) -> tuple[NDArray[np.float64], float]:
    """How much louder each band gets from moment to moment, in mean dB (N,), and moments a second."""
    decibels = 20 * np.log10(_magnitudes(wave) + 1e-3)
    rise = np.maximum(np.diff(decibels, axis=0), 0).mean(axis=1)
    return np.concatenate(([0.0], rise)), rate / (_FRAME // 4)
