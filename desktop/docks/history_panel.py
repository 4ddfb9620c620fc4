"""Everything done to the song since it was opened; a click goes back or forward to there."""

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from desktop.document import Document
from desktop.theme import Theme
from desktop.widgets.plain import one_line, set_tooltip


class HistoryPanel(QWidget):
    """The list of undo steps, oldest first; what could be redone is dimmed."""

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._theme = theme
        self.list = QListWidget()
        self.list.setProperty("role", "flat")
        self.list.setAccessibleName("History")
        self.list.setUniformItemSizes(True)
        self.list.itemClicked.connect(self._jump)
        self.list.itemActivated.connect(self._jump)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.addWidget(self.list)
        self._stale = True
        document.changed.connect(self._on_changed)

    def showEvent(self, event: object) -> None:
        if self._stale:
            self._refresh()

    def _on_changed(self, *_: object) -> None:
        # a list of a thousand steps is rebuilt only where it can be seen
        self._stale = True
        if self.isVisible():
            self._refresh()

    def _jump(self, item: QListWidgetItem) -> None:
        self._document.jump(self.list.row(item))

    def _refresh(self) -> None:
        self._stale = False
        with QSignalBlocker(self.list):
            entries = self._document.history.entries
            while self.list.count() > len(entries):
                self.list.takeItem(self.list.count() - 1)
            while self.list.count() < len(entries):
                self.list.addItem("")
            current = next(index for index, (_, here) in enumerate(entries) if here)
            for index, (name, here) in enumerate(entries):
                item = self.list.item(index)
                item.setText(one_line(name))
                item.setForeground(self._theme.text if index <= current else self._theme.disabled)
                set_tooltip(item, "The song is here" if here else f"Go to: {name}")
            self.list.setCurrentRow(current)
            self.list.scrollToItem(self.list.item(current))
