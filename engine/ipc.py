"""The one way in which this program talks with a process of its own: frames with a JSON head and raw samples behind it.

A frame is a fixed header (magic, version, sizes), a JSON head `[message, fields, arrays, shared values]`, and the
samples of the arrays. Messages are dataclasses that both sides declare (`Protocol`); their fields are written and
checked by `engine.wire`. Whatever else arrives is a `ProtocolError`: the process that sent it is ended and started
again with the next order, and nothing of it is executed.

The side that starts a process holds a `Process`, or asks a single question with `conversation`; the process itself
opens a `Parent`. A process ends with the one that started it, whichever way that one ends.
"""

import json
import logging
import os
import queue
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from functools import partial
from itertools import islice
from pathlib import Path
from time import monotonic
from typing import IO, Any, NoReturn

import engine
from engine import runtime
from engine.jobs import Context
from engine.lifeline import end_with_parent, parent_note
from engine.wire import Attachments, Codec, WireError, dataclass_codec, payload_size, read_attachments

log = logging.getLogger(__name__)

VERSION = 1
MAX_HEAD = 256 << 20
"""Bytes of JSON in a frame: a song of a hundred thousand clips has 20 MB."""
MAX_PAYLOAD = 1 << 35
"""Bytes of samples in a frame: a day of stereo at 48 kHz."""

_HEADER = struct.Struct("<4sHxxIQ")  # magic, version, bytes of the head and of the payload
_MAGIC = b"CIPC"
_PIECE = 64 << 20  # bytes of a payload for which room is made at once: never much more than has arrived
_SETTLE_SECONDS = 2.0  # between the end of a pipe and that of its process
_STDERR_SECONDS = 0.2  # for the last words of a process; one of its own children may hold the pipe longer
_STDERR_BYTES = 8192  # of what it wrote last
_POLL_SECONDS = 0.05
_ASKED_AHEAD = 3  # questions that wait at each of several processes
_BAD_MESSAGE = 70  # exit status of a process that was sent something it does not understand
_OUT_OF_MEMORY = (-9, 137)  # how the system ends a process where memory runs out

_ONE_THREAD = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)  # what is multiplied here is small, and threads that wait for it spinning would take the cores from the sound


class ProtocolError(Exception):
    """What arrived is no message of the declared ones; `str(error)` says why, for the log."""


