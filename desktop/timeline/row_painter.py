"""Row images: the clips of one track between two device columns, painted by whole arrays.

A strip is made once for a zoom and kept until what it shows changes; scrolling copies it to the screen. All x and y in
this module are device pixels; x counts from the song's start.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from PySide6.QtGui import QImage

from desktop.timeline import grid
from desktop.timeline.clip_layout import Stack, TrackSpans
from desktop.timeline.palette import PARTS, Condition, Ground, Palette, Part, clip_colours
from desktop.timeline.rows import Row
from engine.playback.gains import gain_of
from engine.project.model import Clip, Take, TakePart, Track
from engine.project.warping import warp_lines
from engine.timing.clock import Clock

TITLE_PX = 16
STEREO_MIN_PX = 44
"""Body height, in device-independent px, from which a stereo clip shows two lanes."""
MAX_LEVELS = 4
"""Clips that are drawn above each other where they overlap; more are rare, and the lowest of them stay hidden."""


class PeakSource(Protocol):
    """Where waveforms come from."""

    def columns(
        self, sources: Sequence[str], which: np.ndarray, first: np.ndarray, last: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Lowest and highest sample and RMS between pairs of project frames.

        Args:
            sources: ids.
            which: index into `sources` for each column (k,).
            first: frames (k,), float64.
            last: the frames after the last ones (k,), each later than its `first`.

        Returns:
            float32 (2, 3, k), zero where there is no sound or nothing is known of it, a mono source twice the same;
            and which columns are stereo (k,).
        """

    def samples(self, source_id: str, frames: np.ndarray) -> np.ndarray | None:
        """The samples at `frames` (int64): float32 (channels, k), zero outside the sound; None if unknown."""


@dataclass(slots=True)
class Looks:
    """What the clips of one track look like, as arrays over `TrackSpans.clips`."""

    track: Track
    colours: np.ndarray  # palette index of the first colour of the chosen take
    takes: list[tuple[Take, ...]]
    chosen: np.ndarray  # index of the chosen take
    gains: list[float]
    warps: dict[str, tuple[np.ndarray, np.ndarray]]
    """For takes that are warped, by id: frames of the stretched sound, and those of the source that lie there."""
    comps: dict[int, tuple[TakePart, ...]] = field(default_factory=dict)
    """For clips with a comp, by their index: which take is heard where."""

    def heard(self, columns: "_Columns") -> np.ndarray:
        """The number of the take that is heard in each covered column (k,)."""
        takes: np.ndarray = self.chosen[columns.owner]
        for index, parts in self.comps.items():
            where = columns.owner == index
            if where.any():
                firsts = [part.first for part in parts[1:]]
                numbers = np.array([part.take for part in parts])
                takes[where] = numbers[np.searchsorted(firsts, columns.begin[where], "right")]
        return takes


def make_looks(track: Track, clips: Sequence[Clip], growing: frozenset[str], clock: Clock) -> Looks:
    """The looks of `clips`, all on `track` in a song with that clock; `growing` are the ids of growing sources."""
    colours = [clip_colours(hue_of(track, clip), condition_of(track, clip, growing)) for clip in clips]
    return Looks(
        track,
        np.array(colours, np.uint8),
        [clip.takes for clip in clips],
        np.array([clip.take for clip in clips], np.int64),
        [gain_of(clip.gain_db) for clip in clips],
        {
            take.id: warp_lines(take.content, clock.frames(clip.position), clip.length, clock)
            for clip in clips
            for take in clip.takes
            if take.source and take.content.follows_tempo
        },
        {index: clip.take_parts for index, clip in enumerate(clips) if clip.comp},
    )


def hue_of(track: Track, clip: Clip) -> int:
    """The hue that `clip` has on `track`."""
    return track.colour if clip.colour is None else clip.colour


def condition_of(track: Track, clip: Clip, growing: frozenset[str]) -> Condition:
    """The condition that `clip` is drawn in."""
    if clip.mute or track.mute:
        return Condition.MUTED
    return Condition.LIT if clip.chosen.source in growing else Condition.SOUNDING


