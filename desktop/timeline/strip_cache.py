"""Keeps the row images that are on the screen or near it, and makes those that are missing."""

from dataclasses import dataclass, field, replace
from time import perf_counter

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter

from desktop.theme import Theme
from desktop.timeline.clip_decorations import MIN_TEXT_PX, ClipMarks
from desktop.timeline.clip_layout import Spans, Stack, TrackSpans
from desktop.timeline.clip_picture import ClipPicture
from desktop.timeline.contents import draw_content, draw_take
from desktop.timeline.palette import Palette
from desktop.timeline.peakstore import PeakStore
from desktop.timeline.row_painter import (
    TITLE_PX,
    Looks,
    Scene,
    condition_of,
    level_rows,
    make_looks,
    paint_strip,
    shown_levels,
)
from desktop.timeline.rows import Row
from desktop.view.viewport import Viewport
from desktop.widgets.painting import painting
from engine.project.edits.overlaps import is_crossfade
from engine.project.model import Clip, Project, Track
from engine.timing.clock import Clock

BLOCK = 256
"""Strips begin and end on multiples of this many device pixels."""

MIN_MARKED_PX = 16
"""Narrower clips are only waveform."""

Strip = tuple[int, QImage]


@dataclass(slots=True)
class _RowStrips:
    track: Track
    key: tuple[object, ...]
    looks: Looks
    strips: list[Strip] = field(default_factory=list)


