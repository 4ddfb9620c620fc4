"""What dragging in the lanes of chords and sections does, from press to release."""

from dataclasses import dataclass
from fractions import Fraction

from desktop.document import Document
from desktop.timeline.form_edits import (
    FormEdits,
    FormPart,
    Lane,
    lane_of,
    moved_chord,
    moved_edge,
    nearest_place,
)
from desktop.timeline.time_labels import bar_text
from engine.errors import EditError
from engine.inference.song_form import SongChord, SongForm, SongSection, song_form
from engine.timing.position import Position


@dataclass
class FormDrag:
    """A drag. Subclasses say what it shows and does."""

    document: Document
    edits: FormEdits
    press_frame: float

    text = ""
    """Where the mouse has got to, for the status line."""

    def drag(self, frame: float, *, fine: bool, copy: bool) -> None:
        """The mouse is over that frame of the song."""

    def shown(self) -> SongForm | None:
        """The lanes as they would be; None where only `landing` is shown."""
        return None

    def landing(self) -> Fraction | None:
        """The beat at which something would be inserted."""
        return None

    def done(self) -> tuple[Lane, Fraction] | None:
        """The mouse was let go: changes the song; returns the lane and the start of what is selected then."""
        return None

    def _at(self, beat: Fraction) -> str:
        return bar_text(self.document.project.clock, Position.at_beat(beat))


@dataclass
class EdgeDrag(FormDrag):
    """Moves the edge between two neighbours, or an end of one."""

    lane: Lane = "chords"
    left: FormPart | None = None
    right: FormPart | None = None
    _to: Fraction | None = None

    def drag(self, frame: float, *, fine: bool, copy: bool) -> None:
        self._to = nearest_place(self.document.project.clock, frame, self.lane, fine=fine)
        self.text = f"Edge at {self._at(self._to)}"

    def shown(self) -> SongForm | None:
        if self._to is None:
            return None
        try:
            return song_form(moved_edge(self.document.project, self.lane, self.left, self.right, self._to))
        except EditError:
            return None

    def done(self) -> tuple[Lane, Fraction] | None:
        if self._to is not None:
            self.edits.move_edge(self.lane, self.left, self.right, self._to)
        start = self.left.start if self.left is not None else self._to
        return None if start is None else (self.lane, start)


@dataclass
class ChordDrag(FormDrag):
    """Moves a chord, or with Ctrl a copy of it."""

    chord: SongChord | None = None
    _to: Fraction | None = None
    _copy: bool = False

    def drag(self, frame: float, *, fine: bool, copy: bool) -> None:
        assert self.chord is not None
        clock = self.document.project.clock
        moved = frame - self.press_frame + clock.frame_at(self.chord.start)
        self._to, self._copy = nearest_place(clock, moved, "chords", fine=fine), copy
        self.text = f"{'Copy' if copy else 'Move'} to {self._at(self._to)}"

    def shown(self) -> SongForm | None:
        if self._to is None or self.chord is None:
            return None
        return song_form(moved_chord(self.document.project, self.chord, self._to, copy=self._copy))

    def done(self) -> tuple[Lane, Fraction] | None:
        if self._to is None or self.chord is None:
            return None
        self.edits.move_chord(self.chord, self._to, copy=self._copy)
        return "chords", self._to


@dataclass
class SectionDrag(FormDrag):
    """Moves a section with all that lies under it, or with Ctrl a copy of it; it lands between bars."""

    section: SongSection | None = None
    _to: Fraction | None = None
    _copy: bool = False

    def drag(self, frame: float, *, fine: bool, copy: bool) -> None:
        assert self.section is not None
        to, section = nearest_place(self.document.project.clock, frame, "sections", fine=fine), self.section
        inside = section.start < to < section.end if copy else section.start <= to <= section.end
        self._to, self._copy = None if inside else to, copy
        what = "Copy" if copy else "Move"
        self.text = f"{what} with all that lies under it to {self._at(to)}" if not inside else "Back in its place"

    def landing(self) -> Fraction | None:
        return self._to

    def done(self) -> tuple[Lane, Fraction] | None:
        if self._to is None or self.section is None:
            return None
        section, to = self.section, self._to
        self.edits.move_section(section, to, copy=self._copy)
        if not self._copy and to > section.start:
            to -= section.end - section.start
        return "sections", to


@dataclass
class DrawDrag(FormDrag):
    """Draws a new chord or section in an empty place; what is drawn is typed then."""

    lane: Lane = "chords"
    span: tuple[Fraction, Fraction] | None = None

    def drag(self, frame: float, *, fine: bool, copy: bool) -> None:
        clock = self.document.project.clock
        ends = sorted(nearest_place(clock, each, self.lane, fine=fine) for each in (self.press_frame, frame))
        self.span = (ends[0], ends[1]) if ends[0] < ends[1] else None
        self.text = f"{self._at(ends[0])} to {self._at(ends[1])}" if self.span else ""


def drag_of(document: Document, edits: FormEdits, frame: float, part: FormPart) -> FormDrag:
    """The drag that begins on a chord or a section."""
    if isinstance(part, SongSection):
        return SectionDrag(document, edits, frame, section=part)
    return ChordDrag(document, edits, frame, chord=part)


def edge_drag(
    document: Document, edits: FormEdits, frame: float, left: FormPart | None, right: FormPart | None
) -> EdgeDrag:
    """The drag that begins on an edge of one part, or between two."""
    part = left if left is not None else right
    assert part is not None
    return EdgeDrag(document, edits, frame, lane=lane_of(part), left=left, right=right)
