"""The master's loudness over time while the song plays: what EBU R 128 meters write down, to be zoomed and read."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from desktop.bridge import PlayerBridge
from desktop.settings import Settings
from desktop.theme import Theme, with_alpha
from desktop.widgets.plain import Label
from engine.playback.state import PlayerState

EMPTY = "Play the song to see its loudness over time."
STEP = 0.1  # s between two entries
KEPT = 36_000  # entries: an hour of playing
LOWEST, HIGHEST = -50.0, 0.0  # LUFS
WINDOW = 60.0  # s in view while the newest are followed
TARGET = -14.0  # LUFS, what streaming services play at
_KEY = "loudness/target"
_REDRAW = 100  # ms


@dataclass(slots=True)
class LoudnessHistory:
    """Readings since playing began or the meters were reset, at most `KEPT` of them; times add up over pauses."""

    values: np.ndarray  # (KEPT, 4) float32: time, momentary, short-term, integrated
    count: int = 0
    dropped: int = 0

    @classmethod
    def empty(cls) -> LoudnessHistory:
        """No readings."""
        return cls(np.zeros((KEPT, 4), np.float32))

    def add(self, momentary: float, short: float, integrated: float) -> None:
        """Adds a reading in LUFS, `STEP` after the one before; −∞ is drawn at the lower edge."""
        if self.count == KEPT:
            half = KEPT // 2
            self.values[: KEPT - half] = self.values[half:].copy()
            self.count, self.dropped = KEPT - half, self.dropped + half
        levels = [max(level, LOWEST) if math.isfinite(level) else LOWEST for level in (momentary, short, integrated)]
        self.values[self.count] = ((self.dropped + self.count) * STEP, *levels)
        self.count += 1

    @property
    def rows(self) -> np.ndarray:
        """The readings, (count, 4): seconds, momentary, short-term, integrated."""
        return self.values[: self.count]

    @property
    def end(self) -> float:
        """Seconds until the newest reading."""
        return float(self.values[self.count - 1, 0]) if self.count else 0.0

    def at(self, seconds: float) -> np.ndarray | None:
        """The reading nearest to a time, (4,); None outside."""
        index = round(seconds / STEP) - self.dropped
        return self.values[index] if 0 <= index < self.count else None


class LoudnessPanel(QWidget):
    """Momentary, short-term and integrated loudness as curves, with a target line that one drags."""

    def __init__(self, bridge: PlayerBridge, settings: Settings, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._settings = theme, settings
        self.history = LoudnessHistory.empty()
        self._due = 0.0  # s of playing until the next reading
        self._last: float | None = None
        self._follows = True
        self._plots: _Plots | None = None
        self._message = Label(EMPTY)
        self._message.setProperty("role", "dim")
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._message)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REDRAW)
        self._timer.timeout.connect(self._draw)
        self.setAccessibleName("Loudness history")
        self.setAccessibleDescription("The master's loudness while the song plays, in LUFS")
        bridge.meters_changed.connect(self.show_state)

    def show_state(self, state: PlayerState, now: float | None = None) -> None:
        """Writes down what the player measures while it plays. `now` is the monotonic time in seconds."""
        from time import monotonic

        now = monotonic() if now is None else now
        elapsed, self._last = (now - self._last if self._last is not None else 0.0), now
        if not state.playing or state.holding:
            self._last = None
            return
        self._due -= elapsed
        steps = 0
        while self._due <= 0 and steps < 50:
            self.history.add(state.lufs_m, state.lufs_s, state.lufs_i)
            self._due += STEP
            steps += 1
        if steps and self.isVisible() and not self._timer.isActive():
            self._timer.start()

    def clear(self) -> None:
        """Forgets the readings."""
        self.history = LoudnessHistory.empty()
        self._follows, self._due = True, 0.0
        self._pages.setCurrentWidget(self._message)

    @property
    def target(self) -> float:
        """The level of the target line, in LUFS."""
        return self._settings.number(_KEY, TARGET)

    def reading(self, seconds: float) -> str:
        """What was measured at a time: "0:34 · short −12.7 · momentary −13.6 · integrated −12.9 LUFS"."""
        row = self.history.at(seconds)
        if row is None:
            return ""
        momentary, short, integrated = ("−∞" if level <= LOWEST else f"{level:.1f}" for level in row[1:])
        whole = round(float(row[0]))
        text = f"{whole // 60}:{whole % 60:02} · short {short} · momentary {momentary} · integrated {integrated} LUFS"
        return text.replace("-", "−")

    # inside

    def _draw(self) -> None:
        rows = self.history.rows
        if not len(rows):
            return
        if self._plots is None:
            self._plots = _Plots(self._theme, self.target, self)
            self._plots.view.sigRangeChangedManually.connect(self._stop_following)
            self._plots.view.reset_requested.connect(self._follow)
            self._plots.surface.scene().sigMouseMoved.connect(self._on_mouse)
            self._plots.target.sigPositionChangeFinished.connect(self._keep_target)
            self._pages.addWidget(self._plots.surface)
        self._plots.show_rows(rows)
        if self._follows:
            end = max(self.history.end, WINDOW)
            self._plots.view.setXRange(end - WINDOW, end, padding=0)
        self._pages.setCurrentWidget(self._plots.surface)

    def _follow(self) -> None:
        self._follows = True
        if self._plots is not None:
            self._plots.view.setYRange(LOWEST, HIGHEST, padding=0)
        self._draw()

    def _stop_following(self, *_: object) -> None:
        self._follows = False

    def _keep_target(self) -> None:
        if self._plots is not None:
            self._settings.put(_KEY, round(self._plots.target.value(), 1))

    def _on_mouse(self, place: QPointF) -> None:
        if self._plots is not None:
            inside = self._plots.view.sceneBoundingRect().contains(place)
            point = self._plots.view.mapSceneToView(place)
            self._plots.show_reading(self.reading(point.x()) if inside else "", point.x(), point.y())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._draw()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()


class _Plots:
    """The curves and what lies over them."""

    def __init__(self, theme: Theme, target: float, parent: QWidget) -> None:
        from desktop.docks import plots

        self._plots = plots
        pg = plots.pg
        self.surface = plots.canvas(theme, parent)
        self.view = plots.ZoomBox()
        time, level = plots.TimeAxis("bottom"), pg.AxisItem("left")
        plot = self.surface.addPlot(0, 0, viewBox=self.view, axisItems={"bottom": time, "left": level})
        level.setTicks([[(mark, f"−{-mark}" if mark else "0") for mark in range(-48, 1, 6)]])
        for axis in (time, level):
            plots.style_axis(axis, theme)
        plot.hideButtons()
        self.view.setLimits(xMin=0, yMin=LOWEST, yMax=HIGHEST, minXRange=2, minYRange=6)
        self.view.setYRange(LOWEST, HIGHEST, padding=0)
        self.target = plots.line(theme, with_alpha(theme.warning, 0.8), 0, movable=True)
        self.target.setBounds((LOWEST, HIGHEST))
        self.target.setValue(target)
        self._name = pg.InfLineLabel(self.target, "", position=0.02, anchors=[(0, 1), (0, 1)], color=theme.warning)
        self.target.sigPositionChanged.connect(self._show_target)
        self._show_target()
        pens = (
            pg.mkPen(with_alpha(theme.text, 0.35), width=1),
            pg.mkPen(theme.accent, width=2),
            pg.mkPen(theme.text, width=1.5, style=Qt.PenStyle.DashLine),
        )
        legend = pg.LegendItem(
            offset=(-12, 8), labelTextColor=theme.dim, labelTextSize="11px", horSpacing=12, colCount=3
        )
        legend.setParentItem(self.view)
        self._curves = [
            pg.PlotDataItem(pen=pen, skipFiniteCheck=True, clipToView=True, autoDownsample=True) for pen in pens
        ]
        for curve, name in zip(self._curves, ("Momentary", "Short-term", "Integrated"), strict=True):
            plot.addItem(curve)
            legend.addItem(curve, name)
        plot.addItem(self.target, ignoreBounds=True)
        self._label = plots.label(theme)
        plot.addItem(self._label, ignoreBounds=True)
        self.show_reading("", 0, 0)

    def show_rows(self, rows: np.ndarray) -> None:
        """Draws readings (n, 4)."""
        for column, curve in enumerate(self._curves, 1):
            curve.setData(rows[:, 0], rows[:, column])

    def _show_target(self) -> None:
        self._name.setFormat(f"Target {self.target.value():.1f} LUFS".replace("-", "−"))

    def show_reading(self, text: str, x: float, y: float) -> None:
        """Shows what lies under the mouse; "" takes it away."""
        self._label.setVisible(bool(text))
        if text:
            self._label.setText(text)
            self._plots.place_label(self._label, self.view, x, y)
