"""Brings the library up to date: looks for new and changed files, and listens to those only.

What is heard is kept after every few files, so that indexing goes on where it was ended. Memory is that of one file's
blocks, whatever the number and the length of the files.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from engine.analysis.library.database import Entry, Library, SoundFile, is_below
from engine.analysis.library.portrait import VERSION, portrait_of
from engine.audio import suffixes
from engine.errors import AudioFileError, shown

_TOGETHER = 2.0  # s after which what was heard is kept
_MOST = 200_000  # files of a folder


@dataclass(frozen=True, slots=True)
class IndexProgress:
    """How far it is. path: the file that was listened to last. problem: why it could not be, or an empty text."""

    done: int
    total: int
    path: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class LibraryTake:
    """A take of a song: its file, what it is called, and the song's folder."""

    path: str
    title: str
    song: str


def index(
    library: Library,
    folders: Sequence[str],
    takes: Sequence[LibraryTake] = (),
    report: Callable[[IndexProgress], None] = lambda progress: None,
) -> None:
    """Listens to what is new or has changed in the folders and takes, and forgets what has gone from them.

    Files of a folder that cannot be read, such as one on a disk that was taken out, stay known.

    Args:
        library: is written.
        folders: with all that is below them; not following links to folders.
        takes: all takes of the songs that any of them belongs to.
        report: is told after each file; may raise to end.
    """
    known = library.stamps()
    wanted = {file.path: file for file in _takes(takes)}
    readable: list[str] = []
    for folder in folders:
        problem = _problem(folder)
        library.set_problem(folder, problem)
        if not problem:
            readable.append(folder)
            for file in _files(folder):
                wanted.setdefault(file.path, file)
    songs = {take.song for take in takes}
    gone = [
        path
        for path, (*_, song) in known.items()
        if path not in wanted and (song in songs if song else is_below(path, readable))
    ]
    library.forget(gone)
    renamed = [file for file in wanted.values() if known.get(file.path, (0,) * 5)[3:] not in ((0, 0), _name(file))]
    library.rename(renamed)
    new = [file for file in wanted.values() if known.get(file.path, (0,) * 5)[:3] != _stamp(file)]
    _listen(library, new, report)


def _listen(library: Library, files: Sequence[SoundFile], report: Callable[[IndexProgress], None]) -> None:
    entries: list[Entry] = []
    last = monotonic()
    try:
        for number, file in enumerate(files, 1):
            entries.append(entry := entry_of(file))
            if monotonic() - last > _TOGETHER:
                library.put(entries)
                entries, last = [], monotonic()
            report(IndexProgress(number, len(files), file.path, entry.problem))
    finally:
        library.put(entries)


def entry_of(file: SoundFile) -> Entry:
    """What is heard in a file, or why it cannot be read."""
    try:
        return Entry(file, portrait_of(Path(file.path)))
    except AudioFileError as error:
        return Entry(file, None, str(error))
    except OSError as error:
        return Entry(file, None, f"“{shown(file.path)}” cannot be read ({error.strerror or error}).")
    except MemoryError:
        return Entry(file, None, f"“{shown(file.path)}” needs more memory than there is: make it smaller.")


def file_at(path: Path, title: str = "", song: str = "") -> SoundFile | None:
    """The file at a path as the library knows it; None where there is no regular file."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    if not path.is_file():
        return None
    return SoundFile(str(path), title or shown(path.name), song, status.st_mtime_ns, status.st_size)


def _takes(takes: Sequence[LibraryTake]) -> Iterator[SoundFile]:
    for take in takes:
        if file := file_at(Path(take.path), take.title, take.song):
            yield file


def _files(folder: str) -> Iterator[SoundFile]:
    """The sound files below a folder by name.

    Hidden ones, those of songs, and those whose names are no text are left out.
    """
    endings = suffixes()
    count = 0
    for place, names, files in os.walk(folder):
        names[:] = sorted(name for name in names if not name.startswith(".") and not _is_song(Path(place, name)))
        for name in sorted(files):
            path = Path(place, name)
            if not name.lower().endswith(endings) or name.startswith(".") or shown(path) != str(path):
                continue
            if file := file_at(path):
                yield file
                count += 1
                if count >= _MOST:
                    return


def _is_song(path: Path) -> bool:
    """Whether a folder is a song: its files have no names of their own, and are known as its takes."""
    return (path / "project.json").is_file()


def _problem(folder: str) -> str:
    path = Path(folder)
    if not path.is_dir():
        return f"The folder “{shown(folder)}” is not there: connect its disk, or remove it from the library."
    try:
        with os.scandir(path) as places:
            next(places, None)
    except OSError as error:
        return f"The folder “{shown(folder)}” cannot be read ({error.strerror or error})."
    return ""


def _stamp(file: SoundFile) -> tuple[int, int, int]:
    return file.modified, file.size, VERSION


def _name(file: SoundFile) -> tuple[str, str]:
    return file.title, file.song
