"""Which frame was heard when: the device's clock, read through callbacks that may come late but never early."""

from collections import deque
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

_REMEMBERED = 96  # blocks: about a second
_PATIENCE = 0.25  # seconds by which a callback may be late before the clock is taken to have started anew
_SETTLED = 16  # blocks after which one of them will have come in time
_GROUP, _GROUPS = 8, 256  # blocks of a group, and groups: ten seconds and more
_FITTED = 12  # groups from which on the device's own rate can be told


class Taken(NamedTuple):
    """After a block: all frames that the device has taken, and the ring's frame that follows, less what waits."""

    device: int
    ring: float


class StreamClock:
    """When frame 0 of a stream was due, from when its callbacks came. `mark` belongs to the device's thread."""

    def __init__(self) -> None:
        self._starts: deque[float] = deque(maxlen=_REMEMBERED)
        self._groups: deque[tuple[float, float]] = deque(maxlen=_GROUPS)  # of each, the block that came least late
        self._count = 0

    def mark(self, time: float, frame: int, rate: int) -> None:
        """A callback came at `time` (perf_counter), when frame `frame` was due."""
        start = time - frame / rate
        if self._starts and abs(start - min(self._starts)) > _PATIENCE:
            self.clear()
        self._starts.append(start)
        seconds = frame / rate
        if self._count % _GROUP == 0:
            self._groups.append((seconds, start))
        elif start < self._groups[-1][1]:
            self._groups[-1] = seconds, start
        self._count += 1

    def clear(self) -> None:
        """Starts anew."""
        self._starts.clear()
        self._groups.clear()
        self._count = 0

    @property
    def start(self) -> float | None:
        """When frame 0 was due (perf_counter), by the block of the last second that came least late."""
        starts = self._starts.copy()
        return min(starts) if starts else None

    @property
    def settled(self) -> float | None:
        """When frame 0 would have been due at the rate at which the device runs now; None until enough blocks came.

        No callback comes early, so the line under all of them, through those that came least late, is the device's
        clock: that also tells by how much it is faster or slower than this machine's.
        """
        groups = list(self._groups.copy())
        if len(self._starts) < _SETTLED:
            return None
        return line_under(groups, groups[-1][0]) if len(groups) >= _FITTED else self.start


def line_under(points: Sequence[tuple[float, float]], at: float) -> float:
    """The value at `at` of the line that no point lies below, and to which they lie nearest in the mean.

    points: (x, y), two at least, x rising. That line is the side of their lower convex hull under the middle of all x
    (Moon, Skelly, Towsley 1999, where it tells clocks of two machines apart).
    """
    hull: list[tuple[float, float]] = []
    for x, y in points:
        while len(hull) > 1:
            (x0, y0), (x1, y1) = hull[-2:]
            if (y1 - y0) * (x - x0) < (y - y0) * (x1 - x0):
                break
            hull.pop()
        hull.append((x, y))
    middle = sum(x for x, _ in points) / len(points)
    (x0, y0), (x1, y1) = next((pair for pair in pairwise(hull) if pair[1][0] >= middle), (hull[-2], hull[-1]))
    return y0 + (y1 - y0) / (x1 - x0) * (at - x0)


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
