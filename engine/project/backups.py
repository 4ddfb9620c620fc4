"""Earlier states of a song's project file: the recent ones all, older ones ever farther apart."""

import re
import shutil
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from engine.errors import ProjectFileError
from engine.project.layout import BACKUPS, PROJECT_FILE, part_path
from engine.project.lock import ProjectLock
from engine.project.whole_file import replace_file, write_whole

KEPT = 20
DISCARDED = "discarded-"
_NEWEST = 5  # always kept
_NAME = re.compile(r"project-(\d{8}-\d{6})-r(\d+)\.json", re.ASCII)
_TIME = "%Y%m%d-%H%M%S"


def list_backups(folder: Path) -> list[Path]:
    """The backups of the song in `folder`, oldest first."""
    found = [
        (int(match[2]), path)
        for path in (folder / BACKUPS).glob("project-*.json")
        if (match := _NAME.fullmatch(path.name))
    ]
    return [path for _, path in sorted(found)]


def restore(folder: Path, backup: Path) -> None:
    """Puts `backup` in the place of the project file in `folder`; what was there moves into the backups.

    Raises:
        ProjectFileError: the song is open elsewhere, or a file cannot be read or written.
    """
    lock = ProjectLock(folder)
    try:
        data = backup.read_bytes()
        if (folder / PROJECT_FILE).exists():
            set_aside(folder, folder / PROJECT_FILE, "project")
        write_whole(folder / PROJECT_FILE, data)
    except OSError as error:
        raise ProjectFileError(f"“{backup}” cannot be read ({error.strerror or error}).") from error
    finally:
        lock.release()


def time_of(backup: Path) -> datetime | None:
    """When the song was saved that `backup` holds; None if its name does not say."""
    return datetime.fromtimestamp(_written(backup), UTC) if _written(backup) else None


def back_up(folder: Path, revision: int) -> None:
    """Keeps the project file as it is now, of that `revision`, as a backup, and thins the backups out.

    The project file itself stays where it is: the backup is a second name of it, or a copy where that is not possible.

    Raises:
        ProjectFileError: the disk is full or failing; the project file is untouched.
    """
    current = folder / PROJECT_FILE
    room = folder / BACKUPS
    try:
        if not current.is_file():
            return
        room.mkdir(exist_ok=True)
        written = datetime.fromtimestamp(current.stat().st_mtime, UTC).strftime(_TIME)
        target = room / f"project-{written}-r{revision}.json"
        if not target.exists():
            _duplicate(current, target)
    except OSError as error:
        raise ProjectFileError(
            f"No backup of the song could be made in “{room}” ({error.strerror or error}). What was saved before is "
            "untouched; check that the disk has room, then save again."
        ) from error
    _thin_out(folder)


def _duplicate(current: Path, target: Path) -> None:
    with suppress(OSError, NotImplementedError):
        target.hardlink_to(current)
        return
    part = part_path(target.parent)
    try:
        shutil.copyfile(current, part)
        replace_file(part, target)
    finally:
        part.unlink(missing_ok=True)


def _thin_out(folder: Path) -> None:
    """Removes backups until `KEPT` are left: each time the one between the nearest neighbours, measured by its age."""
    paths = list_backups(folder)
    while len(paths) > KEPT:
        times = [_written(path) for path in paths]
        newest = times[-1]
        gaps = {i: (times[i + 1] - times[i - 1]) / (newest - times[i] + 1.0) for i in range(1, len(paths) - _NEWEST)}
        path = paths.pop(min(gaps, key=lambda i: gaps[i]))
        with suppress(OSError):
            path.unlink()


def _written(path: Path) -> float:
    match = _NAME.fullmatch(path.name)
    try:
        return datetime.strptime(match[1], _TIME).replace(tzinfo=UTC).timestamp() if match else 0.0
    except ValueError:
        return 0.0


def set_aside(folder: Path, path: Path, what: str) -> None:
    """Moves `path` into the backups as “discarded-`what`”, for a user who may have thrown away the wrong thing.

    The last `KEPT` of them are kept.

    Raises:
        ProjectFileError: it cannot be moved.
    """
    room = folder / BACKUPS
    stamp = datetime.now(UTC).strftime(_TIME)
    try:
        room.mkdir(exist_ok=True)
        target = room / f"{DISCARDED}{what}-{stamp}{path.suffix}"
        number = 2
        while target.exists():
            target = room / f"{DISCARDED}{what}-{stamp}-{number}{path.suffix}"
            number += 1
        replace_file(path, target)
        target.touch()
        kept = sorted(room.glob(f"{DISCARDED}*"), key=lambda found: found.stat().st_mtime_ns, reverse=True)
        for old in kept[KEPT:]:
            old.unlink(missing_ok=True)
    except OSError as error:
        raise ProjectFileError(f"“{path}” could not be moved to “{room}” ({error.strerror or error}).") from error
