"""The form of a piece: its sections, by genre or as wished for."""

from random import Random

from engine.compose.genres import Genre
from engine.compose.moods import Mood
from engine.compose.score import Section
from engine.compose.wish import Wish

FORMS: dict[str, tuple[str, ...]] = {
    "song": (
        "intro 4 .3, verse 8 .5, chorus 8 .9, verse 8 .62, chorus 8 .95, bridge 8 .5, chorus 8 1, outro 4 .3",
        "intro 4 .35, verse 8 .55, verse 8 .65, chorus 8 .95, bridge 4 .4, chorus 8 1, outro 4 .35",
        "chorus 4 .7, verse 8 .5, build 4 .65, chorus 8 1, verse 8 .6, chorus 8 1, outro 4 .4",
    ),
    "club": (
        "intro 8 .3, verse 8 .6, break 4 .3, build 4 .4, chorus 16 1, verse 8 .65, break 4 .3, chorus 8 .95",
        "intro 4 .3, verse 8 .5, verse 8 .7, break 4 .3, build 4 .45, chorus 16 .95, outro 8 .4",
    ),
    "beat": (
        "intro 4 .25, verse 8 .6, chorus 8 .9, verse 8 .7, break 4 .3, chorus 8 .95, outro 4 .25",
        "intro 2 .3, verse 8 .65, verse 8 .75, chorus 8 1, verse 8 .6, outro 2 .3",
    ),
    "drift": (
        "intro 4 .15, verse 8 .4, chorus 8 .65, verse 8 .5, bridge 8 .75, chorus 8 .9, outro 4 .2",
        "verse 8 .3, verse 8 .5, chorus 8 .8, bridge 4 .4, chorus 8 .95, outro 4 .25",
    ),
    "jazz": ("intro 4 .3, head 8 .55, head 8 .7, solo 16 .75, head 8 .9, outro 4 .4",),
    "blues": ("head 12 .5, head 12 .75, solo 12 .85, head 12 .95, outro 4 .5", "intro 4 .3, head 12 .65, solo 12 .9"),
    "game": ("verse 8 .55, chorus 8 .9, verse 8 .7, bridge 8 .5, chorus 8 1",
    "intro 4 .4, verse 8 .7, chorus 8 1, bridge 8 .6"),
}  # fmt: skip
"""Sections by kind of form: name, bars, density."""

_LONG = 16  # bars up to which a piece of a wished length is one stretch that grows


def form(rng: Random, genre: Genre, mood: Mood, bar: float, wish: Wish, cut: int | None = None) -> tuple[Section, ...]:
    """The sections of a piece.

    Args:
        rng: chooses one of the genre's forms.
        genre: whose forms there are.
        mood: more energy, denser sections.
        bar: quarter notes of a bar.
        wish: its sections or its exact number of bars.
        cut: ends the piece after the section that contains this bar.
    """
    lift = rng.uniform(-0.08, 0.08) + 0.08 * (mood.energy - 0.5)
    chosen = [item.split() for item in rng.choice(FORMS[genre.form]).split(", ")]
    items = [(name, int(bars), float(density)) for name, bars, density in chosen]
    if wish.sections:
        items, lift = [(each.name, each.bars, each.density) for each in wish.sections], 0.0
    elif wish.bars is not None:
        items = _of_length(items, wish.bars)
        lift = max(lift, 0.0)
    sections: list[Section] = []
    start, count = 0.0, 0
    for name, bars, density in items:
        if cut is not None and count >= cut:
            break
        count += bars
        full = density + lift if wish.density is None else density * (0.4 + 1.2 * wish.density)
        sections.append(Section(name, start, bars * bar, round(min(max(full, 0.1), 1.0), 2)))
        start += bars * bar
    return tuple(sections)


def _of_length(items: list[tuple[str, int, float]], bars: int) -> list[tuple[str, int, float]]:
    """Sections of so many bars in all: a short piece begins at once, a longer one has the genre's form."""
    if bars <= _LONG // 2:
        return [("verse", bars, 0.9)]
    if bars <= _LONG:
        first = bars // 2 // 4 * 4 or bars // 2
        return [("verse", first, 0.8), ("chorus", bars - first, 0.98)]
    result: list[tuple[str, int, float]] = []
    left = bars
    *body, last = items
    ending = min(last[1], 4) if last[0] == "outro" else 0
    while left > ending:
        for name, length, density in body or items:
            length = min(length, left - ending)
            if length <= 0:
                break
            result.append((name, length, density))
            left -= length
        body = [item for item in body if item[0] != "intro"] or body
    return [*result, ("outro", left, last[2])] if left else result
