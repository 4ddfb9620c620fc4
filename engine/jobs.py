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


class Part(Context):
    """A part of a job, from `low` to `high` of its progress; cancelled with the whole. `text` replaces its texts."""

    def __init__(self, whole: Context, low: float, high: float, text: str = "") -> None:
        super().__init__()
        self._whole, self._low, self._high, self._text = whole, low, high, text

    @property
    def cancelled(self) -> bool:
        """Whether the whole was cancelled."""
        return self._whole.cancelled

    def progress(self, share: float, text: str = "") -> None:
        """Reports it as the whole's."""
        done = min(max(share, 0.0), 1.0)
        self._whole.progress(self._low + done * (self._high - self._low), self._text or text)


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
    """Runs jobs in order on one thread of its own.

    `changed` is called with a job whenever it changed: on that thread, or on the caller's for `submit`, `cancel` and
    `close`. It must return soon and not raise. Any thread may call the methods.
    """

    def __init__(self, changed: Callable[[Job], None], *, name: str = "jobs") -> None:
        self._changed = changed
        self._queue: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._lock = threading.Lock()  # guards what follows and every change of a job's state
        self._current: Job | None = None
        self._closed = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def submit(self, title: str, operation: Callable[[Context], Any]) -> Job:
        """Queues `operation` and returns its job; once the runner is closed the job is cancelled at once."""
        job = Job(title, operation)

        def report(share: float, text: str) -> None:
            job.share, job.text = share, text
            self._changed(job)

        job.context = Context(report)
        with self._lock:
            if self._closed:
                job.state = JobState.CANCELLED
            else:
                self._queue.put(job)
        self._changed(job)
        return job

    def cancel(self, job: Job) -> None:
        """Cancels `job`, whether it waits or runs; one that is over stays as it is."""
        job.context.cancel()
        with self._lock:
            waited = job.state is JobState.WAITING
            if waited:
                job.state = JobState.CANCELLED
        if waited:
            self._changed(job)

    def close(self, timeout: float = 3.0) -> None:
        """Cancels what runs, drops what waits, ends the thread and waits for its end, at most `timeout` seconds."""
        with self._lock:
            self._closed = True
            running = self._current
        waiting: list[Job] = []
        while True:
            try:
                job = self._queue.get_nowait()
            except queue.Empty:
                break
            if job:
                waiting.append(job)
        self._queue.put(None)
        for job in waiting:
            self.cancel(job)
        if running:
            running.context.cancel()
        if self._thread is not threading.current_thread():
            self._thread.join(timeout)

    def _run(self) -> None:
        while (job := self._queue.get()) is not None:
            with self._lock:
                if self._closed and not job.over:
                    job.context.cancel()
                dropped = job.over
                if not dropped:
                    self._current = job
                    job.started, job.state = monotonic(), JobState.RUNNING
            if dropped:
                continue
            self._changed(job)
            state = self._outcome(job)
            with self._lock:
                self._current = None
                job.ended, job.state = monotonic(), state
            self._changed(job)

    def _outcome(self, job: Job) -> JobState:
        """Runs the operation and keeps its result or its error in `job`."""
        try:
            job.context.check()
            job.result = job.operation(job.context)
        except Cancelled:
            return JobState.CANCELLED
        except EngineError as error:
            job.error = str(error)
            return JobState.FAILED
        except Exception as error:  # the job runner is the one place that turns any failure into a report
            log.exception("job %s failed", job.title)
            job.error = (
                f"“{job.title}” failed unexpectedly ({type(error).__name__}: {error}). Nothing was changed; "
                "the log has the details."
            )
            return JobState.FAILED
        job.share = 1.0
        return JobState.DONE
