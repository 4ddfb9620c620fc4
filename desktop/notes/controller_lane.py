"""The lane under the notes for bend, modulation, expression and sustain: a curve, drawn with the mouse or keys."""

from fractions import Fraction
from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from desktop.notes.controllers import CONTROLLERS, Controller
from desktop.notes.session import NoteSession
from desktop.notes.stage import NoteStage
from desktop.notes.velocity_lane import BOTTOM, HEIGHT, TOP
from desktop.theme import Theme, mix, with_alpha
from desktop.view.pointing import ALT, SHIFT
from desktop.view.time_strip import TimeStrip
from desktop.widgets.painting import painting
from desktop.widgets.plain import set_description, set_name
from engine.ids import new_id
from engine.project.note_edits import curves

FINE = 1 / 32
"""Quarter notes between the points of a line that is drawn."""
KEY_SHARE = 0.05
"""Of the lane's height: how far a value goes with a key."""
POINT = 4.0  # px
HINT = "Drag: draw the curve · Alt: erase · Shift: free of the grid · keys: arrows, Delete"


class ControllerLane(TimeStrip):
    """Lies where the velocities are while a curve is shown, and shares the canvas's viewport."""

    commands_run = True  # see desktop/keyboard.py

    def __init__(self, session: NoteSession, stage: NoteStage, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._stage, self._theme = session, stage, theme
        self._font = theme.font("small")
        self._controller = CONTROLLERS["bend"]
        self._drawn: tuple[Any, ...] | None = None  # what a drag has made of the points
        self._last: tuple[float, float] | None = None
        self._place = QPointF()
        self._label = ""
        self._step = ""
        self.setFixedHeight(HEIGHT)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        set_description(self, "Arrows move to the next grid step and change the value there; Delete removes it")
        self.show_controller(self._controller)
        for changes in (
            session.notes_changed, session.clip_changed, stage.viewport.changed, stage.cursor_moved,
        ):  # fmt: skip
            changes.connect(self.update)

    def show_controller(self, controller: Controller) -> None:
        """Shows another curve."""
        self.cancel()
        self._controller = controller
        set_name(self, f"{controller.title} of the notes")
        self.update()

    @property
    def points(self) -> tuple[Any, ...]:
        """The curve, or what a drag has made of it."""
        if self._drawn is not None:
            return self._drawn
        content = self._session.content
        return getattr(content, self._controller.field) if content is not None else ()

    def cancel(self) -> bool:
        """Ends a drag with nothing changed; says whether there was one."""
        was = self._drawn is not None
        self._drawn, self._last, self._label = None, None, ""
        self.update()
        return was

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, controller = self._theme, self._controller
        low, high = controller.bounds(self.points)
        with painting(self) as painter:
            painter.fillRect(self.rect(), mix(theme.window, theme.panel, 0.5))
            for value in (low, (low + high) / 2, high):
                painter.fillRect(QRectF(0, self._y(value), self.width(), 1), theme.grid_beat)
            if self._session.clip is None:
                return
            self._paint_curve(painter)
            if self.hasFocus():
                x = self._x(float(self._stage.cursor[0]))
                painter.fillRect(QRectF(x, 0, 1, self.height()), theme.accent)
                painter.setPen(QPen(theme.accent, 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
            if self._label:
                painter.setFont(self._font)
                width = QFontMetricsF(self._font).horizontalAdvance(self._label) + 12
                box = QRectF(min(self._place.x() + 10, self.width() - width - 4), 4, width, 18)
                painter.fillRect(box, theme.raised)
                painter.setPen(theme.text)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._label)

    def _paint_curve(self, painter: QPainter) -> None:
        controller, theme, track, clip = self._controller, self._theme, self._session.track, self._session.clip
        hue = theme.accent
        if track is not None and clip is not None:
            hue = theme.hue(track.colour if clip.colour is None else clip.colour)
        first, last = self._session.bounds()
        viewport = self._stage.viewport
        left, right = max(viewport.x(first), -POINT), min(viewport.x(last), self.width() + POINT)
        if right <= left:
            return
        line = self._line(left, right)
        foot = self._y(controller.rest if controller.field == "bend" else controller.low)
        area = QPolygonF([QPointF(left, foot), *line, QPointF(right, foot)])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(with_alpha(hue, 0.25))
        painter.drawPolygon(area)
        painter.setPen(QPen(hue, 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(line))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(hue)
        dots = [point for point in self.points if left <= self._x(point.beat) <= right]
        if len(dots) * 3 * POINT < right - left:  # where they lie close the line alone is seen
            for point in dots:
                x, y = self._x(point.beat), self._y(controller.value_of(point))
                painter.drawEllipse(QPointF(x, y), POINT / 2 + 0.5, POINT / 2 + 0.5)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _line(self, left: float, right: float) -> list[QPointF]:
        """The curve between two x."""
        controller = self._controller
        y = self._y(controller.rest)
        line = [QPointF(left, y)]
        before: QPointF | None = None
        for point in self.points:
            x, here = self._x(point.beat), self._y(controller.value_of(point))
            if x < left:
                before, y = QPointF(x, here), here
                line[0] = QPointF(left, here)
                continue
            if controller.straight and before is not None and len(line) == 1 and x > before.x():
                share = (left - before.x()) / (x - before.x())
                line[0] = QPointF(left, before.y() + (here - before.y()) * share)
            if x > right:
                if controller.straight and line:
                    share = (right - line[-1].x()) / max(x - line[-1].x(), 1e-9)
                    y = line[-1].y() + (here - line[-1].y()) * share
                break
            if not controller.straight or before is None:
                line.append(QPointF(x, y))
            line.append(QPointF(x, here))
            before, y = line[-1], here
        line.append(QPointF(right, y))
        return line

    def _x(self, beat: float) -> float:
        session = self._session
        frame = session.project.clock.frame_at(session.origin + _exact(beat))
        return self._stage.viewport.x(frame)

    def _y(self, value: float) -> float:
        low, high = self._controller.bounds(self.points)
        return TOP + (high - value) / (high - low) * (HEIGHT - TOP - BOTTOM)

    def _value(self, y: float) -> float:
        controller = self._controller
        low, high = controller.bounds(self.points)
        value = min(max(high - (y - TOP) / (HEIGHT - TOP - BOTTOM) * (high - low), low), high)
        if controller.switch:
            return 1.0 if value >= 0.5 else 0.0
        if controller.field == "bend" and abs(value) < (high - low) / 50:
            return 0.0
        return value

    # events

    def mousePressEvent(self, event: QMouseEvent) -> None:
        content = self._session.content
        if event.button() != Qt.MouseButton.LeftButton or content is None:
            return
        self._drawn = getattr(content, self._controller.field)
        self._last = None
        self._drag(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drawn is not None:
            self._drag(event)
        else:
            self.hint_changed.emit(HINT)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._drawn is not None:
            points = self._drawn
            self.cancel()
            self._session.set_curve(self._controller.title, self._controller.field, points)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        session, stage, controller = self._session, self._stage, self._controller
        key = Qt.Key(event.key())
        if session.content is None:
            super().keyPressEvent(event)
            return
        beat, pitch = stage.cursor
        if key == Qt.Key.Key_Escape and self.cancel():
            return
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            start, end = session.cell(session.frame(beat))
            step = session.step(start)
            stage.set_cursor(end if key == Qt.Key.Key_Right else start - step if beat == start else start, pitch)
            self._step = ""
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            up = 1 if key == Qt.Key.Key_Up else -1
            low, high = controller.bounds(self.points)
            now = curves.value_at(self._pairs(), float(beat), controller.rest, straight=controller.straight)
            fine = 0.2 if event.modifiers() & SHIFT else 1.0
            value = min(max(now + up * KEY_SHARE * fine * (high - low), low), high)
            value = (1.0 if up > 0 else 0.0) if controller.switch else value
            place = float(beat), value
            self._step = self._step or f"curve {new_id()}"
            points = curves.draw(self.points, place, place, FINE, controller.make)
            session.set_curve(controller.title, controller.field, points, self._step)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            start, end = session.cell(session.frame(beat))
            points = curves.erase(self.points, float(start), float(end) - FINE / 2)
            session.set_curve(f"Erase {controller.title.lower()}", controller.field, points)
        else:
            super().keyPressEvent(event)

    # inside

    def _pairs(self) -> tuple[tuple[float, float], ...]:
        return tuple((point.beat, self._controller.value_of(point)) for point in self.points)

    def _drag(self, event: QMouseEvent) -> None:
        assert self._drawn is not None
        session, controller, point = self._session, self._controller, event.position()
        frame = self._stage.viewport.frame(point.x())
        beat = max(float(session.beat(frame)), 0.0)
        if controller.switch and not event.modifiers() & SHIFT:
            beat = float(session.snapped(frame))
        value = self._value(point.y())
        before = self._last or (beat, value)
        self._last = beat, value
        if event.modifiers() & ALT:
            first, last = sorted((before[0], beat))
            self._drawn = curves.erase(self._drawn, first - FINE, last + FINE)
            self._label = "erased"
        else:
            step = abs(beat - before[0]) or 1.0 if controller.switch else FINE
            self._drawn = curves.draw(self._drawn, before, (beat, value), step, controller.make)
            self._label = controller.text(value)
        self._place = point
        self.update()


def _exact(beat: float) -> Fraction:
    return Fraction(beat).limit_denominator(1 << 16)
