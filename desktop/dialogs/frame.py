"""The frame that all dialogs share: a title, a body, an error line, and buttons at the lower right."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPaintEvent, QShowEvent
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from desktop.theme import Theme
from desktop.widgets.buttons import pressed_by_enter
from desktop.widgets.choices import Button
from desktop.widgets.painting import painting
from desktop.widgets.plain import Label, set_title

FRAME_PX = 40
"""Height that a window's title bar may take."""


class Dialog(QDialog):
    """A window of the program. It is deleted when closed; Escape closes it."""

    def __init__(self, title: str, theme: Theme, parent: QWidget | None = None, *, modal: bool = False) -> None:
        super().__init__(parent)
        self.theme = theme
        set_title(self, title)
        self.setWindowModality(Qt.WindowModality.WindowModal if modal else Qt.WindowModality.NonModal)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(24, 20, 24, 20)
        self.body.setSpacing(12)
        self._error = Label()
        self._error.setProperty("role", "error")
        self._error.setWordWrap(True)
        self._error.setContentsMargins(24, 12, 24, 0)
        self._error.hide()
        self.foot = QHBoxLayout()
        self.foot.setContentsMargins(24, 12, 24, 12)
        self.foot.setSpacing(8)
        self.foot.addStretch(1)
        ground = QFrame()
        ground.setProperty("role", "bar")
        below = QVBoxLayout(ground)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(0)
        below.addWidget(self._error)
        below.addLayout(self.foot)
        line = QFrame()
        line.setProperty("role", "hline")
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)  # inside the edge
        column.setSpacing(0)
        column.addLayout(self.body, 1)
        column.addWidget(line)
        column.addWidget(ground)

    def showEvent(self, event: QShowEvent) -> None:
        """Keeps the whole dialog, with its frame, on the screen."""
        super().showEvent(event)
        room = self.screen().availableGeometry().adjusted(0, 0, 0, -FRAME_PX)
        self.resize(self.size().boundedTo(room.size()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws an edge, by which a dialog is told from the window where the system puts no frame around it."""
        super().paintEvent(event)
        with painting(self) as painter:
            painter.setPen(self.theme.line_strong)
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the focus, and the primary one from anywhere else."""
        focused = self.focusWidget()
        if not (isinstance(focused, QPushButton) and pressed_by_enter(focused, event)):
            super().keyPressEvent(event)

    def add_button(self, text: str, press: Callable[[], object], *, primary: bool = False) -> QPushButton:
        """Adds a button at the lower right; `primary` is what Enter presses."""
        button = Button(text)
        button.setAutoDefault(False)
        if primary:
            button.setProperty("role", "primary")
            button.setDefault(True)
        button.clicked.connect(lambda *_: press())
        self.foot.addWidget(button)
        return button

    def show_error(self, sentence: str) -> None:
        """Shows what is wrong above the buttons; an empty sentence takes it away. After the dialog's end, nothing."""
        if not isValid(self) or sentence == self._error.text():
            return
        self._error.setText(sentence)
        self._error.setVisible(bool(sentence))
        layout = self.layout()
        if sentence and layout is not None:  # no field is squeezed to make room for the sentence
            layout.activate()
            needed = layout.totalMinimumHeightForWidth(self.width())
            if needed > self.height():
                self.resize(self.width(), needed)

    @property
    def error(self) -> str:
        """What is shown to be wrong."""
        return self._error.text()


def shown_again(kind: type[QWidget]) -> bool:
    """Brings the open window of that kind to the front; says whether there is one."""
    for window in QApplication.topLevelWidgets():
        if isinstance(window, kind) and window.isVisible():
            window.raise_()
            window.activateWindow()
            return True
    return False


class Question(Dialog):
    """Asks before something is lost. Calls `answer` with the text of the button pressed; Escape presses the last.

    Enter presses the first, unless that is `dangerous` (then it presses the last too) or another has the focus.
    """

    def __init__(
        self,
        title: str,
        text: str,
        buttons: Sequence[str],
        answer: Callable[[str], None],
        theme: Theme,
        parent: QWidget | None = None,
        *,
        dangerous: bool = False,
    ) -> None:
        super().__init__(title, theme, parent, modal=True)
        self._answer = answer
        self._last = buttons[-1]
        heading, message = Label(title), Label(text)
        heading.setProperty("role", "heading")
        message.setProperty("role", "dim")
        message.setWordWrap(True)
        message.setMinimumWidth(400)
        heading.setWordWrap(True)
        self.body.addWidget(heading)
        self.body.addWidget(message)
        self.buttons: dict[str, QPushButton] = {}
        for text_of in reversed(buttons):
            self.buttons[text_of] = self.add_button(
                text_of, partial(self._choose, text_of), primary=text_of == buttons[0] and not dangerous
            )
        first = self.buttons[self._last if dangerous else buttons[0]]
        first.setDefault(True)
        first.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._choose(self._last)
        else:
            super().keyPressEvent(event)

    def reject(self) -> None:
        """Closing the window is the last answer."""
        self._choose(self._last)

    def _choose(self, text: str) -> None:
        answer, self._answer = self._answer, lambda _: None
        self.accept()
        answer(text)


def form() -> QFormLayout:
    """A form whose labels and fields line up as in every dialog."""
    layout = QFormLayout()
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setHorizontalSpacing(16)
    layout.setVerticalSpacing(8)
    layout.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    layout.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    return layout


def form_label(text: str) -> QLabel:
    """The label of a field."""
    label = Label(text)
    label.setProperty("role", "dim")
    label.setMinimumHeight(24)
    label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
    return label


def side_by_side(*widgets: QWidget, stretch: bool = True) -> QWidget:
    """Widgets in a row, as one field of a form."""
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    for widget in widgets:
        row.addWidget(widget)
    if stretch:
        row.addStretch(1)
    return holder
