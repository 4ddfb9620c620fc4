"""The lanes of a guide under one ruler: melody, chords, accents, swell and words, drawn with the mouse or keys."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from desktop.guides import drawing
from desktop.guides.state import GuideState
from desktop.theme import Theme, mix, with_alpha
from desktop.view.pointing import ALT, SHIFT
from desktop.widgets.inplace import InPlaceEditor
from desktop.widgets.painting import painting
from desktop.widgets.plain import elided, set_description, set_name
from engine.errors import EngineError
from engine.music.guide import Guide, GuidePart, MelodyNote, SwellPoint
from engine.music.notes import note_name
from engine.timing.position import Position

HEAD = 72
"""Pixels of the lanes' names at the left."""
TITLES = {
    GuidePart.MELODY: "Melody",
    GuidePart.CHORDS: "Chords",
    GuidePart.ACCENTS: "Accents",
    GuidePart.SWELL: "Swell",
    GuidePart.WORDS: "Prompts",
}
HINT = "Drag: draw · double-click: type a chord or a prompt · Alt-click or Delete: remove · Shift: free of the grid"
_RULER, _LOW = 18, 24  # px
_SHARES = {GuidePart.MELODY: 3.0, GuidePart.SWELL: 1.2}  # of the height that is left
_AFTER = 0.35  # of the length shown after its end, where what goes on from it follows
_MIDDLE, _ROWS = 66, 20  # pitches in view around the melody
_TOP_DB, _FOOT_DB = 6.0, -24.0
_LABELLED = 36  # px of the lane of the swell, from which its levels are written
_NEAR = 7.0  # px
_STEP = 0.25  # quarter notes of the grid
_NUDGE_DB = 1.0
_MOST_BEATS = 128  # with a line of their own


@dataclass(slots=True)
class _Drag:
    """What the mouse is drawing: in which lane, from where, and what it moves."""

    part: GuidePart
    start: float
    pitch: int
    entry: object | None
    guide: Guide


