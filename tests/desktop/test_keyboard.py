"""An editor owns its keys: tried with real key events on every widget of the window and its dialogs."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import pytest
from PySide6.QtCore import QEvent, QKeyCombination, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDial,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSlider,
    QSpinBox,
    QTextEdit,
    QTreeWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop import keyboard
from desktop.actions import ACTIONS
from desktop.keymap import Keymap
from desktop.widgets.control import ValueControl
from tests.places import place_at

if TYPE_CHECKING:
    from pathlib import Path

    from desktop.app import Desk

CONTROL, SHIFT, NONE = (
    Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.NoModifier
)  # fmt: skip


def combination_of(key: str) -> QKeyCombination:
    """The key and modifiers that a shortcut's name stands for."""
    sequence: Any = QKeySequence(key)
    return cast(QKeyCombination, sequence[0])


KEYMAP = Keymap()
"""The keys as they come."""

COMMANDS = {
    combination_of(key): spec.id
    for spec in ACTIONS
    for key in spec.keys
    if QKeySequence(key).toString() not in KEYMAP.passing | KEYMAP.history
}
"""The keys that an editor must keep from the song, with the command that each would run."""
SURFACES = {"Canvas", "Ruler", "TrackHeader", "Meter", "Swatches"}
"""Our widgets that have the focus and let commands run."""


@pytest.fixture
def full(song: "Desk", qtbot: QtBot, wav: "Path") -> "Desk":
    """A song with a selected clip of two takes, and every command's run recorded."""
    song.document.import_files([wav], "drums", place_at(0))
    qtbot.waitUntil(lambda: bool(song.document.project.tracks[0].clips), timeout=20000)
    song.window.activateWindow()
    song.timeline.canvas.setFocus()
    song.actions["select_all"].trigger()
    return song


@pytest.fixture
def commands(full: "Desk") -> list[str]:
    """The ids of the commands that have run, in order."""
    ran: list[str] = []
    for spec in ACTIONS:
        action = full.actions[spec.id]
        action.setEnabled(True)
        action.triggered.connect(lambda *_, name=spec.id: ran.append(name))
    return ran


def press(key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
    """Presses a key where the keyboard is, and closes the list that it may have opened."""
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, key, modifiers)
    if popup := QApplication.activePopupWidget():
        popup.close()


def focusable(window: QWidget) -> Iterator[QWidget]:
    """What of a window can have the focus now."""
    for widget in window.findChildren(QWidget):
        if widget.focusPolicy() is not Qt.FocusPolicy.NoFocus and widget.isVisible() and widget.isEnabled():
            yield widget


def is_active(window: QWidget) -> bool:
    """Whether the keyboard is in `window`."""
    return QApplication.activeWindow() is window


def pages(desk: "Desk") -> Iterator[str]:
    """Opens each tab of the window in turn."""
    for dock in (desk.right, desk.bottom):
        for index in range(dock.tabs.count()):
            name = str(dock.tabs.tabData(index))
            dock.show()
            dock.open(name)
            QApplication.processEvents()
            yield name


@pytest.mark.timeout(300)
def test_no_command_runs_while_any_editor_of_the_window_has_the_focus(full: "Desk", commands: list[str]) -> None:
    desk, tried = full, set()
    before = desk.document.project
    desk.generating.panel.more.setChecked(True)
    for page in pages(desk):
        for widget in list(focusable(desk.window)):
            name = f"{page}: {type(widget).__name__} {widget.accessibleName()}"
            if not keyboard.is_editor(widget) or widget in tried:
                continue
            tried.add(widget)
            for combination, command in COMMANDS.items():
                widget.setFocus()
                if QApplication.focusWidget() is not widget:
                    break  # it hands the focus on
                press(combination.key(), combination.keyboardModifiers())
                assert commands == [], f"{name}: {command}"
                if isinstance(widget, QLineEdit | QPlainTextEdit):
                    widget.undo()
    kinds = {type(widget).__name__ for widget in tried}
    assert {"ValueField", "Fader", "Knob", "ComboBox", "QLineEdit", "PromptText", "PositionDisplay"} <= kinds
    assert any(isinstance(widget, QAbstractItemView) for widget in tried)
    after = desk.document.project
    assert [track.clips for track in after.tracks] == [track.clips for track in before.tracks]


def test_what_lets_commands_run_is_known(full: "Desk") -> None:
    """A new kind of widget is an editor until its class says otherwise."""
    ours = {
        type(widget).__name__
        for _ in pages(full)
        for widget in focusable(full.window)
        if not keyboard.is_editor(widget) and not isinstance(widget, QAbstractButton)
    }
    assert ours - {"TabBar"} <= SURFACES
    for kind in (QLineEdit, QTextEdit, QPlainTextEdit, QSpinBox, QComboBox, QSlider, QDial, QTreeWidget):
        holder = QWidget()
        assert keyboard.is_editor(kind(holder)), kind.__name__


@pytest.mark.parametrize("key", [Qt.Key.Key_Backspace, Qt.Key.Key_Delete])
def test_select_all_and_delete_in_a_number_leave_the_clips(full: "Desk", qtbot: QtBot, key: Qt.Key) -> None:
    clips = list(full.document.project.clips())
    assert clips
    full.right.open("Generate")
    full.bottom.open("Mixer")
    for field in (full.mixer.strip("drums").gain, full.mixer.strip("drums").fader, full.generating.panel.bars):
        old = field.value
        QTest.mouseClick(field, Qt.MouseButton.LeftButton)
        assert QApplication.focusWidget() is field
        press(Qt.Key.Key_A, CONTROL)
        press(key)
        typing = QApplication.focusWidget()
        assert isinstance(typing, QLineEdit)
        assert typing.text() == ""
        press(Qt.Key.Key_Escape)
        assert field.value == old
        assert QApplication.focusWidget() is full.timeline.canvas
        assert list(full.document.project.clips()) == clips


