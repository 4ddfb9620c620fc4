"""Writes the open song as a DAWproject file that the user names."""

from pathlib import Path

from PySide6.QtWidgets import QWidget

from desktop.dialogs.files import ask_new_file
from desktop.document import Document
from desktop.settings import Settings
from engine.dawproject import SUFFIX
from engine.dawproject.writing import Written, write_dawproject
from engine.errors import shown
from engine.jobs import Context
from engine.playback.filenames import safe_name

_FOLDER = "export/dawproject_folder"


def ask_export_dawproject(document: Document, settings: Settings, window: QWidget) -> None:
    """Asks for a file and writes the song into it, in the background; sentences say what came of it."""
    folder = Path(settings.text(_FOLDER, settings.text("export/folder", str(Path.home() / "Music"))))
    start = folder if folder.is_dir() else Path.home()
    name = f"{safe_name(document.project.name)}{SUFFIX}"

    def chosen(path: Path) -> None:
        settings.put(_FOLDER, shown(path.parent))
        export_dawproject(document, path)

    ask_new_file(window, "Export DAWproject", start / name, "DAWproject", SUFFIX, chosen)


def export_dawproject(document: Document, path: Path) -> None:
    """Writes the song as it is now to `path`, in the background."""
    project, folder = document.project, document.folder
    if folder is None:
        return

    def operation(context: Context) -> Written:
        return write_dawproject(project, folder, path, context)

    def done(written: Written) -> None:
        if written.notices:
            document.failed.emit(" ".join(written.notices))

    def failed(sentence: str) -> None:
        if sentence:
            document.failed.emit(sentence)

    document.jobs.submit(f"Export {shown(path.name)}", operation, done, failed, queue="export")
