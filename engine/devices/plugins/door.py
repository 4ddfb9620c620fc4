"""A plug-in on a channel: its blocks go to a process of its own and come back, or pass dry where they do not.

In real time (`RealTime`) a block is waited for `_PATIENCE` of its length; one that comes later passes dry, as late as
the plug-in would make it, and the plug-in goes on with the first block after its answer. A plug-in that dies, or
that owes an answer for `_HUNG_SECONDS`, is ended: sound passes dry until `restart`. Elsewhere, as in a bounce, blocks
are waited for, and a plug-in that stops is an error, so that no file is made without it.
"""

import queue
import weakref
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine import ipc
from engine.devices.interface import Value
from engine.devices.plugins import messages
from engine.errors import EngineError

Sound = NDArray[np.float32]

_PATIENCE = 0.5
"""Of the length of a block: for how long real time waits for it."""
_LEAST_SECONDS = 0.005
_HUNG_SECONDS = 2.0
_START_SECONDS = 30.0
_BOUNCE_SECONDS = 60.0
_CLOSE_SECONDS = 0.5


class PluginStoppedError(EngineError):
    """A plug-in stopped or did not answer where its sound is needed."""


class _State:
    """A state that the plug-in's process has noted, and the dry sound that was on its way."""

    __slots__ = ("__weakref__", "line", "number")

    def __init__(self, number: int, line: Sound) -> None:
        self.number, self.line = number, line


class _Host:
    """The plug-in's process, from its start to its end."""

    def __init__(self, path: Path, rate: int, max_block: int) -> None:
        self.inbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.ready = False
        self.began = perf_counter()
        self.process = ipc.Process(
            "engine.devices.plugins.host",
            str(path),
            str(rate),
            str(max_block),
            name="plug-in",
            sends=messages.TO_PLUGIN,
            receives=messages.FROM_PLUGIN,
            on_message=self.inbox.put,
            on_end=lambda: self.inbox.put(None),
            quiet=True,
        )

    def end(self) -> None:
        """Ends it at once; nothing of it is left behind."""
        self.process.kill()
        self.process.close(_CLOSE_SECONDS)


