"""`InferenceProcess`: the generator process as the window and the shell use it. Nothing here imports torch."""

import itertools
import queue
import threading
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from time import monotonic
from typing import Any

from engine.audio import Audio
from engine.errors import Cancelled, EngineError
from engine.generate.interface import Capabilities
from engine.generate.registry import name_of
from engine.inference import messages, storing
from engine.inference.api import Changed, LiveNews, Made, Model, Order, Place, Status, Takes
from engine.inference.capability_cache import keep_capabilities
from engine.inference.connection import Connection
from engine.inference.live_client import LiveTake
from engine.inference.measurements import keep_measured, read_measured
from engine.jobs import Context

_POLL_SECONDS = 0.03
_CANCEL_SECONDS = 0.3
_END_SECONDS = 1.0


class InferenceProcess:
    """See `engine.inference.api.Inference`."""

    def __init__(self, changed: Changed = lambda status: None, *, factory: str = "") -> None:
        """Starts nothing yet.

        Args:
            changed: hears of every change of status, on a thread of the client; it must be quick.
            factory: the module that opens models in the process, in place of the program's own (see `process`).
        """
        self._changed, self._factory = changed, factory
        self._lock = threading.Lock()
        self._turns: deque[_Turn] = deque()
        self._numbers = itertools.count(1)
        self._connection: Connection | None = None
        self._status = Status(False, None, measured=read_measured())
        self._closed = False

    def __enter__(self) -> "InferenceProcess":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The process, while there is one."""
        connection = self._connection
        return connection.pid if connection and connection.alive else None

    def status(self) -> Status:
        """What it is doing."""
        return self._status

    def prepare(self) -> None:
        """Starts the process, which reads its libraries in while nothing is asked of it. Returns at once."""
        with suppress(EngineError):  # who asks for something is told
            self._reached().send(messages.Prepare(next(self._numbers)))

    def capabilities(self, model: Model, context: Context) -> Capabilities:
        """Loads the model if it is not the loaded one, and says what it can do."""
        title = f"Loading {name_of(model.name)}"
        loaded: messages.ModelLoaded = self._ask(title, context, lambda number: messages.Load(number, model))
        return loaded.capabilities

    def run(self, order: Order, context: Context) -> Takes:
        """Generates, continues, inpaints, extends, varies or loops, as the request says."""
        generated: messages.TakesGenerated = self._ask(
            order.title, context, lambda number: messages.Generate(number, order.assignment)
        )
        request = order.request
        sounds = [sound for sound in (request.settings.audio_prompt, request.context) if sound is not None]
        return storing.store_takes(generated, order.place, sounds, context)

    def replay(
        self,
        provenance: Mapping[str, Any],
        source: Audio | None,
        place: Place,
        context: Context,
        prompts: Mapping[str, Audio] | None = None,
    ) -> Made:
        """Makes a take again, bit for bit on the same device.

        `source` is what it was made from, or None; `prompts` its audio prompts, by `provenance.sound_hash`.
        """
        title = str(provenance.get("title", "a take"))
        prompts = storing.stored_prompts(place.folder, provenance, prompts or {})
        generated: messages.TakesGenerated = self._ask(
            title, context, lambda number: messages.Replay(number, provenance, source, prompts, place.rate)
        )
        return storing.store_take(generated.takes[0], place)

    def measure(self, model: Model, context: Context) -> Mapping[str, Any]:
        """Measures the model's speed and memory: a row as `continuo bench` prints it."""
        title = f"Measuring {name_of(model.name)}"
        measured_now: messages.Measured = self._ask(title, context, lambda number: messages.Measure(number, model))
        row = measured_now.row
        measured = {**self._status.measured, str(row["model"]): row}
        keep_measured(measured)
        self._set_status(replace(self._status, measured=measured))
        return row

    def live(self, order: Order, listener: Callable[[LiveNews], None], context: Context) -> LiveTake:
        """Starts a live take; returns as soon as the growing file is there.

        `listener` hears of every chunk and change on a thread of the client, and must neither wait nor call `stop`.
        """
        turn = self._take_turn(order.title, context)
        connection = self._connected(turn)
        take = LiveTake(connection, turn.number, order, listener, lambda: self._release(turn))
        connection.call(messages.ContinueLive(turn.number, order.assignment), take.handle)
        try:
            progress = take.progress
            while not take.begun(_POLL_SECONDS):
                context.check()
                if take.progress != progress:
                    progress = take.progress
                    context.progress(*progress)
        except Cancelled:
            connection.cancel(turn.number)
            take.give_up()
            raise
        return take

    def unload(self) -> None:
        """Frees the loaded model and its memory, as soon as it is not needed by what runs."""
        connection = self._connection
        if connection and connection.alive:
            connection.send(messages.Unload(next(self._numbers)))

    def close(self, timeout: float = 3.0) -> None:
        """Ends everything; growing files stay and are sealed by recovery. Whoever waits gets `Cancelled`."""
        with self._lock:
            self._closed = True
            connection, self._connection = self._connection, None
        if connection:
            connection.close(min(_END_SECONDS, timeout / 2))

    def _ask(self, title: str, context: Context, order_of: Callable[[int], Any]) -> Any:
        """Gives the order that `order_of` makes of its number, when its turn has come; returns what ended it."""
        turn = self._take_turn(title, context)
        connection = self._connected(turn)
        inbox: queue.SimpleQueue[Any] = queue.SimpleQueue()

        def handle(message: Any) -> None:
            if isinstance(message, messages.FINAL):
                self._release(turn)
            inbox.put(message)

        connection.call(order_of(turn.number), handle)
        try:
            if not self._status.running:
                context.progress(0.0, "The generator is starting")
            while True:
                context.check()
                with suppress(queue.Empty):
                    message = inbox.get(timeout=_POLL_SECONDS)
                    if isinstance(message, messages.Progress):
                        context.progress(message.share, message.text)
                    elif isinstance(message, messages.Failed) and message.reason:
                        raise EngineError(message.reason)
                    elif isinstance(message, messages.Failed | messages.Stopped):
                        raise Cancelled
                    else:
                        return message
        except Cancelled:
            self._settle(connection, turn, inbox)
            raise

    def _settle(self, connection: Connection, turn: "_Turn", inbox: "queue.SimpleQueue[Any]") -> None:
        """Cancels an order, and waits a moment for its end."""
        connection.cancel(turn.number)
        deadline = monotonic() + _CANCEL_SECONDS
        ended = False
        while not ended and (left := deadline - monotonic()) > 0:
            with suppress(queue.Empty):
                ended = isinstance(inbox.get(timeout=left), messages.FINAL)

    def _take_turn(self, title: str, context: Context) -> "_Turn":
        """Waits until nothing else runs."""
        turn = _Turn(next(self._numbers), title)
        with self._lock:
            self._turns.append(turn)
        reported = ""
        try:
            while True:
                with self._lock:
                    if self._closed:
                        raise Cancelled
                    first = self._turns[0]
                if first is turn:
                    return turn
                text = f"Waits for “{first.title}” to end"
                if text != reported:
                    context.progress(0.0, text)
                    reported = text
                context.check()
                first.over.wait(_POLL_SECONDS)
        except EngineError:
            self._release(turn)
            raise

    def _release(self, turn: "_Turn") -> None:
        with self._lock:
            if turn in self._turns:
                self._turns.remove(turn)
        turn.over.set()

    def _connected(self, turn: "_Turn") -> Connection:
        """The process, started if need be."""
        try:
            return self._reached()
        except EngineError:
            self._release(turn)
            raise

    def _reached(self) -> Connection:
        with self._lock:
            if self._closed:
                raise Cancelled
            if self._connection is None or not self._connection.alive:
                self._connection = Connection(self._factory, self._hear)
            return self._connection

    def _hear(self, connection: Connection, change: messages.StatusChanged | None) -> None:
        if change is None:
            if self._connection in (connection, None):
                self._set_status(replace(self._status, running=False, loaded=None, busy=""))
        elif self._connection is connection:
            loaded, busy = change.loaded, change.busy
            before = self._status.loaded
            if loaded is not None and (before is None or loaded.capabilities != before.capabilities):
                keep_capabilities(loaded.model, loaded.capabilities)
            if loaded is not None and loaded.speed is None:
                loaded = replace(loaded, speed=self._measured_speed(loaded.capabilities))
            self._set_status(replace(self._status, running=True, loaded=loaded, busy=busy))

    def _measured_speed(self, capabilities: Capabilities) -> float | None:
        row = self._status.measured.get(capabilities.id, {})
        return row.get("realtime") if row.get("device") == capabilities.device else None

    def _set_status(self, status: Status) -> None:
        self._status = status
        self._changed(status)


class _Turn:
    """A place in the queue of orders."""

    def __init__(self, number: int, title: str) -> None:
        self.number, self.title = number, title
        self.over = threading.Event()
