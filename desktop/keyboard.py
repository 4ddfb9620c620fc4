"""Which keys belong to the widget that has the focus, and which run the window's commands.

What takes text, a number or a choice is an editor, and an editor owns every key but those of `PASSING`. Any widget
counts as an editor unless it is a button or a row of tabs, or its class says `commands_run = True`: a new kind of
field is safe before anybody thinks of it.
"""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QDialog,
    QLineEdit,
    QMainWindow,
    QMenu,
    QMenuBar,
    QPlainTextEdit,
    QTabBar,
    QTextEdit,
    QWidget,
)

from desktop.actions import ACTIONS

PASSING = frozenset(
    QKeySequence(key).toString()
    for spec in ACTIONS
    if spec.menu in ("File", "View", "Help") or spec.id in ("add_track", "marker")
    for key in spec.keys
    if key.startswith(("Ctrl+", "F1"))
)
"""Keys of commands that may run while an editor has the focus: they change neither the clips nor the playback.

Tracks and markers are among them, since one adds several in a row and each opens for its name.
"""
COMMANDS_RUN = (QAbstractButton, QTabBar, QMenuBar, QMenu, QMainWindow, QDialog)
HISTORY = frozenset(
    QKeySequence(key).toString() for spec in ACTIONS if spec.id in ("undo", "redo") for key in spec.keys
)
"""Undo and redo are the song's while no text is being typed that they could mean."""


def is_editor(widget: QWidget | None) -> bool:
    """Whether `widget` takes text, a number or a choice from the keyboard."""
    if widget is None or isinstance(widget, COMMANDS_RUN):
        return False
    return not getattr(widget, "commands_run", False)


def is_typing(widget: QWidget | None) -> bool:
    """Whether text is being typed into `widget`."""
    if isinstance(widget, QComboBox):
        return widget.isEditable()
    return isinstance(widget, QLineEdit | QPlainTextEdit | QTextEdit | QAbstractSpinBox)


def owns(focused: QWidget | None, event: QKeyEvent) -> bool:
    """Whether the key belongs to `focused`, so that no command of the window may run."""
    if not is_editor(focused):
        return False
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    keys = QKeySequence(modifiers.value | event.key()).toString()
    return keys not in PASSING and (is_typing(focused) or keys not in HISTORY)
