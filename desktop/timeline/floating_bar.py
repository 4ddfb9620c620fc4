"""A small bar over the canvas that belongs to a place of the song."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QWidget

from desktop.theme import Theme
from desktop.widgets.buttons import pressed_by_enter
from desktop.widgets.choices import Button
from desktop.widgets.painting import painting
from desktop.widgets.plain import set_name, set_tooltip

GAP = 6
INSIDE = 3


class FloatingBar(QWidget):
    """A row of small controls on a plate; hidden at first. `edge` colours its outline."""

    def __init__(self, theme: Theme, parent: QWidget, *, edge: QColor | None = None) -> None:
        super().__init__(parent)
        self._theme, self._canvas = theme, parent
        self._edge = edge or theme.line_strong
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(4, 2, 4, 2)
        self.row.setSpacing(0)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.hide()

    def link(self, text: str, tip: str, name: str) -> QPushButton:
        """A button like a link, not yet in the row; `name` is its accessible name."""
        button = Button(text)
        button.setProperty("role", "link")
        set_tooltip(button, tip)
        set_name(button, name)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def setVisible(self, visible: bool) -> None:
        """Gives the keyboard back to the canvas when it goes."""
        focused = QApplication.focusWidget()
        if not visible and focused is not None and self.isAncestorOf(focused):
            self._canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        super().setVisible(visible)

    def place(self, area: QRectF, canvas: QRectF, *, left: bool = False) -> None:
        """Shows itself in `area`, a clip's body or a part of it, inside `canvas`; with `left` at its left end.

        It covers no other track and no title: where `area` is narrower than the bar, that stands beside it at the same
        height, or over as little of it as can be; where it is lower, below it.
        """
        self.setVisible(True)
        for part in self.findChildren(QWidget):
            part.ensurePolished()
        self.row.invalidate()
        size = self.row.sizeHint()
        visible = area.intersected(canvas)
        if visible.width() >= size.width() + 2 * GAP:
            x = visible.left() + GAP if left else visible.center().x() - size.width() / 2
        else:  # on the side where less of it is covered, which is nothing if there is room
            sides = (visible.right() + GAP, visible.left() - GAP - size.width())
            x = min(
                (_within(side, size.width(), canvas) for side in sides),
                key=lambda x: _covered(x, size.width(), visible),
            )
        x = _within(x, size.width(), canvas)
        y = area.top() + INSIDE
        if area.height() < size.height() + INSIDE:
            y = area.bottom() + GAP
        y = min(max(y, 2.0), canvas.height() - size.height() - 2)
        self.setGeometry(round(x), round(y), size.width(), size.height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses its buttons; other keys are the canvas's."""
        if not pressed_by_enter(self.focusWidget(), event):
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """What lies under the bar is not meant."""

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """See `mousePressEvent`."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """See `mousePressEvent`."""

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """See `mousePressEvent`."""

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self._edge, 1))
            painter.setBrush(self._theme.raised)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)


def _within(x: float, width: float, canvas: QRectF) -> float:
    """The place nearest to `x` at which a bar of that width lies inside the canvas."""
    return min(max(x, 4.0), canvas.width() - width - 4)


def _covered(x: float, width: float, area: QRectF) -> float:
    """How much of the area's width a bar at `x` covers."""
    return max(min(x + width, area.right()) - max(x, area.left()), 0.0)
