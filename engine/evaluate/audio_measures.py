"""Level, brightness and change of mono sound (T,) float32, and whether tempos and keys are the same (see `ears`)."""

import math
from functools import cache
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

Wave = NDArray[np.float32]

TOLERANCE = 0.04
"""Of a tempo."""
SILENCE = 1e-5
_FRAME = 2048


@cache
def librosa() -> ModuleType:
    """librosa, which takes seconds to load."""
    import librosa as package
    import librosa.decompose
    import librosa.feature

    return package


def same_tempo(estimated: float, wanted: float, *, octaves: bool = False) -> bool:
    """Whether a tempo is within 4 % of the one wanted, or, with `octaves`, of its half or double."""
    factors = (0.5, 1.0, 2.0) if octaves else (1.0,)
    return any(abs(estimated / (wanted * factor) - 1) <= TOLERANCE for factor in factors)


def related_key(estimated: tuple[int, bool], wanted: tuple[int, bool]) -> bool:
    """Whether a key is the relative or parallel one, or a fifth away."""
    interval = (estimated[0] - wanted[0]) % 12
    if estimated[1] == wanted[1]:
        return interval in (5, 7)
    return interval in (0, 3 if wanted[1] else 9)


def relative_key(estimated: tuple[int, bool], wanted: tuple[int, bool]) -> bool:
    """Whether a key is the relative one: the same notes, the other mode."""
    return estimated[1] != wanted[1] and (estimated[0] - wanted[0]) % 12 == (3 if wanted[1] else 9)


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
    return float((frequencies * strength).sum() / total) if total > SILENCE * len(wave) else math.nan


def flux(wave: Wave, rate: int) -> tuple[NDArray[np.float64], float]:
    """How much louder each band gets from moment to moment, in mean dB (N,), and moments a second."""
    decibels = 20 * np.log10(_magnitudes(wave) + 1e-3)
    rise = np.maximum(np.diff(decibels, axis=0), 0).mean(axis=1)
    return np.concatenate(([0.0], rise)), rate / (_FRAME // 4)
