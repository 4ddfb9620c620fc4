"""Formats that only FFmpeg reads (M4A, AAC, video, WMA …), through the `ffmpeg` program of the user's, if there is one.

It runs as a process of its own that is told which format to expect, may open nothing but that one file, and is ended
when it does nothing any more, when the user cancels, and when the reader is closed.
"""

import contextlib
import io
import os
import queue
import shutil
import subprocess
import threading
from pathlib import Path
from time import monotonic

import numpy as np

from engine import riff
from engine.containers.survey import Foreign
from engine.errors import AudioFileError, shown
from engine.jobs import Context
from engine.plain_text import counted
from engine.speakers import wave_speakers

SUFFIXES = (
    ".m4a", ".mp4", ".m4b", ".aac", ".mov", ".mkv", ".mka", ".webm", ".wma", ".avi", ".flv", ".3gp", ".wv", ".ape",
    ".tta", ".amr", ".ac3", ".mpg", ".ts",
)  # fmt: skip
"""File name endings of what it reads."""

STALL = 2.0
"""Seconds without a sample, and without work, after which it is taken for hung."""
PATIENCE = 10.0
"""Seconds without a sample after which it is taken for hung although it works."""
ENDING = 2.0
"""Seconds that it may take to end when it has given all."""

_CHUNK = 1 << 17  # bytes
_AHEAD = 8  # chunks that are read before they are asked for
_HEADER = 4096  # bytes in which the header of what it writes fits


def program() -> str | None:
    """The user's `ffmpeg`; None if there is none."""
    return shutil.which("ffmpeg")


class FfmpegDecoder:
    """The first sound stream of a file, read from its start to its end. Close it."""

    def __init__(self, path: Path, kind: Foreign, context: Context | None = None) -> None:
        """Starts the program.

        Raises:
            AudioFileError: there is no such program, or it cannot read the file.
            Cancelled: the user cancelled.
        """
        self._path, self._kind, self._context = path, kind, context
        command = program()
        if command is None:
            raise AudioFileError(
                f"“{shown(path)}” is of the format {kind.name}, which is read through FFmpeg: install the "
                "program “ffmpeg”, or convert the file to WAV or FLAC."
            )
        source = b"file:" + os.fsencode(path.absolute()) if os.name != "nt" else f"file:{path.absolute()}"
        options = ("-v", "error", "-nostdin", "-protocol_whitelist", "file", "-f", kind.demuxer, "-i")
        output = ("-map", "0:a:0", "-vn", "-sn", "-dn", "-c:a", "pcm_f32le", "-f", "wav", "pipe:1")
        self._process = subprocess.Popen(
            [command, *options, source, *output],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._chunks: queue.Queue[bytes] = queue.Queue(_AHEAD)
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._fetch, name="ffmpeg", daemon=True)
        self._thread.start()
        self._rest, self._ended = b"", False
        self.damage = ""
        self.format, self.subtype, self.frames = kind.name, "FLOAT", 0
        with contextlib.ExitStack() as failed:
            failed.callback(self.close)
            self._read_header()
            failed.pop_all()

    def _read_header(self) -> None:
        while len(self._rest) < _HEADER and not self._ended:
            self._rest += self._next()
        data = riff.samples_of(io.BytesIO(self._rest), len(self._rest))
        if data is None or not data.channels:
            raise AudioFileError(
                f"“{shown(self._path)}” is of the format {self._kind.name}, but FFmpeg finds no sound in it "
                "that it can decode: convert it to WAV or FLAC with the program that made it."
            )
        self.rate, self.channels = data.rate, data.channels
        self.speakers = wave_speakers(data.mask, data.channels)
        self._rest = self._rest[data.offset :]

    def _fetch(self) -> None:
        pipe = self._process.stdout
        assert pipe is not None
        with contextlib.suppress(OSError, ValueError):
            while chunk := pipe.read(_CHUNK):
                if not self._put(chunk):
                    return
        self._put(b"")

    def _put(self, chunk: bytes) -> bool:
        while not self._closed.is_set():
            with contextlib.suppress(queue.Full):
                self._chunks.put(chunk, timeout=0.1)
                return True
        return False

    def _next(self) -> bytes:
        began = worked = monotonic()
        work = 0.0
        while True:
            self._check()
            with contextlib.suppress(queue.Empty):
                chunk = self._chunks.get(timeout=0.1)
                self._ended = not chunk
                return chunk
            now = monotonic()
            if now - worked >= STALL / 4 and (done := self._work()) > work:
                work, worked = done, now
            if now - worked >= STALL or now - began >= PATIENCE:
                self.close()
                raise AudioFileError(
                    f"“{shown(self._path)}” cannot be decoded: FFmpeg gave nothing for "
                    f"{counted(round(now - began), 'second')}. Convert the file to WAV or FLAC."
                )

    def _check(self) -> None:
        """Ends the program at once, and raises `Cancelled`, if the user cancelled."""
        if self._context and self._context.cancelled:
            self.close()
            self._context.check()

    def _work(self) -> float:
        """What the program has done so far: processor seconds, and megabytes read where the system counts them."""
        import psutil

        with contextlib.suppress(psutil.Error):
            program = psutil.Process(self._process.pid)
            times = program.cpu_times()
            read = program.io_counters().read_chars / 1e6 if hasattr(program, "io_counters") else 0.0
            return float(times.user + times.system) + read
        return 0.0

    def _failed(self) -> bool:
        """Whether the program, which has given all of its samples, ended with an error; it is not waited for long."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return bool(self._process.wait(ENDING))
        self._process.kill()
        return True

    def read(self, frames: int, kind: str = "float32") -> np.ndarray:
        """The next (up to `frames`, channels) samples; none at the end.

        Raises:
            AudioFileError: the program hangs.
            Cancelled: the user cancelled.
        """
        width = 4 * self.channels
        parts, size = [self._rest], len(self._rest)
        while size < frames * width and not self._ended:
            parts.append(self._next())
            size += len(parts[-1])
        data = b"".join(parts)
        take = min(size // width, frames) * width
        self._rest = data[take:]
        if self._ended and not self.damage and self._failed():
            self.damage = "is damaged; FFmpeg could not decode all of it"
        return np.frombuffer(data[:take], "<f4").reshape(-1, self.channels).astype(kind)

    def close(self) -> None:
        """Ends the program."""
        self._closed.set()
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._thread.join()
        if self._process.stdout:
            self._process.stdout.close()