class Protocol:
    """The messages that may be sent in one direction: dataclasses, known by their names."""

    def __init__(self, *messages: type) -> None:
        """Declares the messages; how each is written is worked out when the first of its kind comes."""
        self._names = {message: message.__name__ for message in messages}
        self._messages = {message.__name__: message for message in messages}
        self._codecs: dict[str, Codec] = {}

    def codec(self, name: str) -> Codec | None:
        """How the message `name` is written; None where it is none of the declared ones. Any thread may call.

        Raises:
            TypeError: it has a field that cannot be sent.
        """
        codec = self._codecs.get(name)
        if codec is None and name in self._messages:
            codec = self._codecs[name] = dataclass_codec(self._messages[name])
        return codec

    def write(self, pipe: IO[bytes], message: object) -> None:
        """Sends `message` down `pipe`.

        Raises:
            OSError: nobody reads it any more.
            WireError: it is none of the declared messages, or too long; nothing was sent.
        """
        for part in self.encoded(message):
            pipe.write(part)
        pipe.flush()

    def encoded(self, message: object) -> list[Any]:
        """The frame of `message`, as buffers one after another. Raises `WireError` as `write` does."""
        name = self._names.get(type(message))
        if name is None:
            raise WireError(f"{type(message).__name__} is not declared as a message")
        attached = Attachments()
        codec = self.codec(name)
        assert codec is not None
        encode = codec.encode
        try:
            fields = encode(message, attached) if encode else message
            shapes = attached.shapes()
            head = json.dumps((name, fields, shapes, attached.rows), allow_nan=False, separators=(",", ":")).encode()
        except (TypeError, ValueError, AttributeError) as error:
            raise WireError(f"a {name} cannot be sent: {error}") from error
        size = payload_size(shapes)
        if len(head) > MAX_HEAD or size > MAX_PAYLOAD:
            raise WireError(f"a {name} of {len(head)} and {size} bytes is too long to be sent")
        parts: list[Any] = [_HEADER.pack(_MAGIC, VERSION, len(head), size) + head]
        for array in attached.arrays:
            parts += [array.reshape(-1).view("u1").data, bytes(-array.nbytes % 8)]
        return parts

    def read(self, pipe: IO[bytes]) -> Any:
        """The next message from `pipe`.

        Raises:
            EOFError: there are no more; the last one may have been cut off.
            ProtocolError: what arrived is no message, or none of the declared ones.
        """
        magic, version, head_size, size = _HEADER.unpack(_exactly(pipe, _HEADER.size))
        if magic != _MAGIC:
            raise ProtocolError("what arrived does not begin as a message does")
        if version != VERSION:
            raise ProtocolError(f"a message of version {version} arrived, and this program speaks version {VERSION}")
        if head_size > MAX_HEAD or size > MAX_PAYLOAD:
            raise ProtocolError(f"a message of {head_size} and {size} bytes is too long")
        head = _exactly(pipe, head_size)
        try:
            name, fields, shapes, rows = _parsed(head)
            codec = self.codec(name) if type(name) is str else None
            if codec is None:
                raise WireError(f"{name!r:.40} is none of the messages that may arrive here")
            if payload_size(shapes) != size:
                raise WireError(f"a {name} announces {size} bytes of samples and lists others")
            return codec.decode(fields, read_attachments(shapes, rows, _exactly(pipe, size)))
        except WireError as error:
            raise ProtocolError(f"a message cannot be understood: {error}") from error


def _exactly(pipe: IO[bytes], size: int) -> bytearray:
    """The next `size` bytes; room for them is made as they arrive. Raises `EOFError` where there are fewer."""
    data = bytearray()
    while len(data) < size:
        first = len(data)
        data.extend(bytes(min(size - first, _PIECE)))
        with memoryview(data) as view:
            while first < len(view):
                count = pipe.readinto(view[first:])  # type: ignore[attr-defined]
                if not count:
                    raise EOFError
                first += count
    return data


