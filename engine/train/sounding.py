"""Who sounds in each stretch of a piece: what a few seconds' truth is, where an excerpt's own is too coarse."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.compose.score import Part, Score

_STROKE = 0.5  # quarter notes that a drum counts for
_HEARD = 0.05  # share of a stretch from which a part is heard


def families(score: Score, starts: Sequence[float], seconds: float) -> list[frozenset[str]]:
    """The families heard in each of the stretches of a length that begin at `starts`, seconds from the piece's start.

    A part is heard if its notes sound for a twentieth of the stretch, as in `corpus.crops.Truth`.
    """
    first = np.asarray(starts) / score.quarter_seconds
    length = seconds / score.quarter_seconds
    sets: list[set[str]] = [set() for _ in starts]
    for part in score.parts:
        before, after = (_sounded(part, times) for times in (first, first + length))
        for row in np.flatnonzero(after - before > _HEARD * length):
            sets[int(row)].add(part.family)
    return [frozenset(each) for each in sets]


def _sounded(part: Part, times: NDArray[np.float64]) -> NDArray[np.float64]:
    """For how long notes of the part have sounded by each of the times; all in quarter notes."""
    places, sums = [0.0], [0.0]
    for note in part.notes:
        first, last = max(note.onset, places[-1]), note.onset + (_STROKE if part.drums else note.length)
        if last > first:
            places += [first, last]
            sums += [sums[-1], sums[-1] + last - first]
    total: NDArray[np.float64] = np.interp(times, places, sums)
    return total


def windows(truth: Mapping[str, Any], starts: Sequence[float], seconds: float) -> list[frozenset[str]]:
    """The families in the stretches of an excerpt that begin at `starts`, in seconds from its own start.

    Where the excerpt is not of the corpus, or what composes it is not installed (training needs less), each stretch has
    the excerpt's.
    """
    try:
        from engine.compose.arrange import compose
    except ModuleNotFoundError:
        return [frozenset(truth["families"])] * len(starts)
    if truth.get("piece") is not None:
        for own in (False, True):  # a pool played without a SoundFont has other pieces
            score = compose(truth["piece"], own=own)
            if set(truth["onsets"]) <= {part.name for part in score.parts} and set(truth["instruments"]) <= {
                part.instrument for part in score.parts
            }:
                return families(score, [truth["start"] + start for start in starts], seconds)
    return [frozenset(truth["families"])] * len(starts)
