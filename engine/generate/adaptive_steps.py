"""How a stream keeps up: speed, chunk times, and the number of steps that the machine can afford."""

from collections import deque

import numpy as np

_REMEMBERED = 32  # chunks
_RECENT = 4
_TIGHT = 0.85  # share of real time above which a thin reserve lowers the steps
_ROOMY = 0.7  # share of real time that more steps may take


class AdaptiveSteps:
    """Lowers the steps before the reserve runs out and raises them again, never above what was asked for."""

    def __init__(self, wanted: int, *, least: int = 2) -> None:
        self._times: deque[float] = deque(maxlen=_REMEMBERED)
        self._shares: deque[float] = deque(maxlen=_RECENT)
        self._least = least
        self.steps = self.wanted = wanted

    def want(self, steps: int) -> None:
        """The user asks for another number of steps."""
        if steps != self.wanted:
            self.steps = self.wanted = steps
            self._shares.clear()

    def note(self, spent: float, sound: float, reserve: float, target: float) -> None:
        """A chunk of `sound` seconds took `spent`; `reserve` of `target` seconds are ahead of the playhead now."""
        self._times.append(spent)
        self._shares.append(spent / max(sound, 1e-9))
        share = self._shares[-1]
        if reserve < 0.5 * target and share > _TIGHT:
            self.steps = max(min(self._least, self.wanted), int(self.steps * min(0.8, _TIGHT / share)))
        elif self.steps < self.wanted and reserve > 0.75 * target and share * (self.steps + 1) / self.steps < _ROOMY:
            self.steps += 1

    @property
    def speed(self) -> float:
        """Seconds of sound a second, over the last few chunks; 0 before the first."""
        return 1 / max(sum(self._shares) / len(self._shares), 1e-9) if self._shares else 0.0

    def chunk_seconds(self, share: float) -> float:
        """The time that this share of chunks did not exceed (0.95: P95); 0 before the first."""
        return float(np.quantile(self._times, share)) if self._times else 0.0
