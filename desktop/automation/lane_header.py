"""The head of a lane of automation, in the column of track headers: parameter, value and buttons."""

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.automation.parameters import channel_name, parameter_menu, target_name, value_text
from desktop.document import Document
from desktop.theme import Theme
from desktop.timeline.rows import AUTOMATION_PX
from desktop.widgets.buttons import LetterButton
from desktop.widgets.choices import Button, Menu
from desktop.widgets.painting import painting
from desktop.widgets.plain import Label, elided, set_name, set_tooltip
from engine.project.model import MASTER, Target
from engine.project.routing import parameter_of

LEFT, COLOUR_PX, NAME_WIDTH = 12, 4, 116


class LaneHeader(QWidget):
    """Shows which parameter a lane is of, and the value at the playhead."""

    commands_run = True  # see desktop/keyboard.py

    parameter_requested = Signal(object)
    """The `Target` that the lane is to show."""
    add_requested = Signal()
    hide_requested = Signal()
    pencil_requested = Signal(bool)
    back_requested = Signal()
    """The lane is to be followed again, after the parameter was moved by hand."""

    def __init__(self, document: Document, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._document, self._theme = document, theme
        self._channel, self._target = "", Target("gain_db")
        self.parameter = Button("", self)
        self.parameter.setFont(theme.font("small"))
        self.parameter.setProperty("role", "lane")
        self.parameter.setGeometry(LEFT - 4, 5, NAME_WIDTH, 24)
        self.parameter.clicked.connect(self._open_parameters)
        self.reading = Label("", self)
        self.reading.setFont(theme.font("small"))
        self.reading.setGeometry(LEFT + 4, 31, NAME_WIDTH - 8, 18)
        self.pencil = LetterButton("✎", "Pencil", theme, theme.accent, self)
        self.add = LetterButton("+", "Add a lane", theme, theme.accent, self)
        self.hide_lane = LetterButton("×", "Hide the lane", theme, theme.accent, self)
        self.back = LetterButton("↩", "Back to Automation", theme, theme.warning, self)
        self.pencil.clicked.connect(self.pencil_requested)
        for button, signal in ((self.add, self.add_requested), (self.hide_lane, self.hide_requested)):
            button.setCheckable(False)
            button.clicked.connect(signal)
        self.back.clicked.connect(self.back_requested)
        self.back.setChecked(True)
        self.back.hide()
        right = theme.sizes["headers"] - 9
        for place, button in enumerate((self.hide_lane, self.add, self.pencil)):
            button.move(right - 24 - 26 * place, 6)
        self.back.move(right - 24, 30)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def show_lane(self, channel: str, target: Target) -> None:
        """Shows the parameter of a channel."""
        self._channel, self._target = channel, target
        project = self._document.project
        name, of = target_name(project, channel, target), channel_name(project, channel)
        title = f"{name} ▾" if channel != MASTER else f"{of} {name} ▾"
        text = elided(self.parameter.fontMetrics(), title, Qt.TextElideMode.ElideMiddle, NAME_WIDTH - 16)
        if text != self.parameter.text():
            self.parameter.setText(text)
        if f"{name} of {of}" != self.accessibleName():
            set_name(self, f"{name} of {of}")
            set_name(self.parameter, f"Parameter of the lane: {name} of {of}")
            set_tooltip(self.parameter, f"{name}: press to choose another parameter")
            for button, words in (
                (self.pencil, "Draw in the lanes with the grid (P)"), (self.add, f"Add a lane to {of}"),
                (self.hide_lane, f"Hide the lane {name} of {of}"),
                (self.back, f"Back to Automation: {name} of {of} was moved by hand"),
            ):  # fmt: skip
                set_name(button, words)
                set_tooltip(button, words)
        self.update()

    def show_value(self, value: float, *, overridden: bool) -> None:
        """Shows the value at the playhead, and whether it was moved by hand."""
        spec = parameter_of(self._document.project, self._channel, self._target)
        text = value_text(spec, self._target, value) if spec else ""
        if text != self.reading.text():
            self.reading.setText(text)
        if overridden == self.back.isHidden():
            self.back.setVisible(overridden)
        self.back.setChecked(True)

    def menu(self) -> Menu:
        """The parameters that the lane can show."""
        menu = Menu(self)
        parameter_menu(menu, self._document.project, self._channel, self.parameter_requested.emit)
        return menu

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        track = self._document.project.track(self._channel)
        with painting(self) as painter:
            painter.fillRect(self.rect(), theme.panel)
            painter.fillRect(0, 0, COLOUR_PX, AUTOMATION_PX - 1, theme.hue(track.colour) if track else theme.accent)
            painter.fillRect(0, self.height() - 1, self.width(), 1, theme.line)
            painter.fillRect(self.width() - 1, 0, 1, self.height(), theme.line)

    def _open_parameters(self) -> None:
        menu = self.menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.parameter.mapToGlobal(QPoint(0, self.parameter.height())))
