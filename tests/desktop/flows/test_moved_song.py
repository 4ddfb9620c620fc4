"""The open song's folder is moved away: the window says so, and goes on where the user says."""

import shutil
from pathlib import Path

from pytestqt.qtbot import QtBot

from desktop.app import Desk
from engine.project import edits
from engine.project.files import load
from engine.project.model import new_project
from engine.timing.position import Position
from tests.places import place_at

START: Position = 0


def test_the_window_says_that_the_song_moved_and_goes_on_there(
    song: Desk, own_folders: Path, wav: Path, qtbot: QtBot
) -> None:
    folder = own_folders / "songs" / "Song"
    there = folder.rename(own_folders / "Moved")
    document, bar = song.document, song.message_bar
    document.apply("Rename", lambda p: edits.rename(p, "Edited"))
    assert not document.save()
    assert bar.text.startswith("The folder of the song “Song” is not in")
    assert bar._button.text() == "Locate or Save As…"
    bar.hide()
    document.import_files([wav], "drums", place_at(START))
    qtbot.waitUntil(lambda: bool(bar.text) and bar.isVisible(), timeout=10_000)
    assert "was moved" in bar.text
    assert not folder.exists()
    assert document.project.name == "Edited"

    song.songs.move_to(there)
    assert document.folder == there
    assert document.saved
    assert load(there).name == "Edited"
    document.import_files([wav], "drums", place_at(START))
    qtbot.waitUntil(lambda: bool(document.project.sources), timeout=20_000)
    assert document.save()
    assert load(there) == document.project
    assert document.history.can_undo


def test_a_deleted_song_is_saved_into_an_empty_folder(song: Desk, own_folders: Path) -> None:
    shutil.rmtree(own_folders / "songs" / "Song")
    song.document.apply("Rename", lambda p: edits.rename(p, "Rescued"))
    song.songs.move_to(own_folders / "Rescued")
    assert load(own_folders / "Rescued").name == "Rescued"
    assert song.document.folder == own_folders / "Rescued"


def test_another_song_is_not_overwritten(song: Desk, own_folders: Path) -> None:
    from engine.project.files import create

    create(own_folders / "Other", new_project("Other"))
    shutil.rmtree(own_folders / "songs" / "Song")
    song.songs.move_to(own_folders / "Other")
    assert "holds another song" in song.message_bar.text
    assert load(own_folders / "Other").name == "Other"
    assert song.document.project.name == "Song"
