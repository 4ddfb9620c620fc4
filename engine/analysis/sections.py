"""The sections of a sound: where its character changes, which of them are alike, and what each is likely called.

Bars are compared by the levels of their bands, by what begins in each band, and by their pitch classes. A boundary is
a bar at which the bars before differ from those after but are alike among themselves: a peak of the novelty along the
diagonal of the self-similarity matrix (Foote 2000, “Automatic audio segmentation using a measure of audio novelty”).
Sections that are alike share a letter. Their names (`section_names`) follow from how full and how long they are, and
from one another; they are guesses.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.analysis.section_names import likely_names
from engine.analysis.timbre import FRAME_RATE, Timbre

Values = NDArray[np.float64]

_REACHES = ((0.5, 0.5), (2, 0.5), (4, 1.0))  # bars before and after a boundary that are compared, and their weights
_LEAST = 2  # bars of a section
_PRICE = 1.1  # novelty of a bar from which a section may begin there
_UNEVEN = 0.3  # what an odd number of bars costs
_AUDIBLE = -40.0  # dB below the loudest band: a tail that is quieter is no section
_FLOOR = -45.0  # dB below the loudest band at which all is equally quiet
_ALIKE = 0.80  # likeness of sections that share a letter
_BLIND, _BLIND_BAR = 0.5, 4  # s that stand for a beat where there is none, and how many of them for a bar


@dataclass(frozen=True, slots=True)
class HeardSection:
    """A section from `start` to `end` (s). letter: the same for sections that are alike. name: such as “verse”."""

    start: float
    end: float
    letter: str
    name: str

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"start": round(self.start, 4), "end": round(self.end, 4), "letter": self.letter, "name": self.name}


def find_sections(timbre: Timbre, beats: Values, beats_per_bar: int, seconds: float) -> tuple[HeardSection, ...]:
    """The sections of a sound, from its start to its end, one after another.

    Args:
        timbre: of the sound.
        beats: where its beats begin, s; empty where that is not known.
        beats_per_bar: beats of a bar.
        seconds: its length.
    """
    bar = beats_per_bar if len(beats) >= 2 * _LEAST * beats_per_bar else _BLIND_BAR
    audible = np.nonzero(timbre.levels.max(axis=1) > _AUDIBLE)[0]
    end = min(seconds, (int(audible[-1]) + 1) / FRAME_RATE) if len(audible) else seconds
    edges = _edges(beats if bar == beats_per_bar else np.arange(0.0, end, _BLIND), end)
    if len(edges) <= 2 * _LEAST * bar:
        return (HeardSection(0.0, seconds, "A", "whole"),)
    features = _features(timbre, edges)
    limits = [0, *_boundaries(_novelty(features, bar), bar), len(edges) - 1]
    means = [features[first:last].mean(axis=0) for first, last in pairwise(limits)]
    letters = _letters(means)
    starts = [0.0, *(float(edges[limit]) for limit in limits[1:-1]), seconds]
    lengths = [last - first for first, last in pairwise(starts)]
    names = likely_names(letters, fullness_of(timbre, starts), lengths) if len(letters) > 1 else ["whole"]
    return tuple(
        HeardSection(start, end, chr(ord("A") + letter % 26), name)
        for (start, end), letter, name in zip(pairwise(starts), letters, names, strict=True)
    )


def _edges(beats: Values, seconds: float) -> Values:
    """Where beats begin and end, s, up to the end of the sound."""
    beat = float(np.median(np.diff(beats))) if len(beats) > 1 else seconds
    return np.append(beats[beats < seconds - 0.75 * beat], seconds)


def _features(timbre: Timbre, edges: Values) -> Values:
    """What each beat is like, (N, D), every kind of feature of the same weight."""
    rows = np.clip(np.round(edges * FRAME_RATE).astype(int), 0, len(timbre.levels))
    levels, gains, chroma = [], [], []
    for first, last in pairwise(rows):
        inside = slice(first, max(first + 1, last))
        levels.append(np.maximum(timbre.levels[inside], _FLOOR).mean(axis=0))
        gains.append(timbre.gains[inside].mean(axis=0))
        sounding = timbre.chroma[inside].sum(axis=0)
        chroma.append(sounding / max(float(np.linalg.norm(sounding)), 1e-9))
    return np.concatenate(
        [
            _scaled(np.array(levels, np.float64), 1.0),
            _scaled(np.log1p(np.array(gains, np.float64)), 1.0),
            _scaled(np.array(chroma, np.float64), 0.25),
        ],
        axis=1,
    )


def _scaled(values: Values, weight: float) -> Values:
    centred = values - values.mean(axis=0)
    return weight * centred / max(float(np.sqrt((centred**2).sum(axis=1).mean())), 1e-9)


def _novelty(features: Values, bar: int) -> Values:
    """How much what follows differs from what came before at the start of each beat: (N,), 1 on the mean."""
    count = len(features)
    sums = np.vstack([np.zeros(features.shape[1]), np.cumsum(features, axis=0)])
    novelty = np.zeros(count)
    beats = np.arange(1, count)
    for reach, weight in _REACHES:
        span = round(reach * bar)
        first, last = np.maximum(beats - span, 0), np.minimum(beats + span, count)
        before = (sums[beats] - sums[first]) / (beats - first)[:, None]
        after = (sums[last] - sums[beats]) / (last - beats)[:, None]
        novelty[1:] += weight * np.linalg.norm(after - before, axis=1)
    return novelty / max(float(novelty[1:].mean()), 1e-9)


def _boundaries(novelty: Values, bar: int) -> list[int]:
    """Beats at which sections begin: those with the most novelty whose distances are likely (dynamic programming)."""
    count, least = len(novelty), _LEAST * bar
    lengths = np.arange(count + 1)
    odd = np.select([lengths % (part * bar) == 0 for part in (4, 2, 1)], [0.0, _UNEVEN, 2 * _UNEVEN], 4 * _UNEVEN)
    best, origin = np.full(count + 1, -np.inf), np.zeros(count + 1, int)
    best[0] = 0.0
    for beat in [*range(least, count - least + 1), count]:
        starts = np.arange(0, beat - least + 1)
        price = odd[beat - starts]
        if beat == count:
            price = 0.5 * price
        price[0] *= 0.5  # a sound may begin and end anywhere
        values = best[starts] - price
        origin[beat] = int(values.argmax())
        best[beat] = values.max() + (novelty[beat] - _PRICE if beat < count else 0.0)
    boundaries, beat = [], int(origin[count])
    while beat > 0:
        boundaries.append(beat)
        beat = int(origin[beat])
    return boundaries[::-1]


def _letters(means: list[Values]) -> list[int]:
    """A number for each section, the same for those that are alike, from 0 in the order of their first."""
    letters: list[int] = []
    groups: list[list[Values]] = []
    for mean in means:
        likeness = [float(np.mean([_likeness(mean, other) for other in group])) for group in groups]
        best = int(np.argmax(likeness)) if likeness else -1
        if best >= 0 and likeness[best] > _ALIKE:
            groups[best].append(mean)
            letters.append(best)
        else:
            letters.append(len(groups))
            groups.append([mean])
    return letters


def _likeness(one: Values, other: Values) -> float:
    lengths = float(np.linalg.norm(one)) * float(np.linalg.norm(other))
    return float(one @ other) / max(lengths, 1e-9)


def fullness_of(timbre: Timbre, limits: list[float]) -> list[float]:
    """How loud all bands are together in each section, dB."""
    rows = [round(limit * FRAME_RATE) for limit in limits]
    return [float(timbre.levels[first : max(first + 1, last)].mean()) for first, last in pairwise(rows)]
