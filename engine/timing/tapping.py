"""A tempo from taps on the beat."""

from fractions import Fraction
from itertools import pairwise
from statistics import median

from engine.timing.tempo_map import MAX_TEMPO, MIN_TEMPO

FEWEST = 4
"""Taps before there is a tempo: two can be a mistake, and four are a bar."""
_MOST = 16  # taps that count, so that the tempo follows a hand that changes its mind
_PAUSE = 2.5  # s after which the next tap begins anew; the slowest tempo has longer beats, but nobody taps it
_OFF = 0.4  # share of the usual distance by which a tap may miss; beyond it, it begins anew


class TapTempo:
    """Taps, one a quarter note, and the tempo that they come to."""

    def __init__(self) -> None:
        self._taps: list[float] = []

    @property
    def count(self) -> int:
        """How many taps count by now."""
        return len(self._taps)

    def tap(self, seconds: float) -> Fraction | None:
        """Adds a tap at `seconds` on any clock that does not stop; the tempo, to 0.1 BPM, once there are enough.

        The tempo is that of the straight line through the taps (least squares), within the range of a song's.
        """
        taps = self._taps
        if taps and not self._goes_on(seconds):
            taps.clear()
        taps.append(seconds)
        del taps[:-_MOST]
        if len(taps) < FEWEST:
            return None
        middle, centre = (len(taps) - 1) / 2, sum(taps) / len(taps)
        slope = sum((n - middle) * (tap - centre) for n, tap in enumerate(taps))
        slope /= sum((n - middle) ** 2 for n in range(len(taps)))
        return min(max(Fraction(round(600 / slope), 10), MIN_TEMPO), MAX_TEMPO)

    def _goes_on(self, seconds: float) -> bool:
        """Whether a tap belongs to those before."""
        distance = seconds - self._taps[-1]
        if not 0 < distance <= _PAUSE:
            return False
        usual = median(after - before for before, after in pairwise(self._taps)) if len(self._taps) > 1 else distance
        return abs(distance - usual) <= _OFF * usual
