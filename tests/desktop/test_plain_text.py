"""Names from outside are shown as they stand: never as markup, mnemonics or control codes, wherever they appear."""

import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent, QStaticText
from PySide6.QtGui import Qt as TextQt
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QListWidget,
    QMenu,
    QPushButton,
    QTabBar,
    QTableWidget,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from desktop.timeline.hit_test import Hit, Zone
from desktop.widgets import plain
from desktop.widgets.choices import Button, ComboBox, Menu, TabBar, list_entry
from desktop.widgets.plain import Label
from engine.project import edits
from engine.project.model import Project
from tests.places import place_at

if TYPE_CHECKING:
    from desktop.app import Desk

HOSTILE = (
    "<b>bold</b>",
    "<img src='file:///proc/self/environ'>",
    "<html><body onload=x>",
    "<!doctype html><p>x",
    "&lt;i&gt; &amp; R&B && Soul",
    "right\u202eto\u2066left\u2069\u200f",
    "two\nlines\r\n\tand a tab",
    "x" * 10_000,
    "\U0001f3b9\U0001f468\u200d\U0001f3a4 e\u0301 \u4e2d\u6587 \u0627\u0644",
    "nul\x00bell\x07esc\x1b[31m\x9b",
    "%1 %n %s {} {0} {index} $HOME [*] ~",
)
BAD = frozenset("\x00\x07\x1b\x9b\r\u202e\u2066\u2069\u200f")


def texts(widget: QWidget) -> Iterator[tuple[str, str]]:
    """Everything that `widget` shows or says, with what it is."""
    yield "tooltip", widget.toolTip()
    yield "accessible name", widget.accessibleName()
    yield "accessible description", widget.accessibleDescription()
    yield "status tip", widget.statusTip()
    yield "what is this", widget.whatsThis()
    yield "window title", widget.windowTitle()
    if isinstance(widget, QLabel):
        yield "label", widget.text()
    if isinstance(widget, QTabBar):
        for index in range(widget.count()):
            yield "tab", widget.tabText(index)
            yield "tooltip", widget.tabToolTip(index)
    if isinstance(widget, QListWidget):
        for row in range(widget.count()):
            yield "entry", widget.item(row).text()
            yield "tooltip", widget.item(row).toolTip()
    if isinstance(widget, QTableWidget):
        for row in range(widget.rowCount()):
            for column in range(widget.columnCount()):
                if item := widget.item(row, column):
                    yield "cell", item.text()
                    yield "tooltip", item.toolTip()
    for action in widget.actions():
        yield "action", action.text()
        yield "tooltip", action.toolTip()


def breaches(root: QWidget) -> list[str]:
    """What of a window or a menu is not plain."""
    found = []
    for widget in [root, *root.findChildren(QWidget)]:
        name = type(widget).__name__
        if isinstance(widget, QLabel) and widget.textFormat() is not Qt.TextFormat.PlainText and widget.text():
            found.append(f"{name}: format {widget.textFormat()}")
        if isinstance(widget, QTextEdit):
            found.append(f"{name} reads HTML")
        for kind, text in texts(widget):
            if BAD & set(text):
                found.append(f"{name} {kind}: control characters")
            if len(text) > 2 * plain.LONGEST:
                found.append(f"{name} {kind}: {len(text)} characters")
            if kind == "tooltip" and TextQt.mightBeRichText(text):
                found.append(f"{name} {kind} is HTML: {text[:40]!r}")
            if kind in ("accessible name", "tab", "action", "entry") and "\n" in text:
                found.append(f"{name} {kind}: two lines")
    return found


def hostile_song(project: Project, name: str) -> Project:
    """The song with `name` in every place of it that has a name."""
    project = replace(project, name=name)
    for track in project.tracks:
        project = edits.set_track(project, track.id, name=name)
        for clip in track.clips:
            project = edits.set_clip(project, [clip.id], name=name)
            record = {
                "prompt": name, "model": name, "model_name": name, "licence": name, "device": name, "weights": name,
                "program": name, "seed": name, "held_key": name, "prompt_read_as": name + "x",
                "request": {"task": "generate", "settings": {"prompt": name}},
            }  # fmt: skip
            take = replace(clip.chosen, name=name, provenance=record)
            project = edits.replace_take(project, clip.id, take)
            project = edits.add_take(project, clip.id, replace(take, id="second"))
    project = edits.add_marker(project, place_at(Fraction(4)), name)
    sources = {key: replace(source, name=name) for key, source in project.sources.items()}
    return replace(project, sources=sources)


