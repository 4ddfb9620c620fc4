"""What is done to the chords and sections of the song: each is one step, and is said where it cannot be done."""

from collections.abc import Callable
from fractions import Fraction
from typing import Literal

from desktop.document import Document
from engine.inference.song_form import SongChord, SongSection
from engine.project import edits
from engine.project.model import NamedSpan, Project
from engine.timing.clock import Clock
from engine.timing.position import Position

Lane = Literal["chords", "sections"]
FormPart = SongChord | SongSection
NOUNS: dict[Lane, str] = {"chords": "chord", "sections": "section"}
_SIXTEENTH = Fraction(1, 4)


def lane_of(part: FormPart) -> Lane:
    """The lane in which a chord or a section lies."""
    return "sections" if isinstance(part, SongSection) else "chords"


def span_of(part: FormPart) -> NamedSpan:
    """A chord or a section as it is written by hand."""
    return NamedSpan(part.start, part.end, part.name if isinstance(part, SongSection) else part.symbol)


def nearest_place(clock: Clock, frame: float, lane: Lane, *, fine: bool = False) -> Fraction:
    """The beat that a chord's or a section's edge snaps to: beats and bars, or if `fine` sixteenths and beats."""
    beat = clock.beat_at(max(round(frame), 0))
    bar = clock.bar_at(Position.at_beat(beat))
    if lane == "sections":
        step = bar.signature.beat if fine else bar.signature.bar
    else:
        step = _SIXTEENTH if fine else bar.signature.beat
    below = bar.start + (beat - bar.start) // step * step
    above = min(below + step, bar.end)
    return above if above - beat <= beat - below else below


def next_place(clock: Clock, beat: Fraction, lane: Lane, sign: int) -> Fraction:
    """The next place of the lane's grid after `beat` (`sign` 1) or before it (−1)."""
    bar = clock.bar_at(Position.at_beat(beat))
    if sign < 0 and beat == bar.start and bar.number > 1:
        bar = clock.bar_at(clock.bar_start(bar.number - 1))
    step = bar.signature.bar if lane == "sections" else bar.signature.beat
    if sign > 0:
        return bar.start + ((beat - bar.start) // step + 1) * step
    return max(bar.start - (-(beat - bar.start) // step + 1) * step, Fraction(0))


def written(text: str, lane: Lane) -> str:
    """What was typed, as it is kept: a chord's roots are capital letters."""
    text = text.strip()
    if lane == "sections":
        return text
    return "/".join(each[:1].upper() + each[1:] for each in text.split("/"))


class FormEdits:
    """The edits of one song's chords and sections. Each returns whether the song has changed."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def write(self, lane: Lane, start: Fraction, end: Fraction, text: str) -> bool:
        """Writes a new chord or section."""
        return self._apply(f"Write {NOUNS[lane]}", lambda p: edits.write_span(p, lane, start, end, written(text, lane)))

    def rename(self, part: FormPart, text: str) -> bool:
        """Gives a section another name, or another chord where one is."""
        lane = lane_of(part)
        name = "Rename section" if lane == "sections" else "Change chord"
        return self._apply(name, lambda p: edits.write_span(p, lane, part.start, part.end, written(text, lane)))

    def remove(self, part: FormPart) -> bool:
        """Takes it out of its lane; what lies under it stays."""
        lane = lane_of(part)
        return self._apply(f"Delete {NOUNS[lane]}", lambda p: edits.write_span(p, lane, part.start, part.end, ""))

    def split(self, part: FormPart, at: Fraction) -> bool:
        """Cuts it in two."""
        lane = lane_of(part)
        return self._apply(f"Split {NOUNS[lane]}", lambda p: edits.split_span(p, lane, span_of(part), at))

    def move_chord(self, chord: SongChord, to: Fraction, *, copy: bool = False) -> bool:
        """Puts a chord elsewhere, or a copy of it."""
        if to == chord.start:
            return False
        return self._apply("Copy chord" if copy else "Move chord", lambda p: moved_chord(p, chord, to, copy=copy))

    def move_edge(self, lane: Lane, left: FormPart | None, right: FormPart | None, to: Fraction) -> bool:
        """Moves the edge between two neighbours, or that of one."""
        return self._apply(f"Move edge of {NOUNS[lane]}", lambda p: moved_edge(p, lane, left, right, to))

    def duplicate(self, part: FormPart) -> bool:
        """A section is repeated after itself with all that lies under it; a chord is written once more after itself."""
        if isinstance(part, SongChord):
            return self.move_chord(part, part.end, copy=True)
        return self._apply("Duplicate section", lambda p: edits.duplicate_passage(p, part.start, part.end))

    def move_section(self, section: SongSection, to: Fraction, *, copy: bool = False) -> bool:
        """Puts a section where beat `to` lies, or a copy of it, with all that lies under it."""
        if copy:
            return self._apply("Copy section", lambda p: edits.duplicate_passage(p, section.start, section.end, to))
        return self._apply("Move section", lambda p: edits.move_passage(p, section.start, section.end, to))

    def remove_time(self, section: SongSection) -> bool:
        """Takes a section out with all that lies under it; what follows comes earlier."""
        return self._apply("Delete section and its time", lambda p: edits.remove_passage(p, section.start, section.end))

    def fit(self, part: FormPart | None = None) -> bool:
        """Parts follow the chords: the notes under a chord or a section, or all of them."""
        from engine.inference.chord_fitting import fit_to_song

        first, last = (part.start, part.end) if part is not None else (Fraction(0), None)
        return self._apply("Fit to chords", lambda p: fit_to_song(p, first=first, last=last))

    def _apply(self, name: str, edit: Callable[[Project], Project]) -> bool:
        return self._document.apply(name, edit)


def moved_chord(p: Project, chord: SongChord, to: Fraction, *, copy: bool = False) -> Project:
    """The song with a chord elsewhere, or a copy of it there."""
    span = span_of(chord)
    if copy:
        return edits.write_span(p, "chords", to, to + span.end - span.start, span.text)
    return edits.move_span(p, "chords", span, to)


def moved_edge(p: Project, lane: Lane, left: FormPart | None, right: FormPart | None, to: Fraction) -> Project:
    """The song with an edge elsewhere."""
    spans = [span_of(each) if each is not None else None for each in (left, right)]
    return edits.move_edge(p, lane, spans[0], spans[1], to)
