"""The master's loudness, written down while the song plays, whether or not it is looked at."""

from __future__ import annotations

import math
from dataclasses import dataclass
from time import monotonic

import numpy as np
from PySide6.QtCore import QObject, Signal

from desktop.bridge import PlayerBridge
from engine.playback.state import PlayerState

STEP = 0.1  # s between two entries
KEPT = 36_000  # entries: an hour of playing
LOWEST = -50.0  # LUFS


@dataclass(slots=True)
class LoudnessHistory:
    """Readings since playing began or the meters were reset, at most `KEPT` of them; times add up over pauses."""

    values: np.ndarray  # (KEPT, 4) float32: time, momentary, short-term, integrated
    count: int = 0
    dropped: int = 0

    @classmethod
    def empty(cls) -> LoudnessHistory:
        """No readings."""
        return cls(np.zeros((KEPT, 4), np.float32))

    def add(self, momentary: float, short: float, integrated: float) -> None:
        """Adds a reading in LUFS, `STEP` after the one before; −∞ is drawn at the lower edge."""
        if self.count == KEPT:
            half = KEPT // 2
            self.values[: KEPT - half] = self.values[half:].copy()
            self.count, self.dropped = KEPT - half, self.dropped + half
        levels = [max(level, LOWEST) if math.isfinite(level) else LOWEST for level in (momentary, short, integrated)]
        self.values[self.count] = ((self.dropped + self.count) * STEP, *levels)
        self.count += 1

    @property
    def rows(self) -> np.ndarray:
        """The readings, (count, 4): seconds, momentary, short-term, integrated."""
        return self.values[: self.count]

    @property
    def end(self) -> float:
        """Seconds until the newest reading."""
        return float(self.values[self.count - 1, 0]) if self.count else 0.0

    def at(self, seconds: float) -> np.ndarray | None:
        """The reading nearest to a time, (4,); None outside."""
        index = round(seconds / STEP) - self.dropped
        return self.values[index] if 0 <= index < self.count else None


class LoudnessRecorder(QObject):
    """Writes the history. UI thread only."""

    written = Signal()
    """There are further readings."""
    cleared = Signal()
    """The readings are forgotten."""

    def __init__(self, bridge: PlayerBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.history = LoudnessHistory.empty()
        self._due = 0.0  # s of playing until the next reading
        self._last: float | None = None
        bridge.meters_changed.connect(self.take_state)

    def take_state(self, state: PlayerState, now: float | None = None) -> None:
        """Writes down what the player measures while it plays. `now` is the monotonic time in seconds."""
        now = monotonic() if now is None else now
        elapsed, self._last = (now - self._last if self._last is not None else 0.0), now
        if not state.playing or state.holding:
            self._last = None
            return
        self._due -= elapsed
        steps = 0
        while self._due <= 0 and steps < 50:
            self.history.add(state.lufs_m, state.lufs_s, state.lufs_i)
            self._due += STEP
            steps += 1
        if steps:
            self.written.emit()

    def clear(self) -> None:
        """Forgets the readings."""
        self.history = LoudnessHistory.empty()
        self._due = 0.0
        self.cleared.emit()
