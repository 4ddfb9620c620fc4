"""Files that are written beside their target under a name that nobody has, and take its name when they are whole.

Nothing that the user has is ever in the way, nor removed. What a process that was killed leaves behind can be told by
its name: the machine, the process and a random part; `remove_left_over` removes it once that process is no more.
"""

import os
import platform
import re
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2s
from pathlib import Path

_TRIES = 100


def new_name() -> str:
    """A name for a file of this process that is not whole yet."""
    return f".continuo-{_machine()}-{os.getpid()}-{secrets.token_hex(8)}.part"


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
def replacing(target: Path) -> Iterator[Path]:
    """The path of a new file that takes the name of `target` at the end; after an error it is gone.

    Raises:
        OSError: it cannot be made or cannot take its name; what was at `target` is untouched.
    """
    part = beside(target)
    try:
        yield part
        part.replace(target)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


@contextmanager
def replacing_folder(target: Path) -> Iterator[Path]:
    """The path of a new folder that takes the place of the folder `target` at the end; after an error it is gone.

    Raises:
        OSError: it cannot be made or cannot take its name.
    """
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
    return blake2s(platform.node().encode("utf-8", "replace"), digest_size=4).hexdigest()
