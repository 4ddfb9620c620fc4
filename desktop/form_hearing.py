"""Hear Chords and Sections: what is heard in an audio clip is written into the lanes over the ruler."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop.audio_selection import selected_audio
from desktop.document import Document
from engine.errors import EditError
from engine.jobs import Context
from engine.project.model import Clip, Project

if TYPE_CHECKING:
    from engine.inference.form_hearing_client import HeardForm

QUEUE = "listening"


class FormHearing(QObject):
    """Hears the chords and sections of the selected audio clips. UI thread only."""

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document

    def handlers(self) -> dict[str, Callable[[], object]]:
        """The handlers by the ids of their actions."""
        return {"hear_form": self.hear_selected}

    def hear_selected(self) -> None:
        """Listens to each selected clip of audio."""
        for clip in selected_audio(self._document, "This clip holds notes: its chords stand over the ruler already."):
            self.hear(clip)

    def hear(self, clip: Clip) -> None:
        """Listens to a clip as the song plays it now; its chords and sections are written in one undo step."""
        document, project, folder = self._document, self._document.project, self._document.folder
        if folder is None:
            return
        signature = project.clock.signature_at(clip.position)

        def operation(context: Context) -> "HeardForm":
            from engine.inference.clip_audio import clip_sound
            from engine.inference.form_hearing_client import hear_form

            return hear_form(clip_sound(project, folder, clip, context=context), signature, context)

        def done(heard: "HeardForm") -> None:
            if document.folder != folder:
                return
            if not (heard.chords or heard.sections):
                document.failed.emit(f"No chords and no sections are heard in “{clip.name}”.")
                return
            document.apply("Hear chords and sections", lambda p: _written(p, clip, heard))

        title = f"Hear the Chords of “{clip.name}”"
        document.jobs.submit(title, operation, done, document.job_failed, queue=QUEUE, again=lambda: self.hear(clip))


def _written(p: Project, clip: Clip, heard: "HeardForm") -> Project:
    from engine.inference.form_hearing_client import with_heard_form

    place = p.find_clip(clip.id)
    if place is None:
        raise EditError(f"“{clip.name}” is no longer in the song: its chords have no place.")
    return with_heard_form(p, place[1], heard)
