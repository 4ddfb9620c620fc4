"""One model in the list: what it is, what it needs and allows, and what can be done with it."""

import re
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QFrame, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from desktop.models.listing import SPEED, Entry, facts, speed_tip
from desktop.theme import Theme
from desktop.widgets.choices import Button
from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.plain import Label, set_name, set_tooltip

LONGEST_NAME = "Parameters"


class ModelCard(QFrame):
    """Shows one `Entry`; the signals say what the user wishes."""

    use_requested = Signal(str)
    load_requested = Signal(str)
    unload_requested = Signal()
    measure_requested = Signal(str)
    add_requested = Signal(str)
    remove_requested = Signal(str)
    cancel_requested = Signal(str)

    def __init__(self, entry: Entry, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entry = entry
        self._theme = theme
        self.setProperty("role", "card")
        info = entry.info
        set_name(self, info.name)
        self.state = Label()
        self.state.setProperty("role", "small")
        self.about = Label(_sentence(entry.about))
        self.about.setWordWrap(True)
        self.about.setProperty("role", "dim")
        if not entry.about:
            self.about.hide()
        self.licence = Label(entry.licence[:1].upper() + entry.licence[1:])
        self.licence.setWordWrap(True)
        self.licence.setProperty("role", "small")
        if entry.forbids:
            self.licence.setStyleSheet(f"color: {theme.warning.name()};")
        self.problem = Label(info.problem)
        self.problem.setWordWrap(True)
        self.problem.setProperty("role", "error")
        if not info.problem:
            self.problem.hide()
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(12)
        self._form.setVerticalSpacing(2)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self._names = self.fontMetrics().horizontalAdvance(LONGEST_NAME)  # so that the cards' values stand in line
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        set_name(self.bar, f"Progress of {info.name}")
        self.doing = ElidedLabel(role="small", mode=Qt.TextElideMode.ElideRight)
        self.load = self._button("Load", f"Bring {info.name} into memory and use it", self._load)
        self.measure = self._button("Measure Now", "Measure its speed and memory on this machine", self._measure)
        self.add = self._button("Add…", "See size and licence before anything is fetched", self._add)
        self.remove = self._button("Remove", "Take it off the list; files that were fetched go too", self._remove)
        self.cancel = self._button("Cancel", f"Stop what is done with {info.name}", self._cancel)
        self._lay_out()
        self._loaded = False
        self._shown: tuple[list[tuple[str, str]], str] | None = None

    def _lay_out(self) -> None:
        name = ElidedLabel(self.entry.info.name)
        name.setFont(self._theme.font("medium", bold=True))
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(name, 1)
        head.addWidget(self.state)
        self._buttons = QWidget()
        buttons = QHBoxLayout(self._buttons)
        buttons.setContentsMargins(0, 4, 0, 0)
        buttons.setSpacing(8)
        for button in (self.load, self.measure, self.add, self.remove, self.cancel):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(4)
        column.addLayout(head)
        for widget in (self.about, self.licence, self.problem):
            column.addWidget(widget)
        column.addLayout(self._form)
        column.addWidget(self.bar)
        column.addWidget(self.doing)
        column.addWidget(self._buttons)

    def show_state(
        self,
        *,
        used: bool,
        loaded: bool,
        memory_mb: float | None,
        measured: Mapping[str, Any] | None,
        doing: tuple[float, str] | None,
    ) -> None:
        """Shows how the model is now.

        Args:
            used: whether it is the one that is asked.
            loaded: whether it is in memory.
            memory_mb: how much loading it took; None where that is not known.
            measured: its last bench row.
            doing: what is done with it, as a share and a text; None for nothing.
        """
        entry, theme = self.entry, self._theme
        self._loaded = loaded
        words = "Loaded" if loaded else "In use" if used and entry.installed else ""
        missing = "No weights yet" if entry.own else "Not installed"
        words = words or ("Installed" if entry.installed else "Damaged" if entry.info.problem else missing)
        self.state.setText(words)
        self.state.setStyleSheet(f"color: {(theme.accent if loaded or words == 'In use' else theme.dim).name()};")
        self._show_facts(facts(entry, measured, memory_mb if loaded else None), speed_tip(measured) if measured else "")
        busy = doing is not None
        self.bar.setVisible(busy)
        self.doing.setVisible(busy)
        if doing is not None:
            self.bar.setValue(round(doing[0] * 1000))
            self.doing.setText(doing[1])
        self.load.setText("Unload" if loaded else "Load")
        set_tooltip(self.load, "Free its memory" if loaded else f"Bring {entry.info.name} into memory and use it")
        self._offer(
            {
                self.load: entry.installed and not busy,
                self.measure: entry.installed and not busy,
                self.add: entry.info.folder is None and bool(entry.info.repo) and not busy,
                self.remove: entry.added and entry.info.folder is not None and not loaded and not busy,
                self.cancel: busy,
            }
        )

    def _show_facts(self, facts: list[tuple[str, str]], tip: str) -> None:
        """Shows names and values; `tip` says more about the speed.

        Rows that say the same stay: new ones appear when they are laid out, and progress comes more often than that.
        """
        if (facts, tip) == self._shown:
            return
        self._shown = facts, tip
        while self._form.rowCount():
            self._form.removeRow(0)
        for name, value in facts:
            label, text = Label(name), ElidedLabel(value, mode=Qt.TextElideMode.ElideRight)
            label.setProperty("role", "dim")
            label.setMinimumWidth(self._names)
            set_tooltip(label, tip if name == SPEED else "")
            self._form.addRow(label, text)
        room = 4 if facts else 0
        self._form.setContentsMargins(0, room, 0, room)

    def _offer(self, buttons: dict[QPushButton, bool]) -> None:
        """Shows the buttons that make sense now; the keyboard stays on the card when its button goes."""
        self._buttons.setVisible(any(buttons.values()))
        for button, offered in buttons.items():
            if offered:
                button.setVisible(True)
        going = [button for button, offered in buttons.items() if not offered]
        if any(button.hasFocus() for button in going):
            next((button for button, offered in buttons.items() if offered), self.bar).setFocus()
        for button in going:
            button.setVisible(False)

    def _button(self, text: str, tip: str, press: object) -> QPushButton:
        button = Button(text)
        button.setProperty("role", "field")
        set_tooltip(button, tip)
        set_name(button, f"{text.removesuffix('…')} {self.entry.info.name}")
        button.clicked.connect(press)
        return button

    def _load(self) -> None:
        if self._loaded:
            self.unload_requested.emit()
        else:
            self.load_requested.emit(self.entry.info.id)

    def _measure(self) -> None:
        self.measure_requested.emit(self.entry.info.id)

    def _add(self) -> None:
        self.add_requested.emit(self.entry.info.id)

    def _remove(self) -> None:
        self.remove_requested.emit(self.entry.info.id)

    def _cancel(self) -> None:
        self.cancel_requested.emit(self.entry.info.id)


def _sentence(text: str) -> str:
    return re.sub(r"`([^`]*)`", r"“\1”", f"{text[:1].upper()}{text[1:]}")
