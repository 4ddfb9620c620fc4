"""All shortcuts, made from the table of actions."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from desktop.actions import ACTIONS, CANVAS_KEYS, MENUS, NOTE_KEYS
from desktop.dialogs.frame import Dialog
from desktop.theme import Theme
from desktop.widgets.plain import Label


class ShortcutsDialog(Dialog):
    """The overview, in two columns, with a field to filter it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Keyboard Shortcuts", theme, parent)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Filter, such as “split” or “Ctrl”")
        self.filter.setAccessibleName("Filter shortcuts")
        self.filter.textChanged.connect(self._narrow)
        self.rows: list[tuple[str, list[QWidget]]] = []
        self._groups: list[tuple[QWidget, list[QWidget]]] = []
        columns = QHBoxLayout()
        columns.setContentsMargins(0, 0, 12, 0)
        columns.setSpacing(40)
        sides = (QVBoxLayout(), QVBoxLayout())
        for side in sides:
            side.setSpacing(0)
            half = QWidget()
            half.setMinimumWidth(320)  # as wide with few rows as with all
            half.setLayout(side)
            side.setContentsMargins(0, 0, 0, 0)
            columns.addWidget(half, 1)
        self._none = Label()
        self._none.setProperty("role", "dim")
        self._none.hide()
        native = QKeySequence.SequenceFormat.NativeText
        for menu in MENUS:
            entries = [
                (
                    "  or  ".join(QKeySequence(key).toString(native) for key in spec.keys[:2]),
                    spec.text.removesuffix("…"),
                )
                for spec in ACTIONS
                if spec.menu == menu and spec.keys
            ]
            if entries:
                sides[menu in ("Clip", "Transport", "View", "Help")].addWidget(self._group(menu, entries))
        sides[0].addWidget(self._group("In the timeline", list(CANVAS_KEYS)))
        sides[1].addWidget(self._group("In the note editor", list(NOTE_KEYS)))
        for side in sides:
            side.addStretch(1)
        inside = QWidget()
        inside.setLayout(columns)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(inside)
        area.setAccessibleName("Shortcuts")
        self.body.addWidget(self.filter)
        self.body.addWidget(self._none)
        self.body.addWidget(area, 1)
        self.add_button("Close", self.close, primary=True)
        self.resize(760, 620)
        self.filter.setFocus()

    def _group(self, title: str, entries: list[tuple[str, str]]) -> QWidget:
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 16)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        heading = Label(title)
        heading.setProperty("role", "section")
        grid.addWidget(heading, 0, 0)
        for row, (keys, text) in enumerate(entries, 1):
            name, caps = Label(text), Label(keys)
            caps.setProperty("role", "dim")
            caps.setAlignment(Qt.AlignmentFlag.AlignRight)
            grid.addWidget(name, row, 0)
            grid.addWidget(caps, row, 1)
            self.rows.append((f"{text} {keys}".lower(), [name, caps]))
        self._groups.append((holder, [widgets[0] for _, widgets in self.rows[-len(entries) :]]))
        return holder

    def _narrow(self, text: str) -> None:
        for words, widgets in self.rows:
            for widget in widgets:
                widget.setVisible(text.strip().lower() in words)
        for holder, names in self._groups:
            holder.setVisible(any(not name.isHidden() for name in names))
        any_shown = any(not holder.isHidden() for holder, _ in self._groups)
        self._none.setText("" if any_shown else f"No shortcut has “{text.strip()}” in its name or its keys.")
        self._none.setHidden(any_shown)
