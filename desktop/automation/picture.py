"""How a lane of automation is painted: grid, the track's clips as ghosts, the curve and its points."""

from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen, QPolygonF

from desktop.automation.model import LaneModel
from desktop.theme import Theme, mix, with_alpha
from desktop.timeline import grid
from desktop.timeline.clip_layout import Spans
from desktop.widgets.painting import painting
from engine.project.model import Track

POINT = 3.5
"""Px, half the width of a point."""
CLOSE = 6.0
"""Px between points, on average, below which the line alone is drawn."""
MANY = 48
"""Places of a line from which it is drawn thin."""
LABEL_HEIGHT = 18


@dataclass(frozen=True, slots=True)
class Look:
    """What of a lane is marked."""

    focused: bool = False
    hover: int = -1  # index of a point
    dimmed: bool = False  # overridden by hand
    band: QRectF | None = None
    label: str = ""
    mouse: QPointF = field(default_factory=QPointF)


class LanePicture:
    """Paints lanes of one timeline."""

    def __init__(self, theme: Theme, spans: Spans) -> None:
        self._theme, self._spans = theme, spans
        self._font = theme.font("small")
        self._metrics = QFontMetricsF(self._font)
        self._ground = mix(theme.window, theme.panel, 0.45)
        self._painted: tuple[object, QImage] | None = None

    def paint(self, painter: QPainter, model: LaneModel, track: Track | None, area: QRectF, look: Look) -> None:
        """Paints what of a lane lies in `area`."""
        theme = self._theme
        hue = theme.hue(track.colour) if track else theme.accent
        dpr = model.viewport.dpr
        source = QRectF(area.left() * dpr, area.top() * dpr, area.width() * dpr, area.height() * dpr)
        painter.drawImage(area, self._ground_of(model), source)
        if track is not None:
            self._ghosts(painter, model, track, area, hue)
        if model.spec is not None:
            self._curve(painter, model, area, theme.disabled if look.dimmed else hue, look)
        if look.band is not None:
            painter.fillRect(look.band, with_alpha(theme.selection, 0.08))
            painter.setPen(QPen(with_alpha(theme.selection, 0.7), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(look.band)
        if look.label:
            self._label(painter, model, look)

    def ring(self, painter: QPainter, model: LaneModel) -> None:
        """The ring of the lane that has the keyboard."""
        painter.setPen(QPen(self._theme.accent, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(1, 1, model.viewport.width - 2, model.height - 3))

    def _ground_of(self, model: LaneModel) -> QImage:
        """The ground of all lanes, with the grid: painted once for a place and zoom of the view."""
        viewport = model.viewport
        key = (viewport.left_device, viewport.frames_per_px, viewport.width, viewport.dpr, model.clock)
        if self._painted is None or self._painted[0] != key:
            dpr = viewport.dpr
            image = QImage(round(viewport.width * dpr), round(model.height * dpr), QImage.Format.Format_RGB32)
            image.setDevicePixelRatio(dpr)
            image.fill(self._ground)
            with painting(image) as painter:
                self._grid(painter, model, QRectF(0, 0, viewport.width, model.height))
                painter.fillRect(QRectF(0, model.height - 1, viewport.width, 1), self._theme.line)
            self._painted = key, image
        return self._painted[1]

    def _grid(self, painter: QPainter, model: LaneModel, area: QRectF) -> None:
        viewport, theme = model.viewport, self._theme
        left, dpr = viewport.left_device, viewport.dpr
        first, last = left + int(area.left() * dpr), left + round(area.right() * dpr) + 1
        columns = grid.line_columns(model.clock, viewport.frames_per_px, first, last, viewport.frames_per_device_px)
        for places, colour in zip(columns, (theme.grid_beat, theme.grid_bar), strict=True):
            x = (places + (first - left)) / dpr
            for each in x.tolist():
                painter.fillRect(QRectF(each, 0, 1 / dpr, model.height), colour)

    def _ghosts(self, painter: QPainter, model: LaneModel, track: Track, area: QRectF, hue: QColor) -> None:
        viewport, spans = model.viewport, self._spans.of(track)
        shade = with_alpha(hue, 0.09)
        for index in spans.visible(viewport.frame(area.left()), viewport.frame(area.right()) + 1):
            left, right = viewport.x(spans.starts[index]), viewport.x(spans.ends[index])
            painter.fillRect(QRectF(left, 0, max(right - left - 1, 1), model.height - 1), shade)

    def _curve(self, painter: QPainter, model: LaneModel, area: QRectF, hue: QColor, look: Look) -> None:
        viewport = model.viewport
        line = self._line(model, area)
        points = model.points
        if points:
            foot = [QPointF(line[-1].x(), model.height - 1), QPointF(line[0].x(), model.height - 1)]
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(with_alpha(hue, 0.16))
            painter.drawPolygon(QPolygonF([*line, *foot]))  # smooth edges cost ten times as much; the line hides them
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # a line of one px is drawn far faster than a wider one
        pen = QPen(hue if points else with_alpha(hue, 0.55), 1.5 if len(line) <= MANY else 1)
        if not points:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(line)
        first, last = np.searchsorted(
            model.frames, (viewport.frame(area.left() - 8), viewport.frame(area.right() + 8) + 1)
        ).tolist()
        if last - first > 2 and (last - first) * CLOSE > area.width() + 16:
            shown = [index for index in range(first, last) if index in model.chosen or index == look.hover]
        else:
            shown = list(range(first, last))
        if shown:
            self._points(painter, model, shown, hue, look)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _points(self, painter: QPainter, model: LaneModel, shown: list[int], hue: QColor, look: Look) -> None:
        theme = self._theme
        points = model.points
        viewport = model.viewport
        ys = model.ys(np.array([points[index].value for index in shown])).tolist()
        device = np.rint(model.frames[shown] / viewport.frames_per_device_px)
        xs = ((device - viewport.left_device) / viewport.dpr).tolist()
        dots = [QPointF(x, y) for x, y in zip(xs, ys, strict=True)]
        plain = [dot for index, dot in zip(shown, dots, strict=True) if index not in model.chosen]
        if plain:  # as round ends of a pen: one call for all of them
            painter.setPen(QPen(hue, 2 * POINT, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawPoints(plain)
        for index, dot in zip(shown, dots, strict=True):
            chosen = index in model.chosen
            if index != look.hover and not chosen:
                continue
            size = POINT + 1 if index == look.hover else POINT
            painter.setPen(QPen(theme.window if not chosen else theme.selection, 1.5 if chosen else 1))
            painter.setBrush(theme.accent if chosen else hue)
            painter.drawEllipse(dot, size, size)

    @staticmethod
    def _line(model: LaneModel, area: QRectF) -> list[QPointF]:
        """The curve from edge to edge of `area`: a place for every px where it bends, else at its points alone."""
        viewport = model.viewport
        left, right = area.left() - 2, area.right() + 2
        if not model.points:
            y = model.y(model.own_value)
            return [QPointF(left, y), QPointF(right, y)]
        xs = np.array([left, right]) if model.is_straight else np.arange(left, right + 1)
        frames = viewport.left + xs * viewport.frames_per_px
        near = model.frames[(model.frames > frames[0]) & (model.frames < frames[-1])].astype(np.float64)
        if len(near) > 2 * area.width():  # more than the screen can show
            near = near[:: int(len(near) / max(area.width(), 1))]
        places = np.unique(np.concatenate((frames, near, near - 0.5)))
        ys = model.ys(model.values(places))
        bends = np.ones(len(places), bool)  # what lies on the line between its neighbours is left out
        if len(places) > 2 and not model.is_straight:
            slopes = np.diff(ys) / np.diff(places)
            bends[1:-1] = np.abs(np.diff(slopes)) * viewport.frames_per_px > 1e-4
        xs = (places[bends] - viewport.left) / viewport.frames_per_px
        return [QPointF(x, y) for x, y in zip(xs.tolist(), ys[bends].tolist(), strict=True)]

    def _label(self, painter: QPainter, model: LaneModel, look: Look) -> None:
        theme = self._theme
        width = self._metrics.horizontalAdvance(look.label) + 12
        x = min(max(look.mouse.x() + 14, 2), model.viewport.width - width - 2)
        y = min(max(look.mouse.y() - LABEL_HEIGHT - 4, 2), model.height - LABEL_HEIGHT - 3)
        box = QRectF(x, y, width, LABEL_HEIGHT)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.line_strong, 1))
        painter.setBrush(theme.raised)
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        painter.setFont(self._font)
        painter.setPen(theme.text)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, look.label)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
