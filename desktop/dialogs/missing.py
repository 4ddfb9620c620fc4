"""Audio files that a song needs and that are not there."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget
from shiboken6 import isValid

from desktop.dialogs.files import ask_file
from desktop.dialogs.frame import Dialog, Question
from desktop.document import Document
from desktop.theme import Theme
from desktop.widgets.choices import Button
from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.plain import Label, set_name
from engine.project.model import Source


class MissingAudioDialog(Dialog):
    """Lists missing files; each can be located. It closes by itself when none is left."""

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Missing Audio", theme, parent)
        self._document = document
        text = Label(
            "These files of the song are not in its folder, or have changed on the disk. Clips without their file stay "
            "in place and are silent until it is found. The song keeps working without them."
        )
        text.setWordWrap(True)
        text.setProperty("role", "dim")
        self._list = QVBoxLayout()
        self._list.setSpacing(4)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.addStretch(1)
        inside = QWidget()
        inside.setLayout(self._list)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(inside)
        area.setAccessibleName("Missing audio files")
        self.body.addWidget(text)
        self.body.addWidget(area, 1)
        self.add_button("Close", self.close, primary=True)
        self.locate_buttons: dict[str, QPushButton] = {}
        self._rows: dict[str, QWidget] = {}
        document.sources_changed.connect(self._refresh)
        document.opened.connect(self.close)
        self.resize(560, 320)
        self._refresh()

    def locate(self, source: Source, path: Path) -> None:
        """Takes the file at `path` for `source`, in the background; asks if it is another recording."""
        self.show_error("")

        def ask(take: Callable[[], None]) -> None:
            if not isValid(self):
                return
            Question(
                f"Use “{path.name}” in place of “{source.name}”?",
                "It is another recording than the missing one: its clips will sound different, and may be silent "
                "where it is shorter. You can undo this.",
                ("Use It", "Cancel"),
                lambda answer: take() if answer == "Use It" else None,
                self.theme,
                self,
                dangerous=True,
            ).show()

        self._document.sounds.relink(source, path, self.show_error, ask)

    def _refresh(self) -> None:
        missing = {source.id: source for source in self._document.sounds.to_locate()}
        for source_id in set(self._rows) - set(missing):
            self._rows.pop(source_id).deleteLater()
            self.locate_buttons.pop(source_id)
        for source in missing.values():
            if source.id not in self._rows:
                self._add(source)
        if not missing:
            self.close()

    def _add(self, source: Source) -> None:
        holder = QFrame()
        holder.setProperty("role", "well")
        row = QHBoxLayout(holder)
        row.setContentsMargins(12, 8, 8, 8)
        name, place = ElidedLabel(source.name), ElidedLabel(source.file, role="small")
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(name)
        column.addWidget(place)
        button = Button("Locate…")
        set_name(button, f"Locate {source.name}")
        button.setAutoDefault(False)
        button.setProperty("role", "field")
        button.clicked.connect(lambda: self._ask(source))
        row.addLayout(column, 1)
        row.addWidget(button)
        self._list.insertWidget(self._list.count() - 1, holder)
        self._rows[source.id] = holder
        self.locate_buttons[source.id] = button

    def _ask(self, source: Source) -> None:
        ask_file(self, f"Locate {source.name}", Path.home(), lambda file: self.locate(source, file))
