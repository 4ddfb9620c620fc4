"""A channel strip that remembers what it answered, so that a part with one changed bar is soon played again.

What a strip answers to a stretch of sound follows from that stretch and from what the strip holds of the past. So a
stretch that is played again after the same past has the same answer, sample by sample; and some time after a change,
when its echoes have died away, the strip holds what it held without the change.
"""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np

from engine.compose.score import Part
from engine.compose.strip import Strip, same_bits


@dataclass(frozen=True, slots=True)
class Step:
    """What a strip answered once: `before` and `after` are the strip as it was, and are never advanced again."""

    dry: np.ndarray
    before: Strip
    after: Strip
    sound: np.ndarray

    @property
    def size(self) -> int:
        """Bytes that it keeps from being freed, nearly."""
        return 3 * self.sound.nbytes + self.after.delayed_bytes


class StripCache:
    """What the strips of the parts that were played last answered. One thread at a time plays a part; any may ask."""

    def __init__(self, most: int) -> None:
        """Holds `most` bytes, but always what was played last."""
        self._most = most
        self._parts: OrderedDict[Hashable, dict[int, Step]] = OrderedDict()
        self._lock = threading.Lock()

    def strip(self, key: Hashable, strip: Strip) -> "CachedStrip":
        """`strip`, which has heard nothing yet, with what one like it answered; `key` is all that makes them alike."""
        with self._lock:
            steps = self._parts.setdefault(key, {})
            self._parts.move_to_end(key)
            used = [sum(step.size for step in list(each.values())) for each in self._parts.values()]
            while len(self._parts) > 1 and sum(used) > self._most:
                self._parts.popitem(last=False)
                used.pop(0)
        return CachedStrip(strip, steps)


class CachedStrip:
    """Does what its strip does, sooner."""

    def __init__(self, strip: Strip, steps: dict[int, Step]) -> None:
        """`steps`: by their first frame, what was answered before; further ones go there."""
        self._strip, self._steps = strip, steps

    @property
    def memory(self) -> int:
        """See `Strip.memory`."""
        return self._strip.memory

    def copied(self) -> "CachedStrip":
        """One that goes its own way from here, and remembers for itself."""
        return CachedStrip(self._strip, {})

    def follow(self, part: Part) -> None:
        """See `Strip.follow`. From here on nothing that was answered for another part is of use."""
        self._strip, self._steps = self._strip.copied(), {}
        self._strip.follow(part)

    def advance(self, dry: np.ndarray, first: int) -> np.ndarray:
        """See `Strip.advance`. Nobody writes into what comes back."""
        step = self._steps.get(first)
        if step is None or not same_bits(step.dry, dry) or not step.before.holds_as(self._strip):
            after, dry = self._strip.copied(), dry.copy()
            sound = after.advance(dry, first)
            step = self._steps[first] = Step(dry, self._strip, after, sound)
        self._strip = step.after
        return step.sound
