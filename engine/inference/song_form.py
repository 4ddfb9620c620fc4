"""The chords and sections of a song: those written by hand, and elsewhere what its composed clips say.

Each take of a composed part keeps the chords and sections of its piece in its record (`form_record`). They lie where
the clip's notes lie: a clip that is moved, cut or looped takes its chords along.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice
from typing import Any, TypeVar

from engine.errors import EngineError
from engine.inference.compositions import composition_of
from engine.music.chords import Chord, parse_chord
from engine.music.keys import Key, parse_key
from engine.project.model import Clip, NamedSpan, Project, Take, Track
from engine.project.recorded import was_generated
from engine.project.turns import Turn, turns_of
from engine.timing.clock import Clock

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
    by_hand: bool = False


@dataclass(frozen=True, slots=True)
class SongSection:
    """A section from beat `start` up to `end` of the song."""

    start: Fraction
    end: Fraction
    name: str
    by_hand: bool = False


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
    spans: list[tuple[Fraction, Fraction]] = []
    for stretch in _pieces(p):
        turn = stretch.turn
        for start, end in _free(spans, turn.first, turn.last):
            if (start, end) == (turn.first, turn.last):
                chords += stretch.chords
                sections += stretch.sections
            else:
                some_chords, some_sections = stretch.within(start, end)
                chords += some_chords
                sections += some_sections
            spans.append((start, end))
    chords.sort(key=lambda each: each.start)
    sections.sort(key=lambda each: each.start)
    return SongForm(_with_own_chords(p, _joined(chords)), _with_own_sections(p, sections))


def chords_between(p: Project, first: Fraction, last: Fraction) -> tuple[Chord, ...]:
    """The chords from beat `first` up to `last` of a song, in quarter notes from `first` on."""
    return tuple(
        replace(each.chord, start=float(start - first), length=float(end - start))
        for each in song_form(p).chords
        if (start := max(each.start, first)) < (end := min(each.end, last))
    )


def _with_own_chords(p: Project, chords: Sequence[SongChord]) -> tuple[SongChord, ...]:
    """The chords with those over them that were written by hand."""
    if not p.chords:
        return tuple(chords)
    own = []
    for span in p.chords:
        if span.text:
            chord = parse_chord(span.text, float(span.start), float(span.end - span.start))
            own.append(SongChord(span.start, span.end, chord, span.text, by_hand=True))
    return tuple(sorted([*_outside(chords, p.chords), *own], key=lambda each: each.start))


def _with_own_sections(p: Project, sections: Sequence[SongSection]) -> tuple[SongSection, ...]:
    """The sections with those over them that were written by hand."""
    own = [SongSection(span.start, span.end, span.text, by_hand=True) for span in p.sections if span.text]
    return tuple(sorted([*_outside(sections, p.sections), *own], key=lambda each: each.start))


F = TypeVar("F", SongChord, SongSection)


def _outside(parts: Sequence[F], spans: Sequence[NamedSpan]) -> Iterator[F]:
    """What of the parts no span covers."""
    taken = [(span.start, span.end) for span in spans]
    for part in parts:
        for start, end in _free(taken, part.start, part.end):
            yield part if (start, end) == (part.start, part.end) else replace(part, start=start, end=end)


def section_starts(p: Project) -> list[tuple[Fraction, str]]:
    """The beat at which each section of a song begins, and its name with a capital letter."""
    return [(each.start, each.name[:1].upper() + each.name[1:]) for each in song_form(p).sections]


class _Forms:
    """The forms that were read last, found by the identity of their records. Any thread."""

    KEPT = 1024

    def __init__(self) -> None:
        self._forms: OrderedDict[int, tuple[Mapping[str, Any], Form | None]] = OrderedDict()

    def of(self, take: Take) -> Form | None:
        record = take.provenance
        if record is None:
            return None
        cached = self._forms.get(id(record))
        if cached and cached[0] is record:
            return cached[1]
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


def _pieces(p: Project) -> Iterator["_Stretch"]:
    """Where each composed piece sounds; once for all of its parts, the one that plays most harmony first."""
    stretches: dict[tuple[Turn, str], tuple[int, _Stretch]] = {}
    for clip in (clip for track in p.tracks for clip in _RECORDED.of(track)):
        part = _PARTS.of(p, clip)
        if part is None:
            continue
        for stretch in part.stretches:
            place = stretch.turn, part.piece
            if place not in stretches or part.rank < stretches[place][0]:
                stretches[place] = part.rank, stretch
    return (each for _, each in sorted(stretches.values(), key=lambda each: (each[0], each[1].turn)))


class _Recorded:
    """The clips of a track that sound and have a record, found by the track's identity. Any thread.

    An edit changes a track or two, and most clips of a long song have no record: only those tracks are read again.
    """

    KEPT = 1024

    def __init__(self) -> None:
        self._tracks: OrderedDict[int, tuple[Track, tuple[Clip, ...]]] = OrderedDict()

    def of(self, track: Track) -> tuple[Clip, ...]:
        """The clips of a track, in their order, of which a record may say what piece they belong to."""
        entry = self._tracks.get(id(track))
        if entry and entry[0] is track:
            return entry[1]
        clips = tuple(clip for clip in track.clips if not clip.mute and was_generated(clip.chosen.provenance))
        self._tracks[id(track)] = track, clips
        while len(self._tracks) > self.KEPT:
            self._tracks.popitem(last=False)
        return clips


_RECORDED = _Recorded()


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A turn of a clip, and the chords and sections that lie in it."""

    turn: Turn
    chords: tuple[SongChord, ...]
    sections: tuple[SongSection, ...]

    def within(self, first: Fraction, last: Fraction) -> tuple[list[SongChord], list[SongSection]]:
        """What of it lies between two beats."""
        chords = [
            replace(each, start=start, end=end)
            for each in self.chords
            if (start := max(each.start, first)) < (end := min(each.end, last))
        ]
        sections = [
            replace(each, start=start, end=end)
            for each in self.sections
            if (start := max(each.start, first)) < (end := min(each.end, last))
        ]
        return chords, sections


