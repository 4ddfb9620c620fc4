"""The spectrogram of the selected clip: computed in the background, with the song's bars and playhead over it."""

import math

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import QFontMetricsF, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QWidget

from desktop.bridge import PlayerBridge
from desktop.document import Document
from desktop.theme import Theme, mix, with_alpha
from engine.analysis.spectrogram import FLOOR, frequency_of, row_of, spectrogram
from engine.jobs import Context, Job
from engine.keys import NOTES
from engine.project.model import Clip, Project

QUEUE = "pictures"
LEFT, TOP = 56, 18  # px for the frequencies and for the bars
MARKS = (50, 100, 200, 500, 1000, 2000, 5000, 10000)  # Hz
MAX_COLUMNS, MAX_ROWS = 2400, 600
EMPTY = "Select one clip to see its spectrogram here."
_WAIT = 250  # ms after a change before it is computed anew


class SpectrogramPanel(QWidget):
    """Shows the selected clip from its start to its end; a click moves the playhead there."""

    def __init__(self, document: Document, bridge: PlayerBridge, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._bridge, self._theme = document, bridge, theme
        self._clip: Clip | None = None
        self._shown: tuple[object, ...] | None = None
        self._pictured = ""  # the clip's id
        self._values: np.ndarray | None = None
        self._image: QImage | None = None
        self._job: Job | None = None
        self._text = EMPTY
        self._mouse: QPointF | None = None
        self._playhead = 0.0
        self._font = theme.font("small")
        self._table = colour_table(theme)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WAIT)
        self._timer.timeout.connect(self._compute)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Spectrogram")
        self.setAccessibleDescription("The selected clip's frequencies over time")
        document.changed.connect(self._on_changed)
        document.selection_changed.connect(self._look)
        bridge.position_changed.connect(self._move_playhead)

    @property
    def picture(self) -> np.ndarray | None:
        """The levels that are shown, (rows, columns) from 0 to 255; None while there is no picture."""
        return self._values

    @property
    def message(self) -> str:
        """What is said in place of a picture."""
        return self._text

    # what is shown

    def _on_changed(self, old: Project, new: Project) -> None:
        self._look()

    def _look(self) -> None:
        """Finds out what should be shown; computes it only where it can be seen."""
        if not self.isVisible():
            return
        document = self._document
        chosen = document.selection.clips
        found = document.project.find_clip(next(iter(chosen))) if len(chosen) == 1 else None
        self._clip = found[1] if found else None
        if self._clip is None:
            self._drop(EMPTY)
            self._pictured = ""
            return
        wanted = self._wanted(self._clip)
        if self._pictured != self._clip.id:
            self._drop("Computing the spectrogram…")
            self._pictured = self._clip.id
        if wanted != self._shown:
            self._timer.start()
        else:
            self.update()

    def _wanted(self, clip: Clip) -> tuple[object, ...]:
        """What decides the picture: what the clip sounds, and the room for it."""
        take = clip.chosen
        source = self._document.project.sources.get(take.source)
        sound = (clip.offset, clip.length, clip.loop_length, clip.loop_phase, clip.reverse, take.shift)
        return (self._document.folder, self._document.project.rate, source, *sound, *self._size())

    def _size(self) -> tuple[int, int]:
        scale = self.devicePixelRatioF()
        room = self._area()
        columns, rows = round(room.width() * scale), round(room.height() * scale)
        return min(max(columns, 0), MAX_COLUMNS), min(max(rows, 0), MAX_ROWS)

    def _area(self) -> QRect:
        return QRect(LEFT, TOP, max(self.width() - LEFT - 8, 0), max(self.height() - TOP - 8, 0))

    def _drop(self, text: str) -> None:
        self._timer.stop()
        if self._job:
            self._document.jobs.cancel(self._job)
            self._job = None
        self._shown = self._values = self._image = None
        self._text = text
        self.update()

    def _compute(self) -> None:
        document, clip = self._document, self._clip
        columns, rows = self._size()
        if clip is None or document.folder is None or columns < 2 or rows < 2:
            return
        if self._job and not self._job.over:
            document.jobs.cancel(self._job)
        project, folder = document.project, document.folder
        wanted = self._wanted(clip)
        source = project.sources.get(clip.chosen.source)
        if source is None:
            self._drop("The clip's audio is missing: locate it in the File menu.")
            return

        def operation(context: Context) -> np.ndarray:
            from engine.studio.sound import clip_sound

            sound = clip_sound(project, folder, clip, context=context)
            return spectrogram(sound.samples, sound.rate, columns, rows, lambda share: context.progress(share))

        def done(values: np.ndarray) -> None:
            if self._clip is not None and wanted == self._wanted(self._clip):
                self._show(values, wanted)

        def failed(sentence: str) -> None:
            if sentence and self._clip is clip:
                self._drop(sentence)

        self._shown = wanted
        self._job = document.jobs.submit(
            f"Spectrogram of “{clip.name}”", operation, done, failed, queue=QUEUE, passing=True
        )

    def _show(self, values: np.ndarray, wanted: tuple[object, ...]) -> None:
        rows, columns = values.shape
        self._values, self._shown, self._text = np.ascontiguousarray(values), wanted, ""
        image = QImage(self._values.data, columns, rows, columns, QImage.Format.Format_Indexed8)
        image.setColorTable(self._table)
        self._image = image.copy()
        self.update()

    # events

    def showEvent(self, event: object) -> None:
        self._look()

    def hideEvent(self, event: object) -> None:
        self._timer.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._look()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if (
            event.button() == Qt.MouseButton.LeftButton
            and self._clip
            and self._area().contains(event.position().toPoint())
        ):
            start = self._document.project.start_of(self._clip)
            self._bridge.seek(start + round(self._share(event.position().x()) * self._clip.length))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._mouse = event.position() if self._area().contains(event.position().toPoint()) else None
        self.update()

    def leaveEvent(self, event: object) -> None:
        self._mouse = None
        self.update()

    def _share(self, x: float) -> float:
        area = self._area()
        return min(max((x - area.x()) / max(area.width(), 1), 0.0), 1.0)

    def _move_playhead(self, frame: int) -> None:
        if self._clip is None or self._image is None or not self.isVisible():
            return
        area = self._area()
        share = (frame - self._document.project.start_of(self._clip)) / max(self._clip.length, 1)
        x = area.x() + share * area.width()
        for place in (self._playhead, x):
            self.update(round(place) - 2, area.y(), 4, area.height())
        self._playhead = x

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme, area = self._theme, self._area()
        painter.fillRect(event.rect(), theme.panel)
        painter.setFont(self._font)
        if self._image is None or self._clip is None:
            painter.setPen(theme.dim)
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._text)
            painter.end()
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(area, self._image)
        self._paint_frequencies(painter, area)
        self._paint_bars(painter, area, self._clip)
        if area.left() <= self._playhead <= area.right():
            painter.fillRect(QRectF(round(self._playhead), area.y(), 1, area.height()), theme.playhead)
        if self._mouse:
            self._paint_reading(painter, area, self._mouse)
        painter.end()

    def _paint_frequencies(self, painter: QPainter, area: QRect) -> None:
        rate, metrics = self._document.project.rate, QFontMetricsF(self._font)
        below = math.inf
        for hertz in MARKS:
            y = area.y() + row_of(hertz, rate, area.height())
            if not area.top() + 6 <= y <= area.bottom() - 4 or below - y < metrics.height():
                continue
            below = y
            painter.setPen(QPen(with_alpha(self._theme.text, 0.10), 1))
            painter.drawLine(QPointF(area.left(), round(y) + 0.5), QPointF(area.right(), round(y) + 0.5))
            painter.setPen(self._theme.dim)
            text = f"{hertz // 1000} kHz" if hertz >= 1000 else f"{hertz} Hz"
            box = QRectF(0, y - metrics.height() / 2, LEFT - 8, metrics.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_bars(self, painter: QPainter, area: QRect, clip: Clip) -> None:
        """Every bar that has room for its number, and a line down from it."""
        project = self._document.project
        clock, start = project.clock, project.start_of(clip)
        per_bar = float(clock.frames_per_beat * clock.signature.bar)
        scale = area.width() / max(clip.length, 1)
        every = 1 << max(0, math.ceil(math.log2(48 / max(per_bar * scale, 1e-9))))
        first = math.ceil((start - 1) / per_bar / every) * every
        for bar in range(int(first), int((start + clip.length) / per_bar) + 1, every):
            x = max(round(area.x() + (bar * per_bar - start) * scale), area.x())
            if x > area.right() - 12:
                break
            painter.setPen(QPen(with_alpha(self._theme.text, 0.16), 1))
            painter.drawLine(QPointF(x + 0.5, area.top()), QPointF(x + 0.5, area.bottom()))
            painter.setPen(self._theme.dim)
            painter.drawText(QPointF(x + 3, TOP - 5), str(bar + 1))

    def _paint_reading(self, painter: QPainter, area: QRect, mouse: QPointF) -> None:
        text = self.reading(mouse)
        metrics = QFontMetricsF(self._font)
        width = metrics.horizontalAdvance(text) + 12
        x = min(max(mouse.x() + 12, area.left()), area.right() - width)
        y = max(mouse.y() - 26, area.top() + 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.raised)
        painter.drawRoundedRect(QRectF(x, y, width, 20), self._theme.radius, self._theme.radius)
        painter.setPen(self._theme.text)
        painter.drawText(QRectF(x, y, width, 20), Qt.AlignmentFlag.AlignCenter, text)

    def reading(self, place: QPointF) -> str:
        """What is under the mouse: "440 Hz · A4 · −32 dB"."""
        area, values = self._area(), self._values
        if values is None:
            return ""
        rows, columns = values.shape
        share = min(max((place.y() - area.y()) / max(area.height(), 1), 0.0), 1 - 1e-9)
        hertz = frequency_of(share * rows, self._document.project.rate, rows)
        column = min(int(self._share(place.x()) * columns), columns - 1)
        level = FLOOR * (1 - int(values[int(share * rows), column]) / 255)
        named = f"{hertz / 1000:.1f} kHz" if hertz >= 1000 else f"{hertz:.0f} Hz"
        loud = f"{level:.0f} dB".replace("-", "−") if level > FLOOR else "silent"
        return f"{named} · {note_name(hertz)} · {loud}"


def note_name(hertz: float) -> str:
    """The note nearest to a frequency: A4 for 440 Hz."""
    number = round(69 + 12 * math.log2(hertz / 440))
    return f"{NOTES[number % 12]}{number // 12 - 1}"


def colour_table(theme: Theme) -> list[int]:
    """From the well's darkness over the accent to the brightest text, 256 colours."""
    stops = (
        (0.0, theme.meter_well),
        (0.35, theme.accent_quiet),
        (0.75, theme.accent),
        (1.0, theme.text),
    )
    table = []
    for step in range(256):
        at = step / 255
        index = max(number for number, (place, _) in enumerate(stops[:-1]) if at >= place)
        (low, dark), (high, bright) = stops[index], stops[index + 1]
        table.append(mix(dark, bright, (at - low) / (high - low)).rgb())
    return table
