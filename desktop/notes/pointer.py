"""The mouse on the notes: which gesture it begins, and where the view goes meanwhile."""

from PySide6.QtCore import QObject, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent

from desktop.notes.gestures import (
    DrawNote,
    EraseNotes,
    MoveNotes,
    NoteGesture,
    PaintSteps,
    PanView,
    ResizeNotes,
    gesture_for,
)
from desktop.notes.session import NONE
from desktop.notes.stage import Hit, NoteStage, Zone
from desktop.view.pointing import CONTROL, DRAG_PX, PULL_PX, SHIFT, EdgePull, HeldKeys, pans, turn_wheel
from engine.project import note_edits

HINTS = {
    Zone.EMPTY: "Double-click: add a note · Drag: select · Wheel: scroll · Ctrl: zoom · Ctrl+Shift: row height",
    Zone.NOTE: "Drag: move · Alt or Ctrl: copy · Shift: without snapping · Double-click: delete",
    Zone.START: "Drag: where it begins · Shift: without snapping",
    Zone.END: "Drag: how long it is, and all selected · Shift: without snapping",
}
PENCIL_HINTS = {
    Zone.EMPTY: "Click: add a note · Drag: its length · Shift+drag: select",
    Zone.NOTE: "Click: erase · Drag: erase what you go over · Shift+drag: select",
    Zone.START: "Click: erase · Shift+drag: select",
    Zone.END: "Drag: how long it is · Shift: without snapping",
}
BESIDE_HINT = "Click: edit this clip · Drag: move · Shift: beside what is selected"
DRUM_HINTS = {
    Zone.EMPTY: "Click: add a hit · Drag: in every step · Alt: accented · Shift+drag: select",
    Zone.NOTE: "Click: erase · Drag: erase what you go over · Shift+drag: select",
}
CURSORS = {
    Zone.EMPTY: Qt.CursorShape.ArrowCursor,
    Zone.NOTE: Qt.CursorShape.OpenHandCursor,
    Zone.START: Qt.CursorShape.SizeHorCursor,
    Zone.END: Qt.CursorShape.SizeHorCursor,
}