@dataclass(frozen=True, slots=True)
class _Part:
    """What a clip says of its piece. rank: of its role, by how much harmony is played in it."""

    piece: str
    rank: int
    stretches: tuple[_Stretch, ...]


class _Parts:
    """What was said by the clips that were read last, found by their identity and the clock. Any thread."""

    KEPT = 4096

    def __init__(self) -> None:
        self._parts: OrderedDict[tuple[int, int], tuple[Clip, Clock, Form | None, _Part | None]] = OrderedDict()

    def of(self, p: Project, clip: Clip) -> _Part | None:
        """What a clip says; None where it was not composed."""
        clock, form = p.clock, form_of(clip.chosen)
        cached = self._parts.get((id(clip), id(clock)))
        if cached and cached[0] is clip and cached[1] is clock and cached[2] is form:
            return cached[3]
        part = _part_of(p, clip, form)
        self._parts[id(clip), id(clock)] = clip, clock, form, part
        while len(self._parts) > self.KEPT:
            self._parts.popitem(last=False)
        return part


_PARTS = _Parts()


def _part_of(p: Project, clip: Clip, form: Form | None) -> _Part | None:
    composition = composition_of(clip.chosen) if form is not None else None
    if form is None or composition is None:
        return None
    rank = _FIRST_ROLES.index(composition.role) if composition.role in _FIRST_ROLES else len(_FIRST_ROLES)
    try:
        key = parse_key(composition.key)
    except EngineError:
        key = None
    stretches = [
        _Stretch(turn, tuple(_chords_within(form, turn, key)), tuple(_sections_within(form, turn)))
        for turn in islice(turns_of(p, clip), _MOST_TURNS)
    ]
    return _Part(composition.id, rank, tuple(stretches))


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


def _chords_within(form: Form, turn: Turn, key: Key | None) -> Iterator[SongChord]:
    for chord in form.chords:
        start = max(turn.origin + _exactly(chord.start), turn.first)
        end = min(turn.origin + _exactly(chord.end), turn.last)
        if start < end:
            yield SongChord(start, end, chord, chord.symbol_in(key) if key else chord.symbol)


def _sections_within(form: Form, turn: Turn) -> Iterator[SongSection]:
    for begin, length, name in form.sections:
        start, end = max(turn.origin + begin, turn.first), min(turn.origin + begin + length, turn.last)
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
