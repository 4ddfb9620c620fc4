"""Levels of a channel that change over the song: they are evaluated frame by frame, so that no block changes them."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from engine.playback.gains import CHUNK, AutomationCurve
from engine.playback.plan import Chain, TrackPlan
from engine.project.curves import CurveValues

Sound = NDArray[np.float32]
"""(frames, 2)."""

Run = tuple[int, int, int]
"""(index in the block, song frame, frames) of a stretch of a block."""


class GridCurve:
    """Values over the song that are evaluated on a fixed grid, so that a block's borders change none of them."""

    def __init__(self, values: Callable[[int, int], NDArray[np.float64]]) -> None:
        self._values = values
        self._index: int | None = None
        self._chunk = np.empty(0)

    def at(self, runs: Sequence[Run]) -> NDArray[np.float64]:
        """The value of each frame of a block."""
        out = np.empty(sum(count for _, _, count in runs))
        for at, song, count in runs:
            done = 0
            while done < count:
                index, skip = divmod(song + done, CHUNK)
                if index != self._index:
                    self._index, self._chunk = index, self._values(index * CHUNK, CHUNK)
                part = min(CHUNK - skip, count - done)
                out[at + done : at + done + part] = self._chunk[skip : skip + part]
                done += part
        return out


class Fader:
    """Gain, pan and their automation, after a channel's devices."""

    def __init__(self, track: TrackPlan, chain: Chain) -> None:
        self.left, self.right = np.float32(track.gain * track.left), np.float32(track.gain * track.right)
        self._gain = np.float32(track.gain)
        self._pan = GridCurve(CurveValues(chain.pan).at) if chain.pan else None
        self._curves = [AutomationCurve(points) for points in (track.automation, track.fader) if points]

    def apply(self, sound: Sound, runs: Sequence[Run]) -> Sound:
        """The sound at the channel's level; a new array unless nothing changes."""
        if self._pan:
            sound = sound * (pan_curve_gains(self._pan.at(runs)) * self._gain)
        elif self.left != 1.0 or self.right != 1.0:
            sound = sound * np.array([self.left, self.right], np.float32)
        elif self._curves:
            sound = sound.copy()
        for curve in self._curves:
            apply_curve(curve, sound, runs)
        return sound


def pan_curve_gains(pan: NDArray[np.float64]) -> Sound:
    """(frames, 2): the law of `gains.pan_gains` for a pan that moves."""
    angle = (np.clip(pan, -1.0, 1.0) + 1.0) * (np.pi / 4.0)
    gains = np.sqrt(2.0) * np.stack((np.cos(angle), np.sin(angle)), axis=1)
    gains[pan == 0.0] = 1.0
    gains[pan >= 1.0, 0] = gains[pan <= -1.0, 1] = 0.0
    return gains.astype(np.float32)


def apply_curve(curve: AutomationCurve, sound: Sound, runs: Sequence[Run]) -> None:
    """Multiplies a block by a gain curve, in place."""
    for at, song, count in runs:
        curve.apply(sound[at : at + count].reshape(-1), song)
