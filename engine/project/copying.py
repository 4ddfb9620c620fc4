"""A song written into another folder, with all of its audio."""

import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from engine.atomic_file import replacing
from engine.disk import reason, shortage
from engine.errors import ProjectFileError
from engine.jobs import Context, Part
from engine.project.files import create
from engine.project.layout import AUDIO, CACHE, PROJECT_FILE, VIEW_FILE, make_room, part_path
from engine.project.model import Project
from engine.project.pool import COPY
from engine.project.sources import is_there, source_path
from engine.safe_files import open_inside, size_of


def copy_song(
    folder: Path, project: Project, target: Path, context: Context | None = None, *, cache: bool = False
) -> None:
    """Makes `target` a song of its own: `project`, whose audio lies in `folder`, and that audio.

    Audio that is missing there is missing in the copy. With `cache` what was decoded and rendered comes along. An error
    or a cancel leaves nothing behind. Any thread.

    Raises:
        ProjectFileError: `target` is not empty, lies inside `folder` or cannot be written, there is no room on its
            disk, or some audio of the song is still being made.
        Cancelled: the user cancelled.
    """
    if target.resolve().is_relative_to(folder.resolve()):
        raise ProjectFileError(f"“{target}” lies inside the song’s own folder: choose a folder beside it.")
    if any(source.growing for source in project.sources.values()):
        raise ProjectFileError("Some audio of the song is still being made or recorded: stop that, then copy the song.")
    new = not target.exists()
    create(target, project)
    whole = False
    try:
        add_audio(folder, project, target, context, cache=cache)
        whole = True
    finally:
        if not whole:
            _remove(target, folder_too=new)


def add_audio(
    folder: Path, project: Project, target: Path, context: Context | None = None, *, cache: bool = False
) -> None:
    """Copies what of the audio of `project` lies in `folder`, and not in `target` yet.

    Raises:
        ProjectFileError: it cannot be written, or there is no room for it.
        Cancelled: the user cancelled.
    """
    sizes = {name: size for name, size in _files(folder, project, cache=cache) if not (target / name).exists()}
    total, done = sum(sizes.values()), 0
    if figures := shortage(target, total):
        raise ProjectFileError(f"There is no room for the song on the disk of “{target}”: {figures}.")
    try:
        for room in (AUDIO, *([CACHE] if cache else [])):
            make_room(target, room)
        for name, size in sizes.items():
            share = Part(context or Context(), done / max(total, 1), (done + size) / max(total, 1))
            _copy(folder, name, size, target, share)
            done += size
    except OSError as error:
        raise ProjectFileError(f"The song cannot be copied to “{target}” ({reason(error, target, total)}).") from error


def _copy(folder: Path, name: str, size: int, target: Path, context: Context) -> None:
    """Copies a file of `size` bytes."""
    goal, done = target / name, 0
    with (
        replacing(goal, part_path(goal.parent)) as part,
        open_inside(folder, name, size) as read,
        part.open("xb") as write,
    ):
        while block := read.read(COPY):
            write.write(block)
            done += len(block)
            context.progress(done / size, f"Copying {name}")


def _files(folder: Path, project: Project, *, cache: bool) -> Iterator[tuple[str, int]]:
    """What is copied: names inside the song's folder, and bytes."""
    for source in project.sources.values():
        if is_there(folder, source):
            yield source.file, source_path(folder, source).stat().st_size
    if (size := size_of(folder / VIEW_FILE)) is not None:
        yield VIEW_FILE, size
    if cache:
        for path in sorted((folder / CACHE).glob("*")):
            if (size := size_of(path)) is not None:
                yield f"{CACHE}/{path.name}", size


def _remove(target: Path, *, folder_too: bool) -> None:
    """Removes a copy that is not whole; only what `copy_song` makes."""
    for room in (AUDIO, CACHE):
        shutil.rmtree(target / room, ignore_errors=True)
    with suppress(OSError):
        (target / PROJECT_FILE).unlink()
    with suppress(OSError):
        (target / VIEW_FILE).unlink()
    if folder_too:
        with suppress(OSError):
            target.rmdir()
