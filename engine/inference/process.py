"""The generator's process: takes orders, and sends the sound that it makes, which the other side puts into the song.

Threads: the main one reads commands; "orders" loads models and carries orders out, one after another; a live take has
its own ("engine"). The process ends when its input does, so it never outlives the window. An argument names the module
whose `open_model(name, device, untrained)` loads models in place of the program's own.
"""

import logging
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from time import monotonic
from typing import Any

import psutil

from engine.errors import ModelError
from engine.generate import registry
from engine.generate.interface import Generator
from engine.inference import live_server, messages, provenance, takes
from engine.inference.api import Loaded
from engine.inference.live_server import LiveRecording
from engine.inference.loaded_model import LoadedModel, Opener
from engine.ipc import Parent
from engine.jobs import Context, Job, JobState, Runner

_NICE = 5
_KILLED_FIRST = Path("/proc/self/oom_score_adj")
_REPORT_SECONDS = 0.05
_END_SECONDS = 1.0

Send = Callable[[Any], None]
"""Sends one of `messages.ANSWERS` to the other side."""


class Work:
    """An order being carried out: what `Runner` calls."""

    def __init__(self, number: int, operation: Callable[[Context], Any]) -> None:
        self.number = number
        self._operation: Callable[[Context], Any] | None = operation
        self.told = 0.0  # when progress was sent last
        self.text = ""

    def __call__(self, context: Context) -> Any:
        """Carries it out."""
        operation, self._operation = self._operation, None  # what it was given is not kept longer than needed
        assert operation is not None
        try:
            return operation(context)
        except MemoryError as error:
            raise ModelError("There is not enough memory for this: close programs, or ask for less at once.") from error


class Generating:
    """Carries out commands. `command` is called by one thread."""

    def __init__(self, send: Send, opener: Opener) -> None:
        self._send = send
        self._title = ""
        self._loaded_model = LoadedModel(opener, self._tell_status)
        self._jobs: dict[int, Job] = {}
        self._live: tuple[int, LiveRecording] | None = None
        self._stopped: set[int] = set()
        self._runner = Runner(self._job_changed, name="orders")
        self._orders: dict[type, tuple[str, Callable[[Context, Any], Any]]] = {
            messages.Prepare: ("", self._prepare),
            messages.Load: ("Loading a model", self._load),
            messages.Generate: ("Generating", self._generate),
            messages.ContinueLive: ("Continue live", self._grow),
            messages.Replay: ("Making a take again", self._replay),
            messages.Measure: ("Measuring", self._measure),
            messages.Unload: ("Unloading", self._unload),
        }
        self._notes: dict[type, Callable[[Any], None]] = {
            messages.Cancel: self._cancel,
            messages.StopLive: self._stop_live,
            messages.SetSettings: self._set_settings,
            messages.SetPlayhead: self._set_playhead,
        }

    def command(self, command: Any) -> None:
        """Carries out one of `messages.COMMANDS`, or has it carried out."""
        if note := self._notes.get(type(command)):
            note(command)
            return
        title, operation = self._orders[type(command)]
        if isinstance(command, messages.Generate | messages.ContinueLive):
            title = command.assignment.title
        work = Work(command.number, lambda context: operation(context, command))
        job = self._jobs[command.number] = self._runner.submit(title, work)
        if job.over:
            self._jobs.pop(command.number, None)

    def close(self) -> None:
        """Ends everything."""
        if self._live:
            self._live[1].stop()
        self._runner.close(_END_SECONDS)

    def _running(self, number: int) -> LiveRecording | None:
        """The live take of an order, if it runs."""
        return self._live[1] if self._live and self._live[0] == number else None

    def _cancel(self, note: messages.Cancel) -> None:
        if live := self._running(note.number):
            live.stop()
        if note.number in self._jobs:
            self._runner.cancel(self._jobs[note.number])

    def _stop_live(self, note: messages.StopLive) -> None:
        self._stopped.add(note.number)
        if live := self._running(note.number):
            live.stop()

    def _set_settings(self, note: messages.SetSettings) -> None:
        if live := self._running(note.number):
            live.set_settings(note.settings)

    def _set_playhead(self, note: messages.SetPlayhead) -> None:
        if live := self._running(note.number):
            live.set_playhead(note.frame)

    def _prepare(self, context: Context, order: messages.Prepare) -> None:
        from engine.generate import melody  # noqa: F401 - to have read it, and what it imports, in

    def _load(self, context: Context, order: messages.Load) -> messages.ModelLoaded:
        self._loaded_model.generator(order.model, context)
        return messages.ModelLoaded(order.number, self._loaded.capabilities)

    def _generate(self, context: Context, order: messages.Generate) -> messages.TakesGenerated:
        generator = self._loaded_model.generator(order.assignment.model, context)
        capabilities = self._loaded.capabilities
        return takes.make(generator, capabilities, order.assignment, _threads(), context, order.number)

    def _grow(self, context: Context, order: messages.ContinueLive) -> None:
        generator = self._loaded_model.generator(order.assignment.model, context)
        context.check()
        live = LiveRecording(generator, self._loaded.capabilities, order, _threads(), self._send)
        self._live = order.number, live
        try:
            if order.number in self._stopped or context.cancelled:
                live.stop()
            live.run()
        finally:
            self._live = None

    def _replay(self, context: Context, order: messages.Replay) -> messages.TakesGenerated:
        from engine.generate import device

        record, prompts, rate = order.provenance, order.prompts, order.rate
        request = provenance.request_of(record, order.source, prompts)
        recorded = record.get("rate")
        if recorded != rate:
            own = f"{recorded:,} Hz" if isinstance(recorded, int) else "another rate"
            raise ModelError(
                f"This take was made for a project at {own}, and this one runs at {rate:,} Hz: "
                "it cannot be made again here."
            )
        generator = self._loaded_model.generator(provenance.model_of(record), context)
        capabilities = self._loaded.capabilities
        provenance.check_weights(record, capabilities)
        with device.using_threads(record.get("threads") or _threads()):
            if record.get("kind") == "live":
                take = live_server.replay(generator, record, request, prompts, rate, context)
            else:
                take = takes.replay(generator, capabilities, record, order.source, prompts, rate, context)
        return messages.TakesGenerated(order.number, (take,))

    def _measure(self, context: Context, order: messages.Measure) -> messages.Measured:
        generator = self._loaded_model.generator(order.model, context)
        from engine.generate import bench_pieces

        family = registry.family(order.model.name, untrained=order.model.untrained)
        if family is not None and family.measure is not None:
            row = family.measure(generator, context)
        else:
            row = bench_pieces.one_shot(generator, family.id if family else "", rounds=1, context=context)
        self._loaded_model.noted(row.realtime)
        return messages.Measured(order.number, row.to_dict())

    def _unload(self, context: Context, order: messages.Unload) -> None:
        self._loaded_model.unload()

    @property
    def _loaded(self) -> Loaded:
        assert self._loaded_model.loaded is not None
        return self._loaded_model.loaded

    def _tell_status(self) -> None:
        self._send(messages.StatusChanged(self._loaded_model.loaded, self._title))

    def _job_changed(self, job: Job) -> None:
        work = job.operation
        assert isinstance(work, Work)
        if job.state is JobState.RUNNING:
            if self._title != job.title:
                self._title = job.title
                self._tell_status()
            if job.text != work.text or monotonic() - work.told >= _REPORT_SECONDS:
                work.text, work.told = job.text, monotonic()
                self._send(messages.Progress(work.number, job.share, job.text))
        elif job.over:
            self._jobs.pop(work.number, None)
            self._stopped.discard(work.number)
            self._title = ""
            self._tell_status()
            self._send(_ending(work.number, job))
            job.result = None  # sent: its sound is not kept longer than needed
            self._tidy()

    def _tidy(self) -> None:
        """Gives the memory of an order back."""
        if self._loaded_model.loaded is not None:
            from engine.generate import device

            device.free_memory()


