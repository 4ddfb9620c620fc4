"""`ComposerProcess`: the composer's process as the window uses it, and what its pieces are told and tell.

The process starts with the first order, or with `prepare`, and again after it ended. It plays pieces; this side alone
puts them into the song (`engine.inference.placing`).
"""

import itertools
import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from engine import ipc
from engine.compose.orders import (
    ANSWERS,
    FINAL,
    QUESTIONS,
    AddPart,
    Cancel,
    Compose,
    Failed,
    Finished,
    Played,
    PlayNotes,
    PlayPart,
    Prepare,
    Progress,
    Sounded,
    Stopped,
    WarmNotes,
)
from engine.compose.piece import RATE, Performance, Rendering, Variant
from engine.compose.score import Part, Score, score_from, score_values
from engine.compose.wish import Wish
from engine.errors import Cancelled, EngineError, ModelError
from engine.jobs import Context

_POLL_SECONDS = 0.03
_SETTLE_SECONDS = 0.4  # that a cancelled order may take to end, before its process is ended
_ADVICE = "The song is safe; what you ask for next starts it again."


class _EndedError(EngineError):
    """The process ended before it answered."""


class _Checked(Context):
    """Looks at whether the work is still wanted."""

    def __init__(self, wanted: Callable[[], None] | None) -> None:
        super().__init__()
        self._wanted = wanted

    def check(self) -> None:
        """Raises where it is not."""
        if self._wanted:
            self._wanted()


