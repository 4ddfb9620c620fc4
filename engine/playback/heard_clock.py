"""Which frame was heard when: the device's clock, read through callbacks that may come late but never early."""

from collections import deque
from typing import NamedTuple

_REMEMBERED = 96  # blocks: about a second
_PATIENCE = 0.25  # seconds by which a callback may be late before the clock is taken to have started anew
_SETTLED = 16  # blocks after which one of them will have come in time


class Taken(NamedTuple):
    """After a block: all frames that the device has taken, and the ring's frame that follows, less what waits."""

    device: int
    ring: float


class StreamClock:
    """When frame 0 of a stream was due, from when its callbacks came. `mark` belongs to the device's thread."""

    def __init__(self) -> None:
        self._starts: deque[float] = deque(maxlen=_REMEMBERED)

    def mark(self, time: float, frame: int, rate: int) -> None:
        """A callback came at `time` (perf_counter), when frame `frame` was due."""
        start = time - frame / rate
        if self._starts and abs(start - min(self._starts)) > _PATIENCE:
            self._starts.clear()
        self._starts.append(start)

    def clear(self) -> None:
        """Starts anew."""
        self._starts.clear()

    @property
    def start(self) -> float | None:
        """When frame 0 was due (perf_counter), by the block of the last second that came least late."""
        starts = self._starts.copy()
        return min(starts) if starts else None

    @property
    def settled(self) -> float | None:
        """The same, once enough blocks have come."""
        return self.start if len(self._starts) >= _SETTLED else None


class HeardClock:
    """`mark` belongs to the device's thread, `ring_at` to the one that renders."""

    def __init__(self) -> None:
        self._clock = StreamClock()
        self._taken = Taken(0, 0.0)
        self._rate = 0

    def mark(self, time: float, frames: int, rate: int, ring: float) -> None:
        """The device has taken `frames` more at `time` (perf_counter); `ring` follows them."""
        if rate != self._rate:
            self._rate = rate
            self._clock.clear()
            self._taken = Taken(0, 0.0)
        count = self._taken.device
        self._clock.mark(time, count, rate)
        self._taken = Taken(count + frames, ring)

    def ring_at(self, time: float, latency: float, song_rate: int) -> float:
        """The frame of a ring at `song_rate` that was heard at `time`, on a device of `latency` seconds.

        A block that is taken at a moment is heard from then on, `latency` later.
        """
        moment, start, rate = self._taken, self._clock.start, self._rate
        if not rate or start is None:
            return moment.ring
        waiting = moment.device / rate - (time - start - latency)  # seconds
        return moment.ring - waiting * song_rate
