"""The bars over the notes: a click moves the playhead; a band shows where the clip sounds."""

from fractions import Fraction

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.bridge import PlayerBridge
from desktop.notes.session import NoteSession
from desktop.notes.stage import NoteStage
from desktop.theme import Theme, mix
from desktop.timeline.grid import labels
from desktop.view.pointing import SHIFT
from desktop.view.time_strip import TimeStrip
from desktop.widgets.painting import painting
from desktop.widgets.plain import set_description, set_name

HEIGHT = 20
BAND = 3  # px
HINT = "Click or drag: move the playhead · Shift: without snapping"


class NoteRuler(TimeStrip):
    """Lies over the canvas and shares its viewport."""

    def __init__(
        self, session: NoteSession, stage: NoteStage, bridge: PlayerBridge, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._stage, self._bridge, self._theme = session, stage, bridge, theme
        self._font = theme.font("small")
        self.setFixedHeight(HEIGHT)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        set_name(self, "Bars of the clip")
        set_description(self, "A click moves the playhead")
        self._look: object = None
        for changes in (session.clip_changed, stage.viewport.changed):
            changes.connect(self.update)
        session.notes_changed.connect(self._on_notes)

    def _on_notes(self) -> None:
        """An edit of notes alone changes nothing here."""
        session = self._session
        look = session.project.clock, session.bounds(), session.hue
        if look != self._look:
            self._look = look
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, viewport, session = self._theme, self._stage.viewport, self._session
        with painting(self) as painter:
            painter.fillRect(self.rect(), theme.panel)
            painter.fillRect(QRectF(0, HEIGHT - 1, self.width(), 1), theme.line)
            if session.clip is None or session.track is None:
                return
            painter.setFont(self._font)
            clock = session.project.clock
            first, last = round(viewport.left), round(viewport.right)
            for frame, text, bar in labels(clock, viewport.frames_per_px, first, last):
                x = viewport.x(frame)
                painter.fillRect(QRectF(x, 2 if bar else 10, 1, HEIGHT - (2 if bar else 10)), theme.line_strong)
                painter.setPen(theme.text if bar else theme.dim)
                painter.drawText(QPointF(x + 4, 13), text)
            start, end = (viewport.x(frame) for frame in session.bounds())
            hue = theme.hue(session.hue)
            painter.fillRect(QRectF(start, HEIGHT - BAND, end - start, BAND), mix(theme.window, hue, 0.8))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._session.clip is not None:
            self._seek(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton and self._session.clip is not None:
            self._seek(event)
        self.hint_changed.emit(HINT)

    def _seek(self, event: QMouseEvent) -> None:
        frame = self._stage.viewport.frame(event.position().x())
        session = self._session
        free = bool(event.modifiers() & SHIFT) or frame < session.frame(Fraction(0))
        self._bridge.seek(frame if free else session.frame(session.snapped(frame)))
