import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from engine.errors import ProjectFileError
from engine.project.files import ProjectFolder, create
from engine.project.lock import ProjectLock
from engine.project.model import new_project

HOLD = """
import sys
from pathlib import Path
from engine.project.files import ProjectFolder
home = ProjectFolder.open(Path(sys.argv[1]))
print("open", flush=True)
sys.stdin.read()
home.close()
"""


@pytest.fixture
def song(tmp_path: Path) -> Path:
    create(tmp_path / "song", new_project("x"))
    return tmp_path / "song"


def test_not_twice_in_one_program(song: Path) -> None:
    with ProjectFolder.open(song):
        for steal in (False, True):
            with pytest.raises(ProjectFileError, match="already open in this program"):
                ProjectFolder.open(song, steal=steal)
    ProjectFolder.open(song).close()


def test_not_twice_on_one_machine_but_again_after_a_kill(song: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(song)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "open\n"
        for steal in (False, True):
            with pytest.raises(ProjectFileError, match="already open") as caught:
                ProjectFolder.open(song, steal=steal)
            assert f"on {socket.gethostname()}" in str(caught.value)
            assert f"(process {holder.pid})" in str(caught.value)
        holder.kill()
        holder.wait()
    ProjectFolder.open(song).close()


def test_owner_note_goes_with_the_lock(song: Path) -> None:
    lock = ProjectLock(song)
    assert json.loads((song / ".lock-owner.json").read_text())["host"] == socket.gethostname()
    lock.release()
    lock.release()
    assert not (song / ".lock-owner.json").exists()


@pytest.mark.parametrize("note", [b"", b"[]", b"\xff", b'{"host": 3, "pid": "x"}', b"{" * 5000])
def test_damaged_owner_note_is_no_obstacle(song: Path, note: bytes) -> None:
    lock = ProjectLock(song)
    (song / ".lock-owner.json").write_bytes(note)
    with pytest.raises(ProjectFileError, match="already open"):
        ProjectLock(song)
    lock.release()
    ProjectLock(song).release()


def test_folder_that_may_not_be_written(song: Path) -> None:
    (song / ".lock").mkdir()
    with pytest.raises(ProjectFileError, match=r"cannot be opened for writing|already open"):
        ProjectFolder.open(song)
