"""Peak and RMS meters.

What is measured is the exact peak and mean square of each stretch of sound; what is shown is a peak that rises at once
and falls by 20 dB in 1.5 s, and an RMS over about 0.3 s. A clip light is lit by a sample beyond full scale (more than 1
in magnitude) and stays lit until it is reset.
"""

import math

import numpy as np

_FALL_DB_PER_SECOND = 20.0 / 1.5
_RMS_SECONDS = 0.3
_FAINT = 1e-20  # the product of both channels' mean squares at −100 dBFS


def measure(sound: np.ndarray) -> tuple[float, float, float, float]:
    """(peak left, peak right, mean square left, mean square right) of float32 (frames, 2), at least one frame."""
    left, right = sides = np.ascontiguousarray(sound.T)
    peaks = np.abs(sides).max(axis=1)
    frames = len(sound)
    return float(peaks[0]), float(peaks[1]), float(np.dot(left, left)) / frames, float(np.dot(right, right)) / frames


class Ballistics:
    """What `channels` meters show: peak (channels, 2), RMS (channels, 2) and clip lights (channels,)."""

    def __init__(self, channels: int, rate: int) -> None:
        self.peak = np.zeros((channels, 2), np.float32)
        self.clipped = np.zeros(channels, np.bool_)
        self._power = np.zeros((channels, 2), np.float32)
        self._rate = rate

    @property
    def rms(self) -> np.ndarray:
        """Root of the mean square, float32 (channels, 2)."""
        return np.sqrt(self._power)

    def push(self, measured: np.ndarray, frames: int) -> None:
        """Takes what `measure` found in the next `frames` frames, float32 (channels, 4); what is no number is 0."""
        if not np.isfinite(measured).all():
            measured = np.where(np.isfinite(measured), measured, np.float32(0))
        seconds = frames / self._rate
        fall = np.float32(10.0 ** (-_FALL_DB_PER_SECOND * seconds / 20.0))
        np.maximum(self.peak * fall, measured[:, :2], out=self.peak)
        self._power += (measured[:, 2:] - self._power) * np.float32(1.0 - math.exp(-seconds / _RMS_SECONDS))
        self.clipped |= (measured[:, :2] > 1.0).any(axis=1)

    def carry(self, old: "Ballistics", places: list[tuple[int, int]]) -> None:
        """Goes on from `old` with the channels in (place in old, place here)."""
        for old_row, new_row in places:
            self.peak[new_row] = old.peak[old_row]
            self._power[new_row] = old._power[old_row]
            self.clipped[new_row] = old.clipped[old_row]


class Correlation:
    """How alike the two channels are, over about 0.3 s: 1 for mono, 0 for strangers, −1 for opposites."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._products = np.zeros(3)  # means of left², right² and left · right

    @property
    def value(self) -> float:
        """Pearson's coefficient of sound without offset; 0 for silence or where one side is silent."""
        left, right, both = self._products.tolist()
        power = left * right
        return max(-1.0, min(both / math.sqrt(power), 1.0)) if power > _FAINT else 0.0

    def push(self, sound: np.ndarray) -> None:
        """Takes the next frames, float32 (frames, 2); what is no number counts as nothing."""
        left, right = np.ascontiguousarray(sound.T)
        products = np.array((np.dot(left, left), np.dot(right, right), np.dot(left, right)), np.float64) / len(sound)
        products = np.where(np.isfinite(products), products, 0.0)
        self._products += (products - self._products) * (1.0 - math.exp(-len(sound) / self._rate / _RMS_SECONDS))
