"""The manual: every entry of the menus is named, pictures are there, nothing foreign is read, F1 opens what fits."""

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktop import manual_pages
from desktop.actions import ACTIONS
from desktop.dialogs.manual import ManualDialog
from desktop.keymap import Keymap
from desktop.theme import Theme
from desktop.timeline.canvas import Canvas
from engine import paths

if TYPE_CHECKING:
    from tests.desktop.conftest import Desk, Screen


def test_the_pages_tell_every_entry_of_the_menus() -> None:
    texts = "\n".join(manual_pages.markdown(name, Keymap()) for name in manual_pages.PAGES)
    for spec in ACTIONS:
        assert f"**{spec.text.removesuffix('…')}**" in texts, spec.id
    ids = {spec.id for spec in ACTIONS}
    for name in manual_pages.PAGES:
        assert manual_pages.entries_in(name) <= ids, name
    assert sorted(path.stem for path in manual_pages.folder().glob("*.md")) == sorted(manual_pages.PAGES)


def named_entries() -> set[str]:
    """What the sources of the window call entries of menus at the pointer, and the menus in them."""
    names: set[str] = set()
    for path in (Path(manual_pages.__file__).parent).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                place = {"entry": 0, "submenu": 0, "_edit": 1}.get(node.func.attr)
                given = node.args[place] if place is not None and len(node.args) > place else None
                parts = [given.body, given.orelse] if isinstance(given, ast.IfExp) else [given]
                names |= {
                    part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)
                }
    return names - {"No songs yet"}  # says that a menu is empty


def test_the_pages_tell_what_the_menus_at_the_pointer_have_beside_those() -> None:
    texts = "\n".join(manual_pages.markdown(name, Keymap()) for name in manual_pages.PAGES)
    told = {" ".join(name.split()) for name in re.findall(r"\*\*([^*]+)\*\*", texts)}
    shared = {spec.text for spec in ACTIONS} | {spec.text.removesuffix("…") for spec in ACTIONS}
    entries = named_entries()
    assert len(entries) > 60
    assert not entries - told - shared


def test_an_entry_that_no_page_speaks_of_is_told_at_the_end_of_its_menus_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manual_pages, "entries_in", lambda name: {spec.id for spec in ACTIONS} - {"split", "quit"})
    assert manual_pages.markdown("timeline", Keymap()).rstrip().endswith("Split at the playhead, or the selected time")
    assert manual_pages.markdown("songs", Keymap()).rstrip().endswith("Leave Continuo")
    assert "## Also" not in manual_pages.markdown("notes", Keymap())


def test_links_and_pictures_lead_somewhere() -> None:
    for name in manual_pages.PAGES:
        text = manual_pages.markdown(name, Keymap())
        for target in re.findall(r"\]\(([^)]+)\)", text):
            if target.endswith(".md"):
                assert target.removesuffix(".md") in manual_pages.PAGES
            else:
                assert (paths.resources() / "screenshots" / target).is_file(), target
        assert "<" not in text


def test_pages_are_read_and_nothing_else_is_opened(qtbot: QtBot, theme: Theme) -> None:
    dialog = ManualDialog("notes", Keymap(), theme)
    qtbot.addWidget(dialog)
    assert dialog.page == "notes"
    assert "piano roll" in dialog.view.toPlainText()
    dialog.view.anchorClicked.emit(QUrl("window.md"))
    assert dialog.page == "window"
    dialog.view.anchorClicked.emit(QUrl("https://example.org/x"))
    assert dialog.page == "window"
    picture = dialog.view.loadResource(2, QUrl("main.png"))
    assert isinstance(picture, QImage)
    assert picture.width() <= 640
    for foreign in ("../theme.json", "/etc/passwd", "https://example.org/a.png", "missing.png", "file:///x.png"):
        assert dialog.view.loadResource(2, QUrl(foreign)) is None
    dialog.pages.setCurrentRow(manual_pages.PAGES.index("exporting"))
    assert dialog.view.toPlainText().startswith("Export and origin")


def test_the_page_fits_what_has_the_focus(qtbot: QtBot) -> None:
    assert manual_pages.page_for(None) == "first-steps"
    plain = QLabel()
    qtbot.addWidget(plain)
    assert manual_pages.page_for(plain) == "first-steps"
    assert Canvas.__module__.startswith("desktop.timeline")
    for module, page in (
        ("desktop.mixer.strip", "tracks"), ("desktop.generation.composer_bar", "composing"),
        ("desktop.generation.panel", "generating"), ("desktop.notes.canvas", "notes"),
    ):  # fmt: skip
        holder = type("Holder", (QLabel,), {"__module__": module})()
        qtbot.addWidget(holder)
        inner = QLabel("x", holder)
        assert manual_pages.page_for(inner) == page


def test_help_opens_it(desk: "Desk", screen: "Screen") -> None:
    desk.actions["manual"].trigger()
    dialog = screen.find(ManualDialog)
    assert dialog.page in manual_pages.PAGES
    assert dialog.view.toPlainText()
