"""A bar with a sentence and one button that helps."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from desktop.icons import Icons
from desktop.theme import Theme
from desktop.widgets.buttons import IconButton


class MessageBar(QFrame):
    """Shows one message at a time; the newest wins. Hidden while there is none."""

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons = icons
        self._help: Callable[[], object] | None = None
        self._sign = QLabel()
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._button = QPushButton()
        self._button.setAccessibleName("Help with this message")
        self._button.clicked.connect(self._press)
        self._close = IconButton(icons, "x", "Dismiss message", size=14)
        self._close.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 8, 4)
        row.setSpacing(8)
        row.addWidget(self._sign)
        row.addWidget(self._text, 1)
        row.addWidget(self._button)
        row.addWidget(self._close)
        self.setMinimumHeight(36)
        self.hide()

    @property
    def text(self) -> str:
        """The sentence shown."""
        return self._text.text()

    def show_message(
        self, sentence: str, button: str = "", help: Callable[[], object] | None = None, *, error: bool = True
    ) -> None:
        """Shows `sentence`; `button` calls `help` and closes the bar."""
        self.setProperty("role", "error-bar" if error else "notice-bar")
        self.setAccessibleName("Error" if error else "Notice")
        self.setAccessibleDescription(sentence)
        self.style().unpolish(self)
        self.style().polish(self)
        sign, colour = ("warning", self._theme.error) if error else ("info", self._theme.accent)
        self._sign.setPixmap(self._icons.pixmap(sign, 18, colour))
        self._text.setText(sentence)
        self._help = help
        self._button.setText(button)
        self._button.setAccessibleName(button or "Help with this message")
        self._button.setVisible(bool(button))
        self.show()

    def _press(self) -> None:
        help = self._help
        self.hide()
        if help:
            help()
