"""Counts which names of sections follow one another, and hears how full and long they are, in the composer's pieces.

`python -m engine.train.section_names` prints the tables of `engine.analysis.section_names`. It composes forms of every
genre, and plays and hears 26 pieces of the validation split, which takes two minutes of one processor core.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from random import Random

import numpy as np

from engine.analysis.section_names import shapes_of
from engine.analysis.sections import HeardSection, find_sections, fullness_of
from engine.analysis.sound import RATE
from engine.analysis.timbre import timbre_of
from engine.compose.arrange import compose
from engine.compose.form import form
from engine.compose.genres import GENRES
from engine.compose.moods import MOODS
from engine.compose.render import render_stems
from engine.compose.score import HELD_OUT_PERIOD, Score
from engine.compose.wish import Wish

FORMS = 40
"""Of each genre."""
PIECES = range(101, 127)


def follows() -> dict[str, str]:
    """`section_names.FOLLOWS`."""
    counts: dict[str, Counter[str]] = {}
    for genre in GENRES.values():
        rng = Random(1)
        for _ in range(FORMS):
            names = [section.name for section in form(rng, genre, rng.choice(list(MOODS.values())), 4.0, Wish())]
            for name, after in zip(("", *names), (*names, "end"), strict=True):
                counts.setdefault(name, Counter())[after] += 1
    order = (*(name for name in counts if name), "end")
    return {
        name: " ".join(f"{other} {after[other] / after.total():.3f}" for other in order if after[other]).replace(
            " 0.", " ."
        )
        for name, after in counts.items()
    }


def heard_shapes(score: Score) -> Iterator[tuple[str, tuple[float, float]]]:
    """The name of each section that is heard in a piece whose beats are known, and its fullness and length."""
    stems = render_stems(score, rate=RATE).stems.values()
    sound = np.sum([stem.mean(axis=0) for stem in stems], axis=0).astype(np.float32)
    timbre = timbre_of(sound)
    sections = find_sections(timbre, np.array(score.beats()), round(score.bar / score.beat), len(sound) / RATE)
    fullness = fullness_of(timbre, [*(section.start for section in sections), sections[-1].end])
    shapes = shapes_of(fullness, [section.end - section.start for section in sections])
    yield from zip(true_names(score, sections), shapes, strict=True)


def true_names(score: Score, sections: Sequence[HeardSection]) -> list[str]:
    """The name that most of each heard section has."""
    quarter, names = score.quarter_seconds, []
    for section in sections:
        shares: dict[str, float] = {}
        for each in score.sections:
            together = min(section.end, each.end * quarter) - max(section.start, each.start * quarter)
            shares[each.name] = shares.get(each.name, 0.0) + max(0.0, together)
        names.append(max(shares, key=lambda name: shares[name]))
    return names


def main() -> None:
    """Prints both tables."""
    print(follows())
    shapes: dict[str, list[tuple[float, float]]] = {}
    for number in PIECES:
        for name, shape in heard_shapes(compose(HELD_OUT_PERIOD * number)):
            shapes.setdefault(name, []).append(shape)
    print({name: np.mean(values, axis=0).round(2).tolist() for name, values in shapes.items()})


if __name__ == "__main__":
    main()
