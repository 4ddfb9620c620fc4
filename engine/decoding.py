"""Decoders: one stream of a file, through libsndfile or an FFmpeg of the user's, to blocks of float32 samples."""

import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
import soundfile

from engine.containers import flac
from engine.containers.pieces import PieceFile, Span, Stream, cut

_CAREFUL = 256  # frames that are read at a time near damage
_KINDS = {"PCM_16": "int16", "PCM_S8": "int16", "PCM_U8": "int16", "PCM_24": "int32", "PCM_32": "int32"}


class DecodingError(Exception):
    """A stream that cannot be decoded; `str(error)` is the decoder's own word for it."""


class _Sound(soundfile.SoundFile):
    """Reads on where it is: `soundfile` would seek after each read, which streams without a length cannot do."""

    def seekable(self) -> bool:
        return False


def exact_kind(subtype: str) -> str:
    """The type of numpy that holds samples of libsndfile's `subtype` bit by bit."""
    return {**_KINDS, "DOUBLE": "float64"}.get(subtype, "float32")


def decode_vorbis(data: bytes) -> np.ndarray:
    """The first channel of a whole Ogg Vorbis stream in memory: int16 (frames,).

    Raises:
        DecodingError: it cannot be decoded.
    """
    try:
        samples, _ = soundfile.read(io.BytesIO(data), dtype="int16", always_2d=True)
    except (soundfile.SoundFileError, ValueError, TypeError, OverflowError, MemoryError) as error:
        raise DecodingError(str(error)) from error
    return np.ascontiguousarray(samples[:, 0])


class Decoder:
    """One stream of a file, read from its start to its end. Close it."""

    def __init__(self, path: Path, file: BinaryIO, stream: Stream | None, flac_start: int = 0) -> None:
        """Opens `stream`, a part of `file`; None is the whole file at `path`.

        Raises:
            DecodingError: it cannot be decoded.
        """
        self._path, self._file, self._stream = path, file, stream
        self._flac_start = stream.flac_start if stream else flac_start
        self._sound = self._open()
        sound = self._sound
        self.format, self.subtype = str(sound.format), str(sound.subtype)
        self.rate, self.channels, self.frames = int(sound.samplerate), int(sound.channels), int(sound.frames)
        self._done = 0
        self._rescue: Iterator[np.ndarray] | None = None
        self.damage = ""
        """What is wrong with the stream, once reading has come upon it."""

    def _open(self) -> soundfile.SoundFile:
        try:
            if self._stream:
                return _Sound(PieceFile(self._file, self._stream.pieces, self._stream.claim))
            return _Sound(str(self._path) if sys.platform == "win32" else os.fsencode(self._path))
        except (soundfile.SoundFileError, ValueError, TypeError, OverflowError) as error:
            raise DecodingError(str(error)) from error

    def read(self, frames: int, kind: str = "float32") -> np.ndarray:
        """The next (up to `frames`, channels) samples; none at the end. Where it is damaged, see `damage`."""
        block = self._rescued(frames, kind) if self._rescue else self._read(frames, kind)
        self._done += len(block)
        return block

    def _read(self, frames: int, kind: str) -> np.ndarray:
        try:
            return self._sound.read(frames, dtype=kind, always_2d=True)
        except soundfile.SoundFileError:
            rescue = self._rescue_packets if self._flac_start else self._rescue_start
            self._rescue = rescue(kind)
            return self._rescued(frames, kind)

    def _rescued(self, frames: int, kind: str) -> np.ndarray:
        if self._rescue:
            for block in self._rescue:
                return block
        return np.zeros((0, self.channels), kind)

    def _rescue_start(self, kind: str) -> Iterator[np.ndarray]:
        """What is left before the damage, in small steps."""
        self._sound.close()
        self._sound = self._open()
        left = self._done
        self.damage = "is damaged; what follows the damage could not be decoded"
        try:
            while left and (skipped := len(self._sound.read(min(left, 1 << 16), always_2d=True))):
                left -= skipped
            while len(block := self._sound.read(_CAREFUL, dtype=kind, always_2d=True)):
                yield block
        except soundfile.SoundFileError:
            return

    def _rescue_packets(self, kind: str) -> Iterator[np.ndarray]:
        """The rest of a FLAC stream, packet by packet, with silence in place of those that are damaged."""
        pieces = self._stream.pieces if self._stream else (Span(0, self._file.seek(0, 2)),)
        inner = PieceFile(self._file, pieces)
        info = flac.read_info(inner)  # type: ignore[arg-type]
        if info is None:
            return
        at, silent = self._done, 0
        sound, place = None, -1
        self.damage = "is damaged"
        for packet in list(flac.packets(inner, info.packets, inner.size, info)):  # type: ignore[arg-type]
            if packet.first + packet.frames <= at or (info.frames and packet.first + packet.frames > info.frames):
                continue
            if packet.first > at:
                if packet.first - at > _LONGEST_GAP * info.rate:
                    continue  # no header of this stream, though it looks like one
                silent += packet.first - at
                yield np.zeros((packet.first - at, self.channels), kind)
                at, place = packet.first, -1
            try:
                if sound is None or place != packet.first:
                    view = (info.header(info.frames or 1 << 35), *cut(pieces, packet.at, inner.size))
                    sound = _Sound(PieceFile(self._file, view))
                block = sound.read(packet.frames, dtype=kind, always_2d=True)
            except soundfile.SoundFileError:
                block = np.zeros((0, self.channels), kind)
            if len(block) == packet.frames:
                place = packet.first + packet.frames
            else:
                sound, place = None, -1
                silent += packet.frames
                block = np.zeros((packet.frames, self.channels), kind)
            yield block[at - packet.first :]
            at = packet.first + packet.frames
        self.damage = f"is damaged: {silent / self.rate:.2f} s of it could not be decoded and are silent"

    def seek(self, frame: int) -> None:
        """Continues reading at `frame`; only before any damage was met.

        Raises:
            DecodingError: it cannot be read there.
        """
        try:
            self._sound.seek(frame)
        except soundfile.SoundFileError as error:
            raise DecodingError(str(error)) from error
        self._done = frame

    def close(self) -> None:
        """Closes the stream, not the file."""
        self._sound.close()


_LONGEST_GAP = 30  # seconds of damage that are bridged with silence
