"""The column left of the notes: piano keys, or the names of a kit's pieces. A click selects all notes of a row."""

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from desktop.notes.pointer import NotePointer
from desktop.notes.rows import BLACK
from desktop.notes.session import NoteSession
from desktop.notes.stage import NoteStage
from desktop.theme import Theme, mix
from desktop.view.pointing import CONTROL, SHIFT
from desktop.widgets.painting import painting
from desktop.widgets.plain import elided, set_description, set_name

PIANO_WIDTH, DRUM_WIDTH = 64, 128
BLACK_SHARE = 0.6
MIN_NAMED_ROW = 11  # px; from then on every white key has its name
HINT = "Click: select all notes of this row · Shift or Ctrl: beside what is selected"


class RowNames(QWidget):
    """Shares the canvas's rows."""

    hint_changed = Signal(str)
    wheel_turned = Signal(object)
    pressed = Signal(int, int)
    """A key was pressed: its pitch and a velocity."""

    def __init__(
        self, session: NoteSession, stage: NoteStage, pointer: NotePointer, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._stage, self._pointer, self._theme = session, stage, pointer, theme
        self._font = theme.font("small")
        self._metrics = QFontMetricsF(self._font)
        self._lit = -1
        self.setFixedWidth(PIANO_WIDTH)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        set_name(self, "Pitches")
        set_description(self, "A click selects all notes of a pitch")
        for changes in (session.clip_changed, session.settings_changed, stage.rescaled):
            changes.connect(self._on_rows)
        for changes in (stage.viewport.changed, pointer.changed):
            changes.connect(self.update)
        self._white = mix(theme.text, theme.window, 0.12)
        self._black = mix(theme.window, theme.shadow, 0.3)
        self._line = mix(self._white, theme.window, 0.35)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            theme = self._theme
            painter.fillRect(self.rect(), theme.panel)
            if self._session.clip is None:
                return
            painter.setFont(self._font)
            rows, stage = self._session.rows, self._stage
            hover = self._pointer.hover
            lit = {self._lit, hover.pitch if hover else -1}
            first, last = max(stage.row_at(0), 0), min(stage.row_at(self.height()) + 1, len(rows))
            for row in range(first, last):
                pitch = rows.pitches[row]
                box = QRectF(0, stage.y(pitch), self.width() - 1, stage.row_height)
                (self._drum if rows.drums else self._key)(painter, pitch, box, lit=pitch in lit)
            painter.fillRect(self.width() - 1, 0, 1, self.height(), theme.line)

    def _key(self, painter: QPainter, pitch: int, box: QRectF, *, lit: bool) -> None:
        theme, folded = self._theme, self._session.settings.fold
        white, black, line = self._white, self._black, self._line
        is_black = pitch % 12 in BLACK
        if folded:
            ground = mix(theme.raised, theme.window, 0.6) if is_black else theme.raised
            painter.fillRect(box.adjusted(0, 0, 0, -1), mix(ground, theme.accent, 0.35) if lit else ground)
            painter.setPen(theme.text)
            painter.drawText(box.adjusted(8, 0, -4, 0), _MIDDLE, self._session.rows.name(pitch))
            return
        ground = mix(white, theme.accent, 0.6) if lit and not is_black else white
        painter.fillRect(box, ground)
        if is_black:
            key = QRectF(box.left(), box.top(), box.width() * BLACK_SHARE, box.height() - 1)
            painter.fillRect(key, mix(black, theme.accent, 0.6) if lit else black)
            middle = round(box.center().y())
            painter.fillRect(QRectF(key.right(), middle, box.width() - key.width(), 1), line)
        elif pitch % 12 in (0, 5):  # under C and F no black key hides the gap
            painter.fillRect(QRectF(0, box.bottom() - 1, box.width(), 1), line)
        named = pitch % 12 == 0 or lit or (not is_black and box.height() >= MIN_NAMED_ROW + 7)
        if named and (box.height() >= 8 or pitch % 12 == 0):
            painter.setPen(theme.text if is_black else theme.ink)
            place = box.adjusted(4, -2, -4, 1) if is_black else box.adjusted(0, -2, -5, 1)
            painter.drawText(place, _MIDDLE if is_black else _RIGHT, self._session.rows.name(pitch))

    def _drum(self, painter: QPainter, pitch: int, box: QRectF, *, lit: bool) -> None:
        theme = self._theme
        ground = mix(theme.panel, theme.accent, 0.22) if lit else mix(theme.panel, theme.raised, 0.7)
        painter.fillRect(box.adjusted(0, 0, 0, -1), ground)
        painter.setPen(theme.text)
        name = elided(self._metrics, self._session.rows.name(pitch), Qt.TextElideMode.ElideRight, box.width() - 14)
        painter.drawText(box.adjusted(10, 0, -4, 0), _MIDDLE, name)

    # events

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._session.clip is None:
            return
        pitch = self._pitch(event.position())
        self._session.choose_pitch(pitch, add=bool(event.modifiers() & (SHIFT | CONTROL)))
        self._stage.set_cursor(self._stage.cursor[0], pitch, reveal=False)
        self.pressed.emit(pitch, self._stage.velocity)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._lit = self._pitch(event.position()) if self._session.clip else -1
        self.hint_changed.emit(HINT)
        self.update()

    def light(self, pitch: int) -> None:
        """Lights a pitch's row; −1: none."""
        self._lit = pitch
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._lit = -1
        self.hint_changed.emit("")
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.wheel_turned.emit(event)
        event.accept()

    def _pitch(self, point: QPointF) -> int:
        return self._stage.pitch_at(point.y())

    def _on_rows(self) -> None:
        self.setFixedWidth(DRUM_WIDTH if self._session.is_drums else PIANO_WIDTH)
        self.update()


_MIDDLE = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
