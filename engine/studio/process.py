"""The generator's process: reads orders from its standard input, makes sound into the project's files, and reports.

Threads: the main one reads commands; "orders" loads models and carries orders out, one after another; a live take has
its own ("engine"). The process ends when its input does, so it never outlives the window. An argument names the module
whose `open_model(name, device, untrained)` loads models in place of the program's own.
"""

import logging
import os
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from time import monotonic
from typing import Any

import psutil

from engine.audio import Audio
from engine.errors import ModelError
from engine.generate import registry
from engine.generate.api import Generator
from engine.jobs import Context, Job, JobState, Runner
from engine.lifeline import end_with_parent
from engine.playback.process import read_frame, write_frame
from engine.project.model import Source
from engine.studio import growth, prompt_sounds, provenance, takes
from engine.studio.api import Loaded, Made, Model, Order, Place, Takes
from engine.studio.growth import Growing, Growth
from engine.studio.loading import Opener, Shelf

_NICE = 5
_KILLED_FIRST = Path("/proc/self/oom_score_adj")
_REPORT_SECONDS = 0.05
_END_SECONDS = 1.0

Say = Callable[[str, int, Any], None]
"""Sends (kind, number of the order or 0, contents) to the other side."""


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

    def __init__(self, say: Say, opener: Opener) -> None:
        self._say = say
        self._title = ""
        self._shelf = Shelf(opener, self._tell_status)
        self._jobs: dict[int, Job] = {}
        self._live: tuple[int, Growing] | None = None
        self._stopped: set[int] = set()
        self._runner = Runner(self._job_changed, name="orders")

    def command(self, name: str, number: int, *arguments: Any) -> None:
        """Carries out a command, or has it carried out."""
        operations: Mapping[str, tuple[str, Callable[..., Any]]] = {
            "prepare": ("", self._prepare),
            "capabilities": ("Loading a model", self._capabilities),
            "run": ("Generating", self._run),
            "live": ("Continue live", self._grow),
            "replay": ("Making a take again", self._replay),
            "measure": ("Measuring", self._measure),
            "unload": ("Unloading", self._unload),
        }
        if name in operations:
            title, operation = operations[name]
            title = next((item.title for item in arguments if isinstance(item, Order)), title)
            work = Work(number, lambda context: operation(context, number, *arguments))
            job = self._jobs[number] = self._runner.submit(title, work)
            if job.over:
                self._jobs.pop(number, None)
            return
        live = self._live[1] if self._live and self._live[0] == number else None
        if name == "cancel":
            if live:
                live.drop()
            if number in self._jobs:
                self._runner.cancel(self._jobs[number])
        elif name == "stop":
            self._stopped.add(number)
            if live:
                live.stop()
        elif live and name == "settings":
            live.set_settings(*arguments)
        elif live and name == "playhead":
            live.set_playhead(*arguments)

    def close(self) -> None:
        """Ends everything; a growing file stays."""
        if self._live:
            self._live[1].stop()
        self._runner.close(_END_SECONDS)

    def _prepare(self, context: Context, number: int) -> None:
        from engine.generate import melody  # noqa: F401 - to have read it, and what it imports, in

    def _capabilities(self, context: Context, number: int, model: Model) -> Any:
        self._shelf.generator(model, context)
        return self._loaded.capabilities

    def _run(self, context: Context, number: int, order: Order) -> Takes:
        generator = self._shelf.generator(order.model, context)
        return takes.make(generator, self._loaded.capabilities, order, _threads(), context)

    def _grow(self, context: Context, number: int, order: Order, growing_id: str) -> None:
        generator = self._shelf.generator(order.model, context)
        context.check()

        def say(news: Source | Growth) -> None:
            self._say("growing" if isinstance(news, Source) else "news", number, news)

        live = Growing(generator, self._loaded.capabilities, order, growing_id, _threads(), say)
        self._live = number, live
        try:
            if number in self._stopped:
                live.stop()
            if context.cancelled:
                live.drop()
            live.run()
        finally:
            self._live = None

    def _replay(
        self,
        context: Context,
        number: int,
        record: Mapping[str, Any],
        source: Audio | None,
        prompts: Mapping[str, Audio],
        place: Place,
    ) -> Made:
        from engine.generate import device

        prompts = {**prompt_sounds.sounds_of(place.folder, record), **prompts}
        request = provenance.request_of(record, source, prompts)
        if record.get("rate") != place.rate:
            raise ModelError(
                f"This take was made for a project at {record.get('rate')} Hz, and this one runs at {place.rate:,} Hz: "
                "it cannot be made again here."
            )
        model = provenance.model_of(record)
        generator = self._shelf.generator(model, context)
        provenance.check_weights(record, self._loaded.capabilities)
        with device.using_threads(record.get("threads") or _threads()):
            if record.get("kind") == "live":
                return growth.again(generator, record, request, prompts, place, context)
            return takes.again(generator, self._loaded.capabilities, record, source, prompts, place, context)

    def _measure(self, context: Context, number: int, model: Model) -> Mapping[str, Any]:
        generator = self._shelf.generator(model, context)
        from engine.generate import bench, bench_published
        from engine.generate.diffusion.adapter import Adapter

        if isinstance(generator, Adapter):
            row = bench_published.one_shot(generator, rounds=1, context=context)
        else:
            row = bench.measure(bench.of_melody(generator), context=context)
        self._shelf.noted(row.realtime)
        return row.to_dict()

    def _unload(self, context: Context, number: int) -> None:
        self._shelf.unload()

    @property
    def _loaded(self) -> Loaded:
        assert self._shelf.loaded is not None
        return self._shelf.loaded

    def _tell_status(self) -> None:
        self._say("status", 0, (self._shelf.loaded, self._title))

    def _job_changed(self, job: Job) -> None:
        work = job.operation
        assert isinstance(work, Work)
        if job.state is JobState.RUNNING:
            if self._title != job.title:
                self._title = job.title
                self._tell_status()
            if job.text != work.text or monotonic() - work.told >= _REPORT_SECONDS:
                work.text, work.told = job.text, monotonic()
                self._say("progress", work.number, (job.share, job.text))
        elif job.over:
            self._jobs.pop(work.number, None)
            self._stopped.discard(work.number)
            self._title = ""
            self._tell_status()
            outcome = job.result if job.state is JobState.DONE else job.error
            self._say(job.state.value, work.number, outcome)
            self._tidy()

    def _tidy(self) -> None:
        """Gives the memory of an order back."""
        if self._shelf.loaded is not None:
            from engine.generate import device

            device.free_memory()


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


class _Told(logging.Handler):
    """Sends what is logged to the window's log."""

    def __init__(self, say: Say) -> None:
        super().__init__(logging.WARNING)
        self._tell = say
        self.setFormatter(logging.Formatter("%(name)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Sends one record."""
        self._tell("log", 0, (record.levelno, self.format(record)))


def main() -> None:
    """Runs the process."""
    end_with_parent()
    commands = sys.stdin.buffer
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not get between the messages
    lower_priority()
    registry.spare_other_threads()
    lock = threading.Lock()

    def say(kind: str, number: int, contents: Any) -> None:
        with lock, suppress(OSError):
            write_frame(answers, (kind, number, contents))

    logging.getLogger("engine").addHandler(_Told(say))
    generating = Generating(say, _opener(sys.argv[1] if len(sys.argv) > 1 else ""))
    with suppress(EOFError, KeyboardInterrupt):
        while command := read_frame(commands):
            generating.command(*command)
    generating.close()
    os._exit(0)  # networks in the middle of their work would be waited for


if __name__ == "__main__":
    main()
