"""Where the prompt is written in the panel."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from desktop.generation.controller import Generation
from desktop.generation.examples import EXAMPLES
from desktop.icons import Icons
from desktop.theme import Theme
from desktop.widgets.buttons import IconButton
from desktop.widgets.choices import Menu
from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.plain import elided, set_tooltip

PLACEHOLDER = "Describe the music: style, instruments, mood"
LINES = 4
MENU_PX = 420


class PromptText(QPlainTextEdit):
    """A few lines of text; Ctrl+Enter asks for the music."""

    generate_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(theme.font("medium"))
        self.setPlaceholderText(PLACEHOLDER)
        self.setAccessibleName("Prompt")
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(6)
        self.setFixedHeight(QFontMetrics(self.font()).lineSpacing() * LINES + 16)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.generate_requested.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Nothing stays marked in the colour of what has the keyboard, but while a menu of its own is open."""
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            cursor = self.textCursor()
            cursor.clearSelection()
            self.setTextCursor(cursor)


class PromptBox(QWidget):
    """The prompt of a `Generation` with its history and examples."""

    generate_requested = Signal()

    def __init__(self, generation: Generation, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._generation = generation
        self.title = ElidedLabel(role="section")
        self.history = IconButton(icons, "clock-counter-clockwise", "Prompts used before", size=16)
        self.examples = IconButton(icons, "lightbulb", "Examples", size=16)
        self.history.clicked.connect(lambda: self._offer(self.history, generation.panel.prompts))
        self.examples.clicked.connect(lambda: self._offer(self.examples, EXAMPLES))
        self.text = PromptText(theme)
        self.text.textChanged.connect(self._on_text)
        self.text.generate_requested.connect(self.generate_requested)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(0)
        head.addWidget(self.title, 1)
        head.addWidget(self.history)
        head.addWidget(self.examples)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self.text)
        self.setFocusProxy(self.text)
        generation.panel.inputs_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Shows the prompt as it is, and whose it is."""
        self.history.setEnabled(bool(self._generation.panel.prompts))
        clip = self._generation.panel.subject
        self.title.setText("Prompt" if clip is None else f"Prompt of “{clip.name or 'the clip'}”")
        if self.text.toPlainText() != self._generation.panel.inputs.prompt:
            with QSignalBlocker(self.text):
                self.text.setPlainText(self._generation.panel.inputs.prompt)

    def menu_of(self, prompts: list[str] | tuple[str, ...]) -> Menu:
        """A menu that puts one of `prompts` into the box."""
        menu = Menu(self)
        metrics = QFontMetrics(menu.font())
        for prompt in prompts[:15]:
            text = elided(metrics, prompt, Qt.TextElideMode.ElideMiddle, MENU_PX)
            set_tooltip(menu.entry(text, self._taking(prompt)), prompt)
        menu.setToolTipsVisible(True)
        return menu

    def _taking(self, prompt: str) -> Callable[[], None]:
        def take() -> None:
            self._generation.panel.change(prompt=prompt)
            self.text.setFocus()
            self.text.selectAll()

        return take

    def _offer(self, button: QWidget, prompts: list[str] | tuple[str, ...]) -> None:
        menu = self.menu_of(prompts)
        menu.aboutToHide.connect(menu.deleteLater)
        width = menu.sizeHint().width()
        menu.popup(button.mapToGlobal(QPoint(button.width() - width, button.height() + 2)))

    def _on_text(self) -> None:
        self._generation.panel.change(prompt=self.text.toPlainText())
        self._generation.models.learn()
