"""Sections and chords of the song over the ruler: coloured bands with names, and a chip for each chord.

They are those of the composed clips. A click selects the time of one, a double-click repeats it.
"""

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
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from desktop.bridge import PlayerBridge
from desktop.document import Document
from desktop.theme import Theme, mix
from desktop.timeline.palette import readable
from desktop.timeline.time_labels import bar_text
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
HINT = "Click: select its time · Double-click: repeat it · Right-click: more"


class FormLanes(QWidget):
    """Lies over the ruler and shares its viewport."""

    commands_run = True  # see keyboard.py

    hint_changed = Signal(str)
    wheel_turned = Signal(object)
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
        self._current: SongChord | SongSection | None = None
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
        if self._reader.isActive():
            self._reader.stop()
            self._read(self._document.project)
        return self._form

    def at(self, point: QPointF) -> SongChord | SongSection | None:
        """The section or the chord at a place of this widget."""
        lane = self._form.sections if point.y() < LANE_PX else self._form.chords
        return next((each for each in lane if self.rect_of(each).contains(point)), None)

    def rect_of(self, part: SongChord | SongSection) -> QRectF:
        """Where a section or a chord is."""
        clock = self._document.project.clock
        left, right = (self._viewport.x(clock.frame_at(beat)) for beat in (part.start, part.end))
        top = 0 if isinstance(part, SongSection) else LANE_PX
        return QRectF(left, top, right - left, LANE_PX)

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
        menu = Menu(self)
        menu.entry("Select Its Time", lambda: self.select(part))
        menu.entry("Loop Playback", lambda: self.loop(part))
        menu.entry("Move Playhead Here", lambda: self._bridge.seek(self._frames(part)[0]))
        return menu

    # events

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            theme = self._theme
            painter.fillRect(self.rect(), theme.panel)
            for section in self._form.sections:
                self._paint_section(painter, section)
            for chord in self._form.chords:
                self._paint_chord(painter, chord)
            painter.fillRect(QRectF(0, LANE_PX - 1, self.width(), 1), theme.line)
            painter.fillRect(QRectF(0, HEIGHT - 1, self.width(), 1), theme.line)
            if self.hasFocus():
                painter.setPen(QPen(theme.accent, 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        part = self.at(event.position())
        if part is None:
            return
        if event.button() == Qt.MouseButton.RightButton:
            self._current = part
            self.menu_requested.emit(self.menu_of(part), event.globalPosition().toPoint())
        elif event.button() == Qt.MouseButton.LeftButton:
            self.select(part)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and (part := self.at(event.position())) is not None:
            self.loop(part)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.hint_changed.emit(HINT if self.at(event.position()) is not None else "")

    def leaveEvent(self, event: QEvent) -> None:
        self.hint_changed.emit("")

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.wheel_turned.emit(event)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go from one to the next and between the lanes; Enter repeats it."""
        key = event.key()
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._go(Qt.Key(key))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._current is not None:
            self.loop(self._current)
        elif key == Qt.Key.Key_Menu and self._current is not None:
            corner = self.rect_of(self._current).bottomLeft().toPoint()
            self.menu_requested.emit(self.menu_of(self._current), self.mapToGlobal(corner))
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """The tooltip says the whole name and the length."""
        if isinstance(event, QHelpEvent):
            part = self.at(QPointF(event.pos()))
            set_tooltip(self, self._text(part) if part is not None else "")
        return super().event(event)

    # inside

    def _paint_section(self, painter: QPainter, section: SongSection) -> None:
        rect = self.rect_of(section)
        if rect.right() < 0 or rect.left() > self.width():
            return
        theme = self._theme
        hue = theme.hue(self._hues.get(section.name, 0))
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
            painter.setPen(theme.text)
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
        said = "Left and Right go from one to the next, Up and Down change the lane, Enter repeats"
        set_description(self, f"{self._text(self._current)}. {said}" if self._current is not None else said)

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
        if old.tracks is not new.tracks or old.tempo_map is not new.tempo_map:
            self._reader.start()  # once for several edits in a row, and after they are seen

    def _read(self, project: Project) -> None:
        form = song_form(project)
        if form == self._form:
            self.update()
            return
        self._form, self._current = form, None
        self._hues = {}
        for section in form.sections:
            self._hues.setdefault(section.name, 2 * len(self._hues))
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
