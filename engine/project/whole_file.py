"""Whole files in a song's folder, with the song's own names for files in the making."""

from pathlib import Path

from engine.atomic_file import replacing
from engine.disk import reason
from engine.errors import ProjectFileError
from engine.project.layout import part_path
from engine.safe_files import is_regular


def write_whole(path: Path, data: bytes) -> None:
    """Puts `data` in the place of the file at `path`, see `engine.atomic_file`.

    Raises:
        ProjectFileError: the disk is full or failing, or the folder may not be written. The old file is untouched and
            nothing is left beside it.
    """
    try:
        with replacing(path, part_path(path.parent, path.suffix)) as part, part.open("xb") as file:
            file.write(data)
    except OSError as error:
        raise ProjectFileError(
            f"“{path}” could not be written ({reason(error, path.parent, len(data))}). What was saved before is "
            "untouched; check that the disk has room and that you may write there, then save again."
        ) from error


def put_mark(path: Path) -> None:
    """Puts an empty file at `path`, if there is no regular one; a link there is replaced, never followed.

    Raises:
        OSError: it cannot be made.
    """
    if not is_regular(path):
        with replacing(path, part_path(path.parent), durable=False) as part:
            part.open("xb").close()
