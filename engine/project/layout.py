"""The project folder: what lies where, and the rule that no path of a project leaves it."""

import os
import re
from contextlib import suppress
from pathlib import Path, PurePosixPath

from engine.errors import ProjectFileError

PROJECT_FILE = "project.json"
AUTOSAVE_FILE = "autosave.json"
JOURNAL_FILE = "journal.txt"
LOCK_FILE = ".lock"
VIEW_FILE = "view.json"
AUDIO, GROWING, CACHE, PEAKS, BACKUPS = "audio", "growing", "cache", "cache/peaks", "backups"

PART = ".part-"
"""Start of the name of a file that is still being written; what is left of one after a crash is removed on opening."""

_DRIVE = re.compile(r"[A-Za-z]:")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f\\:*?"<>|\ud800-\udfff]')


def check_relative(file: str) -> str:
    """`file` itself, if it is a path that stays inside the project on every system.

    Raises:
        ProjectFileError: it is absolute, climbs out, names a drive, or has a character that some system forbids.
    """
    parts = PurePosixPath(file).parts
    wrong = (
        not 0 < len(file) <= 400
        or file.startswith("/")
        or bool(_DRIVE.match(file))
        or bool(_FORBIDDEN.search(file))
        or "/".join(parts) != file
        or any(part in (".", "..") or part[-1] in ". " or _RESERVED.fullmatch(part) for part in parts)
    )
    if wrong:
        raise ProjectFileError(
            f"The project names the file {file[:80]!a}, which is not a path inside the project folder: "
            "the project file is damaged or was tampered with; take a backup from its “backups” folder."
        )
    return file


def resolve(folder: Path, file: str) -> Path:
    """The path of the project's `file`; symbolic links may not lead out of the folder either.

    Raises:
        ProjectFileError: see `check_relative`.
    """
    path = folder / check_relative(file)
    try:
        inside = path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):
        inside = False
    if not inside:
        raise ProjectFileError(
            f"“{file}” in the project “{folder.name}” is a link that leads out of the project folder: "
            "put what it leads to in its place."
        )
    return path


def check_rooms(folder: Path) -> None:
    """Refuses a project of which a sub-folder is a link to somewhere else, where nothing may be written or deleted.

    Raises:
        ProjectFileError: there is such a link.
    """
    for room in (AUDIO, GROWING, CACHE, PEAKS, BACKUPS):
        resolve(folder, room)


class FolderMovedError(ProjectFileError):
    """The folder of an open song is not where it was."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"The folder of the song “{folder.name}” is not in “{folder.parent}” any more: it was moved, renamed or "
            "deleted, or its disk is not connected. Nothing was written; locate the folder, or save the song elsewhere."
        )


def make_room(folder: Path, room: str) -> None:
    """Makes the sub-folder `room` of the song in `folder`, but never that folder itself.

    Raises:
        FolderMovedError: the song's folder is not there any more.
        OSError: it cannot be made.
    """
    if not folder.is_dir():
        raise FolderMovedError(folder)
    path = folder
    for name in room.split("/"):
        path /= name
        path.mkdir(exist_ok=True)


def part_path(folder: Path, suffix: str = "") -> Path:
    """A name in `folder` that nobody else uses, for a file that is renamed when it is whole."""
    return folder / f"{PART}{os.urandom(6).hex()}{suffix}"


def remove_parts(folder: Path) -> None:
    """Removes what unfinished writing left in the project `folder`. Only for the one who holds the lock."""
    for room in (folder, *(folder / name for name in (AUDIO, GROWING, CACHE, PEAKS, BACKUPS))):
        for path in room.glob(f"{PART}*"):
            with suppress(OSError):
                path.unlink()
