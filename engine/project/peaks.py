"""What a waveform is drawn from: lowest sample, highest sample and RMS of bins of 256, 512, 1024 … frames.

A level is a float32 array of shape (channels, 3, bins), full scale ±1, with LOWEST, HIGHEST and RMS on its second axis;
level l has `FIRST_BIN << l` frames a bin, and its last bin may hold fewer. The levels of a sealed source lie one after
another in `cache/peaks/`, mapped into memory; those of a growing source are kept in memory and extended. For less than
`FIRST_BIN` frames a pixel, read the samples themselves (`pool.read_samples`).
"""

import math
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from engine.atomic_file import replacing
from engine.disk import is_not_writable
from engine.errors import AudioFileError
from engine.jobs import Context
from engine.project.layout import PEAKS, make_room, part_path
from engine.project.model import Source
from engine.project.pool import clean, prepare, sample_file
from engine.project.sample_file import SampleFile, write_failed
from engine.safe_files import size_of

FIRST_BIN: Final = 256
"""Frames in a bin of level 0."""

LOWEST, HIGHEST, RMS = 0, 1, 2
_BLOCK = 1 << 16  # frames read at a time; a multiple of FIRST_BIN that stays in the processor's cache
_VERSION = 1  # of the files


@dataclass(frozen=True, slots=True)
class PeakBins:
    """Some bins of a level: views of shape (bins, channels)."""

    lowest: np.ndarray
    highest: np.ndarray
    rms: np.ndarray


class Peaks:
    """The peaks of one source at one rate. Reading is for any thread."""

    def __init__(self, channels: int, frames: int, levels: list[np.ndarray]) -> None:
        self.channels = channels
        self.frames = frames
        self._levels = levels

    @property
    def levels(self) -> list[np.ndarray]:
        """Every level, (channels, 3, bins) each, finest first."""
        return self._levels

    def level_for(self, frames_per_pixel: float) -> int | None:
        """The coarsest level of which a pixel holds at least one bin; None if the samples themselves are needed."""
        if frames_per_pixel < FIRST_BIN or not self.levels:
            return None
        return min(int(math.log2(frames_per_pixel / FIRST_BIN)), len(self.levels) - 1)

    def read(self, level: int, first: int, last: int) -> PeakBins:
        """The bins from `first` to before `last` of `level`, as far as there are any."""
        part = self.levels[level][:, :, max(first, 0) : max(last, 0)]
        return PeakBins(part[:, LOWEST].T, part[:, HIGHEST].T, part[:, RMS].T)


class GrowingPeaks(Peaks):
    """Peaks that get longer as their source grows. `extend` is for one thread at a time."""

    def __init__(self, channels: int) -> None:
        super().__init__(channels, 0, [])
        self._room: list[np.ndarray] = []

    @property
    def levels(self) -> list[np.ndarray]:
        """Every level, (channels, 3, bins) each, finest first. When more comes, only the last bin of a view changes."""
        frames = self.frames
        return [room[:, :, :bins] for room, bins in zip(self._room, _bin_counts(frames), strict=False)]

    def extend(self, file: SampleFile, context: Context | None = None) -> None:
        """Takes in what `file` has beyond `frames`.

        Raises:
            AudioFileError: the file cannot be read.
            Cancelled: the user cancelled; what was there is kept.
        """
        if file.frames <= self.frames:
            return
        first = self.frames // FIRST_BIN
        fresh = _measure(file, first * FIRST_BIN, context)
        rooms = []
        for number, bins in enumerate(_bin_counts(file.frames)):
            room = self._room[number] if number < len(self._room) else None
            room = _with_room(room, self.channels, bins, first)
            room[:, :, first:bins] = fresh
            rooms.append(room)
            first //= 2
            if bins > 1:
                size = FIRST_BIN << number
                fresh = halved(room[:, :, 2 * first : bins], size, _frames_in_last(file.frames, size))
        self._room, self.frames = rooms, file.frames


def open_peaks(folder: Path, source: Source, rate: int, context: Context | None = None) -> Peaks:
    """The peaks of `source` in a project at `rate`: from the cache, or measured (and its sound prepared) now.

    Not for the UI thread. A growing source gives `GrowingPeaks`.

    Raises:
        AudioFileError: the source's file is missing or damaged, or the disk is full.
        Cancelled: the user cancelled.
    """
    if source.growing:
        peaks = GrowingPeaks(min(source.channels, 2))
        peaks.extend(sample_file(folder, source, rate), context)
        return peaks
    return load_peaks(folder, source, rate) or build_peaks(folder, source, rate, context)


def load_peaks(folder: Path, source: Source, rate: int) -> Peaks | None:
    """The peaks of a sealed `source` if they are in the cache. Fast."""
    channels, frames = min(source.channels, 2), source.frames_at(rate)
    counts = _bin_counts(frames)
    path = _path(folder, source, rate)
    with suppress(OSError):
        if size_of(path) == sum(counts) * channels * 12:
            data = np.memmap(path, np.float32, "r")
            if not np.isfinite(data).all():  # a foreign or damaged cache: it is measured anew
                return None
            ends = np.cumsum(counts) * channels * 3
            parts = np.split(data, ends[:-1])
            levels = [part.reshape(channels, 3, bins) for part, bins in zip(parts, counts, strict=True)]
            return Peaks(channels, frames, levels)
    return None


