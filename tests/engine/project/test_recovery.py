from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from engine.audio import read_audio
from engine.project.edits import add_clip, add_source, add_track
from engine.project.files import ProjectFolder, create, load
from engine.project.growing import GrowingWriter, list_growing
from engine.project.model import Project, audio_clip, audio_take, new_project
from tests.places import place_at

SAMPLES = np.random.default_rng(5).uniform(-1, 1, (3000, 2)).astype(np.float32)


@pytest.fixture
def song(tmp_path: Path) -> Path:
    create(tmp_path / "song", new_project("saved"))
    return tmp_path / "song"


def crash(home: ProjectFolder) -> None:
    """What the system does for a process that dies: nothing but giving the lock back."""
    home._lock._lock.release()


def with_growing_clip(home: ProjectFolder, frames: int = 3000) -> tuple[Project, GrowingWriter]:
    writer = GrowingWriter(home.folder, "g1", 48000, 2, {"seed": 3}, name="Take")
    writer.append(SAMPLES[:frames])
    project = add_source(add_track(home.project, track_id="k"), writer.source)
    return add_clip(project, "k", audio_clip("c", place_at(0), max(frames, 1), (audio_take("t", "g1"),))), writer


def discarded(folder: Path) -> list[str]:
    return sorted(path.suffix for path in (folder / "backups").glob("discarded-*"))


def test_nothing_after_a_clean_end(song: Path) -> None:
    with ProjectFolder.open(song) as home:
        home.autosave(replace(home.project, name="thrown away"))
    with ProjectFolder.open(song) as home:
        assert home.recovery is None
        assert home.recover() is home.discard_recovery() is home.project


def test_unsaved_changes_are_found_and_taken(song: Path) -> None:
    home = ProjectFolder.open(song)
    home.autosave(replace(home.project, name="newer"))
    crash(home)
    home = ProjectFolder.open(song)
    assert home.project.name == "saved"
    assert home.recovery
    assert home.recovery.autosave
    assert home.recovery.autosave.name == "newer"
    assert home.recovery.sentence.startswith("Changes that were not saved")
    assert home.recover().name == "newer"
    assert home.recovery is None
    assert load(song).name == "saved"
    crash(home)  # before it was saved: it is offered again
    home = ProjectFolder.open(song)
    home.save(home.recover())
    home.close()
    with ProjectFolder.open(song) as home:
        assert home.recovery is None
        assert home.project.name == "newer"


def test_an_older_autosave_is_not_offered(song: Path) -> None:
    home = ProjectFolder.open(song)
    home.autosave(replace(home.project, name="older"))
    old = (song / "autosave.json").read_bytes()
    home.save(replace(home.project, name="saved again"))
    (song / "autosave.json").write_bytes(old)  # as if the crash came between saving and removing it
    crash(home)
    with ProjectFolder.open(song) as home:
        assert home.recovery is None


def test_discarded_changes_are_kept_among_the_backups(song: Path) -> None:
    home = ProjectFolder.open(song)
    home.autosave(replace(home.project, name="newer"))
    crash(home)
    with ProjectFolder.open(song) as home:
        assert home.discard_recovery().name == "saved"
        assert discarded(song) == [".json"]
    with ProjectFolder.open(song) as home:
        assert home.recovery is None


def test_undecided_changes_are_never_lost(song: Path) -> None:
    home = ProjectFolder.open(song)
    home.autosave(replace(home.project, name="newer"))
    crash(home)
    ProjectFolder.open(song).close()
    with ProjectFolder.open(song) as home:
        assert home.recovery
        home.autosave(replace(home.project, name="went on without deciding"))
        assert discarded(song) == [".json"]


def test_damaged_autosave_says_so_and_is_set_aside(song: Path) -> None:
    home = ProjectFolder.open(song)
    home.autosave(replace(home.project, name="newer"))
    crash(home)
    path = song / "autosave.json"
    path.write_bytes(path.read_bytes()[:-20])
    with ProjectFolder.open(song) as home:
        assert home.recovery
        assert "damaged" in home.recovery.sentence
        assert home.recover() is home.project
        assert discarded(song) == [".json"]


@pytest.mark.parametrize("how", ["save", "autosave"])
def test_growing_clip_is_sealed(song: Path, how: str) -> None:
    home = ProjectFolder.open(song)
    project, writer = with_growing_clip(home)
    (home.save if how == "save" else home.autosave)(project)
    writer._file.close()
    crash(home)
    home = ProjectFolder.open(song)
    assert home.recovery
    assert "still being generated" in home.recovery.sentence
    recovered = home.recover()
    (source,) = recovered.sources.values()
    assert (source.growing, source.frames, source.name) == (False, 3000, "Take")
    assert recovered.tracks[0].clips[0].takes[0].source == source.id
    assert_array_equal(read_audio(song / source.file).samples, SAMPLES)
    crash(home)  # the raw file stays until nothing on disk names it
    home = ProjectFolder.open(song)
    assert home.recover() == recovered
    home.save(recovered)
    home.close()
    assert list_growing(song) == []
    with ProjectFolder.open(song) as home:
        assert home.recovery is None


def test_growing_clip_without_sound_stays_and_is_no_obstacle(song: Path) -> None:
    home = ProjectFolder.open(song)
    project, writer = with_growing_clip(home, frames=0)
    home.save(project)
    writer._file.close()
    crash(home)
    with ProjectFolder.open(song) as home:
        assert home.recover() == project


def test_growing_clip_that_only_the_discarded_state_had(song: Path) -> None:
    home = ProjectFolder.open(song)
    project, writer = with_growing_clip(home)
    home.autosave(project)
    writer._file.close()
    crash(home)
    with ProjectFolder.open(song) as home:
        assert home.discard_recovery().sources == {}
        assert discarded(song) == [".f32", ".json", ".json"]
        assert list_growing(song) == []


def test_growing_clip_that_no_state_had_yet(song: Path) -> None:
    home = ProjectFolder.open(song)
    _, writer = with_growing_clip(home)
    writer._file.close()
    crash(home)
    with ProjectFolder.open(song) as home:
        assert home.recovery
        assert [info.id for info in home.recovery.growing] == ["g1"]
        home.discard_recovery()
        assert discarded(song) == [".f32", ".json"]


def test_discarded_files_do_not_pile_up(song: Path) -> None:
    for number in range(25):
        home = ProjectFolder.open(song)
        home.autosave(replace(home.project, name=f"v{number}"))
        crash(home)
        with ProjectFolder.open(song) as home:
            home.discard_recovery()
    assert len(discarded(song)) == 20


def test_a_recovered_clip_says_how_it_was_made(song: Path) -> None:
    home = ProjectFolder.open(song)
    project, writer = with_growing_clip(home)
    writer.close()
    home.autosave(project)
    crash(home)
    with ProjectFolder.open(song) as home:
        (track,) = home.recover().tracks
        assert track.clips[0].chosen.provenance == {"seed": 3, "frames": 3000}
