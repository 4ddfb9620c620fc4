"""What the mouse does in the audio editor: markers, points of the envelope, the playhead, the view."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent

from desktop.bridge import PlayerBridge
from desktop.clip_editor.session import AudioSession
from desktop.clip_editor.stage import HINTS, ClipStage, Hit, Zone
from desktop.view.pointing import CONTROL, DRAG_PX, SHIFT, ZOOM_PER_TURN, pans, turn_wheel
from engine.project.model import GainPoint, Project

FINE = 0.25
"""How far a point goes with Shift for a px of the mouse."""
ATTACK_PX = 10
"""How near an attack a new marker has to be to lie on it."""


class ClipPointer(QObject):
    """Carries out drags as a preview, and as one step of undo when the button goes up."""

    hint_changed = Signal(str)

    def __init__(self, session: AudioSession, stage: ClipStage, bridge: PlayerBridge, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._stage, self._bridge = session, stage, bridge
        self._pressed: tuple[Hit, QPointF] | None = None
        self._panned: QPointF | None = None
        self._edit: Callable[[Project], Project] | None = None
        self._name = ""
        self._points: list[GainPoint] = []
        self._dragged = -1
        self.hover: Hit | None = None
        self.label = ""
        """What a drag would make, for the picture."""

    @property
    def dragging(self) -> bool:
        """Whether something is dragged."""
        return self._edit is not None

    def press(self, point: QPointF, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier) -> None:
        """A button went down."""
        if pans(button, modifiers):
            self._panned = point
            return
        session = self._session
        if button != Qt.MouseButton.LeftButton or session.clip is None:
            return
        hit = self._stage.hit(point)
        self._pressed = hit, point
        self._points = list(session.clip.envelope)
        if hit.zone is Zone.MARKER:
            session.choose(marker=hit.item)
        elif hit.zone is Zone.POINT:
            session.choose(point=hit.item)
            self._dragged = hit.item
        elif hit.zone is Zone.LINE:
            self._insert(hit.frame, self._stage.gain_at(hit.frame - session.start))
        else:
            session.choose()
            self._bridge.seek(hit.frame)

    def move(self, point: QPointF, buttons: Qt.MouseButton, modifiers: Qt.KeyboardModifier) -> None:
        """The mouse moved."""
        if self._panned is not None and buttons:
            moved, self._panned = self._panned - point, point
            self._stage.viewport.scroll_by(moved.x(), 0)
            return
        if self._pressed is None:
            self.hover = self._stage.hit(point) if self._session.clip else None
            self.hint_changed.emit(HINTS[self.hover.zone] if self.hover else "")
            return
        hit, press = self._pressed
        if not self.dragging and (point - press).manhattanLength() < DRAG_PX:
            return
        if hit.zone is Zone.MARKER:
            self._drag_marker(hit, point, modifiers)
        elif hit.zone in (Zone.POINT, Zone.LINE):
            self._drag_point(point, press, modifiers)
        else:
            self._bridge.seek(self._stage.viewport.frame(point.x()))

    def release(self, point: QPointF, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier) -> None:
        """A button went up."""
        edit, name, zone = self._edit, self._name, self._pressed[0].zone if self._pressed else None
        points, dragged = self._points, self._dragged
        self._forget()
        if edit is not None:
            self._session.apply(name, edit)
        elif zone is Zone.LINE:
            self._session.apply("Add gain point", self._session.with_points(points))
        if zone in (Zone.POINT, Zone.LINE):
            self._session.choose(point=dragged)

    def double_click(self, point: QPointF, button: Qt.MouseButton, modifiers: Qt.KeyboardModifier) -> None:
        """A button went down for the second time."""
        session = self._session
        if button != Qt.MouseButton.LeftButton or session.clip is None:
            return
        hit = self._stage.hit(point)
        self._forget()
        if hit.zone is Zone.STRIP:
            reach = 0 if modifiers & SHIFT else ATTACK_PX * self._stage.viewport.frames_per_px
            session.add_marker(hit.frame, reach)
        elif hit.zone is Zone.MARKER:
            session.choose(marker=hit.item)
            session.remove_chosen()
        elif hit.zone is Zone.POINT:
            session.choose(point=hit.item)
            session.remove_chosen()
        elif hit.zone in (Zone.WAVEFORM, Zone.LINE):
            self._points = list(session.clip.envelope)
            self._insert(hit.frame, self._stage.level_at(point.y()))
            session.apply("Add gain point", session.with_points(self._points))
            session.choose(point=self._dragged)
            self._dragged = -1

    def leave(self) -> None:
        """The mouse left the canvas."""
        self.hover = None
        self.hint_changed.emit("")

    def wheel(self, event: QWheelEvent) -> None:
        """Zooms with Ctrl, scrolls in time with Shift; without them it scrolls in time, too: there is nothing below."""
        modifiers, angle = event.modifiers(), event.angleDelta()
        viewport = self._stage.viewport
        if modifiers & (CONTROL | SHIFT) or angle.x() or not event.pixelDelta().isNull():
            turn_wheel(viewport, event)
        else:
            viewport.zoom(ZOOM_PER_TURN ** (-angle.y() / 120), event.position().x())

    def key_released(self, event: QKeyEvent) -> None:
        """A key went up."""

    def cancel(self) -> bool:
        """Ends a drag with nothing changed; says whether there was one."""
        dragging = self._pressed is not None
        self._forget()
        self._session.preview(None)
        return dragging

    # inside

    def _forget(self) -> None:
        self._pressed = self._panned = self._edit = None
        self._dragged, self.label = -1, ""

    def _insert(self, frame: int, gain_db: float) -> None:
        """A new point among those that are dragged."""
        new = GainPoint(frame - self._session.start, round(gain_db, 1))
        self._points = sorted(
            (*(point for point in self._points if point.frame != new.frame), new), key=lambda point: point.frame
        )
        self._dragged = self._points.index(new)

    def _drag_marker(self, hit: Hit, point: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        session = self._session
        frame = session.snapped(self._stage.viewport.frame(point.x()), free=bool(modifiers & SHIFT))
        self._name = "Move warp marker"
        session.preview(None)
        self._edit = session.marker_moved(hit.item, frame)
        sentence = session.preview(self._edit)
        if sentence:
            self._edit = None
            self.hint_changed.emit(sentence)

    def _drag_point(self, point: QPointF, press: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        session, stage = self._session, self._stage
        if not 0 <= self._dragged < len(self._points):
            return
        before = self._points[self._dragged]
        y = press.y() + (point.y() - press.y()) * FINE if modifiers & SHIFT else point.y()
        low = self._points[self._dragged - 1].frame + 1 if self._dragged else 0
        high = self._points[self._dragged + 1].frame - 1 if self._dragged + 1 < len(self._points) else None
        frame = max(stage.viewport.frame(point.x()) - session.start, low)
        frame = frame if high is None else min(frame, high)
        moved = replace(before, frame=frame, gain_db=stage.level_at(y))
        points = [moved if number == self._dragged else each for number, each in enumerate(self._points)]
        self.label = f"{moved.gain_db:+.1f} dB".replace("-", "−")
        self._name, self._edit = "Gain envelope", session.with_points(points)
        session.preview(self._edit)
