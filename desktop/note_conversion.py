"""Convert to Notes: what is played in an audio clip is heard in the background and becomes clips of new tracks."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktop.audio_selection import selected_audio
from desktop.document import Document
from engine.errors import EditError
from engine.jobs import Context
from engine.project.model import Clip, Project

if TYPE_CHECKING:
    from engine.analysis.transcription import Transcription

QUEUE = "listening"


class NoteConversion(QObject):
    """Converts the selected audio clips. UI thread only."""

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document

    def handlers(self) -> dict[str, Callable[[], object]]:
        """The handlers by the ids of their actions."""
        return {"convert_to_notes": self.convert_selected}

    def convert_selected(self) -> None:
        """Converts each selected clip of audio; clips of notes are left as they are."""
        for clip in selected_audio(self._document, "This clip holds notes already: choose a clip of audio."):
            self.convert(clip)

    def convert(self, clip: Clip) -> None:
        """Listens to a clip as the song plays it now; its notes and drums become tracks, in one undo step."""
        document, project, folder = self._document, self._document.project, self._document.folder
        if folder is None:
            return

        def operation(context: Context) -> "Transcription":
            from engine.inference.clip_audio import clip_sound
            from engine.inference.note_hearing_client import hear_notes

            return hear_notes(clip_sound(project, folder, clip, context=context), context)

        def done(playing: "Transcription") -> None:
            if document.folder != folder:
                return
            if not (playing.notes or playing.strokes):
                document.failed.emit(f"No notes are heard in “{clip.name}”.")
                return
            document.apply("Convert to Notes", lambda p: _converted(p, clip, playing))

        document.jobs.submit(
            f"Convert “{clip.name}” to Notes",
            operation,
            done,
            document.job_failed,
            queue=QUEUE,
            again=lambda: self.convert(clip),
        )


def _converted(p: Project, clip: Clip, playing: "Transcription") -> Project:
    """The song with the notes where the clip lies by now."""
    from engine.inference.note_track import with_heard_tracks

    place = p.find_clip(clip.id)
    if place is None:
        raise EditError(f"“{clip.name}” is no longer in the song: its notes have no place.")
    return with_heard_tracks(p, playing, place[1].position, clip.name)[0]
