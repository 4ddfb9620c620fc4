"""Songs that new songs begin as: a template is a song's folder like any other, audio and all."""

from dataclasses import replace
from pathlib import Path

from engine import paths
from engine.errors import ProjectFileError, shown
from engine.ids import new_id
from engine.jobs import Context
from engine.project.copying import copy_song
from engine.project.files import is_project, load
from engine.project.model import Project


def templates_dir() -> Path:
    """Where templates are kept; not created."""
    return paths.data_dir() / "templates"


def find_template(name: str) -> Path:
    """The template with that name, or the song in the folder `name`.

    Raises:
        ProjectFileError: there is neither.
    """
    for folder in (Path(name), templates_dir() / name):
        if is_project(folder):
            return folder
    names = sorted(each.name for each in templates_dir().glob("*") if is_project(each))
    hint = f"choose one of {', '.join(names)}" if names else "save a song as one first"
    raise ProjectFileError(f"There is no template “{shown(name)}” and no song in such a folder: {hint}.")


def begin_from_template(template: Path, target: Path, context: Context | None = None) -> Project:
    """Makes `target` a new song that begins as the song in `template` was saved, and returns it. Any thread.

    Raises:
        ProjectFileError: the template cannot be read, or the song cannot be written.
        Cancelled: the user cancelled.
    """
    song = replace(load(template), id=new_id(), name=shown(target.name))
    copy_song(template, song, target, context)
    return song