def test_commands_work_again_after_enter_and_escape(full: "Desk", commands: list[str], qtbot: QtBot) -> None:
    full.right.open("Generate")
    for end in (Qt.Key.Key_Return, Qt.Key.Key_Escape):
        for field in (full.mixer.strip("drums").gain, full.generating.panel.takes, full.mixer.master.fader):
            QTest.mouseClick(field, Qt.MouseButton.LeftButton)
            press(Qt.Key.Key_2)
            press(end)
            commands.clear()
            press(Qt.Key.Key_K)
            assert commands == ["metronome"], field.accessibleName()
            full.actions["metronome"].trigger()


def test_a_drag_gives_the_keyboard_back_and_a_click_keeps_it(full: "Desk", qtbot: QtBot) -> None:
    from tests.desktop.widgets.test_controls import drag

    fader = full.mixer.strip("drums").fader
    QTest.mouseClick(fader, Qt.MouseButton.LeftButton)
    assert QApplication.focusWidget() is fader
    drag(qtbot, fader, 10, 10)
    assert fader.value < 0
    assert QApplication.focusWidget() is full.timeline.canvas


def test_undo_in_an_editor_takes_back_the_typing(full: "Desk", commands: list[str]) -> None:
    full.right.open("Generate")
    panel, project = full.generating.panel, full.document.project
    panel.negative.setFocus()
    QTest.keyClicks(panel.negative, "choir")
    press(Qt.Key.Key_Z, CONTROL)
    assert panel.negative.text() == ""
    press(Qt.Key.Key_Z, CONTROL | SHIFT)
    assert panel.negative.text() == "choir"
    assert commands == []
    assert full.document.project is project


def test_undo_on_a_number_that_is_not_being_typed_is_the_songs(full: "Desk", commands: list[str]) -> None:
    full.mixer.strip("drums").gain.setFocus()
    press(Qt.Key.Key_Z, CONTROL)
    assert commands == ["undo"]


def test_saving_and_the_overview_work_while_typing(full: "Desk", commands: list[str]) -> None:
    full.right.open("Generate")
    full.generating.panel.prompt.text.setFocus()
    press(Qt.Key.Key_S, CONTROL)
    assert commands == ["save"]


def test_a_number_is_copied_and_pasted(full: "Desk", qtbot: QtBot) -> None:
    gain, other = (full.mixer.strip(track).gain for track in ("drums", "bass"))
    gain.set_value(-3.5)
    gain.setFocus()
    press(Qt.Key.Key_C, CONTROL)
    assert QGuiApplication.clipboard().text() == "−3.5 dB"
    other.setFocus()
    press(Qt.Key.Key_V, CONTROL)
    press(Qt.Key.Key_Return)
    assert full.document.project.track("bass").gain_db == -3.5  # type: ignore[union-attr]


def test_keys_of_an_editor_over_the_canvas_do_not_reach_it(full: "Desk") -> None:
    """A name that is being typed on the timeline keeps arrows and digits from the clips below it."""
    full.timeline.rename_track("drums")
    editor = QApplication.focusWidget()
    assert isinstance(editor, QLineEdit)
    selection = full.document.selection
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_1, Qt.Key.Key_PageDown):
        press(key)
    assert full.document.selection == selection
    press(Qt.Key.Key_Escape)


def test_the_dialogs_keep_every_key_from_the_song(full: "Desk", commands: list[str], qtbot: QtBot) -> None:
    for name in ("new_options", "export", "audio_settings", "shortcuts"):
        full.actions[name].trigger()
        dialog = next(
            each for each in reversed(QApplication.topLevelWidgets()) if each.isVisible() and each is not full.window
        )
        dialog.activateWindow()
        qtbot.waitUntil(partial(is_active, dialog))
        commands.clear()
        for widget in list(focusable(dialog)):
            if isinstance(widget, QAbstractButton):
                continue
            for combination in COMMANDS:
                if dialog.isVisible() and widget.isVisible():
                    widget.setFocus()
                    press(combination.key(), combination.keyboardModifiers())
        assert commands == [], name
        qtbot.waitUntil(lambda: not full.jobs.running, timeout=20000)
        dialog.close()
        QApplication.processEvents()


@pytest.mark.parametrize("key", ["Space", "Backspace", "S", "M", "1", "Home", "Shift+S", "Ctrl+A", "Ctrl+D", "Alt+B"])
def test_whose_a_key_is(qtbot: QtBot, key: str) -> None:
    combination = combination_of(key)
    event = QKeyEvent(QEvent.Type.ShortcutOverride, combination.key(), combination.keyboardModifiers())
    line, button = QLineEdit(), QPushButton()
    qtbot.addWidget(line)
    qtbot.addWidget(button)
    assert keyboard.owns(line, event, KEYMAP)
    assert not keyboard.owns(button, event, KEYMAP)
    assert not keyboard.owns(None, event, KEYMAP)


def test_every_value_control_takes_the_usual_keys(full: "Desk") -> None:
    full.right.open("Generate")
    controls = [each for each in focusable(full.window) if isinstance(each, ValueControl)]
    assert len(controls) > 8
    for control in controls:
        for key in (Qt.Key.Key_Space, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_S):
            old = control.value
            control.setFocus()
            press(key)
            assert control.value == old
            assert QApplication.focusWidget() is control
