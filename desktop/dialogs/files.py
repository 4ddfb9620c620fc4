"""The file dialog: the system's own where there is one, else Qt's in our look."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QFileInfo
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QFileDialog, QFileIconProvider, QWidget

from desktop.dropped import chosen_files
from engine import paths


class _FileIcons(QFileIconProvider):
    """Plain icons for folders, files and places."""

    def __init__(self) -> None:
        super().__init__()
        kinds = QFileIconProvider.IconType
        self._by_type = {
            kinds.Computer: _icon("computer"),
            kinds.Drive: _icon("drive"),
            kinds.Folder: _icon("folder"),
            kinds.File: _icon("file"),
        }

    def icon(self, what: object) -> QIcon:
        """The icon of a kind of place, or of a file."""
        kinds = QFileIconProvider.IconType
        if isinstance(what, QFileInfo):
            return self._by_type[kinds.Folder if what.isDir() else kinds.File]
        return self._by_type.get(what, self._by_type[kinds.Folder])  # type: ignore[call-overload]


def whole_path(text: str) -> Path:
    """The path that a user typed, "~" being the home folder."""
    path = Path(text.strip())
    try:
        return path.expanduser()
    except RuntimeError:  # the home of a user who does not exist
        return path


def ask_folder(parent: QWidget, title: str, start: str | Path, chosen: Callable[[Path], object]) -> None:
    """Asks for a folder, without blocking; calls `chosen` with it."""
    dialog = _made(parent, title, start, QFileDialog.FileMode.Directory)
    dialog.fileSelected.connect(lambda file: chosen(Path(file)))
    dialog.open()


def ask_file(parent: QWidget, title: str, start: str | Path, chosen: Callable[[Path], object]) -> None:
    """Asks for a file that exists, without blocking; calls `chosen` with it."""
    dialog = _made(parent, title, start, QFileDialog.FileMode.ExistingFile)
    dialog.fileSelected.connect(lambda file: chosen(Path(file)))
    dialog.open()


def ask_files(
    parent: QWidget, title: str, start: str | Path, filters: list[str], chosen: Callable[[list[Path]], object]
) -> None:
    """Asks for files that exist, without blocking; calls `chosen` with them."""
    dialog = _made(parent, title, start, QFileDialog.FileMode.ExistingFiles)
    dialog.setNameFilters(filters)
    dialog.filesSelected.connect(lambda files: chosen(chosen_files(files)))
    dialog.open()


def ask_new_file(
    parent: QWidget, title: str, start: str | Path, kind: str, suffix: str, chosen: Callable[[Path], object]
) -> None:
    """Asks for the name of a file to write, such as *.mid, without blocking; calls `chosen` with it.

    The dialog asks before a file that exists is named.
    """
    dialog = _made(parent, title, start, QFileDialog.FileMode.AnyFile)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilters([f"{kind} (*{suffix})"])
    dialog.setDefaultSuffix(suffix.removeprefix("."))
    dialog.fileSelected.connect(lambda file: chosen(Path(file)))
    dialog.open()


def ask_new_folder(parent: QWidget, title: str, start: str | Path, chosen: Callable[[Path], object]) -> None:
    """Asks for the name of a folder to make, `start` being proposed, without blocking; calls `chosen` with it."""
    dialog = _made(parent, title, Path(start).parent, QFileDialog.FileMode.AnyFile)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)  # a name that is taken is refused, not replaced
    dialog.setLabelText(QFileDialog.DialogLabel.FileName, "Song")
    dialog.selectFile(Path(start).name)
    dialog.fileSelected.connect(lambda file: chosen(Path(file)))
    dialog.open()


class _Dialog(QFileDialog):
    """Keeps its icons alive as long as itself."""

    def __init__(self, parent: QWidget, title: str, start: str) -> None:
        super().__init__(parent, title, start)
        self._icons = _FileIcons()
        self.setIconProvider(self._icons)


def _made(parent: QWidget, title: str, start: str | Path, mode: QFileDialog.FileMode) -> QFileDialog:
    dialog = _Dialog(parent, title, str(start))
    dialog.setFileMode(mode)
    dialog.finished.connect(dialog.deleteLater)
    return dialog


def _icon(name: str) -> QIcon:
    return QIcon(str(paths.resources() / "icons" / f"files-{name}.svg"))
