"""Single samples, drawn as lines when one is wider than a device pixel."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter

from desktop.timeline.marks import ClipMarks
from desktop.timeline.peakstore import PeakStore
from desktop.timeline.spans import TrackSpans
from desktop.timeline.strips import STEREO_MIN_PX, decibels
from engine.project.model import Clip


def source_frames(clip: Clip, frames: np.ndarray) -> np.ndarray:
    """The frames of the chosen take's source that `clip` sounds at its frames `frames` (int64)."""
    stretch = clip.loop_length or clip.length
    played = (clip.loop_phase + frames) % stretch if clip.loop_length else frames
    if clip.reverse:
        played = stretch - 1 - played
    return clip.offset + played + clip.chosen.shift


def paint_samples(
    painter: QPainter,
    marks: ClipMarks,
    peaks: PeakStore,
    spans: TrackSpans,
    index: int,
    body: QRectF,
    px: float,
    colour: QColor,
    take: int | None = None,
) -> None:
    """Draws the samples of clip `index` (or of one of its takes) that show in the picture; `px` is a sample's width."""
    clip = spans.clips[index] if take is None else replace(spans.clips[index], take=take)
    device = painter.device()
    width = device.width() / device.devicePixelRatio()
    first = max(int(-body.left() / px) - 1, 0)
    last = min(int((width - body.left()) / px) + 2, clip.length)
    if last <= first:
        return
    frames = np.arange(first, last)
    sound = peaks.samples(clip.chosen.source, source_frames(clip, frames))
    if sound is None:
        return
    sound = sound * (decibels(clip.gain_db) * decibels(clip.chosen.gain_db))
    two_lanes = len(sound) == 2 and body.height() >= STEREO_MIN_PX
    lanes = sound if two_lanes else sound[:1] if len(sound) == 1 else sound.mean(axis=0, keepdims=True)
    height = body.height() / len(lanes)
    painter.save()
    painter.setClipRect(body)
    x = body.left() + frames * px
    for lane, samples in enumerate(lanes):
        centre = body.top() + height * (lane + 0.5)
        y = centre - np.clip(samples, -1, 1) * (height / 2 - 1)
        points = [QPointF(a, b) for a, b in zip(x.tolist(), y.tolist(), strict=True)]
        marks.samples(painter, points, colour, px, centre)
    painter.restore()
