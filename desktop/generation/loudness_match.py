"""How loud takes are, and the gains that make them equally loud, so that the ear compares music and not level."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from engine.jobs import Context
from engine.loudness import SILENCE, LoudnessMeter
from engine.project.model import Source
from engine.project.pool import prepare, read_samples

CEILING_DB = -1.0
"""True peak that a gain never lifts a take above."""
MAX_CHANGE_DB = 12.0
_BLOCK = 1 << 16  # frames


@dataclass(frozen=True, slots=True)
class Level:
    """Integrated loudness in LUFS and true peak in dBTP; both `SILENCE` where there is nothing to measure."""

    loudness: float
    peak: float


def measure(folder: Path, source: Source, rate: int, context: Context) -> Level:
    """The level of a sealed source, which is made ready to be played. Not for the UI thread.

    Raises:
        AudioFileError: its file is missing or damaged, or the disk is full.
        Cancelled: the user cancelled.
    """
    file = prepare(folder, source, rate)
    meter = LoudnessMeter(rate, file.channels)
    for start in range(0, file.frames, _BLOCK):
        context.check()
        meter.push(read_samples(file, start, min(_BLOCK, file.frames - start)))
    return Level(meter.integrated, meter.true_peak_db)


def level_of(record: Mapping[str, Any] | None) -> Level | None:
    """The level that the generator measured; None where a take's record does not say it."""
    if not record or "loudness" not in record or "true_peak" not in record:
        return None
    loudness, peak = record["loudness"], record["true_peak"]
    return Level(SILENCE if loudness is None else loudness, SILENCE if peak is None else peak)


def matching_gains(levels: Sequence[Level], target: float | None = None) -> list[float]:
    """Gains in decibels that bring all levels to `target` LUFS.

    Without a target it is their median, lowered as far as the one with the least headroom needs. What is silent or very
    far from the rest is changed by 12 dB at most, and nothing is lifted over −1 dBTP that was not there already.
    """
    audible = [level for level in levels if level.loudness > SILENCE]
    if not audible:
        return [0.0] * len(levels)
    if target is None:
        middle = median(level.loudness for level in audible)
        near = [level for level in audible if abs(level.loudness - middle) <= MAX_CHANGE_DB]
        target = min(middle, *(level.loudness + _headroom(level) for level in near)) if near else middle
    return [_gain(level, target) if level.loudness > SILENCE else 0.0 for level in levels]


def _headroom(level: Level) -> float:
    return max(CEILING_DB - level.peak, 0.0)


def _gain(level: Level, target: float) -> float:
    change = min(max(target - level.loudness, -MAX_CHANGE_DB), MAX_CHANGE_DB)
    return round(min(change, _headroom(level)), 2)
