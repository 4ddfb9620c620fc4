"""Plots that are zoomed and hovered, drawn with pyqtgraph. Imported when the first of them is shown: it costs 0.5 s."""

import math
from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from desktop.theme import Theme, with_alpha
from engine.project.model import Clip, Project
from engine.timing.clock import Clock
from engine.timing.position import Position
from engine.timing.tempo_map import COMMON_TEMPO

FREQUENCIES = (50, 100, 200, 500, 1000, 2000, 5000, 10000)  # Hz
_LEFT_AXIS, _TOP_AXIS = 52, 20  # px
_GRID = 36  # of 255, how strong the lines of the grid are


class ZoomBox(pg.ViewBox):
    """A view whose wheel zooms along x, with Ctrl along y; a drag moves it, a double-click shows everything."""

    clicked = Signal(float, float)
    """A click at (x, y) of the plot."""
    reset_requested = Signal()

    def __init__(self) -> None:
        super().__init__(enableMenu=False)

    def wheelEvent(self, event: object, axis: int | None = None) -> None:
        """Zooms at the mouse."""
        if axis is None:
            axis = 1 if event.modifiers() & Qt.KeyboardModifier.ControlModifier else 0  # type: ignore[attr-defined]
        super().wheelEvent(event, axis)

    def mouseClickEvent(self, event: object) -> None:
        """Tells a click with its place, and a double-click."""
        if event.button() != Qt.MouseButton.LeftButton:  # type: ignore[attr-defined]
            return
        event.accept()  # type: ignore[attr-defined]
        if event.double():  # type: ignore[attr-defined]
            self.reset_requested.emit()
        else:
            place: QPointF = self.mapSceneToView(event.scenePos())  # type: ignore[attr-defined]
            self.clicked.emit(place.x(), place.y())


class FrequencyAxis(pg.AxisItem):
    """Marks octaves of log2(Hz) with round frequencies."""

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """The marks between two logarithms."""
        return [(1.0, [math.log2(hertz) for hertz in FREQUENCIES if low <= math.log2(hertz) <= high])]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        """Hz and kHz."""
        return [frequency_text(2**value) for value in values]


class BarAxis(pg.AxisItem):
    """Marks frames of a clip with the numbers of the song's bars."""

    def __init__(self, orientation: str) -> None:
        super().__init__(orientation)
        self._clock, self._start = Clock(48000, COMMON_TEMPO), 0

    def show_clip(self, project: Project, clip: Clip) -> None:
        """Counts the bars of `clip`."""
        self._clock, self._start = project.clock, project.start_of(clip)
        self.picture = None
        self.update()

    def tickValues(self, low: float, high: float, size: float) -> list[tuple[float, list[float]]]:
        """Every bar that has room for its number."""
        clock = self._clock
        first = clock.bar_at(Position.at_frame(math.floor(self._start + low))).number
        last = clock.bar_at(Position.at_frame(math.floor(self._start + high))).number
        width = self._width(first) * size / max(high - low, 1e-9)  # px of a bar
        every = 1 << max(0, math.ceil(math.log2(48 / max(width, 1e-9))))
        bars = range(first + -(first - 1) % every, last + 1, every)
        starts = [clock.frames(clock.bar_start(bar)) - self._start for bar in bars]
        return [(every * self._width(first), [float(start) for start in starts if start >= low - 1])]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        """The bars' numbers, the first bar of a song being 1."""
        # a bar may start up to half a frame after its frame
        frames = (round(value + self._start) + 1 for value in values)
        return [str(self._clock.bar_at(Position.at_frame(frame)).number) for frame in frames]

    def _width(self, bar: int) -> int:
        """The frames of a bar."""
        clock = self._clock
        return clock.frames(clock.bar_start(bar + 1)) - clock.frames(clock.bar_start(bar))


class TimeAxis(pg.AxisItem):
    """Marks seconds as minutes and seconds."""

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        """“1:05”, with tenths where the marks are closer than a second."""
        return [minutes(value, tenths=spacing < 1) for value in values]


def canvas(theme: Theme, parent: QWidget) -> pg.GraphicsLayoutWidget:
    """An empty plotting surface in the theme's colours."""
    surface = pg.GraphicsLayoutWidget(parent=parent)
    surface.setBackground(theme.panel)
    surface.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    surface.ci.layout.setContentsMargins(0, 0, 8, 4)
    surface.ci.layout.setSpacing(4)
    surface.viewport().setMouseTracking(True)
    return surface


def style_axis(axis: pg.AxisItem, theme: Theme) -> None:
    """Gives an axis the theme's text and faint grid lines."""
    axis.setStyle(tickFont=theme.font("small"), tickLength=0, tickTextOffset=6)
    axis.setPen(with_alpha(theme.text, 0.0))
    axis.setTextPen(theme.dim)
    axis.setTickPen(pg.mkPen(theme.text, width=1))
    axis.setGrid(_GRID)
    if axis.orientation == "top":
        axis.setHeight(_TOP_AXIS)  # plots side by side keep one scale even where one of them has no marks
    elif axis.orientation == "left":
        axis.setWidth(_LEFT_AXIS)


def line(theme: Theme, colour: QColor, angle: int, *, movable: bool = False) -> pg.InfiniteLine:
    """A line across a plot."""
    pen = pg.mkPen(colour, width=1)
    return pg.InfiniteLine(angle=angle, pen=pen, hoverPen=pg.mkPen(theme.text, width=2), movable=movable)


def label(theme: Theme) -> pg.TextItem:
    """A small plate with text beside the mouse."""
    text = pg.TextItem("", color=theme.text, fill=theme.raised, border=theme.line_strong)
    text.setFont(theme.font("small"))
    text.setZValue(10)
    return text


def place_label(text: pg.TextItem, view: pg.ViewBox, x: float, y: float) -> None:
    """Puts a label beside (x, y) so that it stays inside the view."""
    (left, right), (low, high) = view.viewRange()
    text.setAnchor((1.1 if x > (left + right) / 2 else -0.1, -0.2 if y > (low + high) / 2 else 1.2))
    text.setPos(x, y)


def frequency_text(hertz: float) -> str:
    """“440 Hz” or “2 kHz”."""
    return f"{hertz / 1000:g} kHz" if hertz >= 999.5 else f"{hertz:.0f} Hz"


def minutes(seconds: float, *, tenths: bool = False) -> str:
    """“1:05” or “1:05.3”."""
    whole = round(max(seconds, 0) * 10) if tenths else round(max(seconds, 0)) * 10
    text = f"{whole // 600}:{whole // 10 % 60:02}"
    return f"{text}.{whole % 10}" if tenths else text


__all__ = [
    "BarAxis",
    "FrequencyAxis",
    "TimeAxis",
    "ZoomBox",
    "canvas",
    "frequency_text",
    "label",
    "line",
    "minutes",
    "place_label",
    "style_axis",
    "pg",
]
