"""Where notes are on the screen: the view's place and zoom, and what lies at a point of it."""

import math
from dataclasses import dataclass
from enum import Enum, auto
from fractions import Fraction

import numpy as np
from PySide6.QtCore import QObject, QPointF, QRectF, Signal

from desktop.notes.arrays import NoteArrays
from desktop.notes.layers import Spans, spans_beside, spans_of
from desktop.notes.session import NoteSession
from desktop.view.viewport import Viewport
from engine.project.note_edits import Chosen
from engine.timing.position import Position

LOWEST_ROW, HIGHEST_ROW = 6, 40  # px
PIANO_ROW, DRUM_ROW = 15, 20
EDGE_PX = 6
MIN_GRIPPED = 14
"""Px that a note must be long to be stretched at both ends; a shorter one is stretched at its end alone."""
ROOM_BARS = 1
"""Bars that can be scrolled to behind the clip."""


class Zone(Enum):
    """The parts of a note that the mouse can take hold of, and the ground beside them."""

    EMPTY = auto()
    NOTE = auto()
    START = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Hit:
    """A place in the editor: the note there (−1 for none), its part, the row's pitch, and the song's frame."""

    zone: Zone
    note: int
    pitch: int
    frame: int


class NoteStage(QObject):
    """The view of one session's notes."""

    rescaled = Signal()
    """Rows got another height, or are others."""
    cursor_moved = Signal()

    def __init__(self, session: NoteSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.viewport = Viewport(self)
        self.row_px = PIANO_ROW
        self.cursor: tuple[Fraction, int] = (Fraction(0), 60)
        """Beat of the content and pitch at which keys draw."""
        self.velocity = 100
        """How hard the next note is struck: as the last one that was touched."""
        self._untouched = False
        self._spans: Spans | None = None
        self._spans_before: tuple[NoteArrays, Spans] | None = None
        self._spans_place: object = None
        self._rows = session.rows
        session.notes_changed.connect(self._on_notes)
        session.clip_changed.connect(self.show_clip)
        session.settings_changed.connect(self._on_notes)
        self.viewport.zoomed.connect(self._forget)
        self.viewport.zoomed.connect(self._tell_zoom)
        self._tell_zoom()

    # rows

    @property
    def row_device(self) -> int:
        """The height of a row in device pixels."""
        return max(round(self.row_px * self.viewport.dpr), 3)

    @property
    def row_height(self) -> float:
        """The same in px."""
        return self.row_device / self.viewport.dpr

    def _tell_zoom(self) -> None:
        self.session.frames_per_px = self.viewport.frames_per_px

    def y(self, pitch: int) -> float:
        """The top of a pitch's row."""
        return self.session.rows.row_of(pitch) * self.row_height - self.viewport.top_device / self.viewport.dpr

    def row_at(self, y: float) -> int:
        """The row at `y`, which may lie outside of those that there are."""
        return math.floor((y + self.viewport.top_device / self.viewport.dpr) / self.row_height)

    def pitch_at(self, y: float) -> int:
        """The pitch at `y`."""
        return self.session.rows.pitch_at(self.row_at(y))

    def set_row_px(self, height: int, anchor_y: float) -> None:
        """Gives rows a height; what lies at `anchor_y` stays there."""
        height = min(max(height, LOWEST_ROW), HIGHEST_ROW)
        if height == self.row_px:
            return
        under = (self.viewport.top + anchor_y) / self.row_height
        self.row_px = height
        self.measure()
        self.viewport.scroll_to(top=round(under * self.row_height - anchor_y))
        self.rescaled.emit()

    # notes

    @property
    def spans(self) -> Spans:
        """Where the notes lie."""
        if self._spans is None:
            session, viewport = self.session, self.viewport
            place = session.project.clock, session.origin, viewport.frames_per_device_px, session.rows
            before = self._spans_before if self._spans_place == place else None
            self._spans = spans_of(session, viewport, before)
            self._spans_before, self._spans_place = (session.arrays, self._spans), place
        return self._spans

    def x(self, beat: Fraction) -> float:
        """Where a beat of the content lies."""
        return self.viewport.x(self.session.frame(beat))

    def note_rect(self, index: int) -> QRectF:
        """A note; empty where its pitch has no row."""
        spans, dpr, origin = self.spans, self.viewport.dpr, self.viewport.left_device
        if spans.rows[index] < 0:
            return QRectF()
        left, right = (int(edge[index]) - origin for edge in (spans.left, spans.right))
        top = int(spans.rows[index]) * self.row_device - self.viewport.top_device
        return QRectF(left / dpr, top / dpr, (right - left) / dpr, (self.row_device - 1) / dpr)

    def hit(self, point: QPointF) -> Hit:
        """What lies at a point; of notes over each other a chosen one, else the last."""
        viewport = self.viewport
        row, frame = self.row_at(point.y()), viewport.frame(point.x())
        pitch = self.session.rows.pitch_at(row)
        if not 0 <= row < len(self.session.rows):
            return Hit(Zone.EMPTY, -1, pitch, frame)
        spans = self.spans
        column = round(point.x() * viewport.dpr) + viewport.left_device
        indices = np.flatnonzero((spans.rows == row) & (spans.left <= column) & (column < spans.right))
        if not len(indices):
            return Hit(Zone.EMPTY, -1, pitch, frame)
        chosen = [index for index in indices.tolist() if index in self.session.chosen]
        note = chosen[-1] if chosen else int(indices[-1])
        return Hit(self._zone(note, column), note, pitch, frame)

    def _zone(self, note: int, column: int) -> Zone:
        dpr = self.viewport.dpr
        left, right = int(self.spans.left[note]), int(self.spans.right[note])
        edge = min(EDGE_PX * dpr, (right - left) / 3)
        if column >= right - edge:
            return Zone.END
        return Zone.START if column < left + edge and right - left >= MIN_GRIPPED * dpr else Zone.NOTE

    def within(self, area: QRectF) -> Chosen:
        """The notes that reach into an area."""
        spans, viewport = self.spans, self.viewport
        first, last = (round(x * viewport.dpr) + viewport.left_device for x in (area.left(), area.right()))
        top, bottom = self.row_at(area.top()), self.row_at(area.bottom())
        inside = (spans.rows >= top) & (spans.rows <= bottom) & (spans.right > first) & (spans.left <= last)
        return frozenset(np.flatnonzero(inside & (spans.rows >= 0)).tolist())

    def within_beside(self, area: QRectF) -> dict[str, Chosen]:
        """The same of the other open clips, by their ids."""
        first, last = (round(x * self.viewport.dpr) + self.viewport.left_device for x in (area.left(), area.right()))
        top, bottom = max(self.row_at(area.top()), 0), self.row_at(area.bottom())
        by_clip = {}
        for _, clip, content in self.session.beside():
            spans = spans_beside(self.session, self.viewport, clip, content, content.notes)
            inside = (spans.rows >= top) & (spans.rows <= bottom) & (spans.right > first) & (spans.left <= last)
            if inside.any():
                by_clip[clip.id] = frozenset(np.flatnonzero(inside).tolist())
        return by_clip

    def hit_beside(self, point: QPointF) -> tuple[str, int] | None:
        """The clip and the note of another open clip at a point; a chosen one first."""
        under = self.within_beside(QRectF(point, point))
        chosen = {clip_id: notes & self.session.chosen_of(clip_id) for clip_id, notes in under.items()}
        for notes_of in (chosen, under):
            for clip_id, notes in notes_of.items():
                if notes:
                    return clip_id, max(notes)
        return None

    def edit_clip(self, clip_id: str) -> None:
        """Edits another open clip from now on; what is chosen and what is in view stay."""
        viewport = self.viewport
        view = viewport.frames_per_px, viewport.left, viewport.top, self.row_px
        if self.session.show(clip_id, keep=True):
            self.row_px = view[3]
            self._untouched = False
            self.measure()
            viewport.set_zoom(view[0], view[1])
            viewport.scroll_to(top=view[2])

    # the view

    def set_cursor(self, beat: Fraction, pitch: int, *, reveal: bool = True) -> None:
        """Moves the place at which keys draw."""
        self.cursor = max(beat, Fraction(0)), pitch
        if reveal:
            self.viewport.reveal(self.session.frame(self.cursor[0]))
            self.reveal_pitch(pitch)
        self.cursor_moved.emit()

    def reveal_pitch(self, pitch: int) -> None:
        """Scrolls a pitch's row into view."""
        top = self.session.rows.row_of(pitch) * self.row_height
        self.viewport.reveal_y(math.floor(top - self.row_height), math.ceil(top + 2 * self.row_height))

    def reveal_chosen(self) -> None:
        """Scrolls the first of the chosen notes into view."""
        if notes := self.session.chosen_notes():
            self.viewport.reveal(self.session.frame(notes[0].start))
            self.reveal_pitch(notes[0].pitch)

    def show_clip(self) -> None:
        """Shows the clip from its start, around the pitches that it plays."""
        session, viewport = self.session, self.viewport
        self.row_px = DRUM_ROW if session.is_drums else PIANO_ROW
        self._on_notes()
        self._untouched = True
        if session.clip is None:
            return
        first, last = session.bounds()
        clock = session.project.clock
        bar = clock.bar_at(Position.at_frame(first)).signature.bar
        viewport.fit(first, min(last, clock.frame_at(clock.beat_at(first) + 8 * bar)))
        self.cursor = session.cell(first)[0], self._middle()
        self.show_pitches()

    def take_size(self, width: int, height: int, dpr: float) -> None:
        """Takes the size of the canvas; a clip whose view nobody has moved is shown from its start again."""
        self.viewport.resize(width, height, dpr)
        self.measure()
        if self._untouched:
            self.show_clip()

    def touch(self) -> None:
        """Somebody moves the view: another size leaves it where it is."""
        self._untouched = False

    def show_pitches(self) -> None:
        """Scrolls to the pitches that the notes have."""
        viewport = self.viewport
        middle = (self.session.rows.row_of(self._middle()) + 0.5) * self.row_height
        viewport.scroll_to(top=round(middle - viewport.height / 2))

    def measure(self) -> None:
        """Tells the viewport how long and how high what it shows is."""
        last = self.session.bounds()[1]
        clock = self.session.project.clock
        bar = clock.bar_at(Position.at_frame(last)).signature.bar
        end = clock.frame_at(clock.beat_at(last) + ROOM_BARS * bar) if last else 0
        self.viewport.set_content(end, math.ceil(len(self.session.rows) * self.row_height))

    def _middle(self) -> int:
        pitches = self.session.arrays.pitches
        if len(pitches):
            return int(np.median(pitches))
        return 42 if self.session.is_drums else 60

    def _on_notes(self) -> None:
        self._forget()
        rows = self.session.rows
        if rows != self._rows:
            anchor = self._rows.pitch_at(self.row_at(self.viewport.height / 2)) if len(self._rows) else 60
            self._rows = rows
            self.measure()
            self.viewport.scroll_to(top=round(rows.row_of(anchor) * self.row_height - self.viewport.height / 2))
            self.rescaled.emit()
        else:
            self.measure()

    def _forget(self) -> None:
        self._spans = None
