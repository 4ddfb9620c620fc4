"""Save As and Save a Copy in the window."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from engine.project import edits
from engine.project.files import load
from tests.places import place_at

if TYPE_CHECKING:
    from desktop.app import Desk
    from tests.desktop.conftest import Screen


@pytest.fixture
def edited(song: "Desk", wav: Path, qtbot: QtBot) -> "Desk":
    """The song with a clip, saved, and a change since."""
    song.document.import_files([wav], "drums", place_at(0))
    qtbot.waitUntil(lambda: bool(song.document.project.sources), timeout=20_000)
    assert song.document.save()
    song.document.apply("Louder", lambda p: edits.set_track(p, "drums", gain_db=3.0))
    return song


def test_save_as_goes_on_in_the_new_folder(edited: "Desk", own_folders: Path, qtbot: QtBot) -> None:
    document = edited.document
    first, second = own_folders / "songs" / "Song", own_folders / "Second"
    edited.song_copies.save_as(second)
    qtbot.waitUntil(lambda: document.folder == second and document.saved, timeout=20_000)
    assert document.project.name == "Second"
    assert load(second) == document.project
    assert load(first).name == "Song"
    assert load(first).tracks[0].gain_db == 0.0, "the song stays where it was as it was saved last"
    assert not (first / "autosave.json").exists()
    source = next(iter(document.project.sources.values()))
    assert (second / source.file).read_bytes() == (first / source.file).read_bytes()
    document.undo()
    assert (document.project.name, document.project.tracks[0].gain_db) == ("Second", 0.0)
    assert document.save()
    assert edited.settings.recent()[0].folder == second
    with_lock = load(first)
    document.open(first)  # it is free again
    assert document.project == with_lock


def test_a_copy_has_the_changes_and_the_song_stays(edited: "Desk", own_folders: Path, qtbot: QtBot) -> None:
    document = edited.document
    first, copy = document.folder, own_folders / "Copy"
    edited.song_copies.save_copy(copy)
    qtbot.waitUntil(lambda: "A copy of the song is in" in edited.message_bar.text, timeout=20_000)
    assert document.folder == first
    assert document.project.name == "Song"
    assert not document.saved
    assert (load(copy).name, load(copy).tracks[0].gain_db) == ("Copy", 3.0)


def test_a_folder_that_holds_something_is_refused(edited: "Desk", own_folders: Path, qtbot: QtBot) -> None:
    (own_folders / "Full").mkdir()
    (own_folders / "Full" / "letter.txt").write_text("kept")
    edited.song_copies.save_as(own_folders / "Full")
    qtbot.waitUntil(lambda: "is not empty" in edited.message_bar.text, timeout=20_000)
    assert edited.document.folder == own_folders / "songs" / "Song"
    assert not edited.document.saved


def test_the_menu_asks_for_a_name(song: "Desk", own_folders: Path, screen: "Screen", qtbot: QtBot) -> None:
    song.actions["save_copy"].trigger()
    dialog = screen.find(QFileDialog)
    assert [Path(file).name for file in dialog.selectedFiles()] == ["Song 2"]
    dialog.accept()
    qtbot.waitUntil(lambda: (own_folders / "songs" / "Song 2" / "project.json").is_file(), timeout=20_000)
    qtbot.waitUntil(lambda: not song.jobs.running, timeout=20_000)


def test_a_song_begins_as_a_template(edited: "Desk", own_folders: Path, screen: "Screen", qtbot: QtBot) -> None:
    first, sounds = edited.document.project, edited.document.folder
    edited.actions["save_template"].trigger()
    dialog = screen.find(QFileDialog)
    (chosen,) = (Path(file) for file in dialog.selectedFiles())
    assert (chosen.parent.name, chosen.name) == ("templates", "Song")
    dialog.accept()
    qtbot.waitUntil(lambda: "“Song” is a template now" in edited.message_bar.text, timeout=20_000)
    assert edited.document.folder == sounds
    assert edited.document.save()
    edited.document.close()
    edited.songs.begin_from(chosen)
    qtbot.waitUntil(lambda: edited.document.folder == own_folders / "songs" / "Untitled", timeout=20_000)
    project = edited.document.project
    assert (project.name, project.tracks) == ("Untitled", first.tracks)
    assert project.id != first.id
    (source,) = project.sources.values()
    assert (edited.document.folder / source.file).read_bytes() == (sounds / source.file).read_bytes()
    assert load(chosen).tracks == first.tracks
    edited.songs.begin_from(own_folders / "songs")
    qtbot.waitUntil(lambda: "choose the folder of a song" in edited.message_bar.text, timeout=20_000)
