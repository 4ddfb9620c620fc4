import logging
import threading
from collections.abc import Iterator

import pytest

from engine.errors import AudioFileError, Cancelled
from engine.jobs import Context, Job, JobState, Runner

PATIENCE = 20.0  # seconds; only a failing test waits that long


class Record:
    """Notes what a runner says about its jobs, and lets a test wait for it."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, JobState, float, str]] = []
        self._more = threading.Condition()

    def __call__(self, job: Job) -> None:
        with self._more:
            self.seen.append((job.title, job.state, job.share, job.text))
            self._more.notify_all()

    def wait_for(self, job: Job, state: JobState | None = None) -> None:
        with self._more:
            over = self._more.wait_for(lambda: job.state is state if state else job.over, PATIENCE)
        assert over, f"{job.title} is still {job.state}"

    def states(self, title: str) -> list[JobState]:
        states: list[JobState] = []
        for name, state, _, _ in self.seen:
            if name == title and states[-1:] != [state]:
                states.append(state)
        return states


@pytest.fixture
def record() -> Record:
    return Record()


@pytest.fixture
def runner(record: Record) -> Iterator[Runner]:
    runner = Runner(record, name="jobs-test")
    yield runner
    runner.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "jobs-test"]


class Gate:
    """An operation that says when it began and goes on until it is let go or cancelled."""

    def __init__(self) -> None:
        self.began, self.go = threading.Event(), threading.Event()

    def __call__(self, context: Context) -> str:
        self.began.set()
        while not self.go.wait(0.005):
            context.check()
        return "through"


def test_a_job_reports_and_delivers(runner: Runner, record: Record) -> None:
    def work(context: Context) -> int:
        context.progress(0.5, "half")
        context.progress(7.0, "too much")
        return 42

    job = runner.submit("Count", work)
    record.wait_for(job)
    assert (job.state, job.result, job.share, job.error) == (JobState.DONE, 42, 1.0, "")
    assert job.started is not None
    assert job.ended is not None
    assert job.ended >= job.started
    assert record.states("Count") == [JobState.WAITING, JobState.RUNNING, JobState.DONE]
    assert [(share, text) for _, state, share, text in record.seen if state is JobState.RUNNING and text] == [
        (0.5, "half"),
        (1.0, "too much"),
    ]


def test_jobs_run_in_order_one_at_a_time(runner: Runner, record: Record) -> None:
    running: list[int] = []
    order: list[int] = []

    def work(number: int) -> None:
        running.append(number)
        assert len(running) == 1
        order.append(number)
        running.clear()

    jobs = [runner.submit(str(i), lambda context, i=i: work(i)) for i in range(50)]
    record.wait_for(jobs[-1])
    assert all(job.state is JobState.DONE for job in jobs)
    assert order == list(range(50))


def test_cancel_stops_a_running_job_at_its_next_check(runner: Runner, record: Record) -> None:
    gate = Gate()
    job = runner.submit("Long", gate)
    assert gate.began.wait(PATIENCE)
    runner.cancel(job)
    record.wait_for(job)
    assert (job.state, job.result, job.error) == (JobState.CANCELLED, None, "")
    after = runner.submit("Next", lambda context: "runs")
    record.wait_for(after)
    assert after.result == "runs"


def test_a_waiting_job_that_is_cancelled_never_runs(runner: Runner, record: Record) -> None:
    gate, ran = Gate(), []
    first = runner.submit("First", gate)
    waiting = runner.submit("Waiting", lambda context: ran.append(1))
    runner.cancel(waiting)
    assert waiting.state is JobState.CANCELLED
    gate.go.set()
    last = runner.submit("Last", lambda context: None)
    record.wait_for(last)
    assert first.state is JobState.DONE
    assert not ran
    assert record.states("Waiting") == [JobState.WAITING, JobState.CANCELLED]


def test_cancelling_what_is_over_changes_nothing(runner: Runner, record: Record) -> None:
    job = runner.submit("Quick", lambda context: 1)
    record.wait_for(job)
    runner.cancel(job)
    assert (job.state, job.result) == (JobState.DONE, 1)


def test_a_failure_is_the_sentence_of_its_error(runner: Runner, record: Record) -> None:
    def work(context: Context) -> None:
        raise AudioFileError("“a.wav” is no audio file: choose another.")

    job = runner.submit("Import", work)
    record.wait_for(job)
    assert (job.state, job.error) == (JobState.FAILED, "“a.wav” is no audio file: choose another.")


def test_an_unexpected_failure_is_logged_and_the_runner_goes_on(
    runner: Runner, record: Record, caplog: pytest.LogCaptureFixture
) -> None:
    job = runner.submit("Odd", lambda context: 1 // 0)
    record.wait_for(job)
    assert job.state is JobState.FAILED
    assert "“Odd” failed unexpectedly (ZeroDivisionError" in job.error
    assert job.error.endswith(".")
    (entry,) = [entry for entry in caplog.records if entry.name == "engine.jobs"]
    assert entry.levelno == logging.ERROR
    assert entry.exc_info
    after = runner.submit("Next", lambda context: "runs")
    record.wait_for(after)
    assert after.result == "runs"


def test_close_ends_the_thread_whatever_it_does(record: Record) -> None:
    runner = Runner(record, name="jobs-closing")
    gate = Gate()
    running = runner.submit("Running", gate)
    waiting = [runner.submit(f"Waiting {i}", gate) for i in range(5)]
    assert gate.began.wait(PATIENCE)
    runner.close(PATIENCE)
    assert not [thread for thread in threading.enumerate() if thread.name == "jobs-closing"]
    assert {job.state for job in (running, *waiting)} == {JobState.CANCELLED}
    runner.close()


def test_no_job_begins_after_close(record: Record) -> None:
    for _ in range(50):
        ran = threading.Event()
        runner = Runner(record, name="jobs-race")
        jobs = [runner.submit("Race", lambda context: None) for _ in range(3)]
        runner.close(PATIENCE)
        late = runner.submit("Late", lambda context, ran=ran: ran.set())
        assert late.state is JobState.CANCELLED
        assert not ran.is_set()
        assert all(job.over for job in jobs)


def test_the_time_left_needs_ground() -> None:
    job = Job("Job", lambda context: None)
    assert job.seconds_left() is None
    job.state, job.started, job.share = JobState.RUNNING, 0.0, 0.01
    assert job.seconds_left() is None
    job.share = 0.5
    left = job.seconds_left()
    assert left is not None
    assert left > 0


def test_a_context_without_a_runner() -> None:
    reports: list[tuple[float, str]] = []
    context = Context(lambda share, text: reports.append((share, text)))
    context.progress(-1, "start")
    assert reports == [(0.0, "start")]
    Context().progress(0.5)
    context.cancel()
    assert context.cancelled
    with pytest.raises(Cancelled, match="Cancelled"):
        context.progress(0.6)
    assert len(reports) == 1
