"""Lanes of automation as pictures in tiles: grid, the track's clips as ghosts, the curve and its points.

A tile is painted once for its lane's points, the zoom and what else can be seen in it, and then copied to the screen:
a playhead, a scrolled view and what the mouse does over a lane paint nothing of the curve anew. After a step of a zoom
the tiles before it are stretched where painting all anew would take longer than a frame has.
"""

from dataclasses import dataclass, field
from time import perf_counter
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from desktop.automation.model import LaneModel
from desktop.theme import Theme, mix, with_alpha
from desktop.timeline import grid
from desktop.timeline.clip_layout import Spans
from desktop.view.viewport import Viewport
from desktop.widgets.painting import painting
from engine.project.model import Track

TILE = 1024
"""Device pixels of a tile; tiles begin at multiples of it from the song's start."""
POINT = 3.5
"""Px, half the width of a point."""
CLOSE = 10.0
"""Px to the farther neighbour below which a point is not drawn, only the line."""
APART = 24.0
"""Px between points, on average, from which on the line is drawn thicker."""

BUDGET = 0.003
"""Seconds of a frame for tiles that are painted while older ones can be stretched in their place."""

Pixels = NDArray[np.float64]


@dataclass(slots=True)
class _Tiles:
    key: tuple[Any, ...] = ()  # frames of a px, and what else can be seen
    images: dict[int, QImage] = field(default_factory=dict)  # by number from the song's start
    before: dict[int, QImage] = field(default_factory=dict)  # those of another zoom
    before_frames: float = 1.0  # a device pixel of those


