"""MIDI clock for other machines: 24 ticks a quarter note of what is heard, with start, stop, continue and place."""

import math
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from time import perf_counter

from engine.timing.clock import Clock

TICKS = 24
"""A quarter note."""
TICK, START, CONTINUE, STOP, PLACE = 0xF8, 0xFA, 0xFB, 0xFC, 0xF2
_IDLE_SECONDS = 0.005
_LATE = 0.05  # seconds by which the place may be behind before the other machine is sent to it anew
_MOST_SIXTEENTHS = 1 << 14  # that a place can name


@dataclass(frozen=True, slots=True)
class Heard:
    """The song's frame that is heard at `time` (perf_counter), whether it moves, and the clock that places beats."""

    time: float
    frame: float
    moves: bool
    clock: Clock

    def frame_at(self, time: float) -> float:
        """The frame that is heard at another time nearby."""
        return self.frame + (time - self.time) * self.clock.rate if self.moves else self.frame

    def time_of(self, frame: int) -> float:
        """When a frame nearby is heard."""
        return self.time + (frame - self.frame) / self.clock.rate


class MidiClock:
    """Sends the clock on a thread of its own, once `start` was called."""

    def __init__(self, send: Callable[[Sequence[int]], None]) -> None:
        self._send = send
        self._heard: Heard | None = None
        self._tick: int | None = None  # the next one to send; None while the other machine stands
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begins to follow `show`; any thread."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="midi clock", daemon=True)
            self._thread.start()

    def show(self, now: Heard) -> None:
        """Says what is heard now; any thread."""
        self._heard = now

    def close(self) -> None:
        """Stops the other machine and the thread."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(1.0)

    def _run(self) -> None:
        while not self._stop.wait(min(max(self.step(perf_counter()), 0.0002), _IDLE_SECONDS)):
            pass
        if self._tick is not None:
            self._send((STOP,))

    def step(self, now: float) -> float:
        """Sends what is due at `now`; returns the seconds until it has to be called again."""
        playhead = self._heard
        if playhead is None:
            return _IDLE_SECONDS
        if not playhead.moves or playhead.frame_at(now) < 0:
            if self._tick is not None:
                self._send((STOP,))
                self._tick = None
            return _IDLE_SECONDS
        clock = playhead.clock
        if self._tick is not None:
            sixteenth = (
                clock.frames_per_beat_at(int(playhead.frame)) / clock.rate / 4
            )  # it begins on one, so waits so long
            if abs(self._due(playhead, self._tick) - now) > sixteenth + _LATE:
                self._send((STOP,))  # it loops, or was sent elsewhere
                self._tick = None
        if self._tick is None:
            beat = clock.beat_at(max(math.ceil(playhead.frame_at(now)), 0))
            place = math.ceil(beat * 4)  # in sixteenths
            if place >= _MOST_SIXTEENTHS:
                return _IDLE_SECONDS
            self._send((PLACE, place & 0x7F, place >> 7))
            self._send((START,) if not place else (CONTINUE,))
            self._tick = place * TICKS // 4
        while (due := self._due(playhead, self._tick)) <= now:
            self._send((TICK,))
            self._tick += 1
        return due - now

    def _due(self, now: Heard, tick: int) -> float:
        return now.time_of(now.clock.frame_at(Fraction(tick, TICKS)))
