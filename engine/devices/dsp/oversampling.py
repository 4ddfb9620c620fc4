"""Oversampling: sound at a multiple of the rate and back, by linear-phase filters.

What shapes the sound in between is late by half a sample of the high rate, as antiderivative antialiasing is; the way
down makes up for it, so that the whole is late by `TAPS` frames exactly.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engine.devices.kernels.compiled import kernel

Doubles = NDArray[np.float64]

FACTOR = 8
TAPS = 48
"""Taps a phase, and the frames by which sound comes late."""
_KAISER = 10.0  # −100 dB beside the band; flat to 20 kHz at 48 kHz


@lru_cache(maxsize=2)
def _filter(centre: float) -> Doubles:
    """A low-pass filter at half the frames' rate for sound at FACTOR times it: TAPS · FACTOR taps of sum 1.

    It is symmetric around `centre`, a whole sample or the middle between two.
    """
    place = np.arange(TAPS * FACTOR) - centre
    window = np.i0(_KAISER * np.sqrt(np.maximum(1.0 - (place / (TAPS * FACTOR / 2)) ** 2, 0.0)))
    taps = np.sinc(place / FACTOR) * window
    return taps / taps.sum()


class Oversampler:
    """One channel's way up and down again. `state` is its memory: arrays that its owner marks and rewinds."""

    def __init__(self, max_block: int) -> None:
        self.up_history = np.zeros(TAPS - 1)
        self.down_history = np.zeros((FACTOR, TAPS - 1))
        self.carry = np.zeros(FACTOR - 1)
        self.state = (self.up_history, self.down_history, self.carry)
        middle = TAPS * FACTOR / 2
        self._up_taps, self._down_taps = _filter(middle) * FACTOR, _filter(middle - 0.5)
        self._interpolate, self._decimate = kernel("interpolate"), kernel("decimate")
        self._work = np.zeros(max_block)

    def up(self, x: Doubles) -> Doubles:
        """FACTOR times as many samples as x has."""
        frames = len(x)
        line = np.concatenate((self.up_history, x))
        out = np.empty(frames * FACTOR)
        self._interpolate(line, self._up_taps, TAPS, FACTOR, self._work, out, frames)
        self.up_history[:] = line[frames:]
        return out

    def down(self, x: Doubles) -> Doubles:
        """As many samples as went up."""
        frames = len(x) // FACTOR
        line = np.concatenate((self.carry, x))  # so that there and back is a whole number of frames
        self.carry[:] = line[len(x) :]
        rows = np.concatenate((self.down_history, line[: len(x)].reshape(frames, FACTOR).T[::-1]), axis=1)
        out = np.empty(frames)
        self._decimate(np.ascontiguousarray(rows), self._down_taps, TAPS, FACTOR, out, frames)
        self.down_history[:] = rows[:, frames:]
        return out
