"""The master's loudness over time while the song plays: what EBU R 128 meters write down, to be zoomed and read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from desktop.docks.loudness_history import LOWEST, LoudnessHistory, LoudnessRecorder
from desktop.settings import Settings
from desktop.theme import Theme, with_alpha
from desktop.widgets.plain import Label

if TYPE_CHECKING:
    import numpy as np

EMPTY = "Play the song to see its loudness over time."
HIGHEST = 0.0  # LUFS
WINDOW = 60.0  # s in view while the newest are followed
TARGET = -14.0  # LUFS, what streaming services play at
_KEY = "loudness/target"
_REDRAW = 100  # ms


class LoudnessPanel(QWidget):
    """Momentary, short-term and integrated loudness as curves, with a target line that one drags."""

    def __init__(
        self, recorder: LoudnessRecorder, settings: Settings, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._recorder, self._theme, self._settings = recorder, theme, settings
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
        recorder.written.connect(self._draw_soon)
        recorder.cleared.connect(self._on_cleared)

    @property
    def history(self) -> LoudnessHistory:
        """The readings that are shown."""
        return self._recorder.history

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

    def _draw_soon(self) -> None:
        if self.isVisible() and not self._timer.isActive():
            self._timer.start()

    def _on_cleared(self) -> None:
        self._follows = True
        self._pages.setCurrentWidget(self._message)

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
