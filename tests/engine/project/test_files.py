import json
import os
import subprocess
import sys
import threading
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from engine.errors import AudioFileError, ProjectFileError
from engine.project.backups import KEPT, back_up, list_backups
from engine.project.files import ProjectFolder, create, load, read_project_file, save
from engine.project.model import Project, Source, new_project
from engine.project.pool import prepare

LIMITED = """
import resource, signal, sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from engine.errors import AudioFileError, ProjectFileError
from engine.project.files import ProjectFolder

folder = Path(sys.argv[1])
home = ProjectFolder.open(folder)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
big = replace(home.project, name="x" * 2000)
for write in (home.save, home.autosave):
    try:
        write(big)
    except ProjectFileError as error:
        print(error)
    else:
        print("written")
home.close()
"""


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


@pytest.fixture
def song(tmp_path: Path) -> Path:
    create(tmp_path / "song", new_project("v0"))
    return tmp_path / "song"


def test_what_is_saved_is_loaded(tmp_path: Path, rich_project: Project) -> None:
    folder = tmp_path / "Größe ½ 歌"
    create(folder, rich_project)
    assert load(folder) == rich_project
    with ProjectFolder.open(folder) as home:
        assert home.project == rich_project
        assert home.recovery is None
        home.save(replace(rich_project, name="other"))
        assert home.project.name == load(folder).name == "other"


def test_create_overwrites_nothing(song: Path, tmp_path: Path) -> None:
    with pytest.raises(ProjectFileError, match="already holds a song"):
        create(song, new_project("x"))
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").touch()
    with pytest.raises(ProjectFileError, match="is not empty"):
        create(tmp_path / "full", new_project("x"))
    with pytest.raises(ProjectFileError, match="cannot be made"):
        create(tmp_path / "full" / "letter.txt" / "song", new_project("x"))


def test_a_song_that_could_not_be_created_leaves_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(ProjectFileError, match="No space left on device"):
        create(tmp_path / "song", new_project("x"))
    assert not list(tmp_path.iterdir())


def test_no_song_no_traceback(tmp_path: Path, song: Path) -> None:
    with pytest.raises(ProjectFileError, match=r"There is no “project\.json”"):
        ProjectFolder.open(tmp_path)
    with pytest.raises(ProjectFileError, match="There is no folder"):
        ProjectFolder.open(tmp_path / "nowhere")
    save(song, new_project("v1"))
    (song / "project.json").unlink()
    with pytest.raises(ProjectFileError, match="newest file of its “backups” folder"):
        ProjectFolder.open(song)
    (song / "project.json").mkdir()
    with pytest.raises(ProjectFileError, match=r"cannot be read|There is no"):
        load(song)


def test_a_song_that_cannot_be_read_is_not_left_locked(song: Path) -> None:
    whole = (song / "project.json").read_bytes()
    (song / "project.json").write_bytes(whole[:-10])
    with pytest.raises(ProjectFileError, match="cannot be used"):
        ProjectFolder.open(song)
    (song / "project.json").write_bytes(whole)
    ProjectFolder.open(song).close()


def test_every_save_keeps_the_state_before(song: Path) -> None:
    with ProjectFolder.open(song) as home:
        for number in range(1, 8):
            home.save(replace(home.project, name=f"v{number}"))
    assert [read_project_file(path).name for path in list_backups(song)] == [f"v{number}" for number in range(7)]


def test_backups_are_thinned_out_with_age(song: Path) -> None:
    """A save a minute for ten hours: twenty backups that reach from minutes to hours."""
    start = 1_700_000_000
    for minute in range(601):
        os.utime(song / "project.json", (start + 60 * minute,) * 2)
        back_up(song, minute + 1)
    ages = [601 - int(path.stem.rpartition("-r")[2]) for path in list_backups(song)]
    assert len(ages) == KEPT
    assert ages[-5:] == [4, 3, 2, 1, 0]
    assert max(ages) == 600
    gaps = [(older - newer) / older for older, newer in pairwise(ages[:-1])]
    assert max(gaps) < 0.75


def test_backups_without_hard_links(song: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Path, target: Path) -> None:
        raise OSError("this file system has no hard links")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    save(song, new_project("v1"))
    assert [read_project_file(path).name for path in list_backups(song)] == ["v0"]
    assert not list(song.rglob(".part-*"))


