"""The small bar at a selected stretch of time: what can be done with it."""

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from desktop.theme import Theme

GAP = 6


class RegionBar(QWidget):
    """Loop and Export; `add` puts more in front."""

    loop_wished = Signal()
    export_wished = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setAccessibleName("Selected time")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(4, 2, 4, 2)
        self._row.setSpacing(0)
        self.loop = self.add("Loop", "Play the selected time round and round", last=True)
        self.export = self.add("Export…", "Export the selected time", last=True)
        self.loop.clicked.connect(self.loop_wished)
        self.export.clicked.connect(self.export_wished)
        self.hide()

    def add(self, text: str, tip: str, *, last: bool = False) -> QPushButton:
        """A further button, before the others unless `last`."""
        button = QPushButton(text)
        button.setProperty("role", "link")
        button.setToolTip(tip)
        button.setAccessibleName(f"{text.removesuffix('…')} the selected time")
        if last:
            self._row.addWidget(button)
        else:
            self._row.insertWidget(0, button)
        return button

    def place(self, area: QRectF, canvas: QRectF) -> None:
        """Stands above `area`, or below where there is no room, inside `canvas`."""
        size = self.sizeHint()
        x = min(max(area.center().x() - size.width() / 2, 4.0), canvas.width() - size.width() - 4)
        y = area.top() - size.height() - GAP
        if y < 2:
            y = min(area.bottom() + GAP, canvas.height() - size.height() - 2)
        self.setGeometry(round(x), round(y), size.width(), size.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.line_strong, 1))
        painter.setBrush(self._theme.raised)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.end()