Edges = tuple[np.ndarray, np.ndarray]
"""Columns at which clips begin, and before which they end."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What all strips of a frame share."""

    clock: Clock
    grid_frames_per_px: float  # per pixel of the screen's unit, as the ruler has it
    frames_per_px: float  # per device pixel
    dpr: float
    palette: Palette
    peaks: PeakSource
    grounds: dict[tuple[int, int, Ground], np.ndarray] = field(default_factory=dict)

    @property
    def close(self) -> bool:
        """Whether a sample is wider than a pixel, so that lines are drawn from one to the next."""
        return self.frames_per_px < 1

    def ground_row(self, x0: int, x1: int, ground: Ground) -> np.ndarray:
        """One row of `ground` with its thin and strong grid lines between two columns, the same for all rows."""
        row = self.grounds.get((x0, x1, ground))
        if row is None:
            row = self.grounds[x0, x1, ground] = np.full(x1 - x0, ground, np.uint8)
            lines = grid.line_columns(self.clock, self.grid_frames_per_px, x0, x1, self.frames_per_px)
            for beside, columns in enumerate(lines, 1):
                row[columns] = ground + beside
        return row


@dataclass(frozen=True, slots=True)
class _Columns:
    """Which clip each column of a strip belongs to, and what it plays there."""

    clip: np.ndarray  # index of the clip, −1 for none
    covered: np.ndarray  # column numbers that belong to a clip
    owner: np.ndarray  # their clips
    first: np.ndarray  # source frames before the take's shift
    last: np.ndarray
    begin: np.ndarray  # frames of the clips


def paint_strip(scene: Scene, row: Row, spans: TrackSpans, looks: Looks, x0: int, x1: int, *, selected: bool) -> QImage:
    """The image of `row` from column `x0` up to `x1`, without text, fades and other line work."""
    dpr = scene.dpr
    height = device_top(row.clips_bottom, dpr) - device_top(row.top, dpr)
    track_height = device_height(row.height, dpr)
    width = x1 - x0
    image = np.empty((height, (width + 3) & ~3), np.uint8)
    view = image[:, :width]
    _paint_ground(scene, view, x0, x1, track_height, selected=selected)
    columns, edges = _assign(scene, spans, x0, x1)
    one = max(round(dpr), 1)
    if len(columns.covered):
        bottom = track_height - one - max(round(dpr), 1)
        _paint_band(scene, view[one:bottom], columns, looks, None, edges)
        _paint_stacks(scene, view[one:bottom], spans, looks, x0)
        for lane in range(row.lanes):
            top = track_height + round(lane * row.lane_height * dpr)
            _paint_band(scene, view[top : top + round(row.lane_height * dpr) - one], columns, looks, lane, edges)
    view[height - one :] = Ground.SEPARATOR
    picture = QImage(image.data, width, height, image.strides[0], QImage.Format.Format_Indexed8)
    picture.setColorTable(scene.palette.table)
    painted = picture.convertToFormat(QImage.Format.Format_RGB32)
    painted.setDevicePixelRatio(dpr)
    return painted


def device_height(height: int, dpr: float) -> int:
    """Device pixels of a height in px."""
    return max(round(height * dpr), 1)


def device_top(y: int, dpr: float) -> int:
    """The device pixel at which `y` px begins."""
    return round(y * dpr)


def _paint_ground(scene: Scene, view: np.ndarray, x0: int, x1: int, track_height: int, *, selected: bool) -> None:
    view[:track_height] = scene.ground_row(x0, x1, Ground.SELECTED if selected else Ground.EMPTY)
    if len(view) > track_height:
        view[track_height:] = scene.ground_row(x0, x1, Ground.LANE)


def _assign(scene: Scene, spans: TrackSpans, x0: int, x1: int) -> tuple[_Columns, Edges]:
    per_px = scene.frames_per_px
    visible = spans.visible(x0 * per_px - per_px, x1 * per_px + per_px)
    part = slice(visible.start, visible.stop)
    starts = np.rint(spans.start_array[part] / per_px).astype(np.int64) - x0
    ends = np.rint((spans.start_array[part] + spans.length_array[part]) / per_px).astype(np.int64) - x0
    ends = np.maximum(ends, starts + 1)
    width = x1 - x0
    clip = np.full(width, -1, np.int32)
    for index, start, end in zip(visible, starts.tolist(), ends.tolist(), strict=True):
        if end > 0 and start < width:
            clip[max(start, 0) : end] = index
    wide = ends - starts >= 4
    edges = _edges(clip, np.arange(visible.start, visible.stop)[wide], starts[wide], ends[wide])
    return _columns(scene, spans, clip, x0), edges


