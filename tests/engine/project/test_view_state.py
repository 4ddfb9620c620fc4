"""What a window shows of a song, kept in a file beside it."""

from pathlib import Path

import pytest

from engine.project.copying import copy_song
from engine.project.files import create
from engine.project.layout import VIEW_FILE
from engine.project.model import MASTER, Target, new_project
from engine.project.view_state import MAX_BYTES, ViewState, read_view, write_view

LANES = {MASTER: (Target("gain_db"),), "t": (Target("ratio", "d"), Target("send_db", send="r"))}
VIEW = ViewState(LANES, {"t": "latch"})


def test_it_is_read_as_it_was_written_and_goes_along_with_copies(tmp_path: Path) -> None:
    project = new_project("Song")
    create(tmp_path / "song", project)
    assert read_view(tmp_path / "song") == ViewState()
    write_view(tmp_path / "song", VIEW)
    assert read_view(tmp_path / "song") == VIEW
    copy_song(tmp_path / "song", project, tmp_path / "copy")
    assert read_view(tmp_path / "copy") == VIEW
    write_view(tmp_path / "gone", VIEW)
    assert not (tmp_path / "gone").exists()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[",
        "[1]",
        '{"lanes": 3, "modes": [1]}',
        '{"lanes": {"t": [["a"], 4, ["a", "b", 5]], "u": {}}, "modes": {"t": 1}}',
        "[" * 100_000,
        " " * (MAX_BYTES + 1),
    ],
)
def test_a_damaged_file_is_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / VIEW_FILE).write_text(text, encoding="utf-8")
    assert read_view(tmp_path) == ViewState()
