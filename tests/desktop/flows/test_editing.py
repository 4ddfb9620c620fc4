from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.dialogs.shortcuts import ShortcutsDialog
from desktop.export.clip_files import FilesToCome
from engine.project import edits
from tests.places import place_at

if TYPE_CHECKING:
    from desktop.app import Desk

Screen = Any
CTRL, SHIFT, NONE = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.NoModifier,
)


@pytest.fixture
def clip(song: "Desk", qtbot: QtBot, wav: Path) -> "Desk":
    """The song with a clip of two seconds at the start of the first track, selected."""
    song.right.open("Clip")
    song.document.import_files([wav], "drums", place_at(0))
    qtbot.waitUntil(lambda: bool(song.document.project.tracks[0].clips), timeout=20000)
    return song


def key(desk: "Desk", qtbot: QtBot, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    qtbot.keyClick(desk.window, key, modifiers)


def test_split_undo_from_the_menu_and_redo_by_keys(clip: "Desk", screen: Screen, qtbot: QtBot) -> None:
    clip.bridge.seek(48000)
    key(clip, qtbot, Qt.Key.Key_S)
    assert [c.length for c in clip.document.project.tracks[0].clips] == [48000, 48000]
    screen.menu(clip.window, "Edit", "Undo Split clip")
    assert [c.length for c in clip.document.project.tracks[0].clips] == [96000]
    key(clip, qtbot, Qt.Key.Key_Z, CTRL | SHIFT)
    assert len(clip.document.project.tracks[0].clips) == 2


def test_split_without_a_clip_there_says_so(clip: "Desk", qtbot: QtBot) -> None:
    clip.bridge.seek(480000)
    key(clip, qtbot, Qt.Key.Key_S)
    assert "playhead" in clip.message_bar.text


def test_duplicate_copy_paste_and_delete(clip: "Desk", qtbot: QtBot) -> None:
    track = lambda: clip.document.project.tracks[0]  # noqa: E731
    key(clip, qtbot, Qt.Key.Key_D, CTRL)
    assert [clip.document.project.start_of(c) for c in track().clips] == [0, 96000]
    assert clip.document.selection.clips == {track().clips[1].id}
    assert not clip.actions["paste"].isEnabled()
    key(clip, qtbot, Qt.Key.Key_C, CTRL)
    clip.bridge.seek(240000)
    clip.document.select(clip.document.selection.clips, track="bass")
    key(clip, qtbot, Qt.Key.Key_V, CTRL)
    assert [clip.document.project.start_of(c) for c in clip.document.project.tracks[1].clips] == [240000]
    assert isinstance(QApplication.clipboard().mimeData(), FilesToCome)
    clip.clipboard.close()  # with the window; Qt would destroy it after Python has gone
    assert not isinstance(QApplication.clipboard().mimeData(), FilesToCome)
    key(clip, qtbot, Qt.Key.Key_A, CTRL)
    assert len(clip.document.selection.clips) == 3
    key(clip, qtbot, Qt.Key.Key_Delete)
    assert not any(t.clips for t in clip.document.project.tracks)


def test_ripple_delete_closes_the_gap(clip: "Desk", qtbot: QtBot) -> None:
    first = clip.document.project.tracks[0].clips[0].id
    key(clip, qtbot, Qt.Key.Key_D, CTRL)
    clip.document.select([first])
    key(clip, qtbot, Qt.Key.Key_Delete, CTRL)
    assert [clip.document.project.start_of(c) for c in clip.document.project.tracks[0].clips] == [0]


def test_time_is_inserted_where_it_is_selected_and_at_the_playhead(clip: "Desk") -> None:
    document = clip.document
    document.apply("Tempo", lambda p: edits.add_tempo_point(p, Fraction(8), Fraction(60)))
    document.select(region=(24_000, 72_000))  # the second and the third beat at 120 BPM
    clip.actions["insert_time"].trigger()
    project = document.project
    starts = [project.start_of(each) for each in project.tracks[0].clips]
    assert starts == [0, 72_000]
    assert [point.beat for point in project.tempo_changes] == [10]
    document.undo()
    document.select(())
    clip.bridge.seek(0)
    clip.actions["insert_time"].trigger()
    project = document.project
    assert [project.start_of(each) for each in project.tracks[0].clips] == [96_000], "a bar"
    assert [point.beat for point in project.tempo_changes] == [12]


def test_tracks_by_keys(song: "Desk", qtbot: QtBot) -> None:
    names = lambda: [track.name for track in song.document.project.tracks]  # noqa: E731
    song.document.select(track="drums")
    key(song, qtbot, Qt.Key.Key_M)
    key(song, qtbot, Qt.Key.Key_S, SHIFT)
    assert (song.document.project.tracks[0].mute, song.document.project.tracks[0].solo) == (True, True)
    key(song, qtbot, Qt.Key.Key_T, CTRL)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)  # its name is open for typing
    assert names()[0] == "Drums"
    assert len(names()) == 3
    assert song.document.selection.track == song.document.project.tracks[1].id
    key(song, qtbot, Qt.Key.Key_Delete, SHIFT)
    song.document.select(track="bass")
    song.actions["track_up"].trigger()
    assert names() == ["Bass", "Drums"]
    song.actions["duplicate_track"].trigger()
    assert len(names()) == 3


