"""A fader with a decibel scale, and that scale alone for the meter beside it."""

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desktop.theme import Theme
from desktop.widgets.control import ValueControl
from desktop.widgets.painting import painting
from desktop.widgets.scale import TICKS, decibels_at, share_of
from desktop.widgets.values import MINUS, ValueSpec

CAP = 24  # px, height of the cap
MARGIN = CAP // 2
"""Pixels above the highest and below the lowest value; the meter beside a fader keeps the same."""


class Fader(ValueControl):
    """A vertical gain fader; clicking beside the cap does not move it, dragging does."""

    def __init__(self, spec: ValueSpec, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(spec, theme, parent)
        self._height_at_grip = 0.0
        self.setMinimumHeight(60)
        self.setFixedWidth(28)
        self.setCursor(Qt.CursorShape.SizeVerCursor)

    def sizeHint(self) -> QSize:
        """As high as there is room for."""
        return QSize(28, 140)

    def editor_rect(self) -> QRect:
        """A field in the middle."""
        return QRect(-16, (self.height() - 24) // 2, self.width() + 32, 24)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._height_at_grip = share_of(self.value)
        super().mousePressEvent(event)

    def drag(self, delta: QPointF, fine: bool) -> float:
        """The cap follows the mouse; with Shift at a tenth of its pace."""
        travel = max(1.0, self.height() - 2.0 * MARGIN)
        self._height_at_grip -= delta.y() / travel * (0.1 if fine else 1.0)
        gain = decibels_at(min(max(self._height_at_grip, 0.0), 1.0))
        return round(gain, 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            theme = self.theme
            middle = self.width() / 2
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.meter_well)
            painter.drawRoundedRect(QRectF(middle - 2, MARGIN - 4, 4, self.height() - 2 * MARGIN + 8), 2, 2)
            painter.setPen(QPen(theme.line_strong, 1))
            zero = round(height_of(0.0, self.height())) + 0.5
            painter.drawLine(QPointF(middle - 10, zero), QPointF(middle - 5, zero))
            painter.drawLine(QPointF(middle + 5, zero), QPointF(middle + 10, zero))
            y = round(height_of(self.value, self.height()))
            cap = QRectF(middle - 9.5, y - CAP / 2 + 0.5, 19, CAP - 1)
            painter.setPen(QPen(theme.window, 1))
            painter.setBrush(theme.hover if not self.underMouse() else theme.line_strong)
            painter.drawRoundedRect(cap, 3, 3)
            painter.setPen(QPen(theme.text, 2))
            painter.drawLine(QPointF(middle - 7, y), QPointF(middle + 7, y))
            self.draw_focus(painter)


class DecibelScale(QWidget):
    """The figures between a fader and its meter."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFont(theme.font("small"))
        self.setFixedWidth(20)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            font = self.font()
            font.setPixelSize(9)
            painter.setFont(font)
            painter.setPen(self._theme.dim)
            last = -100.0
            for tick in TICKS:
                y = height_of(tick, self.height())
                if y - last < 12:
                    continue
                last = y
                text = str(tick).replace("-", MINUS)
                painter.drawText(QRectF(0, y - 6, self.width(), 12), Qt.AlignmentFlag.AlignCenter, text)


def height_of(decibels: float, height: int) -> float:
    """The y of `decibels` in a fader, or in a meter beside it, of `height` pixels."""
    return MARGIN + (1.0 - share_of(decibels)) * (height - 2 * MARGIN)
