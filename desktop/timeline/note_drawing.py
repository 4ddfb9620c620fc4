"""Draws the notes of a clip in its body: each at its beat and pitch, the louder the brighter."""

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter

from desktop.theme import mix
from desktop.timeline.clip_picture import ClipPicture
from desktop.timeline.palette import Condition, Part
from desktop.timeline.strips import hue_of
from engine.project.model import NoteContent

MIN_SEMITONES = 12
"""The least range of pitches that a body shows, so that a repeated note is no bar."""
MAX_NOTE_PX = 6.0
_MARGIN = 2.0  # px above and below the notes
_LEVELS = 4  # of brightness


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

    KEPT = 2048

    def __init__(self) -> None:
        self._arrays: OrderedDict[int, tuple[object, _Notes]] = OrderedDict()

    def of(self, content: NoteContent) -> _Notes:
        """The arrays of a content with notes."""
        key = id(content.notes)
        known = self._arrays.get(key)
        if known and known[0] is content.notes:
            self._arrays.move_to_end(key)
            return known[1]
        starts = np.array([float(note.start) + note.offset for note in content.notes])
        lengths = np.array([float(note.length) for note in content.notes])
        pitches = np.array([note.pitch for note in content.notes])
        velocities = np.array([note.velocity for note in content.notes])
        lowest, highest = int(pitches.min()), int(pitches.max())
        spare = max(MIN_SEMITONES - 1 - (highest - lowest), 0)
        lowest -= spare // 2
        semitones = max(highest - lowest + 1, MIN_SEMITONES)
        levels = np.minimum(velocities * _LEVELS // 128, _LEVELS - 1)
        arrays = _Notes(starts, starts + lengths, pitches - lowest, levels, lowest, semitones)
        self._arrays[key] = content.notes, arrays
        while len(self._arrays) > self.KEPT:
            self._arrays.popitem(last=False)
        return arrays


_ARRAYS = _NoteArrays()


def draw_notes(painter: QPainter, picture: ClipPicture) -> None:
    """Draws what of the notes lies on the painter's device, and a notch wherever a loop starts again."""
    content, clip, body = picture.clip.content, picture.clip, picture.body
    if not isinstance(content, NoteContent):
        return
    if content.notes and body.height() >= 4:
        colours = _colours(picture)
        painter.save()
        painter.setClipRect(body)
        for x, width, y, height, levels in _boxes(picture, content, _device_width(painter)):
            for level, colour in enumerate(colours):
                chosen = levels == level
                for left, wide, top in zip(x[chosen].tolist(), width[chosen].tolist(), y[chosen].tolist(), strict=True):
                    painter.fillRect(QRectF(left, top, wide, height), colour)
        painter.restore()
    if clip.loop_length:
        picture.marks.loop_notches(painter, picture.track, clip, body, picture.px_per_frame)


Boxes = tuple[np.ndarray, np.ndarray, np.ndarray, float, np.ndarray]


def _boxes(picture: ClipPicture, content: NoteContent, room: float) -> list[Boxes]:
    """(left, width, top, height, level) of the notes on the device, once for each turn of a loop."""
    clip, body, px = picture.clip, picture.body, picture.px_per_frame
    clock, notes = picture.project.clock, _ARRAYS.of(content)
    start = picture.project.start_of(clip)
    origin = content.origin(start)
    first = float(clock.beat_at(origin))
    begin = clock.approximate_frames(first + notes.starts) - origin
    end = clock.approximate_frames(first + notes.ends) - origin
    row = (body.height() - 2 * _MARGIN) / notes.semitones
    height = min(max(row - (0.5 if row > 3 else 0.0), 1.0), MAX_NOTE_PX)
    top = body.bottom() - _MARGIN - (notes.pitches + 0.5) * row - height / 2
    loop = content.loop_length
    if loop:  # what sounds in one turn
        inside = (end > content.offset) & (begin < content.offset + loop)
        begin = np.maximum(begin, content.offset)
        end = np.minimum(end, content.offset + loop)
    else:
        inside = np.ones(len(begin), bool)
    boxes: list[Boxes] = []
    turn = origin - start  # frame of the clip at which the sound's frame 0 lies
    if loop and loop * px < 1:
        return boxes
    if loop:  # turns that lie before the device are passed over
        turn += max(int((-body.left() / px - turn - content.offset) // loop), 0) * loop
    while True:
        left = body.left() + (begin + turn) * px
        right = body.left() + (end + turn) * px
        seen = inside & (right > -1) & (left < room + 1) & (right > body.left()) & (left < body.right())
        if seen.any():
            at = np.maximum(left[seen], body.left())
            width = np.maximum(right[seen] - at - (1.0 if px * 4000 > 1 else 0.0), 1.0)
            boxes.append((at, width, top[seen], height, notes.levels[seen]))
        turn += loop
        if not loop or turn + content.offset >= clip.length or body.left() + (turn + content.offset) * px > room:
            return boxes


def _colours(picture: ClipPicture) -> list[QColor]:
    """From the softest to the loudest."""
    palette = picture.marks.palette
    condition = Condition.MUTED if picture.clip.mute or picture.track.mute else Condition.SOUNDING
    hue = hue_of(picture.track, picture.clip)
    soft, loud = palette.colour(hue, condition, Part.PEAK), palette.colour(hue, condition, Part.RMS)
    bright = mix(loud, palette.theme.text, 0.35)
    return [mix(soft, bright, (level + 1) / _LEVELS) for level in range(_LEVELS)]


def _device_width(painter: QPainter) -> float:
    device = painter.device()
    return device.width() / device.devicePixelRatio()