def test_clip_edits_from_the_menu(clip: "Desk", qtbot: QtBot) -> None:
    def only() -> Any:
        return clip.document.project.tracks[0].clips[0]

    for action, check in (
        ("reverse", lambda: only().reverse),
        ("loop_clip", lambda: only().loop_length == 96000),
        ("mute_clip", lambda: only().mute),
    ):
        clip.actions[action].trigger()
        assert check(), action
    clip.actions["loop_selection"].trigger()
    loop = clip.document.project.loop
    assert (clip.document.project.clock.frames(loop.start), clip.document.project.clock.frames(loop.end), loop.on) == (
        0,
        96000,
        True,
    )
    assert clip.actions["loop"].isChecked()
    clip.bridge.seek(24000)
    clip.actions["marker"].trigger()
    clip.bridge.seek(0)
    clip.actions["next_marker"].trigger()
    assert clip.bridge.position == 24000


def test_crossfade_of_two_halves(clip: "Desk", qtbot: QtBot) -> None:
    clip.bridge.seek(48000)
    key(clip, qtbot, Qt.Key.Key_S)
    key(clip, qtbot, Qt.Key.Key_A, CTRL)
    key(clip, qtbot, Qt.Key.Key_X)
    left, right = clip.document.project.tracks[0].clips
    assert left.fade_out.length == right.fade_in.length > 0


def test_keys_type_into_fields_and_do_not_edit_the_song(clip: "Desk", qtbot: QtBot) -> None:
    before = clip.document.project
    name = clip.inspecting.clip_panel().name
    name.setFocus()
    name.selectAll()
    for letter in "sml x":
        qtbot.keyClicks(name, letter)
    qtbot.keyClick(name, Qt.Key.Key_Backspace)
    qtbot.keyClick(name, Qt.Key.Key_Delete)
    qtbot.keyClick(name, Qt.Key.Key_Home)
    assert name.text() == "sml "
    assert clip.document.project is before
    assert not clip.bridge.playing


def test_the_inspector_edits_all_selected_clips(clip: "Desk", qtbot: QtBot) -> None:
    key(clip, qtbot, Qt.Key.Key_D, CTRL)
    key(clip, qtbot, Qt.Key.Key_A, CTRL)
    panel = clip.inspecting.clip_panel()
    assert panel.position.text == "—"
    assert panel.length.text == "2.000 s"
    panel.gain.setFocus()
    qtbot.keyClick(panel.gain, Qt.Key.Key_Down)
    qtbot.keyClick(panel.fade_in, Qt.Key.Key_Up)
    panel.reverse.setFocus()
    qtbot.mouseClick(panel.reverse, Qt.MouseButton.LeftButton, pos=QPoint(8, 10))
    qtbot.mouseClick(panel.colour, Qt.MouseButton.LeftButton, pos=QPoint(24 * 2 + 12, 12))
    panel.shape_in.setFocus()
    qtbot.keyClick(panel.shape_in, Qt.Key.Key_Down)
    for each in clip.document.project.tracks[0].clips:
        assert (each.gain_db, each.fade_in.length, each.reverse, each.colour) == (-0.5, 4800, True, 1)
        assert each.fade_in.shape == "equal_power"
    panel.name.setFocus()
    panel.name.selectAll()
    qtbot.keyClicks(panel.name, "Both")
    qtbot.keyClick(panel.name, Qt.Key.Key_Return)
    assert {each.name for each in clip.document.project.tracks[0].clips} == {"Both"}
    steps = [name for name, _ in clip.document.history.entries]
    assert steps[-1] == "Rename clip"


