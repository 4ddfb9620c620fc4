"""The song's folder moved, renamed, deleted or replaced while the song is open: it is never made again."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.audio import Audio, write_audio
from engine.errors import EngineError
from engine.project.files import ProjectFolder, create, load
from engine.project.growing import GrowingWriter
from engine.project.importing import import_audio
from engine.project.layout import FolderMovedError
from engine.project.model import Project, Source, new_project
from engine.project.peaks import build_peaks
from engine.project.pool import derive
from engine.project.storing import store_sound

SILENCE = np.zeros((1000, 1), np.float32)


@pytest.fixture
def song(tmp_path: Path) -> Path:
    create(tmp_path / "song", new_project("v0"))
    return tmp_path / "song"


def deleted(song: Path) -> None:
    shutil.rmtree(song)


def unmounted(song: Path) -> None:
    """Its disk is gone; the empty folder it was mounted on is there."""
    song.rename(song.with_name("disk"))
    song.mkdir()


def another_song(song: Path) -> None:
    song.rename(song.with_name("old"))
    create(song, new_project("another"))


def a_file(song: Path) -> None:
    song.rename(song.with_name("old"))
    song.write_text("no folder")


WAYS: dict[str, Callable[[Path], object]] = {
    "moved": lambda song: song.rename(song.parent / "elsewhere"),
    "deleted": deleted,
    "unmounted": unmounted,
    "replaced by another song": another_song,
    "replaced by a file": a_file,
}


def contents(path: Path) -> dict[str, bytes]:
    return {each.relative_to(path).as_posix(): each.read_bytes() for each in path.rglob("*") if each.is_file()}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_saves_say_that_it_moved_and_write_nothing(song: Path, way: Callable[[Path], object]) -> None:
    home = ProjectFolder.open(song)
    home.start_journal()
    way(song)
    before = contents(song)
    newer = replace(home.project, name="newer")
    for write in (home.save, home.autosave):
        with pytest.raises(FolderMovedError, match="was moved, renamed or deleted, or its disk is not connected"):
            write(newer)
    home.journal.append(newer)
    home.close()
    assert contents(song) == before
    assert not song.exists() or song.is_file() or way in (unmounted, another_song)


@pytest.mark.parametrize("way", [WAYS["moved"], deleted, a_file], ids=["moved", "deleted", "replaced by a file"])
def test_sounds_never_make_the_folder_again(song: Path, tmp_path: Path, way: Callable[[Path], object]) -> None:
    write_audio(tmp_path / "tone.wav", Audio(SILENCE, 44100), "PCM_24")
    source = Source("s", "audio/s.wav", "s", 44100, 1, 1000)
    way(song)
    works: list[Callable[[], object]] = [
        lambda: import_audio(song, tmp_path / "tone.wav", 48000),
        lambda: store_sound(song, Audio(SILENCE, 48000), "take"),
        lambda: GrowingWriter(song, "g", 48000, 1),
        lambda: derive(song, tmp_path / "tone.wav", source, 48000),
        lambda: build_peaks(song, source, 48000),
    ]
    for work in works:
        with pytest.raises(EngineError):
            work()
    assert not song.exists() or song.is_file()


def test_a_folder_that_came_back_is_saved_into(song: Path) -> None:
    """A disk that was unplugged and plugged in again, or a copy put back from a backup."""
    with ProjectFolder.open(song) as home:
        elsewhere = song.rename(song.with_name("elsewhere"))
        assert not home.is_there
        shutil.copytree(elsewhere, song)
        assert home.is_there
        home.save(replace(home.project, name="again"))
    assert load(song).name == "again"


def test_a_song_without_its_project_file_is_still_there(song: Path) -> None:
    with ProjectFolder.open(song) as home:
        (song / "project.json").unlink()
        home.save(replace(home.project, name="kept"))
    assert load(song).name == "kept"


def test_edits_of_a_moved_song_are_in_its_journal(song: Path) -> None:
    """The journal goes along with the folder, so that nothing is lost even if the program dies now."""
    home = ProjectFolder.open(song)
    home.start_journal()
    there = song.rename(song.with_name("there"))
    newer: Project = replace(home.project, name="newer")
    assert home.journal.append(newer)
    home.close(keep_autosave=True)
    with ProjectFolder.open(there) as again:
        assert again.recovery
        assert again.recovery.autosave == newer