if sys.platform != "win32":  # it has no such limits, and links only for administrators

    def test_full_disk(song: Path) -> None:
        """A limit on the size of files gives what a full disk gives: a write that stops half-way."""
        before = (song / "project.json").read_bytes()
        ran = subprocess.run([sys.executable, "-c", LIMITED, str(song)], capture_output=True, text=True, check=True)
        sentences = ran.stdout.splitlines()
        assert len(sentences) == 2, ran.stdout
        assert all(
            "could not be written" in line and "What was saved before is untouched" in line for line in sentences
        )
        assert (song / "project.json").read_bytes() == before
        assert not [name for name in names(song) if ".part-" in name or name == "autosave.json"]
        with ProjectFolder.open(song) as home:
            assert home.recovery is None


def test_failed_save_changes_nothing(song: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with ProjectFolder.open(song) as home:
        saved = home.project
        for function in ("os.fsync", "pathlib.Path.replace"):
            with monkeypatch.context() as patch:
                patch.setattr(function, full)
                with pytest.raises(ProjectFileError, match="No space left on device"):
                    home.save(replace(saved, name="v1"))
            assert home.project is saved
            assert load(song) == saved
            assert not list(song.rglob(".part-*"))


def test_unfinished_files_are_swept(song: Path) -> None:
    for name in (".part-1.json", "audio/.part-2.wav", "backups/.part-3.json"):
        (song / name).parent.mkdir(exist_ok=True)
        (song / name).touch()
    ProjectFolder.open(song).close()
    assert not list(song.rglob(".part-*"))


def test_closed_song_is_not_written(song: Path) -> None:
    home = ProjectFolder.open(song)
    home.close()
    home.close()
    for write in (home.save, home.autosave):
        with pytest.raises(ProjectFileError, match="closed already"):
            write(new_project("late"))
    assert load(song).name == "v0"


def test_only_what_belongs_there_is_left(song: Path) -> None:
    with ProjectFolder.open(song) as home:
        home.autosave(replace(home.project, name="x"))
        home.save(replace(home.project, name="y"))
    backups = [f"backups/{path.name}" for path in list_backups(song)]
    assert set(names(song)) - {".lock"} == {"audio", "backups", *backups, "project.json"}


if sys.platform != "win32":  # it has no such limits, and links only for administrators

    @pytest.mark.parametrize("room", ["audio", "growing", "cache", "backups"])
    def test_folders_that_are_elsewhere_are_refused(song: Path, tmp_path: Path, room: str) -> None:
        """Nothing is written into, or deleted from, a folder that a foreign project points to."""
        precious = tmp_path / "precious"
        precious.mkdir()
        (precious / ".part-of-me").touch()
        if (song / room).exists():
            (song / room).rmdir()
        (song / room).symlink_to(precious)
        with pytest.raises(ProjectFileError, match="leads out of the project folder"):
            ProjectFolder.open(song)
        assert [path.name for path in precious.iterdir()] == [".part-of-me"]

    def test_links_that_lead_out_are_refused(song: Path, tmp_path: Path) -> None:
        (tmp_path / "secret.wav").write_bytes(b"secret")
        (song / "audio" / "in.wav").symlink_to(tmp_path / "secret.wav")
        source = Source("s", "audio/in.wav", "in", 48000, 1, 10)
        save(song, replace(new_project("x"), sources={"s": source}))
        with ProjectFolder.open(song) as home:
            assert home.missing(home.project) == [source]
        with pytest.raises(AudioFileError, match="leads out of the project folder"):
            prepare(song, source, 48000)


def test_missing_sources_are_listed(song: Path) -> None:
    there, gone = (Source(name, f"audio/{name}.wav", name, 48000, 1, 10) for name in ("there", "gone"))
    (song / there.file).touch()
    project = replace(new_project("x"), sources={source.id: source for source in (there, gone)})
    with ProjectFolder.open(song) as home:
        assert home.missing(project) == [gone]


def test_saves_from_several_threads_are_each_whole(song: Path) -> None:
    with ProjectFolder.open(song) as home:

        def write(start: int) -> None:
            for number in range(start, start + 15):
                (home.autosave if number % 3 == 0 else home.save)(replace(home.project, name=f"v{number}"))
                load(song)

        threads = [threading.Thread(target=write, args=(start,)) for start in (100, 200, 300)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert load(song) == home.project
        revisions = [int(path.stem.rpartition("-r")[2]) for path in list_backups(song)]
        assert revisions == sorted(set(revisions))


def test_revision_counts_up(song: Path) -> None:
    def revision(name: str) -> int:
        return int(json.loads((song / name).read_text(encoding="utf-8"))["revision"])

    with ProjectFolder.open(song) as home:
        home.save(replace(home.project, name="v1"))
        assert revision("project.json") == 2
        home.autosave(replace(home.project, name="v2"))
        assert revision("autosave.json") == 3
        home.save(replace(home.project, name="v3"))
        assert revision("project.json") == 4
