"""One song, one program: a lock that the system gives back when its holder dies, and a note of who holds it."""

import getpass
import json
import os
import socket
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.disk import is_not_writable
from engine.errors import ProjectFileError
from engine.project.layout import LOCK_FILE
from engine.project.whole_file import write_whole
from engine.safe_files import is_regular, read_json_inside

if TYPE_CHECKING:
    from filelock import BaseFileLock

OWNER_FILE = ".lock-owner.json"


class ReadOnlyError(ProjectFileError):
    """The folder of a song may not be written."""


class ProjectLock:
    """Holds a project folder. `release` may be called from any thread, and more than once."""

    def __init__(self, folder: Path, *, steal: bool = False) -> None:
        """Takes the lock of `folder` without waiting.

        `steal` also takes a lock that was left behind where the system does not give locks back (some network drives),
        but never one whose holder still runs on this machine.

        Raises:
            ProjectFileError: the song is open elsewhere, or the folder may not be written.
        """
        self._folder = folder
        self._lock = _take(folder, steal)
        owner = {"host": socket.gethostname(), "pid": os.getpid(), "user": _user(), "since": _now()}
        with suppress(ProjectFileError):  # a full disk is no reason not to open a song
            write_whole(folder / OWNER_FILE, json.dumps(owner).encode())

    def release(self) -> None:
        """Gives the folder back."""
        if self._lock.is_locked:
            with suppress(OSError):
                (self._folder / OWNER_FILE).unlink(missing_ok=True)
            self._lock.release()


def _take(folder: Path, steal: bool) -> "BaseFileLock":
    path = folder / LOCK_FILE
    if os.path.lexists(path) and not is_regular(path):
        raise ProjectFileError(
            f"The song “{folder.name}” cannot be opened for writing: “{LOCK_FILE}” in its folder is not a file, but a "
            "link, a pipe or a folder; remove it there."
        )
    from filelock import FileLock, Timeout  # who only reads a song needs none

    lock = FileLock(path, timeout=0, thread_local=False)
    try:
        lock.acquire()
        return lock
    except Timeout:
        owner = _owner(folder)
        if not steal or _runs_here(owner):
            raise ProjectFileError(
                f"The song “{folder.name}” is already open{_described(owner)}: close it there first."
            ) from None
    except OSError as error:
        if is_not_writable(error):
            raise ReadOnlyError(
                f"The song “{folder.name}” lies where nothing may be written ({error.strerror or error}): copy its "
                "folder to another place to change it."
            ) from error
        raise ProjectFileError(
            f"The song “{folder.name}” cannot be opened for writing ({error.strerror or error}): "
            "copy its folder to a place where you may write, and open the copy."
        ) from error
    with suppress(OSError):
        path.unlink()
    return _take(folder, steal=False)


def _owner(folder: Path) -> dict[str, Any]:
    with suppress(OSError, ValueError):
        owner = read_json_inside(folder, OWNER_FILE, 4096)
        if isinstance(owner, dict):
            return owner
    return {}


def _described(owner: dict[str, Any]) -> str:
    if owner.get("pid") == os.getpid() and owner.get("host") == socket.gethostname():
        return " in this program"
    parts = [f"by {owner['user']}" if owner.get("user") else "", f"on {owner['host']}" if owner.get("host") else ""]
    parts.append(f"since {owner['since']}" if owner.get("since") else "")
    parts.append(f"(process {owner['pid']})" if owner.get("pid") else "")
    return "".join(f" {str(part)[:80]}" for part in parts if part) or " in another program"


def _runs_here(owner: dict[str, Any]) -> bool:
    pid = owner.get("pid")
    if owner.get("host") != socket.gethostname() or not isinstance(pid, int):
        return False
    import psutil

    return bool(psutil.pid_exists(pid))


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # no such user in the system's list
        return ""


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
