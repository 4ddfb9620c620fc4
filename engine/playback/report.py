"""What a bounce made, in figures: for reading, for JSON, and to be kept beside the files."""

import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from engine.encoding import FileType
from engine.loudness import SILENCE, LoudnessMeter
from engine.plain_text import counted, duration, one_line, plain_lines


@dataclass(frozen=True, slots=True)
class Levels:
    """How loud a sound is. Decibels are relative to full scale; `SILENCE` (−∞) where there is nothing to measure."""

    peak_db: float = SILENCE
    true_peak_db: float = SILENCE  # dBTP
    integrated: float = SILENCE  # LUFS
    range: float = 0.0  # LRA, LU
    max_momentary: float = SILENCE  # LUFS
    max_short_term: float = SILENCE  # LUFS


def levels_of(meter: LoudnessMeter) -> Levels:
    """What `meter` has measured."""
    return Levels(
        meter.peak_db,
        meter.true_peak_db,
        meter.integrated,
        meter.range,
        meter.max_momentary,
        meter.max_short_term,
    )


@dataclass(frozen=True, slots=True)
class FileReport:
    """One file. `track` is the track's name, or "" for the mix; `clipped` counts samples beyond full scale."""

    path: Path
    track: str
    peak_db: float
    clipped: int
    dithered: bool
    exact: bool  # nothing was rounded
    type: FileType = FileType.WAV


@dataclass(frozen=True, slots=True)
class BounceReport:
    """A whole bounce."""

    song: str
    files: tuple[FileReport, ...]
    mix: Levels  # of the mix, whether or not it was written, with the gain applied
    rate: int  # Hz
    format: str  # "16", "24" or "32f"
    frames: int  # of every file, at `rate`
    start: int  # frame of the song, at `rate`, that comes first
    gain_db: float  # common to mix and stems
    target: str  # what was asked of the loudness and what was reached; "" if nothing was asked
    target_reached: bool
    left_out: tuple[str, ...]  # tracks that are in none of the files, and why
    notes: tuple[str, ...]
    took: float  # seconds of work
    licences: tuple[str, ...] = ()  # what made the generated clips, and what its licence forbids
    damage: str = ""  # a sentence on audio of the song that has changed on the disk, and was exported as it is now
    damaged: tuple[str, ...] = ()  # the ids of those sources

    @property
    def seconds(self) -> float:
        """Length of every file."""
        return self.frames / self.rate

    @property
    def samples(self) -> str:
        """How samples are stored, for reading."""
        lossless = [file for file in self.files if not file.type.lossy]
        labels = dict.fromkeys(file.type.label for file in self.files if file.type is not FileType.WAV)
        return " ".join([*([_FORMATS[self.format]] if lossless or not self.files else []), *labels])

    @property
    def clipped(self) -> int:
        """Samples beyond full scale, in all files."""
        return sum(file.clipped for file in self.files)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values; levels of silence are null."""
        content: dict[str, Any] = _plain(asdict(self))
        return {**content, "seconds": self.seconds, "clipped": self.clipped}

    def text(self) -> str:
        """As lines for reading."""
        mix = self.mix
        lines = [
            f"{one_line(self.song)}: {counted(len(self.files), 'file')}, "
            f"{duration(self.seconds)} ({counted(self.frames, 'frame')}), {self.rate:,} Hz, {self.samples}",
            f"Mix: {_level(mix.integrated, 'LUFS')} integrated, {mix.range:.1f} LU range, "
            f"{_level(mix.true_peak_db, 'dBTP')} true peak, {_level(mix.peak_db, 'dBFS')} peak, "
            f"{_level(mix.max_momentary, 'LUFS')} max momentary, {_level(mix.max_short_term, 'LUFS')} max short-term",
        ]
        lines += [line for line in (self.damage, self.target) if line]
        width = max((len(file.path.name) for file in self.files), default=0)
        for file in self.files:
            extra = "dithered" if file.dithered else "exact" if file.exact else "no dither"
            extra = file.type.label if file.type.lossy else extra
            if file.clipped:
                extra += f", {counted(file.clipped, 'sample')} clipped"
            lines.append(f"  {file.path.name:<{width}}  {_level(file.peak_db, 'dBFS'):>11} peak, {extra}")
        lines += [f"Left out: {reason}" for reason in self.left_out]
        lines += [*self.notes, *self.licences]
        speed = f", {self.seconds / self.took:.0f} times as fast as it plays" if self.took > 0 else ""
        lines.append(f"Made in {self.took:.1f} s{speed}.")
        return "".join(f"{plain_lines(line).replace(chr(10), ' ')}\n" for line in lines)


_FORMATS = {"16": "16-bit", "24": "24-bit", "32f": "32-bit float"}


def _level(value: float, unit: str) -> str:
    return f"{value:.1f} {unit}".replace("-", "−") if math.isfinite(value) else f"−∞ {unit}"


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return str(value) if isinstance(value, Path) else value
