"""Background work seen from the window: jobs in queues, their news delivered on the UI thread."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot

from engine.jobs import Context, Job, JobState, Runner

KEPT = 100
"""Finished jobs that are kept for the list."""


class JobCentre(QObject):
    """Runs jobs on one thread per queue. All methods and signals belong to the UI thread."""

    changed = Signal(object)
    """A `Job` that is new or whose state, share or text changed."""
    dropped = Signal(object)
    """A `Job` that is over left the list."""
    _reported = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.jobs: list[Job] = []
        self._runners: dict[str, Runner] = {}
        self._queues: dict[str, str] = {}
        self._endings: dict[str, tuple[Callable[[Any], None] | None, Callable[[str], None] | None]] = {}
        self._again: dict[str, Callable[[], object]] = {}
        self._passing: set[str] = set()
        self._closed = False
        self._reported.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def submit(
        self,
        title: str,
        operation: Callable[[Context], Any],
        done: Callable[[Any], None] | None = None,
        failed: Callable[[str], None] | None = None,
        *,
        queue: str = "work",
        again: Callable[[], object] | None = None,
        passing: bool = False,
    ) -> Job:
        """Runs `operation` after what waits in `queue`; then calls `done(result)` or `failed(sentence)`.

        `failed` is called with an empty sentence when the user cancelled. `again` submits the same work once more, for
        who wants to try again after it failed or was cancelled. `passing` work, which the user did not ask for by name,
        leaves the list once it is done. After `close` the job is cancelled before it begins, and nobody is told.
        """
        if self._closed:
            return Job(title, operation, state=JobState.CANCELLED)
        runner = self._runners.get(queue)
        if runner is None:
            runner = self._runners[queue] = Runner(self._reported.emit, name=f"jobs-{queue}")
        job = runner.submit(title, operation)
        self._endings[job.id] = (done, failed)
        if again:
            self._again[job.id] = again
        if passing:
            self._passing.add(job.id)
        self.jobs.append(job)
        self._queues[job.id] = queue
        self._forget_old()
        return job

    def cancel(self, job: Job) -> None:
        """Asks `job` to stop; after `close` every job has been asked."""
        if not self._closed and (queue := self._queues.get(job.id)):
            self._runners[queue].cancel(job)

    def can_retry(self, job: Job) -> bool:
        """Whether `job` failed or was cancelled, and may be tried again."""
        return job.state in (JobState.FAILED, JobState.CANCELLED) and job.id in self._again

    def retry(self, job: Job) -> None:
        """Submits the work of a job that is over once more; the old job leaves the list."""
        if not self._closed and self.can_retry(job):
            again = self._again[job.id]
            self._forget(job)
            again()

    @property
    def running(self) -> list[Job]:
        """The jobs that wait or run."""
        return [job for job in self.jobs if not job.over]

    def running_in(self, queue: str) -> list[Job]:
        """The jobs of `queue` that wait or run."""
        return [job for job in self.running if self._queues[job.id] == queue]

    def queue_of(self, job: Job) -> str:
        """The queue that `job` was submitted to."""
        return self._queues.get(job.id, "")

    def clear_finished(self) -> None:
        """Drops the finished jobs from the list."""
        for job in [job for job in self.jobs if job.over]:
            self._forget(job)

    def close(self) -> None:
        """Cancels everything and ends the threads; there are no news after it."""
        self._closed = True
        for job in self.running:
            job.context.cancel()  # all at once, so that none waits for another's end
        for runner in self._runners.values():
            runner.close()
        self._runners.clear()

    def _forget_old(self) -> None:
        finished = [job for job in self.jobs if job.over]
        for job in finished[: max(0, len(finished) - KEPT)]:
            self._forget(job)

    def _forget(self, job: Job) -> None:
        self.jobs.remove(job)
        self._again.pop(job.id, None)
        self._queues.pop(job.id, None)
        self._passing.discard(job.id)
        self.dropped.emit(job)

    @Slot(object)
    def _deliver(self, job: Job) -> None:
        if self._closed:
            return
        self.changed.emit(job)
        if not job.over or (ending := self._endings.pop(job.id, None)) is None:
            return
        done, failed = ending
        if job.state is JobState.DONE:
            self._again.pop(job.id, None)
            if job.id in self._passing:
                self._forget(job)
            if done:
                done(job.result)
        elif failed:
            failed(job.error)


def state_text(job: Job) -> str:
    """What a job does, in a few words."""
    if job.state is JobState.RUNNING:
        left = job.seconds_left()
        share = "" if job.text and not job.share else f"{round(job.share * 100)} %"
        parts = (share, f"{_duration(left)} left" if left is not None else "", job.text)
        return " · ".join(part for part in parts if part)
    words = {JobState.WAITING: "Waiting", JobState.DONE: "Done", JobState.CANCELLED: "Cancelled"}
    return words.get(job.state) or job.error


def _duration(seconds: float) -> str:
    whole = max(1, round(seconds))
    return f"{whole} s" if whole < 90 else f"{round(whole / 60)} min"
