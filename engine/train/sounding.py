"""Who sounds in each stretch of a piece: what a few seconds' truth is, where an excerpt's own is too coarse."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.train.corpus.arrange import compose
from engine.train.corpus.score import Part, Score

_STROKE = 0.5  # quarter notes that a drum counts for
_HEARD = 0.05  # share of a stretch from which a part is heard


def families(score: Score, edges: Sequence[float]) -> list[frozenset[str]]:
    """The families heard between each two of the times `edges`, in seconds from the piece's start.

    A part is heard if its notes sound for a twentieth of the stretch, as in `corpus.crops.Truth`.
    """
    times = np.asarray(edges) / score.quarter_seconds
    lengths = np.diff(times)
    heard: list[set[str]] = [set() for _ in lengths]
    for part in score.parts:
        for row in np.flatnonzero(np.diff(_sounded(part, times)) > _HEARD * lengths):
            heard[int(row)].add(part.family)
    return [frozenset(each) for each in heard]


def _sounded(part: Part, times: NDArray[np.float64]) -> NDArray[np.float64]:
    """For how long notes of the part have sounded by each of the times; all in quarter notes."""
    places, sums = [0.0], [0.0]
    for note in part.notes:
        first, last = max(note.start, places[-1]), note.start + (_STROKE if part.drums else note.length)
        if last > first:
            places += [first, last]
            sums += [sums[-1], sums[-1] + last - first]
    total: NDArray[np.float64] = np.interp(times, places, sums)
    return total


def windows(truth: Mapping[str, Any], seconds: float, count: int) -> list[frozenset[str]]:
    """The families in each of `count` windows of an excerpt, one after another from its start.

    Where the excerpt is not of the corpus, each window has the excerpt's.
    """
    start = truth.get("start") or 0.0
    if truth.get("piece") is not None:
        for own in (False, True):  # a pool played without a SoundFont has other pieces
            score = compose(truth["piece"], own=own)
            if set(truth["onsets"]) <= {part.name for part in score.parts} and set(truth["instruments"]) <= {
                part.instrument for part in score.parts
            }:
                return families(score, [start + seconds * number for number in range(count + 1)])
    return [frozenset(truth["families"])] * count
