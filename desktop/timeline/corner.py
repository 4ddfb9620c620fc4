"""The corner above the headers: adds a track."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.document import Document
from desktop.theme import Theme
from desktop.timeline.ruler import HEIGHT
from desktop.widgets.choices import Button
from desktop.widgets.painting import painting
from desktop.widgets.plain import set_tooltip
from engine.project import edits


class Corner(QWidget):
    """Lies left of the ruler."""

    hint_changed = Signal(str)

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._document = document
        self._action: QAction | None = None
        self.setFixedSize(theme.sizes["headers"], HEIGHT)
        self.button = Button("+ Track")
        self.button.setProperty("role", "link")
        self.button.setAccessibleName("Add track")
        set_tooltip(self.button, "Add an empty track")
        self.button.clicked.connect(self._add)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 1)
        row.addWidget(self.button)
        row.addStretch(1)

    def set_action(self, action: QAction) -> None:
        """Lets the button do what the menu's action does."""
        self._action = action
        set_tooltip(self.button, action.toolTip())

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            painter.fillRect(self.rect(), self._theme.panel)
            painter.fillRect(0, self.height() - 1, self.width(), 1, self._theme.line)
            painter.fillRect(self.width() - 1, 0, 1, self.height(), self._theme.line)

    def _add(self) -> None:
        if self._action is not None:
            self._action.trigger()
        else:
            self._document.apply("Add track", edits.add_track)
