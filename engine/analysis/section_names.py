"""What sections are likely called: names that follow one another as in songs, and fit how full and how long each is.

The likeliest names of all sections together are looked for, from the first section on (beam search). How likely a name
follows another was counted in the forms that this program's composer writes in, how full and how long sections of a
name are was heard in pieces of the validation split (`engine.train.section_names`). The heads and solos of jazz are
heard as verses and choruses: they cannot be told apart by these.
"""

from collections.abc import Sequence
from math import log, log2
from statistics import median

FOLLOWS = {
    "": "intro .695 verse .099 chorus .188 head .018",
    "intro": "verse .916 head .084",
    "verse": "verse .215 break .141 build .100 chorus .472 outro .022 bridge .049",
    "break": "build .584 chorus .416",
    "build": "chorus 1.000",
    "chorus": "verse .364 outro .385 bridge .206 end .046",
    "outro": "end 1.000",
    "bridge": "chorus .960 end .040",
    "head": "outro .298 head .298 solo .404",
    "solo": "head .738 end .263",
}
"""The names that follow a name, and how often; the first follows nothing, and after the last comes the end."""
SHAPES = {
    "intro": (0.39, -0.45),
    "verse": (0.79, 0.45),
    "chorus": (0.85, 0.43),
    "bridge": (0.67, -0.21),
    "break": (0.01, -1.04),
    "build": (0.99, -0.71),
    "outro": (0.03, -0.40),
}
"""How full sections are, 0 as the emptiest of a piece to 1 as its fullest (in dB); octaves over its median length."""

_SPREAD = 0.2, 0.78  # of the two, as they are heard
_RARE, _AGAIN = 0.004, 0.1  # how likely what no form has is, and that a section was heard as two
_SAME, _OTHER = 1.5, 0.3  # for a name that a section that is alike has; against a chorus where one unlike it is one
_LEAST_RANGE = 3.0  # dB between the emptiest and the fullest section, at least
_BEAM = 40


def likely_names(letters: Sequence[int], fullness: Sequence[float], lengths: Sequence[float]) -> list[str]:
    """A name for each section of a piece.

    Args:
        letters: a number for each section, the same for those that are alike.
        fullness: how loud all bands are together in each, dB.
        lengths: of each, in any unit.
    """
    shapes = shapes_of(fullness, lengths)
    paths: list[tuple[float, tuple[str, ...]]] = [(0.0, ())]
    for number, letter in enumerate(letters):
        fits = {name: _fit(name, shapes[number]) for name in SHAPES}
        alike = [other for other in range(number) if letters[other] == letter]
        unlike = [other for other in range(number) if letters[other] != letter]
        longer = []
        for score, path in paths:
            for name, fit in fits.items():
                value = score + fit + _following(path[-1] if path else "", name)
                if alike:
                    value += _SAME if all(path[other] == name for other in alike) else -_SAME
                if name == "chorus":
                    value -= _OTHER * sum(path[other] == name for other in unlike)
                if number == len(letters) - 1:
                    value += _following(name, "end")
                longer.append((value, (*path, name)))
        paths = sorted(longer, reverse=True)[:_BEAM]
    return list(paths[0][1])


def shapes_of(fullness: Sequence[float], lengths: Sequence[float]) -> list[tuple[float, float]]:
    """How full (dB) and how long each section is against the others, as `SHAPES` says it."""
    high, middle = max(fullness), max(median(lengths), 1e-9)
    span = max(_LEAST_RANGE, high - min(fullness))
    return [
        (1 - (high - full) / span, log2(max(length, 1e-9) / middle))
        for full, length in zip(fullness, lengths, strict=True)
    ]


def _fit(name: str, shape: tuple[float, float]) -> float:
    """How well a section's fullness and length fit a name: the logarithm of a likelihood that has long tails."""
    return -1.5 * sum(
        log(1 + ((heard - usual) / spread) ** 2 / 2)
        for heard, usual, spread in zip(shape, SHAPES[name], _SPREAD, strict=True)
    )


def _following(name: str, after: str) -> float:
    """How likely a name follows another: the logarithm of a share."""
    words = FOLLOWS[name].split()
    share = float(words[words.index(after) + 1]) if after in words else 0.0
    return log(share + _RARE + _AGAIN * (name == after))
