"""Reading the project file, or an autosave or backup, which have its form."""

import re
from contextlib import suppress
from pathlib import Path

from engine.errors import ProjectFileError
from engine.project.codec import MAX_BYTES, Dropped, decode
from engine.project.layout import BACKUPS
from engine.project.model import Project
from engine.safe_files import open_inside, read_inside

_REVISION = re.compile(rb'"revision": (\d{1,12}),')


def read_project_file(path: Path, dropped: Dropped | None = None) -> Project:
    """The song in the project file, autosave or backup at `path`; `dropped` takes in what was left out of it.

    Raises:
        ProjectFileError: see `load`.
    """
    try:
        data = read_inside(path.parent, path.name, MAX_BYTES)
    except FileNotFoundError:
        hint = "choose the folder of a song"
        if (path.parent / BACKUPS).is_dir():
            hint = f"copy the newest file of its “{BACKUPS}” folder there"
        raise ProjectFileError(f"There is no “{path.name}” in “{path.parent}”: {hint}.") from None
    except OSError as error:
        raise ProjectFileError(f"“{path}” cannot be read ({error.strerror or error}).") from error
    return decode(data, dropped)


def revision_of(path: Path) -> int:
    """The revision that the project file or autosave at `path` says it is; 0 without one."""
    with suppress(OSError), open_inside(path.parent, path.name, MAX_BYTES) as file:
        if match := _REVISION.search(file.read(400)):
            return int(match[1])
    return 0
