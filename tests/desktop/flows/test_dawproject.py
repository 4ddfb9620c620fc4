"""A song written for other programs from the File menu."""

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pytestqt.qtbot import QtBot

from desktop.export import song_files
from engine.project import edits
from tests.places import place_at

if TYPE_CHECKING:
    from desktop.app import Desk


def test_the_song_is_written_and_what_was_rendered_is_told(
    song: "Desk", qtbot: QtBot, wav: Path, own_folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    song.document.import_files([wav], "drums", place_at(0))
    qtbot.waitUntil(lambda: bool(song.document.project.tracks[0].clips), timeout=20000)
    clip = song.document.project.tracks[0].clips[0]
    song.document.apply("Gain", lambda p: edits.set_clip(p, [clip.id], gain_db=-3.0))
    target = own_folders / "For others.dawproject"

    def ask(*arguments: Any) -> None:
        assert arguments[2].name == "Song.dawproject"
        arguments[-1](target)

    monkeypatch.setattr(song_files, "ask_new_file", ask)
    song.actions["export_dawproject"].trigger()
    qtbot.waitUntil(lambda: "Rendered into audio" in song.message_bar.text, timeout=60000)
    with zipfile.ZipFile(target) as container:
        assert {"project.xml", "metadata.xml"} < set(container.namelist())


def test_what_cannot_be_written_is_told(song: "Desk", qtbot: QtBot, own_folders: Path) -> None:
    song_files.export_song(song.document, song_files.DAWPROJECT, own_folders / "a.dawproject")
    qtbot.waitUntil(lambda: "The song is empty" in song.message_bar.text, timeout=60000)
    assert not (own_folders / "a.dawproject").exists()


def test_a_file_that_is_dropped_comes_back_with_its_tracks(
    song: "Desk", qtbot: QtBot, wav: Path, own_folders: Path
) -> None:
    document, target = song.document, own_folders / "a.dawproject"
    document.import_files([wav], "drums", place_at(0))
    qtbot.waitUntil(lambda: bool(document.project.tracks[0].clips), timeout=20000)
    song_files.export_song(document, song_files.DAWPROJECT, target)
    qtbot.waitUntil(lambda: target.exists() and not song.jobs.running, timeout=60000)
    document.import_files([target], None, place_at(96000))
    qtbot.waitUntil(lambda: len(document.project.tracks) == 4, timeout=60000)
    new = document.project.tracks[2]
    assert (new.name, [document.project.start_of(clip) for clip in new.clips]) == ("Drums", [96000])
    assert document.selection.clips == {clip.id for clip in new.clips}
    assert len(document.project.sources) == 1
    song.actions["undo"].trigger()
    assert len(document.project.tracks) == 2
    target.write_bytes(b"no archive")
    document.import_files([target], None, place_at(0))
    qtbot.waitUntil(lambda: "no DAWproject file" in song.message_bar.text, timeout=60000)
