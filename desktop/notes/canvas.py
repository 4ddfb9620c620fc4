"""The painted notes: one picture by numpy, what the mouse does over it, and the keys on it."""

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from desktop.notes.colours import table
from desktop.notes.keys import NoteKeys
from desktop.notes.layers import ground_of, layers_of, levels_of
from desktop.notes.picture import Ground, NotePicture, image
from desktop.notes.pointer import NotePointer
from desktop.notes.session import NoteSession
from desktop.notes.stage import NoteStage
from desktop.theme import Theme, mix, with_alpha
from desktop.timeline.palette import readable
from desktop.timeline.time_labels import bar_text
from desktop.view.time_canvas import TimeCanvas
from desktop.widgets.painting import painting
from desktop.widgets.plain import elided, set_description, set_name
from engine.plain_text import counted
from engine.project.model import NoteEvent
from engine.timing.position import Position

MOST_NAMED = 250
"""Notes in view whose names and feel are drawn; with more they would be too small to read."""
MIN_NAMED = 26  # px
MIN_TEXT_ROW = 13  # px
EMPTY = "Double-click a clip of notes on the timeline, or press Enter on it, to edit its notes here."


class Word(NamedTuple):
    """What is written on a note: how many px after its left edge it is played, its name, and its level; −1: chosen."""

    rect: QRectF
    late: float
    name: str
    level: int


