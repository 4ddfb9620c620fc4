"""Freed memory goes back once nothing has changed for a while."""

import pytest
from PySide6.QtCore import QCoreApplication

from desktop import idle_memory
from desktop.document import Document
from desktop.jobs import JobCentre
from engine.jobs import Job
from engine.project.model import new_project


def test_each_change_and_each_news_of_a_job_begins_the_rest_anew(qapp: object, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[bool] = []
    monkeypatch.setattr(idle_memory, "give_back", lambda: given.append(True))
    jobs = JobCentre()
    document = Document(jobs)
    rest, latest = idle_memory.give_back_when_idle(document, jobs)
    assert rest.isActive(), "the start has freed something, too"
    song = new_project("Song")
    for tell in (
        lambda: document.changed.emit(song, song),
        lambda: document.opened.emit(),
        lambda: jobs.changed.emit(Job("Import", lambda _: None)),
    ):
        rest.stop()
        tell()
        assert rest.isActive()
        assert not given
        rest.timeout.emit()
        assert given.pop()
        assert not latest.isActive()
    jobs.close()


def test_news_without_end_puts_it_off_only_so_long(qapp: object, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[bool] = []
    monkeypatch.setattr(idle_memory, "give_back", lambda: given.append(True))
    jobs = JobCentre()
    rest, latest = idle_memory.give_back_when_idle(Document(jobs), jobs)
    latest.setInterval(0)
    while not given:  # a take that is continued live
        jobs.changed.emit(Job("Continue", lambda _: None))
        assert rest.isActive()
        QCoreApplication.processEvents()
    jobs.changed.emit(Job("Continue", lambda _: None))
    assert latest.isActive()
    jobs.close()
