"""The playhead: a thin line over the canvas that moves without repainting what is under it."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.theme import Theme
from desktop.view.viewport import Viewport
from desktop.widgets.painting import painting

WIDTH = 1


class PlayheadLine(QWidget):
    """Lies over `parent`; only the strips that it leaves and enters are painted again."""

    def __init__(self, theme: Theme, viewport: Viewport, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._viewport = viewport
        self._frame = 0
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        viewport.changed.connect(self.place)

    def set_frame(self, frame: int) -> None:
        """Moves the line to `frame`."""
        if frame != self._frame:
            self._frame = frame
            self.place()

    def place(self) -> None:
        """Takes its place after a scroll, a zoom or a change of size."""
        x = round(self._viewport.x(self._frame))
        visible = -1 <= x <= self._viewport.width
        if visible == self.isHidden():
            self.setVisible(visible)
        if visible and (x != self.x() or self.height() != self._viewport.height):
            self.setGeometry(x, 0, WIDTH, self._viewport.height)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            painter.fillRect(self.rect(), self._theme.playhead)
