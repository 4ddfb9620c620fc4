"""A number in a box."""

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desktop.theme import Theme, with_alpha
from desktop.widgets.control import ValueControl
from desktop.widgets.painting import painting
from desktop.widgets.values import ValueSpec


class ValueField(ValueControl):
    """A number with its unit; `flat` shows the box only under the mouse."""

    def __init__(
        self,
        spec: ValueSpec,
        theme: Theme,
        *,
        flat: bool = False,
        size: str = "normal",
        width: int | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(spec, theme, parent)
        self._flat = flat
        self.setFont(theme.font(size))
        self.setCursor(Qt.CursorShape.SizeVerCursor)
        self.setFixedHeight(theme.control_height)
        widest = max((spec.minimum, spec.maximum, spec.default), key=lambda value: len(spec.format(value)))
        self._wide = width or QFontMetrics(self.font()).horizontalAdvance(spec.format(widest)) + 20
        if width:
            self.setFixedWidth(width)
        else:
            self.setMinimumWidth(self._wide)

    def sizeHint(self) -> QSize:
        """Wide enough for the longest value."""
        return QSize(self._wide, self.theme.control_height)

    def editor_rect(self) -> QRect:
        """The whole box."""
        return self.rect()

    def drag(self, delta: QPointF, fine: bool) -> float:
        """Up and to the right is more."""
        return super().drag(QPointF(0, delta.y() - delta.x()), fine)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            theme = self.theme
            box = self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5)
            if not self._flat or self.underMouse():
                painter.setPen(QPen(theme.disabled if self.underMouse() and self.isEnabled() else theme.line_strong, 1))
                painter.setBrush(theme.window if not self._flat else with_alpha(theme.window, 0.6))
                painter.drawRoundedRect(box, theme.radius, theme.radius)
            painter.setFont(self.font())
            painter.setPen(theme.text if self.isEnabled() else theme.disabled)
            align = Qt.AlignmentFlag.AlignCenter if self._flat else Qt.AlignmentFlag.AlignVCenter
            room = 2 if self._flat else 8
            painter.drawText(self.rect().adjusted(room, 0, -room, 0), align, self.text)
            self.draw_focus(painter, theme.radius)
