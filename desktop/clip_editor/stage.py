"""Where things are in the audio editor: the strip of warp markers, the waveform with its envelope, the spectrogram."""

from dataclasses import dataclass
from enum import Enum, auto

import numpy as np
from PySide6.QtCore import QPointF

from desktop.clip_editor.session import AudioSession
from desktop.view.viewport import Viewport
from desktop.widgets.scale import decibels_at, share_of
from engine.project.model import GainPoint
from engine.project.model.ranges import GAIN_DB

STRIP = 18
"""Px of the strip of warp markers."""
REACH = 6  # px around a marker or a point
LEAST_SPECTROGRAM = 140  # px of the editor, from which the spectrogram is shown
_WAVEFORM = 0.6  # share of the height that the waveform takes up then


class Zone(Enum):
    """The parts that the mouse can take hold of."""

    STRIP = auto()
    MARKER = auto()
    WAVEFORM = auto()
    LINE = auto()
    POINT = auto()
    SPECTROGRAM = auto()


HINTS = {
    Zone.STRIP: "Double-click: a warp marker here, on an attack if one is near · Click: move the playhead",
    Zone.MARKER: "Drag: move this moment in time · Shift: without snapping · Double-click or Del: remove the marker",
    Zone.WAVEFORM: "Double-click: a point of the gain envelope · Click: move the playhead · Ctrl+wheel: zoom",
    Zone.LINE: "Click or drag: a new point of the gain envelope",
    Zone.POINT: "Drag: gain at this moment · Shift: fine · Double-click or Del: remove the point",
    Zone.SPECTROGRAM: "Click: move the playhead · Ctrl+wheel: zoom · Shift+wheel: scroll",
}


@dataclass(frozen=True, slots=True)
class Hit:
    """A place in the editor: its zone, the song's frame, and the marker's frame or the point's index there."""

    zone: Zone
    frame: int
    item: int = -1


class ClipStage:
    """The view of one session's clip. x is the song's time, as on the timeline."""

    def __init__(self, session: AudioSession, viewport: Viewport) -> None:
        self.session, self.viewport = session, viewport

    @property
    def wave(self) -> tuple[int, int]:
        """Top and height of the waveform, px."""
        room = max(self.viewport.height - STRIP, 1)
        return STRIP, round(room * _WAVEFORM) if self.viewport.height >= LEAST_SPECTROGRAM else room

    @property
    def spectrum(self) -> tuple[int, int]:
        """Top and height of the spectrogram, px; no height where there is no room for it."""
        top = sum(self.wave)
        return top, max(self.viewport.height - top, 0)

    def level_y(self, gain_db: float) -> float:
        """The y of a gain of the envelope."""
        top, height = self.wave
        return top + (1 - share_of(gain_db)) * (height - 1)

    def level_at(self, y: float) -> float:
        """The gain at `y`."""
        top, height = self.wave
        share = min(max(1 - (y - top) / max(height - 1, 1), 0.0), 1.0)
        return min(max(round(decibels_at(share), 1), GAIN_DB.low), GAIN_DB.high)

    def point_place(self, point: GainPoint) -> QPointF:
        """Where a point of the envelope is."""
        return QPointF(self.viewport.x(self.session.start + point.frame), self.level_y(point.gain_db))

    def gain_at(self, frame: int) -> float:
        """The gain of the envelope at a frame of the clip."""
        clip = self.session.clip
        points = clip.envelope if clip else ()
        if not points:
            return 0.0
        return float(np.interp(frame, [point.frame for point in points], [point.gain_db for point in points]))

    def hit(self, place: QPointF) -> Hit:
        """What is at `place`."""
        session, viewport = self.session, self.viewport
        frame, clip, time = viewport.frame(place.x()), session.clip, session.time
        top, height = self.wave
        if time is not None and place.y() < STRIP:
            near = [
                (abs(viewport.x(time.song_frame(marker.frame)) - place.x()), marker.frame) for marker in session.markers
            ]
            away, marker = min(near, default=(REACH + 1, -1))
            return Hit(Zone.MARKER, frame, marker) if away <= REACH else Hit(Zone.STRIP, frame)
        if clip is None or place.y() >= top + height:
            return Hit(Zone.SPECTROGRAM, frame)
        for number, point in enumerate(clip.envelope):
            away_from = self.point_place(point) - place
            if abs(away_from.x()) <= REACH and abs(away_from.y()) <= REACH:
                return Hit(Zone.POINT, frame, number)
        inside = session.start <= frame < session.start + clip.length
        level = self.level_y(self.gain_at(frame - session.start))
        if inside and clip.envelope and abs(level - place.y()) <= REACH:
            return Hit(Zone.LINE, frame)
        return Hit(Zone.WAVEFORM, frame)
