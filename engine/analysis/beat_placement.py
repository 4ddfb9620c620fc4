"""Where exactly steady beats lie, once their tempo is known nearly: the tempo at which all onsets agree best.

The spectrum of the onsets (`pulse.refined_tempo`) weighs the middle of a sound most and knows four harmonics of the
beat. Folded over the beat, all onsets count alike, and the right tempo is the one that stacks them most narrowly: over
half a minute of music without drums it errs by 3 ms, where the spectrum errs by 5 ms.
"""

import numpy as np
from numpy.typing import NDArray

from engine.analysis.pulse import ONSET_RATE, Series, Values, blurred

_REACH = 0.12  # s by which beats may drift, from a sound's start to its end, against the tempo heard first
_STEPS = 60  # on either side
_RATE = 250  # places a second of a beat
_BLUR = 24  # ms by which players differ from the beat
_AS_GOOD = 0.92  # of the best narrowness, from which a whole number of beats a minute is as good
_NEAR = 0.06  # s by which beats at such a number may drift


def settled_tempo(onsets: Series, tempo: float) -> float:
    """The tempo near `tempo` (beats a minute) at which a sound's onsets (T,) at `ONSET_RATE` agree best.

    It is a whole number of beats a minute where that explains the onsets nearly as well: most music has one.
    """
    seconds = len(onsets) / ONSET_RATE
    if not onsets.any() or seconds <= 0:
        return tempo
    shares = np.arange(-_STEPS, _STEPS + 1) * (_REACH / seconds / _STEPS)
    score = np.array([_narrowness(onsets, tempo * (1 + share)) for share in shares])
    best = int(score.argmax())
    place = 0.0
    if 0 < best < len(score) - 1:
        left, middle, right = score[best - 1 : best + 2]
        bend = left - 2 * middle + right
        place = 0.5 * (left - right) / bend if bend < 0 else 0.0
    settled = float(tempo * (1 + shares[best] + place * (shares[1] - shares[0])))
    whole = float(round(settled))
    near = abs(whole / settled - 1) * seconds <= _NEAR
    return whole if near and _narrowness(onsets, whole) >= _AS_GOOD * score[best] else settled


def _narrowness(onsets: Series, tempo: float) -> float:
    """How narrowly onsets that are folded over a beat stack up: the variance of what is folded over its mean.

    Each onset value is shared by the two places around it. Put in one of them alone, it would move from place to place
    as the tempo changes, which makes peaks of its own at tempos whose beats are a round number of onset values.
    """
    beat = 60 / tempo
    bins = round(beat * _RATE)
    places: Values = (np.arange(len(onsets)) / (ONSET_RATE * beat)) % 1 * bins
    first = places.astype(np.int64)
    share = places - first
    sums = _shared(first, share, onsets, bins)
    counts = _shared(first, share, None, bins)
    means: Values = sums / np.maximum(counts, 1e-9)
    values = blurred(means, _BLUR * _RATE / 1000)
    return float(np.square(values / (values.mean() or 1.0) - 1).mean())


def _shared(first: NDArray[np.int64], share: Values, values: Series | None, bins: int) -> Values:
    """Sums of values (ones if None) over a circle of `bins` places, of which a share goes to the place beyond."""
    whole = np.bincount(first, values, bins + 1)
    beyond = np.bincount(first, share if values is None else share * values, bins + 1)
    sums = whole - beyond
    sums[1:] += beyond[:-1]
    sums[0] += sums[bins]
    return np.asarray(sums[:bins], np.float64)