class LaneTiles:
    """The tiles of the lanes of one timeline. UI thread only."""

    def __init__(self, theme: Theme, spans: Spans) -> None:
        self._theme, self._spans = theme, spans
        self._colour = mix(theme.window, theme.panel, 0.45)
        self._grounds = _Tiles()
        self._lanes: WeakKeyDictionary[LaneModel, _Tiles] = WeakKeyDictionary()
        self._stamps: dict[tuple[int, float], QImage] = {}
        self.painted = 0
        """Tiles painted so far."""
        self._spent = 0.0  # seconds of this frame
        self._zoom = 0.0

    def renew(self) -> None:
        """Another frame begins: so many tiles may be painted again."""
        self._spent = 0.0

    def draw(self, painter: QPainter, model: LaneModel, track: Track | None, area: QRectF, hue: QColor) -> bool:
        """Copies what of a lane lies in `area` to the screen, and paints the tiles that are missing.

        Says whether all is as it should be: where it is not, tiles of another zoom were stretched, and it is to be
        drawn again after `renew`.
        """
        viewport = model.viewport
        dpr, left = viewport.dpr, viewport.left_device
        if viewport.frames_per_px != self._zoom:
            self._zoom, self._spent = viewport.frames_per_px, 0.0
        tiles = self._tiles_of(model, track, hue)
        height = round(model.height * dpr)
        first, last = left + int(area.left() * dpr), left + round(area.right() * dpr)
        whole = True
        for number in range(first // TILE, -(-last // TILE)):
            a, b = max(first, number * TILE), min(last, (number + 1) * TILE)
            target = QRectF((a - left) / dpr, 0, (b - a) / dpr, height / dpr)
            image = tiles.images.get(number)
            if image is None and tiles.before and self._spent > BUDGET:
                self._stretch(painter, tiles, viewport, target, height)
                whole = False
                continue
            if image is None:
                began = perf_counter()
                image = tiles.images[number] = self._paint(model, track, number, hue)
                self._drop_far(tiles, number, viewport.width * dpr)
                self._spent += perf_counter() - began
            painter.drawImage(target, image, QRectF(a - number * TILE, 0, b - a, height))
        if whole and area.width() >= viewport.width:
            tiles.before = {}
        return whole

    def _stretch(self, painter: QPainter, tiles: _Tiles, viewport: Viewport, target: QRectF, height: int) -> None:
        """Draws what the tiles of another zoom have of an area."""
        ratio = viewport.frames_per_device_px / tiles.before_frames  # of their pixels to one of the screen's
        dpr, left = viewport.dpr, viewport.left_device
        first, last = (left + target.left() * dpr) * ratio, (left + target.right() * dpr) * ratio
        if not all(number in tiles.before for number in range(int(first // TILE), int(-(-last // TILE)))):
            painter.fillRect(target, self._colour)
        for number, image in tiles.before.items():
            a, b = max(first, number * TILE), min(last, (number + 1) * TILE)
            if a < b:
                place = QRectF((a / ratio - left) / dpr, 0, (b - a) / ratio / dpr, height / dpr)
                painter.drawImage(place, image, QRectF(a - number * TILE, 0, b - a, height))

    def _tiles_of(self, model: LaneModel, track: Track | None, hue: QColor) -> _Tiles:
        viewport = model.viewport
        tiles = self._lanes.setdefault(model, _Tiles())
        shown = (model.points, model.own_value) if model.spec is not None else None
        clips = track.clips if track else ()
        key = (viewport.frames_per_px, viewport.dpr, model.height, model.clock, hue.rgba(), shown, clips)
        if key != tiles.key:
            if key[1:] != tiles.key[1:]:
                tiles.before = {}
            elif tiles.images:
                tiles.before, tiles.before_frames = tiles.images, tiles.key[0] / viewport.dpr
            tiles.key, tiles.images = key, {}
        return tiles

    @staticmethod
    def _drop_far(tiles: _Tiles, number: int, width: float) -> None:
        """Keeps what is on the screen, and a screen on either side of it."""
        reach = 2 * width / TILE + 1
        for other in [each for each in tiles.images if abs(each - number) > reach]:
            del tiles.images[other]

    def _paint(self, model: LaneModel, track: Track | None, number: int, hue: QColor) -> QImage:
        self.painted += 1
        image = self._ground(model, number).copy()
        dpr, per_px = model.viewport.dpr, model.viewport.frames_per_px
        first, width = number * TILE / dpr, TILE / dpr
        with painting(image) as painter:
            painter.translate(-first, 0)  # from here on, x is px from the song's start
            if track is not None:
                spans, shade = self._spans.of(track), with_alpha(hue, 0.09)
                for index in spans.visible(first * per_px, (first + width) * per_px + 1):
                    left = model.viewport.device_x(spans.starts[index]) / dpr
                    right = model.viewport.device_x(spans.ends[index]) / dpr
                    painter.fillRect(QRectF(left, 0, max(right - left - 1, 1), model.height - 1), shade)
            if model.spec is not None:
                self._curve(painter, model, first, first + width, hue)
        return image

    def _ground(self, model: LaneModel, number: int) -> QImage:
        """The ground with the grid, which all lanes share."""
        viewport = model.viewport
        key = (viewport.frames_per_px, viewport.dpr, model.height, model.clock)
        if key != self._grounds.key:
            self._grounds = _Tiles(key)
        image = self._grounds.images.get(number)
        if image is None:
            theme, dpr, first = self._theme, viewport.dpr, number * TILE
            image = QImage(TILE, round(model.height * dpr), QImage.Format.Format_RGB32)
            image.setDevicePixelRatio(dpr)
            image.fill(self._colour)
            columns = grid.line_columns(
                model.clock, viewport.frames_per_px, first, first + TILE, viewport.frames_per_device_px
            )
            with painting(image) as painter:
                for places, colour in zip(columns, (theme.grid_beat, theme.grid_bar), strict=True):
                    for x in (places / dpr).tolist():
                        painter.fillRect(QRectF(x, 0, 1 / dpr, model.height), colour)
                painter.fillRect(QRectF(0, model.height - 1, TILE / dpr, 1), theme.line)
            self._grounds.images[number] = image
            self._drop_far(self._grounds, number, viewport.width * dpr)
        return image

    def _curve(self, painter: QPainter, model: LaneModel, first: float, last: float, hue: QColor) -> None:
        """The curve between two places in px from the song's start."""
        frames, per_px = model.frames, model.viewport.frames_per_px
        xs, ys = curve_line(model, first - 2, last + 2)
        line = _points_at(xs, ys)
        if len(frames):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(with_alpha(hue, 0.16))
            foot = [QPointF(line[-1].x(), model.height - 1), QPointF(line[0].x(), model.height - 1)]
            painter.drawPolygon(QPolygonF([*line, *foot]))  # smooth edges cost ten times as much; the line hides them
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(hue if len(frames) else with_alpha(hue, 0.55), 1)
        if not len(frames):
            pen.setStyle(Qt.PenStyle.DashLine)
            pen.setDashOffset(line[0].x())  # so that dashes go on from tile to tile
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(line)
        if len(frames) and (frames[-1] - frames[0]) >= APART * per_px * (len(frames) - 1):
            painter.drawPolyline(_points_at(xs, ys + 0.5))  # a line of two px at once takes thirty times as long
        self._dots(painter, model, frames, first, last, hue)

    def _dots(
        self, painter: QPainter, model: LaneModel, frames: NDArray[np.int64], first: float, last: float, hue: QColor
    ) -> None:
        viewport, reach = model.viewport, POINT + 2
        per_px, dpr = viewport.frames_per_px, viewport.dpr
        a, b = np.searchsorted(frames, ((first - reach) * per_px, (last + reach) * per_px + 1)).tolist()
        if a == b:
            return
        gaps = np.diff(frames[max(a - 1, 0) : b + 1]) / per_px
        before = gaps[: b - a] if a else np.concatenate(([np.inf], gaps[: b - a - 1]))
        after = gaps[-(b - a) :] if b < len(frames) else np.concatenate((gaps, [np.inf]))[-(b - a) :]
        shown = np.flatnonzero(np.maximum(before, after) >= CLOSE) + a
        if not len(shown):
            return
        stamp = self._stamp(hue, dpr)
        half = stamp.width() / 2
        xs = np.rint(frames[shown] / viewport.frames_per_device_px) - half
        ys = np.rint(model.point_ys[shown] * dpr - half)
        for place in _points_at(xs / dpr, ys / dpr):
            painter.drawImage(place, stamp)

    def _stamp(self, hue: QColor, dpr: float) -> QImage:
        """A point: an image is copied four times as fast as a circle is drawn."""
        key = hue.rgba(), dpr
        if key not in self._stamps:
            size = 2 * round((POINT + 1) * dpr)
            image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
            image.fill(Qt.GlobalColor.transparent)
            with painting(image) as painter:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(hue)
                painter.drawEllipse(QPointF(size / 2, size / 2), POINT * dpr, POINT * dpr)
            image.setDevicePixelRatio(dpr)
            self._stamps[key] = image
        return self._stamps[key]


def curve_line(model: LaneModel, first: float, last: float) -> tuple[Pixels, Pixels]:
    """The curve from `first` to `last`, both in px from the song's start: a place for every px where it bends.

    A curve of straight lines has only its points. Returns the places' x, from the song's start, and y.
    """
    per_px, points = model.viewport.frames_per_px, model.frames
    if not len(points):
        return np.array([first, last]), np.full(2, model.y(model.own_value))
    if model.is_straight:
        a, b = np.searchsorted(points, (first * per_px, last * per_px)).tolist()
        edges = model.ys(model.values(np.array([first * per_px, last * per_px])))
        xs = np.concatenate(([first], points[a:b] / per_px, [last]))
        return xs, np.concatenate((edges[:1], model.point_ys[a:b], edges[1:]))
    frames = np.arange(first, last + 1) * per_px
    near = points[(points > frames[0]) & (points < frames[-1])].astype(np.float64)
    if len(near) > 2 * (last - first):  # more than the screen can show
        near = near[:: int(len(near) / max(last - first, 1))]
    places = np.unique(np.concatenate((frames, near, near - 0.5)))
    ys = model.ys(model.values(places))
    bends = np.ones(len(places), bool)  # what lies on the line between its neighbours is left out
    if len(places) > 2:
        slopes = np.diff(ys) / np.diff(places)
        bends[1:-1] = np.abs(np.diff(slopes)) * per_px > 1e-4
    return places[bends] / per_px, ys[bends]


def _points_at(xs: Pixels, ys: Pixels) -> list[QPointF]:
    return list(map(QPointF, xs.tolist(), ys.tolist()))
