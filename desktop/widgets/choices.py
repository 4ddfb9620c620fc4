"""Buttons, boxes, tabs, lists and menus that show text as it stands; the wheel turns them only with the focus."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QTabBar,
    QTableWidgetItem,
    QWidget,
)

from desktop.widgets.plain import entry_text, one_line, set_tooltip


class Button(QPushButton):
    """A button with a text; “&” in it is a letter."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Shows `text`."""
        super().setText(entry_text(text))

    def text(self) -> str:
        """The text as it is read."""
        return super().text().replace("&&", "&")


class CheckBox(QCheckBox):
    """A box to tick; “&” in its text is a letter."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(entry_text(text), parent)


class ComboBox(QComboBox):
    """A list to choose from. The wheel scrolls what lies below until it has the focus, which a wheel cannot give."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def addItem(self, text: str, value: object = None) -> None:  # type: ignore[override]
        """Adds a choice."""
        super().addItem(one_line(text), value)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class TabBar(QTabBar):
    """A row of tabs; the wheel changes them only while they have the focus."""

    def addTab(self, text: str) -> int:  # type: ignore[override]
        """Adds a tab; returns its index."""
        return super().addTab(entry_text(text))

    def setTabText(self, index: int, text: str) -> None:
        """Gives a tab another title."""
        super().setTabText(index, entry_text(text))

    def tabText(self, index: int) -> str:
        """The title as it is read."""
        return super().tabText(index).replace("&&", "&")

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class Menu(QMenu):
    """A menu whose entries are shown as they stand."""

    def __init__(self, parent: QWidget | None = None, title: str = "") -> None:
        super().__init__(entry_text(title), parent)

    def entry(self, text: str, press: Callable[[], object], *, keys: str = "") -> QAction:
        """Adds an entry that calls `press`; `keys` are shown at its right."""
        action = self.addAction(f"{entry_text(text)}\t{keys}" if keys else entry_text(text))
        set_tooltip(action, text)  # else it is the text, which might be taken for HTML
        action.triggered.connect(lambda *_: press())
        return action

    def submenu(self, title: str) -> "Menu":
        """Adds a menu below this one."""
        menu = Menu(self, title)
        self.addMenu(menu)
        return menu


def list_entry(text: str, tip: str = "") -> QListWidgetItem:
    """An entry for a list."""
    entry = QListWidgetItem(one_line(text))
    set_tooltip(entry, tip)
    return entry


def cell(text: str, tip: str = "") -> QTableWidgetItem:
    """A cell for a table."""
    item = QTableWidgetItem(one_line(text))
    set_tooltip(item, tip)
    return item
