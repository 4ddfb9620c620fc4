"""What the composer is asked for a selection of notes: other ones, a variation, what comes next, a fill, a theme."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from random import randrange
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from desktop.notes.session import NoteSession
from engine.errors import EngineError
from engine.jobs import Context, Job

if TYPE_CHECKING:
    from engine.inference.note_writing import NoteSelection, Written

QUEUE = "write notes"
VARIED_SHARE = 0.5
_SEEDS = 2**31


class NoteWriting(QObject):
    """Belongs to one editor. Each wish is a job and, once it is met, one undo step. UI thread only."""

    theme_chosen = Signal(object)
    """The notes (`engine.music.notes.Note`) that shall return in what is composed next."""

    def __init__(self, session: NoteSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session

    def again(self) -> Job | None:
        """Writes other notes in the place of the selected ones."""
        from engine.inference.note_writing import written_again

        return self._ask("Notes again", written_again)

    def vary(self) -> Job | None:
        """Writes some of the selected notes anew."""
        from engine.inference.note_writing import written_variation

        return self._ask("Vary notes", lambda notes, seed, job: written_variation(notes, VARIED_SHARE, seed, job))

    def go_on(self) -> Job | None:
        """Writes what comes after the selected notes."""
        from engine.inference.note_writing import written_on

        return self._ask("Continue notes", written_on)

    def fill(self, beat: Fraction) -> Job | None:
        """Writes a fill into the bar around a beat of the content."""
        from engine.inference.note_writing import written_fill

        return self._ask("Fill the bar", lambda notes, seed, _: written_fill(notes, beat, seed))

    def choose_theme(self) -> None:
        """Lets the selected notes be the theme of what is composed next."""
        from engine.inference.note_writing import theme_of

        if (selection := self._selection()) is not None:
            try:
                self.theme_chosen.emit(theme_of(selection))
            except EngineError as error:
                self._session.document.failed.emit(str(error))

    # inside

    def _selection(self) -> "NoteSelection | None":
        from engine.inference.note_writing import NoteSelection

        session, clip = self._session, self._session.clip
        if clip is None:
            return None
        return NoteSelection(session.project, session.document.folder or Path(), clip.id, session.chosen)

    def _ask(self, title: str, write: Callable[["NoteSelection", int, Context], "Written"]) -> Job | None:
        from engine.inference.note_writing import with_written

        selection, session, seed = self._selection(), self._session, randrange(_SEEDS)
        if selection is None:
            return None
        document = session.document

        def done(written: "Written") -> None:
            if not document.apply(title, lambda p: with_written(p, written)):
                return
            document.history.close_step()
            if session.clip is not None and session.clip.id == written.clip_id:
                session.choose(written.chosen)

        def failed(sentence: str) -> None:
            if sentence:
                document.failed.emit(sentence)

        return document.jobs.submit(
            title, lambda context: write(selection, seed, context), done, failed, queue=QUEUE, passing=True
        )
