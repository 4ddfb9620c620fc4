"""Audio files and sample rates: reading what is there, writing, resampling.

Samples are float32 of shape (frames, channels), full scale ±1. Integers of 8 to 24 bits divided by a power of two are
exact in float32, so 16- and 24-bit files lose nothing.
"""

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO, Self

import numpy as np

from engine import disk, ffmpeg, riff
from engine.containers import mpeg
from engine.containers.pieces import Contents, Stream
from engine.containers.survey import Foreign, container_of, foreign, head_of, name_of, survey
from engine.downmix import mix_to_stereo, stereo_matrix, with_channels
from engine.errors import AudioFileError, shown
from engine.jobs import Context
from engine.plain_text import counted
from engine.resampling import Resampler

if TYPE_CHECKING:
    from engine.decoding import Decoder

__all__ = ["mix_to_stereo", "shown", "stereo_matrix"]

BLOCK = 65536
"""Frames that are decoded, resampled or copied at a time; fewer where there are many channels."""

_LITTLE = 1 << 16  # bytes; a disk with less free is full
READABLE = ("WAV", "WAVEX", "RF64", "W64", "AIFF", "FLAC", "OGG", "MP3", "CAF", "AU")
"""libsndfile's names of the containers that can be imported."""

SUFFIXES = (
    ".wav", ".wave", ".w64", ".rf64", ".bwf", ".flac", ".ogg", ".oga", ".opus", ".mp3", ".mp2",
    ".aif", ".aiff", ".aifc", ".caf", ".au", ".snd",
)  # fmt: skip
"""File name endings of audio files that can always be read; what counts is the content."""

_FORMATS = "WAV, FLAC, OGG, MP3 or AIFF"
_SLACK = 4608  # frames by which a compressed stream may be shorter than its header says: what its encoder adds
_LEFT_OUT = "holds streams that cannot be decoded; they were left out"
MAX_FRAMES = 1 << 40
"""No file has more."""
_MAX_COUNTED = 64  # links of a chain up to which all are opened to learn the length


def suffixes() -> tuple[str, ...]:
    """File name endings to offer when the user picks or drops audio files; what counts is the content."""
    return (*SUFFIXES, *ffmpeg.SUFFIXES) if ffmpeg.program() else SUFFIXES


@dataclass(frozen=True, slots=True)
class AudioInfo:
    """What an audio file is. `format` and `subtype` are libsndfile's words ("WAV", "PCM_24").

    frames: as many as there really are; 0 where only decoding can tell. speakers: the names of the channels as the
    container states them (see `engine.speakers`); empty if it does not. notices: whole sentences that the user should
    know, such as that the file is cut off.
    """

    format: str
    subtype: str
    rate: int  # Hz
    channels: int
    frames: int
    speakers: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Audio:
    """A sound in memory: float32 samples of shape (frames, channels) at `rate` Hz. Equal only to itself."""

    samples: np.ndarray
    rate: int


