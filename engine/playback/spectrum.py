"""The spectrum that a meter shows: levels in bands of equal width on a logarithmic scale of frequency."""

import numpy as np
from numpy.typing import NDArray

BANDS = 120
LOWEST, HIGHEST = 20.0, 20_000.0
"""Hz: the middles of the first and of the last band."""
WINDOW = 8192
"""Frames that a spectrum is of."""
FLOOR_DB = -120.0
_FALL_DB_PER_SECOND = 30.0

FREQUENCIES = np.geomspace(LOWEST, HIGHEST, BANDS)
"""Hz: the middle of each band."""


class Spectrum:
    """Levels of sound in decibels, (BANDS,) float32: they rise at once and fall by 30 dB a second.

    A sine of full scale in either channel shows as 0 dB in its band.
    """

    def __init__(self, rate: int) -> None:
        self.levels: NDArray[np.float32] = np.full(BANDS, FLOOR_DB, np.float32)
        self._window = np.hanning(WINDOW).astype(np.float32)
        self._scale = float(2.0 / self._window.sum())
        width = rate / WINDOW
        half = (HIGHEST / LOWEST) ** (0.5 / (BANDS - 1))
        first = np.ceil(FREQUENCIES / half / width).astype(int)
        last = np.floor(FREQUENCIES * half / width).astype(int)
        self._narrow = last <= first  # bands that are hardly wider than a bin lie between two
        self._places = FREQUENCIES[self._narrow] / width
        bins = WINDOW // 2
        self._edges = np.clip([*first, last[-1] + 1], 0, bins)  # bands lie one beside the other
        self._above = rate / 2 < FREQUENCIES

    def push(self, sound: NDArray[np.float32], seconds: float) -> None:
        """Takes the last `WINDOW` frames, (WINDOW, 2), `seconds` after the ones before; what is no number is 0."""
        if not np.isfinite(sound).all():
            sound = np.where(np.isfinite(sound), sound, np.float32(0))
        amplitudes = np.abs(np.fft.rfft(np.ascontiguousarray(sound.T) * self._window)).max(axis=0) * self._scale
        tops = np.maximum.reduceat(amplitudes, self._edges)[:-1]
        tops[self._narrow] = np.interp(self._places, np.arange(len(amplitudes)), amplitudes)
        decibels = 20.0 * np.log10(np.maximum(tops, 10.0 ** (FLOOR_DB / 20.0)))
        decibels[self._above] = FLOOR_DB
        fallen = np.maximum(self.levels - _FALL_DB_PER_SECOND * seconds, FLOOR_DB)
        self.levels = np.maximum(decibels, fallen).astype(np.float32)
