"""Tabs over a stack: every title is whole, also while one gets longer."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel, QToolButton
from pytestqt.qtbot import QtBot

from desktop.docks.tab_dock import TabDock
from desktop.icons import Icons
from desktop.theme import Theme

if TYPE_CHECKING:
    from desktop.app import Desk

NAMES = ("Mixer", "Jobs", "History", "Spectrogram", "Loudness")


def test_a_longer_title_cuts_no_other_off(theme: Theme, qtbot: QtBot) -> None:
    dock = TabDock("bottom panel", theme, Icons(theme), folds=True)
    qtbot.addWidget(dock)
    for name in NAMES:
        dock.add(name, QLabel(name))
    dock.resize(900, 200)
    dock.show()
    qtbot.waitExposed(dock)
    dock.set_title("Jobs", "Jobs 12")
    dock.grab()  # what is seen before the layout is made anew
    assert not any(button.isVisible() for button in dock.tabs.findChildren(QToolButton))
    dock.open("Jobs")
    assert dock.current == "Jobs"


def test_while_nothing_runs_each_tab_is_called_by_its_name(desk: "Desk", qtbot: QtBot) -> None:
    tabs = desk.bottom.tabs

    def titles() -> None:
        assert [tabs.tabText(index) for index in range(tabs.count())] == [
            tabs.tabData(index) for index in range(tabs.count())
        ]

    qtbot.waitUntil(titles, timeout=60000)
    assert "Jobs" in [tabs.tabText(index) for index in range(tabs.count())]
