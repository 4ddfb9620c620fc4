"""Freed memory goes back once nothing has changed for a while."""

import pytest

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
    rest = idle_memory.give_back_when_idle(document, jobs)
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
    jobs.close()
