"""The decibel scale of faders and meters: where a gain lies on it."""

from engine.parameters import mixer_decibels, mixer_travel

TICKS = (12, 6, 0, -6, -12, -24, -36, -48)
"""Decibels that are written beside a fader."""


def share_of(decibels: float) -> float:
    """How high `decibels` lies on the scale, 0 to 1."""
    return mixer_travel(decibels)


def decibels_at(share: float) -> float:
    """The gain at the height `share`; the inverse of `share_of`."""
    return mixer_decibels(share)
