"""Underruns that are worth a warning: those of the last minutes that nobody has looked at."""

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta

RECENT = timedelta(minutes=2)
"""How long an underrun is shown."""


class RecentUnderruns:
    """Follows the player's count. `now` tells the time of day."""

    def __init__(self, now: Callable[[], datetime] = datetime.now) -> None:
        self._now = now
        self._total = 0
        self._seen: deque[tuple[datetime, int]] = deque()

    def count(self, total: int) -> int:
        """How many are recent, where the player counts `total`; a player that starts again counts from 0."""
        now = self._now()
        new = total - self._total if total >= self._total else total
        self._total = total
        if new:
            self._seen.append((now, new))
        while self._seen and now - self._seen[0][0] > RECENT:
            self._seen.popleft()
        return sum(number for _, number in self._seen)

    @property
    def sentence(self) -> str:
        """When they were; "" without any."""
        if not self._seen:
            return ""
        number, last = sum(number for _, number in self._seen), f"{self._seen[-1][0]:%H:%M:%S}"
        if number == 1:
            return f"Sound was missing once, at {last}."
        return f"Sound was missing {number:,} times since {self._seen[0][0]:%H:%M:%S}, last at {last}."

    def clear(self) -> None:
        """Forgets them: they were looked at."""
        self._seen.clear()
