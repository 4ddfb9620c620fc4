"""The decibel scale of faders and meters: where a gain lies on it."""

from itertools import pairwise

_POINTS = (
    (-96.0, 0.0),
    (-60.0, 0.04),
    (-48.0, 0.12),
    (-36.0, 0.24),
    (-24.0, 0.38),
    (-12.0, 0.59),
    (0.0, 0.82),
    (12.0, 1.0),
)
"""Straight between these: fine around 0 dB, coarse far below."""

TICKS = (12, 6, 0, -6, -12, -24, -36, -48)
"""Decibels that are written beside a fader."""


def share_of(decibels: float) -> float:
    """How high `decibels` lies on the scale, 0 to 1."""
    if decibels <= _POINTS[0][0]:
        return 0.0
    for (low, share), (high, above) in pairwise(_POINTS):
        if decibels <= high:
            return share + (decibels - low) / (high - low) * (above - share)
    return 1.0


def decibels_at(share: float) -> float:
    """The gain at the height `share`; the inverse of `share_of`."""
    if share <= 0:
        return _POINTS[0][0]
    for (low, below), (high, above) in pairwise(_POINTS):
        if share <= above:
            return low + (share - below) / (above - below) * (high - low)
    return _POINTS[-1][0]
