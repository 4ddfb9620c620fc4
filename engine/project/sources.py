"""Which files a project's sources name: what is missing, and what nobody needs any more."""

from collections.abc import Mapping
from pathlib import Path

from engine.errors import AudioFileError, ProjectFileError
from engine.project.layout import AUDIO, CACHE, check_rooms, resolve
from engine.project.model import Project, Source
from engine.safe_files import is_regular


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


def unused_audio(folder: Path, project: Project) -> list[Path]:
    """Files of the pool that neither a source of `project` nor a take's record names, in order.

    Undo and backups may still need them.
    """
    used = {source.file for source in project.sources.values()}
    for _, clip in project.clips():
        for take in clip.takes:
            sounds = (take.provenance or {}).get("sounds")
            used |= {f"{AUDIO}/{each}.wav" for each in sounds.values()} if isinstance(sounds, Mapping) else set()
    pool = sorted(path for path in (folder / AUDIO).glob("[!.]*") if is_regular(path))
    return [path for path in pool if path.relative_to(folder).as_posix() not in used]


def delete_unused(folder: Path, project: Project) -> int:
    """Deletes what `unused_audio` lists, with what was derived from it; returns the bytes freed.

    Raises:
        AudioFileError: a file cannot be deleted.
        ProjectFileError: the pool is a link to somewhere else.
    """
    freed = 0
    check_rooms(folder)
    for path in unused_audio(folder, project):
        derived = [found for found in (folder / CACHE).rglob(f"{path.stem}[-.]*") if is_regular(found)]
        for file in (path, *derived):
            try:
                size = file.stat().st_size
                file.unlink()
            except OSError as error:
                raise AudioFileError(f"“{file}” cannot be deleted ({error.strerror or error}).") from error
            freed += size
    return freed
