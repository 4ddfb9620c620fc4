"""Gain laws: decibels, pan, fades and volume automation, each a pure function of the frame.

Curves are evaluated in chunks that lie on a fixed grid and are then cut to what is asked for, so that a frame's gain
never depends on the size of the block it is rendered in.

Fades. Over a fade of L frames, x = t / L for t = 0 … L − 1. A fade-in's gain is exactly 0 at its first frame and
exactly 1 from the frame after its last; a fade-out's is exactly 1 at its first frame and would be exactly 0 at the
frame after its last, where the clip has ended. So where a fade-out and a fade-in of equal length lie over each other,
frame by frame the gains of linear and S-curve fades add to exactly 1, and the squares of equal-power fades add to 1.
Where the sounds of an equal-power crossfade have the correlation c, both gains are divided by √(1 + c · sin πx), so
that the power of their sum stays that of one (Fink, Holters & Zölzer, DAFx 2016); with c = 1 the gains add to 1.
"""

import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from engine.project.curves import CurveValues, FramePoint
from engine.project.model import MIN_GAIN_DB, Fade, FadeShape

CHUNK = 4096
"""Frames of a curve that are evaluated at once."""


def gain_of(db: float) -> float:
    """The factor of a gain in decibels: exactly 1 at 0 dB; exactly 0 at the least gain, below, and for no number."""
    if not MIN_GAIN_DB < db < math.inf:
        return 0.0
    return float(10.0 ** (db / 20.0))


def pan_gains(pan: float) -> tuple[float, float]:
    """(left, right) of a pan from −1 to 1: equal power, scaled to exactly 1 at the centre (√2·cos, √2·sin).

    The two sides of a stereo sound get the same factors as those of a mono sound on both sides (a balance): the far
    side fades to exactly 0 while the near side rises by up to 3 dB, and a mono file pans like its stereo copy.
    """
    if pan == 0.0 or math.isnan(pan):
        return 1.0, 1.0
    if abs(pan) >= 1.0:
        return (math.sqrt(2.0), 0.0) if pan < 0.0 else (0.0, math.sqrt(2.0))
    angle = (pan + 1.0) * math.pi / 4.0
    return math.sqrt(2.0) * math.cos(angle), math.sqrt(2.0) * math.sin(angle)


def fade_gains(shape: FadeShape, correlation: float, x: np.ndarray, *, falling: bool = False) -> np.ndarray:
    """The gains float32 of a whole fade at `x` from 0 to 1, float64.

    Two sounds that cross in equal power sum to the same power, whatever their correlation.
    """
    if shape is FadeShape.EQUAL_POWER:
        curve = (np.cos if falling else np.sin)(x * (math.pi / 2.0))
        if correlation:
            curve /= np.sqrt(1.0 + correlation * np.sin(x * math.pi))
        return np.asarray(curve, np.float32)
    gains = (x * x * (3.0 - 2.0 * x) if shape is FadeShape.S_CURVE else x).astype(np.float32)
    return np.float32(1.0) - gains if falling else gains


@lru_cache(maxsize=256)
def _fade_chunk(shape: FadeShape, length: int, correlation: float, index: int, falling: bool) -> np.ndarray:
    """Chunk `index` of a fade, each gain twice (left, right): float32 (2 · frames,)."""
    t = np.arange(index * CHUNK, min((index + 1) * CHUNK, length), dtype=np.float64)
    gains = fade_gains(shape, correlation, t / length, falling=falling)
    pairs = np.repeat(gains, 2)
    pairs.flags.writeable = False
    return pairs


def apply_fade(sound: np.ndarray, first: int, fade: Fade, *, falling: bool) -> None:
    """Multiplies interleaved stereo `sound` (2 · frames,) by frames `first` … of `fade`, in place."""
    done, total = 0, len(sound) // 2
    while done < total:
        index, skip = divmod(fade.first + first + done, CHUNK)
        chunk = _fade_chunk(fade.shape, fade.total, fade.correlation, index, falling)[2 * skip :]
        count = min(len(chunk) // 2, total - done)
        part = sound[2 * done : 2 * (done + count)]
        np.multiply(part, chunk[: 2 * count], out=part)
        done += count


def apply_points(sound: np.ndarray, first: int, points: tuple[tuple[int, float], ...]) -> None:
    """Multiplies interleaved stereo `sound` (2 · frames,) by a gain from its frame `first` on, in place.

    The gain runs in straight lines in dB through `points` (frame, dB), flat outside them.
    """
    done, total = 0, len(sound) // 2
    while done < total:
        index, skip = divmod(first + done, CHUNK)
        chunk = _point_chunk(points, index)[2 * skip :]
        count = min(len(chunk) // 2, total - done)
        part = sound[2 * done : 2 * (done + count)]
        np.multiply(part, chunk[: 2 * count], out=part)
        done += count


@lru_cache(maxsize=256)
def _point_chunk(points: tuple[tuple[int, float], ...], index: int) -> np.ndarray:
    """Chunk `index` of a gain through points, each gain twice (left, right): float32 (2 · frames,)."""
    gains = AutomationCurve(points).gains(index)
    gains.flags.writeable = False
    return gains


class AutomationCurve:
    """A gain over the song: in decibels in the shapes of its points, straight where they say none, flat outside them.

    Of several points on one frame the last counts from that frame on. Belongs to one thread.
    """

    def __init__(self, points: Sequence[tuple[int, float] | FramePoint]) -> None:
        """`points`: (frame, gain in dB) or with a shape, in order of frames, at least one."""
        self._values = CurveValues(
            [(point[0], point[1] if MIN_GAIN_DB < point[1] < math.inf else MIN_GAIN_DB, *point[2:]) for point in points]
        )
        self._index: int | None = None
        self._chunk = np.empty(0, np.float32)

    def apply(self, sound: np.ndarray, start: int) -> None:
        """Multiplies interleaved stereo `sound` (2 · frames,) by the gains from song frame `start`, in place."""
        done, total = 0, len(sound) // 2
        while done < total:
            index, skip = divmod(start + done, CHUNK)
            if index != self._index:
                self._index, self._chunk = index, self.gains(index)
            count = min(CHUNK - skip, total - done)
            part = sound[2 * done : 2 * (done + count)]
            np.multiply(part, self._chunk[2 * skip : 2 * (skip + count)], out=part)
            done += count

    def gains(self, index: int) -> np.ndarray:
        """Chunk `index` of it, `CHUNK` frames: each gain twice (left, right), float32."""
        db = self._values.at(index * CHUNK, CHUNK)
        gains = np.exp(db * (math.log(10.0) / 20.0))
        gains[db <= MIN_GAIN_DB] = 0.0
        return np.repeat(gains.astype(np.float32), 2)
