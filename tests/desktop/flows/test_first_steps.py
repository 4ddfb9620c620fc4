"""What a song begins with: the prompt has the keyboard, nothing comes along from another song, new things get names."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop.dialogs.new_song import NewSongDialog
from desktop.generation.panel_inputs import PanelInputs
from engine.project.model import new_project
from tests.places import place_at

if TYPE_CHECKING:
    from desktop.app import Desk

Screen = Any


def focused() -> QLineEdit:
    """The line that has the keyboard."""
    line = QApplication.focusWidget()
    assert isinstance(line, QLineEdit)
    return line


def is_active(window: QWidget) -> bool:
    """Whether the keyboard is in `window`."""
    return QApplication.activeWindow() is window


def is_open(desk: "Desk", name: str) -> bool:
    """Whether the song `name` is open."""
    return desk.document.project.name == name


def test_a_new_song_begins_in_its_prompt(song: "Desk", qtbot: QtBot, own_folders: Path) -> None:
    song.window.activateWindow()
    song.document.new(own_folders / "songs" / "Empty", new_project("Empty"))
    qtbot.waitUntil(lambda: QApplication.focusWidget() is song.composer.card.bar.line)
    playing, tracks = song.actions["loop"].isChecked(), song.document.project.tracks
    QTest.keyClicks(focused(), "slow piano, 1 loop")
    assert song.generating.generation.panel.inputs.prompt == "slow piano, 1 loop"
    assert song.actions["loop"].isChecked() == playing
    assert song.document.project.tracks == tracks
    QTest.keyClick(focused(), Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is song.timeline.canvas


def test_the_keyboard_is_the_songs_once_there_is_something_in_it(song: "Desk", qtbot: QtBot, wav: Path) -> None:
    song.window.activateWindow()
    song.composer.card.bar.setFocus()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is song.composer.card.bar.line)
    song.document.import_files([wav], "drums", place_at(0))
    qtbot.waitUntil(lambda: bool(song.document.project.tracks[0].clips), timeout=20000)
    assert QApplication.focusWidget() is song.timeline.canvas


def test_another_song_inherits_no_prompt_and_no_values(song: "Desk", own_folders: Path) -> None:
    generation = song.generating.generation
    generation.panel.change(
        prompt="techno, 128 BPM", negative="vocals", bars=16, seconds=99.0, takes=7, seed=5, locked=True
    )
    generation.panel.set_value("steps", 3)
    song.document.new(own_folders / "songs" / "Second", new_project("Second"))
    assert generation.panel.inputs == PanelInputs()
    panel = song.generating.panel
    assert panel.prompt.text.toPlainText() == song.composer.card.bar.line.text() == ""
    assert panel.bars.value == PanelInputs().bars


def test_a_new_track_opens_for_its_name(song: "Desk", qtbot: QtBot) -> None:
    song.window.activateWindow()
    document, before = song.document, song.document.project
    song.timeline.canvas.setFocus()
    song.actions["add_track"].trigger()
    assert focused().selectedText() == document.project.tracks[-1].name
    QTest.keyClicks(focused(), "Choir S")
    QTest.keyClick(focused(), Qt.Key.Key_Return)
    assert document.project.tracks[-1].name == "Choir S"
    assert QApplication.focusWidget() is song.timeline.canvas
    document.undo()
    assert document.project.tracks == before.tracks  # one step


def test_a_new_name_may_be_left_as_it_is_and_tracks_added_in_a_row(song: "Desk", qtbot: QtBot) -> None:
    song.window.activateWindow()
    song.timeline.canvas.setFocus()
    song.actions["add_track"].trigger()
    name = song.document.project.tracks[-1].name
    QTest.keyClicks(focused(), "x")
    QTest.keyClick(focused(), Qt.Key.Key_Escape)
    assert song.document.project.tracks[-1].name == name
    count = len(song.document.project.tracks)
    song.actions["add_track"].trigger()
    for _ in range(2):
        QTest.keyClick(focused(), Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier)
        focused()
    QTest.keyClick(focused(), Qt.Key.Key_Return)
    assert len(song.document.project.tracks) == count + 3
    assert QApplication.focusWidget() is song.timeline.canvas


def test_a_new_marker_opens_for_its_name(song: "Desk", qtbot: QtBot) -> None:
    song.window.activateWindow()
    song.timeline.canvas.setFocus()
    song.actions["marker"].trigger()
    QTest.keyClicks(focused(), "Verse 1")
    QTest.keyClick(focused(), Qt.Key.Key_Return)
    assert [marker.name for marker in song.document.project.markers] == ["Verse 1"]
    song.document.undo()
    assert song.document.project.markers == ()


def test_enter_in_any_field_of_a_new_song_makes_it(
    desk: "Desk", screen: Screen, qtbot: QtBot, own_folders: Path
) -> None:
    for number, typed in enumerate(("", "90")):
        desk.actions["new_options"].trigger()
        dialog = screen.find(NewSongDialog)
        dialog.activateWindow()
        qtbot.waitUntil(partial(is_active, dialog))
        dialog.name.setText(f"Song {number}")
        dialog.tempo.setFocus()
        if typed:
            QTest.keyClicks(dialog.tempo, "9")
            QTest.keyClicks(focused(), "0")
        widget = QApplication.focusWidget()
        assert widget is not None
        QTest.keyClick(widget, Qt.Key.Key_Return)
        qtbot.waitUntil(partial(is_open, desk, f"Song {number}"))
        assert desk.document.project.tempo == (90 if typed else 120)
        qtbot.waitUntil(lambda: not screen.shows(NewSongDialog))
