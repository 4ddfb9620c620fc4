"""Nothing is cut off at the sizes that a window has on small screens and under scaling."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QDialog,
    QLabel,
    QScrollArea,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop.dialogs.frame import Dialog
from desktop.mixer.mixer_view import MixerView
from desktop.widgets.elided_label import ElidedLabel
from desktop.widgets.fader import Fader
from desktop.window import first_size
from engine.project import edits
from engine.project.model import new_project
from tests.places import place_at

if TYPE_CHECKING:
    from desktop.app import Desk

SIZES = ((1440, 900), (1024, 640), (960, 560), (900, 540))
"""Two common windows, and two that a screen of 1440 × 900 leaves at 150 and 160 %."""

LONG = (
    "The folder of the song “Harbour Lights” is not in “/home/someone/Music/Songs of the Year” any more: it was moved, "
    "renamed or deleted, or its disk is not connected. Nothing was written; locate the folder, or save elsewhere."
)
"""About the longest sentence that the program has for the user."""


def parts(root: QWidget) -> Iterator[QWidget]:
    """The visible parts of a window, those inside a scrolled page left out: a page may be longer than its view."""
    for child in root.children():
        if isinstance(child, QWidget) and child.isVisible() and not child.isWindow():
            yield child
            if not isinstance(child, QAbstractScrollArea):
                yield from parts(child)


def cut_off(root: QWidget) -> list[str]:
    faults = []
    for part in parts(root):
        parent = part.parentWidget()
        text = part.accessibleName() or getattr(part, "text", str)()
        name = f"{type(part).__name__} “{text}” in {type(parent).__name__}"
        if isinstance(parent, QWidget) and not parent.rect().adjusted(-1, -1, 1, 1).contains(part.geometry()):
            faults.append(f"{name}: {part.geometry()} is not inside {parent.rect()}")
        if isinstance(part, QLabel) and not isinstance(part, ElidedLabel) and part.text() and not part.wordWrap():
            needed = max(part.fontMetrics().horizontalAdvance(line) for line in part.text().splitlines())
            if needed > part.contentsRect().width() + 1:
                faults.append(f"{name}: {needed} px of text in {part.contentsRect().width()}")
        if isinstance(part, QLabel) and part.wordWrap() and part.heightForWidth(part.width()) > part.height() + 1:
            faults.append(f"{name}: {part.heightForWidth(part.width())} px of lines in {part.height()}")
        if isinstance(part, QScrollArea) and part.widget() and part.widget().width() > part.viewport().width():
            faults.append(f"{name}: a page of {part.widget().width()} px in {part.viewport().width()}")
        if isinstance(part, QAbstractButton) and part.text() and part.icon().isNull():
            needed = part.fontMetrics().horizontalAdvance(part.text().replace("&", ""))
            if needed > part.width():
                faults.append(f"{name}: {needed} px of text in {part.width()}")
    return faults


@pytest.mark.parametrize(
    "screen", [(1440, 900), (960, 600), (1024, 640), (1920, 1080)]
)  # 960 × 600: 1440 × 900 at 150 %
def test_the_first_window_lies_within_the_screen_with_its_title(screen: tuple[int, int]) -> None:
    """A title of 38 px and borders come round it; what is 900 × 540 at least."""
    size = first_size(QSize(*screen))
    assert size.width() <= screen[0]
    assert size.height() + 38 <= screen[1]
    assert size.width() >= min(1440, screen[0] - 60)
    assert size.height() >= min(900, screen[1] - 60)


@pytest.mark.parametrize("size", SIZES)
def test_nothing_in_the_window_is_cut_off(song: "Desk", wav: Path, qtbot: QtBot, size: tuple[int, int]) -> None:
    window = song.window
    song.document.import_files([wav], "drums", place_at(48000))
    qtbot.waitUntil(lambda: any(song.document.project.clips()), timeout=30_000)
    window.resize(*size)
    for tab in ("Mixer", "Jobs", "History", "Spectrogram"):
        song.bottom.open(tab)
        for _ in range(3):
            QApplication.processEvents()
        assert (window.width(), window.height()) == size
        assert cut_off(window) == []
    window.resize(1280, 800)


@pytest.mark.parametrize("size", SIZES)
def test_no_page_of_the_side_panel_is_cut_off(song: "Desk", size: tuple[int, int]) -> None:
    window, right = song.window, song.right
    window.resize(*size)
    for tab in ("Generate", "Clip", "Models"):
        right.open(tab)
        window._across.setSizes([10_000, 0])  # as narrow as it goes
        for _ in range(3):
            QApplication.processEvents()
        assert cut_off(right) == []
    window.resize(1280, 800)


@pytest.mark.parametrize("size", SIZES)
def test_an_empty_song_shows_its_prompt(desk: "Desk", own_folders: Path, qtbot: QtBot, size: tuple[int, int]) -> None:
    """What has the keyboard in a new song is seen, in a low window too, and nothing beside it is cut off."""
    desk.window.resize(*size)
    desk.document.new(own_folders / "New", new_project("New"))
    qtbot.waitUntil(lambda: not desk.composer.card.visibleRegion().isEmpty())
    for _ in range(3):
        QApplication.processEvents()
    card, canvas = desk.timeline.invitation, desk.timeline.canvas
    assert canvas.rect().contains(card.geometry())
    assert card.rect().contains(QRect(desk.composer.card.mapTo(card, QPoint(0, 0)), desk.composer.card.size()))
    assert cut_off(desk.window) == []
    desk.window.resize(1280, 800)


@pytest.mark.parametrize("size", SIZES)
def test_nothing_of_the_start_page_is_cut_off(desk: "Desk", size: tuple[int, int]) -> None:
    desk.window.resize(*size)
    for _ in range(3):
        QApplication.processEvents()
    assert cut_off(desk.window) == []
    desk.window.resize(1280, 800)


@pytest.mark.parametrize("size", SIZES)
def test_a_long_message_beside_a_button_is_read_in_a_few_lines(song: "Desk", size: tuple[int, int]) -> None:
    song.window.resize(*size)
    for _ in range(3):
        QApplication.processEvents()
    song.message_bar.show_message(LONG, "Locate or Save As…", lambda: None)
    QApplication.processEvents()
    assert cut_off(song.message_bar) == []
    assert song.message_bar.height() <= song.message_bar.fontMetrics().lineSpacing() * 5 + 16
    assert song.window.ground.rect().contains(song.message_bar.geometry())
    song.message_bar.hide()
    song.window.resize(1280, 800)


@pytest.mark.parametrize("size", SIZES)
def test_names_values_and_faders_of_the_mixer_are_seen(song: "Desk", size: tuple[int, int]) -> None:
    window, bottom = song.window, song.bottom
    for number in range(22):
        song.document.apply("Add track", lambda p, number=number: edits.add_track(p, f"Part {number}"))
    bottom.open("Mixer")
    window.resize(*size)
    for _ in range(3):
        QApplication.processEvents()
    mixer = window.findChild(MixerView)
    assert mixer is not None
    for track in song.document.project.tracks[:3]:
        strip = mixer.strip(track.id)
        assert strip.fader.height() >= (100 if size[1] >= 720 else 84)
        view = strip.parentWidget().parentWidget()  # the viewport
        for part in (strip._title, strip.mute, strip.fader, strip.meter, strip.gain):
            seen = QRect(part.mapTo(view, part.rect().topLeft()), part.size())
            assert view.rect().top() <= seen.top()
            assert seen.bottom() <= view.rect().bottom(), f"{type(part).__name__} is below the panel's edge"
    assert mixer.findChildren(Fader)
    window.resize(1280, 800)


@pytest.mark.parametrize("action", ["export", "new_options", "audio_settings", "shortcuts", "about"])
def test_dialogs_fit_a_screen(song: "Desk", action: str) -> None:
    song.window.resize(900, 540)
    room = song.window.screen().availableGeometry()
    song.actions[action].trigger()
    QApplication.processEvents()
    (dialog,) = (each for each in QApplication.topLevelWidgets() if isinstance(each, QDialog) and each.isVisible())
    smallest = dialog.minimumSizeHint().expandedTo(dialog.minimumSize())
    assert smallest.width() <= 900
    assert smallest.height() <= 540
    assert dialog.height() <= room.height()
    assert cut_off(dialog) == []
    if isinstance(dialog, Dialog):
        dialog.show_error(LONG)
        for _ in range(3):
            QApplication.processEvents()
        assert cut_off(dialog) == []
        assert dialog.height() <= room.height()
    dialog.close()
    song.window.resize(1280, 800)
