"""Which files a project's sources name: what is missing, and what nobody needs any more."""

from pathlib import Path

from engine.errors import ProjectFileError
from engine.project.layout import resolve
from engine.project.model import Project, Source


def source_path(folder: Path, source: Source) -> Path:
    """Where `source` lies (or should).

    Raises:
        ProjectFileError: its path leaves the folder.
    """
    return resolve(folder, source.file)


def is_there(folder: Path, source: Source) -> bool:
    """Whether the file of `source` is a regular one inside the folder."""
    try:
        return source_path(folder, source).is_file()
    except (ProjectFileError, OSError):
        return False


def find_missing(folder: Path, project: Project) -> list[Source]:
    """The project's sources whose files are not there, in the order of their names.

    A link that leads out of the folder counts as missing, as does what is no file.
    """
    missing = [source for source in project.sources.values() if not is_there(folder, source)]
    return sorted(missing, key=lambda source: (source.name, source.id))
