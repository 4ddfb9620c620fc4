"""Row images: the clips of one track between two device columns, painted by whole arrays.

A strip is made once for a zoom and kept until what it shows changes; scrolling copies it to the screen. All x and y in
this module are device pixels; x counts from the song's start.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from PySide6.QtGui import QImage

from desktop.timeline import grid
from desktop.timeline.palette import PARTS, Condition, Ground, Palette, Part, clip_colours
from desktop.timeline.rows import Row
from desktop.timeline.spans import TrackSpans
from engine.project.model import MIN_GAIN_DB, Clip, Take, Track
from engine.tempo import Clock

TITLE_PX = 16
STEREO_MIN_PX = 44
"""Body height, in device-independent px, from which a stereo clip shows two lanes."""


class PeakSource(Protocol):
    """Where waveforms come from."""

    def channels(self, source_id: str) -> int:
        """1 or 2; 1 when unknown."""

    def columns(self, source_id: str, first: np.ndarray, last: np.ndarray) -> np.ndarray | None:
        """Lowest and highest sample and RMS between pairs of project frames.

        Args:
            source_id: whose sound.
            first: frames (k,), float64.
            last: the frames after the last ones (k,), each later than its `first`.

        Returns:
            float32 (channels, 3, k), zero outside the sound; None while nothing is known.
        """


@dataclass(slots=True)
class Looks:
    """What the clips of one track look like, as arrays over `TrackSpans.clips`."""

    track: Track
    colours: np.ndarray  # palette index of the first colour of the chosen take
    takes: list[tuple[Take, ...]]
    chosen: list[int]
    gains: list[float]


def make_looks(track: Track, clips: Sequence[Clip], growing: frozenset[str]) -> Looks:
    """The looks of `clips`, all on `track`; `growing` are the ids of growing sources."""
    colours = [clip_colours(hue_of(track, clip), condition_of(track, clip, growing)) for clip in clips]
    return Looks(
        track,
        np.array(colours, np.uint8),
        [clip.takes for clip in clips],
        [clip.take for clip in clips],
        [decibels(clip.gain_db) for clip in clips],
    )


def hue_of(track: Track, clip: Clip) -> int:
    """The hue that `clip` has on `track`."""
    return track.colour if clip.colour is None else clip.colour


def condition_of(track: Track, clip: Clip, growing: frozenset[str]) -> Condition:
    """The condition that `clip` is drawn in."""
    if clip.mute or track.mute:
        return Condition.MUTED
    return Condition.LIT if clip.chosen.source in growing else Condition.SOUNDING


def decibels(gain_db: float) -> float:
    """The linear gain."""
    return 0.0 if gain_db <= MIN_GAIN_DB else 10 ** (gain_db / 20)


@dataclass(frozen=True, slots=True)
class Scene:
    """What all strips of a frame share."""

    clock: Clock
    density: grid.Density
    frames_per_px: float  # per device pixel
    dpr: float
    palette: Palette
    peaks: PeakSource
    lines: bool  # whether samples are so far apart that they are drawn as lines, later


@dataclass(frozen=True, slots=True)
class _Columns:
    """Which clip each column of a strip belongs to, and what it plays there."""

    clip: np.ndarray  # index of the clip, −1 for none
    covered: np.ndarray  # column numbers that belong to a clip
    owner: np.ndarray  # their clips
    first: np.ndarray  # source frames before the take's shift
    last: np.ndarray


def paint_strip(scene: Scene, row: Row, spans: TrackSpans, looks: Looks, x0: int, x1: int, *, selected: bool) -> QImage:
    """The image of `row` from column `x0` up to `x1`, without text, fades and other line work."""
    dpr = scene.dpr
    height = device_top(row.bottom, dpr) - device_top(row.top, dpr)
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
    empty = Ground.SELECTED if selected else Ground.EMPTY
    view[:track_height] = empty
    view[track_height:] = Ground.LANE
    for step, beside in ((scene.density.thin, 1), (scene.density.strong, 2)):
        columns = grid.line_columns(scene.clock, step, x0, x1, scene.frames_per_px)
        view[:track_height, columns] = empty + beside
        view[track_height:, columns] = Ground.LANE + beside


def _assign(scene: Scene, spans: TrackSpans, x0: int, x1: int) -> tuple[_Columns, np.ndarray]:
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
    covered = np.flatnonzero(clip >= 0)
    owner = clip[covered]
    length = spans.length_array[owner]
    begin = np.clip((covered + x0) * per_px - spans.start_array[owner], 0, np.maximum(length - 1e-3, 0))
    end_ = np.minimum(np.maximum(begin + per_px, begin + 1e-3), length)
    loop = spans.loop_array[owner]
    wrapped = np.where(per_px >= loop, 0.0, (spans.phase_array[owner] + begin) % loop)
    stop = np.minimum(wrapped + (end_ - begin), loop)
    backwards = spans.reverse_array[owner]
    if backwards.any():
        wrapped, stop = np.where(backwards, loop - stop, wrapped), np.where(backwards, loop - wrapped, stop)
    offset = spans.offset_array[owner]
    wide = ends - starts >= 4
    edges = np.stack((starts[wide], ends[wide]))
    return _Columns(clip, covered, owner, wrapped + offset, stop + offset), edges


def _paint_band(
    scene: Scene, band: np.ndarray, columns: _Columns, looks: Looks, lane: int | None, edges: np.ndarray
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
        chosen = np.array(looks.chosen)[owner] == lane
        hue = (looks.colours[owner].astype(np.int32) - clip_colours(0, Condition.SOUNDING)) // PARTS % 10
        faint = clip_colours(0, Condition.UNCHOSEN) + hue * PARTS
        colours = np.where(chosen, looks.colours[owner], faint).astype(np.uint8)
        columns = _Columns(columns.clip, covered, owner, columns.first[has_lane], columns.last[has_lane])
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


def _mask(width: int, covered: np.ndarray) -> np.ndarray:
    mask = np.zeros(width, bool)
    mask[covered] = True
    return mask


def _cut_edges(scene: Scene, band: np.ndarray, edges: np.ndarray, base: np.ndarray, width: int) -> None:
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
    """How far inside the waveform each pixel is: 0 outside, 1 within the peaks, 2 within the RMS; (height, width)."""
    if scene.lines:
        return None
    owner = columns.owner
    values = np.zeros((2, 3, width), np.float32)
    stereo = np.zeros(width, bool)
    two_lanes = height >= STEREO_MIN_PX * scene.dpr
    # columns of one clip lie together: cut the row into runs of one take each, and ask once per source
    runs: dict[str, list[tuple[slice, int, Take]]] = {}
    bounds = np.flatnonzero(np.diff(owner)) + 1
    for start, end in zip((0, *bounds.tolist()), (*bounds.tolist(), len(owner)), strict=True):
        index = int(owner[start])
        take = looks.takes[index][looks.chosen[index] if lane is None else lane]
        runs.setdefault(take.source, []).append((slice(start, end), index, take))
    for source, parts in runs.items():
        if len(parts) == 1:
            where: slice | np.ndarray = parts[0][0]
            shift: float | np.ndarray = parts[0][2].shift
            gain: float | np.ndarray = looks.gains[parts[0][1]] * decibels(parts[0][2].gain_db)
        else:
            where = np.concatenate([np.arange(part.start, part.stop) for part, _, _ in parts])
            sizes = [part.stop - part.start for part, _, _ in parts]
            shift = np.repeat(np.array([take.shift for _, _, take in parts], np.float64), sizes)
            gains = [looks.gains[index] * decibels(take.gain_db) for _, index, take in parts]
            gain = np.repeat(np.array(gains, np.float32), sizes)
        found = scene.peaks.columns(source, columns.first[where] + shift, columns.last[where] + shift)
        if found is None:
            continue
        at = columns.covered[where]
        if len(found) == 2 and not two_lanes:
            found = _merge(found)
        values[0][:, at] = found[0] * gain
        if len(found) == 2:
            values[1][:, at] = found[1] * gain
            stereo[at] = True
    items = _fill(values[0], np.where(stereo, 0.25, 0.5), stereo, height)
    if stereo.any():
        lower = _fill(values[1], np.full(width, 0.75), stereo, height)
        np.copyto(items, np.maximum(items, lower), where=stereo)
    return items


def _merge(stereo: np.ndarray) -> np.ndarray:
    low = stereo[:, 0].min(axis=0)
    high = stereo[:, 1].max(axis=0)
    rms = np.sqrt(np.square(stereo[:, 2]).mean(axis=0))
    return np.stack((low, high, rms))[None]


def _fill(values: np.ndarray, middle: np.ndarray, stereo: np.ndarray, height: int) -> np.ndarray:
    """The pixels of one lane around `middle` (share of the height)."""
    low, high, rms = values
    kind = np.uint8 if height <= 255 else np.uint16
    room = np.where(stereo, 0.25, 0.5) * (height - 2)
    centre = middle * (height - 1)
    upper, lower = (
        np.where(stereo & (middle > 0.5), height // 2 + 1, 0),
        np.where(stereo & (middle < 0.5), height // 2 - 1, height - 1),
    )
    top = np.clip(np.rint(centre - high * room), upper, lower)
    bottom = np.clip(np.rint(centre - low * room), top, lower)
    inner_top = np.clip(np.rint(centre - rms * room), top, bottom)
    inner_bottom = np.clip(np.rint(centre + rms * room), inner_top, bottom)
    y = np.arange(height, dtype=kind)[:, None]
    first, inner_first = top.astype(kind), inner_top.astype(kind)
    span, inner_span = (bottom - top).astype(kind), (inner_bottom - inner_top).astype(kind)
    inside = ((y - first) <= span).view(np.uint8)
    # a line of one pixel stays thin: no RMS where there is none
    deeper = (((y - inner_first) <= inner_span) & (rms > 0)).view(np.uint8)
    return inside + deeper
