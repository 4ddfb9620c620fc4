"""The bars over a clip of audio: a click moves the playhead; a band shows where the clip sounds."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.bridge import PlayerBridge
from desktop.clip_editor.session import AudioSession
from desktop.theme import Theme, mix
from desktop.timeline.grid import labels
from desktop.timeline.row_painter import hue_of
from desktop.view.pointing import SHIFT
from desktop.view.time_strip import TimeStrip
from desktop.view.viewport import Viewport
from desktop.widgets.painting import painting
from desktop.widgets.plain import set_description, set_name

HEIGHT = 20
BAND = 3  # px
HINT = "Click or drag: move the playhead · Shift: without snapping"


class ClipRuler(TimeStrip):
    """Lies over the canvas and shares its viewport."""

    def __init__(
        self,
        session: AudioSession,
        viewport: Viewport,
        bridge: PlayerBridge,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._viewport, self._bridge, self._theme = session, viewport, bridge, theme
        self._font = theme.font("small")
        self.setFixedHeight(HEIGHT)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        set_name(self, "Bars of the clip")
        set_description(self, "A click moves the playhead")
        for changes in (session.changed, session.clip_changed, viewport.changed):
            changes.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, viewport, session = self._theme, self._viewport, self._session
        with painting(self) as painter:
            painter.fillRect(self.rect(), theme.panel)
            painter.fillRect(QRectF(0, HEIGHT - 1, self.width(), 1), theme.line)
            place = session.place
            if place is None:
                return
            painter.setFont(self._font)
            first, last = round(viewport.left), round(viewport.right)
            for frame, text, bar in labels(session.project.clock, viewport.frames_per_px, first, last):
                x = viewport.x(frame)
                painter.fillRect(QRectF(x, 2 if bar else 10, 1, HEIGHT - (2 if bar else 10)), theme.line_strong)
                painter.setPen(theme.text if bar else theme.dim)
                painter.drawText(QPointF(x + 4, 13), text)
            start, end = (viewport.x(frame) for frame in (session.start, session.start + place[1].length))
            colour = mix(theme.window, theme.hue(hue_of(*place)), 0.8)
            painter.fillRect(QRectF(start, HEIGHT - BAND, end - start, BAND), colour)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._seek(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._seek(event)
        self.hint_changed.emit(HINT)

    def _seek(self, event: QMouseEvent) -> None:
        if self._session.clip is not None:
            frame = self._viewport.frame(event.position().x())
            self._bridge.seek(self._session.snapped(frame, free=bool(event.modifiers() & SHIFT)))
