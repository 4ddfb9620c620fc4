"""A field for a new name, shown over the thing that is renamed."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QFont, QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from shiboken6 import isValid

from desktop.widgets.plain import set_name


class NameEditor(QLineEdit):
    """Enter or leaving the field takes the name, Escape drops it; then it goes away.

    The keyboard goes back to what had it before.
    """

    def __init__(
        self, parent: QWidget, area: QRect, text: str, name: str, font: QFont, done: Callable[[str], object]
    ) -> None:
        super().__init__(text, parent)
        self._done: Callable[[str], object] | None = done
        self._before = text
        before = QApplication.focusWidget()
        self._from: QWidget | None = before._from if isinstance(before, NameEditor) else before
        self.setFont(font)
        self.setGeometry(area)
        set_name(self, name)
        self.setMaxLength(200)
        self.setStyleSheet("QLineEdit { padding: 0 3px; min-height: 0; }")
        self.selectAll()
        self.installEventFilter(self)
        self.show()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ends the typing."""
        kind = event.type()
        if kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
                self._end(take=event.key() != Qt.Key.Key_Escape)
                return True
        elif kind == QEvent.Type.FocusOut:
            self._end(take=True)
        return False

    def _end(self, *, take: bool) -> None:
        done, self._done = self._done, None
        if done is None:
            return
        text = self.text().strip()
        had_focus = self.hasFocus()
        self.hide()
        self.deleteLater()
        back = self._from if self._from is not None and isValid(self._from) else self.window().focusProxy()
        if had_focus and back:
            back.setFocus(Qt.FocusReason.OtherFocusReason)
        if take and text and text != self._before:
            done(text)
