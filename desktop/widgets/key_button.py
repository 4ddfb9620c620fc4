"""A button that shows keys and, when pressed, takes the next keys in their place."""

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from desktop.widgets.buttons import pressed_by_enter
from desktop.widgets.choices import Button

MODIFIERS = (
    Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_Meta, Qt.Key.Key_Super_L,
    Qt.Key.Key_Super_R, Qt.Key.Key_Hyper_L, Qt.Key.Key_Hyper_R, Qt.Key.Key_CapsLock, Qt.Key.Key_NumLock,
    Qt.Key.Key_unknown,
)  # fmt: skip
"""Keys that make no shortcut by themselves."""
NO_KEYS = "–"


class KeyButton(Button):
    """While it waits, every key is taken: Escape leaves the keys as they are, also a press or the loss of the focus."""

    keys_pressed = Signal(str)
    """The new keys, in Qt's portable notation."""
    removal_requested = Signal()
    """Delete was pressed while it did not wait."""
    menu_requested = Signal(QPoint)
    """A menu is wanted at this place of the screen."""
    waiting = False
    """Whether the next keys are taken."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setProperty("role", "keys")
        self.setProperty("waiting", False)
        self.setAutoDefault(False)
        self._shown = ""
        self.clicked.connect(lambda *_: self._wait(not self.waiting))

    def show_keys(self, keys: str) -> None:
        """Shows keys as this system writes them; none as a dash."""
        self._shown = keys or NO_KEYS
        if not self.waiting:
            self.setText(self._shown)

    def event(self, event: QEvent) -> bool:
        """While it waits, Tab and the window's shortcuts are keys like any other."""
        if self.waiting and isinstance(event, QKeyEvent):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self._press(event)
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removal_requested.emit()
        elif event.key() == Qt.Key.Key_Menu:
            self.menu_requested.emit(self.mapToGlobal(self.rect().bottomLeft()))
        elif not pressed_by_enter(self, event):
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_requested.emit(event.globalPos())

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._wait(False)
        super().focusOutEvent(event)

    def _press(self, event: QKeyEvent) -> None:
        if event.key() in MODIFIERS:
            return
        self._wait(False)
        if event.key() != Qt.Key.Key_Escape:
            self.keys_pressed.emit(_keys_of(event))

    def _wait(self, waiting: bool) -> None:
        if waiting == self.waiting:
            return
        self.waiting = waiting
        self.setText("Press keys…" if waiting else self._shown)
        self.setProperty("waiting", waiting)
        self.style().polish(self)


def _keys_of(event: QKeyEvent) -> str:
    """The keys as a shortcut: Shift belongs to it unless it only makes the sign, such as “!”."""
    modifiers = event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.GroupSwitchModifier)
    sign = event.text()[:1]
    if sign.isprintable() and sign.strip() and not sign.isalnum():
        modifiers &= ~Qt.KeyboardModifier.ShiftModifier
    key = Qt.Key.Key_Tab if event.key() == Qt.Key.Key_Backtab else Qt.Key(event.key())
    return QKeySequence(modifiers.value | key.value).toString()