class AudioReader:
    """An audio file open for reading, block by block. Use from one thread; close it or use it with `with`.

    It yields what is there: to the end of the bytes, whatever a header says; a chain of streams as one, at the rate
    and with the channels of the first.
    """

    def __init__(self, path: Path, context: Context | None = None) -> None:
        """Opens `path`; `context` is asked, where reading waits for another program, whether the user cancelled.

        Raises:
            AudioFileError: missing, not readable, not audio, or empty.
            Cancelled: the user cancelled.
        """
        self.path, self._context = path, context
        self._notices: list[str] = []
        self._file = _opened(path)
        self._part: Decoder | ffmpeg.FfmpegDecoder | None = None
        self._info = AudioInfo("", "", 0, 0, 0)
        with ExitStack() as failed:
            failed.callback(self.close)
            try:
                self._start()
            except OSError as error:
                raise AudioFileError(f"“{shown(path)}” cannot be read ({error.strerror or error}).") from error
            failed.pop_all()

    def _start(self) -> None:
        head = head_of(self._file)
        kind = foreign(head)
        contents = Contents() if kind else survey(self._file, self._file.seek(0, 2))
        if contents.codec:
            kind = Foreign(f"Ogg {contents.codec}", "ogg")
        self._contents, self._kind = contents, kind
        self._streams: list[Stream | None] = list(contents.streams) or [None]
        self._next = self._done = self._made = 0
        self._damaged = False
        first = self._part = self._open_next()
        own = None if isinstance(first, ffmpeg.FfmpegDecoder) else first
        if own and own.format == "MP3" and not contents.streams and contents.frames is None:
            first = self._counted_mp3(own)  # behind bytes that are none of it
            contents = self._contents
        if first is None:
            raise AudioFileError(f"“{shown(self.path)}” {_unreadable(head)}.")
        speakers = first.speakers if isinstance(first, ffmpeg.FfmpegDecoder) else contents.speakers
        frames = self._count(first)
        self._info = AudioInfo(first.format, first.subtype, first.rate, first.channels, frames, speakers)
        if problem := _problem(self._info, contents):
            raise AudioFileError(f"“{shown(self.path)}” {problem}.")
        self._notices += [*contents.notices, *_lies(self._info, contents)]
        self._stretch: _Stretch | None = None
        self._waiting = np.zeros((0, first.channels), np.float32)

    def _counted_mp3(self, first: "Decoder") -> "Decoder | ffmpeg.FfmpegDecoder | None":
        """The decoder of an MP3 stream whose packets are counted, instead of `first`; `first`, if none are found."""
        contents = mpeg.contents(self._file, self._file.seek(0, 2))
        if contents.frames is None and not contents.streams:
            return first
        self._close_part()
        self._contents, self._streams, self._next = contents, list(contents.streams) or [None], 0
        self._part = self._open_next()
        return self._part

    @property
    def info(self) -> AudioInfo:
        """What the file is, with the notices that there are by now."""
        notices = tuple(f"“{shown(self.path)}” {notice}." for notice in self._notices)
        return replace(self._info, notices=notices)

    def read(self, frames: int) -> np.ndarray:
        """The next float32 (up to `frames`, channels) samples as they are in the file; none at its end alone.

        Damage is passed over as far as can be, and leaves a notice.

        Raises:
            AudioFileError: the file cannot be read any more.
            Cancelled: the user cancelled.
        """
        return self._read(frames, "float32")

    def read_exact(self) -> np.ndarray:
        """All samples from here on in the type that holds them bit by bit, (frames, channels).

        int16 for up to 16 bits, int32 (in the high bits) for 24 and 32, float64 for DOUBLE, else float32.

        Raises:
            AudioFileError: the file cannot be read any more.
            Cancelled: the user cancelled.
        """
        from engine.decoding import exact_kind

        kind = exact_kind(self._info.subtype)
        blocks = [np.zeros((0, self._info.channels), kind)]
        while len(block := self._read(self.block, kind)):
            blocks.append(block)
        return np.concatenate(blocks)

    @property
    def block(self) -> int:
        """Frames that are read at a time: `BLOCK`, or fewer where there are many channels."""
        return max(BLOCK * 8 // max(self._info.channels, 8), 64)

    def blocks(self, frames: int = 0) -> Iterator[np.ndarray]:
        """All the blocks to the end of the file, of `frames` or of `block`."""
        while len(block := self.read(frames or self.block)):
            yield block

    def seek(self, frame: int) -> None:
        """Continues reading at `frame`.

        Raises:
            AudioFileError: the file cannot be read there.
        """
        if len(self._streams) == 1 and self._part and not isinstance(self._part, ffmpeg.FfmpegDecoder):
            from engine.decoding import DecodingError

            try:
                self._part.seek(frame)
            except DecodingError as error:
                raise AudioFileError(f"“{shown(self.path)}” is damaged and cannot be read from {frame} on.") from error
            self._done = self._made = frame
            return
        self._next = self._done = self._made = 0
        self._waiting = self._waiting[:0]
        self._close_part()
        self._part = self._open_next()
        while self._done < frame and len(self.read(min(frame - self._done, self.block))):
            pass

    def close(self) -> None:
        """Closes the file."""
        self._close_part()
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _read(self, frames: int, kind: str) -> np.ndarray:
        if not len(self._waiting):
            self._waiting = self._next_block(frames, kind)
        block, self._waiting = self._waiting[:frames], self._waiting[frames:]
        self._done += len(block)
        return block

    def _next_block(self, frames: int, kind: str) -> np.ndarray:
        """The next samples, in the rate and channels of the file; none at its end."""
        while self._part:
            if self._stretch is None:
                block = self._part.read(frames, kind)
                ended = not len(block)
            else:
                floats = self._part.read(frames)
                ended = not len(floats)
                block = _in_kind(self._stretch.push(floats), kind)
            self._made += len(block)
            if ended:
                if self._part.damage:
                    self._damaged = True
                    self._notices.append(self._part.damage)
                self._close_part()
                self._part = self._open_next()
                if self._part is None:
                    self._check_end()
            if len(block):
                return block
        return np.zeros((0, self._info.channels), kind)

    def _check_end(self) -> None:
        """Says so where less could be decoded than there is."""
        frames, slack = self._info.frames, _SLACK if self._info.format in ("MP3", "OGG") else 0
        if not self._damaged and self._made + slack < frames:
            self._damaged = True
            lost = (frames - self._made) / self._info.rate
            self._notices.append(f"is damaged or cut off: {lost:.2f} s of it could not be decoded")

    def _open_next(self) -> "Decoder | ffmpeg.FfmpegDecoder | None":
        """The decoder of the next stream that can be decoded; None if there is no more."""
        from engine.decoding import Decoder, DecodingError  # here, since it loads decoders: a window opens without

        if self._kind:
            self._next += 1
            return ffmpeg.FfmpegDecoder(self.path, self._kind, self._context) if self._next == 1 else None
        while self._next < len(self._streams):
            stream = self._streams[self._next]
            self._next += 1
            try:
                part = Decoder(self.path, self._file, stream, self._contents.flac_start)
            except DecodingError:
                if len(self._streams) > 1 and _LEFT_OUT not in self._notices:
                    self._notices.append(_LEFT_OUT)
                continue
            if self._info.rate:
                self._fit(part)
            return part
        return None

    def _fit(self, part: "Decoder") -> None:
        info = self._info
        if (part.rate, part.channels) == (info.rate, info.channels):
            self._stretch = None
            return
        self._stretch = _Stretch(part.rate, info.rate, part.channels, info.channels)
        notice = (
            "is a chain of streams with different rates or channels: all of them were brought to "
            f"{info.rate:,} Hz and {info.channels} channel{'s' * (info.channels > 1)}, as the first has"
        )
        if notice not in self._notices:
            self._notices.append(notice)

    def _count(self, first: "Decoder | ffmpeg.FfmpegDecoder") -> int:
        """How many frames there are; 0 where only decoding can tell."""
        from engine.decoding import Decoder, DecodingError

        if self._contents.frames == 0:
            return 0
        if len(self._streams) == 1:
            lengths = [frames for frames in (self._contents.frames, first.frames) if frames and 0 < frames < MAX_FRAMES]
            return min(lengths, default=0)
        if len(self._streams) > _MAX_COUNTED:
            return 0
        frames = first.frames
        for stream in self._streams[self._next :]:
            with suppress(DecodingError), closing(Decoder(self.path, self._file, stream)) as part:
                frames += -(-(stream.frames if stream and stream.frames else part.frames) * first.rate // part.rate)
        return frames if 0 < frames < MAX_FRAMES else 0

    def _close_part(self) -> None:
        if self._part:
            self._part.close()
            self._part = None


class _Stretch:
    """Brings a stream of a chain to the rate and the channels of the first."""

    def __init__(self, rate: int, wanted: int, channels: int, wanted_channels: int) -> None:
        self._rate, self._wanted, self._channels, self._wanted_channels = rate, wanted, channels, wanted_channels
        self._stream = Resampler(rate, wanted, wanted_channels) if rate != wanted else None
        self._taken = self._given = 0

    def push(self, block: np.ndarray) -> np.ndarray:
        """What comes out when `block` goes in; all the rest when it is empty."""
        fitted = with_channels(block, self._wanted_channels)
        if self._stream is None:
            return fitted
        self._taken += len(fitted)
        out = self._stream.push(fitted, last=not len(fitted))
        if not len(fitted):
            out = fit_length(out, max(-(-self._taken * self._wanted // self._rate) - self._given, 0))
        self._given += len(out)
        return out


def _in_kind(samples: np.ndarray, kind: str) -> np.ndarray:
    """Float samples in the type in which `AudioReader.read_exact` gives those of the first stream."""
    if kind.startswith("float"):
        return samples.astype(kind)
    top = {"int16": 2.0**15, "int32": 2.0**31}[kind]
    step = {"int16": 1.0, "int32": 2.0**8}[kind]
    return np.clip(np.rint(samples.astype(np.float64) * top / step) * step, -top, top - step).astype(kind)


def _opened(path: Path) -> BinaryIO:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise AudioFileError(f"“{shown(path)}” does not exist or is not a file: choose another audio file.")
        if not status.st_size:
            raise AudioFileError(f"“{shown(path)}” is empty: choose another audio file.")
        return path.open("rb")
    except FileNotFoundError:
        raise AudioFileError(f"“{shown(path)}” does not exist or is not a file: choose another audio file.") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise AudioFileError(f"“{shown(path)}” cannot be read ({reason}).") from error


def _unreadable(head: bytes) -> str:
    """The end of the sentence on a file that no decoder takes."""
    if name := name_of(head):
        return f"is of the format {name}, which holds no sound that can be read: use {_FORMATS}"
    if name := container_of(head):
        return (
            f"is of the format {name}, but damaged, or its sound is packed in a way that cannot be read: "
            f"use {_FORMATS} as other programs write them"
        )
    return f"is not an audio file that can be read: use {_FORMATS}"


def _problem(info: AudioInfo, contents: Contents) -> str:
    readable = info.format in READABLE or info.subtype == "FLOAT"
    if not readable:
        return f"is of the format {info.format}, which cannot be imported: use {_FORMATS}"
    if contents.frames == 0 or info.channels <= 0:
        return "holds no sound: its length is 0 frames"
    if not riff.MIN_RATE <= info.rate <= riff.MAX_RATE:
        return f"has the impossible sample rate of {info.rate:,} Hz"
    return ""


def _lies(info: AudioInfo, contents: Contents) -> list[str]:
    """What to say where the header names another length than there is."""
    frames, promised = contents.frames, contents.promised
    if frames is None or promised is None or abs(frames - promised) <= (_SLACK if info.format == "MP3" else 0):
        return []
    stated, real = (f"{counted(count, 'frame')} ({count / info.rate:,.2f} s)" for count in (promised, frames))
    if promised > frames:
        return [f"is cut off, or its header is wrong: it names {stated}, and the {real} that are there were taken"]
    return [f"has a wrong header: it names {stated}, and the {real} that are there were taken"]


def read_info(path: Path, context: Context | None = None) -> AudioInfo:
    """What the file at `path` is.

    Raises:
        AudioFileError: see `AudioReader`.
    """
    with AudioReader(path, context) as reader:
        return reader.info


def read_audio(path: Path) -> Audio:
    """The whole file at `path`, as it is: its own rate and channels.

    Raises:
        AudioFileError: see `AudioReader`.
    """
    with AudioReader(path) as reader:
        blocks = list(reader.blocks())
        if not blocks:
            raise AudioFileError(f"“{shown(path)}” holds no sound that can be decoded.")
        return Audio(np.concatenate(blocks), reader.info.rate)


def read_finite(path: Path) -> Audio:
    """The whole file at `path`, as it is, with silence in place of samples that are no numbers.

    Raises:
        AudioFileError: see `AudioReader`.
    """
    audio = read_audio(path)
    if np.isfinite(audio.samples).all():
        return audio
    return Audio(np.nan_to_num(audio.samples, nan=0.0, posinf=0.0, neginf=0.0), audio.rate)


def read_stereo(path: Path) -> Audio:
    """The whole file at `path` at its own rate, with one or two channels: more are mixed down as its layout says.

    Raises:
        AudioFileError: see `AudioReader`.
    """
    with AudioReader(path) as reader:
        blocks = [mix_to_stereo(block, reader.info.speakers) for block in reader.blocks()]
        if not blocks:
            raise AudioFileError(f"“{shown(path)}” holds no sound that can be decoded.")
        return Audio(np.ascontiguousarray(np.concatenate(blocks), np.float32), reader.info.rate)


def _name_for_libsndfile(path: Path) -> str | bytes:
    """Bytes where names are bytes, since those need not be UTF-8."""
    return str(path) if sys.platform == "win32" else os.fsencode(path)


def _unwritable(path: Path, error: Exception) -> str:
    """Why a file cannot be written: libsndfile passes on neither the system's words nor what is free."""
    free = disk.free_bytes(path.parent)
    if free is not None and free < _LITTLE:
        return "the disk is full"
    if not path.parent.is_dir():
        return "there is no such folder"
    return str(error).removeprefix(f"Error opening {_name_for_libsndfile(path)!r}: ").rstrip(".")


class AudioWriter:
    """An audio file open for writing. Use from one thread; close it or use it with `with`."""

    def __init__(self, path: Path, rate: int, channels: int, subtype: str, container: str = "WAV") -> None:
        """Creates `path`, replacing a file that is there.

        `container` and `subtype` are libsndfile's words, such as "WAV", "RF64", "FLAC" and "PCM_16", "FLOAT".

        Raises:
            AudioFileError: the format is not possible, or the file cannot be created.
        """
        import soundfile  # here, since it loads encoders and decoders

        self.path, self._error = path, soundfile.SoundFileError
        try:
            self._file = soundfile.SoundFile(_name_for_libsndfile(path), "w", rate, channels, subtype, format=container)
        except (self._error, ValueError, OSError) as error:
            sentence = f"“{shown(path)}” cannot be written as {container} {subtype} ({_unwritable(path, error)})."
            raise AudioFileError(sentence) from error

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
        except (self._error, OSError) as error:
            reason = _unwritable(self.path, error)
            raise AudioFileError(f"“{shown(self.path)}” cannot be written ({reason}): check the disk.") from error

    def close(self) -> None:
        """Finishes the file.

        Raises:
            AudioFileError: the disk is full or failing.
        """
        try:
            self._file.close()
        except (self._error, OSError) as error:
            reason = _unwritable(self.path, error)
            raise AudioFileError(f"“{shown(self.path)}” cannot be finished ({reason}): check the disk.") from error

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
