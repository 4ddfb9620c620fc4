"""Loudness that follows a drawn swell, given to the finished sound of any model.

The sound's own loudness over a second and a half is first evened out, by at most six decibels either way, so that what
is heard is the swell and not what the music does by itself. A stream is evened out by its level's own follower.
"""

import numpy as np

from engine.generate import levels
from engine.music.guide import Guide

_EVEN = 30  # steps over which the sound's own loudness is measured
_MOST = 6.0  # dB that it is evened out by
_JOIN = 0.05  # s in which the level goes from that of a sound before to the swell's
_QUIET = -25.0  # dB under the loudest below which nothing is evened out


def swell_gains(guide: Guide, first: int, frames: int, rate: int, *, joined: bool = False) -> np.ndarray:
    """The gain of each of so many frames from frame `first` of the new sound on: float32 (frames, 1).

    joined: as `swelled` has it.
    """
    times = np.arange(first, first + frames) / rate
    level = guide.swell_db(times) * (np.minimum(times / _JOIN, 1.0) if joined else 1.0)
    return np.asarray(10 ** (level / 20), np.float32)[:, None]


def swelled(samples: np.ndarray, rate: int, guide: Guide, *, joined: bool = False) -> np.ndarray:
    """A whole sound (frames, channels) whose loudness is the swell's; as it is where the guide has none.

    joined: whether it begins at the end of another sound, from whose level it goes to the swell's.
    """
    if not guide.swell or not len(samples):
        return samples
    gains = swell_gains(guide, 0, len(samples), rate, joined=joined)
    return np.asarray(samples * gains * _evening(samples, rate, guide), np.float32)


def _evening(samples: np.ndarray, rate: int, guide: Guide) -> np.ndarray:
    """The gain of each frame that evens a sound's loudness out: (frames, 1), 1 beyond the ends of the swell."""
    step = levels.step_frames(rate)
    count = len(samples) // step
    if count < 2:
        return np.ones((len(samples), 1), np.float32)
    powers = levels.powers_of(samples[: count * step], rate)
    kernel = np.hanning(min(_EVEN, count) + 2)[1:-1]
    smooth = np.convolve(powers, kernel, "same") / np.convolve(np.ones(count), kernel, "same")
    level = 10 * np.log10(np.maximum(smooth, 1e-12))
    sounding = level > level.max() + _QUIET
    gains = np.where(sounding, np.clip(level[sounding].mean() - level, -_MOST, _MOST), 0.0)
    places = (np.arange(count) + 0.5) * step / rate
    inside = (places >= guide.swell[0].time) & (places <= guide.swell[-1].time)
    whole = np.interp(np.arange(len(samples)) / rate, places, np.where(inside, gains, 0.0))
    return np.asarray(10 ** (whole / 20), np.float32)[:, None]
