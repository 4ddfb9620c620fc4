from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.app import Desk
from engine.project import edits
from engine.project.model import Clip
from tests.places import place_at


def only_clip(desk: Desk) -> Clip:
    ((_, clip),) = desk.document.project.clips()
    return clip


def test_takes_are_chosen_removed_and_kept_in_the_inspector(song: Desk, wav: Path, qtbot: QtBot) -> None:
    song.document.import_files([wav], "drums", place_at(0))
    qtbot.waitUntil(lambda: any(True for _ in song.document.project.clips()), timeout=20000)
    first = only_clip(song).chosen
    for number in (2, 3):
        take = replace(first, id=f"take {number}", name=f"Take {number}", gain_db=-1.0 * number)
        song.document.apply("Add take", lambda p, take=take: edits.add_take(p, only_clip(song).id, take))
    song.right.open("Clip")
    takes = song.inspecting.clip_panel().takes
    assert takes.isVisible()
    row = takes.list.visualItemRect(takes.list.item(2))
    qtbot.mouseClick(takes.list.viewport(), Qt.MouseButton.LeftButton, pos=row.center())
    assert only_clip(song).take == 2
    takes.list.setFocus()
    qtbot.keyClick(takes, Qt.Key.Key_1)
    assert only_clip(song).take == 0
    takes.list.setCurrentRow(1)
    takes._remove.click()
    assert [take.name for take in only_clip(song).takes] == [first.name, "Take 3"]
    takes.list.setCurrentRow(1)
    song.window.activateWindow()
    takes._keep.setFocus()
    takes._keep.click()
    assert QApplication.focusWidget() is song.timeline.canvas
    kept = only_clip(song)
    assert ([take.name for take in kept.takes], kept.gain_db, kept.chosen.gain_db) == (["Take 3"], -3.0, 0.0)
    assert not takes.isVisible()
    song.actions["undo"].trigger()
    assert len(only_clip(song).takes) == 2