def _parsed(head: bytearray) -> list[Any]:
    try:
        value = json.loads(head.decode(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise WireError(f"its head is no JSON ({error})") from error
    if type(value) is not list or len(value) != 4:
        raise WireError("its head is not a name, fields, arrays and shared values")
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def command_line(module: str, *arguments: str) -> list[str]:
    """What to run for `module`: never anybody's main module."""
    return [runtime.interpreter_for(module), "-P", "-m", module, *arguments]


def environment(*, one_thread: bool = True) -> dict[str, str]:
    """The environment in which a process finds this program; with `one_thread`, numpy multiplies on one."""
    root = str(Path(engine.__file__).parents[1])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    threads = _ONE_THREAD if one_thread else {}
    return {**os.environ, **threads, **parent_note(), "PYTHONPATH": os.pathsep.join(paths)}


def died(who: str, advice: str, exit_status: int | None) -> str:
    """The sentences for a process that ended by itself: `who` it was, and what the user may do."""
    reason = ", most likely because memory ran out" if exit_status in _OUT_OF_MEMORY else ""
    return f"{who} stopped unexpectedly{reason}. {advice}"


class Process:
    """A running process, with the threads that serve its pipes. Any thread may call; none but `close` waits."""

    def __init__(
        self,
        module: str,
        *arguments: str,
        name: str,
        sends: Protocol,
        receives: Protocol,
        on_message: Callable[[Any], None],
        on_end: Callable[[], None] = lambda: None,
        one_thread: bool = True,
        quiet: bool = False,
        inherited: tuple[int, ...] = (),
    ) -> None:
        """Starts `module`.

        Args:
            module: what is run.
            arguments: of its command line.
            name: of the threads, and in the log.
            sends: the messages to it.
            receives: the messages from it.
            on_message: called with each message, on a thread of its own; it should be quick.
            on_end: called last on that thread, when the process has ended.
            one_thread: see `environment`.
            quiet: whether what it writes to its standard error is not passed on to this one's.
            inherited: descriptors of open files that it is given; none on Windows.

        Raises:
            OSError: it cannot be started.
        """
        self._name, self._sends, self._receives, self._quiet = name, sends, receives, quiet
        self._on_message, self._on_end = on_message, on_end
        self._outbox: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._last_words = bytearray()
        self.alive = True
        self.unwanted = False
        """Whether it was told to end, or was ended, by this side."""
        self._process = subprocess.Popen(
            command_line(module, *arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(one_thread=one_thread),
            pass_fds=inherited,
        )
        self.pid = self._process.pid
        self._errors = threading.Thread(target=self._read_errors, name=f"{name} errors", daemon=True)
        self._threads = [
            threading.Thread(target=self._write, name=f"{name} commands", daemon=True),
            threading.Thread(target=self._read, name=f"{name} messages", daemon=True),
        ]
        for thread in (self._errors, *self._threads):
            thread.start()

    @property
    def exit_status(self) -> int | None:
        """How it ended; None while it runs."""
        return self._process.returncode

    @property
    def last_words(self) -> str:
        """The end of what it wrote to its standard error."""
        return bytes(self._last_words).decode(errors="replace").strip()

    def send(self, message: object) -> None:
        """Sends a message, after those before it; one to a process that has ended is lost."""
        self._outbox.put(message)

    def kill(self) -> None:
        """Ends it at once."""
        self.unwanted = True
        self._process.kill()

    def close(self, timeout: float, farewell: object = None) -> None:
        """Ends it: it is sent `farewell`, its input ends, and after `timeout` seconds it is killed.

        Nothing of it is left behind.
        """
        self.unwanted = True
        if farewell is not None:
            self._outbox.put(farewell)
        self._outbox.put(None)
        self._end(timeout)
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join()

    def _end(self, timeout: float) -> None:
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _write(self) -> None:
        pipe = self._process.stdin
        assert pipe is not None
        with suppress(OSError), pipe:  # closing it ends the process
            while (message := self._outbox.get()) is not None:
                try:
                    self._sends.write(pipe, message)
                except WireError:
                    log.exception("%s: a message could not be sent, so it is ended", self._name)
                    self._process.kill()
                    return

    def _read(self) -> None:
        pipe = self._process.stdout
        assert pipe is not None
        try:
            with suppress(EOFError, OSError), pipe:
                while True:
                    self._on_message(self._receives.read(pipe))
        except ProtocolError as error:
            log.error("%s: %s; it is ended", self._name, error)
            self._process.kill()
        finally:
            self._end(_SETTLE_SECONDS)
            self._errors.join(_STDERR_SECONDS)
            self.alive = False
            self._outbox.put(None)
            if not self.unwanted and self.last_words:
                log.info("%s: its last words were: %s", self._name, self.last_words)
            self._on_end()

    def _read_errors(self) -> None:
        """Passes on what the process writes to its standard error, and keeps its end."""
        pipe = self._process.stderr
        assert pipe is not None
        with suppress(OSError), pipe:
            while data := pipe.read1(_STDERR_BYTES):  # type: ignore[attr-defined]
                self._last_words += data
                del self._last_words[:-_STDERR_BYTES]
                if not self._quiet:
                    with suppress(OSError):
                        os.write(2, data)


class Conversation:
    """A question to a process that is started for it and ends with the answer. One thread uses it."""

    def __init__(
        self,
        module: str,
        question: object,
        *,
        name: str,
        sends: Protocol,
        receives: Protocol,
        one_thread: bool = True,
        quiet: bool = False,
    ) -> None:
        """Starts `module` and sends it `question`; for the other arguments see `Process`.

        Raises:
            OSError: it cannot be started.
        """
        self._inbox: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._process = Process(
            module,
            name=name,
            sends=sends,
            receives=receives,
            on_message=self._inbox.put,
            on_end=lambda: self._inbox.put(None),
            one_thread=one_thread,
            quiet=quiet,
        )
        self._process.send(question)

    def __enter__(self) -> "Conversation":
        return self

    def __exit__(self, *_: object) -> None:
        """Ends the process at once."""
        self._process.kill()
        self._process.close(0)

    @property
    def last_words(self) -> str:
        """The end of what the process wrote to its standard error."""
        return self._process.last_words

    @property
    def exit_status(self) -> int | None:
        """How the process ended; None while it runs."""
        return self._process.exit_status

    def messages(self, context: Context, silence: float) -> Iterator[Any]:
        """What the process answers, until it ends.

        Raises:
            TimeoutError: nothing came for `silence` seconds.
            Cancelled: the context was cancelled; looked at every 50 ms.
        """
        last = monotonic()
        while True:
            context.check()
            try:
                message = self._inbox.get(timeout=_POLL_SECONDS)
            except queue.Empty:
                if monotonic() - last > silence:
                    raise TimeoutError from None
                continue
            if message is None:
                return
            last = monotonic()
            yield message


class WorkerDied(Exception):  # noqa: N818 - it says what happened
    """A process of `answers_in_order` ended before it had answered; `str(error)` has its last words."""


def answers_in_order(
    module: str, questions: Iterable[object], *, workers: int, name: str, sends: Protocol, receives: Protocol
) -> Generator[Any, None, None]:
    """The answers of `workers` processes that run `module`, one to each question, in the order of the questions.

    Each process answers what it is sent, one question after another. They end with the iteration.

    Raises:
        WorkerDied: one of them ended.
        OSError: one of them cannot be started.
    """
    inboxes = [queue.SimpleQueue[Any]() for _ in range(workers)]
    processes: list[Process] = []
    waiting, sent_count, taken = iter(questions), 0, 0
    try:
        for inbox in inboxes:
            end = partial(inbox.put, None)
            processes.append(
                Process(module, name=name, sends=sends, receives=receives, on_message=inbox.put, on_end=end)
            )
        while True:
            for question in islice(waiting, max(_ASKED_AHEAD * workers - (sent_count - taken), 0)):
                processes[sent_count % workers].send(question)
                sent_count += 1
            if taken == sent_count:
                return
            answer = inboxes[taken % workers].get()
            if answer is None:
                raise WorkerDied(processes[taken % workers].last_words)
            taken += 1
            yield answer
    finally:
        for process in processes:
            process.kill()
        for process in processes:
            process.close(0)


class Parent:
    """The process that started this one, seen from here. Any thread may `send`; one reads `messages`."""

    def __init__(self, *, sends: Protocol, receives: Protocol) -> None:
        """Takes the standard input and output for messages; what libraries print goes to the standard error."""
        end_with_parent()
        self._sends, self._receives = sends, receives
        self._in = sys.stdin.buffer
        self._out = os.fdopen(os.dup(1), "wb")
        os.dup2(2, 1)  # what a library prints must not get between the messages
        self._lock = threading.Lock()

    def send(self, message: object) -> None:
        """Sends a message; nothing happens where nobody reads it any more.

        Raises:
            WireError: it is none of the declared messages.
        """
        parts = self._sends.encoded(message)
        with self._lock, suppress(OSError):
            for part in parts:
                self._out.write(part)
            self._out.flush()

    def messages(self) -> Iterator[Any]:
        """The messages, until there are no more; one that cannot be understood ends this process."""
        while True:
            try:
                message = self._receives.read(self._in)
            except EOFError:
                return
            except ProtocolError as error:
                sys.stderr.write(f"{error}\n")
                sys.stderr.flush()
                os._exit(_BAD_MESSAGE)
            yield message