def build_peaks(folder: Path, source: Source, rate: int, context: Context | None = None) -> Peaks:
    """Measures a sealed `source`, preparing its sound if need be, and keeps its peaks in the cache.

    Raises:
        AudioFileError: the source's file is missing or damaged, or the disk is full.
        Cancelled: the user cancelled.
    """
    file = prepare(folder, source, rate, context)
    levels = [_measure(file, 0, context)]
    while levels[-1].shape[2] > 1:
        size = FIRST_BIN << (len(levels) - 1)
        levels.append(halved(levels[-1], size, _frames_in_last(file.frames, size)))
    path = _path(folder, source, rate)
    try:
        make_room(folder, PEAKS)
        with replacing(path, part_path(path.parent), durable=False) as part, part.open("xb") as out:
            for level in levels:
                out.write(level.data)
    except OSError as error:
        if not is_not_writable(error):  # else they are drawn, but not kept
            raise write_failed(Path(source.name), error, path.parent, sum(level.nbytes for level in levels)) from error
    return load_peaks(folder, source, rate) or Peaks(file.channels, file.frames, levels)


def _path(folder: Path, source: Source, rate: int) -> Path:
    return folder / PEAKS / f"{source.id}-{rate}.peaks{_VERSION}"


def _bin_counts(frames: int) -> list[int]:
    """The bins of each level; the last level has one."""
    counts = [-(-frames // FIRST_BIN)]
    while counts[-1] > 1:
        counts.append(-(-counts[-1] // 2))
    return counts if frames else []


def _frames_in_last(frames: int, size: int) -> int:
    """How many of the last bin's `size` frames there are."""
    return (frames - 1) % size + 1


def _measure(file: SampleFile, start: int, context: Context | None) -> np.ndarray:
    """Level 0 from frame `start` (a bin's first) to the end of `file`: (channels, 3, bins)."""
    total = file.frames - start
    out = np.zeros((file.channels, 3, -(-total // FIRST_BIN)), np.float32)
    width = np.dtype(file.dtype).itemsize * file.channels
    try:
        with Path(file.path).open("rb") as raw:
            raw.seek(file.offset + start * width)
            for first in range(0, total, _BLOCK):
                data = raw.read(min(_BLOCK, total - first) * width)
                samples = np.frombuffer(data[: len(data) // width * width], file.dtype).reshape(-1, file.channels)
                if not len(samples):
                    break
                samples = clean(samples) if file.dtype == "<f4" else samples
                at = first // FIRST_BIN
                _measure_block(samples, out[:, :, at : at + -(-len(samples) // FIRST_BIN)])
                if context:
                    context.progress((first + len(samples)) / total, "Drawing the waveform")
    except OSError as error:
        raise AudioFileError(f"“{file.path}” cannot be read ({error.strerror or error}).") from error
    return out


def _measure_block(samples: np.ndarray, out: np.ndarray) -> None:
    """Writes the bins of `samples` (frames, channels; int16 or float32) into `out` (channels, 3, bins)."""
    scale = np.float32(1 / 32768 if samples.dtype.kind == "i" else 1)
    whole = len(samples) // FIRST_BIN
    for channel in range(samples.shape[1]):
        x = np.ascontiguousarray(samples[:, channel])
        bins = x[: whole * FIRST_BIN].reshape(whole, FIRST_BIN)
        _measure_bins(bins, out[channel, :, :whole])
        rest = x[whole * FIRST_BIN :]
        if len(rest):
            _measure_bins(rest[None], out[channel, :, whole:])
    out *= scale


def _measure_bins(bins: np.ndarray, out: np.ndarray) -> None:
    """Writes the values of `bins` (bins, frames) into `out` (3, bins)."""
    out[LOWEST] = bins.min(axis=1)
    out[HIGHEST] = bins.max(axis=1)
    x = bins.astype(np.float32, copy=False)
    out[RMS] = np.sqrt(np.einsum("bs,bs->b", x, x) / np.float32(x.shape[1]))


def _with_room(room: np.ndarray | None, channels: int, bins: int, count: int) -> np.ndarray:
    """An array (channels, 3, at least `bins`) with the first `count` bins of `room`; `room` itself if long enough."""
    if room is not None and room.shape[2] >= bins:
        return room
    longer = np.zeros((channels, 3, max(bins, 64, 0 if room is None else room.shape[2] * 3 // 2)), np.float32)
    if room is not None:
        longer[:, :, :count] = room[:, :, :count]
    return longer


def halved(level: np.ndarray, size: int = 1, in_last: int = 1) -> np.ndarray:
    """The level after `level` (`size` frames a bin, `in_last` in its last): (channels, 3, ⌈bins / 2⌉) float32."""
    bins = level.shape[2]
    pairs = bins // 2
    out = np.empty((level.shape[0], 3, -(-bins // 2)), np.float32)
    left, right = level[:, :, 0 : 2 * pairs : 2], level[:, :, 1 : 2 * pairs : 2]
    np.minimum(left[:, LOWEST], right[:, LOWEST], out=out[:, LOWEST, :pairs])
    np.maximum(left[:, HIGHEST], right[:, HIGHEST], out=out[:, HIGHEST, :pairs])
    out[:, RMS, :pairs] = np.sqrt((np.square(left[:, RMS]) + np.square(right[:, RMS])) / 2)
    if bins % 2:
        out[:, :, -1] = level[:, :, -1]
    else:
        sums = np.square(left[:, RMS, -1]) * size + np.square(right[:, RMS, -1]) * in_last
        out[:, RMS, -1] = np.sqrt(sums / (size + in_last))
    return out
