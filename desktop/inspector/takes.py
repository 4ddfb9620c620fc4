"""The takes under a clip, to choose from."""

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QVBoxLayout, QWidget

from desktop.icons import Icons
from desktop.theme import Theme
from desktop.widgets.choices import Button, list_entry
from desktop.widgets.plain import set_tooltip
from engine.project.model import Clip, Project


class TakeList(QWidget):
    """Lists a clip's takes; a click or a number key chooses one."""

    chosen = Signal(int)
    remove_requested = Signal(int)
    keep_only_requested = Signal(int)
    """Only this take is wanted any more."""

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons = icons
        blank = QPixmap(16, 16)  # the names stand below each other, with the check mark or without
        blank.fill(Qt.GlobalColor.transparent)
        self._blank = QIcon(blank)
        self.list = QListWidget()
        self.list.setIconSize(QSize(16, 16))
        self.list.setAccessibleName("Takes")
        self.list.setFixedHeight(96)
        self.list.itemClicked.connect(lambda item: self.chosen.emit(self.list.row(item)))
        self.list.itemActivated.connect(lambda item: self.chosen.emit(self.list.row(item)))
        self._remove = Button("Remove Take")
        self._remove.setProperty("role", "field")
        set_tooltip(self._remove, "Take the chosen take off the clip; undo brings it back")
        self._remove.clicked.connect(lambda: self.remove_requested.emit(self.list.currentRow()))
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        self._keep = Button("Keep Only This")
        self._keep.setProperty("role", "field")
        set_tooltip(self._keep, "Drop the other takes; what is heard stays the same")
        self._keep.clicked.connect(lambda: self.keep_only_requested.emit(self.list.currentRow()))
        row.addWidget(self._keep)
        row.addWidget(self._remove)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.list)
        column.addLayout(row)

    def show_clip(self, project: Project, clip: Clip) -> None:
        """Shows the takes of `clip`."""
        sounding = {part.take for part in clip.take_parts}
        with QSignalBlocker(self.list):
            self.list.clear()
            for index, take in enumerate(clip.takes):
                source = project.sources.get(take.source)
                name = take.name or (source.name if source else "Missing audio")
                item = list_entry(f"{index + 1}   {name}", name)
                item.setIcon(self._icons.icon("check", self._theme.accent) if index in sounding else self._blank)
                self.list.addItem(item)
            self.list.setCurrentRow(clip.take)
        for button in (self._keep, self._remove):
            button.setEnabled(len(clip.takes) > 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        number = event.key() - Qt.Key.Key_1.value
        if 0 <= number < self.list.count():
            self.chosen.emit(number)
        else:
            super().keyPressEvent(event)
