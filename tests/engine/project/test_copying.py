"""A song in another folder: every byte of its audio, nothing left behind where it fails."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.errors import Cancelled, ProjectFileError
from engine.jobs import Context
from engine.project import edits
from engine.project.copying import add_audio, copy_song
from engine.project.files import create, load
from engine.project.importing import import_audio
from engine.project.model import Project, new_project


def tone(path: Path, hz: float) -> Path:
    wave = np.sin(2 * np.pi * hz * np.arange(4800) / 48000)
    soundfile.write(path, wave, 48000, subtype="PCM_16")
    return path


@pytest.fixture
def song(tmp_path: Path) -> tuple[Path, Project]:
    folder = tmp_path / "Song"
    project = new_project("Song")
    create(folder, project)
    for hz in (220, 330):
        project = edits.add_source(project, import_audio(folder, tone(tmp_path / f"{hz}.wav", hz), 48000))
    return folder, project


def test_a_copy_has_the_same_song_and_the_same_bytes(song: tuple[Path, Project], tmp_path: Path) -> None:
    folder, project = song
    shares: list[float] = []
    (folder / "cache").mkdir(exist_ok=True)
    (folder / "cache" / "derived-x.f32").write_bytes(b"12345678")
    copy_song(folder, project, tmp_path / "Copy", Context(lambda share, _: shares.append(share)), cache=True)
    assert load(tmp_path / "Copy") == project
    for source in project.sources.values():
        assert (tmp_path / "Copy" / source.file).read_bytes() == (folder / source.file).read_bytes()
    assert (tmp_path / "Copy" / "cache" / "derived-x.f32").read_bytes() == b"12345678"
    assert shares[-1] == 1.0
    copy_song(folder, project, tmp_path / "Lean")
    assert not (tmp_path / "Lean" / "cache").exists()


def test_audio_that_is_missing_is_missing_in_the_copy(song: tuple[Path, Project], tmp_path: Path) -> None:
    folder, project = song
    gone, there = project.sources.values()
    (folder / gone.file).unlink()
    copy_song(folder, project, tmp_path / "Copy")
    assert not (tmp_path / "Copy" / gone.file).exists()
    assert (tmp_path / "Copy" / there.file).is_file()


def test_what_came_in_later_is_added(song: tuple[Path, Project], tmp_path: Path) -> None:
    folder, project = song
    copy_song(folder, project, tmp_path / "Copy")
    late = edits.add_source(project, import_audio(folder, tone(tmp_path / "late.wav", 440), 48000))
    add_audio(folder, late, tmp_path / "Copy")
    assert all((tmp_path / "Copy" / source.file).is_file() for source in late.sources.values())


@pytest.mark.parametrize("there", [False, True])
def test_a_cancel_leaves_nothing(song: tuple[Path, Project], tmp_path: Path, there: bool) -> None:
    folder, project = song
    target = tmp_path / "Copy"
    if there:
        target.mkdir()
    context = Context(lambda *_: context.cancel())
    with pytest.raises(Cancelled):
        copy_song(folder, project, target, context)
    assert target.exists() == there
    assert not there or not list(target.iterdir())


def test_it_is_refused_with_a_sentence(song: tuple[Path, Project], tmp_path: Path) -> None:
    folder, project = song
    (tmp_path / "Full").mkdir()
    (tmp_path / "Full" / "letter.txt").write_text("kept")
    with pytest.raises(ProjectFileError, match="is not empty"):
        copy_song(folder, project, tmp_path / "Full")
    assert (tmp_path / "Full" / "letter.txt").read_text() == "kept"
    with pytest.raises(ProjectFileError, match="inside the song’s own folder"):
        copy_song(folder, project, folder / "Copy")
    source = next(iter(project.sources.values()))
    growing = replace(source, id="live", file="growing/live.f32", growing=True)
    with pytest.raises(ProjectFileError, match="still being made"):
        copy_song(folder, edits.add_source(project, growing), tmp_path / "Copy")
    assert not (tmp_path / "Copy").exists()
