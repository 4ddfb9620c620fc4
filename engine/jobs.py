"""One door for background work: an operation, its progress, its result or its error, and its cancel.

An operation is a plain function of a `Context`. It reports progress through it and calls `check` often enough that a
cancel takes effect within half a second. `Runner` runs operations one after another on a thread of its own.
"""

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from time import monotonic
from typing import Any

from engine.errors import Cancelled, EngineError
from engine.ids import new_id

log = logging.getLogger(__name__)


class JobState(StrEnum):
    """Where a job is in its life."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Context:
    """What an operation sees of its job. Any thread may call `cancel`; only the operation calls the rest."""

    def __init__(self, report: Callable[[float, str], None] | None = None) -> None:
        self._report = report
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """Asks the operation to stop at its next `check`."""
        self._cancelled.set()

    @property
    def cancelled(self) -> bool:
        """Whether the user asked to stop."""
        return self._cancelled.is_set()

    def check(self) -> None:
        """Raises `Cancelled` if the user asked to stop."""
        if self.cancelled:
            raise Cancelled

    def progress(self, share: float, text: str = "") -> None:
        """Reports `share` (0 to 1) of the work done and what is going on; also checks for a cancel."""
        self.check()
        if self._report:
            self._report(min(max(share, 0.0), 1.0), text)


@dataclass
class Job:
    """One piece of background work. Its fields are written by the runner's thread and may be read by any."""

    title: str
    operation: Callable[[Context], Any]
    id: str = field(default_factory=new_id)
    state: JobState = JobState.WAITING
    share: float = 0.0
    text: str = ""
    error: str = ""
    result: Any = None
    started: float | None = None
    ended: float | None = None
    context: Context = field(default_factory=Context)

    @property
    def over(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)

    def seconds_left(self) -> float | None:
        """An estimate of the seconds left, once there is ground for one."""
        if self.state is not JobState.RUNNING or self.started is None or self.share < 0.02:
            return None
        return (monotonic() - self.started) * (1 - self.share) / self.share


class Runner:
    """Runs jobs in order on one thread. `changed` is called on that thread (or the caller's, on submit and cancel)."""

    def __init__(self, changed: Callable[[Job], None], *, name: str = "jobs") -> None:
        self._changed = changed
        self._queue: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._current: Job | None = None
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def submit(self, title: str, operation: Callable[[Context], Any]) -> Job:
        """Queues `operation` and returns its job."""
        job = Job(title, operation)

        def report(share: float, text: str) -> None:
            job.share, job.text = share, text
            self._changed(job)

        job.context = Context(report)
        self._changed(job)
        self._queue.put(job)
        return job

    def cancel(self, job: Job) -> None:
        """Cancels `job`, whether it waits or runs."""
        job.context.cancel()
        if job.state is JobState.WAITING:
            job.state = JobState.CANCELLED
            self._changed(job)

    def close(self, timeout: float = 3.0) -> None:
        """Cancels what runs, drops what waits and ends the thread."""
        while True:
            try:
                waiting = self._queue.get_nowait()
            except queue.Empty:
                break
            if waiting:
                self.cancel(waiting)
        if self._current:
            self._current.context.cancel()
        self._queue.put(None)
        self._thread.join(timeout)

    def _run(self) -> None:
        while (job := self._queue.get()) is not None:
            if job.over:
                continue
            self._current = job
            job.state, job.started = JobState.RUNNING, monotonic()
            self._changed(job)
            try:
                job.result = job.operation(job.context)
                job.state, job.share = JobState.DONE, 1.0
            except Cancelled:
                job.state = JobState.CANCELLED
            except EngineError as error:
                job.state, job.error = JobState.FAILED, str(error)
            except Exception as error:  # the job runner is the one place that turns any failure into a report
                log.exception("job %s failed", job.title)
                job.state = JobState.FAILED
                job.error = (
                    f"“{job.title}” failed unexpectedly ({type(error).__name__}: {error}). Nothing was changed; "
                    "the log has the details."
                )
            job.ended = monotonic()
            self._current = None
            self._changed(job)
