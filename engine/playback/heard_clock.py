"""Which frame was heard when: the device's clock, read through callbacks that may come late but never early."""

from collections import deque
from typing import NamedTuple

_REMEMBERED = 96  # blocks: about a second
_PATIENCE = 0.25  # seconds by which a callback may be late before the clock is taken to have started anew


class Taken(NamedTuple):
    """After a block: all frames that the device has taken, and the ring's frame that follows, less what waits."""

    device: int
    ring: float


class HeardClock:
    """`mark` belongs to the device's thread, `ring_at` to the one that renders."""

    def __init__(self) -> None:
        self._starts: deque[float] = deque(maxlen=_REMEMBERED)  # by each block: when frame 0 would have been taken
        self._taken = Taken(0, 0.0)
        self._rate = 0

    def mark(self, time: float, frames: int, rate: int, ring: float) -> None:
        """The device has taken `frames` more at `time` (perf_counter); `ring` follows them."""
        if rate != self._rate:
            self._rate = rate
            self._starts.clear()
            self._taken = Taken(0, 0.0)
        count = self._taken.device
        start = time - count / rate
        if self._starts and abs(start - min(self._starts)) > _PATIENCE:
            self._starts.clear()
        self._starts.append(start)
        self._taken = Taken(count + frames, ring)

    def ring_at(self, time: float, latency: float, song_rate: int) -> float:
        """The frame of a ring at `song_rate` that was heard at `time`, on a device of `latency` seconds.

        A block that is taken at a moment is heard from then on, `latency` later.
        """
        taken, starts, rate = self._taken, self._starts, self._rate
        if not rate or not starts:
            return taken.ring
        waiting = taken.device / rate - (time - min(starts.copy()) - latency)  # seconds
        return taken.ring - waiting * song_rate
