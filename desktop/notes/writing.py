"""What the composer is asked for a selection of notes: other ones, a variation, what comes next, a fill, a theme."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import reduce
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

        selection = self._selection()
        selections = [] if selection is None else [selection]
        return self._ask("Fill the bar", lambda notes, seed, _: written_fill(notes, beat, seed), selections)

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

    def _selections(self) -> "list[NoteSelection]":
        """The selected notes of every open clip; all of the edited one where none is selected."""
        selection, parts = self._selection(), self._session.parts()
        if selection is None or not parts:
            return [] if selection is None else [selection]
        return [replace(selection, clip_id=part.clip_id, chosen=part.chosen) for part in parts]

    def _ask(
        self,
        title: str,
        write: Callable[["NoteSelection", int, Context], "Written"],
        selections: "Sequence[NoteSelection] | None" = None,
    ) -> Job | None:
        from engine.inference.note_writing import with_written

        selections = self._selections() if selections is None else selections
        session, seed = self._session, randrange(_SEEDS)
        if not selections:
            return None
        document = session.document

        def done(written: "list[Written]") -> None:
            if not document.apply(title, lambda p: reduce(with_written, written, p)):
                return
            document.history.close_step()
            chosen = {each.clip_id: each.chosen for each in written}
            if session.clip is not None and session.clip.id in chosen:
                session.choose(chosen.pop(session.clip.id), chosen)

        return document.jobs.submit(
            title,
            lambda context: [write(selection, seed, context) for selection in selections],
            done,
            document.job_failed,
            queue=QUEUE,
            passing=True,
        )
