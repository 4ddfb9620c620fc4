"""The open song's folder is moved away while takes are asked for: the sentence comes with the button that helps."""

from pathlib import Path

from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from desktop.app import Desk
from tests.desktop.generation.conftest import PATIENCE, LiveStage

HELP = "Locate or Save As…"


def moved(desk: Desk, own_folders: Path) -> Path:
    folder = own_folders / "songs" / "Song"
    return folder.rename(own_folders / "Elsewhere")


def help_of(desk: Desk) -> QPushButton | None:
    """The button of the message that is shown."""
    bar = desk.message_bar
    return bar.findChild(QPushButton, "help") if bar.isVisible() and "was moved" in bar.text else None


def test_a_take_for_a_song_that_moved_offers_to_locate_it(making: Desk, own_folders: Path, qtbot: QtBot) -> None:
    there = moved(making, own_folders)
    making.right.open("Generate")
    assert making.generating.generation.generate() is not None
    qtbot.waitUntil(lambda: help_of(making) is not None, timeout=PATIENCE)
    button = help_of(making)
    assert button is not None
    assert button.text() == HELP
    assert not (own_folders / "songs" / "Song").exists()
    making.songs.move_to(there)
    assert making.document.saved


def test_a_live_take_of_a_song_that_moved_offers_to_locate_it(
    stage: LiveStage, own_folders: Path, qtbot: QtBot
) -> None:
    desk = stage.desk
    moved(desk, own_folders)
    desk.document.select([stage.clips[0].id])
    desk.actions["continue_live"].trigger()
    qtbot.waitUntil(lambda: help_of(desk) is not None, timeout=PATIENCE)
    button = help_of(desk)
    assert button is not None
    assert button.text() == HELP
    assert not (own_folders / "songs" / "Song").exists()
    stage.until(lambda: stage.live.look is None)
