"""Where the frames of a clip's source lie in the song, for markers that are set and moved by hand."""

from fractions import Fraction

import numpy as np

from engine.project.model import AudioContent, WarpMarker
from engine.project.warping import warp_lines
from engine.timing.clock import Clock
from engine.timing.sound_tempo import frames_of_beat

_PARTS = 960  # of a quarter note, to which a place that is set by hand is rounded


class ClipTime:
    """Maps frames of a source to frames of the song, and back. Of a loop it is the turn that sounds at its start."""

    def __init__(self, content: AudioContent, start: int, length: int, clock: Clock) -> None:
        """The clip that holds `content` starts at frame `start` of the song and has `length` frames."""
        self._clock = clock
        self._origin = start - content.first - content.loop_phase  # the song's frame of the sound's frame 0
        self._lines = warp_lines(content, start, length, clock) if content.warp else None
        self._mirror = 2 * start + length if content.reverse and not content.loop_length else None

    def song_frame(self, source_frame: float) -> float:
        """The frame of the song at which a frame of the source lies."""
        sound = source_frame
        if self._lines is not None:
            sound = float(np.interp(source_frame, self._lines[1], self._lines[0]))
        frame = self._origin + sound
        return frame if self._mirror is None else self._mirror - frame

    def source_frame(self, song_frame: float) -> float:
        """The frame of the source that lies at a frame of the song."""
        frame = song_frame if self._mirror is None else self._mirror - song_frame
        sound = frame - self._origin
        return sound if self._lines is None else float(np.interp(sound, *self._lines))

    def beat(self, song_frame: float) -> Fraction:
        """The quarter notes from the sound's first frame to a frame of the song."""
        first = self._clock.simple_beat_at(self._origin)
        return Fraction(round((self._clock.simple_beat_at(round(song_frame)) - first) * _PARTS), _PARTS)


def markers_of_beats(
    moments: np.ndarray, tempo: float, frames: int, rate: int, *, steady: bool
) -> tuple[WarpMarker, ...]:
    """The warp markers of a sound of `frames` frames whose beats begin at `moments` (N,), in s, in order.

    With a `steady` tempo (felt beats a minute) they are two; else there is one on every beat.
    """
    per_beat = frames_of_beat(tempo, rate)
    if steady or len(moments) < 2:
        return WarpMarker(0, Fraction(0)), WarpMarker(frames, Fraction(round(frames / per_beat * _PARTS), _PARTS))
    places = np.round(np.asarray(moments) * rate).astype(int)
    lead = Fraction(round(float(places[0]) / per_beat * _PARTS), _PARTS)
    markers = [WarpMarker(0, Fraction(0))]
    for number, place in enumerate(places.tolist()):
        if 0 < place < frames and lead + number > markers[-1].beat and place > markers[-1].frame:
            markers.append(WarpMarker(place, lead + number))
    last = markers[-1]
    step = float(places[-1] - places[-2])
    rest = Fraction(max(round((frames - last.frame) / step * _PARTS), 1), _PARTS)
    return (*markers, WarpMarker(frames, last.beat + rest)) if last.frame < frames else tuple(markers)
