"""A row of the ten track colours to choose from."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desktop.theme import Theme
from desktop.widgets.painting import painting
from desktop.widgets.plain import set_description, set_name, set_tooltip

CELL = 24  # px


class Swatches(QWidget):
    """The track hues; `inherit` adds "as the track" in front. `chosen` tells a hue's index or None for that."""

    commands_run = True  # see keyboard.py

    chosen = Signal(object)

    def __init__(self, name: str, theme: Theme, *, inherit: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._choices: tuple[int | None, ...] = (*((None,) if inherit else ()), *range(len(theme.hues)))
        self._current: int | None = None
        self._known = False
        self._cursor = 0
        self.setFixedSize(CELL * len(self._choices), CELL)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        set_name(self, name)
        set_tooltip(self, f"{name}: click, or choose with the arrows and Enter")

    def sizeHint(self) -> QSize:
        """One cell for each choice."""
        return QSize(CELL * len(self._choices), CELL)

    def set_current(self, index: int | None, *, known: bool = True) -> None:
        """Marks a choice; none if the things it stands for differ (`known` False)."""
        self._current, self._known = index, known
        if known and index in self._choices:
            self._cursor = self._choices.index(index)
        set_description(self, "as the track" if index is None else f"colour {index + 1}")
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = int(event.position().x()) // CELL
        if 0 <= cell < len(self._choices):
            self._cursor = cell
            self.chosen.emit(self._choices[cell])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            step = 1 if event.key() == Qt.Key.Key_Right else -1
            self._cursor = min(max(self._cursor + step, 0), len(self._choices) - 1)
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit(self._choices[self._cursor])
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            theme = self._theme
            for cell, choice in enumerate(self._choices):
                box = QRectF(cell * CELL + 4, 4, CELL - 8, CELL - 8)
                painter.setPen(Qt.PenStyle.NoPen if choice is not None else QPen(theme.dim, 1.5))
                painter.setBrush(theme.hue(choice) if choice is not None else Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(box, 3, 3)
                if choice is None:
                    painter.drawLine(box.bottomLeft(), box.topRight())
                painter.setBrush(Qt.BrushStyle.NoBrush)
                if self._known and choice == self._current:
                    painter.setPen(QPen(theme.text, 2))
                    painter.drawRoundedRect(box.adjusted(-2, -2, 2, 2), 5, 5)
                if self.hasFocus() and cell == self._cursor:
                    painter.setPen(QPen(theme.accent, 2))
                    painter.drawRoundedRect(box.adjusted(-3, -3, 3, 3), 5, 5)
