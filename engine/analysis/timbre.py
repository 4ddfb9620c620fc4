"""What a sound is like from moment to moment: levels of mel bands, how much they gain, and pitch classes.

Sections, words and likeness are heard from these. Plain numpy.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.analysis.sound import RATE
from engine.analysis.tempo import mel_filters

Values = NDArray[np.float32]

FRAME_RATE = RATE / 512
"""Frames a second."""
BANDS = 40

_WINDOW, _HOP = 2048, 512
_RANGE = 70.0  # dB below the loudest band at which all is equally quiet
_LOWEST, _HIGHEST = 100.0, 2000.0  # Hz between which pitch classes are heard
_AT_ONCE = 1024


@dataclass(frozen=True, slots=True)
class Timbre:
    """What sounds in each of T frames.

    levels: dB of mel bands, 0 for the loudest of the sound, (T, BANDS). gains: by how many dB each band has become
    louder since the frame before, (T, BANDS). chroma: how much of each pitch class sounds, (T, 12).
    """

    levels: Values
    gains: Values
    chroma: Values


def timbre_of(sound: Values) -> Timbre:
    """The timbre of a mono sound (N,) at `RATE`: ⌊N / 512⌋ + 1 frames, each centred on its place."""
    padded = np.pad(np.asarray(sound, np.float32), _WINDOW // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP]
    window = np.hanning(_WINDOW).astype(np.float32)
    filters = mel_filters(_WINDOW, BANDS).astype(np.float32).T
    classes, inside = _classes()
    powers, chromas = [], []
    for first in range(0, len(frames), _AT_ONCE):
        spectrum = np.abs(np.fft.rfft(frames[first : first + _AT_ONCE] * window, axis=1)).astype(np.float32)
        powers.append(spectrum**2 @ filters)
        chromas.append(np.sqrt(spectrum[:, inside]) @ classes)
    levels = 10 * np.log10(np.maximum(np.concatenate(powers), 1e-10))
    levels = np.maximum(levels - levels.max(), -_RANGE).astype(np.float32)
    gains = np.maximum(np.diff(levels, axis=0, prepend=levels[:1]), 0.0)
    return Timbre(levels, gains, np.concatenate(chromas))


def _classes() -> tuple[Values, NDArray[np.bool_]]:
    """Which pitch class each bin belongs to, (bins, 12), and which bins of a spectrum those are."""
    frequencies = np.fft.rfftfreq(_WINDOW, 1 / RATE)
    inside = (frequencies > _LOWEST) & (frequencies < _HIGHEST)
    pitches = np.round(69 + 12 * np.log2(frequencies[inside] / 440)).astype(int) % 12
    return np.eye(12, dtype=np.float32)[pitches], inside
