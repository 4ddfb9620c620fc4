import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.project.autosave import MAX_DELAY, Autosaver
from engine.project.files import ProjectFolder, create, load, read_project_file
from engine.project.model import Project, new_project


@pytest.fixture
def home(tmp_path: Path) -> Iterator[ProjectFolder]:
    create(tmp_path / "song", new_project("v0"))
    with ProjectFolder.open(tmp_path / "song") as home:
        yield home


def named(home: ProjectFolder, name: str) -> Project:
    return replace(home.project, name=name)


def autosaved(home: ProjectFolder) -> str | None:
    path = home.folder / "autosave.json"
    return read_project_file(path).name if path.exists() else None


def test_the_last_state_is_kept_and_the_saved_one_stays(home: ProjectFolder) -> None:
    saver = Autosaver(home, delay=MAX_DELAY)
    for number in range(1, 100):
        saver.submit(named(home, f"v{number}"))
    assert autosaved(home) is None
    assert saver.flush()
    assert autosaved(home) == "v99"
    assert load(home.folder).name == "v0"
    saver.close()


def test_written_by_itself_after_the_delay(home: ProjectFolder) -> None:
    written = threading.Event()
    saver = Autosaver(home, delay=0.01)
    saver.submit(named(home, "v1"))
    while autosaved(home) is None:
        written.wait(0.005)
    assert autosaved(home) == "v1"
    saver.close()


def test_a_steady_stream_of_edits_does_not_put_it_off(home: ProjectFolder) -> None:
    saver = Autosaver(home, delay=0.02)
    pause = threading.Event()
    number = 0
    while autosaved(home) is None:
        number += 1
        saver.submit(named(home, f"v{number}"))
        pause.wait(0.002)
    saver.close()


def test_delay_is_a_minute_at_most(home: ProjectFolder) -> None:
    with pytest.raises(ValueError, match="delay"):
        Autosaver(home, delay=MAX_DELAY + 1)


def test_what_was_saved_meanwhile_is_not_autosaved(home: ProjectFolder) -> None:
    saver = Autosaver(home, delay=MAX_DELAY)
    old = named(home, "old")
    saver.submit(old)
    home.save(named(home, "new"))
    assert saver.flush()
    assert autosaved(home) is None
    saver.submit(named(home, "newest"))
    assert saver.flush()
    assert autosaved(home) == "newest"
    saver.close()


def test_undoing_to_the_saved_state_removes_the_autosave(home: ProjectFolder) -> None:
    saver = Autosaver(home, delay=MAX_DELAY)
    saver.submit(named(home, "v1"))
    assert saver.flush()
    assert autosaved(home) == "v1"
    saver.submit(home.project)
    assert saver.flush()
    assert autosaved(home) is None
    saver.close()


def test_close_drops_what_waits(home: ProjectFolder) -> None:
    saver = Autosaver(home)
    saver.submit(named(home, "v1"))
    saver.close()
    assert autosaved(home) is None


def test_a_failure_is_told_once_and_tried_again(home: ProjectFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    tries = threading.Semaphore(0)

    def full(*_: object) -> None:
        tries.release()
        raise OSError(28, "No space left on device")

    saver = Autosaver(home, told.append, delay=0.005)
    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        saver.submit(named(home, "v1"))
        for _ in range(3):
            assert tries.acquire(timeout=10)
        assert "No space left" in saver.error
    while autosaved(home) is None:
        tries.acquire(timeout=0.01)
    assert autosaved(home) == "v1"
    assert saver.flush()
    saver.close()
    assert len(told) == 1
    assert "No space left on device" in told[0]
    assert saver.error == ""
