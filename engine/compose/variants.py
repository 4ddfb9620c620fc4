"""Parts made differently after a piece was composed: again, varied, on another instrument, or one more.

A part of a piece follows from the piece's wish, from how often each part has been made again, and from its `Variant`;
nothing else of the piece changes with it. So its record is enough to play it again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from statistics import median

import numpy as np

from engine.compose.arrange import composed, planned, restrung
from engine.compose.band import default_instruments
from engine.compose.genres import GENRES
from engine.compose.instruments import INSTRUMENTS, KITS, PERCUSSION
from engine.compose.piece import Variant
from engine.compose.score import Part, Score
from engine.compose.wish import ROLES, Wish
from engine.errors import EngineError
from engine.music.notes import Note

_PERIOD = 4  # bars, the last of which change first
_VARIATION_ROLLS = 1000  # far from what anybody makes again by hand
_TRIES = 20
_EDGE = 1e-3  # quarter notes beside an edge at which curves change over
_Curve = tuple[tuple[float, float], ...]


def variant_score(wish: Wish, variant: Variant, rolls: Mapping[str, int]) -> Score:
    """The piece with this one part alone.

    Args:
        wish: what the piece was composed from.
        variant: the part.
        rolls: how often the other parts have been made again: they may listen to each other.

    Raises:
        EngineError: the piece has no such part, or it has nothing to play.
    """
    score, part = _part_of(wish, variant.label, {**rolls, variant.label: variant.roll})
    if variant.variation:
        number = _VARIATION_ROLLS * variant.variation + variant.roll
        _, other = _part_of(wish, variant.label, {**rolls, variant.label: number})
        part = _varied(part, other, score.bar, variant.share)
    if variant.instrument and variant.instrument != part.instrument:
        part = _played_on(part, wish, variant.instrument)
    return replace(score, parts=(part,))


def next_roll(wish: Wish, variant: Variant, rolls: Mapping[str, int]) -> int:
    """The next roll at which the part plays other notes than it does now: short parts may come out alike.

    Raises:
        EngineError: the piece has no such part, or it never changes.
    """
    before = variant_score(wish, replace(variant, variation=0), rolls).parts[0].notes
    for roll in range(variant.roll + 1, variant.roll + _TRIES):
        try:
            if variant_score(wish, replace(variant, roll=roll, variation=0), rolls).parts[0].notes != before:
                return roll
        except EngineError:  # it has nothing to play this time
            continue
    raise EngineError(f"The part “{variant.label}” comes out the same again and again: compose a longer piece.")


def instruments_for(genre: str, role: str) -> tuple[str, ...]:
    """What can play a role: the instruments of the genre first, then the usual ones and those of their families.

    Raises:
        EngineError: there is no such genre or role.
    """
    if genre not in GENRES or role not in ROLES:
        raise EngineError(f"Nothing is known of “{role}” in “{genre}”: choose another part.")
    usual = [name for each in GENRES[genre].roles if each.role == role for name in each.instruments]
    usual += default_instruments(role)
    if role == "drums":
        usual += KITS
    elif role == "percussion":
        usual += PERCUSSION
    else:
        families = {INSTRUMENTS[name].family for name in usual if name in INSTRUMENTS}
        usual += [name for name, each in INSTRUMENTS.items() if each.family in families]
    return tuple(dict.fromkeys(usual))


def with_role(wish: Wish, score: Score, role: str) -> tuple[Wish, str]:
    """The wish of a piece with one more part, which fits the piece, and that part's name.

    Raises:
        EngineError: the piece has a part in that role.
    """
    present = tuple(dict.fromkeys(part.role for part in score.parts))
    if role in present:
        raise EngineError(f"The piece has {role} already: make that part again, or vary it.")
    grown = replace(wish, genre=score.genre, roles=(*present, role), instruments=(), without=())
    labels = [part.name for part in composed(grown).parts if part.role == role]
    if not labels:
        raise EngineError(f"There is no room for {role} in this piece: compose a longer one.")
    return grown, labels[0]


def _part_of(wish: Wish, label: str, rolls: Mapping[str, int]) -> tuple[Score, Part]:
    score = composed(wish, rolls=rolls)
    part = next((each for each in score.parts if each.name == label), None)
    if part is None:
        raise EngineError(f"The part “{label}” has nothing to play this time: make it once more.")
    return score, part


def _varied(part: Part, other: Part, bar: float, share: float) -> Part:
    """The part with the last bars of every four taken from `other`."""
    beats = min(max(_PERIOD - round(share * _PERIOD), 0), _PERIOD)

    def stays(time: float) -> bool:
        return int(time / bar + 1e-9) % _PERIOD < beats

    mine = [note for note in part.notes if stays(note.start)]
    theirs = [note for note in other.notes if not stays(note.start)]
    if not mine + theirs:
        return other
    end = max(note.start for note in mine + theirs)
    edges = [number * bar for number in range(int(end / bar) + 2) if number % _PERIOD in (0, beats)]
    return replace(
        part,
        notes=tuple(sorted(mine + theirs, key=lambda note: note.onset)),
        bends=_spliced(part.bends, other.bends, edges, stays, steps=True),
        expression=_spliced(part.expression, other.expression, edges, stays, steps=False),
        pedal=tuple(
            sorted([p for p in part.pedal if stays(p[0])] + [p for p in other.pedal if not stays(p[0])])
        ),
    )  # fmt: skip


def _spliced(
    mine: _Curve, theirs: _Curve, edges: Sequence[float], stays: Callable[[float], bool], *, steps: bool
) -> _Curve:
    """A curve that follows `mine` where that stays and `theirs` elsewhere; both hold at the edges."""
    if not mine and not theirs:
        return ()
    idle = 0.0 if steps else 1.0

    def value(curve: _Curve, time: float) -> float:
        if not curve:
            return idle
        if steps:
            return next((level for at, level in reversed(curve) if at <= time), idle)
        return float(np.interp(time, [at for at, _ in curve], [level for _, level in curve]))

    points = [point for point in mine if stays(point[0])] + [point for point in theirs if not stays(point[0])]
    for edge in edges:
        before, after = edge - _EDGE, edge + _EDGE
        points.append((after, value(mine if stays(after) else theirs, after)))
        if edge > 0 and not steps:
            points.append((before, value(mine if stays(before) else theirs, before)))
    return tuple(sorted(points))


def _played_on(part: Part, wish: Wish, instrument: str) -> Part:
    """The same notes on another instrument, by whole octaves within its range."""
    voices = KITS | PERCUSSION if part.drums else INSTRUMENTS
    if instrument not in voices:
        raise EngineError(f"“{instrument}” cannot play {part.role}: choose another instrument.")
    desk = restrung(planned(wish), part, instrument)
    notes = part.notes if part.drums else _within(part.notes, instrument)
    return replace(desk, notes=notes, bends=part.bends, expression=part.expression, pedal=part.pedal)


def _within(notes: tuple[Note, ...], instrument: str) -> tuple[Note, ...]:
    low, high = INSTRUMENTS[instrument].low, INSTRUMENTS[instrument].high
    middle, shift = median(note.pitch for note in notes), 0
    while middle + shift < low + 3:
        shift += 12
    while middle + shift > high - 3:
        shift -= 12

    def fitted(pitch: int) -> int:
        while pitch < low:
            pitch += 12
        while pitch > high:
            pitch -= 12
        return pitch

    return tuple(note._replace(pitch=fitted(note.pitch + shift)) for note in notes)
