"""Writes the notes of the open song as a MIDI file that the user names."""

from pathlib import Path

from PySide6.QtWidgets import QWidget

from desktop.dialogs.files import ask_new_file
from desktop.document import Document
from desktop.settings import Settings
from engine.errors import shown
from engine.jobs import Context
from engine.playback.filenames import safe_name

_FOLDER = "export/midi_folder"


def ask_export_midi(document: Document, settings: Settings, window: QWidget) -> None:
    """Asks for a file and writes the notes into it, in the background; a sentence says what came of it."""
    folder = Path(settings.text(_FOLDER, settings.text("export/folder", str(Path.home() / "Music"))))
    start = folder if folder.is_dir() else Path.home()
    name = f"{safe_name(document.project.name)}.mid"

    def chosen(path: Path) -> None:
        settings.put(_FOLDER, shown(path.parent))
        export_midi(document, path)

    ask_new_file(window, "Export MIDI", start / name, "MIDI", ".mid", chosen)


def export_midi(document: Document, path: Path) -> None:
    """Writes the notes of the song as it is now to `path`, in the background."""
    project = document.project

    def operation(_: Context) -> None:
        from engine.inference.song_form import section_starts
        from engine.midi.writing import write_midi

        write_midi(project, path, sections=section_starts(project))

    def failed(sentence: str) -> None:
        if sentence:
            document.failed.emit(sentence)

    document.jobs.submit(f"Export {shown(path.name)}", operation, None, failed, queue="export")
