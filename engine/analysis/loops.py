"""Whether a short sound is a loop, and its tempo: its attacks lie on the beats that divide its length."""

from fractions import Fraction

import numpy as np

from engine.analysis.transients import attacks_of
from engine.audio import Audio

SHORTEST, LONGEST = 1.0, 60.0
"""Seconds that a loop lasts."""

_LEAST_ATTACKS = 6
_OCTAVE = 2**0.5  # a tempo this many times the expected one, or that part of it, is told as its half or its double
_NEAR = 0.015  # s from a place of the grid, within which an attack lies on it
_PARTS = 4  # places of the grid in a beat
_BAR = 4  # beats; a loop lasts whole bars
_CLEAR = 0.85  # share of the attacks that lie on the grid, from which a tempo is clearly heard
_AHEAD = 0.2  # by which a grid of an unusual number of bars is ahead of the next


def loop_tempo(audio: Audio, expected: float) -> Fraction | None:
    """The tempo of a loop in quarter notes a minute; None where the sound is none, or its tempo is not clear.

    A loop begins on a beat, its attacks lie on sixteenths, and it lasts whole bars of four beats, most likely 1, 2, 4,
    8 or 16.

    Args:
        audio: the sound.
        expected: the tempo near which that of the loop is told, out of its halves and doubles.
    """
    seconds = len(audio.samples) / audio.rate
    if not SHORTEST <= seconds <= LONGEST:
        return None
    attacks = attacks_of(np.asarray(audio.samples, np.float32), audio.rate) / audio.rate
    if audio.samples[: round(_NEAR * audio.rate)].any():
        attacks = np.union1d(attacks, [0.0])  # nothing rises before the first frame
    if len(attacks) < _LEAST_ATTACKS or attacks[0] > _NEAR:
        return None
    low, high = expected / _OCTAVE, expected * _OCTAVE
    shares: dict[int, float] = {}
    for beats in range(_BAR, int(high * seconds / 60) + 1, _BAR):
        if beats * 60 >= low * seconds:
            shares[beats] = _share_on_grid(attacks, seconds / beats / _PARTS)
    if not shares:
        return None
    clear = {beats: share for beats, share in shares.items() if share >= _CLEAR}
    usual = [beats for beats in clear if (beats // _BAR).bit_count() == 1]  # 1, 2, 4, 8 … bars
    beats = usual[0] if len(usual) == 1 else max(clear, key=lambda each: clear[each], default=0)
    others = [share for each, share in shares.items() if each != beats]
    if not beats or (not usual and clear[beats] - max(others, default=0.0) < _AHEAD):
        return None
    return Fraction(beats * 60 * audio.rate, len(audio.samples))


def _share_on_grid(attacks: np.ndarray, step: float) -> float:
    """The share of the attacks (N,), in s, that lie near a multiple of `step` s."""
    off = np.abs(attacks - np.round(attacks / step) * step)
    return float(np.mean(off <= _NEAR))
