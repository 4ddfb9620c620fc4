"""The generator's process from outside: the calls that wait for it, and its end."""

import logging
import threading
from collections.abc import Callable
from typing import Any

from engine import ipc
from engine.errors import ModelError
from engine.inference import messages

log = logging.getLogger(__name__)

_SETTLE_SECONDS = 2.0
_ADVICE = "The song is safe; what you ask for next starts it again."

Handler = Callable[[Any], None]
"""Takes the messages about an order on the connection's thread, and must be quick."""


class Connection:
    """A running process. Any thread may call the methods; none but `close` waits."""

    def __init__(self, factory: str, status: Callable[["Connection", messages.StatusChanged | None], None]) -> None:
        """Starts it; `status` hears of every change of its status, and None when it has ended.

        Raises:
            ModelError: it cannot be started.
        """
        self._status = status
        self._lock = threading.Lock()
        self._calls: dict[int, Handler] = {}
        self._timers: dict[int, threading.Timer] = {}
        self._ended = False
        try:
            self._process = ipc.Process(
                "engine.inference.process",
                *([factory] if factory else []),
                name="inference",
                sends=messages.COMMANDS,
                receives=messages.ANSWERS,
                on_message=self._take,
                on_end=self._finish,
                one_thread=False,
            )
        except OSError as error:
            raise ModelError(
                f"The generator could not be started ({error.strerror or error}): close programs and try again."
            ) from error
        self.pid = self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return not self._ended

    def call(self, order: Any, handler: Handler) -> None:
        """Gives an order; `handler` hears of it until one of `messages.FINAL` came."""
        with self._lock:
            if self.alive:
                self._calls[order.number] = handler
                self._process.send(order)
                return
        handler(messages.Failed(order.number, self.ending))

    def send(self, command: object) -> None:
        """Tells something about an order, or for itself."""
        self._process.send(command)

    def cancel(self, number: int) -> None:
        """Asks an order to end; if it has not soon, the process is ended."""
        self.send(messages.Cancel(number))
        with self._lock:
            if number in self._calls and number not in self._timers:
                timer = self._timers[number] = threading.Timer(_SETTLE_SECONDS, self._lose_patience, [number])
                timer.name, timer.daemon = "inference patience", True
                timer.start()

    def kill(self) -> None:
        """Ends the process at once."""
        self._process.kill()

    def close(self, timeout: float) -> None:
        """Ends the process, at once if it does not within `timeout` seconds; nothing of it is left behind."""
        self._process.close(timeout)

    @property
    def ending(self) -> str:
        """A sentence on why it ended; empty if that was wanted."""
        return "" if self._process.unwanted else ipc.died("The generator", _ADVICE, self._process.exit_status)

    def _lose_patience(self, number: int) -> None:
        with self._lock:
            if number in self._calls:
                self.kill()

    def _finish(self) -> None:
        """Tells everybody who waits for it that the process has ended."""
        with self._lock:
            self._ended = True
            calls, self._calls = self._calls, {}
            timers, self._timers = self._timers, {}
        for timer in timers.values():
            timer.cancel()
        for number, handler in calls.items():
            handler(messages.Failed(number, self.ending))
        self._status(self, None)

    def _take(self, message: Any) -> None:
        if isinstance(message, messages.StatusChanged):
            self._status(self, message)
            return
        if isinstance(message, messages.LogRecord):
            log.log(message.level, message.text)
            return
        final = isinstance(message, messages.FINAL)
        with self._lock:
            handler = self._calls.pop(message.number, None) if final else self._calls.get(message.number)
            timer = self._timers.pop(message.number, None) if final else None
        if timer:
            timer.cancel()
        if handler:
            handler(message)
