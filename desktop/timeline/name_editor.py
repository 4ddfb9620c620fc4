"""A field for a new name, shown over the thing that is renamed."""

from collections.abc import Callable

from PySide6.QtCore import QRect
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from desktop.widgets.inplace import InPlaceEditor


class NameEditor(InPlaceEditor):
    """Enter or leaving the field takes the name, Escape drops it; the keyboard goes back to what had it before."""

    def __init__(
        self, parent: QWidget, area: QRect, text: str, name: str, font: QFont, done: Callable[[str], object]
    ) -> None:
        super().__init__(parent, area, name)
        self._done, self._before = done, text
        before = QApplication.focusWidget()
        self._from: QWidget | None = before._from if isinstance(before, NameEditor) else before
        self.setFont(font)
        self.setMaxLength(200)
        self.setStyleSheet("QLineEdit { padding: 0 3px; min-height: 0; }")
        self.ended.connect(self._take)
        self.begin(text)

    def returns_to(self) -> QWidget | None:
        """What had the keyboard before."""
        return self._from if self._from is not None and isValid(self._from) else self.window().focusProxy()

    def _take(self, text: str, take: bool) -> None:
        name = text.strip()
        if take and name and name != self._before:
            self._done(name)
