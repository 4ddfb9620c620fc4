"""Which keys belong to the widget that has the focus, and which run the window's commands.

What takes text, a number or a choice is an editor, and an editor owns every key but those of `Keymap.passing`. Any
widget counts as an editor unless it is a button or a row of tabs, or its class says `commands_run = True`: a new kind
of field is safe before anybody thinks of it.
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

from desktop.keymap import Keymap

COMMANDS_RUN = (QAbstractButton, QTabBar, QMenuBar, QMenu, QMainWindow, QDialog)


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


def owns(focused: QWidget | None, event: QKeyEvent, keymap: Keymap) -> bool:
    """Whether the key belongs to `focused`, so that no command of the window may run."""
    if not is_editor(focused):
        return False
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    keys = QKeySequence(modifiers.value | event.key()).toString()
    return keys not in keymap.passing and (is_typing(focused) or keys not in keymap.history)
