"""All shortcuts, made from the table of actions, and the place to change them."""

from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from desktop.actions import ACTIONS, MENUS, ActionSpec
from desktop.dialogs.frame import Dialog, Question
from desktop.gesture_keys import CANVAS_KEYS, LANE_KEYS, NOTE_KEYS
from desktop.keymap import Keymap, native
from desktop.theme import Theme
from desktop.widgets.choices import Menu
from desktop.widgets.key_button import KeyButton
from desktop.widgets.plain import Label, set_name, set_tooltip

HINT = "Click keys, or press Enter on them, and press the new ones. Delete takes them away; right-click resets them."


class ShortcutsDialog(Dialog):
    """The overview, in two columns, with a field to filter it. A menu's entry takes other keys by its button."""

    def __init__(self, keymap: Keymap, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__("Keyboard Shortcuts", theme, parent)
        self._keymap = keymap
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Filter, such as “split” or “Ctrl”")
        self.filter.setAccessibleName("Filter shortcuts")
        self.filter.textChanged.connect(self._narrow)
        self.keys: dict[str, KeyButton] = {}
        self.rows: list[tuple[str, list[QWidget]]] = []
        self._groups: list[tuple[QWidget, list[QWidget]]] = []
        self._none = Label()
        self._none.setProperty("role", "dim")
        self._none.hide()
        hint = Label(HINT)
        hint.setProperty("role", "small")
        self.body.addWidget(self.filter)
        self.body.addWidget(hint)
        self.body.addWidget(self._none)
        self.body.addWidget(self._list(), 1)
        self.reset = self.add_button("Reset All", self._ask_reset_all)
        self.add_button("Close", self.close, primary=True)
        self.resize(800, 640)
        self.filter.setFocus()
        keymap.changed.connect(self._show_keys)
        self._show_keys()

    def _list(self) -> QWidget:
        """All groups of entries, in two columns that scroll."""
        columns = QHBoxLayout()
        columns.setContentsMargins(0, 0, 12, 0)
        columns.setSpacing(40)
        sides = (QVBoxLayout(), QVBoxLayout())
        for side in sides:
            side.setSpacing(0)
            half = QWidget()
            half.setMinimumWidth(330)  # as wide with few rows as with all
            half.setLayout(side)
            side.setContentsMargins(0, 0, 0, 0)
            columns.addWidget(half, 1)
        for menu in MENUS:
            entries = [spec for spec in ACTIONS if spec.menu == menu]
            if entries:
                sides[menu in ("Clip", "Transport", "View", "Help")].addWidget(self._entries(menu, entries))
        sides[0].addWidget(self._fixed("In the timeline", CANVAS_KEYS))
        sides[0].addWidget(self._fixed("In a lane of automation", LANE_KEYS))
        sides[1].addWidget(self._fixed("In the note editor", NOTE_KEYS))
        for side in sides:
            side.addStretch(1)
        inside = QWidget()
        inside.setLayout(columns)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(inside)
        area.setAccessibleName("Shortcuts")
        return area

    def _entries(self, title: str, specs: list[ActionSpec]) -> QWidget:
        """A menu's entries, each with a button of its keys."""
        widgets: list[tuple[str, QWidget]] = []
        for spec in specs:
            button = KeyButton()
            button.keys_pressed.connect(partial(self._change, spec))
            button.removal_requested.connect(partial(self._keymap.set_keys, spec.id, ""))
            button.menu_requested.connect(partial(self._show_menu, spec))
            self.keys[spec.id] = button
            widgets.append((_title(spec), button))
        return self._group(title, widgets)

    def _fixed(self, title: str, lines: tuple[tuple[str, str], ...]) -> QWidget:
        """Keys that cannot be changed."""
        widgets: list[tuple[str, QWidget]] = []
        for keys, text in lines:
            label = Label(keys)
            label.setProperty("role", "dim")
            label.setAlignment(Qt.AlignmentFlag.AlignRight)
            label.setContentsMargins(0, 0, 7, 0)  # in line with the text of the buttons above
            widgets.append((text, label))
            set_name(label, f"{text}: {keys}")
        return self._group(title, widgets)

    def _group(self, title: str, widgets: list[tuple[str, QWidget]]) -> QWidget:
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 16)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(0, 1)
        heading = Label(title)
        heading.setProperty("role", "section")
        grid.addWidget(heading, 0, 0)
        for row, (text, keys) in enumerate(widgets, 1):
            name = Label(text)
            grid.addWidget(name, row, 0)
            grid.addWidget(keys, row, 1, Qt.AlignmentFlag.AlignRight)
            self.rows.append((f"{text} {keys.text() if isinstance(keys, Label) else ''}".lower(), [name, keys]))
        self._groups.append((holder, [row[0] for _, row in self.rows[-len(widgets) :]]))
        return holder

    def _show_keys(self) -> None:
        """Shows the keys as they are now; those that the user has chosen stand out."""
        words = {}
        for spec in ACTIONS:
            button, keys = self.keys[spec.id], self._keymap.keys(spec.id)
            text = "  or  ".join(native(key) for key in keys[:2])
            button.show_keys(text)
            button.setProperty("chosen", self._keymap.is_changed(spec.id))
            button.style().polish(button)
            set_name(button, f"{_title(spec)}: {text or 'no keys'}")
            words[id(button)] = f"{_title(spec)} {text}".lower()
        self.rows = [(words.get(id(widgets[1]), text), widgets) for text, widgets in self.rows]
        self.reset.setEnabled(self._keymap.any_changed)
        set_tooltip(self.reset, "Give every entry the keys that it came with")

    def _change(self, spec: ActionSpec, keys: str) -> None:
        """Gives an entry other keys; asks where another has them."""
        self.show_error("")
        holder = self._keymap.holder(keys)
        if holder is None or holder.id == spec.id:
            self._give(spec, keys)
            return
        question = Question(
            f"{native(keys)} belongs to {_title(holder)}",
            f"Shall it run {_title(spec)} from now on? {_title(holder)} then has other keys or none.",
            ("Take Over", "Cancel"),
            lambda answer: self._give(spec, keys) if answer == "Take Over" else None,
            self.theme,
            self,
        )
        question.show()

    def _give(self, spec: ActionSpec, keys: str) -> None:
        try:
            self._keymap.set_keys(spec.id, keys)
        except ValueError as error:
            self.show_error(str(error))

    def _show_menu(self, spec: ActionSpec, place: QPoint) -> None:
        menu = Menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.entry("Remove", partial(self._keymap.set_keys, spec.id, "")).setEnabled(bool(self._keymap.keys(spec.id)))
        default = native(next(iter(self._keymap.default_keys(spec.id)), "")) or "none"
        reset = menu.entry(f"Reset to {default}", partial(self._keymap.reset, spec.id))
        reset.setEnabled(self._keymap.is_changed(spec.id))
        menu.popup(place)

    def _ask_reset_all(self) -> None:
        Question(
            "Reset all shortcuts?",
            "Every entry gets the keys that it came with. What you have chosen is gone.",
            ("Reset All", "Cancel"),
            lambda answer: self._keymap.reset_all() if answer == "Reset All" else None,
            self.theme,
            self,
            dangerous=True,
        ).show()

    def _narrow(self, text: str) -> None:
        for words, widgets in self.rows:
            for widget in widgets:
                widget.setVisible(text.strip().lower() in words)
        for holder, names in self._groups:
            holder.setVisible(any(not name.isHidden() for name in names))
        any_shown = any(not holder.isHidden() for holder, _ in self._groups)
        self._none.setText("" if any_shown else f"No shortcut has “{text.strip()}” in its name or its keys.")
        self._none.setHidden(any_shown)


def _title(spec: ActionSpec) -> str:
    return spec.text.removesuffix("…")
