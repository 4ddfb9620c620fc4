"""The tempo of every frame, as an array."""

import numpy as np
from numpy.typing import NDArray

from engine.timing.tempo_map import TempoMap


def steady_tempo(tempo_map: TempoMap) -> float | None:
    """The tempo in quarter notes a minute where it never changes; else None."""
    return float(tempo_map.tempos[0].bpm) if len(tempo_map.tempos) == 1 else None


def tempos_at(tempo_map: TempoMap, rate: int, first: int, count: int) -> NDArray[np.float64]:
    """The tempo in quarter notes a minute at frames `first` to `first + count` of a song at `rate` Hz."""
    stretches = tempo_map.stretches
    seconds = np.arange(first, first + count, dtype=np.float64) / rate
    starts = np.array([float(stretch.seconds) for stretch in stretches])
    bpm = np.array([float(stretch.bpm) for stretch in stretches])
    slope = np.array([float(stretch.slope) for stretch in stretches])
    index = np.clip(np.searchsorted(starts, seconds, "right") - 1, 0, None)
    # d bpm / d beat = slope and d beat / d t = bpm / 60, so the tempo grows exponentially with time
    return bpm[index] * np.exp(slope[index] * np.maximum(seconds - starts[index], 0.0) / 60.0)
