"""Tabs over a stack: every title is whole, also while one gets longer."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel, QToolButton
from pytestqt.qtbot import QtBot

from desktop.deferred import Deferred
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


def test_a_deferred_panel_comes_when_its_tab_is_opened_or_when_it_is_called_for(theme: Theme, qtbot: QtBot) -> None:
    dock, used = TabDock("bottom panel", theme, Icons(theme), folds=True), list[str]()
    qtbot.addWidget(dock)
    panels = {name: Deferred(lambda name=name: QLabel(name)) for name in NAMES}  # type: ignore[misc]
    for name, panel in panels.items():
        panel.when_built(lambda built: used.append(built.text()))
        dock.add(name, panel)
    assert used == ["Mixer"], "the first tab is open from the beginning"
    dock.open("History")
    panels["History"].when_built(lambda built: used.append(f"{built.text()} again"))
    assert panels["Loudness"]() is panels["Loudness"]()
    assert used == ["Mixer", "History", "History again", "Loudness"]
    assert dock.stack.currentWidget() is panels["History"].built, "what was called for is not opened by that"
    for name in NAMES:
        dock.open(name)
        assert dock.stack.currentWidget() is panels[name].built
    assert len(used) == len(NAMES) + 1


def test_while_nothing_runs_each_tab_is_called_by_its_name(desk: "Desk", qtbot: QtBot) -> None:
    tabs = desk.bottom.tabs

    def titles() -> None:
        assert [tabs.tabText(index) for index in range(tabs.count())] == [
            tabs.tabData(index) for index in range(tabs.count())
        ]

    qtbot.waitUntil(titles, timeout=60000)
    assert "Jobs" in [tabs.tabText(index) for index in range(tabs.count())]
