"""Strokes of kick and snare whose attack is slow are made sharper: a gain over the first milliseconds of a stroke.

A sampled bass drum swells for 10 ms, and the noise of a snare may be loudest 20 ms after its beginning. A stroke is
measured by itself, in all and above 2 kHz, and the gain is the smallest with which it rises fast enough.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from engine.scipy_loader import load_scipy

SHARPENED = frozenset((35, 36, 38, 40))
"""The drums to which this is done: kicks and snares."""
MEASURED = 0.06
"""Seconds of a stroke that are measured."""

_SLOW_LEVEL, _SLOW_TREBLE = 0.0042, 0.0045
"""S in which a stroke may rise: from a tenth of its peak to within 2 dB of it, so that its strip may add 1 dB, and
from a tenth to nine tenths of its level above 2 kHz."""
_BAND = (2000.0, 11000.0)  # Hz
_SMOOTHING = 0.001  # s
_PEAK, _TREBLE_PEAK = 0.03, 0.045  # s after a stroke in which its peak is looked for
_RISING, _HELD, _FALLING = 0.0005, 0.003, 0.006  # s of the gain
_GAINS = np.arange(1.1, 2.05, 0.1)
_AUDIBLE = 0.1  # of a peak, where a stroke begins

Wave = NDArray[np.floating]


def sharpening(stroke: Wave, rate: int) -> NDArray[np.float32] | None:
    """The gain from a stroke's first frame on, after which it is 1; None where it is sharp already, or cannot be.

    Args:
        stroke: a stroke from its first frame on, mono (frames,); `MEASURED` seconds are looked at.
        rate: Hz.
    """
    wave = np.asarray(stroke[: int(MEASURED * rate)], np.float64)
    if not wave.any():
        return None
    treble = _treble(wave, rate)
    least = _slowness(wave, treble, rate)
    if least <= 1:
        return None
    begin = int(np.argmax(np.abs(wave) >= _AUDIBLE * np.abs(wave).max()))
    shape = np.concatenate((np.zeros(begin), _shape(rate), np.zeros(len(wave))))[: len(wave)]
    more, more_treble = wave * shape, _treble(wave * shape, rate)
    best = 1.0
    for gain in _GAINS:
        slowness = _slowness(wave + (gain - 1) * more, treble + (gain - 1) * more_treble, rate)
        if slowness < 0.95 * least:
            best, least = float(gain), slowness
        if slowness <= 1:
            break
    return (1 + (best - 1) * shape).astype(np.float32) if best > 1 else None


def _shape(rate: int) -> NDArray[np.float64]:
    """1 while the gain is held, falling to 0."""
    rising, held, falling = int(rate * _RISING), int(rate * _HELD), int(rate * _FALLING)
    fall = 0.5 + 0.5 * np.cos(np.pi * np.arange(falling) / falling)
    return np.concatenate((np.arange(rising) / max(rising, 1), np.ones(held), fall))


def _treble(wave: NDArray[np.float64], rate: int) -> NDArray[np.float64]:
    """What a wave has above 2 kHz."""
    load_scipy()
    from scipy.signal import sosfiltfilt

    before = np.zeros(int(0.01 * rate))
    band: NDArray[np.float64] = sosfiltfilt(_filter(rate), np.concatenate((before, wave)))[len(before) :]
    return band


@cache
def _filter(rate: int) -> NDArray[np.float64]:
    load_scipy()
    from scipy.signal import butter

    sections: NDArray[np.float64] = butter(3, (_BAND[0], min(_BAND[1], 0.45 * rate)), "bandpass", fs=rate, output="sos")
    return sections


def _slowness(wave: NDArray[np.float64], treble: NDArray[np.float64], rate: int) -> float:
    """How many times as long as it may a stroke rises, in all or above 2 kHz."""
    near = np.abs(wave[: int(_PEAK * rate)])
    low, high = (int(np.argmax(near >= share * near.max())) for share in (0.1, 0.78))
    window = np.hanning(2 * int(rate * _SMOOTHING) + 1)[1:-1]
    level = np.sqrt(np.convolve(treble**2, window / window.sum(), "same"))[: int(_TREBLE_PEAK * rate)]
    peak = int(level.argmax())
    below = np.flatnonzero(level[: peak + 1] <= 0.9 * level[peak])
    last = int(below[-1]) if len(below) else 0
    below = np.flatnonzero(level[: last + 1] <= 0.1 * level[peak])
    first = int(below[-1]) if len(below) else 0
    return max((high - low) / rate / _SLOW_LEVEL, (last - first) / rate / _SLOW_TREBLE)