class GuideLanes(QWidget):
    """Shows `GuideState.guide` over its span and writes what is drawn; dots are what was heard in the take."""

    def __init__(self, state: GuideState, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._theme = state, theme
        self._font = theme.font("small")
        self._drag: _Drag | None = None
        self._drawn: Guide | None = None
        self._lane, self._cursor = GuidePart.MELODY, 0.0
        self._heard: tuple[MelodyNote, ...] = ()
        self._editor: InPlaceEditor | None = None
        self._low, self._shown = _MIDDLE - _ROWS // 2, ""
        self.setMinimumHeight(130)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        set_name(self, "Guide lanes")
        set_description(
            self,
            "Page Up and Page Down change the lane, Left and Right the place, Enter adds or types, Up and Down change "
            "what is there, Delete removes it",
        )
        state.changed.connect(self._follow)

    # what is shown

    @property
    def guide(self) -> Guide:
        """The guide, or what a drag has made of it."""
        return self._drawn if self._drawn is not None else self._state.guide

    @property
    def lane(self) -> GuidePart:
        """The lane that keys act on."""
        return self._lane

    @property
    def place(self) -> float:
        """The place that keys act on, in seconds."""
        return self._cursor

    def show_heard(self, notes: tuple[MelodyNote, ...]) -> None:
        """Dots for the notes that were heard in the take, in seconds from the clip's start."""
        self._heard = notes
        self.update()

    def areas(self) -> dict[GuidePart, QRectF]:
        """Where the lanes lie."""
        free = max(self.height() - _RULER - 3 * _LOW, 0)
        top, areas = float(_RULER), {}
        for part in GuidePart:
            height = free * _SHARES[part] / sum(_SHARES.values()) if part in _SHARES else float(_LOW)
            areas[part] = QRectF(HEAD, top, max(self.width() - HEAD, 1), height)
            top += height
        return areas

    @property
    def seconds(self) -> float:
        """How much time is in view."""
        return max(self._state.span.seconds, 0.1) * (1 + _AFTER)

    def x_of(self, seconds: float) -> float:
        """Where a time lies."""
        return HEAD + seconds / self.seconds * max(self.width() - HEAD, 1)

    def time(self, x: float) -> float:
        """The time at a place."""
        return min(max((x - HEAD) / max(self.width() - HEAD, 1), 0.0), 1.0) * self.seconds

    def pitches(self) -> tuple[int, int]:
        """The lowest and the highest pitch in view; they stay where they are unless a note lies beyond them."""
        own = [note.pitch for note in (*self.guide.melody, *self._heard)]
        low, high = min([self._low, *(pitch - 1 for pitch in own)]), max([self._low + _ROWS, *(p + 1 for p in own)])
        return max(low, 0), min(high, 127)

    def y_of(self, pitch: int) -> float:
        """The middle of a pitch's row."""
        (low, high), area = self.pitches(), self.areas()[GuidePart.MELODY]
        return area.bottom() - (pitch - low + 0.5) / (high - low + 1) * area.height()

    def pitch(self, y: float) -> int:
        """The pitch of a place."""
        (low, high), area = self.pitches(), self.areas()[GuidePart.MELODY]
        return min(max(low + int((area.bottom() - y) / max(area.height(), 1) * (high - low + 1)), low), high)

    def y_db(self, gain_db: float) -> float:
        """Where a level of the swell lies."""
        area = self.areas()[GuidePart.SWELL]
        share = (_TOP_DB - min(max(gain_db, _FOOT_DB), _TOP_DB)) / (_TOP_DB - _FOOT_DB)
        return area.top() + share * area.height()

    def _db(self, y: float) -> float:
        area = self.areas()[GuidePart.SWELL]
        share = min(max((y - area.top()) / max(area.height(), 1), 0.0), 1.0)
        return round(2 * (_TOP_DB - share * (_TOP_DB - _FOOT_DB))) / 2

    # time and the song's grid

    def snapped(self, seconds: float) -> float:
        """A time on the song's grid of sixteenth notes."""
        return self._on_grid(seconds, 0)

    def _on_grid(self, seconds: float, steps: int) -> float:
        """The grid's time nearest to one, or so many steps from there."""
        clock, span = self._state.project.clock, self._state.span
        rate = self._state.project.rate
        beat = float(clock.beat_at(span.start + round(seconds * rate)))
        frame = clock.frames(Position.at_beat(max(round(beat / _STEP) + steps, 0) * Fraction(1, 4)))
        return min(max((frame - span.start) / rate, 0.0), self.seconds)

    def _bars(self) -> Iterator[tuple[float, int]]:
        """The bar lines in view, in seconds, and their numbers."""
        clock, span, rate = self._state.project.clock, self._state.span, self._state.project.rate
        bar = clock.bar_at(Position.at_frame(span.start)).number
        while (seconds := (clock.frames(clock.bar_start(bar)) - span.start) / rate) < self.seconds:
            if seconds >= 0:
                yield seconds, bar
            bar += 1

    def _bar_after(self, seconds: float) -> float:
        """How long it is from a time to the next bar line."""
        return next((line - seconds for line, _ in self._bars() if line > seconds + 0.05), self.seconds - seconds)

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, areas, guide = self._theme, self.areas(), self.guide
        with painting(self) as painter:
            painter.fillRect(self.rect(), theme.panel)
            painter.setFont(self._font)
            for part, area in areas.items():
                painter.fillRect(area, mix(theme.window, theme.panel, 0.5 if part in _SHARES else 0.25))
                painter.fillRect(QRectF(0, area.bottom() - 1, self.width(), 1), theme.grid_beat)
                lit = self.hasFocus() and part is self._lane
                painter.setPen(theme.accent if lit else theme.text if getattr(guide, part) else theme.dim)
                painter.drawText(QRectF(10, area.top(), HEAD - 14, area.height()), _LEFT, TITLES[part])
            self._paint_time(painter)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self._paint_melody(painter, guide)
            self._paint_chords(painter, guide)
            self._paint_accents(painter, guide)
            self._paint_swell(painter, guide)
            self._paint_words(painter, guide)
            if self.hasFocus():
                area = areas[self._lane]
                painter.fillRect(QRectF(self.x_of(self._cursor), area.top(), 1, area.height()), theme.accent)

    def _paint_time(self, painter: QPainter) -> None:
        theme, end = self._theme, self.x_of(self._state.span.seconds)
        painter.setPen(theme.dim)
        beat = 0.0
        for _ in range(_MOST_BEATS):
            after = self._on_grid(beat, round(1 / _STEP))
            if after <= beat:
                break
            beat = after
            painter.fillRect(QRectF(self.x_of(beat), _RULER, 1, self.height()), theme.grid_beat)
        for seconds, bar in self._bars():
            x = self.x_of(seconds)
            painter.fillRect(QRectF(x, 0, 1, self.height()), theme.grid_bar)
            painter.drawText(QRectF(x + 4, 0, 60, _RULER), _LEFT, str(bar))
        painter.fillRect(QRectF(end, _RULER, self.width() - end, self.height()), with_alpha(theme.window, 0.55))
        painter.fillRect(QRectF(end, 0, 1, self.height()), theme.text)

    def _row(self) -> float:
        low, high = self.pitches()
        return self.areas()[GuidePart.MELODY].height() / (high - low + 1)

    def _paint_melody(self, painter: QPainter, guide: Guide) -> None:
        theme, row = self._theme, self._row()
        low, high = self.pitches()
        painter.setPen(theme.dim)
        for pitch in range(low, high + 1):
            if pitch % 12 == 0:
                painter.fillRect(QRectF(HEAD, self.y_of(pitch) + row / 2, self.width() - HEAD, 1), theme.grid_beat)
                painter.drawText(QRectF(HEAD - 30, self.y_of(pitch) - 8, 26, 16), _RIGHT, note_name(pitch))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.accent)
        for note in guide.melody:
            left, right = self.x_of(note.start), self.x_of(note.end)
            height = max(row - 1, 4.0)
            painter.drawRoundedRect(
                QRectF(left, self.y_of(note.pitch) - height / 2, max(right - left - 1, 3), height), 2, 2
            )
        for note in self._heard:
            fits = any(each.start < note.end and note.start < each.end and not (each.pitch - note.pitch) % 12
                       for each in guide.melody)  # fmt: skip
            painter.setBrush(theme.text if fits else with_alpha(theme.text, 0.4))
            for x in _dots(self.x_of(note.start), self.x_of(note.end)):
                painter.drawEllipse(QPointF(x, self.y_of(note.pitch)), 1.8, 1.8)

    def _paint_chords(self, painter: QPainter, guide: Guide) -> None:
        area, theme = self.areas()[GuidePart.CHORDS], self._theme
        for span in guide.chords:
            box = QRectF(
                self.x_of(span.start),
                area.top() + 2,
                self.x_of(span.end) - self.x_of(span.start) - 1,
                area.height() - 5,
            )
            self._chip(painter, box, span.symbol, theme.accent)

    def _paint_words(self, painter: QPainter, guide: Guide) -> None:
        area, theme = self.areas()[GuidePart.WORDS], self._theme
        ends = [*(each.time for each in guide.words[1:]), self.seconds]
        for prompt, end in zip(guide.words, ends, strict=False):  # without prompts there is one end
            box = QRectF(
                self.x_of(prompt.time), area.top() + 2, self.x_of(end) - self.x_of(prompt.time) - 1, area.height() - 5
            )
            self._chip(painter, box, prompt.prompt, theme.text)

    def _chip(self, painter: QPainter, box: QRectF, text: str, colour: QColor) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(with_alpha(colour, 0.22))
        painter.drawRoundedRect(box, 3, 3)
        painter.setPen(self._theme.text)
        shown = elided(painter.fontMetrics(), text, Qt.TextElideMode.ElideRight, max(box.width() - 8, 0))
        painter.drawText(box.adjusted(5, 0, -3, 0), _LEFT, shown)

    def _paint_accents(self, painter: QPainter, guide: Guide) -> None:
        area, theme = self.areas()[GuidePart.ACCENTS], self._theme
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.accent)
        for accent in guide.accents:
            x, y, size = self.x_of(accent.time), area.center().y(), 3.0 + 4.0 * accent.strength
            painter.drawPolygon(
                QPolygonF([QPointF(x - size, y - size), QPointF(x + size, y), QPointF(x - size, y + size)])
            )

    def _paint_swell(self, painter: QPainter, guide: Guide) -> None:
        theme, area = self._theme, self.areas()[GuidePart.SWELL]
        painter.setPen(theme.dim)
        for level in (0.0, -12.0):
            painter.fillRect(QRectF(HEAD, self.y_db(level), self.width() - HEAD, 1), theme.grid_beat)
            if self.areas()[GuidePart.SWELL].height() >= _LABELLED:
                box = QRectF(HEAD - 34, self.y_db(level) - 8, 30, 16)
                painter.drawText(box, _RIGHT, f"{level:+.0f}" if level else "0")
        if not guide.swell:
            return
        points = [QPointF(self.x_of(each.time), self.y_db(each.gain_db)) for each in guide.swell]
        line = [QPointF(HEAD, points[0].y()), *points, QPointF(self.width(), points[-1].y())]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(with_alpha(theme.accent, 0.2))
        painter.drawPolygon(
            QPolygonF([QPointF(HEAD, area.bottom() - 1), *line, QPointF(self.width(), area.bottom() - 1)])
        )
        painter.setPen(QPen(theme.accent, 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(line))
        painter.setBrush(theme.accent)
        for point in points:
            painter.drawEllipse(point, 3.5, 3.5)

    # mouse

    def _at(self, place: QPointF) -> GuidePart | None:
        return next((part for part, area in self.areas().items() if area.contains(place)), None)

    @property
    def _reach(self) -> float:
        """Seconds of `_NEAR` pixels."""
        return _NEAR / max(self.width() - HEAD, 1) * self.seconds

    def mousePressEvent(self, event: QMouseEvent) -> None:
        part = self._at(event.position())
        if part is None or event.button() != Qt.MouseButton.LeftButton:
            return
        free = bool(event.modifiers() & SHIFT)
        time = self.time(event.position().x())
        entry = drawing.entry_at(self.guide, part, time, self._reach)
        if (
            part is GuidePart.MELODY
            and isinstance(entry, MelodyNote)
            and entry.pitch != self.pitch(event.position().y())
        ):
            entry = None  # another note shall take its place
        self._lane, self._cursor = part, time if free else self.snapped(time)
        if event.modifiers() & ALT:
            if entry is not None:
                self._write(drawing.without_entry(self.guide, part, entry), f"Remove from {TITLES[part]}")
            return
        pitch = self.pitch(event.position().y())
        self._drag = _Drag(part, self._cursor, pitch, entry, self.guide)
        if part is GuidePart.ACCENTS:
            self._drag = None
            self._write(drawing.with_accent(self.guide, self._cursor, self._reach), "Draw Accents")
        elif part in (GuidePart.MELODY, GuidePart.SWELL):
            self._pull(event)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag is not None and event.buttons() & Qt.MouseButton.LeftButton:
            self._pull(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        drag, drawn = self._drag, self._drawn
        self._drag = self._drawn = None
        if drag is not None and drawn is not None:
            self._write(drawn, f"Draw {TITLES[drag.part]}")
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        part = self._at(event.position())
        if part in (GuidePart.CHORDS, GuidePart.WORDS):
            self._drag = self._drawn = None
            self._lane, self._cursor = part, self.snapped(self.time(event.position().x()))
            self.type_here()

    def _pull(self, event: QMouseEvent) -> None:
        """What the drag makes of the guide."""
        drag = self._drag
        assert drag is not None
        free = bool(event.modifiers() & SHIFT)
        time = self.time(event.position().x())
        time = time if free else self.snapped(time)
        if drag.part is GuidePart.SWELL:
            moved = drag.entry if isinstance(drag.entry, SwellPoint) else None
            self._drawn = drawing.with_point(drag.guide, time, self._db(event.position().y()), moved)
        elif drag.part is GuidePart.MELODY:
            if isinstance(drag.entry, MelodyNote):  # it moves
                start = max(drag.entry.start + time - drag.start, 0.0)
                note = MelodyNote(start, drag.entry.length, self.pitch(event.position().y()))
                base = drawing.without_entry(drag.guide, GuidePart.MELODY, drag.entry)
            else:
                least = self._on_grid(drag.start, 1) - drag.start if not free else drawing.SHORTEST
                note = MelodyNote(drag.start, max(time - drag.start, least, drawing.SHORTEST), drag.pitch)
                base = drag.guide
            self._drawn = drawing.with_note(base, note)
        self.update()

    # keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps: dict[int, Callable[[], object]] = {
            Qt.Key.Key_PageUp: lambda: self._change_lane(-1),
            Qt.Key.Key_PageDown: lambda: self._change_lane(1),
            Qt.Key.Key_Left: lambda: self._go(-1),
            Qt.Key.Key_Right: lambda: self._go(1),
            Qt.Key.Key_Up: lambda: self._nudge(1),
            Qt.Key.Key_Down: lambda: self._nudge(-1),
            Qt.Key.Key_Return: self._enter,
            Qt.Key.Key_Enter: self._enter,
            Qt.Key.Key_Delete: self._delete,
            Qt.Key.Key_Backspace: self._delete,
        }
        step = steps.get(event.key())
        if step is None or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().keyPressEvent(event)
            return
        step()
        self.update()

    def _change_lane(self, by: int) -> None:
        parts = list(GuidePart)
        self._lane = parts[(parts.index(self._lane) + by) % len(parts)]

    def _go(self, steps: int) -> None:
        self._cursor = self._on_grid(self._cursor, steps)

    def _here(self) -> Any:
        return drawing.entry_at(self.guide, self._lane, self._cursor + 1e-3, self._on_grid(0.0, 1) / 2)

    def _enter(self) -> None:
        guide, time = self.guide, self._cursor
        if self._lane in (GuidePart.CHORDS, GuidePart.WORDS):
            self.type_here()
        elif self._lane is GuidePart.ACCENTS:
            self._write(drawing.with_accent(guide, time, self._reach), "Draw Accents")
        elif self._lane is GuidePart.SWELL:
            self._write(drawing.with_point(guide, time, float(guide.swell_db(np.array([time]))[0])), "Draw Swell")
        elif self._here() is None:
            before = next((note.pitch for note in reversed(guide.melody) if note.start <= time), _MIDDLE)
            note = MelodyNote(time, max(self._on_grid(time, 2) - time, drawing.SHORTEST), before)
            self._write(drawing.with_note(guide, note), "Draw Melody")

    def _nudge(self, by: int) -> None:
        entry = self._here()
        if isinstance(entry, MelodyNote):
            rest = drawing.without_entry(self.guide, GuidePart.MELODY, entry)
            note = MelodyNote(entry.start, entry.length, min(max(entry.pitch + by, 0), 127))
            self._write(drawing.with_note(rest, note), "Draw Melody", merge="nudge note")
        elif isinstance(entry, SwellPoint):
            changed = drawing.with_point(self.guide, entry.time, entry.gain_db + by * _NUDGE_DB, entry)
            self._write(changed, "Draw Swell", merge="nudge swell")

    def _delete(self) -> None:
        entry = self._here()
        if entry is not None:
            self._write(drawing.without_entry(self.guide, self._lane, entry), f"Remove from {TITLES[self._lane]}")

    def type_here(self) -> InPlaceEditor:
        """Opens a line for the chord or the prompt at the cursor."""
        part, time, guide = self._lane, self._cursor, self._state.guide
        here = self._here()
        if here is not None:
            time = here.start if part is GuidePart.CHORDS else here.time
        area, left = self.areas()[part], int(self.x_of(time))
        width = 90 if part is GuidePart.CHORDS else 220
        box = QRect(min(left, max(self.width() - width, HEAD)), int(area.top()), width, int(area.height()))
        editor = InPlaceEditor(self, box, "Chord" if part is GuidePart.CHORDS else "Prompt from here on")

        def ended(text: str, taken: bool) -> None:
            if not taken:
                return
            try:
                if part is GuidePart.CHORDS:
                    changed = drawing.with_chord(guide, time, self._bar_after(time), text)
                else:
                    changed = drawing.with_words(guide, time, text)
            except EngineError as error:
                self._state.refused.emit(str(error))
                return
            self._write(changed, f"Draw {TITLES[part]}")

        self._editor = editor
        editor.ended.connect(ended)
        editor.begin("" if here is None else here.symbol if part is GuidePart.CHORDS else here.prompt)
        return editor

    # inside

    def _write(self, guide: Guide, name: str, merge: str | None = None) -> None:
        self._state.write(guide, name, merge)
        self.update()

    def _follow(self) -> None:
        self._drag = self._drawn = None
        self._cursor = min(self._cursor, self.seconds)
        clip = self._state.clip
        if (shown := clip.id if clip is not None else "") != self._shown:
            self._shown, own = shown, [note.pitch for note in self.guide.melody]
            self._low = ((min(own) + max(own)) // 2 if own else _MIDDLE) - _ROWS // 2
        self.update()


_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def _dots(left: float, right: float) -> Iterator[float]:
    """Places of dots, seven pixels apart, at least one."""
    count = max(int((right - left) / 7), 1)
    return (left + (number + 0.5) * (right - left) / count for number in range(count))