def test_the_inspector_moves_and_trims_by_typing(clip: "Desk", qtbot: QtBot) -> None:
    from PySide6.QtWidgets import QLineEdit

    def type_into(field: Any, text: str) -> None:
        qtbot.keyClick(field, Qt.Key.Key_Return)
        editor = next(each for each in field.findChildren(QLineEdit) if each.isVisible())
        editor.selectAll()
        qtbot.keyClicks(editor, text)
        qtbot.keyClick(editor, Qt.Key.Key_Return)

    panel = clip.inspecting.clip_panel()
    type_into(panel.position, "3.2")
    type_into(panel.length, "1.5")
    type_into(panel.offset, "0.25")
    found = clip.document.project.tracks[0].clips[0]
    assert clip.document.project.start_of(found) == 9 * 24000
    assert (found.length, found.offset) == (72000, 12000)


def test_clips_that_differ_keep_their_differences_when_turned(clip: "Desk", qtbot: QtBot) -> None:
    from PySide6.QtWidgets import QLineEdit

    def type_into(field: Any, text: str) -> None:
        field.setFocus()
        qtbot.keyClick(field, Qt.Key.Key_Return)
        editor = next(each for each in field.findChildren(QLineEdit) if each.isVisible())
        qtbot.keyClicks(editor, text)
        qtbot.keyClick(editor, Qt.Key.Key_Return)

    panel, document = clip.inspecting.clip_panel(), clip.document
    key(clip, qtbot, Qt.Key.Key_D, CTRL)
    type_into(panel.gain, "-12")
    key(clip, qtbot, Qt.Key.Key_A, CTRL)
    assert panel.gain.text == "—"
    panel.gain.setFocus()
    qtbot.keyClick(panel.gain, Qt.Key.Key_Down)
    qtbot.keyClick(panel.gain, Qt.Key.Key_Down)
    assert sorted(each.gain_db for each in document.project.tracks[0].clips) == [-13.0, -1.0]
    type_into(panel.position, "3")
    assert [document.project.start_of(each) for each in document.project.tracks[0].clips] == [192000, 288000]
    type_into(panel.gain, "-6")
    assert {each.gain_db for each in document.project.tracks[0].clips} == {-6.0}


def test_the_history_jumps(clip: "Desk", qtbot: QtBot) -> None:
    key(clip, qtbot, Qt.Key.Key_3, CTRL)
    assert clip.bottom.current == "History"
    panel = clip.bottom.stack.currentWidget()
    assert panel.list.count() == 2
    box = panel.list.visualItemRect(panel.list.item(0))
    qtbot.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=box.center())
    assert not clip.document.project.tracks[0].clips
    assert clip.actions["redo"].text().startswith("Redo Import")


def test_all_shortcuts_are_shown_and_filtered(desk: "Desk", screen: Screen, qtbot: QtBot) -> None:
    key(desk, qtbot, Qt.Key.Key_F1, Qt.KeyboardModifier.ControlModifier)
    dialog = screen.find(ShortcutsDialog)
    qtbot.keyClicks(dialog.filter, "split s")
    shown = [words for words, widgets in dialog.rows if widgets[0].isVisible()]
    assert len(shown) == 1
    assert shown[0].startswith("split")
    headings = [holder for holder, _ in dialog._groups if holder.isVisible()]
    assert len(headings) == 1
    qtbot.keyClicks(dialog.filter, " the sky")
    assert "No shortcut" in dialog._none.text()
    assert dialog._none.isVisible()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not screen.shows(ShortcutsDialog)
