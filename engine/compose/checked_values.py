"""Plain JSON values of a piece as what they stand for: each of the right type and within its range."""

import math
from collections.abc import Collection, Mapping
from dataclasses import MISSING, fields, is_dataclass
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from engine.compose.genres import GENRES
from engine.compose.imaging import IMAGES
from engine.compose.instruments import INSTRUMENTS, KITS, PERCUSSION
from engine.compose.moods import MOODS
from engine.compose.score import Part, Score, Section
from engine.compose.wish import MAX_BARS, ROLES, SECTION_NAMES, KeptPart, SectionWish, Wish
from engine.errors import EngineError, shown
from engine.music.chords import CHORDS, Chord
from engine.music.guide import Guide, guide_of
from engine.music.keys import Key
from engine.music.notes import Note
from engine.music.scales import SCALES

_LONGEST_TEXT = 200
_MOST_PARTS, _MOST_NOTES = 64, 100_000
_BEYOND = 64.0  # quarter notes by which a note may lie outside its piece
_QUARTERS = (-_BEYOND, 4.0 * MAX_BARS + _BEYOND)
_SHARE, _LEVEL, _CLASS = (0.0, 1.0), (-200.0, 100.0), (0, 11)
_PLAYERS = {*INSTRUMENTS, *KITS, *PERCUSSION}

_RANGES: Mapping[type, Mapping[str, tuple[float, float]]] = {
    Note: {"start": _QUARTERS, "length": (0.0, _QUARTERS[1]), "pitch": (0, 127), "velocity": (1, 127),
           "offset": (-_BEYOND, _BEYOND)},
    Chord: {"start": _QUARTERS, "length": (1e-6, _QUARTERS[1]), "root": _CLASS, "bass": _CLASS},
    Section: {"start": _QUARTERS, "length": (1e-6, _QUARTERS[1]), "density": _SHARE},
    SectionWish: {"bars": (1, MAX_BARS), "density": _SHARE},
    Key: {"tonic": _CLASS},
    Part: {"program": (0, 127), "level_db": _LEVEL, "trim_db": _LEVEL, "pan": (-1.0, 1.0), "room": _SHARE,
           "echo": _SHARE, "chorus": _SHARE, "drive": (0.0, 10.0), "tilt_db": (-60.0, 60.0), "duck": _SHARE,
           "width": _SHARE},
    Score: {"tempo": (20.0, 400.0), "tonic": _CLASS, "swing": _SHARE, "energy": _SHARE,
            "length": (1e-6, 4.0 * MAX_BARS), "loudness": (-100.0, 0.0), "reverb_seconds": (0.0, 20.0),
            "glue": _SHARE, "gain_db": _LEVEL},
    Wish: {"tempo": (20.0, 400.0), "bars": (1, MAX_BARS), "energy": _SHARE, "density": _SHARE},
}  # fmt: skip
_NAMES: Mapping[type, Mapping[str, Collection[str]]] = {
    Chord: {"quality": CHORDS},
    Section: {"name": SECTION_NAMES},
    SectionWish: {"name": SECTION_NAMES},
    Key: {"mode": SCALES},
    Part: {"role": ROLES, "instrument": _PLAYERS, "image": IMAGES},
    KeptPart: {"instrument": {*_PLAYERS, ""}},
    Score: {"genre": GENRES, "mood": MOODS, "mode": SCALES},
    Wish: {"genre": GENRES, "mood": MOODS},
}


def checked_score(values: Any) -> Score:
    """The score that `score_values` wrote.

    Raises:
        ValueError: a value is missing, of another type or out of its range; the text says which.
        EngineError: as `Signature`.
    """
    score: Score = _checked(Score, values, "score")
    names = [part.name for part in score.parts]
    if len(set(names)) < len(names):
        raise ValueError("two parts of the score have the same name")
    for name in names:
        if not named(name):
            raise ValueError(f"“{shown(name)}” is no name of a part")
    notes = sum(len(part.notes) for part in score.parts)
    if len(names) > _MOST_PARTS or notes > _MOST_NOTES:
        raise ValueError(f"{len(names)} parts with {notes} notes are more than a piece has")
    if any(note.start > score.length + _BEYOND for part in score.parts for note in part.notes):
        raise ValueError("a note lies behind the end of the score")
    if not score.chords or not score.sections:
        raise ValueError("the score has no chords or no sections")
    return score


