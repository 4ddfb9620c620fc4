"""The system ends the session: nothing that is not saved is lost, and the user is asked as when closing the window."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from desktop.app import Desk
from desktop.dialogs.frame import Question
from engine.project import edits
from engine.project.files import load, read_project_file
from engine.project.layout import AUTOSAVE_FILE
from engine.timing.position import SONG_START
from tests.desktop.conftest import Screen


class System:
    """What the system's session manager would be told."""

    def __init__(self, *, interactive: bool = True) -> None:
        self.interactive = interactive
        self.calls: list[str] = []
        self.command: list[str] = []

    def allowsInteraction(self) -> bool:
        return self.interactive

    def release(self) -> None:
        self.calls.append("release")

    def cancel(self) -> None:
        self.calls.append("cancel")

    def setRestartCommand(self, command: list[str]) -> None:
        self.command = command


@pytest.fixture
def edited(song: Desk) -> Desk:
    song.document.apply("Rename", lambda p: edits.rename(p, "Edited"))
    return song


def kept(desk: Desk) -> str:
    """The name of the song as it would be found after a crash, at this moment."""
    assert desk.document.folder is not None
    return read_project_file(desk.document.folder / AUTOSAVE_FILE).name


def answering(screen: Screen, button: str, check: Callable[[], None] = lambda: None) -> None:
    """Presses a button of the question as soon as it is there."""

    def press() -> None:
        check()
        screen.press(screen.find(Question).buttons[button])

    QTimer.singleShot(0, press)


def test_without_a_question_unsaved_work_is_on_the_disk_at_once(edited: Desk) -> None:
    system = System(interactive=False)
    edited.session_end.commit(system)
    assert kept(edited) == "Edited"
    assert system.calls == []
    assert edited.window.isVisible()
    assert not edited.document.saved


def test_saving_ends_the_session_and_the_window(edited: Desk, screen: Screen, qtbot: QtBot) -> None:
    folder, system = edited.document.folder, System()
    assert folder is not None
    answering(screen, "Save", lambda: None if kept(edited) == "Edited" else pytest.fail("not kept before the question"))
    edited.session_end.commit(system)
    assert system.calls == ["release"]
    assert load(folder).name == "Edited"
    qtbot.waitUntil(lambda: not edited.window.isVisible())


def test_cancelling_stops_the_end_of_the_session(edited: Desk, screen: Screen, qtbot: QtBot) -> None:
    system = System()
    answering(screen, "Cancel")
    edited.session_end.commit(system)
    assert system.calls == ["release", "cancel"]
    qtbot.wait(1)
    assert edited.window.isVisible()
    assert edited.document.project.name == "Edited"


def test_keeping_an_import_stops_the_end_of_the_session(song: Desk, screen: Screen, wav: Path) -> None:
    system = System()
    song.document.import_files([wav], "drums", SONG_START)
    answering(screen, "Keep Working")
    song.session_end.commit(system)
    assert system.calls == ["release", "cancel"]
    assert song.window.isVisible()


def test_a_save_that_fails_stops_the_end_of_the_session(
    edited: Desk, screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = System()
    monkeypatch.setattr(edited.document, "save", lambda: False)
    answering(screen, "Save")
    edited.session_end.commit(system)
    assert system.calls == ["release", "cancel"]
    assert edited.window.isVisible()


def test_nothing_is_asked_where_nothing_would_be_lost(song: Desk, screen: Screen, qtbot: QtBot) -> None:
    system = System()
    song.session_end.commit(system)
    assert system.calls == ["release"]
    qtbot.waitUntil(lambda: not song.window.isVisible())


def test_the_session_opens_the_song_again(edited: Desk) -> None:
    system = System()
    edited.session_end.save_state(system)
    assert kept(edited) == "Edited"
    assert system.command == [sys.executable, "-m", "desktop", str(edited.document.folder)]


def test_the_application_asks_the_window(song: Desk, qapp: object) -> None:
    from PySide6.QtCore import SIGNAL
    from PySide6.QtWidgets import QApplication

    assert isinstance(qapp, QApplication)
    for name in ("commitDataRequest", "saveStateRequest"):
        assert qapp.receivers(SIGNAL(f"{name}(QSessionManager&)")) == 1
