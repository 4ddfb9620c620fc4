"""The song's sections and chords over the ruler: typed, dragged, split, moved, and gone along with the keys.

What clips say of their pieces is dim; what is written by hand lies over it. A click selects the time of a section or a
chord, a double-click types it, Enter repeats it. A section that is dragged takes along all that lies under it.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from desktop.bridge import PlayerBridge
from desktop.document import Document
from desktop.theme import Theme, mix
from desktop.timeline.form_drags import DrawDrag, FormDrag, drag_of, edge_drag
from desktop.timeline.form_edits import NOUNS, FormEdits, FormPart, Lane, lane_of, next_place
from desktop.timeline.name_editor import NameEditor
from desktop.timeline.palette import readable
from desktop.timeline.time_labels import bar_text
from desktop.view.time_strip import TimeStrip
from desktop.view.viewport import Viewport
from desktop.widgets.choices import Menu
from desktop.widgets.painting import painting
from desktop.widgets.plain import elided, plain, set_description, set_tooltip
from engine.inference.compositions import composition_of
from engine.inference.song_form import SongChord, SongForm, SongSection, form_of, song_form
from engine.jobs import Context
from engine.music.chords import CHORDS
from engine.plain_text import counted
from engine.project import edits
from engine.project.model import Project
from engine.timing.position import Position

LANE_PX = 18
HEIGHT = 2 * LANE_PX
RADIUS = 3.0
MIN_TEXT_PX = 14
CHIP_PADDING = 4
EDGE_PX = 5
DRAG_PX = 4
EDITOR_PX = 96
"""How wide the field is in which a chord is typed, at least."""
HINTS: dict[Lane, str] = {
    "sections": "Drag: move it with all that lies under it · Ctrl: copy · Double-click: rename · Right-click: more",
    "chords": "Drag: move · Ctrl: copy · Double-click: type another · Right-click: more",
}
EDGE_HINT = "Drag: move the edge · Shift: finer"
EMPTY_HINTS: dict[Lane, str] = {
    "sections": "Double-click or drag: a new section",
    "chords": "Double-click or drag: a new chord",
}
KEYS = (
    "Left and Right go from one to the next, Up and Down change the lane, Enter repeats, F2 types, Insert adds at the "
    "playhead, S splits there, Delete takes out, Ctrl+D duplicates, Alt+Left and Alt+Right move, Shift+Left and "
    "Shift+Right move the end"
)


class FormLanes(TimeStrip):
    """Lies over the ruler and shares its viewport."""

    commands_run = True  # see keyboard.py

    menu_requested = Signal(object, object)
    """(a `Menu`, global position)"""
    form_changed = Signal()
    """The song has other chords or sections than before."""

    def __init__(
        self, document: Document, theme: Theme, viewport: Viewport, bridge: PlayerBridge, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._theme, self._viewport, self._bridge = document, theme, viewport, bridge
        self._font, self._bold = theme.font("small"), theme.font("small", bold=True)
        self._metrics, self._bold_metrics = QFontMetricsF(self._font), QFontMetricsF(self._bold)
        self._form = SongForm()
        self.edits = FormEdits(document)
        self._current: FormPart | None = None
        self._keep: tuple[Lane, Fraction] | None = None  # what is selected once the song is read again
        self._press: tuple[QPointF, FormDrag] | None = None
        self._drag: FormDrag | None = None
        self._hues: dict[str, int] = {}
        self.setFixedHeight(HEIGHT)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Sections and chords")
        self._describe()
        viewport.changed.connect(self.update)
        document.changed.connect(self._on_changed)
        document.opened.connect(self._recall)
        document.selection_changed.connect(self.update)
        self._reader = QTimer(self)
        self._reader.setSingleShot(True)
        self._reader.setInterval(0)
        self._reader.timeout.connect(lambda: self._read(document.project))
        self._read(document.project)

    @property
    def form(self) -> SongForm:
        """What is shown: the song's chords and sections as they are now."""
        self._refresh()
        return self._form

    def _refresh(self) -> None:
        """Reads the song now where that was put off."""
        if self._reader.isActive():
            self._reader.stop()
            self._read(self._document.project)

    def at(self, point: QPointF) -> SongChord | SongSection | None:
        """The section or the chord at a place of this widget."""
        lane = self.form.sections if point.y() < LANE_PX else self.form.chords
        return next((each for each in lane if self.rect_of(each).contains(point)), None)

    def rect_of(self, part: SongChord | SongSection) -> QRectF:
        """Where a section or a chord is."""
        return self._rect(lane_of(part), part.start, part.end)

    def select(self, part: SongChord | SongSection) -> None:
        """Selects the time of a section or a chord, on the selected track."""
        self._current = part
        self._document.select((), region=self._frames(part))
        self._describe()
        self.update()

    def loop(self, part: SongChord | SongSection) -> None:
        """Repeats a section or a chord."""
        start, end = Position.at_beat(part.start), Position.at_beat(part.end)
        self._document.apply(
            f"Loop {part_name(part)}", lambda p: edits.set_loop_region(p, start=start, end=end, on=True)
        )

    def menu_of(self, part: SongChord | SongSection) -> Menu:
        """What can be done with a section or a chord."""
        menu, lane = Menu(self), lane_of(part)
        noun = NOUNS[lane].capitalize()
        menu.entry("Rename Section…" if lane == "sections" else "Change Chord…", lambda: self.retype(part), keys="F2")
        menu.entry("Split at the Playhead", lambda: self._split(part), keys="S")
        if isinstance(part, SongSection):
            menu.entry("Duplicate Section with All under It", lambda: self._duplicate(part), keys="Ctrl+D")
            menu.entry("Move Section Earlier", lambda: self._move(part, -1), keys="Alt+Left")
            menu.entry("Move Section Later", lambda: self._move(part, 1), keys="Alt+Right")
        else:
            menu.entry("Repeat Chord after It", lambda: self._duplicate(part), keys="Ctrl+D")
        menu.entry(f"Delete {noun}", lambda: self.edits.remove(part), keys="Delete")
        if isinstance(part, SongSection):
            menu.entry("Delete Section and Its Time", lambda: self.edits.remove_time(part), keys="Ctrl+Delete")
        menu.addSeparator()
        menu.entry(f"Fit Parts to {'These Chords' if lane == 'sections' else 'This Chord'}", lambda: self._fit(part))
        menu.entry("Fit All Parts to the Chords", lambda: self._fit(None))
        menu.addSeparator()
        menu.entry("Select Its Time", lambda: self.select(part))
        menu.entry("Loop Playback", lambda: self.loop(part), keys="Enter")
        menu.entry("Move Playhead Here", lambda: self._bridge.seek(self._frames(part)[0]))
        return menu

    def menu_at(self, point: QPointF) -> Menu:
        """What can be done at an empty place."""
        menu, lane, frame = Menu(self), self._lane_at(point), self._viewport.frame(point.x())
        menu.entry(f"New {NOUNS[lane].capitalize()} Here…", lambda: self.draw(lane, *self._bar_at(lane, frame)))
        menu.entry("Fit All Parts to the Chords", lambda: self._fit(None))
        return menu

    def retype(self, part: SongChord | SongSection) -> None:
        """Opens a field for another chord, or another name of a section."""
        self._current = part
        text = part.name.capitalize() if isinstance(part, SongSection) else part.symbol

        def done(text: str) -> None:
            self._keep = (lane_of(part), part.start) if self.edits.rename(part, text) else None

        self._type(self.rect_of(part), text, lane_of(part), done)

    def draw(self, lane: Lane, start: Fraction, end: Fraction) -> None:
        """Opens a field for a new chord or section."""

        def done(text: str) -> None:
            self._keep = (lane, start) if self.edits.write(lane, start, end, text) else None

        self._type(self._rect(lane, start, end), "", lane, done)

    # events

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            theme = self._theme
            painter.fillRect(self.rect(), theme.panel)
            form = (self._drag.shown() if self._drag is not None else None) or self._form
            for section in form.sections:
                self._paint_section(painter, section)
            for chord in form.chords:
                self._paint_chord(painter, chord)
            self._paint_drag(painter)
            painter.fillRect(QRectF(0, LANE_PX - 1, self.width(), 1), theme.line)
            painter.fillRect(QRectF(0, HEIGHT - 1, self.width(), 1), theme.line)
            if self.hasFocus():
                painter.setPen(QPen(theme.accent, 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        point, part = event.position(), self.at(event.position())
        if event.button() == Qt.MouseButton.RightButton:
            menu = self.menu_of(part) if part is not None else self.menu_at(point)
            self._current = part or self._current
            self.menu_requested.emit(menu, event.globalPosition().toPoint())
        elif event.button() == Qt.MouseButton.LeftButton:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self._press = point, self._drag_for(point, part)
            if part is not None and self._edge_at(point) is None:
                self.select(part)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        point = event.position()
        if self._press is None:
            self._show_hint(point)
            return
        if self._drag is None and (point - self._press[0]).manhattanLength() >= DRAG_PX:
            self._drag = self._press[1]
        if self._drag is not None:
            shift, control = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
            frame = self._viewport.left + point.x() * self._viewport.frames_per_px
            self._drag.drag(frame, fine=bool(event.modifiers() & shift), copy=bool(event.modifiers() & control))
            self.hint_changed.emit(self._drag.text)
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        drag, self._drag, self._press = self._drag, None, None
        if isinstance(drag, DrawDrag):
            if drag.span is not None:
                self.draw(drag.lane, *drag.span)
        elif drag is not None:
            self._keep = drag.done()
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._drag = self._press = None
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if (part := self.at(event.position())) is not None:
            self.retype(part)
        else:
            lane = self._lane_at(event.position())
            self.draw(lane, *self._bar_at(lane, self._viewport.frame(event.position().x())))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See `KEYS`."""
        if not self._press_key(Qt.Key(event.key()), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier):
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """The tooltip says the whole name and the length; keys for what is selected run no command of the window."""
        if isinstance(event, QHelpEvent):
            part = self.at(QPointF(event.pos()))
            set_tooltip(self, self._text(part) if part is not None else "")
        elif event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            if self._action_of(Qt.Key(event.key()), modifiers) is not None:
                event.accept()
                return True
        return super().event(event)

    # inside

    def _press_key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> bool:
        if key == Qt.Key.Key_Escape and self._press is not None:
            self._drag = self._press = None
            self.update()
            return True
        if (action := self._action_of(key, modifiers)) is not None:
            action()
            return True
        if modifiers:
            return False
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._go(key)
        elif self._current is not None and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.loop(self._current)
        elif self._current is not None and key == Qt.Key.Key_Menu:
            corner = self.rect_of(self._current).bottomLeft().toPoint()
            self.menu_requested.emit(self.menu_of(self._current), self.mapToGlobal(corner))
        else:
            return False
        return True

    def _action_of(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> Callable[[], object] | None:
        """The edit that a key means for what is selected here."""
        if key == Qt.Key.Key_Insert and not modifiers:
            return self._insert
        self._refresh()
        part = self._current
        if part is None:
            return None
        plain: dict[Qt.Key, Callable[[], object]] = {
            Qt.Key.Key_F2: lambda: self.retype(part),
            Qt.Key.Key_S: lambda: self._split(part),
            Qt.Key.Key_Delete: lambda: self.edits.remove(part),
            Qt.Key.Key_Backspace: lambda: self.edits.remove(part),
        }
        control: dict[Qt.Key, Callable[[], object]] = {Qt.Key.Key_D: lambda: self._duplicate(part)}
        if isinstance(part, SongSection):
            control[Qt.Key.Key_Delete] = control[Qt.Key.Key_Backspace] = lambda: self.edits.remove_time(part)
        alt: dict[Qt.Key, Callable[[], object]] = {
            Qt.Key.Key_Left: lambda: self._move(part, -1),
            Qt.Key.Key_Right: lambda: self._move(part, 1),
        }
        shift: dict[Qt.Key, Callable[[], object]] = {
            Qt.Key.Key_Left: lambda: self._move_end(part, -1),
            Qt.Key.Key_Right: lambda: self._move_end(part, 1),
        }
        keys = {
            Qt.KeyboardModifier.NoModifier: plain,
            Qt.KeyboardModifier.ControlModifier: control,
            Qt.KeyboardModifier.AltModifier: alt,
            Qt.KeyboardModifier.ShiftModifier: shift,
        }
        return keys.get(modifiers, {}).get(key)

    def _insert(self) -> None:
        """A new chord or section at the playhead, in the lane that was gone along last."""
        lane: Lane = lane_of(self._current) if self._current is not None else "chords"
        self.draw(lane, *self._bar_at(lane, self._bridge.position))

    def _split(self, part: FormPart) -> None:
        at = next_place(self._document.project.clock, part.start, "chords", 1)
        here = self._document.project.clock.simple_beat_at(self._bridge.position)
        at = here if part.start < here < part.end else max(at, (part.start + part.end) / 2)
        self._keep = (lane_of(part), part.start) if self.edits.split(part, at) else None

    def _duplicate(self, part: FormPart) -> None:
        self._keep = (lane_of(part), part.end) if self.edits.duplicate(part) else None

    def _move(self, part: FormPart, sign: int) -> None:
        """A section past its neighbour, or a bar on where there is none; a chord by a beat."""
        clock, lane = self._document.project.clock, lane_of(part)
        if isinstance(part, SongChord):
            to = next_place(clock, part.start, lane, sign)
            self._keep = (lane, to) if self.edits.move_chord(part, to) else None
            return
        edge = part.end if sign > 0 else part.start
        others = [each for each in self.form.sections if (each.start if sign > 0 else each.end) == edge]
        beyond = (others[0].end if sign > 0 else others[0].start) if others else next_place(clock, edge, lane, sign)
        start = beyond - (part.end - part.start) if sign > 0 else beyond
        self._keep = (lane, start) if self.edits.move_section(part, beyond) else None

    def _move_end(self, part: FormPart, sign: int) -> None:
        lane = lane_of(part)
        lanes: Sequence[FormPart] = self.form.sections if lane == "sections" else self.form.chords
        right = next((each for each in lanes if each.start == part.end), None)
        to = next_place(self._document.project.clock, part.end, lane, sign)
        self._keep = (lane, part.start) if self.edits.move_edge(lane, part, right, to) else None

    def _fit(self, part: FormPart | None) -> None:
        self.edits.fit(part)

    def _type(self, rect: QRectF, text: str, lane: Lane, done: Callable[[str], object]) -> None:
        area = rect.toRect()
        area.setLeft(min(max(area.left(), 0), max(self.width() - EDITOR_PX, 0)))
        area.setWidth(max(min(area.width(), self.width() - area.left()), EDITOR_PX))
        name = "Name of the section" if lane == "sections" else "Chord"
        NameEditor(self, area, text, name, self._font, done)

    def _rect(self, lane: Lane, start: Fraction, end: Fraction) -> QRectF:
        clock = self._document.project.clock
        left, right = (self._viewport.x(clock.frame_at(beat)) for beat in (start, end))
        return QRectF(left, 0 if lane == "sections" else LANE_PX, right - left, LANE_PX)

    def _lane_at(self, point: QPointF) -> Lane:
        return "sections" if point.y() < LANE_PX else "chords"

    def _bar_at(self, lane: Lane, frame: float) -> tuple[Fraction, Fraction]:
        """The bar at a frame, or what of it is free in a lane."""
        beat = self._document.project.clock.beat_at(max(round(frame), 0))
        bar = self._document.project.clock.bar_at(Position.at_beat(beat))
        start, end = bar.start, bar.end
        lanes: Sequence[FormPart] = self.form.sections if lane == "sections" else self.form.chords
        if any(each.start <= beat < each.end for each in lanes):
            return start, end
        start = max([start, *(each.end for each in lanes if start < each.end <= beat)])
        return start, min([end, *(each.start for each in lanes if beat < each.start < end)])

    def _edge_at(self, point: QPointF) -> tuple[FormPart | None, FormPart | None] | None:
        """The neighbours (left, right) whose edge is at a place."""
        lanes: Sequence[FormPart] = self.form.sections if point.y() < LANE_PX else self.form.chords
        left = right = None
        for part in lanes:
            rect = self.rect_of(part)
            reach = min(EDGE_PX, rect.width() / 4)
            if abs(rect.right() - point.x()) <= reach:
                left = part
            if abs(rect.left() - point.x()) <= reach and part.start:
                right = part
        return (left, right) if left is not None or right is not None else None

    def _drag_for(self, point: QPointF, part: FormPart | None) -> FormDrag:
        frame = self._viewport.left + point.x() * self._viewport.frames_per_px
        if (edge := self._edge_at(point)) is not None:
            return edge_drag(self._document, self.edits, frame, *edge)
        if part is not None:
            return drag_of(self._document, self.edits, frame, part)
        return DrawDrag(self._document, self.edits, frame, lane=self._lane_at(point))

    def _show_hint(self, point: QPointF) -> None:
        lane, part = self._lane_at(point), self.at(point)
        if self._edge_at(point) is not None:
            self.setCursor(Qt.CursorShape.SplitHCursor)
            self.hint_changed.emit(EDGE_HINT)
        elif part is not None:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
            self.hint_changed.emit(HINTS[lane])
        else:
            self.setCursor(Qt.CursorShape.CrossCursor)
            self.hint_changed.emit(EMPTY_HINTS[lane])

    def _paint_drag(self, painter: QPainter) -> None:
        """Where something lands, or what is being drawn."""
        theme = self._theme
        if isinstance(self._drag, DrawDrag) and self._drag.span is not None:
            painter.fillRect(self._rect(self._drag.lane, *self._drag.span), mix(theme.raised, theme.accent, 0.5))
        beat = self._drag.landing() if self._drag is not None else None
        if beat is not None:
            x = self._viewport.x(self._document.project.clock.frame_at(beat))
            painter.fillRect(QRectF(x - 1, 0, 2, HEIGHT), theme.accent)

    def _paint_section(self, painter: QPainter, section: SongSection) -> None:
        rect = self.rect_of(section)
        if rect.right() < 0 or rect.left() > self.width():
            return
        theme = self._theme
        hue = theme.hue(self._hues.get(section.name.lower(), 0))
        ground = mix(theme.panel, hue, 0.62 if section is self._current else 0.45)
        painter.fillRect(rect.adjusted(0, 0, -1, -1), ground)
        painter.fillRect(QRectF(rect.left(), rect.top(), 2, LANE_PX - 1), hue)
        self._write(painter, rect, part_name(section), readable(theme, ground))

    def _paint_chord(self, painter: QPainter, chord: SongChord) -> None:
        rect = self.rect_of(chord)
        if rect.right() < 0 or rect.left() > self.width():
            return
        theme = self._theme
        chip = rect.adjusted(1, 2, -1, -3)
        ground = mix(theme.raised, theme.accent, 0.35) if chord is self._current else theme.raised
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(chip, min(RADIUS, max(chip.width() / 2, 0)), RADIUS)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        room = rect.right() - max(rect.left(), 0.0) - 2 * CHIP_PADDING
        name = next((each for each in chord_names(chord) if self._metrics.horizontalAdvance(each) <= room), "")
        if name:
            painter.setFont(self._font)
            painter.setPen(theme.text if chord.by_hand or chord is self._current else mix(theme.dim, theme.text, 0.5))
            place = QRectF(max(rect.left(), 0.0) + CHIP_PADDING, rect.top(), room + 1, LANE_PX - 1)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, plain(name))

    def _write(self, painter: QPainter, rect: QRectF, text: str, colour: QColor) -> None:
        left = max(rect.left(), 0.0) + 6  # the name stays in view while its part does
        room = rect.right() - left - 4
        if room < MIN_TEXT_PX:
            return
        painter.setFont(self._bold)
        painter.setPen(colour)
        painter.drawText(
            QRectF(left, rect.top(), room, LANE_PX - 1), Qt.AlignmentFlag.AlignVCenter,
            elided(self._bold_metrics, text, Qt.TextElideMode.ElideRight, room),
        )  # fmt: skip

    def _frames(self, part: SongChord | SongSection) -> tuple[int, int]:
        clock = self._document.project.clock
        return clock.frame_at(part.start), clock.frame_at(part.end)

    def _text(self, part: SongChord | SongSection) -> str:
        clock = self._document.project.clock
        bar = clock.bar_at(Position.at_beat(part.start))
        bars = (part.end - part.start) / bar.signature.bar
        beats = (part.end - part.start) / bar.signature.beat
        length = counted(int(bars), "bar") if bars.denominator == 1 else counted(round(beats), "beat")
        return f"{part_name(part)} · {bar_text(clock, Position.at_beat(part.start))} · {length}"

    def _describe(self) -> None:
        set_description(self, f"{self._text(self._current)}. {KEYS}" if self._current is not None else KEYS)

    def _go(self, key: Qt.Key) -> None:
        section = isinstance(self._current, SongSection) or self._current is None
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            section = key == Qt.Key.Key_Up
        lane: tuple[SongChord | SongSection, ...] = self._form.sections if section else self._form.chords
        if not lane:
            return
        here = self._current.start if self._current is not None else Fraction(-1)
        if key == Qt.Key.Key_Right:
            part = next((each for each in lane if each.start > here), lane[-1])
        elif key == Qt.Key.Key_Left:
            part = next((each for each in reversed(lane) if each.start < here), lane[0])
        else:
            part = next((each for each in reversed(lane) if each.start <= here), lane[0])
        self.select(part)
        self._viewport.reveal(self._frames(part)[0])

    def _on_changed(self, old: Project, new: Project) -> None:
        written = old.chords is new.chords and old.sections is new.sections
        if not written or old.tracks is not new.tracks or old.tempo_map is not new.tempo_map:
            self._reader.start()  # once for several edits in a row, and after they are seen

    def _read(self, project: Project) -> None:
        form = song_form(project)
        if form == self._form:
            self.update()
            return
        keep, self._keep = self._keep, None
        if keep is None and self._current is not None:
            keep = lane_of(self._current), self._current.start
        parts: list[FormPart] = [*form.sections, *form.chords]
        self._form = form
        self._current = next((each for each in parts if keep == (lane_of(each), each.start)), None)
        self._hues = {}
        for section in form.sections:
            self._hues.setdefault(section.name.lower(), 2 * len(self._hues))
        self._describe()
        self.update()
        self.form_changed.emit()

    def _recall(self) -> None:
        """Works out the form of pieces of earlier versions, in the background."""
        document = self._document
        project, folder = document.project, document.folder
        takes = (take for _, clip in project.clips() for take in clip.takes)
        if folder is None or not any(composition_of(take) is not None and form_of(take) is None for take in takes):
            return

        def operation(_: Context) -> bool:
            from engine.inference.recalling import recall_forms

            return recall_forms(project)

        def done(new: bool) -> None:
            if new and document.folder == folder:
                self._read(document.project)

        document.jobs.submit("Read the chords of the song", operation, done, queue="compose", passing=True)


class FormLabels(QWidget):
    """Names the two lanes, left of them."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFixedSize(theme.sizes["headers"], HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            theme = self._theme
            painter.fillRect(self.rect(), theme.panel)
            painter.setFont(theme.font("small"))
            painter.setPen(theme.dim)
            for number, name in enumerate(("Sections", "Chords")):
                place = QRectF(12, number * LANE_PX, self.width() - 24, LANE_PX - 1)
                painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, name)
                painter.fillRect(QRectF(0, (number + 1) * LANE_PX - 1, self.width(), 1), theme.line)
            painter.fillRect(QRectF(self.width() - 1, 0, 1, HEIGHT), theme.line)


def chord_names(chord: SongChord) -> tuple[str, ...]:
    """What a chord may be called: “Fmaj7/A”, else “Fmaj7”, else its triad “F”, where room is scarce."""
    whole = part_name(chord)
    above = whole.partition("/")[0]
    root = above[: 2 if above[1:2] in ("♯", "♭") else 1]
    minor = 3 in CHORDS[chord.chord.quality] and 4 not in CHORDS[chord.chord.quality]
    return tuple(dict.fromkeys((whole, above, root + "m" * minor)))


def part_name(part: SongChord | SongSection) -> str:
    """What a section or a chord is called, with musical signs: “Verse”, “E/G♯”."""
    if isinstance(part, SongSection):
        return part.name.capitalize()
    head, rest = part.symbol[:2], part.symbol[2:]
    head = head[0] + {"#": "♯", "b": "♭"}.get(head[1:], head[1:])
    chord, slash, bass = (head + rest).partition("/")
    return chord + slash + (bass[:1] + {"#": "♯", "b": "♭"}.get(bass[1:], bass[1:]) if bass else "")
