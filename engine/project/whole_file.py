"""Writing a file so that at every moment either the old or the new one is there, whole, whatever happens."""

import os
import stat
import sys
import time
from contextlib import suppress
from pathlib import Path

from engine.disk import reason
from engine.errors import ProjectFileError
from engine.project.layout import part_path

_RETRIES, _PAUSE = 20, 0.05  # Windows refuses to replace a file while a virus scanner or an indexer has it open


def write_whole(path: Path, data: bytes) -> None:
    """Puts `data` in the place of the file at `path`: written beside it, flushed to the disk, renamed.

    Raises:
        ProjectFileError: the disk is full or failing, or the folder may not be written. The old file is untouched and
            nothing is left beside it.
    """
    part = part_path(path.parent, path.suffix)
    try:
        try:
            with part.open("xb") as file:
                file.write(data)
                file.flush()
                sync_file(file.fileno())
            replace_file(part, path)
        except OSError:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            raise
        sync_folder(path.parent)
    except OSError as error:
        raise ProjectFileError(
            f"“{path}” could not be written ({reason(error, path.parent, len(data))}). What was saved before is "
            "untouched; check that the disk has room and that you may write there, then save again."
        ) from error


def is_regular(path: Path) -> bool:
    """Whether there is a file at `path` itself: no link, pipe, device or folder."""
    with suppress(OSError):
        return stat.S_ISREG(path.lstat().st_mode)
    return False


def size_of(path: Path) -> int | None:
    """The bytes of the regular file at `path`; None where there is none."""
    with suppress(OSError):
        about = path.lstat()
        return about.st_size if stat.S_ISREG(about.st_mode) else None
    return None


def put_mark(path: Path) -> None:
    """Puts an empty file at `path`, if there is no regular one; a link there is replaced, never followed.

    Raises:
        OSError: it cannot be made.
    """
    if not is_regular(path):
        part = part_path(path.parent)
        part.open("xb").close()
        replace_file(part, path)


def sync_file(descriptor: int) -> None:
    """Waits until what was written to the open file is on the disk itself.

    Raises:
        OSError: the disk is failing.
    """
    if sys.platform == "darwin":
        import fcntl

        with suppress(OSError):  # not every file system knows it
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
            return
    os.fsync(descriptor)


def sync_folder(folder: Path) -> None:
    """Waits until the names in `folder` are on the disk, where the system can do that (Windows cannot)."""
    if sys.platform != "win32":
        with suppress(OSError):  # some network file systems refuse it; the rename itself has happened
            descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def replace_file(source: Path, target: Path) -> None:
    """Renames `source` to `target`, replacing it in one step.

    Raises:
        OSError: it cannot be done.
    """
    for _ in range(_RETRIES if sys.platform == "win32" else 0):
        with suppress(PermissionError):
            source.replace(target)
            return
        time.sleep(_PAUSE)
    source.replace(target)
