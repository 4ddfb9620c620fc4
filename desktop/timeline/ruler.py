"""The ruler: bars and beats, markers, the loop brace and the playhead; clicking it moves the playhead."""

from functools import partial

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from desktop.bridge import PlayerBridge
from desktop.document import Document
from desktop.theme import Theme, mix, with_alpha
from desktop.timeline.gestures.gesture import Stage
from desktop.timeline.grid import labels, line_columns
from desktop.timeline.name_editor import NameEditor
from desktop.timeline.ruler_drags import BraceDrag, ChangeDrag, MarkerDrag, RulerDrag, SeekDrag, TimeDrag
from desktop.timeline.tempo_flags import FIRST, LONGEST_NAME, TempoFlag, TempoFlags, flags, removed
from desktop.timeline.time_labels import bar_text, next_beat
from desktop.view.pointing import ALT, CONTROL, EdgePull
from desktop.view.time_strip import TimeStrip
from desktop.widgets.painting import painting
from desktop.widgets.plain import elided, set_tooltip
from desktop.widgets.values import clock_text
from engine.project import edits
from engine.project.model import Marker, Project
from engine.timing.position import Position

HEIGHT = 28
BRACE_PX = 6
GRIP_PX = 6
FLAG_TOP = 16
DRAG_PX = 3
CHANGE_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2, Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
"""Keys that mean the change of tempo or time signature at the playhead."""
DRAWN = ("id", "rate", "tempo", "signature", "tempo_changes", "signature_changes", "markers", "loop")
"""What of a song is drawn here."""