class ComposerProcess:
    """Any thread may call the methods; those with a context wait, and end within half a second when it is cancelled.

    Raises, where nothing else is said: `EngineError` with a sentence, `Cancelled`.
    """

    def __init__(self) -> None:
        """Starts nothing yet."""
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._process: ipc.Process | None = None
        self._inboxes: dict[int, queue.SimpleQueue[Any]] = {}
        self._closed = False

    @property
    def pid(self) -> int | None:
        """The process, while there is one."""
        process = self._process
        return process.pid if process and process.alive else None

    def prepare(self) -> None:
        """Starts the process, which loads the SoundFont. Returns at once."""
        with suppress(EngineError, Cancelled):  # who asks for something is told
            self._reached().send(Prepare(next(self._numbers)))

    def compose(
        self, wish: Wish, takes: int, context: Context, *, rate: int = RATE, seed: int | None = None
    ) -> tuple[Performance, ...]:
        """Composes and plays `takes` arrangements with the same parts; with a `seed`, none of them the wish's own."""
        return self._asked(lambda number: Compose(number, wish.to_dict(), takes, rate, seed), context)

    def play_part(
        self,
        wish: Wish,
        variant: Variant,
        rolls: Mapping[str, int],
        gain_db: float,
        context: Context,
        *,
        rate: int = RATE,
    ) -> Performance:
        """One part of a piece alone; see `engine.compose.performance.performed_part`."""
        pieces = self._asked(
            lambda number: PlayPart(number, wish.to_dict(), variant, dict(rolls), gain_db, rate), context
        )
        return pieces[0]

    def add_part(
        self, wish: Wish, role: str, rolls: Mapping[str, int], gain_db: float, context: Context, *, rate: int = RATE
    ) -> Performance:
        """One more part for a piece, alone; its `wish` is that of the piece with this part."""
        pieces = self._asked(lambda number: AddPart(number, wish.to_dict(), role, dict(rolls), gain_db, rate), context)
        return pieces[0]

    def play_notes(
        self, part: Part, score: Score, rate: int, soundfont: Path | None, check: Callable[[], None] | None = None
    ) -> list[np.ndarray]:
        """The sound of one part of the song; see `engine.compose.render.play_alone`. A dead process is started again.

        Raises:
            ModelError: it cannot be played.
            Cancelled: `check` said so.
        """
        context = _Checked(check)
        values = score_values(replace(score, parts=(part,)))
        for patience in (True, False):
            try:
                return self._sounds(lambda number: PlayNotes(number, values, rate, soundfont), context)
            except _EndedError as error:
                if not patience:
                    raise ModelError(str(error)) from error
        raise AssertionError

    def warm_notes(
        self, part: Part, score: Score, rate: int, soundfont: Path | None, check: Callable[[], None] | None = None
    ) -> list[np.ndarray]:
        """Plays one part of the song to nobody, so that it is soon played again when some of its notes have changed.

        Nothing is done while there is no process. What is asked of `play_notes` meanwhile goes first, and ends this.

        Raises:
            ModelError: it cannot be played.
            Cancelled: `check` said so, or it was ended.
        """
        if self.pid is not None:
            values = score_values(replace(score, parts=(part,)))
            with suppress(_EndedError):
                self._sounds(lambda number: WarmNotes(number, values, rate, soundfont), _Checked(check))
        return []

    def _sounds(self, question_of: Callable[[int], object], context: Context) -> list[np.ndarray]:
        blocks: list[np.ndarray] = []
        for message in self._answers(question_of, context):
            if isinstance(message, Sounded):
                blocks.append(message.samples)
        return blocks

    def close(self, timeout: float = 2.0) -> None:
        """Ends the process; whoever waits gets `Cancelled`."""
        with self._lock:
            self._closed = True
            process, self._process = self._process, None
        if process:
            process.close(timeout)

    def _asked(self, question_of: Callable[[int], object], context: Context) -> tuple[Performance, ...]:
        return tuple(_performance(each) for each in self._answers(question_of, context) if isinstance(each, Played))

    def _answers(self, question_of: Callable[[int], object], context: Context) -> Iterator[Any]:
        """Asks, and yields what is answered but progress, until the order ends."""
        number = next(self._numbers)
        inbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
        if self.pid is None:
            context.progress(0.0, "The composer is starting")
        process = self._reached()
        over = False
        with self._lock:
            self._inboxes[number] = inbox
        try:
            process.send(question_of(number))
            while True:
                context.check()
                try:
                    message = inbox.get(timeout=_POLL_SECONDS)
                except queue.Empty:
                    if not process.alive and inbox.empty():
                        raise self._ending(process) from None
                    continue
                over = isinstance(message, FINAL)
                if isinstance(message, Progress):
                    context.progress(message.share, message.text)
                elif isinstance(message, Failed):
                    raise ModelError(message.reason)
                elif isinstance(message, Stopped):
                    raise Cancelled
                elif isinstance(message, Finished):
                    return
                else:
                    yield message
        except Cancelled:
            if not over:
                self._settle(process, number, inbox)
            raise
        finally:
            with self._lock:
                self._inboxes.pop(number, None)

    def _settle(self, process: ipc.Process, number: int, inbox: "queue.SimpleQueue[Any]") -> None:
        """Cancels an order; a process that goes on with it is ended."""
        process.send(Cancel(number))
        with suppress(queue.Empty):
            while not isinstance(inbox.get(timeout=_SETTLE_SECONDS), FINAL):
                pass
            return
        process.kill()

    def _ending(self, process: ipc.Process) -> EngineError:
        if self._closed or process.unwanted:
            return Cancelled()
        return _EndedError(ipc.died("The composer", _ADVICE, process.exit_status))

    def _reached(self) -> ipc.Process:
        """The process, started if there is none.

        Raises:
            ModelError: it cannot be started.
            Cancelled: everything was ended.
        """
        with self._lock:
            if self._closed:
                raise Cancelled
            if self._process is None or not self._process.alive:
                try:
                    self._process = ipc.Process(
                        "engine.compose.worker",
                        name="composer",
                        sends=QUESTIONS,
                        receives=ANSWERS,
                        on_message=self._take,
                    )
                except OSError as error:
                    raise ModelError(
                        f"The composer could not be started ({error.strerror or error}): close programs and try again."
                    ) from error
            return self._process

    def _take(self, message: Any) -> None:
        with self._lock:
            inbox = self._inboxes.get(message.number)
        if inbox is not None:
            inbox.put(message)


def _performance(message: Played) -> Performance:
    """The piece of a message."""
    stems = dict(message.stems)
    mix = np.zeros_like(next(iter(stems.values())))
    for stem in stems.values():
        mix += stem
    values = message.values
    wish, score = Wish.from_dict(dict(values["wish"])), score_from(dict(values["score"]))
    return Performance(wish, score, dict(values["rolls"]), Rendering(message.rate, 0, mix, stems))