def _columns(scene: Scene, spans: TrackSpans, clip: np.ndarray, x0: int) -> _Columns:
    """What is played in columns from `x0` on that belong to the clips with the indices `clip`."""
    per_px = scene.frames_per_px
    covered = np.flatnonzero(clip >= 0)
    owner = clip[covered]
    length = spans.length_array[owner]
    begin = (covered + x0) * per_px - spans.start_array[owner]
    begin = np.minimum(np.maximum(begin, 0), np.maximum(length - 1e-3, 0))
    if not spans.has_files:
        return _Columns(clip, covered, owner, begin, begin, begin)
    end_ = np.minimum(np.maximum(begin + per_px, begin + 1e-3), length)
    loop = spans.loop_array[owner]
    turned = (spans.phase_array[owner] + begin) % loop if spans.looped_array[owner].any() else begin
    wrapped = np.where(per_px >= loop, 0.0, turned)
    stop = np.minimum(wrapped + (end_ - begin), loop)
    backwards = spans.reverse_array[owner]
    if backwards.any():
        wrapped, stop = np.where(backwards, loop - stop, wrapped), np.where(backwards, loop - wrapped, stop)
    offset = spans.offset_array[owner]
    return _Columns(clip, covered, owner, wrapped + offset, stop + offset, begin)


