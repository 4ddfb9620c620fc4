"""Changing the tempo of a song with sound, which keeps its speed: what moved is said, with the other way to do it."""

from collections.abc import Callable
from fractions import Fraction
from functools import partial

from PySide6.QtCore import QObject, Signal

from desktop.document import Document
from engine.ids import new_id
from engine.project import edits
from engine.project.model import Clip, Project
from engine.project.tempos import clips_off_tempo, tempo_sentence


class TempoChange(QObject):
    """Sets the tempo of a document's song. UI thread only.

    Changes of the tempo with nothing else between them all start from the song before the first, so that what a
    faster tempo trimmed comes back with a slower one.
    """

    notice = Signal(str, str, object)
    """A sentence, the text of a button and what the button does; an empty sentence when the last no longer holds."""

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._base: Project | None = None
        self._last: Project | None = None  # what the tempo change has led to
        self._shown = False
        document.changed.connect(self._on_changed)

    def set(self, tempo: Fraction, gesture: str, *, in_time: bool = False, beat: Fraction = Fraction(0)) -> bool:
        """Sets the tempo that holds at `beat`; says whether it could.

        With `in_time` sound stays where it is in time, else at its bars.
        """
        document = self._document
        base = self._base if self._base is not None and document.project is self._last else document.project
        name = "Change tempo, sound in time" if in_time else "Change tempo"
        if not document.apply(name, lambda _: edits.set_tempo(base, tempo, in_time=in_time, beat=beat), merge=gesture):
            return False
        self._base, self._last = base, document.project
        self._tell(base, tempo, in_time=in_time, beat=beat)
        return True

    def _tell(self, base: Project, tempo: Fraction, *, in_time: bool, beat: Fraction) -> None:
        project = self._document.project
        off = len(clips_off_tempo(project, self._came_at()))
        lengths = {clip.id: clip.length for _, clip in base.clips()}
        after = {clip.id: clip.length for _, clip in project.clips()}
        cut = sum(after.get(clip_id, 0) < length for clip_id, length in lengths.items())
        sentence = tempo_sentence(project, off, tempo, in_time=in_time, cut=cut)
        self._shown = bool(sentence)
        if not sentence or base.tempo_map == project.tempo_map:
            self._shown = False
            self.notice.emit("", "", None)
            return
        other = "Keep at Their Bars" if in_time else "Keep Place in Time"
        self.notice.emit(sentence, other, partial(self.set, tempo, new_id(), in_time=not in_time, beat=beat))

    def _came_at(self) -> Callable[[Clip], Fraction]:
        history = self._document.history

        def tempo(clip: Clip) -> Fraction:
            return history.first_with(clip.chosen.source).clock.tempo_at(clip.position)

        return tempo

    def _on_changed(self, old: Project, new: Project) -> None:
        if self._shown and self._last is not None and new is not self._last and old is self._last:
            self._shown = False
            self.notice.emit("", "", None)
