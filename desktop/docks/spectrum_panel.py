"""The spectrum of what is heard: the master's, and over it that of the selected track, as the player measures them."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QHideEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QWidget

from desktop.bridge import PlayerBridge
from desktop.document import Document
from desktop.theme import Theme, with_alpha
from desktop.widgets.painting import painting
from desktop.widgets.plain import elided, set_description, set_name, set_tooltip
from desktop.widgets.spectrum import BOTTOM_DB, TOP_DB, filled, frequency_share, spectrum_line
from engine.playback.spectrum import BANDS, FREQUENCIES
from engine.playback.state import SILENT, PlayerState

STEP_DB = 18.0
MARKS = ((50, "50"), (100, "100"), (200, ""), (500, "500"), (1000, "1 k"), (2000, ""), (5000, "5 k"), (10_000, "10 k"))
_NAME = "spectrum"


class SpectrumPanel(QWidget):
    """Levels over frequency; the mouse, and with the keyboard the arrows, read one frequency."""

    def __init__(self, document: Document, bridge: PlayerBridge, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._bridge, self._theme = document, bridge, theme
        self.master: NDArray[np.float32] = SILENT
        self.track: NDArray[np.float32] = SILENT
        self._band: int | None = None  # that is read
        self.setFont(theme.font("small"))
        self.setMinimumSize(200, 80)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        set_name(self, "Spectrum")
        set_tooltip(self, "What is heard now, in dBFS: the master's spectrum, filled, and the selected track's")
        self._describe()
        bridge.meters_changed.connect(self.show_state)
        document.selection_changed.connect(self._watch)

    def sizeHint(self) -> QSize:
        """As wide as it is read well."""
        return QSize(480, 160)

    def show_state(self, state: PlayerState) -> None:
        """Shows what the player measures."""
        if not self.isVisible():
            return
        changed = not (
            np.array_equal(self.master, state.spectrum) and np.array_equal(self.track, self._of_track(state))
        )
        if changed:
            self.master, self.track = state.spectrum, self._of_track(state)
            if self.hasFocus():
                self._describe()
            self.update()

    def reading(self) -> str:
        """What is read at the frequency under the mouse: “Master −23.4 dB at 1.02 kHz, Bass −30.1 dB”."""
        band = self._band
        if band is None:
            band = int(np.argmax(self.master))
        hertz = float(FREQUENCIES[band])
        place = f"{hertz / 1000:.2f} kHz" if hertz >= 1000 else f"{hertz:.0f} Hz"
        text = f"Master {_level(self.master[band])} at {place}"
        if name := self._track_name():
            text += f", {name} {_level(self.track[band])}"
        return text

    # events

    def showEvent(self, event: QShowEvent) -> None:
        self._watch()

    def hideEvent(self, event: QHideEvent) -> None:
        self._bridge.watch(_NAME, False)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        area = self._area()
        share = (event.position().x() - area.left()) / max(area.width(), 1.0)
        self._read(round(share * (BANDS - 1)))

    def leaveEvent(self, event: QEvent) -> None:
        self._band = None
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right read the band beside it."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            event.ignore()
            return
        self._read((BANDS // 2 if self._band is None else self._band) + step)

    def paintEvent(self, event: QPaintEvent) -> None:
        area, theme = self._area(), self._theme
        with painting(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.fillRect(self.rect(), theme.panel)
            painter.fillRect(area, theme.window)
            self._paint_grid(painter, area)
            line = spectrum_line(self.master, area, TOP_DB, BOTTOM_DB)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(with_alpha(theme.dim, 0.25))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # ten times as fast; the line hides the edge
            painter.drawPolygon(filled(line, area.bottom()))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.dim, 1))
            painter.drawPolyline(line)
            track = self._document.project.track(self._bridge.watched_track) if self._bridge.watched_track else None
            if track is not None:
                painter.setPen(QPen(theme.hue(track.colour), 1))
                painter.drawPolyline(spectrum_line(self.track, area, TOP_DB, BOTTOM_DB))
            self._paint_reading(painter, area)
            if self.hasFocus():
                painter.setPen(QPen(theme.accent, 2))
                painter.drawRect(self.rect().toRectF().adjusted(1, 1, -1, -1))

    # inside

    def _area(self) -> QRectF:
        line = self.fontMetrics().height()
        return QRectF(34, line + 4, max(self.width() - 42, 10), max(self.height() - 2 * line - 8, 10))

    def _paint_grid(self, painter: QPainter, area: QRectF) -> None:
        theme, line = self._theme, self.fontMetrics().height()
        decibels = TOP_DB
        while decibels >= BOTTOM_DB:
            y = area.top() + (TOP_DB - decibels) / (TOP_DB - BOTTOM_DB) * area.height()
            painter.fillRect(QRectF(area.left(), round(y), area.width(), 1), theme.line)
            painter.setPen(theme.dim)
            room = QRectF(0, y - line / 2, area.left() - 4, line)
            text = f"{decibels:.0f}".replace("-", "−")
            painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
            decibels -= STEP_DB
        for hertz, text in MARKS:
            x = area.left() + frequency_share(hertz) * area.width()
            painter.fillRect(QRectF(round(x), area.top(), 1, area.height()), theme.line)
            painter.setPen(theme.dim)
            painter.drawText(QRectF(x - 30, area.bottom() + 2, 60, line), Qt.AlignmentFlag.AlignHCenter, text)

    def _paint_reading(self, painter: QPainter, area: QRectF) -> None:
        if self._band is not None:
            x = area.left() + self._band / (BANDS - 1) * area.width()
            painter.fillRect(QRectF(round(x), area.top(), 1, area.height()), self._theme.dim)
        painter.setPen(self._theme.text if self._band is not None else self._theme.dim)
        text = (
            self.reading()
            if self._band is not None
            else f"Master · {name}"
            if (name := self._track_name())
            else "Master"
        )
        room = QRectF(area.left(), 2, area.width(), self.fontMetrics().height())
        painter.drawText(
            room,
            Qt.AlignmentFlag.AlignLeft,
            elided(self.fontMetrics(), text, Qt.TextElideMode.ElideRight, room.width()),
        )

    def _read(self, band: int) -> None:
        self._band = min(max(band, 0), BANDS - 1)
        self._describe()
        self.update()

    def _describe(self) -> None:
        set_description(self, self.reading())

    def _of_track(self, state: PlayerState) -> NDArray[np.float32]:
        return state.channel_spectrum if self._bridge.watched_track else SILENT

    def _track_name(self) -> str:
        track = self._document.project.track(self._bridge.watched_track) if self._bridge.watched_track else None
        return track.name if track else ""

    def _watch(self) -> None:
        if self.isVisible():
            self._bridge.watch(_NAME, True, self._document.selection.track or "")
            self.update()


def _level(decibels: float) -> str:
    return f"{decibels:.1f} dB".replace("-", "−") if decibels > SILENT[0] + 0.5 else "−∞ dB"
