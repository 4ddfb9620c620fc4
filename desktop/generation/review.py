"""Comparing what was made anew with what there was: heard in the song, kept or given up."""

from collections import deque
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from desktop.bridge import PlayerBridge
from desktop.document import Document
from desktop.generation.ab_candidates import Voice, begun, settled, spoken, voice_of
from desktop.generation.inpainting import Answer
from engine.errors import EditError
from engine.generate.interface import Task
from engine.ids import new_id
from engine.project.model import Project
from engine.timing.duration import Duration
from engine.timing.position import Position

AROUND = Duration.of_beats(2)
"""How much is heard before and after the part that is compared."""


class _Open:
    """A comparison: number 0 is what there was, the others are the candidates."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.key = new_id()  # of its step in the history
        self.clip_id = answer.wish.clip.id
        self.voices: list[Voice] = [voice_of(answer.wish.clip), *(each.voice for each in answer.candidates)]
        self.sources = [each.source.id for each in answer.candidates]
        self.shown = 1
        self.last = 1  # the candidate that was shown last


class Review(QObject):
    """One comparison at a time; what comes meanwhile waits. UI thread only.

    While it lasts the song has the candidate that is heard, as one step of the history. Accepting leaves that step,
    giving up takes it out; either way other edits made meanwhile stay. An edit of what the clip plays accepts.
    """

    changed = Signal()
    """A comparison began or ended, or another candidate is heard."""

    def __init__(self, document: Document, bridge: PlayerBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._bridge = document, bridge
        self._stood_at: int | None = None  # where the playhead was before the part was listened to, if nothing played
        self._open: _Open | None = None
        self._waiting: deque[Answer] = deque()
        self._busy = False
        document.changed.connect(self._on_song)

    @property
    def running(self) -> bool:
        """Whether there is something to compare."""
        return self._open is not None

    @property
    def count(self) -> int:
        """How many candidates there are."""
        return len(self._open.voices) - 1 if self._open else 0

    @property
    def shown(self) -> int:
        """Which is heard: 0 for what there was, else the number of the candidate."""
        return self._open.shown if self._open else 0

    @property
    def title(self) -> str:
        """What was done."""
        return self._open.answer.wish.name if self._open else ""

    @property
    def span(self) -> tuple[str, int, int] | None:
        """The clip's id, and the song frames from and up to which it was made anew."""
        opened, project = self._open, self._document.project
        pair = project.find_clip(opened.clip_id) if opened else None
        if opened is None or pair is None:
            return None
        part, start = opened.answer.wish.part, project.start_of(pair[1])
        if part.task is Task.EXTEND_LEFT:
            first = start if opened.shown else start - part.frames
        else:
            first = start + part.start
        return opened.clip_id, first, first + part.frames

    def take(self, answer: Answer) -> None:
        """Lets the first candidate be heard, or queues behind the comparison that is open."""
        if self._open is not None:
            self._waiting.append(answer)
            return
        if not answer.candidates:
            return
        opened, wish = _Open(answer), answer.wish
        try:
            project = begun(self._document.project, opened.clip_id, opened.voices[0], answer.candidates)
        except EditError as error:
            self._document.failed.emit(str(error))
            self._next()
            return
        self._open = opened
        self._change(lambda: self._document.apply(wish.name, lambda _: project, merge=opened.key))
        self._document.history.close_step()
        self._document.select([opened.clip_id])
        self.changed.emit()

    def show(self, number: int) -> None:
        """Lets candidate `number` be heard, or with 0 what there was."""
        opened = self._open
        if opened is None or not 0 <= number < len(opened.voices) or number == opened.shown:
            return
        pair = self._document.project.find_clip(opened.clip_id)
        old, new = opened.voices[opened.shown], opened.voices[number]
        if pair is not None:  # what was learned of its take meanwhile stays with it
            opened.voices[opened.shown] = replace(voice_of(pair[1]), earlier=old.earlier)
        opened.shown, opened.last = number, number or opened.last
        self._change(lambda: self._document.amend(lambda p: spoken(p, opened.clip_id, old, new)))
        self._listen()
        self.changed.emit()

    def choose(self, number: int) -> bool:
        """Lets candidate `number` be heard; says whether a comparison is open."""
        self.show(number)
        return self.running

    def compare(self) -> None:
        """Goes from the candidate to what there was, or back."""
        if self._open is not None:
            self.show(0 if self._open.shown else self._open.last)

    def accept(self) -> None:
        """Keeps what is heard; what there was, if that is heard."""
        if self._open is not None and self._open.shown == 0:
            self.give_up()
        elif self._open is not None:
            opened, pair = self._open, self._document.project.find_clip(self._open.clip_id)
            voice = opened.voices[opened.shown]
            voice = replace(voice_of(pair[1]), earlier=voice.earlier) if pair else voice
            self._settle(opened, opened.shown, voice)

    def give_up(self) -> None:
        """Leaves the song as if nothing had been made anew."""
        if self._open is not None:
            key = self._open.key
            self._settle(self._open, 0, self._open.voices[0], then=lambda: self._document.forget(key))

    # inside

    def _listen(self) -> None:
        """Plays the part, from a bit before it to a bit after it, round and round while it is compared."""
        span, project = self.span, self._document.project
        if span is None:
            return
        if not self._bridge.playing and self._stood_at is None:
            self._stood_at = self._bridge.position
        clock = project.clock
        first = clock.frames(AROUND.start(Position.at_frame(span[1]), clock))
        self._bridge.loop_over(max(first, 0), clock.frames(AROUND.end(Position.at_frame(span[2]), clock)))

    def _hush(self) -> None:
        """Plays the song as before: what played goes on, else the playhead goes back to where it was."""
        self._bridge.loop_as_song()
        if self._stood_at is not None:
            self._bridge.stop()
            self._bridge.locate(self._stood_at)
            self._stood_at = None

    def _settle(
        self, opened: _Open, kept_number: int, chosen: Voice, then: Callable[[], object] = lambda: None
    ) -> None:
        others = [voice for number, voice in enumerate(opened.voices) if number != kept_number]

        def change() -> None:
            self._document.amend_all(
                lambda p: settled(p, opened.clip_id, others, chosen, opened.sources), since=opened.key
            )
            then()

        self._change(change)
        self._open = None
        self._next()

    def _next(self) -> None:
        self._hush()
        self.changed.emit()
        if self._waiting and self._open is None:
            self.take(self._waiting.popleft())

    def _change(self, change: Callable[[], object]) -> None:
        """Makes a change of this comparison's own."""
        self._busy = True
        try:
            change()
        finally:
            self._busy = False

    def _on_song(self, old: Project, new: Project) -> None:
        opened = self._open
        if old.id != new.id:
            self._open = None
            self._stood_at = None
            self._waiting.clear()
            self.changed.emit()
        elif opened is not None and not self._busy:
            pair = new.find_clip(opened.clip_id) if self._document.history.holds(opened.key) else None
            fitting = [number for number, voice in enumerate(opened.voices) if pair and voice.fits(pair[1])]
            if not fitting:
                self._open = None
                self._next()
            elif fitting[0] != opened.shown:
                opened.shown = fitting[0]
                self.changed.emit()
