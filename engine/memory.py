"""How much memory this process has had at most, and memory that it keeps for itself."""

import ctypes
import sys
from contextlib import suppress
from pathlib import Path

_STATUS = Path("/proc/self/status")
_PEAK = "VmHWM:"
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # glibc's malloc.h
KEPT = 64 << 20
"""Bytes that a window keeps."""
_LARGEST = 32 << 20  # bytes; glibc takes no higher threshold for maps


def peak_bytes() -> int:
    """The largest resident size of this process since its program began.

    Linux hands `ru_maxrss` on from the program that started this one, so its own figure is read there (proc(5), VmHWM).
    """
    if sys.platform == "win32":
        import psutil

        return int(psutil.Process().memory_info().peak_wset)
    with suppress(OSError):
        for line in _STATUS.read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith(_PEAK):
                return int(line.split()[1]) << 10
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak << 10


def keep_freed(limit: int = KEPT) -> None:
    """Lets the C library keep up to `limit` bytes of what is freed for what this process asks for next.

    By default glibc gives arrays of some 100 KB back to the system, which clears each page of the next one again: a
    picture that is drawn for every move of the mouse spends a fifth of its time in that. Elsewhere nothing happens.
    """
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none
        if mallopt is not None:
            mallopt(_MMAP_THRESHOLD, min(limit, _LARGEST))
            mallopt(_TRIM_THRESHOLD, limit)


def give_back() -> None:
    """Gives the system all memory that was freed and is still kept, whatever `keep_freed` allows.

    It takes some milliseconds for 100 MB; what is asked for next has to be cleared by the system again. Any thread may
    call. Elsewhere than on Linux with glibc nothing happens.
    """
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl has none
        if trim is not None:
            trim(0)
