"""Inserts, sends and groups on the mixer's strips."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from desktop.mixer.inserts import ROW, SEND_DB, InsertList
from engine.project import edits
from engine.project.model import MASTER, ChannelKind


@pytest.fixture
def inserts(qtbot, document, theme):
    document.apply("Add", lambda p: edits.add_track(p, "Drums", track_id="drums"))
    widget = InsertList(document, "drums", theme)
    document.changed.connect(lambda *_: widget.show_channel())
    qtbot.addWidget(widget)
    widget.resize(88, 120)
    widget.show()
    return widget


def press(menu, *path: str) -> None:
    """Chooses an entry of a menu, by the titles on the way to it."""
    for title in path[:-1]:
        menu = next(action.menu() for action in menu.actions() if action.text() == title)
    next(action for action in menu.actions() if action.text().split("\t")[0] == path[-1]).trigger()


def kinds(document) -> list[str]:
    return [device.kind for device in document.project.track("drums").devices]


def test_devices_are_added_by_kind_and_opened(inserts, document):
    opened = []
    inserts.device_opened.connect(lambda channel, device: opened.append((channel, device)))
    press(inserts.menu(), "Filter", "EQ")
    press(inserts.menu(), "Dynamics", "Compressor")
    assert kinds(document) == ["eq", "compressor"]
    assert opened == [("drums", each.id) for each in document.project.track("drums").devices]
    assert [row.accessibleName() for row in inserts.rows] == ["EQ on Drums", "Compressor on Drums"]
    document.undo()
    assert kinds(document) == ["eq"]
    assert len(inserts.rows) == 1


@pytest.fixture
def three(inserts, document):
    for title in (("Filter", "EQ"), ("Dynamics", "Compressor"), ("Space", "Reverb")):
        press(inserts.menu(), *title)
    return inserts


def test_keys_switch_move_and_remove(three, document):
    QTest.keyClick(three.rows[0], Qt.Key.Key_B)
    assert not document.project.track("drums").devices[0].enabled
    assert three.rows[0].accessibleDescription() == "off"
    QTest.keyClick(three.rows[0], Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert kinds(document) == ["compressor", "eq", "reverb"]
    QTest.keyClick(three.rows[2], Qt.Key.Key_Delete)
    assert kinds(document) == ["compressor", "eq"]


def test_a_drag_moves_a_device_and_a_click_on_the_dot_switches_it(three, document):
    row = three.rows[2]
    QTest.mousePress(row, Qt.MouseButton.LeftButton, pos=QPoint(40, 9))
    QTest.mouseRelease(row, Qt.MouseButton.LeftButton, pos=QPoint(40, 9 - 2 * ROW))
    assert kinds(document) == ["reverb", "eq", "compressor"]
    QTest.mouseClick(three.rows[0], Qt.MouseButton.LeftButton, pos=QPoint(8, 9))
    assert not document.project.track("drums").devices[0].enabled
    document.undo()
    document.undo()
    assert kinds(document) == ["eq", "compressor", "reverb"]


def test_the_menu_of_a_device(three, document):
    document.apply("Add", lambda p: edits.add_track(p, "Kick", track_id="kick"))
    compressor = document.project.track("drums").devices[1].id
    press(three.device_menu(compressor), "Side Chain", "Kick")
    assert document.project.track("drums").devices[1].sidechain == "kick"
    press(three.device_menu(compressor), "Move Up")
    assert kinds(document) == ["compressor", "eq", "reverb"]
    press(three.device_menu(compressor), "Remove")
    assert kinds(document) == ["eq", "reverb"]


def test_sends_and_returns(inserts, document):
    press(inserts.menu(), "Send to", "New Return")
    target = next(each for each in document.project.tracks if each.kind is ChannelKind.RETURN)
    send = document.project.track("drums").sends[0]
    assert (send.to, send.gain_db) == (target.id, SEND_DB)
    field = inserts.rows[0]
    assert field.accessibleName() == "Send of Drums to Return 1"
    QTest.keyClick(field, Qt.Key.Key_Up)
    assert document.project.track("drums").sends[0].gain_db == SEND_DB + 0.5
    document.undo()
    document.undo()
    assert len(document.project.tracks) == 1


def test_groups(inserts, document):
    press(inserts.menu(), "Group", "New Group")
    group = next(each for each in document.project.tracks if each.kind is ChannelKind.GROUP)
    assert document.project.track("drums").group == group.id
    press(inserts.menu(), "Group", "None")
    assert document.project.track("drums").group == ""


def test_the_master_has_devices_and_no_sends(qtbot, document, theme):
    widget = InsertList(document, MASTER, theme)
    qtbot.addWidget(widget)
    titles = [action.text() for action in widget.menu().actions()]
    assert "Send to" not in titles
    press(widget.menu(), "Dynamics", "Limiter")
    widget.show_channel()
    assert [device.kind for device in document.project.master_devices] == ["limiter"]
    assert widget.rows[0].accessibleName() == "Limiter on Master"
