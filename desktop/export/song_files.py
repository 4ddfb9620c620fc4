"""Writes the open song as a file of another program: DAWproject or MIDI, under a name that the user chooses."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QWidget

from desktop.dialogs.files import ask_new_file
from desktop.document import Document
from desktop.settings import Settings
from engine.dawproject import SUFFIX
from engine.errors import shown
from engine.jobs import Context
from engine.playback.filenames import safe_name
from engine.project.model import Project

Write = Callable[[Project, Path, Path, Context], Sequence[str]]
"""Writes a song, whose folder is given, to a path; returns sentences on what was not taken as it is."""


@dataclass(frozen=True, slots=True)
class SongFile:
    """A type of file that songs are written as. key: of the folder it was last written to, in the settings."""

    name: str
    suffix: str
    key: str
    write: Write


def _write_dawproject(project: Project, folder: Path, path: Path, context: Context) -> Sequence[str]:
    from engine.dawproject.writing import write_dawproject

    return write_dawproject(project, folder, path, context).notices


def _write_midi(project: Project, folder: Path, path: Path, context: Context) -> Sequence[str]:
    from engine.inference.song_form import section_starts
    from engine.midi.writing import write_midi

    write_midi(project, path, sections=section_starts(project))
    return ()


DAWPROJECT = SongFile("DAWproject", SUFFIX, "export/dawproject_folder", _write_dawproject)
MIDI = SongFile("MIDI", ".mid", "export/midi_folder", _write_midi)


def ask_export_song(document: Document, kind: SongFile, settings: Settings, window: QWidget) -> None:
    """Asks for a file and writes the song into it, in the background; sentences say what came of it."""
    folder = Path(settings.text(kind.key, settings.text("export/folder", str(Path.home() / "Music"))))
    start = folder if folder.is_dir() else Path.home()
    name = f"{safe_name(document.project.name)}{kind.suffix}"

    def chosen(path: Path) -> None:
        settings.put(kind.key, shown(path.parent))
        export_song(document, kind, path)

    ask_new_file(window, f"Export {kind.name}", start / name, kind.name, kind.suffix, chosen)


def export_song(document: Document, kind: SongFile, path: Path) -> None:
    """Writes the song as it is now to `path`, in the background."""
    project, folder = document.project, document.folder
    if folder is None:
        return

    def operation(context: Context) -> Sequence[str]:
        return kind.write(project, folder, path, context)

    def done(notices: Sequence[str]) -> None:
        if notices:
            document.failed.emit(" ".join(notices))

    document.jobs.submit(f"Export {shown(path.name)}", operation, done, document.job_failed, queue="export")
