"""Drags in the note editor: each previews what it would do, and is one undo step."""

from fractions import Fraction

from PySide6.QtCore import QPointF, QRectF, Qt

from desktop.notes.session import NONE
from desktop.notes.stage import Hit, NoteStage, Zone
from desktop.view.pointing import ALT, CONTROL, DRAG_PX, SHIFT
from engine.plain_text import counted
from engine.project import note_edits
from engine.project.model import NoteEvent
from engine.project.note_edits import Chosen, Notes

ACCENT = 120
"""How hard an accented note is struck."""


class NoteGesture:
    """A drag from press to release."""

    cursor = Qt.CursorShape.ArrowCursor
    hint = "Release to finish · Esc: cancel"

    def __init__(self, stage: NoteStage, press: QPointF) -> None:
        self.stage, self.session = stage, stage.session
        self.press = press
        self.press_frame = stage.viewport.left + press.x() * stage.viewport.frames_per_px
        self.press_row = stage.row_at(press.y())
        self.chosen_before = self.session.chosen
        self.beside_before = self.session.chosen_beside()
        self.band: QRectF | None = None
        self.label = ""

    def drag(self, point: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """The mouse is at `point` now."""

    def done(self) -> None:
        """The mouse was let go."""

    def cancelled(self) -> None:
        """Escape: nothing is changed."""
        self.session.preview(None)
        self.session.choose(self.chosen_before, self.beside_before)

    def frames_moved(self, point: QPointF) -> float:
        """How far the mouse was dragged, in frames, scrolling included."""
        viewport = self.stage.viewport
        return viewport.left + point.x() * viewport.frames_per_px - self.press_frame


class MoveNotes(NoteGesture):
    """Moves the chosen notes, or copies of them."""

    cursor = Qt.CursorShape.ClosedHandCursor
    hint = "Shift: without snapping · Alt or Ctrl: copy · Esc: cancel"

    def __init__(self, stage: NoteStage, press: QPointF, note: int) -> None:
        super().__init__(stage, press)
        self._anchor = self.session.real_notes[note]
        self._parts = self.session.parts()
        self._count = self.session.chosen_count
        rows = [stage.session.rows.row_of(part.notes[i].pitch) for part in self._parts for i in part.chosen]
        self._rows = min(rows), max(rows)
        self._earliest = min(part.notes[i].start for part in self._parts for i in part.chosen)
        self._moved: tuple[Fraction, int, bool] | None = None
        self._copies = False

    def drag(self, point: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        session, rows = self.session, self.session.rows
        frame = session.frame(self._anchor.start) + self.frames_moved(point)
        beats = session.snapped(frame, free=bool(modifiers & SHIFT)) - self._anchor.start
        if abs(point.x() - self.press.x()) < 3:
            beats = Fraction(0)
        beats = max(beats, -self._earliest)
        down = self.stage.row_at(point.y()) - self.press_row
        down = min(max(down, -self._rows[0]), len(rows) - 1 - self._rows[1])
        self._copies = bool(modifiers & (ALT | CONTROL))
        if (beats, down, self._copies) != self._moved:
            self._moved = beats, down, self._copies
            session.preview_parts(session.changed(self._parts, self._change))
        pitch = rows.stepped(self._anchor.pitch, -down)
        self.label = f"{rows.name(pitch)} · {beats_text(beats)}"

    def _change(self, notes: Notes, chosen: Chosen) -> tuple[Notes, Chosen]:
        beats, down, copies = self._moved or (Fraction(0), 0, False)
        if copies:
            notes, chosen = note_edits.copy(notes, chosen, beats)
        else:
            notes = note_edits.move(notes, chosen, beats)
        if down:
            rows, pitches = self.session.rows, {notes[i].pitch for i in chosen}
            notes = note_edits.repitch(notes, chosen, {pitch: rows.stepped(pitch, -down) for pitch in pitches})
        return notes, chosen

    def done(self) -> None:
        name = "Copy" if self._copies else "Move"
        self.session.commit(f"{name} {_notes(self._count)}")
        self.stage.reveal_chosen()


class ResizeNotes(NoteGesture):
    """Moves the ends, or the starts, of the chosen notes."""

    cursor = Qt.CursorShape.SizeHorCursor
    hint = "Shift: without snapping · Esc: cancel"

    def __init__(self, stage: NoteStage, press: QPointF, note: int, *, start: bool) -> None:
        super().__init__(stage, press)
        self._anchor = self.session.real_notes[note]
        self._parts, self._count, self._start = self.session.parts(), self.session.chosen_count, start

    def drag(self, point: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        session, anchor = self.session, self._anchor
        free = bool(modifiers & SHIFT)
        edge = anchor.start if self._start else anchor.end
        beats = session.snapped(session.frame(edge) + self.frames_moved(point), free=free) - edge
        shortest = Fraction(1, 32) if free else min(session.step(anchor.start), anchor.length)
        change = note_edits.resize_start if self._start else note_edits.resize_end
        session.preview_parts(session.changed(self._parts, lambda n, c: (change(n, c, beats, shortest), c)))
        self.label = beats_text(beats)

    def done(self) -> None:
        self.session.commit(f"Stretch {_notes(self._count)}")


class DrawNote(NoteGesture):
    """Draws a note where the mouse went down; it lasts as far as the mouse is dragged."""

    cursor = Qt.CursorShape.SizeHorCursor
    hint = "Drag: its length · Shift: without snapping · Esc: cancel"

    def __init__(self, stage: NoteStage, press: QPointF, hit: Hit, modifiers: Qt.KeyboardModifier) -> None:
        super().__init__(stage, press)
        self._notes = self.session.real_notes
        self._start, self._end = self.session.cell(hit.frame)
        velocity = ACCENT if modifiers & ALT else stage.velocity
        self._note = NoteEvent(self._start, self._end - self._start, hit.pitch, velocity)
        self._show(self._end)

    def drag(self, point: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        frame = self.press_frame + self.frames_moved(point)
        free = bool(modifiers & SHIFT)
        self._show(max(self.session.snapped(frame, free=free), self._start + Fraction(1, 32) if free else self._end))

    def _show(self, end: Fraction) -> None:
        note = NoteEvent(self._start, end - self._start, self._note.pitch, self._note.velocity)
        self.session.preview(*note_edits.add(self._notes, note))
        self.label = f"{self.session.rows.name(note.pitch)} · {beats_text(note.length, sign=False)}"

    def done(self) -> None:
        self.session.commit("Add note")


class PaintSteps(NoteGesture):
    """Puts a hit into every step of the grid that the mouse goes over, in the row where it went down."""

    hint = "Drag: a hit in each step · Alt: accented · Esc: cancel"

    def __init__(self, stage: NoteStage, press: QPointF, hit: Hit, modifiers: Qt.KeyboardModifier) -> None:
        super().__init__(stage, press)
        self._notes, self._pitch = self.session.real_notes, hit.pitch
        self._there = {note.start for note in self._notes if note.pitch == hit.pitch}
        self._velocity = ACCENT if modifiers & ALT else stage.velocity
        self._new: dict[Fraction, NoteEvent] = {}
        self._last = float(hit.frame)
        self._put(hit.frame)

    def drag(self, point: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """A quick mouse tells of a few places on its way: those between them are gone over too."""
        frame = self.press_frame + self.frames_moved(point)
        step = DRAG_PX * self.stage.viewport.frames_per_px
        count = max(round(abs(frame - self._last) / step), 1)
        for number in range(1, count + 1):
            self._put(self._last + (frame - self._last) * number / count)
        self._last = frame

    def _put(self, frame: float) -> None:
        start, end = self.session.cell(max(frame, 0.0))
        if start not in self._there and start not in self._new:
            self._new[start] = NoteEvent(start, end - start, self._pitch, self._velocity)
            self.session.preview(note_edits.add(self._notes, *self._new.values())[0], NONE)
        self.label = f"{self.session.rows.name(self._pitch)} · {counted(len(self._new), 'hit')}"

    def done(self) -> None:
        self.session.commit("Add note" if len(self._new) == 1 else f"Add {len(self._new)} notes")


class EraseNotes(NoteGesture):
    """Removes every note that the mouse goes over."""

    hint = "Drag over notes: erase them · Esc: bring them back"

    def __init__(self, stage: NoteStage, press: QPointF, hit: Hit) -> None:
        super().__init__(stage, press)
        self._notes = self.session.real_notes
        self._gone: set[int] = set()
        self._last = self.press_frame, press.y() + stage.viewport.top
        self._erase(hit.note)

    def drag(self, point: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """A quick mouse tells of a few places on its way: what lies between them is gone over too."""
        viewport = self.stage.viewport
        before = QPointF((self._last[0] - viewport.left) / viewport.frames_per_px, self._last[1] - viewport.top)
        count = max(round((point - before).manhattanLength() / DRAG_PX), 1)
        for number in range(1, count + 1):
            hit = self.stage.hit(before + (point - before) * (number / count))
            if hit.note >= 0:
                self._erase(hit.note)
        self._last = viewport.left + point.x() * viewport.frames_per_px, point.y() + viewport.top

    def _erase(self, note: int) -> None:
        self._gone.add(id(self.session.notes[note]))
        left = tuple(each for each in self._notes if id(each) not in self._gone)
        self.session.preview(left, NONE)
        self.label = f"Erase {_notes(len(self._gone))}"

    def done(self) -> None:
        self.session.commit(f"Erase {_notes(len(self._gone))}")


class BoxSelect(NoteGesture):
    """Chooses the notes in a box; with Shift or Ctrl beside those that are chosen already."""

    cursor = Qt.CursorShape.CrossCursor
    hint = "Release to select · Shift: beside what is selected · Esc: cancel"

    def __init__(self, stage: NoteStage, press: QPointF, *, add: bool) -> None:
        super().__init__(stage, press)
        self._kept: Chosen = self.chosen_before if add else NONE
        self._kept_beside = self.beside_before if add else {}
        self._press_top = press.y() + stage.viewport.top

    def drag(self, point: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        viewport = self.stage.viewport
        corner = QPointF((self.press_frame - viewport.left) / viewport.frames_per_px, self._press_top - viewport.top)
        self.band = QRectF(corner, point).normalized()
        chosen, beside = self.stage.within(self.band), self.stage.within_beside(self.band)
        for clip_id, kept in self._kept_beside.items():
            beside[clip_id] = beside.get(clip_id, NONE) | kept
        self.session.choose(self._kept | chosen, beside)
        count = self.session.chosen_count
        self.label = counted(count, "note") if count else ""

    def done(self) -> None:
        """Where all of them are in other clips, the first of those is edited from now on."""
        if not self.session.chosen and (beside := self.session.chosen_beside()):
            self.stage.edit_clip(next(iter(beside)))

    def cancelled(self) -> None:
        self.session.choose(self.chosen_before, self.beside_before)


class PanView(NoteGesture):
    """Moves the view."""

    cursor = Qt.CursorShape.ClosedHandCursor
    hint = "Release to stop"

    def __init__(self, stage: NoteStage, press: QPointF) -> None:
        super().__init__(stage, press)
        self._last = press

    def drag(self, point: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        delta, self._last = point - self._last, point
        self.stage.viewport.scroll_by(-delta.x(), -delta.y())

    def cancelled(self) -> None:
        """The view stays where it is."""


def gesture_for(stage: NoteStage, hit: Hit, press: QPointF, modifiers: Qt.KeyboardModifier) -> NoteGesture:
    """What a drag from `hit` does in the mode for selecting; the note under it is chosen."""
    if hit.note < 0:
        return BoxSelect(stage, press, add=bool(modifiers & (SHIFT | CONTROL)))
    if hit.zone in (Zone.START, Zone.END) and not modifiers & (ALT | CONTROL):
        return ResizeNotes(stage, press, hit.note, start=hit.zone is Zone.START)
    return MoveNotes(stage, press, hit.note)


def beats_text(beats: Fraction, *, sign: bool = True) -> str:
    """A number of quarter notes: “+1/2 beat”, “−2 beats”, “1 1/3 beats”."""
    mark = ("+" if beats > 0 else "−" if beats < 0 else "±") if sign else ""
    whole, rest = divmod(abs(beats), 1)
    if rest.denominator > 96:
        words = f"{float(abs(beats)):.3f}"
    else:
        words = " ".join(str(part) for part in (int(whole), rest) if part) or "0"
    return f"{mark}{words} {'beat' if 0 < abs(beats) <= 1 else 'beats'}"


def _notes(count: int) -> str:
    return "note" if count == 1 else f"{count} notes"
