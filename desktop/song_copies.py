"""Save As, Save a Copy and Save as Template: the song in a folder of another name, with all of its audio."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from desktop.dialogs.files import ask_new_folder
from desktop.dialogs.new_song import free_name
from desktop.document import Document
from desktop.settings import Settings
from desktop.songs import QUEUE, LiveRecording
from engine.errors import EngineError, shown
from engine.jobs import Context
from engine.project import edits


class SongCopies(QObject):
    """Asks where to, copies in the background, and goes on with the copy after Save As. UI thread only."""

    def __init__(self, document: Document, settings: Settings, window: QWidget, live: LiveRecording) -> None:
        super().__init__(window)
        self._document, self._settings, self._window, self._live = document, settings, window, live

    def handlers(self) -> dict[str, Callable[[], object]]:
        """The handlers by the ids of their actions."""
        return {
            "save_as": lambda: self._ask("Save As", self.save_as),
            "save_copy": lambda: self._ask("Save a Copy", self.save_copy),
            "save_template": self._ask_template,
        }

    def save_as(self, folder: Path) -> None:
        """Goes on with the song in `folder`, saved and named like it; where it was it stays as it was saved last."""
        self._live.settle(partial(self._copy, folder, go_on=True))

    def save_copy(self, folder: Path) -> None:
        """Writes the song as it is now into `folder`, named like it, and goes on with the song where it is."""
        self._live.settle(partial(self._copy, folder, go_on=False))

    def save_template(self, folder: Path) -> None:
        """Writes the song as it is now into `folder`, to begin others with, and goes on with the song."""
        self._live.settle(partial(self._copy, folder, go_on=False, template=True))

    def _ask_template(self) -> None:
        from engine.project.templates import templates_dir

        place = templates_dir()
        try:
            place.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self._document.failed.emit(f"The folder {place} cannot be made ({error.strerror}).")
            return
        name = free_name(place, shown(self._document.project.name))
        ask_new_folder(self._window, "Save as Template", place / name, self.save_template)

    def _ask(self, title: str, chosen: Callable[[Path], object]) -> None:
        folder = self._document.folder
        if folder is not None:
            place = folder.parent
            ask_new_folder(self._window, title, place / free_name(place, shown(folder.name)), chosen)

    def _copy(self, folder: Path, *, go_on: bool, template: bool = False) -> None:
        document, old = self._document, self._document.folder
        if old is None:
            return
        if document.coming:
            document.failed.emit(
                "Sounds are still on their way into this song: wait for them, or stop them in the Jobs tab, then save "
                "it elsewhere."
            )
            return
        name = shown(folder.name)
        try:
            project = edits.rename(document.project, name)
        except EngineError as error:
            document.failed.emit(str(error))
            return

        def operation(context: Context) -> None:
            from engine.project.copying import copy_song

            copy_song(old, project, folder, context, cache=go_on)

        def done(_: None) -> None:
            if template:
                document.offered.emit(
                    f"“{name}” is a template now: File, New from Template begins songs as it.", "", None
                )
                return
            self._settings.add_recent(folder)
            if not go_on:
                document.offered.emit(f"A copy of the song is in “{shown(folder)}”.", "", None)
            elif document.folder == old:
                self._go_on(folder, name)

        document.jobs.submit(f"Copy the song to “{name}”", operation, done, document.job_failed, queue=QUEUE)

    def _go_on(self, folder: Path, name: str) -> None:
        try:
            self._document.go_on_in_copy(folder, name)
        except EngineError as error:
            self._document.failed.emit(str(error))
            return
        self._document.sounds.prepare()
