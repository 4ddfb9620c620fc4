import ast
import re
from collections import defaultdict
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication

import desktop
from desktop.actions import ACTIONS, MENUS, Needs, of_menu, tooltip
from desktop.gesture_keys import CANVAS_KEYS
from desktop.icons import Icons
from desktop.keymap import Keymap
from desktop.theme import Theme
from desktop.window_actions import Actions

PRODUCT = {
    "play": "Space", "start": "Home", "end": "End", "loop": "L", "split": "S", "duplicate": "Ctrl+D", "undo": "Ctrl+Z",
    "redo": "Ctrl+Shift+Z", "save": "Ctrl+S", "new": "Ctrl+N", "open": "Ctrl+O", "import": "Ctrl+I",
    "export": "Ctrl+Shift+E", "delete": "Delete", "ripple_delete": "Ctrl+Delete", "zoom_in": "Ctrl+=",
    "zoom_out": "Ctrl+-", "fit": "Ctrl+F", "mute_track": "M", "solo_track": "Shift+S", "shortcuts": "Ctrl+F1",
    "generate": "G", "continue_live": "Shift+G",
}  # fmt: skip


def test_the_product_s_shortcuts_are_there_and_no_key_does_two_things() -> None:
    keys = {spec.id: spec.keys for spec in ACTIONS}
    for action_id, key in PRODUCT.items():
        assert keys[action_id][0] == key
    every = [QKeySequence(key).toString() for spec in ACTIONS for key in spec.keys]
    assert all(every)
    assert len(every) == len(set(every))


def test_every_action_is_in_a_menu_once() -> None:
    listed = [spec.id for menu in MENUS for group in of_menu(menu) for spec in group]
    assert sorted(listed) == sorted(spec.id for spec in ACTIONS)
    assert len(listed) == len(set(listed))
    assert all(text for keys, text in CANVAS_KEYS)


def _homes() -> dict[str, list[str]]:
    """The files that the docstring of `desktop` names, with the actions that they do."""
    lines = re.sub(r"\n {8}", " ", desktop.__doc__ or "").splitlines()
    found = (re.fullmatch(r" {4}(\S+\.py): ([\w, ]+)", line) for line in lines)
    return {match[1]: match[2].split(", ") for match in found if match}


def test_the_docstring_of_the_window_says_which_file_does_what() -> None:
    homes, root = _homes(), Path(desktop.__file__).parent
    assert sorted(name for names in homes.values() for name in names) == sorted(spec.id for spec in ACTIONS)
    functions: dict[str, set[str]] = defaultdict(set)  # files by the name of a function in them
    handlers: dict[str, list[tuple[str, set[str]]]] = defaultdict(list)  # file and names of calls, by action
    for path in root.rglob("*.py"):
        file = path.relative_to(root).as_posix()
        text = path.read_text("utf-8")
        for name in re.findall(r"def (\w+)\(", text):
            functions[name].add(file)
        if "handlers(self)" not in text:
            continue
        for table in (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Dict)):
            for key, value in zip(table.keys, table.values, strict=True):
                if isinstance(key, ast.Constant):
                    calls = {part.attr for part in ast.walk(value) if isinstance(part, ast.Attribute)}
                    handlers[str(key.value)].append((file, calls))
    for home, names in homes.items():
        assert (root / home).exists(), home
        for name in names:
            own = {file for file, calls in handlers[name]}
            callees = {file for _, calls in handlers[name] for call in calls for file in functions[call]}
            assert home in own | callees or own == {"app.py"}, f"{home} does not do {name}"  # tabs, dialogs


def test_tooltips_tell_the_shortcut() -> None:
    split = next(spec for spec in ACTIONS if spec.id == "split")
    assert tooltip(split, "S") == "Split at the playhead, or the selected time  (S)"
    assert tooltip(split, "") == "Split at the playhead, or the selected time"


def test_undo_says_what(qapp: QApplication, theme: Theme) -> None:
    parent = QObject()
    done: list[str] = []
    icons = Icons(theme)
    keymap = Keymap()
    actions = Actions(parent, icons, keymap, {spec.id: lambda spec=spec: done.append(spec.id) for spec in ACTIONS})
    actions.set_undo_names("Split clip", None)
    assert (actions["undo"].text(), actions["redo"].text()) == ("Undo Split clip", "Redo")
    actions.enable([Needs.SONG])
    assert actions["save"].isEnabled()
    assert not actions["undo"].isEnabled()
    actions["save"].trigger()
    actions["undo"].trigger()
    assert done == ["save"]
    assert not icons.icon("metronome").isNull()
    assert not actions["play"].icon().isNull()
