"""What dragging in the ruler does: the playhead, markers, the loop brace, and selecting time."""

from PySide6.QtCore import QPointF, Qt

from desktop.bridge import PlayerBridge
from desktop.document import Document
from desktop.timeline.gestures.gesture import Stage
from desktop.timeline.gestures.selecting import SelectTime
from desktop.timeline.tempo_flags import TempoFlag, moved
from desktop.timeline.time_labels import bar_text, length_text, moved_text
from engine.project import edits
from engine.project.model import Marker
from engine.timing.duration import Duration
from engine.timing.position import Position


class RulerDrag:
    """A drag in the ruler from press to release."""

    text = ""

    def __init__(self, document: Document, stage: Stage, bridge: PlayerBridge, press: QPointF) -> None:
        self.document = document
        self.stage = stage
        self.bridge = bridge
        self.press_frame = stage.viewport.left + press.x() * stage.viewport.frames_per_px

    def drag(self, point: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """The mouse is at `point` now."""

    def done(self) -> None:
        """The mouse was let go after dragging."""

    def clicked(self) -> None:
        """The mouse was let go without dragging."""

    def cancelled(self) -> None:
        """Escape."""

    def frames_moved(self, point: QPointF) -> float:
        """How far the mouse was dragged, in frames, scrolling included."""
        return self.stage.viewport.left + point.x() * self.stage.viewport.frames_per_px - self.press_frame

    def place(self, frame: float, modifiers: Qt.KeyboardModifier) -> Position:
        """Where `frame` snaps to."""
        return self.stage.snapped(frame, modifiers)


class SeekDrag(RulerDrag):
    """Moves the playhead."""

    def __init__(self, document: Document, stage: Stage, bridge: PlayerBridge, press: QPointF) -> None:
        super().__init__(document, stage, bridge, press)
        self._before = bridge.position
        self._frame: int | None = None

    def drag(self, point: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """The playhead follows the mouse."""
        clock = self.document.project.clock
        place = self.place(self.stage.viewport.frame(point.x()), modifiers)
        self.text = f"Playhead at {bar_text(clock, place)}"
        # once for each place: while playing, every seek is heard
        if (frame := clock.frames(place)) != self._frame:
            self._frame = frame
            self.bridge.seek(frame)

    def cancelled(self) -> None:
        """The playhead goes back."""
        self.bridge.seek(self._before)


class MarkerDrag(RulerDrag):
    """Moves a marker; a click goes there."""

    def __init__(self, document: Document, stage: Stage, bridge: PlayerBridge, press: QPointF, marker: Marker) -> None:
        super().__init__(document, stage, bridge, press)
        self.marker = marker
        self.position: Position | None = None

    def drag(self, point: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """The marker follows the mouse."""
        clock = self.document.project.clock
        self.position = self.place(clock.frames(self.marker.position) + self.frames_moved(point), modifiers)
        self.text = moved_text(clock, self.marker.position, self.position)

    def done(self) -> None:
        """Puts the marker there."""
        position = self.position
        if position is not None:
            self.document.apply("Move marker", lambda p: edits.move_marker(p, self.marker.id, position))

    def clicked(self) -> None:
        """Goes to the marker."""
        self.bridge.seek(self.document.project.clock.frames(self.marker.position))


class ChangeDrag(RulerDrag):
    """Moves a change of the tempo or the time signature; a click goes there."""

    def __init__(self, document: Document, stage: Stage, bridge: PlayerBridge, press: QPointF, flag: TempoFlag) -> None:
        super().__init__(document, stage, bridge, press)
        self.flag = flag
        self.frame: int | None = None
        self._place: Position | None = None

    def drag(self, point: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """The flag follows the mouse; a time signature goes from bar to bar."""
        clock = self.document.project.clock
        place = self.place(clock.frame_at(self.flag.beat) + self.frames_moved(point), modifiers)
        if self.flag.bpm is None:
            bar = clock.bar_at(place)
            later = clock.beats(place) - bar.start > bar.signature.bar / 2
            place = clock.bar_start(max(bar.number + later, 2))
        self._place, self.frame = place, clock.frames(place)
        self.text = f"{self.flag.noun.capitalize()} at {bar_text(clock, place)}"

    def done(self) -> None:
        """Puts the change there."""
        place = self._place
        if place is not None:
            self.document.apply(f"Move {self.flag.noun}", lambda p: moved(p, self.flag, place))

    def clicked(self) -> None:
        """Goes to the change."""
        self.bridge.seek(self.document.project.clock.frame_at(self.flag.beat))


class BraceDrag(RulerDrag):
    """Moves an end of the loop brace ("start", "end"), all of it ("body"), or draws it anew ("new")."""

    def __init__(self, document: Document, stage: Stage, bridge: PlayerBridge, press: QPointF, part: str) -> None:
        super().__init__(document, stage, bridge, press)
        self._part = part
        self._ends: tuple[Position, Position] | None = None
        self.range: tuple[int, int] | None = None

    def drag(self, point: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """The brace follows the mouse."""
        clock, loop = self.document.project.clock, self.document.project.loop
        moved = self.frames_moved(point)
        start, end = loop.start, loop.end
        if self._part == "start":
            start = self.place(clock.frames(start) + moved, modifiers)
        elif self._part == "end":
            end = self.place(clock.frames(end) + moved, modifiers)
        elif self._part == "body":
            new = self.place(clock.frames(start) + moved, modifiers)
            if new.in_frames:
                length = Duration.of_frames(clock.frames(end) - clock.frames(start))
            else:
                length = Duration.of_beats(clock.beats(end) - clock.beats(start))
            start, end = new, length.end(new, clock)
        else:
            start = self.place(self.press_frame, modifiers)
            end = self.place(self.press_frame + moved, modifiers)
        if clock.frames(end) < clock.frames(start):
            start, end = end, start
        first, last = clock.frames(start), clock.frames(end)
        if last > first:
            self._ends, self.range = (start, end), (first, last)
            length_words = length_text(clock, first, last - first)
            self.text = f"Loop {bar_text(clock, start)} – {bar_text(clock, end)} · {length_words}"

    def done(self) -> None:
        """Sets the loop; drawing it anew switches it on."""
        if self._ends:
            start, end = self._ends
            on = True if self._part == "new" else None
            self.document.apply("Set loop", lambda p: edits.set_loop_region(p, start=start, end=end, on=on))

    def clicked(self) -> None:
        """Switches the loop on or off; beside the brace, moves the playhead."""
        if self._part == "new":
            self.bridge.seek(max(round(self.press_frame), 0))
        else:
            self.bridge.toggle_loop()


class TimeDrag(RulerDrag):
    """Selects a stretch of time on the selected track."""

    def __init__(self, document: Document, stage: Stage, bridge: PlayerBridge, press: QPointF) -> None:
        super().__init__(document, stage, bridge, press)
        selection = document.selection
        self._gesture = SelectTime(stage, press, selection.clips, selection.track)

    def drag(self, point: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """The region reaches to the mouse."""
        self._gesture.drag(point, modifiers)
        self.text = self._gesture.label

    def cancelled(self) -> None:
        """Brings back what was selected before."""
        self._gesture.cancelled()
