"""Repair: the recording under a clip, without hum, hiss, clicks, clipping and offset, becomes a new take."""

from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from desktop.audio_selection import selected_audio
from desktop.dialogs.repair import RepairDialog
from desktop.document import Document
from desktop.theme import Theme
from engine.errors import EditError
from engine.jobs import Context
from engine.project import edits
from engine.project.model import Clip, Project, Source, Take

QUEUE = "listening"
STEP = "Repair"


class Repairing(QObject):
    """Asks what to mend in the selected clip, and mends it in the background. UI thread only."""

    def __init__(self, document: Document, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._document, self._theme, self._window = document, theme, window

    def handlers(self) -> dict[str, Callable[[], object]]:
        """The handlers by the ids of their actions."""
        return {"repair": self.ask_selected}

    def ask_selected(self) -> None:
        """Asks about the first selected clip of audio."""
        if clips := selected_audio(self._document):
            self.ask(clips[0])

    def ask(self, clip: Clip) -> RepairDialog | None:
        """Opens the dialog, and looks for faults of the whole file that the clip plays."""
        document, folder = self._document, self._document.folder
        source = document.project.sources.get(clip.chosen.source)
        if folder is None or source is None:
            return None
        take = clip.chosen
        dialog = RepairDialog(
            clip.name, lambda kinds: self.repair(clip, take, source, kinds), self._theme, self._window
        )

        def operation(context: Context) -> Mapping[str, str]:
            from engine.audio import read_finite
            from engine.inference.repair_client import examined
            from engine.project.sources import source_path

            return examined(read_finite(source_path(folder, source)), context)

        def done(texts: Mapping[str, str]) -> None:
            if isValid(dialog):
                dialog.show_findings(texts)

        def failed(sentence: str) -> None:
            if isValid(dialog):
                dialog.close()
            if sentence:
                document.failed.emit(sentence)

        job = document.jobs.submit(
            f"Look for Faults of “{clip.name}”", operation, done, failed, queue=QUEUE, passing=True
        )
        dialog.dismissed.connect(lambda: document.jobs.cancel(job))
        dialog.show()
        return dialog

    def repair(self, clip: Clip, take: Take, source: Source, kinds: tuple[str, ...]) -> None:
        """Mends the file that a take plays; the result becomes a take beside it, which is played; one undo step."""
        document, folder = self._document, self._document.folder
        if folder is None:
            return

        def operation(context: Context) -> Source:
            return _repaired_source(folder, source, kinds, context)

        def done(new: Source) -> None:
            if document.folder == folder:
                document.apply(STEP, lambda p: with_repaired_take(p, clip, take, new, kinds))

        document.jobs.submit(
            f"Repair “{clip.name}”",
            operation,
            done,
            document.job_failed,
            queue=QUEUE,
            again=lambda: self.repair(clip, take, source, kinds),
        )


def with_repaired_take(p: Project, clip: Clip, take: Take, source: Source, kinds: tuple[str, ...]) -> Project:
    """The song in which the clip plays the repaired `source`."""
    if p.find_clip(clip.id) is None:
        raise EditError(f"“{clip.name}” is no longer in the song: its repaired take has no place.")
    name = f"{take.name or clip.name} repaired"
    return edits.add_derived_take(p, clip.id, take, source, name, {"repaired": list(kinds)})


def _repaired_source(folder: Path, source: Source, kinds: tuple[str, ...], context: Context) -> Source:
    from engine.audio import read_finite
    from engine.inference.repair_client import repaired
    from engine.project.sources import source_path
    from engine.project.storing import store_sound

    audio = read_finite(source_path(folder, source))
    return store_sound(folder, repaired(audio, kinds, context), f"{source.name} repaired")
