"""The one way to write a file whole: beside its target, flushed to the disk, and renamed in one step.

At every moment either the old or the new file is there, whole, whatever happens. Nothing that the user has is ever in
the way, nor removed. What a process that was killed leaves behind can be told by its name: the machine, the process and
a random part; `remove_left_over` removes it once that process is no more. (A song's folder has names of its own for
files in the making, see `engine.project.layout.part_path`; who holds the song's lock removes those.)
"""

import os
import re
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2s
from pathlib import Path

_TRIES = 100
_RETRIES, _PAUSE = 20, 0.05  # Windows refuses to replace a file while a virus scanner or an indexer has it open


def new_name() -> str:
    """A name for a file of this process that is not whole yet."""
    return f".continuo-{_machine()}-{os.getpid()}-{os.urandom(8).hex()}.part"


def beside(target: Path) -> Path:
    """Makes a new, empty file in the folder of `target`, under a name that nobody had.

    Raises:
        OSError: it cannot be made there.
    """
    for _ in range(_TRIES):
        path = target.parent / new_name()
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
            return path
    raise FileExistsError(f"no free name in “{target.parent}”")


@contextmanager
def unfinished(part: Path) -> Iterator[Path]:
    """The path `part` of a file to be written; where `finish` did not give it its name, it is gone at the end."""
    try:
        yield part
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def finish(part: Path, target: Path, *, durable: bool = True) -> None:
    """Gives the whole file `part` the name `target`, in one step.

    With `durable`, its bytes are on the disk before, and its name after; what can be made again needs neither.

    Raises:
        OSError: it cannot be done; what was at `target` is untouched.
    """
    if durable:
        with part.open("rb+") as file:
            sync_file(file.fileno())
    replace_file(part, target)
    if durable:
        sync_folder(target.parent)


@contextmanager
def replacing(target: Path, part: Path | None = None, *, durable: bool = True) -> Iterator[Path]:
    """The path of a new file that takes the name of `target` at the end; after an error it is gone.

    Args:
        target: what it becomes.
        part: its name until then, in the same folder; one that nobody has without it.
        durable: see `finish`.

    Raises:
        OSError: it cannot be made or cannot take its name; what was at `target` is untouched.
    """
    with unfinished(part or beside(target)) as path:
        yield path
        finish(path, target, durable=durable)


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


@contextmanager
def replacing_folder(target: Path) -> Iterator[Path]:
    """The path of a new folder that takes the place of the folder `target` at the end; after an error it is gone.

    Raises:
        OSError: it cannot be made or cannot take its name.
    """
    import shutil  # here, since it loads packers of archives: the player makes no folder

    part = target.parent / new_name()
    part.mkdir()
    try:
        yield part
        if target.exists():
            shutil.rmtree(target)
        part.rename(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def remove_left_over(folder: Path) -> None:
    """Removes what processes of this machine that are no more left unfinished in `folder`."""
    ours = re.compile(rf"\.continuo-{_machine()}-(\d+)-[0-9a-f]{{16}}\.part")
    with suppress(OSError):
        for path in list(folder.iterdir()):
            match = ours.fullmatch(path.name)
            if match and stat.S_ISREG(path.lstat().st_mode) and not _runs(int(match[1])):
                with suppress(OSError):
                    path.unlink()


def _runs(pid: int) -> bool:
    import psutil  # seldom needed

    return psutil.pid_exists(pid)


def _machine() -> str:
    """Eight digits that stand for this machine, as a folder may be shared with others."""
    import platform

    return blake2s(platform.node().encode("utf-8", "replace"), digest_size=4).hexdigest()