def named(name: str) -> bool:
    """Whether it is a name of a part, which its stem's file has, too."""
    return (
        len(name) <= _LONGEST_TEXT // 2
        and bool(name.strip(" ."))
        and name.isprintable()
        and not any(sign in name for sign in '/\\:*?"<>|')
    )


def checked_wish(values: Any) -> Wish:
    """The wish that `Wish.to_dict` wrote; raises as `checked_score`, and where nobody could wish for it."""
    wish: Wish = _checked(Wish, values, "wish")
    for terms in (*wish.instruments, wish.without, *(section.playing for section in wish.sections)):
        for term in terms:
            if not term:
                raise ValueError("an instrument of the wish has no name")
    if any(not group for group in wish.instruments):
        raise ValueError("a choice of instruments of the wish is empty")
    return wish


def _checked(kind: Any, value: Any, place: str) -> Any:
    """A value as `kind`; `place` says where it stands."""
    if get_origin(kind) in (Union, UnionType):
        (inner,) = (each for each in get_args(kind) if each is not type(None))
        return None if value is None else _checked(inner, value, place)
    if get_origin(kind) is tuple:
        if not isinstance(value, list):
            raise ValueError(f"{place} is no list")
        kinds = get_args(kind)
        if kinds[-1] is Ellipsis:
            return tuple(_checked(kinds[0], each, f"{place}, {number}") for number, each in enumerate(value, 1))
        if len(value) != len(kinds):
            raise ValueError(f"{place} has {len(value)} values instead of {len(kinds)}")
        return tuple(_checked(each, item, place) for each, item in zip(kinds, value, strict=True))
    if kind is Guide:
        return _guide(value, place)
    if kind is Note:
        if not isinstance(value, list) or not 4 <= len(value) <= 5:
            raise ValueError(f"{place} is no note")
        value = dict(zip(Note._fields, value, strict=False))
    return _plain(kind, value, place) if kind in (str, int, float) else _record(kind, value, place)


def _plain(kind: type, value: Any, place: str) -> Any:
    """A text or a finite number."""
    if kind is str:
        if not isinstance(value, str) or len(value) > _LONGEST_TEXT:
            raise ValueError(f"{place} is no short text")
        return value
    fits = isinstance(value, int) if kind is int else isinstance(value, int | float)
    if isinstance(value, bool) or not fits or abs(value) > 2**63 or not math.isfinite(value):
        raise ValueError(f"{place} is no {'whole number' if kind is int else 'number'}")
    return value


def _record(kind: Any, value: Any, place: str) -> Any:
    """An object with the fields of a data class or of a note."""
    if not isinstance(value, dict):
        raise ValueError(f"{place} is no object")
    hints = get_type_hints(kind)
    if unknown := set(value) - set(hints):
        raise ValueError(f"{place} has an unknown entry “{shown(sorted(unknown)[0])}”")
    defaults = Note._field_defaults if kind is Note else {
        field.name: True for field in (fields(kind) if is_dataclass(kind) else ())
        if field.default is not MISSING or field.default_factory is not MISSING
    }  # fmt: skip
    entries = {}
    for name, hint in hints.items():
        if name not in value:
            if name not in defaults:
                raise ValueError(f"{place} lacks its entry “{name}”")
            continue
        entry = _checked(hint, value[name], f"{place}, {name}")
        if entry is not None:
            low, high = _RANGES.get(kind, {}).get(name, (-math.inf, math.inf))
            if isinstance(entry, int | float) and not low <= entry <= high:
                raise ValueError(f"{place}, {name} is {entry:g}, which is not between {low:g} and {high:g}")
            names = _NAMES.get(kind, {}).get(name)
            if names is not None and entry not in names:
                raise ValueError(f"{place}, {name} is “{shown(entry)}”, which is unknown")
        entries[name] = entry
    return kind(**entries)


def _guide(value: Any, place: str) -> Guide:
    try:
        return guide_of(value)
    except (EngineError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"{place} is damaged") from error
