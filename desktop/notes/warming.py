"""Plays the notes of the edited clip to nobody, so that the first change to them is heard as soon as later ones."""

from contextlib import suppress

from PySide6.QtCore import QObject

from desktop.notes.session import NoteSession
from engine.errors import AudioFileError
from engine.jobs import Context, Job
from engine.playback.note_sound import NotePlayer

QUEUE = "warm notes"


class NoteWarming(QObject):
    """Belongs to one session. UI thread only."""

    def __init__(self, session: NoteSession, warm: NotePlayer) -> None:
        """`warm` plays a part to nobody: `ComposerProcess.warm_notes`."""
        super().__init__(session)
        self._session, self._warm = session, warm
        self._job: Job | None = None
        session.clip_changed.connect(self._on_clip)

    def _on_clip(self) -> None:
        session, jobs = self._session, self._session.document.jobs
        if self._job is not None:
            jobs.cancel(self._job)
            self._job = None
        track, clip, content = session.track, session.clip, session.content
        if track is None or clip is None or content is None or not content.notes or session.document.folder is None:
            return
        start, clock, warm = session.project.start_of(clip), session.project.clock, self._warm

        def operation(context: Context) -> None:
            from engine.playback.note_sound import render

            with suppress(AudioFileError):  # who plays it is told
                for _ in render(content, start, clip.length, clock, track, context.check, warm):
                    pass

        self._job = jobs.submit("Prepare the notes", operation, queue=QUEUE, passing=True)
