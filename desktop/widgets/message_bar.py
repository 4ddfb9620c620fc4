"""A bar with a sentence and one button that helps, over the part of the window that it would else push away."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QWidget

from desktop.icons import Icons
from desktop.theme import Theme
from desktop.widgets.buttons import IconButton
from desktop.widgets.choices import Button
from desktop.widgets.layouts import set_role
from desktop.widgets.plain import Label, set_description, set_name

MARGIN = 12  # px; around the bar
MIN_HEIGHT = 36
WIDEST = 880
ROOM = 560
"""A part narrower than this leaves a sentence beside a button too few words a line: the next one is taken."""
READ_MS = 12_000
"""How long a notice without a button stays, unless the mouse or the keyboard is in it."""
DECIDE_MS, ERROR_MS = 30_000, 60_000
"""How long a notice with a button and an error stay."""


class MessageBar(QFrame):
    """Shows one message at a time; the newest wins. Hidden while there is none."""

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons = icons
        self._help: Callable[[], object] | None = None
        self._topic = ""
        self._places: tuple[QWidget, ...] = ()
        self._going = QTimer(self)
        self._going.setSingleShot(True)
        self._going.setInterval(READ_MS)
        self._going.timeout.connect(self._go)
        self._sign = Label()
        self._text = Label()
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._button = Button()
        self._button.setObjectName("help")
        self._button.setAccessibleName("Help with this message")
        self._button.clicked.connect(self._press)
        self._close = IconButton(icons, "x", "Dismiss message", size=14)
        self._close.clicked.connect(self.hide)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 4, 8, 4)
        self._row.setSpacing(8)
        self._row.addWidget(self._sign)
        self._row.addWidget(self._text, 1)
        self._row.addWidget(self._button)
        self._row.addWidget(self._close)
        self.hide()

    def lie_over(self, ground: QWidget, *places: QWidget) -> None:
        """Becomes a child of `ground`; stands at the bottom of the first of `places` that is seen and wide enough."""
        self.setParent(ground)
        self._places = places
        for part in places:
            part.installEventFilter(self)

    @property
    def text(self) -> str:
        """The sentence shown."""
        return self._text.text()

    def show_message(
        self, sentence: str, button: str = "", help: Callable[[], object] | None = None, *, error: bool = True,
        topic: str = "",
    ) -> None:  # fmt: skip
        """Shows `sentence`; `button` calls `help` and closes the bar. `topic` is by what `withdraw` knows it."""
        self._topic = topic
        set_role(self, "error-bar" if error else "notice-bar")
        set_name(self, "Error" if error else "Notice")
        set_description(self, sentence)
        sign, colour = ("warning", self._theme.error) if error else ("info", self._theme.accent)
        self._sign.setPixmap(self._icons.pixmap(sign, 18, colour))
        self._text.setText(sentence)
        self._help = help
        self._button.setText(button)
        set_name(self._button, button or "Help with this message")
        self._button.setVisible(bool(button))
        self.show()
        self._place()
        self._going.start(ERROR_MS if error else DECIDE_MS if button else READ_MS)

    def withdraw(self, topic: str) -> None:
        """Takes a message of that topic away, which is not true any more; another one stays."""
        if topic == self._topic:
            self.hide()

    def setVisible(self, visible: bool) -> None:
        """Gives the keyboard back when it goes."""
        focused = QApplication.focusWidget()
        inside = not visible and focused is not None and self.isAncestorOf(focused)
        super().setVisible(visible)
        if inside and (home := self.window().focusProxy()):
            home.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follows the part that it lies over."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide):
            self._place()
        return False

    def _seen(self) -> QWidget | None:
        visible = [place for place in self._places if place.isVisible()]
        return next((place for place in visible if place.width() >= ROOM), visible[0] if visible else None)

    def _place(self) -> None:
        place, ground = self._seen(), self.parentWidget()
        if self.isHidden() or place is None or ground is None:
            return
        self.ensurePolished()
        for part in self.findChildren(QWidget):
            part.ensurePolished()
        sentence = QFontMetrics(self._text.font()).horizontalAdvance(self._text.text()) + 8
        around = self._row.minimumSize().width() - self._text.minimumSizeHint().width()
        width = min(sentence + around, WIDEST, place.width() - 2 * MARGIN)
        height = max(self._row.heightForWidth(width), MIN_HEIGHT)
        corner = place.mapTo(ground, QPoint(0, 0))
        self.setGeometry(
            corner.x() + (place.width() - width) // 2, corner.y() + place.height() - height - MARGIN, width, height
        )
        self.raise_()

    def _go(self) -> None:
        focused = QApplication.focusWidget()
        if self.underMouse() or (focused is not None and self.isAncestorOf(focused)):
            self._going.start()
        else:
            self.hide()

    def _press(self) -> None:
        help = self._help
        self.hide()
        if help:
            help()
