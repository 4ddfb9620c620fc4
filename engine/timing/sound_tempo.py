"""The tempo of a sound beside that of the song that it comes into."""

import math
from fractions import Fraction

SAME = 1e-4
"""Share of a tempo, less than which two tempos are the same but for a frame or two."""


def stretch_of(own: Fraction, song: Fraction) -> Fraction:
    """How many times as long a sound lasts whose tempo becomes that of the song."""
    return own / song


def are_near(first: Fraction, second: Fraction, share: float = SAME) -> bool:
    """Whether two tempos differ by no more than a share of the second."""
    return abs(float(first / second) - 1) <= share


def nearest_octave(tempo: float, expected: float) -> float:
    """The tempo, its half or its double, whichever is nearest to the `expected` one."""
    return min((tempo * factor for factor in (0.5, 1.0, 2.0)), key=lambda each: abs(math.log2(each / expected)))


def frames_of_beat(tempo: float, rate: int) -> float:
    """The frames of a quarter note at a tempo."""
    return 60 * rate / tempo
