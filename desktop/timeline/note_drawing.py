"""Draws the notes of a clip in its body: each at its beat and pitch, the louder the brighter."""

import math
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPainter

from desktop.notes.arrays import ARRAYS, MOST_KEPT, difference
from desktop.theme import mix
from desktop.timeline.clip_picture import ClipPicture
from desktop.timeline.palette import Condition, Palette, Part
from desktop.timeline.row_painter import hue_of
from engine.project.model import NoteContent

MIN_SEMITONES = 12
"""The least range of pitches that a body shows, so that a repeated note is no bar."""
MAX_NOTE_PX = 6.0
_MARGIN = 2.0  # px above and below the notes
_LEVELS = 4  # of brightness
_MOST_TURNS = 4000  # of a loop that are drawn


@dataclass(frozen=True, slots=True)
class _Notes:
    """The notes of a content as arrays: beats, pitches from the lowest, levels of brightness."""

    starts: np.ndarray
    ends: np.ndarray
    pitches: np.ndarray
    levels: np.ndarray
    lowest: int
    semitones: int


class _NoteArrays:
    """The arrays of the notes that were drawn last, found by identity. UI thread only."""

    def __init__(self) -> None:
        self._arrays: OrderedDict[int, tuple[object, _Notes]] = OrderedDict()
        self._count = 0  # of the notes of all of them

    def of(self, content: NoteContent) -> _Notes:
        """The arrays of a content with notes."""
        key = id(content.notes)
        cached = self._arrays.get(key)
        if cached and cached[0] is content.notes:
            self._arrays.move_to_end(key)
            return cached[1]
        measured = ARRAYS.of(content.notes)
        starts, lengths = measured.starts + measured.offsets, measured.ends - measured.starts
        pitches, velocities = measured.pitches, measured.velocities
        lowest, highest = int(pitches.min()), int(pitches.max())
        spare = max(MIN_SEMITONES - 1 - (highest - lowest), 0)
        lowest -= spare // 2
        semitones = max(highest - lowest + 1, MIN_SEMITONES)
        levels = np.minimum(velocities * _LEVELS // 128, _LEVELS - 1)
        arrays = _Notes(starts, starts + lengths, pitches - lowest, levels, lowest, semitones)
        if (stale := self._arrays.pop(key, None)) is not None:
            self._count -= len(stale[1].starts)
        self._arrays[key] = content.notes, arrays
        self._count += len(starts)
        while self._count > MOST_KEPT and len(self._arrays) > 1:
            self._count -= len(self._arrays.popitem(last=False)[1][1].starts)
        return arrays


_ARRAYS = _NoteArrays()
_NO_NOTES = _Notes(np.empty(0), np.empty(0), np.empty(0, np.int64), np.empty(0, np.int64), 0, 0)


def draw_notes(painter: QPainter, picture: ClipPicture) -> None:
    """Draws what of the notes lies on the painter's device, and a notch wherever a loop starts again."""
    content, clip, body = picture.clip.content, picture.clip, picture.body
    if not isinstance(content, NoteContent):
        return
    if content.notes and body.height() >= 4:
        device = painter.device()
        dpr = device.devicePixelRatio()
        first = math.floor(max(body.left(), 0.0) * dpr)
        last = math.ceil(min(body.right(), device.width() / dpr) * dpr)
        if last > first:
            levels = _columns(picture, content, first, last, dpr)
            pixels = _pixels(levels, _rows(levels.shape[0], round(body.height() * dpr), dpr), _colours(picture))
            height, width = pixels.shape
            image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied)
            image.setDevicePixelRatio(dpr)
            painter.drawImage(QPointF(first / dpr, body.top()), image)
    if clip.loop_length:
        picture.marks.loop_notches(painter, picture.track, clip, body, picture.px_per_frame)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What was drawn last of a clip: where, its notes, and by pitch and column how much brighter it gets there."""

    place: tuple[object, ...]
    notes: _Notes
    steps: np.ndarray  # int32 (semitones, columns + 1)


_DRAWN: OrderedDict[str, _Drawn] = OrderedDict()
"""By the clip's id, so that an edit of a few notes draws those alone. UI thread only."""
_MOST_DRAWN = 16


def _columns(picture: ClipPicture, content: NoteContent, first: int, last: int, dpr: float) -> np.ndarray:
    """How bright each pitch is in the device columns `first` to `last`: int32 (semitones, columns).

    0 where no note is; where notes lie over each other, the sum of their levels, which are counted from 1.
    """
    clip, notes = picture.clip, _ARRAYS.of(content)
    place = (
        picture.project.clock, clip.position, clip.length, content.stretch, picture.body.left(), picture.px_per_frame,
        first, last, dpr, notes.lowest, notes.semitones,
    )  # fmt: skip
    drawn = _DRAWN.pop(clip.id, None)
    if drawn is None or drawn.place != place:
        drawn = _Drawn(place, _NO_NOTES, np.zeros((notes.semitones, last - first + 1), np.int32))
    steps = drawn.steps
    if drawn.notes is _NO_NOTES:
        here, end, old_end = 0, len(notes.starts), 0
    else:
        here, end, old_end = difference(_fields(drawn.notes), _fields(notes))
    _add_steps(steps, drawn.notes, slice(here, old_end), -1, picture, content, first, dpr)
    _add_steps(steps, notes, slice(here, end), 1, picture, content, first, dpr)
    _DRAWN[clip.id] = _Drawn(place, notes, steps)
    while len(_DRAWN) > _MOST_DRAWN:
        _DRAWN.popitem(last=False)
    return np.cumsum(steps, axis=1, dtype=np.int32)[:, :-1]


