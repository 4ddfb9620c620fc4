"""The metronome: a click on each beat, a higher and louder one on the first of a bar. Heard, never bounced."""

import math

import numpy as np

from engine.timing.clock import Clock
from engine.timing.position import Position

_LENGTH, _ATTACK, _DECAY = 0.040, 0.001, 0.007  # seconds
_BAR_HZ, _BEAT_HZ = 1760.0, 1174.7
_BAR_LEVEL, _BEAT_LEVEL = 0.5, 0.3


class Metronome:
    """Clicks that are a function of the song's frame, so they may be rendered from anywhere."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sounds = [_click(clock.rate, _BEAT_HZ, _BEAT_LEVEL), _click(clock.rate, _BAR_HZ, _BAR_LEVEL)]

    def add(self, out: np.ndarray, start: int, gain: float) -> None:
        """Adds the clicks of song frames `start` … to `out` (frames, 2)."""
        end = start + len(out)
        length = len(self._sounds[0])
        for at, _, beat in self._clock.counted_beats(start - length + 1, end):
            first, last = max(at, start), min(at + length, end)
            sound = self._sounds[beat == 1][first - at : last - at]
            out[first - start : last - start] += sound * np.float32(gain)


class CountIn:
    """Clicks of whole bars before frame `end` of the song, at the tempo there; the song is silent meanwhile."""

    def __init__(self, clock: Clock, end: int, bars: int) -> None:
        place = Position.at_frame(end)
        signature = clock.signature_at(place)
        steady = Clock.steady(clock.rate, clock.tempo_at(place), signature)
        bar = steady.frame_at(signature.bar)
        self.start, self.end = end - bars * bar, end
        self._into = (end - clock.frames(clock.bar_start(clock.bar_at(place).number))) % bar
        self._metronome = Metronome(steady)

    def add(self, out: np.ndarray, start: int, gain: float) -> None:
        """Adds the clicks of song frames `start` … to `out` (frames, 2)."""
        self._metronome.add(out, start - self.start + self._into, gain)


def _click(rate: int, hertz: float, level: float) -> np.ndarray:
    """A decaying sine, silent at both ends: float32 (frames, 1)."""
    t = np.arange(round(_LENGTH * rate)) / rate
    ends = np.minimum(t / _ATTACK, (_LENGTH - t) / _ATTACK).clip(0.0, 1.0)
    sound = level * np.sin(2.0 * math.pi * hertz * t) * np.exp(-t / _DECAY) * ends
    return sound.astype(np.float32)[:, None]