class StripCache:
    """Row images for one canvas. UI thread only."""

    def __init__(self, theme: Theme, viewport: Viewport, spans: Spans, peaks: PeakStore) -> None:
        self.palette = Palette(theme)
        self.marks = ClipMarks(theme, self.palette)
        self._viewport = viewport
        self._spans = spans
        self._peaks = peaks
        self._rows: dict[str, _RowStrips] = {}
        self._scene: Scene | None = None
        self.growing: frozenset[str] = frozenset()
        """The ids of the sources that grow now."""
        self._project: Project | None = None
        self.painted = 0
        """Strips made so far."""

    def take(self, project: Project) -> None:
        """Makes `project` the one that is shown."""
        old, self._project = self._project, project
        if old is None or old.clock != project.clock:
            self.forget()
        if old is None or old.sources is not project.sources:
            self.growing = frozenset(key for key, source in project.sources.items() if source.growing)
            changed = {
                key
                for key, source in project.sources.items()
                if old is None or (old.sources.get(key) is not source and key in old.sources)
            }
            if changed and old is not None:
                self.forget_sources(changed)
        if len(self._rows) > 2 * len(project.tracks) + 16:
            alive = {track.id for track in project.tracks}
            self._rows = {key: rows for key, rows in self._rows.items() if key in alive}

    def forget(self) -> None:
        """Drops everything, as for another song."""
        self._rows.clear()
        self._scene = None

    def rescale(self) -> None:
        """Drops the images after a change of zoom."""
        for rows in self._rows.values():
            rows.strips = []
        self._scene = None

    def forget_sources(self, sources: set[str]) -> None:
        """Drops the images of rows that show any of these sources."""
        for key, rows in list(self._rows.items()):
            if any(take.source in sources for takes in rows.looks.takes for take in takes):
                del self._rows[key]

    def strips(self, row: Row, first: int, last: int, *, selected: bool) -> list[Strip]:
        """(column, image) of images that together cover the columns from `first` up to `last` of `row`."""
        scene = self._shared()
        spans = self._spans.of(row.track)
        cached = self._kept(row, spans, selected=selected)
        covered = first
        strips_in_view: list[Strip] = []
        fresh: list[Strip] = []
        for strip in cached.strips:
            x0, x1 = strip[0], strip[0] + strip[1].width()
            if x1 <= first or x0 >= last:
                continue
            if x0 > covered:
                fresh.append(self._paint(scene, row, spans, cached, covered, x0, selected=selected))
            strips_in_view.append(strip)
            covered = max(covered, x1)
        if covered < last:
            fresh.append(self._paint(scene, row, spans, cached, covered, last, selected=selected))
        if fresh:
            width = last - first
            near = [
                strip
                for strip in cached.strips
                if strip[0] < last + width and strip[0] + strip[1].width() > first - width
            ]
            cached.strips = sorted(near + fresh, key=lambda strip: strip[0])
            strips_in_view += fresh
        return strips_in_view

    def paint_ahead(self, rows: list[Row], first: int, last: int, seconds: float, selected: str | None) -> bool:
        """Makes images between these columns before they are needed; says whether the time was enough for all."""
        end = perf_counter() + seconds
        for row in rows:
            before = self.painted
            self.strips(row, first, last, selected=row.track.id == selected)
            if self.painted > before and perf_counter() > end:
                return False
        return True

    def _kept(self, row: Row, spans: TrackSpans, *, selected: bool) -> _RowStrips:
        track = row.track
        key = (row.height, row.lanes, selected, row.top % 2 if self._viewport.dpr % 1 else 0)
        cached = self._rows.get(track.id)
        if cached and cached.key == key:
            if cached.track is track:
                return cached
            before = cached.track
            if before.clips is track.clips and before.colour == track.colour and before.mute == track.mute:
                cached.track = track
                return cached
        cached = _RowStrips(track, key, make_looks(track, spans.clips, self.growing, self._clock))
        self._rows[track.id] = cached
        return cached

    @property
    def _clock(self) -> Clock:
        if self._project is None:
            raise LookupError("no project was taken yet")
        return self._project.clock

    def _shared(self) -> Scene:
        viewport, project = self._viewport, self._project
        if project is None:
            raise LookupError("no project was taken yet")
        if self._scene is None:
            clock = project.clock
            self._scene = Scene(
                clock,
                viewport.frames_per_px,
                viewport.frames_per_device_px,
                viewport.dpr,
                self.palette,
                self._peaks,
            )
        return self._scene

    def _paint(
        self, scene: Scene, row: Row, spans: TrackSpans, cached: _RowStrips, x0: int, x1: int, *, selected: bool
    ) -> Strip:
        first = x0 // BLOCK * BLOCK
        last = -(-x1 // BLOCK) * BLOCK
        image = paint_strip(scene, row, spans, cached.looks, first, last, selected=selected)
        self._draw_marks(scene, image, row, spans, first, last)
        self.painted += 1
        return first, image

    def _draw_marks(self, scene: Scene, image: QImage, row: Row, spans: TrackSpans, x0: int, x1: int) -> None:
        per_px, dpr = scene.frames_per_px, scene.dpr
        least = MIN_MARKED_PX * dpr * per_px
        wide = [index for index in spans.visible(x0 * per_px, x1 * per_px) if spans.clips[index].length >= least]
        if not wide:
            return
        with painting(image) as painter:
            painter.setFont(self.marks.font)
            for index in wide:
                clip = spans.clips[index]
                left = (round(spans.starts[index] / per_px) - x0) / dpr
                right = (round(spans.ends[index] / per_px) - x0) / dpr
                if right > 0 and left * dpr < x1 - x0:
                    self._draw_clip(painter, scene, row, spans, index, clip, left, right - left)
            for stack in spans.stacks_between(x0 * per_px, x1 * per_px):
                left = (round(stack.first / per_px) - x0) / dpr
                self._draw_stack(painter, row, spans, stack, left, (round(stack.last / per_px) - x0) / dpr)

    def _draw_stack(
        self, painter: QPainter, row: Row, spans: TrackSpans, stack: Stack, left: float, right: float
    ) -> None:
        """Names and hatches what lies under other clips, unless it is the crossfade of two."""
        clips = [spans.clips[index] for index in shown_levels(stack)]
        body = QRectF(left, 1 + TITLE_PX, right - left - 1, row.height - 3 - TITLE_PX)
        if right - left < 3 or body.height() < 12 or is_crossfade(clips[1], clips[0], stack.last - stack.first):
            return
        for level, clip in enumerate(clips[1:], 1):
            first, last = level_rows(round(body.height()), len(clips), level)
            area = QRectF(left, body.top() + first, body.width(), last - first)
            self.marks.lies_under(painter, row.track, clip, condition_of(row.track, clip, self.growing), area)

    def _draw_clip(
        self,
        painter: QPainter,
        scene: Scene,
        row: Row,
        spans: TrackSpans,
        index: int,
        clip: Clip,
        left: float,
        width: float,
    ) -> None:
        marks, project = self.marks, self._project
        if project is None:
            return
        px = 1 / (scene.frames_per_px * scene.dpr)
        body = QRectF(left, 1 + TITLE_PX, width - 1, row.height - 3 - TITLE_PX)
        condition = condition_of(row.track, clip, self.growing)
        is_missing = self._peaks.is_missing(clip.chosen.source)
        draw_content(painter, ClipPicture(project, row.track, clip, body, px, marks, is_missing))
        if clip.comp:
            marks.joins(painter, clip, body, px)
        if clip.envelope:
            marks.envelope(painter, clip, body, px)
        if clip.fade_in.length or clip.fade_out.length:
            marks.fades(painter, clip, body, px)
        if width >= MIN_TEXT_PX:
            shown = (spans.uncovered(index) - spans.starts[index]) * px
            marks.title(painter, row.track, clip, condition, left, min(width, shown), 1)
            if row.lanes and len(clip.takes) > 1:
                for lane in range(len(clip.takes)):
                    top = row.height + lane * row.lane_height
                    area = QRectF(left, top + 1, width - 1, row.lane_height - 3)
                    playing = clip if lane == clip.take else replace(clip, take=lane)
                    draw_take(
                        painter,
                        ClipPicture(project, row.track, playing, area, px, marks, False, lane != clip.take),
                    )
                    marks.take_name(painter, row.track, clip, lane, left, width, row.height + lane * row.lane_height)


def blit(painter: QPainter, strips: list[Strip], left: int, y: float, dpr: float) -> None:
    """Copies strips to the screen; `left` is the device column at the left edge."""
    for x, image in strips:
        painter.drawImage(QPointF((x - left) / dpr, y), image)
