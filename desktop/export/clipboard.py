"""The system's clipboard: copied clips go onto it as files, and files that another program copied come in from it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from PySide6.QtCore import QMimeData, QObject, Signal
from PySide6.QtGui import QGuiApplication

from desktop.document import Document
from desktop.dropped import dropped_audio
from desktop.editing import Editing
from desktop.export.clip_files import ClipFiles, FilesToCome


class SystemClipboard(QObject):
    """Offers what is copied, and pastes what others copied. UI thread only.

    The files of copied clips are written when another program pastes them.
    """

    changed = Signal()
    """There may be something else to paste."""

    def __init__(self, document: Document, editing: Editing, clip_files: ClipFiles, parent: QObject) -> None:
        super().__init__(parent)
        self._document, self._editing, self._clip_files = document, editing, clip_files
        self._clipboard = QGuiApplication.clipboard()
        self._has_files = False
        document.copied.connect(self._offer)
        document.opened.connect(self._look)
        self._clipboard.dataChanged.connect(self._look)

    def handlers(self) -> dict[str, Callable[[], Any]]:
        """The handlers by the ids of their actions."""
        return {"paste": self.paste}

    def files(self) -> list[Path]:
        """The audio and MIDI files that another program put on the clipboard; none where this one did."""
        data = cast("QMimeData | None", self._clipboard.mimeData())  # None where there is no clipboard
        return [] if data is None or isinstance(data, FilesToCome) else dropped_audio(data)

    @property
    def can_paste(self) -> bool:
        """Whether there is something to paste into a song, as far as was seen when the clipboard changed."""
        return bool(self._document.clipboard) or self._has_files

    def paste(self) -> None:
        """Pastes at the playhead: files that another program copied last, else the clips that were copied here."""
        files = self.files()
        if files:
            self._editing.paste_files(files)
        else:
            self._editing.paste()

    def close(self) -> None:
        """Takes what this program offers off the clipboard: Python has to be there when that is destroyed."""
        if isinstance(self._clipboard.mimeData(), FilesToCome):
            self._clipboard.clear()

    def _look(self) -> None:
        """Asks the clipboard, which another program may have to answer, once after each change."""
        before, self._has_files = self._has_files, bool(self.files())
        if self._has_files != before:
            self.changed.emit()

    def _offer(self) -> None:
        data = self._clip_files.to_come(self._document.selection.clips, None)
        self._clipboard.setMimeData(data)