class Ruler(TimeStrip):
    """Lies over the canvas and shares its viewport."""

    commands_run = True  # see keyboard.py

    menu_requested = Signal(object, object, object)
    """(frame, marker id or None, global position)"""
    change_menu_requested = Signal(object, object)
    """(the flag of a tempo or time signature, global position)"""

    def __init__(
        self, document: Document, theme: Theme, stage: Stage, bridge: PlayerBridge, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._theme = theme
        self._stage = stage
        self._viewport = stage.viewport
        self._bridge = bridge
        self._font = theme.font("small")
        self._metrics = QFontMetricsF(self._font)
        self.tempo_flags = TempoFlags(document, theme, stage.viewport, self._metrics)
        self._drag: RulerDrag | None = None
        self._pressed: tuple[QPointF, RulerDrag] | None = None
        self._mouse = QPointF()
        self._modifiers = Qt.KeyboardModifier.NoModifier
        self._pull = EdgePull(stage.viewport, self, self._drag_on, down=False)
        self.setFixedHeight(HEIGHT)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Ruler")
        self.setAccessibleDescription(
            "Arrows move the playhead by a beat, with Alt to the next change of tempo or time signature; "
            "there Enter types its value, Ctrl and an arrow move it, and Delete removes it"
        )
        self._viewport.changed.connect(self._on_viewport)
        self._drawn_for = (-1, 0.0)
        document.changed.connect(self._on_changed)
        document.selection_changed.connect(self.update)
        bridge.position_changed.connect(self._on_position)
        self._shown_x = -1

    # what is where

    def flag_rect(self, marker: Marker) -> QRectF:
        """Where a marker's flag is."""
        x = self._viewport.x(self._shown_marker(marker))
        return QRectF(
            x, FLAG_TOP, min(self._metrics.horizontalAdvance(marker.name), LONGEST_NAME) + 10, HEIGHT - FLAG_TOP
        )

    def marker_at(self, point: QPointF) -> Marker | None:
        """The marker whose flag is at `point`."""
        markers = reversed(self._document.project.markers)
        return next((marker for marker in markers if self.flag_rect(marker).contains(point)), None)

    def loop_range(self) -> tuple[int, int]:
        """The loop brace's frames, as they are dragged now."""
        if isinstance(self._drag, BraceDrag) and self._drag.range:
            return self._drag.range
        clock, loop = self._document.project.clock, self._document.project.loop
        return clock.frames(loop.start), clock.frames(loop.end)

    def brace_rect(self) -> QRectF:
        """Where the loop brace is."""
        first, last = self.loop_range()
        left = self._viewport.x(first)
        return QRectF(left, 0, self._viewport.x(last) - left, BRACE_PX)

    def rename(self, marker: Marker, step: str = "") -> None:
        """Opens a field for a marker's name, which becomes part of the undo step `step` if one is given."""
        rect = self.flag_rect(marker).toRect()
        area = QRect(max(rect.x(), 0), 4, max(rect.width() + 20, 120), 22)
        NameEditor(
            self,
            area,
            marker.name,
            "Name of the marker",
            self._font,
            lambda text: self._document.apply(
                "Add marker" if step else "Rename marker",
                lambda p: edits.rename_marker(p, marker.id, text),
                step or None,
            ),
        )

    def edit_change(self, flag: TempoFlag, step: str = "") -> None:
        """Opens a field for the value of a change, which becomes part of the undo step `step` if one is given."""
        rect = self.tempo_flags.rect(flag).toRect()
        area = QRect(max(rect.x(), 0), 4, max(rect.width() + 12, 64), 22)
        name = "Time signature" if flag.bpm is None else "Tempo in BPM"
        NameEditor(self, area, flag.text, name, self._font, lambda text: self.tempo_flags.retype(flag, text, step))

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            theme, viewport = self._theme, self._viewport
            painter.fillRect(self.rect(), theme.panel)
            painter.setFont(self._font)
            self._paint_loop(painter)
            self._paint_scale(painter)
            region = self._document.selection.region
            if region:
                left, right = (viewport.x(frame) for frame in region)
                painter.fillRect(QRectF(left, HEIGHT - 4, right - left, 3), with_alpha(theme.accent, 0.8))
            dragged = self._drag if isinstance(self._drag, ChangeDrag) else None
            self.tempo_flags.paint(painter, dragged.flag if dragged else None, dragged.frame if dragged else None)
            for marker in self._document.project.markers:
                self._paint_flag(painter, marker)
            painter.fillRect(QRectF(0, HEIGHT - 1, self.width(), 1), theme.line)
            self._paint_playhead(painter)
            if self.hasFocus():
                painter.setPen(QPen(theme.accent, 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def _paint_scale(self, painter: QPainter) -> None:
        theme, viewport, clock = self._theme, self._viewport, self._document.project.clock
        first = viewport.left_device
        last = first + round(self.width() * viewport.dpr)
        per_px = viewport.frames_per_device_px
        thin, strong = line_columns(clock, viewport.frames_per_px, first, last, per_px)
        painter.setPen(Qt.PenStyle.NoPen)
        for columns, top, colour in ((thin, HEIGHT - 5, theme.line_strong), (strong, HEIGHT - 9, theme.disabled)):
            painter.setBrush(colour)
            painter.drawRects([QRectF(x, top, 1, HEIGHT - 1 - top) for x in (columns / viewport.dpr).tolist()])
        for frame, text, bar in labels(clock, viewport.frames_per_px, round(viewport.left), round(viewport.right)):
            x = viewport.x(frame)
            painter.fillRect(QRectF(x, BRACE_PX + 2, 1, HEIGHT - 1 - BRACE_PX), theme.line_strong)
            painter.setPen(theme.text if bar else theme.dim)
            painter.drawText(QPointF(x + 5, 14), text)

    def _paint_loop(self, painter: QPainter) -> None:
        theme = self._theme
        on = self._document.project.loop.on
        rect = self.brace_rect()
        colour = theme.accent if on else theme.line_strong
        if on:
            painter.fillRect(QRectF(rect.left(), 0, rect.width(), HEIGHT), with_alpha(theme.accent, 0.1))
        painter.fillRect(QRectF(rect.left(), 0, rect.width(), BRACE_PX - 1), colour)
        # the ends hang down, so that an end is told from a seam
        for x, sign in ((rect.left(), 1), (rect.right(), -1)):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawPolygon(QPolygonF([QPointF(x, 0), QPointF(x, 11), QPointF(x + sign * 6, 4), QPointF(x, 4)]))

    def _paint_flag(self, painter: QPainter, marker: Marker) -> None:
        theme = self._theme
        rect = self.flag_rect(marker)
        if rect.right() < 0 or rect.left() > self.width():
            return
        ground = mix(theme.raised, theme.warning if marker.colour is None else theme.hue(marker.colour), 0.25)
        edge = theme.warning if marker.colour is None else theme.hue(marker.colour)
        painter.fillRect(rect.adjusted(0, 0, 0, -1), ground)
        painter.fillRect(QRectF(rect.left(), rect.top(), 2, rect.height()), edge)
        painter.setPen(theme.text)
        name = elided(self._metrics, marker.name, Qt.TextElideMode.ElideMiddle, LONGEST_NAME)
        painter.drawText(QPointF(rect.left() + 6, rect.bottom() - 2.5), name)

    def _paint_playhead(self, painter: QPainter) -> None:
        x = round(self._viewport.x(self._bridge.position)) + 0.5
        if -8 < x < self.width() + 8:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.playhead)
            top = HEIGHT - 12
            painter.drawPolygon(
                QPolygonF([QPointF(x - 5, top), QPointF(x + 5, top), QPointF(x + 5, top + 5), QPointF(x, HEIGHT),
                           QPointF(x - 5, top + 5)])
            )  # fmt: skip

    # the mouse and the keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        point = event.position()
        marker = self.marker_at(point)
        flag = self.tempo_flags.at(point) if marker is None else None
        if event.button() == Qt.MouseButton.RightButton and flag is not None:
            self.change_menu_requested.emit(flag, event.globalPosition().toPoint())
            return
        if event.button() == Qt.MouseButton.RightButton:
            frame = self._viewport.frame(point.x())
            self.menu_requested.emit(frame, marker.id if marker else None, event.globalPosition().toPoint())
            return
        if event.button() != Qt.MouseButton.LeftButton:
            return
        drag = self._drag_for(point, event, marker)
        # Escape is for the drag, wherever the focus is
        self.grabKeyboard()
        self._pressed = point, drag
        self._mouse, self._modifiers = point, event.modifiers()
        if isinstance(drag, SeekDrag):
            self._drag = drag
            drag.drag(point, event.modifiers())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = event.position()
        if self._pressed:
            press, drag = self._pressed
            if self._drag is None and (point - press).manhattanLength() >= DRAG_PX:
                self._drag = drag
            self._mouse, self._modifiers = point, event.modifiers()
            self._drag_on()
            return
        self._show_hint(point)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.releaseKeyboard()
        self._pull.stop()
        pressed, self._pressed = self._pressed, None
        drag, self._drag = self._drag, None
        if drag:
            drag.done()
        elif pressed:
            pressed[1].clicked()
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._pressed = self._drag = None
        if (marker := self.marker_at(event.position())) is not None:
            self.rename(marker)
        elif (flag := self.tempo_flags.at(event.position())) is not None:
            self.edit_change(flag)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and (self._drag or self._pressed):
            self._cancel()
        elif event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            clock = self._document.project.clock
            sign = 1 if event.key() == Qt.Key.Key_Right else -1
            if event.modifiers() & ALT:
                self._step_change(sign)
            elif event.modifiers() & CONTROL:
                self._move_change(sign)
            else:
                self._bridge.seek(next_beat(clock, self._bridge.position, sign))
        elif (flag := self._change_here()) is not None and event.key() in CHANGE_KEYS:
            if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
                self._document.apply(f"Remove {flag.noun}", lambda p: removed(p, flag))
            else:
                self.edit_change(flag)
        else:
            super().keyPressEvent(event)

    # inside

    def _change_here(self) -> TempoFlag | None:
        """The change at the playhead, which the keys act on: a tempo before a time signature at the same place."""
        clock, here = self._document.project.clock, self._bridge.position
        at_playhead = [flag for flag in flags(self._document.project) if clock.frame_at(flag.beat) == here]
        return at_playhead[-1] if at_playhead else None

    def _step_change(self, sign: int) -> None:
        """Moves the playhead to the next change of tempo or time signature, or to the one before."""
        clock, here = self._document.project.clock, self._bridge.position
        places = [clock.frame_at(flag.beat) for flag in flags(self._document.project)]
        ahead = [place for place in places if (place - here) * sign > 0]
        if ahead:
            self._bridge.seek(min(ahead, key=lambda place: abs(place - here)))

    def _move_change(self, sign: int) -> None:
        """Moves the change at the playhead by a beat, a time signature by a bar; the playhead goes along."""
        flag, document = self._change_here(), self._document
        if flag is None:
            return
        if flag.bpm is None:
            bar = max(flag.bar + sign, 2)
            edit = partial(edits.move_signature_change, bar=flag.bar, to=bar)
        else:
            beat = max(flag.beat + sign * document.project.clock.signature_at(Position.at_beat(flag.beat)).beat, FIRST)
            edit = partial(edits.move_tempo_point, beat=flag.beat, to=beat)
        if document.apply(f"Move {flag.noun}", edit):
            clock = document.project.clock
            self._bridge.seek(clock.frames(clock.bar_start(bar)) if flag.bpm is None else clock.frame_at(beat))

    def _drag_on(self) -> None:
        if self._drag:
            self._drag.drag(self._mouse, self._modifiers)
            self.hint_changed.emit(self._drag.text)
            self.update()
            self._pull.follow(self._mouse)

    def _cancel(self) -> None:
        self.releaseKeyboard()
        self._pull.stop()
        if self._drag:
            self._drag.cancelled()
        self._drag = self._pressed = None
        self.update()

    def _drag_for(self, point: QPointF, event: QMouseEvent, marker: Marker | None) -> RulerDrag:
        document, stage, bridge = self._document, self._stage, self._bridge
        if event.modifiers() & ALT:
            return TimeDrag(document, stage, bridge, point)
        if marker is not None:
            return MarkerDrag(document, stage, bridge, point, marker)
        if (flag := self.tempo_flags.at(point)) is not None:
            return ChangeDrag(document, stage, bridge, point, flag)
        if point.y() <= BRACE_PX + 2:
            rect = self.brace_rect()
            grip = min(GRIP_PX, rect.width() / 3)
            if abs(point.x() - rect.left()) <= grip:
                return BraceDrag(document, stage, bridge, point, "start")
            if abs(point.x() - rect.right()) <= grip:
                return BraceDrag(document, stage, bridge, point, "end")
            return BraceDrag(document, stage, bridge, point, "body" if rect.contains(point) else "new")
        return SeekDrag(document, stage, bridge, point)

    def _show_hint(self, point: QPointF) -> None:
        marker = self.marker_at(point)
        rect = self.brace_rect()
        clock = self._document.project.clock
        frame = self._viewport.frame(point.x())
        place = f"{bar_text(clock, Position.at_frame(frame))} · {clock_text(frame / clock.rate)}"
        if marker is not None:
            shape, text = (
                Qt.CursorShape.PointingHandCursor,
                "Drag: move the marker · Click: go there · Double-click: rename",
            )
        elif self.tempo_flags.at(point) is not None:
            shape, text = Qt.CursorShape.PointingHandCursor, "Drag: move the change · Double-click: type its value"
        elif point.y() <= BRACE_PX + 2 and rect.adjusted(-GRIP_PX, 0, GRIP_PX, 2).contains(point):
            at_end = min(abs(point.x() - rect.left()), abs(point.x() - rect.right())) <= GRIP_PX
            shape = Qt.CursorShape.SizeHorCursor if at_end else Qt.CursorShape.OpenHandCursor
            text = "Drag: set the loop · Click: loop on or off · Shift: without snapping"
        elif point.y() <= BRACE_PX + 2:
            shape, text = Qt.CursorShape.CrossCursor, "Drag: a new loop · Shift: without snapping"
        else:
            shape = Qt.CursorShape.ArrowCursor
            text = f"{place} · Click: move the playhead · Alt+drag: select time · Ctrl+wheel: zoom"
        self.setCursor(shape)
        set_tooltip(self, marker.name if marker else "")
        self.hint_changed.emit(text)

    def _shown_marker(self, marker: Marker) -> int:
        clock = self._document.project.clock
        drag = self._drag
        if isinstance(drag, MarkerDrag) and drag.marker.id == marker.id and drag.position is not None:
            return clock.frames(drag.position)
        return clock.frames(marker.position)

    def _on_changed(self, old: Project, new: Project) -> None:
        """Edits of tracks leave the ruler as it is."""
        if any(getattr(old, name) is not getattr(new, name) for name in DRAWN):
            self.update()

    def _on_viewport(self) -> None:
        now = self._viewport.left_device, self._viewport.frames_per_px
        if now != self._drawn_for:
            self._drawn_for = now
            self._shown_x = round(self._viewport.x(self._bridge.position))  # all of it is painted anew
            self.update()

    def _on_position(self, frame: int) -> None:
        x = round(self._viewport.x(frame))
        if x != self._shown_x:
            for each in (self._shown_x, x):
                self.update(each - 8, 0, 17, HEIGHT)
            self._shown_x = x
