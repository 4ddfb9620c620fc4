"""What an empty timeline shows: where to drop audio, and what else one can begin with."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.theme import Theme
from desktop.widgets.choices import Button
from desktop.widgets.painting import painting
from desktop.widgets.plain import Label, set_tooltip

CARD_PX = 780
"""The width of the card where there is room for it."""


class EmptyState(QWidget):
    """Lies over the empty canvas; drops fall through to it."""

    offered = Signal(bool)
    """Whether it is there, after that may have changed."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setAccessibleName("Empty song")
        title = Label("or drop audio here")
        title.setProperty("role", "heading")
        note = Label("WAV, FLAC, OGG, MP3 or AIFF, at any rate")
        note.setProperty("role", "dim")
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(32, 28, 32, 28)
        self._column.setSpacing(6)
        self._files = QWidget()  # what stands below the prompt, where there is room for it
        below = QVBoxLayout(self._files)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(6)
        for label in (title, note):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            below.addWidget(label)
        below.addSpacing(12)
        below.addLayout(self._buttons)
        self._column.addWidget(self._files)

    def set_actions(self, actions: list[QAction]) -> None:
        """Offers these as buttons."""
        for action in actions:
            button = Button(action.text().removesuffix("…"))
            set_tooltip(button, action.toolTip())
            button.clicked.connect(action.trigger)
            self._buttons.addWidget(button)

    def set_prompt(self, prompt: QWidget) -> None:
        """Puts a line for a prompt above the rest."""
        self._column.insertWidget(0, prompt)

    def place(self, area: QRectF) -> None:
        """Stands in the middle of `area`, narrower where there is less room, and of the prompt alone in a low one.

        Where it has no room at all it has no height, so that it covers no tracks, and comes back with the room.
        """
        self._files.show()
        size = self._size(area)
        if size.height() > area.height():
            self._files.hide()
            size = self._size(area)
        if size.height() > area.height():
            size.setHeight(0)
        self.setGeometry(
            round(area.center().x() - size.width() / 2),
            round(area.center().y() - size.height() / 2),
            size.width(),
            size.height(),
        )

    def _size(self, area: QRectF) -> QSize:
        """The size that the card wants in `area`."""
        size = self.sizeHint().expandedTo(self.minimumSizeHint())
        size.setWidth(max(min(max(size.width(), CARD_PX), round(area.width()) - 24), self.minimumSizeHint().width()))
        if self.hasHeightForWidth():
            size.setHeight(max(self.heightForWidth(size.width()), self.minimumSizeHint().height()))
        return size

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self._theme.line_strong, 1.5, Qt.PenStyle.DashLine))
            painter.setBrush(self._theme.panel)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)
