"""Audio files and sample rates: the one door to libsndfile and to the resampler.

Samples are float32 of shape (frames, channels), full scale ±1. Integers of 8 to 24 bits divided by a power of two are
exact in float32, so 16- and 24-bit files lose nothing.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import soundfile
import soxr

from engine import riff
from engine.errors import AudioFileError

BLOCK = 65536
"""Frames that are decoded, resampled or copied at a time."""

READABLE = ("WAV", "WAVEX", "RF64", "W64", "AIFF", "FLAC", "OGG", "MP3", "CAF", "AU")
"""libsndfile's names of the containers that can be imported."""

_WAV_SUFFIXES = (".wav", ".wave", ".w64", ".rf64", ".bwf")
SUFFIXES = (*_WAV_SUFFIXES, ".flac", ".ogg", ".oga", ".opus", ".mp3", ".aif", ".aiff", ".aifc", ".caf", ".au")
"""File name endings to offer when the user picks audio files; what counts is the content."""


@dataclass(frozen=True, slots=True)
class AudioInfo:
    """What an audio file is, by its header. `format` and `subtype` are libsndfile's words ("WAV", "PCM_24")."""

    format: str
    subtype: str
    rate: int  # Hz
    channels: int
    frames: int


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Audio:
    """A sound in memory: float32 samples of shape (frames, channels) at `rate` Hz. Equal only to itself."""

    samples: np.ndarray
    rate: int


class AudioReader:
    """An audio file open for reading, block by block. Use from one thread; close it or use it with `with`."""

    def __init__(self, path: Path) -> None:
        """Opens `path`.

        Raises:
            AudioFileError: missing, not readable, not audio, empty, or cut off.
        """
        self.path = path
        try:
            if not path.is_file() or path.stat().st_size == 0:
                what = "is empty" if path.is_file() else "does not exist or is not a file"
                raise AudioFileError(f"“{path}” {what}: choose another audio file.")
            data = riff.find_samples(path)
            self._file = soundfile.SoundFile(str(path))
        except OSError as error:
            raise AudioFileError(f"“{path}” cannot be read ({error.strerror or error}).") from error
        except (soundfile.SoundFileError, ValueError, TypeError) as error:
            raise AudioFileError(
                f"“{path}” is not an audio file that can be read: use WAV, FLAC, OGG, MP3 or AIFF."
            ) from error
        file = self._file
        self.info = AudioInfo(file.format, file.subtype, file.samplerate, file.channels, file.frames)
        if problem := _problem(self.info, data):
            file.close()
            raise AudioFileError(f"“{path}” {problem}.")

    def read(self, frames: int) -> np.ndarray:
        """The next float32 (up to `frames`, channels) samples as they are in the file; fewer at its end.

        Raises:
            AudioFileError: the file is damaged here.
        """
        try:
            return self._file.read(frames, dtype="float32", always_2d=True)
        except soundfile.SoundFileError as error:
            raise AudioFileError(f"“{self.path}” is damaged and cannot be decoded to its end: {error}") from error

    def read_exact(self) -> np.ndarray:
        """All samples from here on in the type that holds them bit by bit, (frames, channels).

        int16 for up to 16 bits, int32 (in the high bits) for 24 and 32, float64 for DOUBLE, else float32.

        Raises:
            AudioFileError: the file is damaged.
        """
        kinds = {"PCM_16": "int16", "PCM_S8": "int16", "PCM_U8": "int16", "PCM_24": "int32", "PCM_32": "int32"}
        kind = {**kinds, "DOUBLE": "float64"}.get(self.info.subtype, "float32")
        try:
            return self._file.read(dtype=kind, always_2d=True)
        except soundfile.SoundFileError as error:
            raise AudioFileError(f"“{self.path}” is damaged and cannot be decoded to its end: {error}") from error

    def blocks(self, frames: int = BLOCK) -> Iterator[np.ndarray]:
        """All the blocks to the end of the file."""
        while len(block := self.read(frames)):
            yield block

    def seek(self, frame: int) -> None:
        """Continues reading at `frame`."""
        self._file.seek(frame)

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _problem(info: AudioInfo, data: riff.SampleData | None) -> str:
    if info.format not in READABLE:
        return f"is a {info.format} file, which cannot be imported: use WAV, FLAC, OGG, MP3 or AIFF"
    if data and data.truncated:
        return "is cut off: it ends before its header says it should, so copy it again from where it came"
    if info.frames <= 0 or info.channels <= 0:
        return "holds no sound: its length is 0 frames"
    if not riff.MIN_RATE <= info.rate <= riff.MAX_RATE:
        return f"has the impossible sample rate of {info.rate} Hz"
    return ""


def read_info(path: Path) -> AudioInfo:
    """What the file at `path` is.

    Raises:
        AudioFileError: see `AudioReader`.
    """
    with AudioReader(path) as reader:
        return reader.info


def read_audio(path: Path) -> Audio:
    """The whole file at `path`, as it is: its own rate and channels.

    Raises:
        AudioFileError: see `AudioReader`.
    """
    with AudioReader(path) as reader:
        blocks = list(reader.blocks())
        if not blocks:
            raise AudioFileError(f"“{path}” holds no sound that can be decoded.")
        return Audio(np.concatenate(blocks), reader.info.rate)


