"""What curves of devices share: a ground with a grid, handles that are dragged or moved by keys."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF, QWheelEvent
from PySide6.QtWidgets import QWidget

from desktop.theme import Theme, with_alpha
from desktop.widgets.painting import painting
from desktop.widgets.plain import set_description, set_name
from engine.devices.interface import DeviceSpec
from engine.ids import new_id

GRIP = 12  # px around a handle in which the mouse takes it
HANDLE = 6  # px, its radius
MARGIN = 6
KEYS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}


@dataclass(frozen=True)
class Handle:
    """A point that can be moved: its shares of the width and of the height (from below), 0 to 1."""

    name: str
    x: float
    y: float
    active: bool = True
    mark: str = ""  # the letter in it


class CurveView(QWidget):
    """A curve over a grid. Children say what it shows and what moving a handle means.

    `edited(values, gesture)`: values by parameter id that the user asks for; those of one drag share the gesture.
    """

    edited = Signal(object, str)
    chosen_changed = Signal()
    """Another handle has the keys and the wheel."""
    BESIDE = False
    """Whether the controls stand beside the curve, which is about as high as wide, and not under it."""

    def __init__(self, spec: DeviceSpec, theme: Theme) -> None:
        super().__init__()
        self.spec = spec
        self.theme = theme
        self.values: dict[str, float] = spec.values({})
        self.chosen = 0
        self._held: int | None = None
        self._gesture = ""
        self.setMinimumSize(240, 110)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        set_name(self, f"{spec.label} curve")

    def sizeHint(self) -> QSize:
        """As wide as there is room for."""
        return QSize(520, 160)

    # what children say

    def handles(self) -> tuple[Handle, ...]:
        """The points that can be moved."""
        return ()

    def moved(self, index: int, x: float, y: float) -> Mapping[str, float]:
        """The values that bring a handle to a place (shares of width and height)."""
        return {}

    def turned(self, index: int, steps: float) -> Mapping[str, float]:
        """The values after turning the wheel over a handle."""
        return {}

    def reset(self, index: int) -> Mapping[str, float]:
        """The values after a double-click on a handle."""
        return {}

    def belonging(self, index: int) -> tuple[str, ...]:
        """The ids of the parameters that belong to a handle alone; their controls show while it is chosen."""
        return ()

    def line(self) -> NDArray[np.float64]:
        """The curve: (points, 2) shares of width and height."""
        return np.empty((0, 2))

    def grid(self) -> tuple[list[tuple[float, str]], list[tuple[float, str]]]:
        """Lines across the width and up the height: (share, label)."""
        return [], []

    def paint_ground(self, painter: QPainter) -> None:
        """What lies under the curve, on the grid."""

    # showing

    def show_values(self, values: Mapping[str, float]) -> None:
        """Shows the device with these values."""
        self.values = dict(values)
        self._describe()
        self.update()

    def place(self, x: float, y: float) -> QPointF:
        """Where shares of width and height lie in the widget."""
        return QPointF(
            MARGIN + x * (self.width() - 2 * MARGIN), self.height() - MARGIN - y * (self.height() - 2 * MARGIN)
        )

    def _shares(self, at: QPointF) -> tuple[float, float]:
        x = (at.x() - MARGIN) / max(self.width() - 2 * MARGIN, 1)
        y = (self.height() - MARGIN - at.y()) / max(self.height() - 2 * MARGIN, 1)
        return min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)

    def _describe(self) -> None:
        handles = self.handles()
        if handles:
            self.chosen = min(self.chosen, len(handles) - 1)
            set_description(self, handles[self.chosen].name)

    # events

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        if (index := self._at(event.position())) is not None:
            self._held = index
            self._gesture = new_id()
            self._choose(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held is None:
            over = self._at(event.position()) is not None
            self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)
            return
        self._ask(self.moved(self._held, *self._shares(event.position())))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._held = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if (index := self._at(event.position())) is not None:
            self._gesture = new_id()
            self._ask(self.reset(index))

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not self.hasFocus():
            event.ignore()
            return
        self._ask(self.turned(self.chosen, event.angleDelta().y() / 120))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move the chosen handle, Page Up and Down turn it, Home and End choose the ones beside it."""
        key, handles = Qt.Key(event.key()), self.handles()
        fine = 0.2 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1.0
        if key in KEYS and handles:
            right, up = KEYS[key]
            here = handles[self.chosen]
            self._gesture = new_id()
            self._ask(self.moved(self.chosen, here.x + 0.01 * right * fine, here.y + 0.02 * up * fine))
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown) and handles:
            self._gesture = new_id()
            self._ask(self.turned(self.chosen, fine if key == Qt.Key.Key_PageUp else -fine))
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End) and handles:
            self._choose((self.chosen + (1 if key == Qt.Key.Key_End else -1)) % len(handles))
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self.theme.line, 1))
            painter.setBrush(self.theme.window)
            painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
            self._paint_grid(painter)
            self.paint_ground(painter)
            self._paint_line(painter)
            self._paint_handles(painter)
            if self.hasFocus():
                painter.setPen(QPen(self.theme.accent, 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(self.rect().toRectF().adjusted(1, 1, -1, -1), 4, 4)

    def _paint_grid(self, painter: QPainter) -> None:
        across, up = self.grid()
        painter.setFont(self.theme.font("small"))
        for share, label in across:
            painter.setPen(QPen(self.theme.line, 1))
            x = round(self.place(share, 0).x()) + 0.5
            painter.drawLine(QPointF(x, MARGIN), QPointF(x, self.height() - MARGIN))
            painter.setPen(self.theme.dim)
            painter.drawText(QPointF(x + 3, self.height() - MARGIN - 2), label)
        for share, label in up:
            painter.setPen(QPen(self.theme.line, 1))
            y = round(self.place(0, share).y()) + 0.5
            painter.drawLine(QPointF(MARGIN, y), QPointF(self.width() - MARGIN, y))
            painter.setPen(self.theme.dim)
            painter.drawText(QPointF(MARGIN + 2, y - 2), label)

    def _paint_line(self, painter: QPainter) -> None:
        points = QPolygonF([self.place(float(x), float(y)) for x, y in self.line()])
        if points.isEmpty():
            return
        painter.save()
        painter.setClipRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        area = QPolygonF(
            [QPointF(points.first().x(), self.height()), *points.toList(), QPointF(points.last().x(), self.height())]
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(with_alpha(self.theme.accent, 0.12))
        painter.drawPolygon(area)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self.theme.accent, 2))
        painter.drawPolyline(points)
        painter.restore()

    def _paint_handles(self, painter: QPainter) -> None:
        painter.setFont(self.theme.font("small", bold=True))
        for index, handle in enumerate(self.handles()):
            at = self.place(handle.x, min(max(handle.y, 0.0), 1.0))
            ring = QRectF(at.x() - HANDLE - 1, at.y() - HANDLE - 1, 2 * HANDLE + 2, 2 * HANDLE + 2)
            painter.setPen(QPen(self.theme.text if index == self.chosen else self.theme.dim, 1.5))
            painter.setBrush(self.theme.raised if handle.active else self.theme.window)
            painter.drawEllipse(ring)
            painter.setPen(self.theme.text if handle.active else self.theme.disabled)
            painter.drawText(ring, Qt.AlignmentFlag.AlignCenter, handle.mark)

    # inside

    def _choose(self, index: int) -> None:
        self.chosen = index
        self._describe()
        self.update()
        self.chosen_changed.emit()

    def _at(self, position: QPointF) -> int | None:
        """The nearest handle under the mouse."""
        near = []
        for index, handle in enumerate(self.handles()):
            away = self.place(handle.x, min(max(handle.y, 0.0), 1.0)) - position
            if (distance := (away.x() ** 2 + away.y() ** 2) ** 0.5) <= GRIP:
                near.append((distance, index))
        return min(near)[1] if near else None

    def _ask(self, values: Mapping[str, float]) -> None:
        new = {}
        for name, value in values.items():
            parameter = self.spec.parameter(name)
            assert parameter is not None
            new[name] = parameter.clamp(value)
        if any(self.values.get(name) != value for name, value in new.items()):
            self.show_values({**self.values, **new})
            self.edited.emit(new, self._gesture)
