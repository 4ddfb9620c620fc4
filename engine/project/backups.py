"""Earlier states of a song's project file: the recent ones all, older ones ever farther apart."""

import logging
import os
import re
import shutil
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from engine.atomic_file import replace_file, replacing
from engine.errors import ProjectFileError
from engine.project.codec import MAX_BYTES
from engine.project.layout import BACKUPS, PROJECT_FILE, part_path, resolve
from engine.project.lock import ProjectLock
from engine.project.whole_file import write_whole
from engine.safe_files import is_regular, read_inside

log = logging.getLogger(__name__)

KEPT = 20
DISCARDED = "discarded-"
_NEWEST = 5  # always kept
_LOOKED_AT = 10 * KEPT  # a stranger's folder may hold any number
_NAME = re.compile(r"project-(\d{8}-\d{6})-r(\d+)\.json", re.ASCII)
_TIME = "%Y%m%d-%H%M%S"
_LAST_TIME = 7_258_118_400.0  # the year 2200


def list_backups(folder: Path) -> list[Path]:
    """The backups of the song in `folder`, oldest first; none where the folder cannot be read."""
    return [path for _, path in _numbered(folder)]


def _numbered(folder: Path) -> list[tuple[int, Path]]:
    """(revision, path) of the backups, oldest first."""
    numbered: list[tuple[int, Path]] = []
    with suppress(OSError, ProjectFileError):
        for path in resolve(folder, BACKUPS).iterdir():
            if match := _NAME.fullmatch(path.name):
                numbered.append((int(match[2]), path))
    return sorted(numbered)


def restore(folder: Path, backup: Path) -> None:
    """Puts `backup` in the place of the project file in `folder`; what was there moves into the backups.

    Raises:
        ProjectFileError: the song is open elsewhere, or a file cannot be read or written.
    """
    lock = ProjectLock(folder)
    try:
        data = read_inside(backup.parent, backup.name, MAX_BYTES)
        if (folder / PROJECT_FILE).exists():
            set_aside(folder, folder / PROJECT_FILE, "project")
        write_whole(folder / PROJECT_FILE, data)
    except OSError as error:
        raise ProjectFileError(f"“{backup}” cannot be read ({error.strerror or error}).") from error
    finally:
        lock.release()


def time_of(backup: Path) -> datetime | None:
    """When the song was saved that `backup` holds; None if its name does not say."""
    return known_time(_written(backup))


def known_time(seconds: float) -> datetime | None:
    """The time that is `seconds` after 1970; None where a clock or a name says what no calendar near ours has."""
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < _LAST_TIME else None


def back_up(folder: Path, revision: int) -> None:
    """Keeps the project file as it is now, of that `revision`, as a backup, and thins the backups out.

    The project file itself stays where it is: the backup is a second name of it, or a copy where that is not possible.

    A backup that cannot be made goes to the log and stops nothing: a save is worth more than the state before it.
    """
    current = folder / PROJECT_FILE
    room = folder / BACKUPS
    try:
        if not is_regular(current):
            return
        resolve(folder, BACKUPS)
        room.mkdir(exist_ok=True)
        written = (known_time(current.stat().st_mtime) or datetime.fromtimestamp(0, UTC)).strftime(_TIME)
        target = room / f"project-{written}-r{revision}.json"
        if not target.exists():
            _duplicate(current, target)
    except (OSError, ProjectFileError) as error:
        log.warning("no backup of the song could be made in “%s”: %s", room, error)
    _thin_out(folder)


def _duplicate(current: Path, target: Path) -> None:
    with suppress(OSError, NotImplementedError):
        target.hardlink_to(current)
        return
    with replacing(target, part_path(target.parent)) as part:
        shutil.copyfile(current, part)


def _thin_out(folder: Path) -> None:
    """Removes backups until `KEPT` are left: each time the one between the nearest neighbours, measured by its age.

    An age is counted in revisions, of which every save and autosave is one: clocks are set back, and names come from
    elsewhere. Only the newest `_LOOKED_AT` are looked at. What cannot be removed stays; nothing is raised.
    """
    numbered = _numbered(folder)[-_LOOKED_AT:]
    while len(numbered) > KEPT:
        numbers = [number for number, _ in numbered]
        newest = numbers[-1]
        gaps = {
            i: (numbers[i + 1] - numbers[i - 1]) / (newest - numbers[i] + 1) for i in range(1, len(numbered) - _NEWEST)
        }
        _, path = numbered.pop(min(gaps, key=lambda i: gaps[i]))
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
        ProjectFileError: it cannot be moved, or the backups are a link that leads out of the folder.
    """
    room = resolve(folder, BACKUPS)
    stamp = datetime.now(UTC).strftime(_TIME)
    try:
        room.mkdir(exist_ok=True)
        target = room / f"{DISCARDED}{what}-{stamp}{path.suffix}"
        number = 2
        while target.exists():
            target = room / f"{DISCARDED}{what}-{stamp}-{number}{path.suffix}"
            number += 1
        replace_file(path, target)
    except OSError as error:
        raise ProjectFileError(f"“{path}” could not be moved to “{room}” ({error.strerror or error}).") from error
    with suppress(OSError):
        os.utime(target, follow_symlinks=False)
    _thin_out_discarded(room)


def _thin_out_discarded(room: Path) -> None:
    """Removes what was discarded until the `KEPT` newest are left; what cannot be looked at or removed stays."""
    numbered: list[tuple[int, Path]] = []
    with suppress(OSError):
        for path in room.glob(f"{DISCARDED}*"):
            with suppress(OSError):
                numbered.append((path.lstat().st_mtime_ns, path))
    for _, path in sorted(numbered, reverse=True)[KEPT:]:
        with suppress(OSError):
            path.unlink()
