"""What tells how far a device turns sound down, and how alike the master's channels are."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desktop.theme import Theme
from desktop.widgets.painting import painting
from desktop.widgets.plain import set_description, set_name, set_tooltip

FULL_DB = 24.0
"""Gain reduction that fills a meter."""
STEPS = (0.0, 3.0, 6.0, 12.0, 24.0)
SEEN_DB = 0.05
"""Reductions below this are shown as none."""


def reduction_share(decibels: float) -> float:
    """How much of a meter a gain reduction fills, 0 to 1: the first decibels take more room than the last."""
    return min(max(decibels, 0.0) / FULL_DB, 1.0) ** 0.5


def reduction_text(decibels: float) -> str:
    """“−3.2 dB”, or “0.0 dB” for none."""
    return f"−{decibels:.1f} dB" if decibels >= SEEN_DB else "0.0 dB"


class ReductionMeter(QWidget):
    """A bar that grows downwards from 0 dB, with a scale beside it and the figure below."""

    def __init__(self, name: str, theme: Theme) -> None:
        super().__init__()
        self._theme, self._decibels = theme, 0.0
        self.setFont(theme.font("small"))
        self.setFixedWidth(52)
        self.setMinimumHeight(72)
        set_name(self, f"{name} gain reduction")
        set_tooltip(self, "By how many decibels the device turns the sound down now")
        set_description(self, reduction_text(0.0))

    @property
    def decibels(self) -> float:
        """What is shown, 0 or more."""
        return self._decibels

    def sizeHint(self) -> QSize:
        """A narrow column."""
        return QSize(52, 120)

    def show_reduction(self, decibels: float) -> None:
        """Shows a gain reduction, 0 or more."""
        if round(decibels, 1) != round(self._decibels, 1):
            set_description(self, reduction_text(decibels))
            self.update()
        self._decibels = decibels

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        with painting(self) as painter:
            line = self.fontMetrics().height()
            bar = QRectF(6, line // 2 + 2, 8, self.height() - 2 * line - 6)
            painter.fillRect(bar, theme.meter_well)
            filled = QRectF(bar.left(), bar.top(), bar.width(), bar.height() * reduction_share(self._decibels))
            painter.fillRect(filled, theme.warning)
            painter.setPen(theme.dim)
            for step in STEPS:
                y = bar.top() + bar.height() * reduction_share(step)
                painter.fillRect(QRectF(bar.right() + 2, y, 3, 1), theme.line_strong)
                room = QRectF(bar.right() + 7, y - line / 2, self.width() - bar.right() - 7, line)
                painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, f"{step:.0f}")
            painter.setPen(theme.text)
            foot = QRectF(0, self.height() - line, self.width(), line)
            painter.drawText(foot, Qt.AlignmentFlag.AlignCenter, reduction_text(self._decibels))


def paint_reduction(painter: QPainter, area: QRectF, decibels: float, colour: QColor) -> None:
    """A thin bar from the right: the gain reduction of a device on a strip."""
    width = area.width() * reduction_share(decibels)
    if decibels >= SEEN_DB:
        painter.fillRect(QRectF(area.right() - width, area.top(), width, area.height()), colour)


class CorrelationMeter(QWidget):
    """A needle between −1 and 1: left of the middle, the two channels cancel each other out in mono."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._value = theme, 0.0
        self.setFont(theme.font("small"))
        self.setFixedHeight(24)
        set_name(self, "Master correlation")
        set_tooltip(self, "How alike left and right are: 1 mono, 0 wide, below 0 they cancel each other out in mono")
        set_description(self, "0.0")

    @property
    def value(self) -> float:
        """What is shown."""
        return self._value

    def sizeHint(self) -> QSize:
        """As wide as the figures beside it."""
        return QSize(120, 24)

    def show_value(self, value: float) -> None:
        """Shows a correlation, −1 to 1."""
        if round(value, 2) != round(self._value, 2):
            set_description(self, f"{value:.1f}".replace("-", "−"))
            self.update()
        self._value = value

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        with painting(self) as painter:
            bar = QRectF(2, 2, self.width() - 4, 6)
            painter.fillRect(bar, theme.meter_well)
            middle = bar.center().x()
            end = middle + self._value * bar.width() / 2
            colour = theme.accent if self._value >= 0 else theme.warning
            painter.fillRect(QRectF(min(middle, end), bar.top(), abs(end - middle), bar.height()), colour)
            painter.setPen(QPen(theme.text, 2))
            painter.drawLine(round(end), round(bar.top()) - 1, round(end), round(bar.bottom()) + 1)
            painter.setPen(theme.dim)
            foot = QRectF(2, 10, self.width() - 4, self.height() - 10)
            places = ((Qt.AlignmentFlag.AlignLeft, "−1"), (Qt.AlignmentFlag.AlignHCenter, "0"))
            for where, text in (*places, (Qt.AlignmentFlag.AlignRight, "+1")):
                painter.drawText(foot, where | Qt.AlignmentFlag.AlignVCenter, text)
