"""Room on a disk, and the sentences for where there is none: their figures add up."""

import errno
import math
from pathlib import Path

RESERVE = 16 << 20
"""Bytes that are left free on a disk, so that the system and a song's next save have room."""

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_NOT_WRITABLE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST)


def is_full(error: OSError) -> bool:
    """Whether a disk or a quota is used up."""
    return error.errno in _FULL


def is_not_writable(error: OSError) -> bool:
    """Whether nothing may be written there at all."""
    return error.errno in _NOT_WRITABLE


def free_bytes(folder: Path) -> int | None:
    """What is free for the user on the disk of `folder`, or of the nearest folder above it; None if that is unknown."""
    import shutil  # here, since it loads packers of archives

    try:
        place = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
        return shutil.disk_usage(place).free
    except OSError:
        return None


def shortage(folder: Path, needed: int, reserve: int = RESERVE) -> str:
    """“32.2 MB are needed (15.4 MB, and 16.8 MB that stay free) and 25.2 MB are free”; empty where there is room."""
    free = free_bytes(folder)
    if free is None or needed + reserve <= free:
        return ""
    unit, name = (10**8, "GB") if needed + reserve >= 10**9 else (10**5, "MB")
    tenths, reserved = math.ceil(needed / unit), math.ceil(reserve / unit)
    parts = f" ({tenths / 10:.1f} {name}, and {reserved / 10:.1f} {name} that stay free)" if reserved else ""
    return f"{(tenths + reserved) / 10:.1f} {name} are needed{parts} and {free // unit / 10:.1f} {name} are free"


def reason(error: OSError, folder: Path, needed: int = 0) -> str:
    """Why something could not be written into `folder`, for parentheses; with figures where the disk is full."""
    if is_full(error):
        words = "the disk is full" if error.errno == errno.EFBIG else error.strerror or str(error)
        figures = shortage(folder, needed, 0)
        return f"{words}: {figures}" if needed and figures else words
    return error.strerror or str(error)