class PluginProcessor:
    """See the module. The process is started by the first block; `close` ends it."""

    def __init__(self, path: Path, label: str, rate: int, max_block: int, *, latency: int, tail: int) -> None:
        self.latency = latency
        self.real_time = False
        """Whether sound passes dry rather than late."""
        self.late = 0
        """Blocks that passed dry because their answer was late."""
        self._path, self._label, self._rate, self._max_block, self._tail = path, label, rate, max_block, tail
        self._line: Sound = np.zeros((latency, 2), np.float32)
        self._host: _Host | None = None
        self._stopped = False
        self._sent = self._owed = 0  # numbers of the last block, and of one whose answer is late
        self._owed_since = 0.0
        self._marks = 0
        self._states: weakref.WeakSet[_State] = weakref.WeakSet()
        self._notices: list[str] = []

    @property
    def process_id(self) -> int | None:
        """The plug-in's process, while there is one."""
        return self._host.process.pid if self._host and self._host.process.alive else None

    def begin_in_real_time(self) -> None:
        """Starts the process; from now on sound passes dry rather than late."""
        self.real_time = True
        if self._host is None and not self._stopped:
            self._host = self._start()

    def tail(self, parameters: Mapping[str, float]) -> int:
        """Frames for which it declares to ring on."""
        return self._tail

    def process(self, block: Sound, parameters: Mapping[str, Value], sidechain: Sound | None = None) -> Sound:
        """The next frames, by the plug-in or dry.

        Raises:
            PluginStoppedError: not in real time: the plug-in died, failed or did not answer.
        """
        dry = self._delayed(block)
        if not len(block) or self._stopped:
            return dry
        host = self._host = self._host or self._start()
        if host is None or not self._is_free(host):
            return dry
        self._sent += 1
        values = {name: value for name, value in parameters.items() if not isinstance(value, np.ndarray)}
        lanes = {
            name: np.broadcast_to(value, len(block)).astype(np.float64)
            for name, value in parameters.items()
            if isinstance(value, np.ndarray)
        }
        oldest = min((state.number for state in self._states), default=self._marks + 1)
        sound = np.ascontiguousarray(block, np.float32)
        host.process.send(messages.Process(self._sent, sound, values, lanes, oldest))
        wet = self._answer(host, self._wait(len(block)))
        return dry if wet is None or wet.shape != block.shape else wet

    def reset(self) -> None:
        """Back to the first state."""
        self._line = np.zeros_like(self._line)
        if self._host:
            self._host.process.send(messages.Rewind(0))

    def mark(self) -> object:
        """Lets the plug-in's process note its state."""
        self._marks += 1
        state = _State(self._marks, self._line)
        self._states.add(state)
        if self._host:
            self._host.process.send(messages.Mark(state.number))
        return state

    def rewind(self, mark: object) -> None:
        """The state that `mark` returned; the first one if the plug-in was restarted since."""
        assert isinstance(mark, _State)
        self._line = mark.line if len(mark.line) == self.latency else np.zeros((self.latency, 2), np.float32)
        if self._host:
            self._host.process.send(messages.Rewind(mark.number))

    def restart(self) -> None:
        """Lets a plug-in that stopped begin anew with the next block."""
        self.close()
        self._stopped = False
        self.late = 0
        if self.real_time:
            self._host = self._start()

    def close(self) -> None:
        """Ends the plug-in's process."""
        host, self._host = self._host, None
        self._owed = 0
        if host:
            host.end()

    def notices(self) -> list[str]:
        """Sentences about what went wrong since the last call."""
        notices, self._notices = self._notices, []
        return notices

    def _delayed(self, block: Sound) -> Sound:
        if not self.latency:
            return block
        both = np.concatenate((self._line, block))
        self._line = both[len(block) :].copy()
        return both[: len(block)]

    def _start(self) -> _Host | None:
        try:
            return _Host(self._path, self._rate, self._max_block)
        except OSError as error:
            self._stop(f"cannot be started ({error.strerror or error})")
            return None

    def _wait(self, frames: int) -> float:
        return max(_PATIENCE * frames / self._rate, _LEAST_SECONDS) if self.real_time else _BOUNCE_SECONDS

    def _is_free(self, host: _Host) -> bool:
        """Whether the plug-in can take a block: it is there, and owes none."""
        if not host.ready:
            message = self._next(host, 0.0 if self.real_time else _START_SECONDS)
            host.ready = isinstance(message, messages.Ready)
            if not host.ready and not self._stopped and perf_counter() - host.began > _START_SECONDS:
                self._stop("did not start")
            return host.ready
        while self._owed:
            message = self._next(host, 0.0)
            if message is None:
                if not self._stopped and perf_counter() - self._owed_since > _HUNG_SECONDS:
                    self._stop("does not answer any more")
                return False
            if message.number == self._owed:
                self._owed = 0
        return True

    def _answer(self, host: _Host, seconds: float) -> Sound | None:
        """What comes of the last block; None where it is late, or the plug-in has stopped."""
        until = perf_counter() + seconds
        while not self._stopped:
            message = self._next(host, until - perf_counter())
            if message is None:
                break
            if message.number == self._sent:
                sound: Sound = message.sound
                return sound
        if self._stopped:
            return None
        if not self.real_time:
            self._stop("does not answer any more")
            return None
        if not self.late:
            self._notices.append(
                f"The plug-in “{self._label}” is late: blocks that it does not finish in time pass without it."
            )
        self.late += 1
        self._owed, self._owed_since = self._sent, perf_counter()
        return None

    def _next(self, host: _Host, seconds: float) -> Any:
        """The next message within some seconds; None where there is none, or the plug-in has ended."""
        with suppress(queue.Empty):
            message = host.inbox.get(timeout=seconds) if seconds > 0.0 else host.inbox.get_nowait()
            if message is None:
                failed = (host.process.exit_status or 0) > 0  # by an error, whose sentence is the last line
                words = host.process.last_words.splitlines() if failed else []
                reason = f" ({words[-1][:200].rstrip('.')})" if words else ""
                self._stop(f"stopped{reason}")
            return message
        return None

    def _stop(self, what: str) -> None:
        """Ends the plug-in: sound passes dry from now on; where that must not be, it is an error."""
        self.close()
        self._stopped = True
        if not self.real_time:
            raise PluginStoppedError(f"The plug-in “{self._label}” {what}: mend it, switch it off or remove it.")
        self._notices.append(f"The plug-in “{self._label}” {what}. Sound passes without it until it is restarted.")