def _add_steps(
    steps: np.ndarray,
    notes: _Notes,
    which: slice,
    sign: int,
    picture: ClipPicture,
    content: NoteContent,
    first: int,
    dpr: float,
) -> None:
    """Adds to `steps` where some of the notes begin and end, in columns from `first` on; `sign` −1 takes them away."""
    if which.start >= which.stop:
        return
    clip, px = picture.clip, picture.px_per_frame * dpr
    clock, start = picture.project.clock, picture.project.start_of(clip)
    origin = content.origin(start)
    beat = float(clock.beat_at(origin))
    begin = clock.approximate_frames(beat + notes.starts[which]) - origin
    end = clock.approximate_frames(beat + notes.ends[which]) - origin
    pitches, levels, loop = notes.pitches[which], (notes.levels[which] + 1).astype(np.int32), content.loop_length
    if loop:  # what sounds in one turn
        inside = (end > content.offset) & (begin < content.offset + loop)
        begin = np.maximum(begin[inside], content.offset)
        end = np.minimum(end[inside], content.offset + loop)
        pitches, levels = pitches[inside], levels[inside]
    width = steps.shape[1] - 1
    for turn in _turns(
        content, clip.length, origin - start, (first / dpr - picture.body.left()) / picture.px_per_frame
    ):
        shift = picture.body.left() * dpr - first + turn * px
        left, right = begin * px + shift, end * px + shift
        if turn > origin - start and left.size and left.min() > width:
            break
        left = np.rint(left)
        right = np.maximum(np.rint(right) - (right - left > 3), left + 1)  # a gap before the next
        visible = (right > 0) & (left < width)
        rows, flat = pitches[visible] * (width + 1), steps.reshape(-1)  # one index is much faster than two
        change = sign * levels[visible]
        np.add.at(flat, rows + np.maximum(left[visible], 0).astype(np.int64), change)
        np.add.at(flat, rows + np.minimum(right[visible], width).astype(np.int64), -change)


def _fields(notes: _Notes) -> tuple[np.ndarray, ...]:
    return notes.starts, notes.ends, notes.pitches, notes.levels


def _turns(content: NoteContent, length: int, first: int, left_edge: float) -> Iterator[int]:
    """The frames of the clip at which the turns of its loop would begin that may be seen from frame `seen` on."""
    loop, turn = content.loop_length, first
    if not loop:
        yield turn
        return
    turn += max(int((left_edge - turn - content.offset) // loop), 0) * loop
    for _ in range(_MOST_TURNS):
        if turn + content.offset >= length:
            return
        yield turn
        turn += loop


@lru_cache(maxsize=64)
def _rows(semitones: int, height: int, dpr: float) -> np.ndarray:
    """For each row of device pixels the pitch that is drawn there, from the lowest; `semitones` for none."""
    margin = _MARGIN * dpr
    row = (height - 2 * margin) / semitones
    thick = min(max(round(row - (0.5 if row > 3 * dpr else 0.0)), 1), round(MAX_NOTE_PX * dpr))
    rows = np.full(max(height, 1), semitones, np.int64)
    for pitch in range(semitones):
        top = round(height - margin - (pitch + 0.5) * row - thick / 2)
        rows[max(top, 0) : max(top + thick, 0)] = pitch
    return rows


def _pixels(levels: np.ndarray, rows: np.ndarray, colours: np.ndarray) -> np.ndarray:
    """The notes as pixels over nothing: uint32 (rows, columns)."""
    coloured = np.zeros((levels.shape[0] + 1, levels.shape[1]), np.uint32)  # the last row: nothing
    np.take(colours, levels, out=coloured[:-1], mode="clip")
    return coloured.take(rows, axis=0)


def _colours(picture: ClipPicture) -> np.ndarray:
    """Nothing, then the colours from the softest to the loudest: uint32."""
    palette = picture.marks.palette
    condition = Condition.UNCHOSEN if picture.unchosen else Condition.SOUNDING
    if picture.clip.mute or picture.track.mute:
        condition = Condition.MUTED
    return _colour_table(palette, hue_of(picture.track, picture.clip), condition)


@lru_cache(maxsize=64)
def _colour_table(palette: Palette, hue: int, condition: Condition) -> np.ndarray:
    soft, loud = palette.colour(hue, condition, Part.PEAK), palette.colour(hue, condition, Part.RMS)
    bright = mix(loud, palette.theme.text, 0.35)
    return np.array([0, *(mix(soft, bright, (level + 1) / _LEVELS).rgba() for level in range(_LEVELS))], np.uint32)
