"""Shortcuts that the user changes: what runs, what is shown, what is remembered, what is refused."""

import json
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from desktop import keyboard
from desktop.actions import ACTIONS
from desktop.dialogs.frame import Question
from desktop.dialogs.manual import ManualDialog
from desktop.dialogs.shortcuts import ShortcutsDialog
from desktop.keymap import SETTING, TIMELINE_KEYS, Keymap
from desktop.settings import Settings
from tests.desktop.test_keyboard import combination_of

if TYPE_CHECKING:
    from desktop.app import Desk

Screen = Any
CTRL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


def test_no_entry_comes_with_keys_that_the_timeline_needs() -> None:
    keymap = Keymap()
    for spec in ACTIONS:
        assert not set(keymap.keys(spec.id)) & TIMELINE_KEYS, spec.id
        assert keymap.keys(spec.id) == tuple(QKeySequence(key).toString() for key in spec.keys)
    assert not keymap.any_changed


def test_chosen_keys_are_remembered_and_taken_from_whoever_had_them() -> None:
    settings = Settings()
    keymap = Keymap(settings)
    keymap.set_keys("split", "Ctrl+D")
    assert keymap.keys("split") == ("Ctrl+D",)
    assert keymap.keys("duplicate") == ()
    again = Keymap(settings)
    assert (again.keys("split"), again.keys("duplicate")) == (("Ctrl+D",), ())
    again.reset("duplicate")
    assert (again.keys("split"), again.keys("duplicate")) == ((), ("Ctrl+D",))
    again.reset_all()
    assert (again.keys("split"), again.keys("duplicate")) == (("S",), ("Ctrl+D",))
    assert settings.text(SETTING) == ""


def test_keys_set_back_by_hand_are_no_change() -> None:
    keymap = Keymap()
    keymap.set_keys("split", "Alt+S")
    assert keymap.is_changed("split")
    keymap.set_keys("split", "S")
    assert not keymap.any_changed


@pytest.mark.parametrize("keys", ["Left", "Shift+Up", "1", "Return", "Esc", "F2", "Tab"])
def test_keys_that_the_window_needs_are_refused_with_a_sentence(keys: str) -> None:
    keymap = Keymap()
    with pytest.raises(ValueError, match="belongs to the timeline"):
        keymap.set_keys("split", keys)
    assert not keymap.any_changed


@pytest.mark.parametrize(
    "text",
    [
        "nonsense", "[1, 2]", "[" * 100_000, '{"split": "S"}', '{"split": [1, null, "no such key"]}', '{"gone": ["A"]}',
        '{"split": ["Left", "1"]}', "12", '{"split": {"a": 1}}',
    ],
)  # fmt: skip
def test_what_the_settings_hold_by_mistake_does_no_harm(text: str) -> None:
    settings = Settings()
    settings.put(SETTING, text)
    keymap = Keymap(settings)
    every = [key for spec in ACTIONS for key in keymap.keys(spec.id)]
    assert len(every) == len(set(every))
    assert not set(every) & TIMELINE_KEYS
    assert keymap.keys("save") == ("Ctrl+S",)


def test_keys_given_twice_in_the_settings_belong_to_one_entry() -> None:
    settings = Settings()
    settings.put(SETTING, json.dumps({"split": ["Ctrl+J"], "glue": ["Ctrl+J"], "save": ["Ctrl+J", "Alt+Q"]}))
    keymap = Keymap(settings)
    every = [key for spec in ACTIONS for key in keymap.keys(spec.id)]
    assert every.count("Ctrl+J") == 1
    assert keymap.keys("split") == ("Ctrl+J",)


def test_keys_that_mean_something_in_text_stay_with_the_text(qtbot: QtBot) -> None:
    keymap = Keymap()
    keymap.set_keys("fit", "Ctrl+A")
    keymap.set_keys("mixer", "M")
    keymap.set_keys("jobs", "F9")
    keymap.set_keys("undo", "F8")
    assert "F9" in keymap.passing
    assert not {"Ctrl+A", "M"} & keymap.passing
    assert keymap.history == {"F8", "Ctrl+Shift+Z", "Ctrl+Y"}
    line = QLineEdit()
    qtbot.addWidget(line)
    for keys, owned in (("Ctrl+A", True), ("M", True), ("F9", False), ("F8", True)):
        combination = combination_of(keys)
        event = keyboard.QKeyEvent(
            keyboard.QKeyEvent.Type.ShortcutOverride, combination.key(), combination.keyboardModifiers()
        )
        assert keyboard.owns(line, event, keymap) is owned, keys


