"""Opens what a waveform is drawn from: the peaks in the project's cache and the mapped samples."""

from pathlib import Path

import numpy as np

from desktop.timeline.waveform import Sound
from engine.errors import AudioFileError, EngineError
from engine.jobs import Context
from engine.project.model import Source
from engine.project.peaks import GrowingPeaks, load_peaks, open_peaks
from engine.project.pool import sample_file
from engine.project.sample_file import SampleFile


def open_sound(folder: Path, source: Source, rate: int, context: Context) -> Sound:
    """The sound of `source` in a project at `rate`, measured first if need be. Not for the UI thread.

    Raises:
        AudioFileError: its file is missing or damaged, or the disk is full.
        Cancelled: the user cancelled.
    """
    peaks = open_peaks(folder, source, rate, context)
    file = sample_file(folder, source, rate)
    return Sound(peaks, mapped(file), 1 / 32768 if file.dtype == "<i2" else 1.0)


def find_sound(folder: Path, source: Source, rate: int) -> Sound | None:
    """The sound of a sealed `source` if all of it is in the cache already. Fast enough for the UI thread."""
    peaks = None if source.growing else load_peaks(folder, source, rate)
    if peaks is None:
        return None
    try:
        file = sample_file(folder, source, rate)
        samples = mapped(file)
    except EngineError:
        return None
    return Sound(peaks, samples, 1 / 32768 if file.dtype == "<i2" else 1.0)


def grow_sound(sound: Sound, folder: Path, source: Source, rate: int) -> None:
    """Takes in what was added to a growing source since. Quick for a few seconds of sound.

    Raises:
        AudioFileError: its file cannot be read.
    """
    if isinstance(sound.peaks, GrowingPeaks):
        file = sample_file(folder, source, rate)
        sound.peaks.extend(file)
        sound.replace_samples(mapped(file))


def mapped(file: SampleFile) -> np.ndarray | None:
    """The samples of `file`, (frames, channels); None if there are none.

    Raises:
        AudioFileError: the file has gone since it was looked for, or is shorter than it was.
    """
    if not file.frames:
        return None
    try:
        return np.memmap(file.path, file.dtype, "r", file.offset, (file.frames, file.channels))
    except (OSError, ValueError) as error:
        raise AudioFileError(f"“{Path(file.path).name}” can no longer be read: its waveform is not drawn.") from error
