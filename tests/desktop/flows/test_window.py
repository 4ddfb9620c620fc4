import logging
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.log import log_file, logging_to_file, reporting_errors
from desktop.theme import Theme

if TYPE_CHECKING:
    from desktop.app import Desk

Screen = Any


def test_the_error_bar_has_a_sentence_and_a_button_that_helps(song: "Desk", screen: Screen, qtbot: QtBot) -> None:
    song.actions["add_track"].trigger()
    song.show_unexpected("Something went wrong.")
    assert song.message_bar.isVisible()
    screen.press(song.message_bar._button)
    assert song.document.saved
    assert not song.message_bar.isVisible()


def test_unexpected_errors_are_told_and_logged(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    told: list[str] = []
    with logging_to_file(), reporting_errors(told.append):
        try:
            raise ZeroDivisionError("in the test")
        except ZeroDivisionError as error:
            sys.excepthook(type(error), error, error.__traceback__)
        qtbot.waitUntil(lambda: bool(told))
    assert "ZeroDivisionError" in told[0]
    assert "in the test" in log_file().read_text(encoding="utf-8")
    assert caplog.records[-1].levelno == logging.ERROR


def test_the_window_remembers_its_docks(desk: "Desk", qapp: QApplication, theme: Theme) -> None:
    from desktop.app import Desk

    desk.actions["right_dock"].trigger()
    desk.bottom.open("History")
    desk.bottom.set_folded(True)
    desk.window.resize(1100, 700)
    desk.window.close()
    with Desk(qapp, theme) as again:
        again.window.show()
        assert again.right.isHidden()
        assert (again.bottom.current, again.bottom.folded) == ("History", True)
        assert again.window.height() == 700


def test_the_bottom_dock_folds_to_its_tabs_and_a_click_on_one_opens_it(song: "Desk", qtbot: QtBot) -> None:
    song.bottom.set_folded(True)
    assert song.bottom.height() <= 32
    tabs = song.bottom.tabs
    qtbot.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=tabs.tabRect(1).center())
    assert not song.bottom.folded
    assert song.bottom.current.startswith("Jobs")


def test_nothing_in_the_top_bar_moves_when_its_figures_change(song: "Desk", qtbot: QtBot) -> None:
    from PySide6.QtWidgets import QWidget

    def places() -> list[tuple[int, int]]:
        QApplication.processEvents()
        parts = song.top_bar.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        return [(part.x(), part.width()) for part in parts if part.isVisible()]

    before = places()
    song.bridge.seek(48000 * 60 * 59)
    song.actions["add_track"].trigger()
    assert places() == before


def test_it_fits_a_small_screen(song: "Desk", qtbot: QtBot) -> None:
    song.window.resize(1024, 640)
    QApplication.processEvents()
    assert (song.window.width(), song.window.height()) == (1024, 640)
    assert song.top_bar.width() == 1024


def test_opening_a_folder_that_is_no_song_says_so(desk: "Desk", own_folders: Path) -> None:
    desk.songs.open(own_folders / "config")
    assert desk.message_bar.isVisible()
    assert desk.document.folder is None


def test_a_signal_ends_the_program_and_keeps_what_is_not_saved(own_folders: Path) -> None:
    from engine.project.files import ProjectFolder, create
    from engine.project.model import new_project

    folder = own_folders / "Ended"
    create(folder, new_project("Ended"))
    code = (
        "import signal, sys\n"
        "from pathlib import Path\n"
        "from PySide6.QtCore import QTimer\n"
        "from desktop import app\n"
        "app.Desk.start_audio = lambda desk: (\n"
        "    desk.songs.open(Path(sys.argv[1])),\n"
        "    desk.actions['add_track'].trigger(),\n"
        "    QTimer.singleShot(0, lambda: signal.raise_signal(signal.SIGTERM)),\n"
        ")\n"
        "sys.exit(app.run())\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    with ProjectFolder.open(folder) as home:
        assert home.recovery is not None
        assert home.recovery.autosave is not None
        assert len(home.recovery.autosave.tracks) == 1