def _ending(number: int, job: Job) -> object:
    """What an order that is over ends with."""
    if job.state is JobState.DONE:
        return job.result or messages.Finished(number)
    return messages.Failed(number, job.error) if job.state is JobState.FAILED else messages.Stopped(number)


def _threads() -> int:
    from engine.generate import device

    return device.thread_count()


def _opener(module: str) -> Opener:
    if module:
        opener: Opener = import_module(module).open_model
        return opener

    def open_model(name: str, device: str | None, untrained: bool) -> Generator:
        return registry.open_model(name, device, untrained=untrained)

    return open_model


def lower_priority() -> None:
    """Lets the player and the window go first, and stay longest where memory runs out."""
    with suppress(OSError, psutil.AccessDenied):
        psutil.Process().nice(psutil.BELOW_NORMAL_PRIORITY_CLASS if sys.platform == "win32" else _NICE)
    with suppress(OSError):  # there is such a file on Linux
        _KILLED_FIRST.write_text("500", encoding="ascii")


class _LogSender(logging.Handler):
    """Sends what is logged to the window's log."""

    def __init__(self, send: Send) -> None:
        super().__init__(logging.WARNING)
        self._send = send
        self.setFormatter(logging.Formatter("%(name)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Sends one record."""
        self._send(messages.LogRecord(record.levelno, self.format(record)))


def main() -> None:
    """Runs the process."""
    parent = Parent(sends=messages.ANSWERS, receives=messages.COMMANDS)
    lower_priority()
    registry.spare_other_threads()
    logging.getLogger("engine").addHandler(_LogSender(parent.send))
    generating = Generating(parent.send, _opener(sys.argv[1] if len(sys.argv) > 1 else ""))
    with suppress(KeyboardInterrupt):
        for command in parent.messages():
            generating.command(command)
    generating.close()
    os._exit(0)  # networks in the middle of their work would be waited for


if __name__ == "__main__":
    main()
