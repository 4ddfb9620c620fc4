"""The chords and sections of a song, as its composed clips say them.

Each take of a composed part keeps the chords and sections of its piece in its record (`form_record`). They lie where
the clip's notes lie: a clip that is moved, cut or looped takes its chords along.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from engine.errors import EngineError
from engine.music.chords import Chord, parse_chord
from engine.music.keys import Key, parse_key
from engine.project.model import Project, Take
from engine.project.turns import turns_of
from engine.studio.compositions import composition_of

_GRID = 9600
_MOST_TURNS = 1000  # of a loop
_FIRST_ROLES = ("chords", "pad", "arp", "bass", "lead", "counter", "drums", "percussion")


@dataclass(frozen=True, slots=True)
class Form:
    """The chords and the sections (start, length, name) of a piece, in quarter notes from its start."""

    chords: tuple[Chord, ...]
    sections: tuple[tuple[Fraction, Fraction, str], ...]


@dataclass(frozen=True, slots=True)
class SongChord:
    """A chord from beat `start` up to `end` of the song. symbol: as the key of its piece spells it."""

    start: Fraction
    end: Fraction
    chord: Chord
    symbol: str


@dataclass(frozen=True, slots=True)
class SongSection:
    """A section from beat `start` up to `end` of the song."""

    start: Fraction
    end: Fraction
    name: str


@dataclass(frozen=True, slots=True)
class SongForm:
    """The chords and sections of a song, each in the order of time and without overlap."""

    chords: tuple[SongChord, ...] = ()
    sections: tuple[SongSection, ...] = ()


def form_record(form: Form) -> dict[str, Any]:
    """A form in plain JSON values, as the record of a take keeps it."""
    return {
        "chords": [[each.start, each.length, each.symbol] for each in form.chords],
        "sections": [[float(start), float(length), name] for start, length, name in form.sections],
    }


def form_of(take: Take) -> Form | None:
    """The form of the piece that a take is a part of; None where its record says none, or is damaged."""
    return _FORMS.of(take)


def remember(take: Take, form: Form) -> None:
    """Lets `form_of` know the form of a take whose record does not say it. Any thread."""
    _FORMS.put(take, form)


def song_form(p: Project) -> SongForm:
    """The chords and sections of a song. Where several pieces sound at once, those of the first track with chords."""
    chords: list[SongChord] = []
    sections: list[SongSection] = []
    taken: list[tuple[Fraction, Fraction]] = []
    for origin, first, last, form, key in _pieces(p):
        for start, end in _free(taken, first, last):
            chords += _chords_within(form, origin, start, end, key)
            sections += _sections_within(form, origin, start, end)
            taken.append((start, end))
    chords.sort(key=lambda each: each.start)
    return SongForm(_joined(chords), tuple(sorted(sections, key=lambda each: each.start)))


def chords_between(p: Project, first: Fraction, last: Fraction) -> tuple[Chord, ...]:
    """The chords from beat `first` up to `last` of a song, in quarter notes from `first` on."""
    return tuple(
        replace(each.chord, start=float(start - first), length=float(end - start))
        for each in song_form(p).chords
        if (start := max(each.start, first)) < (end := min(each.end, last))
    )


class _Forms:
    """The forms that were read last, found by the identity of their records. Any thread."""

    KEPT = 1024

    def __init__(self) -> None:
        self._forms: OrderedDict[int, tuple[Mapping[str, Any], Form | None]] = OrderedDict()

    def of(self, take: Take) -> Form | None:
        record = take.provenance
        if record is None:
            return None
        known = self._forms.get(id(record))
        if known and known[0] is record:
            return known[1]
        form = _read(record)
        self.put(take, form)
        return form

    def put(self, take: Take, form: Form | None) -> None:
        record = take.provenance
        if record is not None:
            self._forms[id(record)] = record, form
        while len(self._forms) > self.KEPT:
            self._forms.popitem(last=False)


_FORMS = _Forms()


def _read(record: Mapping[str, Any]) -> Form | None:
    try:
        values = record["composition"]["form"]
        chords = tuple(parse_chord(symbol, float(start), float(length)) for start, length, symbol in values["chords"])
        sections = tuple((_exactly(start), _exactly(length), str(name)) for start, length, name in values["sections"])
    except (EngineError, LookupError, TypeError, ValueError, OverflowError):
        return None
    return Form(chords, sections)


def _pieces(p: Project) -> Iterator[tuple[Fraction, Fraction, Fraction, Form, Key | None]]:
    """(beat 0 of its piece, from where, up to where it sounds, form, key) of each composed clip that is heard."""
    found: dict[tuple[Fraction, Fraction, Fraction, str], tuple[int, Form, Key | None]] = {}
    for _, clip in p.clips():
        form = None if clip.mute else form_of(clip.chosen)
        composition = composition_of(clip.chosen) if form else None
        if form is None or composition is None:
            continue
        rank = _FIRST_ROLES.index(composition.role) if composition.role in _FIRST_ROLES else len(_FIRST_ROLES)
        try:
            key = parse_key(composition.key)
        except EngineError:
            key = None
        for number, (origin, first, last) in enumerate(turns_of(p, clip)):
            if number >= _MOST_TURNS:
                break
            place = origin, first, last, composition.id
            if place not in found or rank < found[place][0]:
                found[place] = rank, form, key
    for (origin, first, last, _), (_, form, key) in sorted(found.items(), key=lambda each: (each[1][0], each[0][1])):
        yield origin, first, last, form, key


def _free(taken: list[tuple[Fraction, Fraction]], first: Fraction, last: Fraction) -> list[tuple[Fraction, Fraction]]:
    """What of a stretch is not taken yet."""
    free = [(first, last)]
    for begin, end in taken:
        free = [
            (start, stop)
            for low, high in free
            for start, stop in ((low, min(high, begin)), (max(low, end), high))
            if start < stop
        ]
    return free


def _chords_within(
    form: Form, origin: Fraction, first: Fraction, last: Fraction, key: Key | None
) -> Iterator[SongChord]:
    for chord in form.chords:
        start = max(origin + _exactly(chord.start), first)
        end = min(origin + _exactly(chord.end), last)
        if start < end:
            yield SongChord(start, end, chord, chord.symbol_in(key) if key else chord.symbol)


def _sections_within(form: Form, origin: Fraction, first: Fraction, last: Fraction) -> Iterator[SongSection]:
    for begin, length, name in form.sections:
        start, end = max(origin + begin, first), min(origin + begin + length, last)
        if start < end:
            yield SongSection(start, end, name)


def _joined(chords: list[SongChord]) -> tuple[SongChord, ...]:
    """Neighbours that are the same chord as one."""
    joined: list[SongChord] = []
    for each in chords:
        if joined and joined[-1].end == each.start and joined[-1].symbol == each.symbol:
            joined[-1] = replace(joined[-1], end=each.end)
        else:
            joined.append(each)
    return tuple(joined)


def _exactly(beats: float) -> Fraction:
    return Fraction(beats).limit_denominator(_GRID)
