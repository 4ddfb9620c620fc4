"""Memory that this process and one that it starts both read and write.

Python's own `multiprocessing.shared_memory` would do, but it starts a process more, of 7 MB, only to remove a block
whose owner was killed. Here nothing has to be removed: the memory has no file name and is gone with its last user.
"""

import mmap
import os
import sys
from pathlib import Path

from engine.ids import new_id


class SharedMemory:
    """A block of bytes, in which all is 0 at first. `close` it in each process."""

    def __init__(self, size: int, name: str | None = None) -> None:
        """Makes a block of `size` bytes, or opens the one called `name` that the starting process has made.

        Raises:
            OSError: the system has no room for it, or there is none of that name.
        """
        self._descriptor: int | None = None
        if sys.platform == "win32":
            self.name = name or f"continuo-{new_id()}"
            self.buffer = mmap.mmap(-1, size, tagname=self.name)
        else:
            if name is None:
                self._descriptor = _unnamed_file(size)
            self.name = name or str(self._descriptor)
            self.buffer = mmap.mmap(int(self.name), size)

    @property
    def inherited(self) -> tuple[int, ...]:
        """The descriptors that the other process has to be started with, so that `name` means something to it."""
        return () if self._descriptor is None else (self._descriptor,)

    def close(self) -> None:
        """Gives the block back; no view of `buffer` may be left."""
        self.buffer.close()
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _unnamed_file(size: int) -> int:
    """The descriptor of a new file of zeros without a name: in memory where the system has such files."""
    if sys.platform == "linux" and hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("continuo")
    else:
        import tempfile  # here, since Linux does without

        descriptor, path = tempfile.mkstemp()
        Path(path).unlink()
    os.truncate(descriptor, size)
    return descriptor
