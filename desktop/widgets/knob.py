"""A small knob."""

import math

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desktop.theme import Theme
from desktop.widgets.control import ValueControl
from desktop.widgets.painting import painting
from desktop.widgets.values import ValueSpec

SWEEP = 270.0  # degrees


class Knob(ValueControl):
    """A knob whose arc starts at the default value, as a pan's does at the centre."""

    def __init__(self, spec: ValueSpec, theme: Theme, *, diameter: int = 24, parent: QWidget | None = None) -> None:
        super().__init__(spec, theme, parent)
        self._diameter = diameter
        self.setFixedSize(diameter + 8, diameter + 8)
        self.setCursor(Qt.CursorShape.SizeVerCursor)

    def sizeHint(self) -> QSize:
        """The knob and the room for its focus ring."""
        return QSize(self._diameter + 8, self._diameter + 8)

    def editor_rect(self) -> QRect:
        """A field as wide as the knob's surroundings allow."""
        return QRect(-4, (self.height() - 24) // 2, self.width() + 8, 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            theme = self.theme
            inner = QRectF(4, 4, self._diameter, self._diameter).adjusted(1.5, 1.5, -1.5, -1.5)
            painter.setPen(QPen(theme.line_strong, 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawArc(inner, *_arc(0.0, 1.0))
            here, home = self._share(self.value), self._share(self.spec.default)
            ink = theme.accent if self.isEnabled() and not self.mixed else theme.disabled
            if abs(here - home) > 1e-3:
                painter.setPen(QPen(ink, 3, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
                painter.drawArc(inner, *_arc(min(here, home), max(here, home)))
            angle = math.radians(90 + SWEEP / 2 - here * SWEEP)
            direction = QPointF(math.cos(angle), -math.sin(angle))
            painter.setPen(
                QPen(
                    theme.text if self.isEnabled() else theme.disabled,
                    2,
                    Qt.PenStyle.SolidLine,
                    Qt.PenCapStyle.RoundCap,
                )
            )
            radius = self._diameter / 2 - 5
            painter.drawLine(inner.center() + direction * (radius - 4), inner.center() + direction * radius)
            self.draw_focus(painter, self.width() / 2)

    def _share(self, value: float) -> float:
        return (value - self.spec.minimum) / (self.spec.maximum - self.spec.minimum)


def _arc(first: float, last: float) -> tuple[int, int]:
    """Start and span of the arc between two shares, in sixteenths of a degree as QPainter wants them."""
    return round((90 + SWEEP / 2 - first * SWEEP) * 16), round((first - last) * SWEEP * 16)