class NotePointer(QObject):
    """Turns mouse events into gestures on one stage."""

    changed = Signal()
    """What is drawn over the notes."""
    hint_changed = Signal(str)
    cursor_changed = Signal(object)
    """A `Qt.CursorShape`."""
    touched = Signal(int, int)
    """A note was put down or taken hold of: its pitch and velocity, which could be heard."""

    def __init__(self, stage: NoteStage, parent: QObject) -> None:
        super().__init__(parent)
        self._stage, self._session = stage, stage.session
        self.gesture: NoteGesture | None = None
        self.mouse = QPointF(-1, -1)
        self.hover: Hit | None = None
        self._beside = False  # whether a note of another open clip lies under the mouse
        self._pressed: tuple[Hit, QPointF, Qt.KeyboardModifier] | None = None
        self._held = HeldKeys()
        # the editor is low: with the timeline's reach there would be little left in which nothing scrolls
        self._pull = EdgePull(stage.viewport, self, self._drag, reach=PULL_PX / 3)
        for changes in (self._session.notes_changed, self._session.clip_changed, self._session.settings_changed):
            changes.connect(self._look_again)

    def press(self, point: QPointF, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier) -> None:
        """A button went down."""
        stage, session = self._stage, self._session
        self.mouse, self._held.modifiers = point, modifiers
        if pans(button, modifiers):
            self._begin(PanView(stage, point))
            return
        if session.clip is None or button not in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            return
        hit = stage.hit(point)
        draws = session.pencil and not modifiers & (SHIFT | CONTROL)
        if hit.note < 0 and not draws and (other := stage.hit_beside(point)):
            stage.edit_clip(other[0])
            hit = stage.hit(point)
        if button == Qt.MouseButton.RightButton:
            if hit.note >= 0 and hit.note not in session.chosen:
                session.choose(frozenset({hit.note}))
            return
        if hit.note >= 0:
            stage.velocity = session.notes[hit.note].velocity
            self.touched.emit(hit.pitch, stage.velocity)
        if draws:
            self._draw(hit, point, modifiers)
            return
        self._pressed = hit, point, modifiers
        if hit.note < 0:
            if not modifiers & (SHIFT | CONTROL):
                session.choose(NONE)
        elif hit.note not in session.chosen and not modifiers & CONTROL:
            if modifiers & SHIFT:
                session.choose(session.chosen | {hit.note}, session.chosen_beside())
            else:
                session.choose(frozenset({hit.note}))

    def double_click(self, point: QPointF, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier) -> None:
        """Adds a note, which can be drawn longer, or removes the one there."""
        session = self._session
        if button != Qt.MouseButton.LeftButton or session.clip is None:
            return
        if session.pencil:
            self.press(point, button, modifiers)
            return
        hit = self._stage.hit(point)
        self._pressed = None
        if hit.note >= 0:
            session.apply("Delete note", note_edits.remove(session.real_notes, frozenset({hit.note})), NONE)
        elif self._is_row(point):
            self._begin(DrawNote(self._stage, point, hit, modifiers))
            self.touched.emit(hit.pitch, self._stage.velocity)

    def move(self, point: QPointF, buttons: Qt.MouseButton, modifiers: Qt.KeyboardModifier) -> None:
        """The mouse moved."""
        self.mouse, self._held.modifiers = point, modifiers
        if self.gesture:
            self._drag()
        elif self._pressed and buttons & Qt.MouseButton.LeftButton:
            hit, press, began_with = self._pressed
            if (point - press).manhattanLength() >= DRAG_PX:
                session = self._session
                if hit.note >= 0 and hit.note not in session.chosen:
                    session.choose(frozenset({hit.note}))
                self._begin(gesture_for(self._stage, hit, press, began_with))
                self._drag()
        else:
            self._hover(point)

    def release(self, point: QPointF, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier) -> None:
        """A button went up."""
        pressed, self._pressed = self._pressed, None
        gesture = self.gesture
        if gesture:
            self._end()
            gesture.done()
        elif pressed and button == Qt.MouseButton.LeftButton:
            self._click(pressed[0], point, modifiers)
        self._hover(point)

    def leave(self) -> None:
        """The mouse left."""
        if not self.gesture:
            self.hover = None
            self.mouse = QPointF(-1, -1)
            self.hint_changed.emit("")
            self.changed.emit()

    def wheel(self, event: QWheelEvent) -> None:
        """As on the timeline: down, sideways with Shift, zoom with Ctrl; the rows' height with both."""
        self._stage.touch()
        if event.modifiers() & CONTROL and event.modifiers() & SHIFT:
            turns = (event.angleDelta().y() or event.angleDelta().x()) / 120
            height = self._stage.row_px + (1 if turns > 0 else -1) * max(round(abs(turns) * 2), 1)
            self._stage.set_row_px(height, event.position().y())
        else:
            turn_wheel(self._stage.viewport, event)
        if self.gesture:
            self._drag()

    def key(self, event: QKeyEvent) -> bool:
        """A key went down; says whether a drag took it."""
        if event.key() == Qt.Key.Key_Escape and (self.gesture or self._pressed):
            self.cancel()
            return True
        if self.gesture and self._held.pressed(event):
            self._drag()
        return self.gesture is not None

    def key_released(self, event: QKeyEvent) -> None:
        """A key went up; letting go of a modifier changes what is being dragged."""
        if self.gesture and self._held.released(event):
            self._drag()

    def cancel(self) -> None:
        """Ends what is being dragged, with nothing changed."""
        gesture, self._pressed = self.gesture, None
        if gesture:
            self._end()
            gesture.cancelled()
            self._hover(self.mouse)

    # inside

    def _look_again(self) -> None:
        """What lay under the mouse may be another note now, or none."""
        self.hover = self._stage.hit(self.mouse) if self.hover and self._session.clip and not self.gesture else None

    def _is_row(self, point: QPointF) -> bool:
        return 0 <= self._stage.row_at(point.y()) < len(self._session.rows)

    def _draw(self, hit: Hit, point: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        stage, drums = self._stage, self._session.is_drums
        if hit.note >= 0 and hit.zone is Zone.END and not drums:
            self._session.choose(frozenset({hit.note}))
            self._begin(ResizeNotes(stage, point, hit.note, start=False))
        elif hit.note >= 0:
            self._begin(EraseNotes(stage, point, hit))
        elif self._is_row(point):
            self._begin((PaintSteps if drums else DrawNote)(stage, point, hit, modifiers))
            self.touched.emit(hit.pitch, stage.velocity)

    def _click(self, hit: Hit, point: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        session, stage = self._session, self._stage
        if hit.note < 0:
            if self._is_row(point):
                stage.set_cursor(session.cell(hit.frame)[0], hit.pitch, reveal=False)
            return
        if modifiers & CONTROL:
            session.choose(session.chosen ^ {hit.note}, session.chosen_beside())
        elif not modifiers & SHIFT:
            session.choose(frozenset({hit.note}))
        stage.set_cursor(session.notes[hit.note].start, hit.pitch, reveal=False)

    def _begin(self, gesture: NoteGesture) -> None:
        self.gesture = gesture
        self.cursor_changed.emit(gesture.cursor)
        self.hint_changed.emit(gesture.hint)
        self.changed.emit()

    def _drag(self) -> None:
        if self.gesture:
            pitch = self._pitch_heard()
            self.gesture.drag(self.mouse, self._held.modifiers)
            if (now := self._pitch_heard()) != pitch and now >= 0:
                self.touched.emit(now, self._stage.velocity)
            self.changed.emit()
            if not isinstance(self.gesture, PanView):
                self._pull.follow(self.mouse)

    def _pitch_heard(self) -> int:
        """The pitch of the single note that is being moved; −1 while there is none."""
        session = self._session
        if not isinstance(self.gesture, MoveNotes) or session.chosen_count != 1:
            return -1
        return session.notes[next(iter(session.chosen))].pitch

    def _end(self) -> None:
        self.gesture = self.hover = None
        self._pull.stop()
        self.changed.emit()

    def _hover(self, point: QPointF) -> None:
        before, self.hover = self.hover, self._stage.hit(point) if self._session.clip else None
        if self.hover is None:
            return
        session, zone = self._session, self.hover.zone
        beside = zone is Zone.EMPTY and not session.pencil and self._stage.hit_beside(point) is not None
        if before is None or before.zone is not zone or beside != self._beside:
            self._beside = beside
            hints = DRUM_HINTS if session.is_drums else PENCIL_HINTS
            hint = (hints if session.pencil else HINTS).get(zone, HINTS[zone])
            self.hint_changed.emit(BESIDE_HINT if beside else hint)
            drawing = session.pencil and not (zone is Zone.END and not session.is_drums)
            cursor = Qt.CursorShape.CrossCursor if drawing else CURSORS[Zone.NOTE if beside else zone]
            self.cursor_changed.emit(cursor)
        if before is None or (before.note, before.pitch) != (self.hover.note, self.hover.pitch):
            self.changed.emit()
