"""Level meters: RMS as the body, peak as a thin outline, peak hold and a clip light."""

import math
from dataclasses import dataclass
from time import monotonic

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.theme import Theme, with_alpha
from desktop.widgets.fader import MARGIN
from desktop.widgets.painting import painting
from desktop.widgets.plain import set_name, set_tooltip
from desktop.widgets.scale import share_of
from desktop.widgets.values import signed

FALL = 24.0  # dB a second
HOLD = 1.5  # seconds
SILENT = -96.0
MIDDLE_FROM, HIGH_FROM = -12.0, -3.0


@dataclass
class _Channel:
    peak: float = SILENT
    rms: float = SILENT
    held: float = SILENT
    held_at: float = 0.0


class Meter(QWidget):
    """Two channels side by side (or one above the other). `reset_requested` asks for the clip light to go out."""

    commands_run = True  # see keyboard.py

    reset_requested = Signal()

    def __init__(
        self,
        name: str,
        theme: Theme,
        *,
        horizontal: bool = False,
        margin: int = MARGIN,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._horizontal = horizontal
        self._margin = 0 if horizontal else margin
        self._channels = (_Channel(), _Channel())
        self._clipped = False
        self._shown: tuple[int | bool, ...] = ()
        self._last = monotonic()
        self._name = name
        set_name(self, f"{name} level")
        set_tooltip(self, "Peak and RMS level; click to reset the clip light")
        if horizontal:
            self.setFixedHeight(12)
        else:
            self.setFixedWidth(14)

    def sizeHint(self) -> QSize:
        """A thin bar."""
        return QSize(120, 12) if self._horizontal else QSize(14, 120)

    @property
    def clipped(self) -> bool:
        """Whether the clip light is on."""
        return self._clipped

    @property
    def peak_db(self) -> float:
        """The higher of the two peaks shown, in dBFS."""
        return max(channel.peak for channel in self._channels)

    @property
    def held_db(self) -> float:
        """The higher of the two held peaks, in dBFS."""
        return max(channel.held for channel in self._channels)

    def set_levels(
        self, peak_left: float, peak_right: float, rms_left: float, rms_right: float, clipped: bool = False
    ) -> None:
        """Shows linear levels; what falls does so slowly enough to be read. Called at the screen's pace."""
        now = monotonic()
        fall = FALL * (now - self._last)
        self._last = now
        for channel, peak, rms in zip(self._channels, (peak_left, peak_right), (rms_left, rms_right), strict=True):
            peak_db = _decibels(peak)
            channel.peak = max(peak_db, channel.peak - fall)
            channel.rms = max(_decibels(rms), channel.rms - fall)
            if peak_db >= channel.held or now - channel.held_at > HOLD:
                channel.held, channel.held_at = channel.peak, now
        self._clipped = clipped
        shown = tuple(
            self._pixels(level) for channel in self._channels for level in (channel.peak, channel.rms, channel.held)
        )
        if (*shown, clipped) != self._shown:
            self._shown = (*shown, clipped)
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.reset()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.reset()
        else:
            super().keyPressEvent(event)

    def reset(self) -> None:
        """Forgets the held peaks and asks for the clip light to go out."""
        for channel in self._channels:
            channel.held = SILENT
        self._shown = ()
        self.update()
        self.reset_requested.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            if self._horizontal:
                painter.translate(0, self.height())
                painter.rotate(-90)
                painter.translate(0, 0)
            width = self.height() if self._horizontal else self.width()
            length = self.width() if self._horizontal else self.height()
            if self._horizontal:
                # drawn upright and turned to lie: the top becomes the right end
                painter.resetTransform()
                painter.translate(length, 0)
                painter.rotate(90)
            bar = (width - 2) / 2
            for index, channel in enumerate(self._channels):
                self._paint_channel(painter, channel, QRectF(index * (bar + 2), 0, bar, length))

    def _paint_channel(self, painter: QPainter, channel: _Channel, area: QRectF) -> None:
        theme = self._theme
        bottom = area.height() - self._margin
        light = 4.0
        top = max(self._margin, light + 2.0)
        painter.fillRect(QRectF(area.x(), top, area.width(), bottom - top), theme.meter_well)
        painter.fillRect(
            QRectF(area.x(), top - light - 2, area.width(), light),
            theme.meter_high if self._clipped else theme.meter_well,
        )
        for level, alpha in ((channel.peak, 0.45), (channel.rms, 1.0)):
            for low, high, colour in self._zones():
                reached = min(level, high)
                if reached > low:
                    y_high, y_low = self._y(reached, top, bottom), self._y(low, top, bottom)
                    painter.fillRect(QRectF(area.x(), y_high, area.width(), y_low - y_high), with_alpha(colour, alpha))
        if channel.held > -60:
            y = self._y(channel.held, top, bottom)
            colour = next(colour for low, _, colour in reversed(self._zones()) if channel.held > low)
            painter.fillRect(QRectF(area.x(), round(y), area.width(), 1), colour)

    def _zones(self) -> tuple[tuple[float, float, QColor], ...]:
        theme = self._theme
        return (
            (SILENT, MIDDLE_FROM, theme.meter_low),
            (MIDDLE_FROM, HIGH_FROM, theme.meter_mid),
            (HIGH_FROM, 12.0, theme.meter_high),
        )

    @staticmethod
    def _y(decibels: float, top: float, bottom: float) -> float:
        return bottom - share_of(decibels) * (bottom - top)

    def _pixels(self, decibels: float) -> int:
        length = self.width() if self._horizontal else self.height()
        return round(share_of(decibels) * (length - 2 * self._margin))


def _decibels(linear: float) -> float:
    return 20 * math.log10(linear) if linear > 1.6e-5 else SILENT


def level_text(decibels: float, unit: str = "dB") -> str:
    """A level as it is shown: "−3.2 dB"; silence is "−∞"."""
    return (
        f"{signed(decibels, 1)} {unit}".strip()
        if decibels > SILENT and math.isfinite(decibels)
        else f"−∞ {unit}".strip()
    )
