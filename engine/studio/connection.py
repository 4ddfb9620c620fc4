"""The generator's process from outside: its pipes, the calls that wait for it, and its end."""

import logging
import queue
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from engine.errors import ModelError
from engine.ipc import command_line, environment
from engine.playback.process import read_frame, write_frame

log = logging.getLogger(__name__)

FINAL = ("done", "failed", "cancelled", "died")
"""What a call hears last: how it ended, or that the process did."""

_SETTLE_SECONDS = 2.0

Handler = Callable[[str, Any], None]
"""Takes (kind, contents) on the connection's thread, and must be quick."""


class Connection:
    """A running process. Any thread may call the methods; none but `close` waits."""

    def __init__(self, factory: str, status: Callable[["Connection", Any], None]) -> None:
        """Starts it; `status` hears (loaded, busy) of it, and None when it has ended.

        Raises:
            ModelError: it cannot be started.
        """
        self._status = status
        self._lock = threading.Lock()
        self._calls: dict[int, Handler] = {}
        self._timers: dict[int, threading.Timer] = {}
        self._commands: queue.SimpleQueue[tuple[Any, ...] | None] = queue.SimpleQueue()
        self.alive = True
        self._killed = False
        try:
            self._process = subprocess.Popen(
                command_line("engine.studio.process", *([factory] if factory else [])),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=environment(one_thread=False),
            )
        except OSError as error:
            raise ModelError(
                f"The generator could not be started ({error.strerror or error}): close programs and try again."
            ) from error
        self.pid = self._process.pid
        self._threads = [
            threading.Thread(target=self._write, name="studio commands", daemon=True),
            threading.Thread(target=self._read, name="studio news", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def call(self, name: str, number: int, handler: Handler, *arguments: Any) -> None:
        """Gives an order; `handler` hears of it until one of `FINAL` came."""
        with self._lock:
            if self.alive:
                self._calls[number] = handler
                self._commands.put((name, number, *arguments))
                return
        handler("died", self.ending)

    def send(self, name: str, number: int, *arguments: Any) -> None:
        """Tells something about an order, or for itself."""
        self._commands.put((name, number, *arguments))

    def cancel(self, number: int) -> None:
        """Asks an order to end; if it has not soon, the process is ended."""
        self.send("cancel", number)
        with self._lock:
            if number in self._calls and number not in self._timers:
                timer = self._timers[number] = threading.Timer(_SETTLE_SECONDS, self._lose_patience, [number])
                timer.name, timer.daemon = "studio patience", True
                timer.start()

    def kill(self) -> None:
        """Ends the process at once."""
        self._killed = True
        self._process.kill()

    def close(self, timeout: float) -> None:
        """Ends the process, at once if it does not within `timeout` seconds; nothing of it is left behind."""
        self._killed = True
        self._commands.put(None)
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join()

    @property
    def ending(self) -> str:
        """A sentence on why it ended; empty if that was wanted."""
        if self._killed:
            return ""
        code = self._process.returncode
        reason = ", most likely because memory ran out" if code in (-9, 137) else ""
        return f"The generator stopped unexpectedly{reason}. The song is safe; what you ask for next starts it again."

    def _lose_patience(self, number: int) -> None:
        with self._lock:
            if number in self._calls:
                self.kill()

    def _write(self) -> None:
        pipe = self._process.stdin
        assert pipe is not None
        with suppress(OSError), pipe:  # closing it ends the process
            while command := self._commands.get():
                write_frame(pipe, command)

    def _read(self) -> None:
        pipe = self._process.stdout
        assert pipe is not None
        try:
            with suppress(EOFError, OSError), pipe:
                while True:
                    self._take(*read_frame(pipe))
        finally:
            self._finish()

    def _finish(self) -> None:
        """Waits for the process's end, and tells everybody who waits for it."""
        try:
            self._process.wait(_SETTLE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        with self._lock:
            self.alive = False
            calls, self._calls = self._calls, {}
            timers, self._timers = self._timers, {}
        self._commands.put(None)
        for timer in timers.values():
            timer.cancel()
        for handler in calls.values():
            handler("died", self.ending)
        self._status(self, None)

    def _take(self, kind: str, number: int, contents: Any) -> None:
        if kind == "status":
            self._status(self, contents)
            return
        if kind == "log":
            log.log(*contents)
            return
        final = kind in FINAL
        if self._killed and not final:
            return  # nobody listens any more
        with self._lock:
            handler = self._calls.pop(number, None) if final else self._calls.get(number)
            timer = self._timers.pop(number, None) if final else None
        if timer:
            timer.cancel()
        if handler:
            handler(kind, contents)