class AudioWriter:
    """An audio file open for writing. Use from one thread; close it or use it with `with`."""

    def __init__(self, path: Path, rate: int, channels: int, subtype: str, container: str = "WAV") -> None:
        """Creates `path`, replacing a file that is there.

        `container` and `subtype` are libsndfile's words, such as "WAV", "RF64", "FLAC" and "PCM_16", "FLOAT".

        Raises:
            AudioFileError: the format is not possible, or the file cannot be created.
        """
        self.path = path
        try:
            self._file = soundfile.SoundFile(str(path), "w", rate, channels, subtype, format=container)
        except (soundfile.SoundFileError, ValueError, OSError) as error:
            raise AudioFileError(f"“{path}” cannot be written as {container} {subtype}: {error}") from error

    @property
    def raw(self) -> Any:
        """The `soundfile.SoundFile` itself."""
        return self._file

    def write(self, block: np.ndarray) -> None:
        """Appends a block of shape (frames, channels).

        int16 goes into PCM_16 and int32 (in the high bits) into PCM_24 and PCM_32 bit by bit, float32 into FLOAT. (From
        float to integer, libsndfile would scale by 2ⁿ − 1 and read back by 2ⁿ: quantise before.)

        Raises:
            AudioFileError: the disk is full or failing.
        """
        try:
            self._file.write(block)
        except (soundfile.SoundFileError, OSError) as error:
            raise AudioFileError(f"“{self.path}” cannot be written: {error} Is the disk full?") from error

    def close(self) -> None:
        """Finishes the file.

        Raises:
            AudioFileError: the disk is full or failing.
        """
        try:
            self._file.close()
        except (soundfile.SoundFileError, OSError) as error:
            raise AudioFileError(f"“{self.path}” cannot be finished: {error} Is the disk full?") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_reader(path: Path) -> AudioReader:
    """Opens the audio file at `path` for reading; see `AudioReader`."""
    return AudioReader(path)


def open_writer(path: Path, rate: int, channels: int, subtype: str, container: str = "WAV") -> AudioWriter:
    """Creates an audio file at `path`; see `AudioWriter`."""
    return AudioWriter(path, rate, channels, subtype, container)


def write_audio(path: Path, audio: Audio, subtype: str = "FLOAT", container: str = "WAV") -> None:
    """Writes `audio` to `path`. Float samples into an integer `subtype` are rounded by libsndfile, without dither.

    Raises:
        AudioFileError: see `AudioWriter`.
    """
    with open_writer(path, audio.rate, audio.samples.shape[1], subtype, container) as writer:
        writer.write(audio.samples)


class Resampler:
    """Changes the rate of a stream, block by block (libsoxr, very high quality, delay compensated)."""

    def __init__(self, rate_in: int, rate_out: int, channels: int) -> None:
        self._stream = soxr.ResampleStream(rate_in, rate_out, channels, dtype="float32", quality="VHQ")

    def push(self, block: np.ndarray, *, last: bool = False) -> np.ndarray:
        """What can be output after `block` (frames, channels) came in; all the rest when it is the `last` one."""
        return self._stream.resample_chunk(np.ascontiguousarray(block, dtype=np.float32), last=last)


def resample(samples: np.ndarray, rate_in: int, rate_out: int) -> np.ndarray:
    """`samples` (frames, channels) at another rate: exactly ⌈frames · rate_out / rate_in⌉ frames."""
    if rate_in == rate_out:
        return samples
    out = Resampler(rate_in, rate_out, samples.shape[1]).push(samples, last=True)
    return fit_length(out, -(-len(samples) * rate_out // rate_in))


def fit_length(samples: np.ndarray, frames: int) -> np.ndarray:
    """`samples` cut, or continued with silence, to `frames`."""
    if len(samples) >= frames:
        return samples[:frames]
    return np.concatenate([samples, np.zeros((frames - len(samples), samples.shape[1]), np.float32)])


_H = math.sqrt(0.5)
_SPEAKERS = {  # left and right weight of each channel, in the order of WAVE files
    "L": (1.0, 0.0),
    "R": (0.0, 1.0),
    "C": (_H, _H),
    "LFE": (0.0, 0.0),
    "Ls": (_H, 0.0),
    "Rs": (0.0, _H),
    "Cs": (0.5, 0.5),
}
_LAYOUTS = {
    3: "L R C",
    4: "L R Ls Rs",
    5: "L R C Ls Rs",
    6: "L R C LFE Ls Rs",
    7: "L R C LFE Cs Ls Rs",
    8: "L R C LFE Ls Rs Ls Rs",
}


def stereo_matrix(channels: int) -> np.ndarray:
    """The weights (channels, 2) that mix `channels` down to stereo.

    3 to 8 channels are taken in the order of WAVE files (L R C, L R Ls Rs, … 5.1, 6.1, 7.1) and mixed as ITU-R BS.775
    says: centre and surrounds at −3 dB, a rear centre at −6 dB on both sides, without the LFE. Of any other count the
    odd channels are averaged to the left and the even ones to the right.
    """
    if layout := _LAYOUTS.get(channels):
        return np.array([_SPEAKERS[speaker] for speaker in layout.split()], dtype=np.float32)
    matrix = np.zeros((channels, 2), np.float32)
    matrix[0::2, 0] = 1 / len(matrix[0::2])
    matrix[1::2, 1] = 1 / len(matrix[1::2])
    return matrix


def mix_to_stereo(block: np.ndarray) -> np.ndarray:
    """`block` (frames, channels) with at most two channels; one or two stay as they are."""
    channels = block.shape[1]
    return block if channels <= 2 else block @ stereo_matrix(channels)
