"""Reads stretches of sample files for the mixer.

Files are read, not mapped into memory: out of the page cache that costs no more, a song of any size takes no memory,
and a file that is cut off or taken away while it plays is an error here instead of the end of the process.
"""

import errno
import io
import os
import stat
import sys
from collections import OrderedDict
from collections.abc import Collection
from typing import Any

import numpy as np

from engine.errors import AudioFileError
from engine.project.sample_file import SampleFile

MAX_OPEN_FILES = 96
"""Files that one reader keeps open if nothing else is said; macOS allows a process 256 unless told otherwise."""

_TYPES: dict[str, np.dtype[Any]] = {"<i2": np.dtype("<i2"), "<f4": np.dtype("<f4")}


class SampleReader:
    """Keeps the files open that were read last. Belongs to one thread.

    With `strict`, a file that cannot be read raises `AudioFileError`; otherwise it is silent and its path is put into
    `failed`.
    """

    def __init__(self, *, strict: bool = True, max_files: int = MAX_OPEN_FILES) -> None:
        self.failed: set[str] = set()
        self._max_files = max_files
        self._strict = strict
        self._open: OrderedDict[str, io.FileIO] = OrderedDict()
        self._frames: dict[str, int] = {}  # growing files: what was there when looked last
        self._buffer = np.empty(0, np.uint8)

    def close(self) -> None:
        """Closes the files. The reader may be used again."""
        self.keep(())

    def keep(self, paths: Collection[str]) -> None:
        """Closes all files but these, and tries those that failed again from now on."""
        for path in [path for path in self._open if path not in paths]:
            self._open.pop(path).close()
        self._frames = {path: frames for path, frames in self._frames.items() if path in paths}
        self.failed.clear()

    def frames(self, file: SampleFile, wanted: int) -> int:
        """How many frames `file` has; asks a growing file for its size if it was shorter than `wanted`."""
        if not file.growing:
            return file.frames
        recorded = max(self._frames.get(file.path, 0), file.frames)
        if recorded < wanted and (handle := self._handle(file)):
            width = _TYPES[file.dtype].itemsize * file.channels
            recorded = max(recorded, (os.fstat(handle.fileno()).st_size - file.offset) // width)
            self._frames[file.path] = recorded
        return recorded

    def read(self, file: SampleFile, first: int, frames: int) -> np.ndarray:
        """Frames `first` … of `file`, which has them: (frames · channels,) interleaved in the file's own type.

        The array is valid until the next call. What cannot be read is silence, if the reader is not strict.

        Raises:
            AudioFileError: the file is gone, cut off or unreadable (only if strict).
        """
        dtype = _TYPES[file.dtype]
        size = frames * file.channels * dtype.itemsize
        if len(self._buffer) < size:
            self._buffer = np.empty(size, np.uint8)
        done = 0
        if handle := self._handle(file):
            place = file.offset + first * file.channels * dtype.itemsize
            try:
                while done < size and (count := _read_at(handle, self._buffer[done:size], place + done)):
                    done += count
            except OSError as error:
                self._fail(file, error.strerror or str(error))
            else:
                if done < size:
                    self._fail(file, "it is cut off")
        if done < size:
            self._buffer[done:size] = 0
        return self._buffer[:size].view(dtype)

    def _handle(self, file: SampleFile) -> io.FileIO | None:
        if handle := self._open.get(file.path):
            self._open.move_to_end(file.path)
            return handle
        if file.path in self.failed:
            return None
        while len(self._open) >= self._max_files:
            self._close_oldest()
        try:
            handle = self._open_file(file.path)
        except OSError as error:
            self._fail(file, error.strerror or str(error))
            return None
        self._open[file.path] = handle
        return handle

    def _open_file(self, path: str) -> io.FileIO:
        while True:
            try:
                return _open_regular(path)
            except OSError as error:
                if error.errno != errno.EMFILE or not self._open:
                    raise
                self._close_oldest()

    def _close_oldest(self) -> None:
        self._open.popitem(last=False)[1].close()

    def _fail(self, file: SampleFile, reason: str) -> None:
        self.failed.add(file.path)
        if handle := self._open.pop(file.path, None):
            handle.close()
        if self._strict:
            raise AudioFileError(
                f"The sound file “{file.path}” cannot be read ({reason}): locate its audio again, or reopen the song."
            )


def _read_at(handle: io.FileIO, into: np.ndarray, place: int) -> int:
    """Reads bytes from `place` on; returns how many, 0 at the end."""
    if sys.platform == "win32":
        handle.seek(place)
        return handle.readinto(into.data) or 0
    return os.preadv(handle.fileno(), [into.data], place)


def _open_regular(path: str) -> io.FileIO:
    """Opens a file to be read; never waits, as for the writer of a pipe.

    Raises:
        OSError: it cannot be opened, or is a pipe, a device or a folder.
    """
    flags = (getattr(os, flag, 0) for flag in ("O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY", "O_BINARY"))
    handle = os.open(path, os.O_RDONLY | sum(flags))
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "it is no regular file", path)
    return io.FileIO(handle)