def dialog_of(desk: "Desk", screen: Screen) -> ShortcutsDialog:
    desk.actions["shortcuts"].trigger()
    found: ShortcutsDialog = screen.find(ShortcutsDialog)
    return found


def test_new_keys_work_at_once_and_are_shown_everywhere(song: "Desk", screen: Screen, qtbot: QtBot) -> None:
    dialog = dialog_of(song, screen)
    button = dialog.keys["metronome"]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert button.text() == "Press keys…"
    qtbot.keyClick(button, Qt.Key.Key_Shift, SHIFT)  # no shortcut by itself
    assert button.waiting
    qtbot.keyClick(button, Qt.Key.Key_J, CTRL | ALT)
    assert (button.text(), button.waiting) == ("Ctrl+Alt+J", False)
    assert button.accessibleName() == "Metronome: Ctrl+Alt+J"
    assert button.property("chosen")
    assert "(Ctrl+Alt+J)" in song.actions["metronome"].toolTip()
    dialog.keys["mixer"].keys_pressed.emit("Ctrl+Alt+M")
    assert "(Ctrl+Alt+M)" in song.bottom.tabs.tabToolTip(0)
    dialog.close()
    before = song.bridge.metronome
    qtbot.keyClick(song.window, Qt.Key.Key_J, CTRL | ALT)
    assert song.bridge.metronome is not before
    song.actions["manual"].trigger()
    manual = screen.find(ManualDialog)
    manual.open_page("playing")
    assert "Metronome (Ctrl+Alt+J)" in manual.view.toPlainText()


def test_keys_of_another_entry_are_taken_over_only_when_asked(song: "Desk", screen: Screen, qtbot: QtBot) -> None:
    dialog = dialog_of(song, screen)
    keymap = song.keymap
    button = dialog.keys["split"]
    button.setFocus()
    qtbot.keyClick(button, Qt.Key.Key_Return)
    qtbot.keyClick(button, Qt.Key.Key_D, CTRL)
    question = screen.find(Question)
    qtbot.keyClick(question, Qt.Key.Key_Escape)
    assert (keymap.keys("split"), keymap.keys("duplicate")) == (("S",), ("Ctrl+D",))
    qtbot.keyClick(button, Qt.Key.Key_Return)
    qtbot.keyClick(button, Qt.Key.Key_D, CTRL)
    screen.find(Question).buttons["Take Over"].click()
    assert (keymap.keys("split"), keymap.keys("duplicate")) == (("Ctrl+D",), ())
    assert dialog.keys["duplicate"].text() == "–"
    assert dialog.keys["duplicate"].accessibleName() == "Duplicate: no keys"


def test_escape_removal_reset_and_refusal(song: "Desk", screen: Screen, qtbot: QtBot) -> None:
    dialog = dialog_of(song, screen)
    keymap = song.keymap
    button = dialog.keys["split"]
    button.click()
    qtbot.keyClick(button, Qt.Key.Key_Escape)
    assert button.text() == "S"
    assert dialog.isVisible()
    button.click()
    qtbot.keyClick(button, Qt.Key.Key_Left)
    assert "belongs to the timeline" in dialog.error
    qtbot.keyClick(button, Qt.Key.Key_Delete)
    assert keymap.keys("split") == ()
    button.menu_requested.emit(QPoint(0, 0))
    menu = next(each for each in dialog.findChildren(QMenu) if each.isVisible())
    entries = {action.text(): action for action in menu.actions()}
    assert not entries["Remove"].isEnabled()
    entries["Reset to S"].trigger()
    menu.close()
    assert keymap.keys("split") == ("S",)
    assert not dialog.reset.isEnabled()
    keymap.set_keys("split", "Alt+X")
    dialog.reset.click()
    screen.find(Question).buttons["Reset All"].click()
    assert not keymap.any_changed


def test_tab_and_signs_are_keys_like_any_other(song: "Desk", screen: Screen, qtbot: QtBot) -> None:
    button = dialog_of(song, screen).keys["split"]
    button.setFocus()
    button.click()
    qtbot.keyClick(button, Qt.Key.Key_Tab, CTRL)
    assert song.keymap.keys("split") == ("Ctrl+Tab",)
    button.click()
    qtbot.keyClick(button, "!", SHIFT)
    assert song.keymap.keys("split") == ("!",)
