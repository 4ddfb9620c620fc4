import threading

import pytest
from pytestqt.qtbot import QtBot

from desktop.docks.jobs_panel import JobsPanel
from desktop.icons import Icons
from desktop.jobs import JobCentre, state_text
from desktop.theme import Theme
from desktop.widgets.buttons import IconButton
from engine.errors import AudioFileError
from engine.jobs import Context, JobState


def test_results_and_errors_arrive_on_the_ui_thread(jobs: JobCentre, qtbot: QtBot) -> None:
    seen: list[object] = []

    def broken(context: Context) -> None:
        raise AudioFileError("The file is no audio: choose another.")

    jobs.submit("Add", lambda context: 1 + 1, lambda result: seen.append((result, threading.current_thread())))
    jobs.submit("Break", broken, failed=seen.append)
    qtbot.waitUntil(lambda: len(seen) == 2)
    assert seen == [(2, threading.main_thread()), "The file is no audio: choose another."]
    assert state_text(jobs.jobs[1]) == "The file is no audio: choose another."


def test_cancel_stops_what_runs_and_what_waits(jobs: JobCentre, qtbot: QtBot) -> None:
    started = threading.Event()
    ends: list[str] = []

    def endless(context: Context) -> None:
        started.set()
        while True:
            context.check()
            threading.Event().wait(0.005)

    first = jobs.submit("First", endless, failed=ends.append)
    second = jobs.submit("Second", endless, failed=ends.append)
    assert started.wait(5)
    jobs.cancel(second)
    jobs.cancel(first)
    qtbot.waitUntil(lambda: len(ends) == 2)
    assert ends == ["", ""]
    assert {first.state, second.state} == {JobState.CANCELLED}
    assert not jobs.running


def test_queues_do_not_wait_for_each_other(jobs: JobCentre, qtbot: QtBot) -> None:
    gate = threading.Event()
    seen: list[str] = []
    jobs.submit("Slow", lambda context: gate.wait(10), lambda _: seen.append("slow"), queue="slow")
    jobs.submit("Quick", lambda context: None, lambda _: seen.append("quick"))
    qtbot.waitUntil(lambda: seen == ["quick"])
    gate.set()
    qtbot.waitUntil(lambda: seen == ["quick", "slow"])


def test_what_failed_can_be_tried_again_from_the_list(jobs: JobCentre, theme: Theme, qtbot: QtBot) -> None:
    panel = JobsPanel(jobs, theme, Icons(theme))
    qtbot.addWidget(panel)
    panel.show()
    tries: list[int] = []

    def submit() -> None:
        def work(context: Context) -> None:
            tries.append(1)
            if len(tries) == 1:
                raise AudioFileError("The disk is full: make room.")

        jobs.submit("Generate", work, queue="engine", again=submit)

    submit()
    qtbot.waitUntil(lambda: jobs.jobs[0].over)
    (failed,) = jobs.jobs
    qtbot.waitUntil(lambda: bool(shown_buttons(panel)))
    (retry,) = shown_buttons(panel)
    assert retry.accessibleName() == "Try Generate again"
    retry.click()
    assert failed not in jobs.jobs
    qtbot.waitUntil(lambda: jobs.jobs[0].state is JobState.DONE)
    assert len(tries) == 2
    qtbot.waitUntil(lambda: not shown_buttons(panel))
    assert not jobs.can_retry(jobs.jobs[0])
    jobs.clear_finished()
    assert jobs.jobs == []
    assert jobs.queue_of(failed) == ""


def shown_buttons(panel: JobsPanel) -> list[IconButton]:
    return [button for button in panel.findChildren(IconButton) if button.isVisible()]


def test_passing_work_leaves_the_list_when_it_is_done_and_stays_when_it_failed(jobs: JobCentre, qtbot: QtBot) -> None:
    seen: list[object] = []

    def broken(context: Context) -> None:
        raise AudioFileError("The file is no audio: choose another.")

    jobs.submit("Draw", lambda context: "drawn", seen.append, passing=True)
    jobs.submit("Break", broken, failed=seen.append, passing=True)
    qtbot.waitUntil(lambda: len(seen) == 2)
    assert seen[0] == "drawn"
    assert [job.title for job in jobs.jobs] == ["Break"]


def test_what_is_over_can_be_cleared_from_the_panel(jobs: JobCentre, theme: Theme, qtbot: QtBot) -> None:
    panel = JobsPanel(jobs, theme, Icons(theme))
    qtbot.addWidget(panel)
    panel.show()
    assert not panel.clear.isVisible()
    jobs.submit("Add", lambda context: None)
    qtbot.waitUntil(panel.clear.isVisible)
    panel.clear.click()
    assert jobs.jobs == []
    assert not panel.clear.isVisible()
    panel.close()


def test_what_is_asked_for_after_the_end_does_not_begin(jobs: JobCentre) -> None:
    before = set(threading.enumerate())
    jobs.close()
    job = jobs.submit("Late", lambda context: pytest.fail("it began"), queue="late")
    assert job.state is JobState.CANCELLED
    assert jobs.running_in("late") == []
    assert set(threading.enumerate()) <= before
