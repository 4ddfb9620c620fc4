"""The sound that is listened to: one channel at one rate."""

import numpy as np

from engine.audio import Audio, resample
from engine.mono import mono as folded

RATE = 22050
"""Hz at which sounds are listened to."""


def mono(audio: Audio) -> np.ndarray:
    """The sound (T,) at `RATE`, folded to one channel, as loud as full scale."""
    samples = np.asarray(audio.samples, np.float32)
    sound = resample(folded(samples) if samples.ndim > 1 else samples[:, None], audio.rate, RATE)
    peak = float(np.abs(sound).max()) if len(sound) else 0.0
    return sound[:, 0] / peak if peak > 0 else sound[:, 0]