@pytest.fixture
def full(song: "Desk", qtbot: QtBot, wav: Path) -> "Desk":
    song.document.import_files([wav], "drums", place_at(0))
    qtbot.waitUntil(lambda: bool(song.document.project.tracks[0].clips), timeout=20000)
    return song


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_no_name_of_a_song_is_anything_but_text_anywhere(full: "Desk", qtbot: QtBot, name: str) -> None:
    desk, document = full, full.document
    assert document.apply(name, lambda p: hostile_song(p, name))
    track, clip = next(document.project.clips())
    document.select([clip.id], track=track.id)
    desk.generating.generation.panel.change(prompt=name, negative=name)
    desk.generating.generation.panel.remember(name)
    desk.document.jobs.submit(name, lambda context: None)
    desk.show_error(name)
    desk.timeline.hint_changed.emit(name)
    for dock in (desk.right, desk.bottom):
        for index in range(dock.tabs.count()):
            dock.open(str(dock.tabs.tabData(index)))
            desk.window.grab()
            assert breaches(desk.window) == []
    menus = desk.timeline.menus
    row = next(iter(desk.timeline.canvas.rows))
    hit = Hit(Zone.CLIP, 0, row, clip)
    for menu in (
        menus.for_hit(hit), menus.for_track(track.id), menus.for_ruler(0, document.project.markers[0].id),
        desk.generating.panel.prompt.menu_of([name]),
    ):  # fmt: skip
        assert breaches(menu) == []
        menu.deleteLater()
    desk.document.undo()
    assert breaches(desk.window) == []
    qtbot.waitUntil(lambda: not desk.jobs.running, timeout=20000)


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_no_dialog_reads_a_name_as_markup(full: "Desk", qtbot: QtBot, name: str) -> None:
    from desktop.dialogs.frame import Dialog, Question

    full.document.apply("Names", lambda p: hostile_song(p, name))
    question = Question(name, name, [name, "Cancel"], lambda _: None, full.theme, full.window)
    question.show_error(name)
    question.show()
    assert breaches(question) == []
    question.close()
    for action in ("new_options", "export", "audio_settings", "shortcuts", "about"):
        full.actions[action].trigger()
        for dialog in [each for each in QApplication.topLevelWidgets() if isinstance(each, Dialog)]:
            dialog.show_error(name)
            assert breaches(dialog) == []
            qtbot.waitUntil(lambda: not full.jobs.running, timeout=20000)
            dialog.close()
        QApplication.processEvents()


def show_everywhere(desk: "Desk", name: str) -> None:
    """Paints the song with `name` in all its places, and opens every tooltip that is there."""
    desk.document.apply("Names", lambda p: hostile_song(p, name))
    track, clip = next(desk.document.project.clips())
    desk.document.select([clip.id], track=track.id)
    for tab in ("Generate", "Clip", "Models"):
        desk.right.open(tab)
        QApplication.processEvents()
        desk.window.grab()
    for widget in desk.window.findChildren(QWidget):
        if isValid(widget) and widget.isVisible() and name in widget.toolTip():
            at = QPoint(3, 3)
            QApplication.sendEvent(widget, QHelpEvent(QEvent.Type.ToolTip, at, widget.mapToGlobal(at)))


def test_a_name_is_never_opened_as_a_file(full: "Desk", tmp_path: Path, qtbot: QtBot) -> None:
    """A FIFO named in an image tag would hang the window; here it tells whether anybody opens it."""
    fifo = tmp_path / "pipe"
    os.mkfifo(fifo)
    opened = threading.Event()

    def watch() -> None:
        with fifo.open("wb"):
            opened.set()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        show_everywhere(full, f"<img src='{fifo.as_uri()}'>")
        assert not opened.is_set()
    finally:
        with fifo.open("rb"):  # lets the watcher go
            watcher.join(5)
    assert opened.is_set()


@pytest.mark.parametrize("text", [*HOSTILE, "<a", "< b>", "a < b", "x<br>", "", "\n<b>x</b>", "   <b>"])
def test_a_tooltip_is_never_html(text: str) -> None:
    tip = plain.tip_text(text)
    assert not TextQt.mightBeRichText(tip)
    assert len(tip.split("\n")) <= plain.TIP_LINES
    assert max(map(len, tip.split("\n"))) <= plain.TIP_COLUMNS + 2


def test_plain_keeps_what_is_read() -> None:
    for text in ("Tom & Jerry", "naïve café", "中文", "−3.2 dB", "\U0001f468\u200d\U0001f3a4", "a\nb"):
        assert plain.plain(text) == text
    assert plain.plain("a\u202eb\x00c\td") == "abc d"
    assert plain.one_line(" a\n\n b ") == "a b"
    assert plain.plain("x" * 9999) == "x" * (plain.LONGEST - 1) + "…"


def test_an_ampersand_is_a_letter(qtbot: QtBot) -> None:
    button, tabs, menu, box = Button("R&B"), TabBar(), Menu(title="R&B"), ComboBox()
    for widget in (button, tabs, menu, box):
        qtbot.addWidget(widget)
    tabs.addTab("R&B")
    box.addItem("R&B\n<b>")
    entry = menu.entry("R&B\tx", lambda: None, keys="F2")
    assert button.text() == tabs.tabText(0) == "R&B"
    assert button.shortcut().isEmpty()
    assert QPushButton.text(button) == QTabBar.tabText(tabs, 0) == menu.title() == "R&&B"
    assert entry.text() == "R&&B x\tF2"
    assert box.itemText(0) == "R&B <b>"
    assert list_entry("<b>", "<b>x</b>").text() == "<b>"
    assert isinstance(menu.submenu("R&B"), QMenu)


def test_what_is_painted_is_laid_out_as_text(qtbot: QtBot) -> None:
    assert plain.static_text("<b>x</b>").textFormat() is Qt.TextFormat.PlainText
    wide = QStaticText("<b>x</b>")
    wide.setTextFormat(Qt.TextFormat.PlainText)
    assert plain.static_text("<b>x</b>").size() == wide.size()
    label = Label("<b>x</b>")
    qtbot.addWidget(label)
    assert label.sizeHint().width() > Label("x").sizeHint().width() * 2


def test_a_title_with_the_sign_of_changes_in_it(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    plain.set_title(window, "Song [*] <b>\nx", after=" – Continuo")
    assert window.windowTitle() == "Song [*][*] <b> x[*] – Continuo"