class NoteCanvas(TimeCanvas):
    """The notes of a session. It is an editor (see keyboard.py): keys that it has no use for do nothing."""

    pointer: NotePointer

    menu_requested = Signal(object)
    """The global position at which a menu is asked for."""

    def __init__(
        self,
        session: NoteSession,
        stage: NoteStage,
        pointer: NotePointer,
        keys: NoteKeys,
        chords: Callable[[], tuple[tuple[float, float, frozenset[int]], ...]],
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        """`chords` says which pitch classes sound from which to which of the song's frames."""
        super().__init__(parent)
        self._session, self._stage, self._keys, self._theme = session, stage, keys, theme
        self.viewport, self.pointer = stage.viewport, pointer
        self._chords = chords
        self._notes = NotePicture()
        self._image: QImage | None = None
        self._stale = True
        self._painted: dict[int, tuple[Word, ...]] = {}
        self._last_ground: tuple[object, Ground] | None = None
        self._tables: dict[int, np.ndarray] = {}
        self._font = theme.font("small")
        self._metrics = QFontMetricsF(self._font)
        set_name(self, "Notes")
        for changes in (
            session.notes_changed, session.chosen_changed, session.clip_changed, session.settings_changed,
            stage.rescaled, stage.viewport.changed,
        ):  # fmt: skip
            changes.connect(self._forget)
        session.chosen_changed.connect(self._describe)
        session.clip_changed.connect(self._describe)
        stage.cursor_moved.connect(self._describe)
        stage.cursor_moved.connect(self.update)
        pointer.changed.connect(self.update)
        pointer.cursor_changed.connect(lambda shape: self.setCursor(shape))
        self._describe()

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            if self._session.clip is None:
                self._paint_empty(painter)
                return
            painter.drawImage(QPointF(0, 0), self._picture())
            painter.setFont(self._font)
            self._paint_over(painter)

    def _picture(self) -> QImage:
        """The notes as they are now; only rows of pitches that look otherwise than before are drawn anew."""
        if self._stale or self._image is None:
            session, stage, viewport = self._session, self._stage, self._stage.viewport
            size = max(round(viewport.width * viewport.dpr), 1), max(round(viewport.height * viewport.dpr), 1)
            words = self._words()
            layers, rows = layers_of(session, viewport, stage.spans), session.rows
            # rows whose words alone have changed are drawn anew as well
            other = {row for row in words.keys() | self._painted if words.get(row) != self._painted.get(row)}
            drawn = self._notes.draw(
                self._ground(), layers, rows, size, viewport.top_device, stage.row_device, self._table(), other
            )
            self._painted = words
            self._image = image(self._notes.pixels, viewport.dpr)
            if words:
                self._paint_words(self._image, [word for row in drawn for word in words.get(row, ())])
            self._stale = False
        return self._image

    def _ground(self) -> Ground:
        """The grid under the notes: the same object as long as it looks the same."""
        session, viewport = self._session, self._stage.viewport
        chords = () if session.is_drums else self._chords()
        look = (
            session.project.clock, viewport.left_device, viewport.frames_per_px, viewport.dpr, viewport.width,
            session.snap_grid, session.bounds(), session.settings.scale, chords,
        )  # fmt: skip
        if self._last_ground is None or look != self._last_ground[0]:
            self._last_ground = look, ground_of(session, viewport, chords)
        return self._last_ground[1]

    def _table(self) -> np.ndarray:
        hue = self._hue()
        if hue.rgb() not in self._tables:
            self._tables[hue.rgb()] = np.array(table(self._theme, hue), np.uint32)
        return self._tables[hue.rgb()]

    def _hue(self) -> QColor:
        track, clip = self._session.track, self._session.clip
        if track is None or clip is None:
            return self._theme.accent
        hue = self._theme.hue(track.colour if clip.colour is None else clip.colour)
        return mix(self._theme.line_strong, hue, 0.3) if clip.mute or track.mute else hue

    def _named(self) -> np.ndarray:
        """The indices of the notes in view; none where there are too many to have names."""
        stage = self._stage
        viewport, spans, origin = stage.viewport, stage.spans, stage.viewport.left_device
        first, last = max(stage.row_at(0), 0), stage.row_at(viewport.height)
        visible = (spans.rows >= first) & (spans.rows <= last)
        visible &= (spans.right > origin) & (spans.left < origin + viewport.width * viewport.dpr)
        indices = np.flatnonzero(visible)
        return indices[:0] if len(indices) > MOST_NAMED else indices

    def _words(self) -> dict[int, tuple[Word, ...]]:
        """By their rows: names of notes that have room for them, and ticks where notes are played beside the grid."""
        session, stage = self._session, self._stage
        indices = self._named()
        if not len(indices):
            return {}
        viewport, arrays = stage.viewport, session.arrays
        played = session.frames((arrays.starts + arrays.offsets)[indices]) / viewport.frames_per_device_px
        levels = levels_of(arrays)
        named = stage.row_height >= MIN_TEXT_ROW and not session.is_drums
        words: dict[int, list[Word]] = {}
        for index, onset in zip(indices.tolist(), played.tolist(), strict=True):
            rect = stage.note_rect(index)
            late = (onset - viewport.left_device) / viewport.dpr - rect.left()
            wide = named and rect.right() - max(rect.left(), 0.0) >= MIN_NAMED
            if wide or abs(late) >= 2:
                name = session.rows.name(session.notes[index].pitch) if wide else ""
                level = -1 if index in session.chosen else int(levels[index])
                words.setdefault(int(stage.spans.rows[index]), []).append(Word(rect, late, name, level))
        return {row: tuple(each) for row, each in words.items()}

    def _paint_words(self, picture: QImage, words: list[Word]) -> None:
        theme, hue = self._theme, self._hue()
        inks = [readable(theme, mix(theme.window, hue, 0.42 + 0.58 * level / 7)) for level in range(8)]
        inks.append(theme.ink)
        with painting(picture) as painter:
            painter.setFont(self._font)
            for rect, late, name, level in words:
                ink = inks[level]
                if abs(late) >= 2:
                    painter.fillRect(QRectF(rect.left() + late, rect.top() + 2, 1, rect.height() - 4), ink)
                if name:
                    painter.setPen(ink)
                    shift = 5 if abs(late) < 2 or late < 0 or late > 24 else late + 4
                    baseline = rect.center().y() + self._metrics.capHeight() / 2
                    painter.drawText(QPointF(max(rect.left(), 0.0) + shift, baseline), name)

    def _paint_over(self, painter: QPainter) -> None:
        pointer, stage, theme = self.pointer, self._stage, self._theme
        gesture = pointer.gesture
        if gesture is None and pointer.hover and pointer.hover.note >= 0:
            self._outline(painter, stage.note_rect(pointer.hover.note), with_alpha(theme.selection, 0.6), 1)
        if self.hasFocus() and gesture is None:
            self._paint_cursor(painter)
        if gesture is None:
            return
        if gesture.band:
            painter.fillRect(gesture.band, with_alpha(theme.selection, 0.08))
            self._outline(painter, gesture.band, with_alpha(theme.selection, 0.7), 1)
        if gesture.label:
            self._paint_label(painter, gesture.label)

    def _paint_cursor(self, painter: QPainter) -> None:
        """The cell at which keys draw, or a ring round the last of the notes that they move."""
        stage, session = self._stage, self._session
        if session.chosen:
            return
        beat, pitch = stage.cursor
        left, right = stage.x(beat), stage.x(beat + session.step(beat))
        box = QRectF(left, stage.y(pitch), max(right - left, 4), stage.row_height - 1)
        self._outline(painter, box, self._theme.accent, 2)

    def _paint_label(self, painter: QPainter, text: str) -> None:
        theme = self._theme
        width = self._metrics.horizontalAdvance(text) + 12
        box = QRectF(self.pointer.mouse.x() + 14, self.pointer.mouse.y() - 28, width, 20)
        box.moveLeft(min(box.left(), self.width() - width - 4))
        box.moveTop(max(box.top(), 4))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.line_strong, 1))
        painter.setBrush(theme.raised)
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(theme.text)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    @staticmethod
    def _outline(painter: QPainter, rect: QRectF, colour: QColor, width: int) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour, width))
        inset = width / 2
        painter.drawRect(rect.adjusted(inset, inset, -inset, -inset))

    def _paint_empty(self, painter: QPainter) -> None:
        painter.fillRect(self.rect(), self._theme.window)
        painter.setPen(self._theme.dim)
        painter.setFont(self._theme.font())
        text = elided(QFontMetricsF(painter.font()), EMPTY, Qt.TextElideMode.ElideRight, self.width() - 32)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, text)

    def _forget(self) -> None:
        self._stale = True
        self.update()

    # words for assistive tools

    def _describe(self) -> None:
        session = self._session
        if session.clip is None:
            set_name(self, "Notes")
            set_description(self, EMPTY)
            return
        kind = "Drum grid" if session.is_drums else "Piano roll"
        set_name(self, f"{kind} of {session.clip.name or 'the clip'}")
        count = session.chosen_count
        chosen = session.chosen_notes() if count == len(session.chosen) == 1 else []
        if len(chosen) == 1:
            words = self.note_text(chosen[0])
        elif count > len(session.chosen):
            words = f"{counted(count, 'note')} in {counted(len(session.parts()), 'clip')} selected"
        elif count:
            words = f"{counted(count, 'note')} of {len(session.notes)} selected"
        else:
            beat, pitch = self._stage.cursor
            words = f"Cursor at {self._place(session.origin + beat)}, {session.rows.name(pitch)}"
        set_description(self, words)

    def note_text(self, note: NoteEvent) -> str:
        """A note in words: “C4 at 5.1, 1/2 beat, velocity 96”."""
        session = self._session
        length = f"{note.length} {'beat' if note.length <= 1 else 'beats'}"
        place = self._place(session.origin + note.start)
        return f"{session.rows.name(note.pitch)} at {place}, {length}, velocity {note.velocity}"

    def _place(self, beat: Fraction) -> str:
        return bar_text(self._session.project.clock, Position.at_beat(max(beat, Fraction(0))))

    # events

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._stage.touch()
        super().mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self._session.clip is not None:
            self.menu_requested.emit(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._stage.touch()
        if not self.pointer.key(event) and not self._keys.press(event):
            super().keyPressEvent(event)

    def take_size(self, width: int, height: int, dpr: float) -> None:
        """Takes the size of the widget; a clip whose view nobody has moved is shown from its start again."""
        self._stage.take_size(width, height, dpr)

    def sizeHint(self) -> QSize:
        """As much as there is."""
        return QSize(800, 240)
