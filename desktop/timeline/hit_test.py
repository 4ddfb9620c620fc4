"""What lies under the mouse: which clip, which part of it, and what the mouse would do there."""

from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import QPointF, QRectF, Qt

from desktop.timeline.clip_layout import Spans, TrackSpans
from desktop.timeline.row_painter import TITLE_PX, shown_levels
from desktop.timeline.rows import Row
from desktop.view.viewport import Viewport
from desktop.widgets.scale import share_of
from engine.project.model import Clip

EDGE_PX = 6
FADE_PX = 8
GAIN_PX = 3
LISTEN_PX = 20
RANGE_MIN_BODY = 28
"""Body height from which it selects time; in lower clips all of it moves the clip."""


class Zone(Enum):
    """The parts that the mouse can take hold of."""

    OUTSIDE = auto()  # below the last track
    EMPTY = auto()  # a track, beside its clips
    CLIP = auto()
    RANGE = auto()  # the body of a clip, below its header: time selection
    TRIM_START = auto()
    TRIM_END = auto()
    LOOP = auto()
    FADE_IN = auto()
    FADE_OUT = auto()
    GAIN = auto()
    TAKE = auto()
    LISTEN = auto()  # the button on a take lane
    REGION_START = auto()
    REGION_END = auto()


@dataclass(frozen=True, slots=True)
class Hit:
    """A place on the canvas: its zone, row and clip, the take lane, and the frame there."""

    zone: Zone
    frame: int
    row: Row | None = None
    clip: Clip | None = None
    lane: int | None = None


LANES = (Zone.TAKE, Zone.LISTEN)
"""The zones of take lanes."""

CURSORS = {
    Zone.OUTSIDE: Qt.CursorShape.ArrowCursor,
    Zone.EMPTY: Qt.CursorShape.ArrowCursor,
    Zone.CLIP: Qt.CursorShape.OpenHandCursor,
    Zone.RANGE: Qt.CursorShape.IBeamCursor,
    Zone.TRIM_START: Qt.CursorShape.SizeHorCursor,
    Zone.TRIM_END: Qt.CursorShape.SizeHorCursor,
    Zone.LOOP: Qt.CursorShape.SplitHCursor,
    Zone.FADE_IN: Qt.CursorShape.SizeBDiagCursor,
    Zone.FADE_OUT: Qt.CursorShape.SizeFDiagCursor,
    Zone.GAIN: Qt.CursorShape.SizeVerCursor,
    Zone.TAKE: Qt.CursorShape.PointingHandCursor,
    Zone.LISTEN: Qt.CursorShape.PointingHandCursor,
    Zone.REGION_START: Qt.CursorShape.SizeHorCursor,
    Zone.REGION_END: Qt.CursorShape.SizeHorCursor,
}

HINTS = {
    Zone.OUTSIDE: "Drop audio here for a new track · Double-click: add a track",
    Zone.EMPTY: "Drag: select clips · Alt+drag: select time · Ctrl+Alt+drag: move the view · Ctrl+wheel: zoom",
    Zone.CLIP: "Drag: move · Shift: without snapping · Alt: copy · Ctrl: slip the sound · Ctrl+click: add to selection",
    Zone.RANGE: "Drag: select time · Click: select the clip · Shift: without snapping · Alt: copy · Ctrl+drag: slip",
    Zone.TRIM_START: "Drag: trim the start, and of all selected · Alt: make more before it · Shift: without snapping",
    Zone.TRIM_END: "Drag: trim the end, and of all selected · Alt: make more after it · Shift: without snapping",
    Zone.LOOP: "Drag: loop the clip · Shift: without snapping",
    Zone.FADE_IN: "Drag: fade in · Shift: without snapping · Right-click: shape",
    Zone.FADE_OUT: "Drag: fade out · Shift: without snapping · Right-click: shape",
    Zone.GAIN: "Drag: clip gain · Shift: fine · Double-click: 0 dB",
    Zone.TAKE: "Click: choose this take · Drag: choose it for that part · Alt+click: listen · 1 to 9: choose by number",
    Zone.LISTEN: "Click: listen to this take, in the song while it plays · Click the lane: choose it",
    Zone.REGION_START: "Drag: where the selected time starts · Shift: without snapping",
    Zone.REGION_END: "Drag: where the selected time ends · Shift: without snapping",
}


