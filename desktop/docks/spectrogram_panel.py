"""The spectrogram of the selected clip and its spectrum: computed in the background, zoomed and read by mouse."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from desktop.bridge import PlayerBridge
from desktop.document import Document
from desktop.theme import Theme, mix, with_alpha
from desktop.widgets.plain import Label
from engine.analysis.spectrogram import FLOOR, edges, spectrogram
from engine.jobs import Context, Job
from engine.music.keys import NOTES
from engine.project.model import Clip, Project

if TYPE_CHECKING:
    from desktop.docks.plots import pg

QUEUE = "pictures"
MAX_COLUMNS, MAX_ROWS = 2400, 600
EMPTY = "Select one clip to see its spectrogram here."
MARGIN = 8192
"""Frames read beside a part that is zoomed into, so that its first and last windows are full."""
MIN_SPAN = 256  # frames across the view at the closest
_WAIT = 250  # ms after a change before it is computed anew
_SPECTRUM_PX = 180


class SpectrogramPanel(QWidget):
    """Shows the selected clip: the wheel zooms into time, with Ctrl into frequency; a click moves the playhead.

    Beside the spectrogram lies the spectrum of the time in view: its mean, and fainter its highest levels.
    """

    def __init__(self, document: Document, bridge: PlayerBridge, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._bridge, self._theme = document, bridge, theme
        self._clip: Clip | None = None
        self._shown: tuple[object, ...] | None = None
        self._pictured = ""  # the clip's id
        self._values: np.ndarray | None = None
        self._part = (0.0, 1.0)  # frames of the clip that the picture spans
        self._job: Job | None = None
        self._plots: _Plots | None = None
        self._message = Label(EMPTY)
        self._message.setProperty("role", "dim")
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._message.setWordWrap(True)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._message)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WAIT)
        self._timer.timeout.connect(self._compute)
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
    def part(self) -> tuple[float, float]:
        """The frames of the clip that the picture spans."""
        return self._part

    @property
    def message(self) -> str:
        """What is said in place of a picture."""
        return "" if self._values is not None else self._message.text()

    @property
    def view(self) -> pg.ViewBox:
        """The view of the spectrogram: x in frames of the clip, y in log2 of Hz."""
        assert self._plots is not None, "the plots are made when the first picture is"
        return self._plots.view

    # what is shown

    def _on_changed(self, old: Project, new: Project) -> None:
        self._look()

    def _look(self) -> None:
        """Finds out what should be shown; computes it only where it can be seen."""
        if not self.isVisible():
            return
        document = self._document
        chosen = document.selection.clips
        entry = document.project.find_clip(next(iter(chosen))) if len(chosen) == 1 else None
        self._clip = entry[1] if entry else None
        if self._clip is None:
            self._drop(EMPTY)
            self._pictured = ""
            return
        if self._pictured != self._clip.id:
            self._drop("Computing the spectrogram…")
            self._pictured = self._clip.id
        if self._wanted(self._clip) != self._shown:
            self._timer.start()

    def _wanted(self, clip: Clip) -> tuple[object, ...]:
        """What decides the picture: what the clip sounds, the part in view, and the room for it."""
        source = self._document.project.sources.get(clip.chosen.source)
        sound = (self._document.folder, self._document.project.rate, source, clip.content, clip.length)
        return (*sound, *self._size(), self._part_in_view())

    def _part_in_view(self) -> tuple[float, float]:
        """The frames in view; the whole clip while there is no picture of it."""
        length = float(self._clip.length) if self._clip else 1.0
        if self._plots is None or self._values is None:
            return 0.0, length
        first, last = self._plots.view.viewRange()[0]
        return max(round(first), 0.0), min(round(last), length)

    def _size(self) -> tuple[int, int]:
        scale = self.devicePixelRatioF()
        columns = round((self.width() - _SPECTRUM_PX - 72) * scale)
        rows = round((self.height() - 28) * scale)
        return min(max(columns, 0), MAX_COLUMNS), min(max(rows, 0), MAX_ROWS)

    def _drop(self, text: str) -> None:
        self._timer.stop()
        if self._job:
            self._document.jobs.cancel(self._job)
            self._job = None
        self._shown = self._values = None
        self._message.setText(text)
        self._pages.setCurrentWidget(self._message)

    def _compute(self) -> None:
        document, clip = self._document, self._clip
        columns, rows = self._size()
        if clip is None or document.folder is None or columns < 2 or rows < 2:
            return
        if self._job and not self._job.over:
            document.jobs.cancel(self._job)
        project, folder = document.project, document.folder
        subject, part = self._wanted(clip), self._part_in_view()
        if clip.chosen.source and clip.chosen.source not in project.sources:
            self._drop("The clip's audio is missing: locate it in the File menu.")
            return

        def operation(context: Context) -> np.ndarray:
            from engine.inference.clip_audio import clip_sound

            document.sounds.render_missing(project, folder, context, [clip.id])
            start = int(part[0]) - MARGIN
            sound = clip_sound(project, folder, clip, start, int(part[1]) + MARGIN, context)
            inside = part[0] - start, part[1] - start
            return spectrogram(sound.samples, sound.rate, columns, rows, context.progress, part=inside)

        def done(values: np.ndarray) -> None:
            if self._clip is not None and subject == self._wanted(self._clip):
                self._show(values, subject, part)

        def failed(sentence: str) -> None:
            if sentence and self._clip is clip:
                self._drop(sentence)

        self._shown = subject
        self._job = document.jobs.submit(
            f"Spectrogram of “{clip.name}”", operation, done, failed, queue=QUEUE, passing=True
        )

    def _show(self, values: np.ndarray, subject: tuple[object, ...], part: tuple[float, float]) -> None:
        assert self._clip is not None
        if self._plots is None:
            self._plots = _Plots(self._theme, self)
            self._plots.view.clicked.connect(self._seek)
            self._plots.view.reset_requested.connect(self._reset)
            self._plots.view.sigXRangeChanged.connect(self._on_zoomed)
            self._plots.surface.scene().sigMouseMoved.connect(self._on_mouse)
            self._pages.addWidget(self._plots.surface)
        first_time = self._values is None
        self._values, self._part = np.ascontiguousarray(values), part
        low, high = (math.log2(hertz) for hertz in edges(self._document.project.rate))
        self._plots.show_picture(self._values, part, low, high)
        if first_time:
            self._plots.show_clip(self._document.project, self._clip, low, high)
        self._pages.setCurrentWidget(self._plots.surface)
        self._shown = subject if first_time is False else self._wanted(self._clip)
        self._move_playhead(round(self._bridge.position))

    # events

    def showEvent(self, event: object) -> None:
        self._look()

    def hideEvent(self, event: object) -> None:
        self._timer.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._look()

    def _seek(self, frame: float, _: float) -> None:
        if self._clip is not None:
            start = self._document.project.start_of(self._clip)
            self._bridge.seek(start + round(min(max(frame, 0.0), self._clip.length)))

    def _reset(self) -> None:
        if self._clip is not None and self._plots is not None:
            low, high = (math.log2(hertz) for hertz in edges(self._document.project.rate))
            self._plots.show_clip(self._document.project, self._clip, low, high)

    def _on_zoomed(self) -> None:
        if self._plots is not None:
            self._plots.show_reading("", 0, 0)  # what lay under the mouse has moved
        if self._clip is not None and self._values is not None and self._wanted(self._clip) != self._shown:
            self._timer.start()

    def _on_mouse(self, place: QPointF) -> None:
        if self._plots is not None and self._values is not None:
            inside = self._plots.view.sceneBoundingRect().contains(place)
            point = self._plots.view.mapSceneToView(place)
            self._plots.show_reading(self.reading(point.x(), point.y()) if inside else "", point.x(), point.y())

    def _move_playhead(self, frame: int) -> None:
        if self._clip is not None and self._plots is not None and self.isVisible():
            self._plots.playhead.setValue(frame - self._document.project.start_of(self._clip))

    def reading(self, frame: float, height: float) -> str:
        """What lies at a frame of the clip and log2 of Hz: "440 Hz · A4 · −32 dB"; "" outside the picture."""
        values = self._values
        low, high = (math.log2(hertz) for hertz in edges(self._document.project.rate))
        first, last = self._part
        if values is None or not (first <= frame < last and low <= height < high):
            return ""
        rows, columns = values.shape
        row = min(int((high - height) / (high - low) * rows), rows - 1)
        column = min(int((frame - first) / (last - first) * columns), columns - 1)
        level = FLOOR * (1 - int(values[row, column]) / 255)
        hertz = 2.0**height
        named = f"{hertz / 1000:.1f} kHz" if hertz >= 1000 else f"{hertz:.0f} Hz"
        loud = f"{level:.0f} dB".replace("-", "−") if level > FLOOR else "silent"
        return f"{named} · {note_name(hertz)} · {loud}"


class _Plots:
    """The picture, the spectrum beside it, and what lies over them."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        from desktop.docks import plots

        self._plots, self._theme = plots, theme
        pg = plots.pg
        self.surface = plots.canvas(theme, parent)
        self._bars, pitch = plots.BarAxis("top"), plots.FrequencyAxis("left")
        self.view = plots.ZoomBox()
        main = self.surface.addPlot(0, 0, viewBox=self.view, axisItems={"top": self._bars, "left": pitch})
        main.showAxes((True, True, False, False), showValues=(True, True, False, False))
        levels = pg.AxisItem("top")
        side = plots.ZoomBox()
        right = self.surface.addPlot(0, 1, viewBox=side, axisItems={"top": levels})
        right.showAxes((False, True, False, False), showValues=(False, True, False, False))
        right.setFixedWidth(_SPECTRUM_PX)
        side.setYLink(self.view)
        side.setMouseEnabled(x=False, y=True)
        side.setLimits(xMin=FLOOR, xMax=3)
        side.setXRange(FLOOR, 3, padding=0)
        levels.setTicks([[(level, f"{level:g}".replace("-", "−")) for level in (-72, -48, -24, 0)]])
        for axis in (self._bars, pitch, levels):
            plots.style_axis(axis, theme)
        for plot in (main, right):
            plot.hideButtons()
        self._image = pg.ImageItem(axisOrder="row-major", levels=(0, 255))
        self._image.setLookupTable(colour_table(theme))
        main.addItem(self._image)
        self._mean = pg.PlotDataItem(pen=pg.mkPen(theme.accent, width=1.5))
        self._peak = pg.PlotDataItem(pen=pg.mkPen(with_alpha(theme.text, 0.55), width=1))
        right.addItem(self._peak)
        right.addItem(self._mean)
        self.playhead = plots.line(theme, theme.playhead, 90)
        self._cross = [plots.line(theme, with_alpha(theme.text, 0.35), 0) for _ in range(2)]
        main.addItem(self.playhead, ignoreBounds=True)
        main.addItem(self._cross[0], ignoreBounds=True)
        right.addItem(self._cross[1], ignoreBounds=True)
        self._label = plots.label(theme)
        main.addItem(self._label, ignoreBounds=True)
        self.show_reading("", 0, 0)

    def show_picture(self, values: np.ndarray, part: tuple[float, float], low: float, high: float) -> None:
        """Puts a picture (rows, columns) over frames `part` and log2 frequencies `low` to `high`."""
        from PySide6.QtCore import QRectF

        self._image.setImage(values[::-1], autoLevels=False)
        self._image.setRect(QRectF(part[0], low, max(part[1] - part[0], 1.0), high - low))
        rows = len(values)
        heights = low + (np.arange(rows) + 0.5) / rows * (high - low)
        decibels = FLOOR * (1 - values[::-1].astype(np.float32) / 255)
        mean = 10 * np.log10(np.maximum(np.mean(10 ** (decibels / 10), axis=1), 10 ** (FLOOR / 10)))
        self._mean.setData(mean, heights)
        self._peak.setData(decibels.max(axis=1), heights)

    def show_clip(self, project: Project, clip: Clip, low: float, high: float) -> None:
        """Shows the whole of a clip."""
        self._bars.show_clip(project, clip)
        length = max(clip.length, 1)
        span = min(MIN_SPAN, length)
        self.view.setLimits(xMin=0, xMax=length, yMin=low, yMax=high, minXRange=span, minYRange=0.5)
        self.view.setRange(xRange=(0, length), yRange=(low, high), padding=0)

    def show_reading(self, text: str, x: float, y: float) -> None:
        """Shows what lies under the mouse; "" takes it away."""
        for item in (*self._cross, self._label):
            item.setVisible(bool(text))
        if text:
            for item in self._cross:
                item.setValue(y)
            self._label.setText(text)
            self._plots.place_label(self._label, self.view, x, y)


def note_name(hertz: float) -> str:
    """The note nearest to a frequency: A4 for 440 Hz."""
    number = round(69 + 12 * math.log2(hertz / 440))
    return f"{NOTES[number % 12]}{number // 12 - 1}"


def colour_table(theme: Theme) -> np.ndarray:
    """From the well's darkness over the accent to the brightest text, uint8 (256, 3)."""
    stops = (
        (0.0, theme.meter_well),
        (0.35, theme.accent_quiet),
        (0.75, theme.accent),
        (1.0, theme.text),
    )
    table = np.empty((256, 3), np.uint8)
    for step in range(256):
        at = step / 255
        index = max(number for number, (place, _) in enumerate(stops[:-1]) if at >= place)
        (low, dark), (high, bright) = stops[index], stops[index + 1]
        colour = mix(dark, bright, (at - low) / (high - low))
        table[step] = colour.red(), colour.green(), colour.blue()
    return table
