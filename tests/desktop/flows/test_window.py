import logging
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.log import log_file, logging_to_file, reporting_errors
from desktop.theme import Theme
from engine.playback.state import PlayerState

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


def test_a_message_lies_over_the_timeline_and_moves_nothing(song: "Desk", qtbot: QtBot) -> None:
    song.window.activateWindow()
    bar, canvas = song.message_bar, song.timeline.canvas

    def place(part: QWidget) -> QRect:
        QApplication.processEvents()
        return QRect(part.mapTo(song.window, QPoint(0, 0)), part.size())

    before = place(canvas)
    for sentence in ("Short.", "A sentence that is much longer than the window is wide, " * 6):
        song.show_error(sentence)
        assert place(canvas) == before
        assert before.contains(place(bar).center())
        assert bar._text.height() >= bar._text.heightForWidth(bar._text.width())
    song.window.resize(1024, 640)
    assert place(song.timeline).contains(place(bar))
    bar._close.setFocus()
    bar._close.click()
    assert QApplication.focusWidget() is canvas


def test_the_bottom_panel_takes_less_of_a_low_window(song: "Desk") -> None:
    window, bottom = song.window, song.bottom
    bottom.open("Mixer")
    window.resize(1440, 900)
    QApplication.processEvents()
    usual = bottom.height()
    window.resize(1024, 640)
    QApplication.processEvents()
    assert bottom.height() < 0.33 * 640 < usual
    bottom.set_folded(True)
    bottom.set_folded(False)
    QApplication.processEvents()
    assert bottom.height() < 0.33 * 640
    window.resize(1440, 900)
    QApplication.processEvents()
    assert bottom.height() == usual


def test_a_notice_without_a_button_goes_by_itself(song: "Desk", qtbot: QtBot) -> None:
    bar = song.message_bar
    bar.show_message("It was imported.", error=False)
    shortest = bar._going.interval()
    bar._going.start(1)

    def gone() -> bool:
        bar.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)  # an earlier test's mouse may lie there
        return bar.isHidden()

    qtbot.waitUntil(gone)
    for choice in ({"error": True}, {"error": False, "button": "Undo"}):
        bar.show_message("It stays longer.", **choice)
        assert bar._going.interval() > 2 * shortest
    bar.hide()


def test_what_was_typed_into_a_field_gives_the_keyboard_back(song: "Desk", qtbot: QtBot) -> None:
    song.window.activateWindow()
    canvas, panel = song.timeline.canvas, song.generating.panel
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Escape):
        for field in (song.top_bar.position, song.mixer.strip("drums").gain, panel.takes):
            field.setFocus()
            field.begin_typing()
            qtbot.keyClicks(field._editor, "2")
            qtbot.keyClick(field._editor, key)
            assert QApplication.focusWidget() is canvas, field.accessibleName()
        panel.negative.setFocus()
        qtbot.keyClick(panel.negative, key)
        assert QApplication.focusWidget() is canvas
    panel.prompt.text.setFocus()
    qtbot.keyClick(panel.prompt.text, Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is canvas


def test_a_tab_is_opened_by_its_name_whatever_stands_on_it(song: "Desk") -> None:
    jobs = [song.bottom.tabs.tabData(number) for number in range(song.bottom.tabs.count())].index("Jobs")
    song.bottom.set_title("Jobs", "Jobs 3")
    song.actions["jobs"].trigger()
    assert song.bottom.current == "Jobs"
    assert song.bottom.stack.currentIndex() == jobs


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
    assert desk.inspecting.spectrogram.built is None, "nobody has opened it"
    desk.bottom.open("Spectrogram")
    desk.bottom.set_folded(True)
    desk.window.resize(1100, 700)
    desk.window.close()
    with Desk(qapp, theme) as again:
        again.window.show()
        assert again.right.isHidden()
        assert (again.bottom.current, again.bottom.folded) == ("Spectrogram", True)
        assert again.bottom.stack.currentWidget() is again.inspecting.spectrogram.built
        assert again.window.height() == 700


def test_the_bottom_dock_folds_to_its_tabs_and_a_click_on_one_opens_it(song: "Desk", qtbot: QtBot) -> None:
    song.bottom.set_folded(True)
    assert song.bottom.height() <= 32
    tabs = song.bottom.tabs
    qtbot.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=tabs.tabRect(1).center())
    assert not song.bottom.folded
    assert song.bottom.current == tabs.tabText(1)


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


def test_the_window_fills_the_screen_and_goes_back(song: "Desk", qtbot: QtBot) -> None:
    action = song.actions["full_screen"]
    action.trigger()
    qtbot.waitUntil(lambda: song.window.isFullScreen() and action.isChecked(), timeout=20_000)
    action.trigger()
    qtbot.waitUntil(lambda: not song.window.isFullScreen() and not action.isChecked(), timeout=20_000)


def test_what_was_said_of_a_missing_device_goes_when_the_device_is_back(song: "Desk") -> None:
    bar, bridge = song.message_bar, song.bridge
    sentences = ("No sound device was found.", "The audio device “Speakers” is gone.")
    for signal, sentence in zip((bridge.notice, bridge.message), sentences, strict=True):
        for other in ("", "The disk is full."):
            signal.emit(sentence)
            if other:
                song.show_error(other)
            assert bar.text == (other or sentence)
            bridge.device_back.emit()
            assert bar.isHidden() == (not other)
            bar.hide()


def test_the_player_s_reports_say_when_a_device_is_back(song: "Desk") -> None:
    bridge, came_back = song.bridge, []
    bridge.device_back.connect(lambda: came_back.append(True))
    fine, gone = PlayerState(device_rate=48000), PlayerState(device_rate=48000, lost=True)
    for state in (fine, gone, gone, replace(gone, lost=False, silent=True), fine, fine):
        bridge.note_device(state)
    assert len(came_back) == 1
