"""The interface's size: chosen in a dialog, read before the application is made."""

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QSize
from pytestqt.qtbot import QtBot

from desktop import interface_size
from desktop.dialogs.interface_size import InterfaceSizeDialog
from desktop.settings import Settings
from desktop.theme import Theme

if TYPE_CHECKING:
    from desktop.app import Desk

START = """
from PySide6.QtWidgets import QApplication
from desktop import interface_size
from desktop.settings import Settings
interface_size.apply(Settings())
print(QApplication([]).devicePixelRatio())
"""


def ratio(**environment: str) -> float:
    """The pixels a unit of a program that starts now."""
    own = {name: value for name, value in os.environ.items() if name != interface_size.VARIABLE}
    done = subprocess.run(
        [sys.executable, "-c", START], env={**own, **environment}, check=True, capture_output=True, text=True
    )
    return float(done.stdout)


def test_the_next_start_takes_the_chosen_size_up_and_the_environment_goes_before() -> None:
    settings = Settings()
    settings.put(interface_size.SETTING, 150)
    settings.flush()
    assert ratio() == 1.5
    assert ratio(QT_SCALE_FACTOR="2") == 2.0


@pytest.mark.parametrize("text", ["", "nan", "inf", "-5", "abc", "151", "1e300"])
def test_a_size_that_there_is_not_is_the_usual_one(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(interface_size.VARIABLE, raising=False)
    settings = Settings()
    settings.put(interface_size.SETTING, text)
    assert interface_size.chosen(settings) == 100
    interface_size.apply(settings)
    assert interface_size.VARIABLE not in os.environ


def test_sizes_at_which_the_window_would_not_fit_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    smallest = QSize(1024, 640)
    monkeypatch.delenv(interface_size.VARIABLE, raising=False)
    assert interface_size.fitting(QSize(1920, 1080), smallest)[-1] == 150  # 1080 / 640 = 1.69
    assert interface_size.fitting(QSize(800, 600), smallest)[-1] == 100
    monkeypatch.setenv(interface_size.VARIABLE, "1.5")
    assert interface_size.fitting(QSize(1280, 720), smallest)[-1] == 150  # the same screen, in larger pixels


def test_the_dialog_keeps_the_choice_and_says_from_when_it_holds(
    qtbot: QtBot, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(interface_size.VARIABLE, raising=False)
    settings = Settings()
    dialog = InterfaceSizeDialog(settings, QSize(100, 100), theme)
    qtbot.addWidget(dialog)
    assert dialog.state.text() == ""
    dialog.size_box.setCurrentIndex(dialog.size_box.findData(125))
    dialog.size_box.activated.emit(dialog.size_box.currentIndex())
    assert dialog.state.text() == "Now 100 %. 125 % from the next start of Continuo on."
    again = InterfaceSizeDialog(Settings(), QSize(100, 100), theme)
    qtbot.addWidget(again)
    assert again.size_box.currentData() == 125


def test_the_menu_opens_it(desk: "Desk", screen: Any) -> None:
    desk.actions["interface_size"].trigger()
    assert screen.find(InterfaceSizeDialog).size_box.accessibleName() == "Interface size"
