"""Backups under any clock and in any state: thinning and failing backups never stop a save."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.project import backups
from engine.project.backups import KEPT, back_up, list_backups, time_of
from engine.project.files import ProjectFolder, create, load, save
from engine.project.model import new_project
from engine.project.recovery import find_recovery

NOW = 1_790_000_000
FAR = 253_402_300_799  # the last second of the year 9999


@pytest.fixture
def song(tmp_path: Path) -> Path:
    create(tmp_path / "song", new_project("v0"))
    return tmp_path / "song"


CLOCKS: dict[str, Callable[[int], float]] = {
    "set back once": lambda n: NOW + 60 * n - (4 * 365 * 86400 if n > 30 else 0),
    "set back at every save": lambda n: NOW - 3600 * n,
    "one second back": lambda n: NOW - n,
    "jumping": lambda n: NOW + (-1) ** n * 86400 * n,
    "standing": lambda n: NOW,
    "at 1970": lambda n: 0,
    "before 1970": lambda n: -86400 * n,
    "at 9999": lambda n: FAR,
    "at 9999 once": lambda n: FAR if n == 10 else NOW + 60 * n,
    "beyond all calendars": lambda n: 2**33 * n,
    "from 9999 to 1970": lambda n: FAR if n < 25 else n,
}


@pytest.mark.parametrize("clock", CLOCKS.values(), ids=CLOCKS)
def test_thinning_under_any_clock(song: Path, clock: Callable[[int], float]) -> None:
    for n in range(1, 61):
        os.utime(song / "project.json", (clock(n),) * 2)
        save(song, replace(load(song), name=f"v{n}"))
    assert load(song).name == "v60"
    revisions = [int(path.stem.rpartition("-r")[2]) for path in list_backups(song)]
    assert len(revisions) == KEPT
    assert revisions[-5:] == [56, 57, 58, 59, 60], "the newest five are always kept"
    assert revisions[0] == 1, "so is the oldest"


def test_a_clock_set_back_does_not_undo_the_spacing(song: Path) -> None:
    """600 saves, one a minute; after half of them the clock is set back by ten years."""
    for n in range(1, 601):
        os.utime(song / "project.json", (NOW + 60 * n - (3650 * 86400 if n > 300 else 0),) * 2)
        back_up(song, n)
    ages = [600 - int(path.stem.rpartition("-r")[2]) for path in list_backups(song)]
    assert len(ages) == KEPT
    assert sum(age > 300 for age in ages) >= 3
    assert sum(age < 100 for age in ages) >= 8


def test_names_from_elsewhere(song: Path) -> None:
    room = song / "backups"
    room.mkdir()
    names = [f"project-99999999-999999-r{n}.json" for n in range(30)]
    names += [f"project-00000000-000000-r{n}.json" for n in range(30, 50)]
    names += ["project-20260101-000000-r" + "9" * 200 + ".json", "project-20260101-000000-r-1.json", "notes.txt"]
    names += ["project-99991231-235959-r60.json", "project-19700101-000000-r61.json"]
    for name in names:
        (room / name).write_text("x")
    (room / "project-20260101-000000-r70.json").mkdir()
    (room / "project-20260101-000000-r71.json").symlink_to("nowhere")
    for n in range(30):
        save(song, replace(load(song), name=f"v{n}"))
    assert load(song).name == "v29"
    assert (room / "notes.txt").exists()
    for path in list_backups(song):
        if time := time_of(path):
            time.astimezone()


def test_backups_that_cannot_be_deleted(song: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unlink = Path.unlink

    def refuse(self: Path, missing_ok: bool = False) -> None:
        if self.parent.name == "backups":
            raise PermissionError(1, "Operation not permitted")
        unlink(self, missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse)
    for n in range(40):
        save(song, replace(load(song), name=f"v{n}"))
    assert load(song).name == "v39"
    assert len(list_backups(song)) == 40


def test_a_folder_of_backups_that_cannot_be_used(
    song: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    (song / "backups").mkdir()
    monkeypatch.setattr(backups, "_duplicate", refuse)
    save(song, new_project("without"))
    monkeypatch.setattr(Path, "iterdir", refuse)
    save(song, new_project("unreadable"))
    monkeypatch.undo()
    assert load(song).name == "unreadable"
    assert list_backups(song) == []
    (song / "backups").rmdir()
    (song / "backups").write_text("a file")
    save(song, new_project("in the way"))
    assert load(song).name == "in the way"
    assert "no backup of the song could be made" in caplog.text


def test_many_backups_do_not_hold_a_save_up(song: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thinning looks at the newest only: its work does not grow with the square of what a stranger put there."""
    room = song / "backups"
    room.mkdir()
    for n in range(2000):
        (room / f"project-20260101-000000-r{n}.json").touch()
    unlinked: list[Path] = []
    monkeypatch.setattr(Path, "unlink", lambda self, missing_ok=False: unlinked.append(self))
    back_up(song, 5000)
    assert len(unlinked) == 10 * KEPT - KEPT
    assert all(path.parent == room for path in unlinked)


def test_discarded_states_are_thinned_whatever_lies_there(song: Path) -> None:
    room = song / "backups"
    room.mkdir()
    (room / "discarded-gone").symlink_to("nowhere")
    (room / "discarded-folder").mkdir()
    for n in range(30):
        (song / "autosave.json").write_text(str(n))
        backups.set_aside(song, song / "autosave.json", "autosave")
    kept = [path.read_text() for path in room.iterdir() if path.is_file()]
    assert "29" in kept
    assert KEPT - 2 <= len(kept) <= KEPT + 2


@pytest.mark.parametrize("time", [-86400.0, 0.0, float(FAR), 2.0**33 * 7])
def test_an_autosave_of_any_time_is_offered(song: Path, time: float) -> None:
    with ProjectFolder.open(song) as home:
        home.autosave(replace(home.project, name="newer"))
        home.close(keep_autosave=True)
    os.utime(song / "autosave.json", (time, time))
    recovery = find_recovery(song, load(song))
    assert recovery
    assert recovery.autosave
    assert recovery.autosave.name == "newer"
    assert "were found" in recovery.sentence


def test_the_time_of_a_backup() -> None:
    assert time_of(Path("project-20260304-050607-r8.json")) == datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
    assert time_of(Path("project-99991231-235959-r8.json")) is None
    assert time_of(Path("project-19700101-000000-r8.json")) is None
    assert time_of(Path("else.json")) is None