def _edges(clip: np.ndarray, index: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> Edges:
    """The columns at which clips begin, and those before which they end or go on under a later one."""
    width = len(clip)
    under = clip[np.minimum(np.maximum(ends - 1, 0), width - 1)] != index
    hidden = under & (ends > 0) & (ends <= width)
    return starts, np.concatenate((ends[~hidden], starts))


def _paint_band(
    scene: Scene, band: np.ndarray, columns: _Columns, looks: Looks, lane: int | None, edges: Edges
) -> None:
    """Paints the track itself (`lane` None) or one take lane into `band`."""
    covered, owner = columns.covered, columns.owner
    colours = looks.colours[owner]
    if lane is not None:
        takes = np.array([len(each) > 1 and len(each) > lane for each in looks.takes])
        has_lane = takes[owner]
        covered, owner = covered[has_lane], owner[has_lane]
        if not len(covered):
            return
        begin = columns.begin[has_lane]
        columns = _Columns(columns.clip, covered, owner, columns.first[has_lane], columns.last[has_lane], begin)
        chosen = looks.heard(columns) == lane
        hue = (looks.colours[owner].astype(np.int32) - clip_colours(0, Condition.SOUNDING)) // PARTS % 10
        faint = clip_colours(0, Condition.UNCHOSEN) + hue * PARTS
        colours = np.where(chosen, looks.colours[owner], faint).astype(np.uint8)
    height, width = band.shape
    title = min(round(TITLE_PX * scene.dpr), height) if lane is None else 0
    whole = len(covered) == width
    base = np.zeros(width, np.uint8)
    base[covered] = colours
    mask = True if whole else _mask(width, covered)
    if title:
        np.copyto(band[:title], base + np.uint8(Part.TITLE), where=mask)
    body = band[title:]
    if len(body) > 2:
        painted = base + np.uint8(Part.BODY)
        items = _waveform(scene, columns, looks, lane, len(body), width)
        np.copyto(body, painted if items is None else items + painted, where=mask)
    _cut_edges(scene, band, edges, base, width)


def level_rows(height: int, levels: int, level: int) -> tuple[int, int]:
    """(first, row after the last) of a body of `height` in which the clip at `level` of a stack is drawn."""
    return level * height // levels, (level + 1) * height // levels


def shown_levels(stack: Stack) -> tuple[int, ...]:
    """The clips of a stack that are drawn above each other, the topmost first."""
    return stack.clips[:MAX_LEVELS]


def _paint_stacks(scene: Scene, band: np.ndarray, spans: TrackSpans, looks: Looks, x0: int) -> None:
    """Where clips overlap each gets a part of the body's height, so that all that sounds is seen."""
    per_px, width = scene.frames_per_px, band.shape[1]
    body = band[min(round(TITLE_PX * scene.dpr), len(band)) :]
    stacks = spans.stacks_between(x0 * per_px, (x0 + width) * per_px)
    if len(body) < 3 * MAX_LEVELS:
        return
    for levels in sorted({len(shown_levels(stack)) for stack in stacks}):
        alike = [stack for stack in stacks if len(shown_levels(stack)) == levels]
        for level in range(levels):
            clip = np.full(width, -1, np.int32)
            for stack in alike:
                first, last = round(stack.first / per_px) - x0, round(stack.last / per_px) - x0
                clip[max(first, 0) : max(last, 0)] = stack.clips[level]
            columns = _columns(scene, spans, clip, x0)
            if not len(columns.covered):
                continue
            top, bottom = level_rows(len(body), levels, level)
            rows = body[top:bottom]
            base = np.zeros(width, np.uint8)
            base[columns.covered] = looks.colours[columns.owner] + np.uint8(Part.BODY)
            mask = _mask(width, columns.covered)
            if level:
                np.copyto(rows[:1], np.uint8(Ground.EMPTY), where=mask)
                rows = rows[1:]
            items = _waveform(scene, columns, looks, None, len(rows), width)
            np.copyto(rows, base if items is None else items + base, where=mask)


def _mask(width: int, covered: np.ndarray) -> np.ndarray:
    mask = np.zeros(width, bool)
    mask[covered] = True
    return mask


def _cut_edges(scene: Scene, band: np.ndarray, edges: Edges, base: np.ndarray, width: int) -> None:
    """A gap of one pixel at each clip's right edge, and rounded corners."""
    gap = max(round(scene.dpr), 1)
    starts, ends = edges
    for step in range(1, gap + 1):
        at = ends - step
        at = at[(at >= 0) & (at < width)]
        at = at[base[at] != 0]
        band[:, at] = Ground.EMPTY
    # device pixels cut from the rows next to the upper and lower edge
    cuts = (2, 1) if scene.dpr < 1.5 else (4, 2, 1, 1)
    for y, cut in enumerate(cuts[: len(band) // 4]):
        for step in range(cut):
            at = np.concatenate((starts + step, ends - gap - 1 - step))
            at = at[(at >= 0) & (at < width)]
            at = at[base[at] != 0]
            band[y, at] = Ground.EMPTY
            band[-1 - y, at] = Ground.EMPTY


def _waveform(
    scene: Scene, columns: _Columns, looks: Looks, lane: int | None, height: int, width: int
) -> np.ndarray | None:
    """How far inside the waveform each pixel is: 0 outside, 1 within the peaks, 2 within the RMS; (height, width).

    None where nothing plays a file: there is no waveform then, not even a line.
    """
    owner = columns.owner
    numbers = looks.heard(columns) if lane is None else np.full(len(owner), lane)
    # columns of one clip lie together: cut the row into runs of one take each
    changes = np.diff(owner) != 0
    if looks.comps:
        changes |= np.diff(numbers) != 0
    bounds = np.flatnonzero(changes) + 1
    starts = np.concatenate(([0], bounds))
    sizes = np.diff(np.append(starts, len(owner)))
    sources: dict[str, int] = {}
    which, shifts, gains = [], [], []
    for index, number in zip(owner[starts].tolist(), numbers[starts].tolist(), strict=True):
        take = looks.takes[index][number]
        which.append(sources.setdefault(take.source, len(sources)))
        shifts.append(take.shift)
        gains.append(looks.gains[index] * gain_of(take.gain_db))
    first, last = columns.first, columns.last
    if any(shifts):
        shift = np.repeat(np.array(shifts, np.float64), sizes)
        first, last = first + shift, last + shift
    if looks.warps:
        first, last = _unwarped(columns, looks, numbers, first, last)
    if not any(sources):
        return None
    picture = _Picture(scene, columns.covered, height, width)
    peaks, stereo_found = scene.peaks.columns(list(sources), np.repeat(which, sizes), first, last)
    gain = np.repeat(np.array(gains, np.float32), sizes)
    peaks *= gain
    values = np.zeros((2, 3, width), np.float32)
    values[:, :, columns.covered] = peaks
    stereo = np.zeros(width, bool)
    if height >= STEREO_MIN_PX * scene.dpr:
        stereo[columns.covered] = stereo_found
    if not stereo.all():
        mono = _merge(values)
        values[0] = np.where(stereo, values[0], mono)
    items = picture.fill(values[0], np.where(stereo, 0.25, 0.5), stereo)
    if stereo.any():
        lower = picture.fill(values[1], np.full(width, 0.75), stereo)
        np.copyto(items, np.maximum(items, lower), where=stereo)
    if scene.frames_per_px * 6 <= 1 / scene.dpr:
        picture.dots(items, values, first, last, stereo)
    if "" in sources:
        items[:, columns.covered[np.repeat(which, sizes) == sources[""]]] = 0
    return items


def _unwarped(
    columns: _Columns, looks: Looks, numbers: np.ndarray, first: np.ndarray, last: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The frames of the sources that are heard between frames of their stretched sounds; numbers: of the takes (k,)."""
    first, last = first.copy(), last.copy()
    for index, number in set(zip(columns.owner.tolist(), numbers.tolist(), strict=True)):
        lines = looks.warps.get(looks.takes[index][number].id)
        if lines is None:
            continue
        where = (columns.owner == index) & (numbers == number)
        for frames in (first, last):
            inside = (frames[where] >= lines[0][0]) & (frames[where] <= lines[0][-1])
            frames[where] = np.where(inside, np.interp(frames[where], *lines), -1e9)
        last[where] = np.maximum(last[where], first[where] + 1e-3)
    return first, last


def _merge(both: np.ndarray) -> np.ndarray:
    """The two channels as one: (2, 3, k) to (3, k)."""
    low = np.minimum(both[0, 0], both[1, 0])
    high = np.maximum(both[0, 1], both[1, 1])
    return np.stack((low, high, np.maximum(both[0, 2], both[1, 2])))


class _Picture:
    """Fills pixels of one clip band."""

    def __init__(self, scene: Scene, covered: np.ndarray, height: int, width: int) -> None:
        self._close = scene.close
        self._thickness = 1.5 * scene.dpr
        self._dot = max(round(scene.dpr), 1)
        self._covered = covered
        self._height, self._width = height, width

    def fill(self, values: np.ndarray, middle: np.ndarray, stereo: np.ndarray) -> np.ndarray:
        """The pixels of one lane around `middle` (share of the height); `values` are (3, width)."""
        low, high, rms = values
        height = self._height
        kind = np.uint8 if height <= 255 else np.uint16
        room = np.where(stereo, 0.25, 0.5) * (height - 2)
        centre = middle * (height - 1)
        upper = np.where(stereo & (middle > 0.5), height // 2 + 1, 0)
        lower = np.where(stereo & (middle < 0.5), height // 2 - 1, height - 1)
        top, bottom = centre - high * room, centre - low * room
        if self._close:
            # a line: what is covered wholly is bright, what is covered in part is dim
            top, bottom = top - self._thickness / 2 + 0.5, bottom + self._thickness / 2 - 0.5
            inner_top, inner_bottom = np.ceil(top), np.floor(bottom)
            filled = inner_bottom >= inner_top
        else:
            inner_top, inner_bottom = np.rint(centre - rms * room), np.rint(centre + rms * room)
            filled = rms > 0
        top = np.minimum(np.maximum(np.rint(top), upper), lower)
        bottom = np.minimum(np.maximum(np.rint(bottom), top), lower)
        inner_top = np.minimum(np.maximum(inner_top, top), bottom)
        inner_bottom = np.minimum(np.maximum(inner_bottom, inner_top), bottom)
        y = np.arange(height, dtype=kind)[:, None]
        # unsigned differences wrap, so that one comparison tests both sides
        inside = ((y - top.astype(kind)) <= (bottom - top).astype(kind)).view(np.uint8)
        deeper = (y - inner_top.astype(kind)) <= (inner_bottom - inner_top).astype(kind)
        deeper &= filled
        inside += deeper.view(np.uint8)
        return inside

    def dots(
        self, items: np.ndarray, values: np.ndarray, first: np.ndarray, last: np.ndarray, stereo: np.ndarray
    ) -> None:
        """A small square at each sample."""
        at = self._covered[np.floor(first) != np.floor(last)]
        size = self._dot
        for channel, share in ((0, np.where(stereo, 0.25, 0.5)), (1, np.where(stereo, 0.75, 0.5))):
            room = np.where(stereo, 0.25, 0.5) * (self._height - 2)
            middle = (values[channel, 0] + values[channel, 1]) / 2 if stereo.any() else _mean(values)
            y = np.rint(share * (self._height - 1) - middle * room).astype(np.int64)[at]
            for dy in range(-size, size + 1):
                for dx in range(-size, size + 1):
                    items[
                        np.minimum(np.maximum(y + dy, 0), self._height - 1),
                        np.minimum(np.maximum(at + dx, 0), self._width - 1),
                    ] = 2
            if not stereo.any():
                break


def _mean(values: np.ndarray) -> np.ndarray:
    return (values[0, 0] + values[0, 1]) / 2