@dataclass(frozen=True, slots=True)
class Geometry:
    """Where clips and their parts are on the canvas."""

    viewport: Viewport
    spans: Spans

    def row_top(self, row: Row) -> float:
        """The y of a row's upper edge."""
        return row.top - self.viewport.top

    def clip_rect(self, row: Row, clip: Clip) -> QRectF:
        """The clip without its take lanes."""
        left = self.viewport.x(self.spans.start(clip))
        right = self.viewport.x(self.spans.end(clip))
        return QRectF(left, self.row_top(row) + 1, max(right - left - 1, 2), row.height - 3)

    def body_rect(self, row: Row, clip: Clip) -> QRectF:
        """The clip below its title."""
        return self.clip_rect(row, clip).adjusted(0, TITLE_PX, 0, 0)

    def lane_rect(self, row: Row, clip: Clip, lane: int) -> QRectF:
        """One of its take lanes."""
        clip_rect = self.clip_rect(row, clip)
        top = self.row_top(row) + row.height + lane * row.lane_height
        return QRectF(clip_rect.left(), top, clip_rect.width(), row.lane_height - 1)

    def listen_rect(self, row: Row, clip: Clip, lane: int) -> QRectF:
        """The button at the right end of a take lane, inside the view; empty where there is no room for it."""
        lane_rect = self.lane_rect(row, clip, lane)
        right = min(lane_rect.right(), self.viewport.width)
        if right - max(lane_rect.left(), 0) < 3 * LISTEN_PX:
            return QRectF()
        return QRectF(right - LISTEN_PX - 6, lane_rect.center().y() - LISTEN_PX / 2, LISTEN_PX, LISTEN_PX)

    def fade_x(self, clip: Clip, *, fade_in: bool) -> float:
        """The x at which a fade is over (or begins, for the fade-out)."""
        start = self.spans.start(clip)
        return self.viewport.x(
            start + clip.fade_in.length if fade_in else start + clip.length - clip.fade_out.length
        ) - (0 if fade_in else 1)

    def hit(self, row: Row | None, point: QPointF, active: frozenset[str], region: tuple[int, int] | None) -> Hit:
        """What is at `point`. Handles belong to the `active` (hovered or selected) clips and to the topmost one."""
        frame = self.viewport.frame(point.x())
        if row is None:
            return Hit(Zone.OUTSIDE, frame)
        if region and not point.x() < 0:
            for edge, zone in zip(region, (Zone.REGION_START, Zone.REGION_END), strict=True):
                if abs(self.viewport.x(edge) - point.x()) <= 4:
                    return Hit(zone, frame, row)
        lane = row.lane_at(point.y() + self.viewport.top)
        spans = self.spans.of(row.track)
        slack = 2 * self.viewport.frames_per_px
        under = self._level_at(row, spans, frame, point) if lane is None else None
        indices = reversed(spans.visible(frame - slack, frame + slack)) if under is None else (under,)
        for index in indices:
            clip = spans.clips[index]
            rect = self.clip_rect(row, clip)
            if not rect.left() - 1 <= point.x() <= rect.right() + 1:
                continue
            if lane is not None:
                if lane < len(clip.takes) > 1:
                    on_button = self.listen_rect(row, clip, lane).contains(point)
                    return Hit(Zone.LISTEN if on_button else Zone.TAKE, frame, row, clip, lane)
                continue
            return Hit(self._zone(row, clip, rect, point, active), frame, row, clip)
        return Hit(Zone.EMPTY, frame, row, None, lane)

    def _level_at(self, row: Row, spans: TrackSpans, frame: int, point: QPointF) -> int | None:
        """The clip that is drawn at `point` where several overlap, unless it is the topmost of them."""
        stack = next(iter(spans.stacks_between(frame, frame + 1)), None)
        if stack is None:
            return None
        levels = shown_levels(stack)
        body = self.body_rect(row, spans.clips[levels[0]])
        level = int((point.y() - body.top()) / max(body.height(), 1) * len(levels))
        return levels[min(level, len(levels) - 1)] if level >= 1 else None

    def gain_y(self, row: Row, clip: Clip) -> float:
        """The y of the clip's gain line."""
        body = self.body_rect(row, clip)
        return body.bottom() - share_of(clip.gain_db) * body.height()

    def _zone(self, row: Row, clip: Clip, rect: QRectF, point: QPointF, active: frozenset[str]) -> Zone:
        body = rect.adjusted(0, TITLE_PX, 0, 0)
        edge = min(EDGE_PX, rect.width() / 5)
        in_title = point.y() < body.top()
        if rect.width() > 4 * FADE_PX and body.top() <= point.y() <= body.top() + FADE_PX + 2:
            into, out = self.fade_x(clip, fade_in=True), self.fade_x(clip, fade_in=False)
            if -2 <= point.x() - into <= FADE_PX:
                return Zone.FADE_IN
            if -FADE_PX <= point.x() - out <= 2:
                return Zone.FADE_OUT
        if in_title and point.x() >= rect.right() - 2 * edge:
            return Zone.LOOP
        if point.x() <= rect.left() + edge:
            return Zone.TRIM_START
        if point.x() >= rect.right() - edge:
            return Zone.TRIM_END
        if clip.id in active and not in_title and abs(point.y() - self.gain_y(row, clip)) <= GAIN_PX:
            return Zone.GAIN
        tall = body.height() >= RANGE_MIN_BODY
        return Zone.RANGE if tall and not in_title else Zone.CLIP
