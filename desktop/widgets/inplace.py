"""A line for typing, shown over the thing that it changes for as long as one types."""

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QWidget

from desktop.widgets.plain import set_name


class InPlaceEditor(QLineEdit):
    """Enter takes the text, Escape drops it; leaving the line takes or drops it as well. Then the line goes away.

    The keyboard goes to what the window names as its focus proxy, else to `parent`. In a dialog, Enter is the dialog's
    as well, as from any other of its lines.
    """

    ended = Signal(str, bool)
    """The text, and whether it is taken. Sent once, when the line has gone."""

    def __init__(self, parent: QWidget, area: QRect, name: str, *, leaving_takes: bool = True) -> None:
        super().__init__(parent)
        self._leaving_takes = leaving_takes
        self._open = True
        self.setGeometry(area)
        set_name(self, name)

    def begin(self, text: str, typed: str | None = None) -> None:
        """Opens with `text` selected, or with what was `typed` already in its stead."""
        self.setText(text if typed is None else typed)
        if typed is None:
            self.selectAll()
        self.setModified(typed is not None)
        self.show()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ends the typing at Enter and Escape."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            window = self.window()
            self._end(take=True)
            if isinstance(window, QDialog):
                window.keyPressEvent(event)
        elif event.key() == Qt.Key.Key_Escape:
            self._end(take=False)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._end(take=self._leaving_takes)

    def returns_to(self) -> QWidget | None:
        """What gets the keyboard afterwards."""
        return self.window().focusProxy() or self.parentWidget()

    def _end(self, *, take: bool) -> None:
        if not self._open:
            return
        self._open = False
        had_focus, home = self.hasFocus(), self.returns_to()
        self.hide()
        self.deleteLater()
        if had_focus and home:
            home.setFocus(Qt.FocusReason.OtherFocusReason)
        self.ended.emit(self.text(), take)
