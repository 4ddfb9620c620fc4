"""Files written beside their targets: nobody's name is taken, and after an error nothing is there."""

from contextlib import suppress
from pathlib import Path

import pytest

from engine import atomic_file
from engine.atomic_file import beside, new_name, replacing, replacing_folder


def everything(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir() if path.is_file()}


def test_a_file_takes_its_name_when_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    target.write_text("old")
    for name in ("a.txt.part", "a.part", "a.tmp", ".a.txt.part"):
        (tmp_path / name).write_text("the user's")
    with replacing(target) as part:
        part.write_text("new")
        assert target.read_text() == "old"
    assert target.read_text() == "new"
    assert everything(tmp_path) == {"a.txt": "new"} | dict.fromkeys(
        ("a.txt.part", "a.part", "a.tmp", ".a.txt.part"), "the user's"
    )


def test_after_an_error_all_is_as_it_was(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    target.write_text("old")
    with suppress(ZeroDivisionError), replacing(target) as part:
        part.write_text("half")
        1 / 0  # noqa: B018
    assert everything(tmp_path) == {"a.txt": "old"}
    with suppress(ZeroDivisionError), replacing_folder(tmp_path / "b") as folder:
        (folder / "c").touch()
        1 / 0  # noqa: B018
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_a_name_that_is_taken_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = new_name()
    names = iter([taken, taken, "free"])
    (tmp_path / taken).write_text("the user's")
    monkeypatch.setattr(atomic_file, "new_name", lambda: next(names))
    assert beside(tmp_path / "a.txt").name == "free"
    assert everything(tmp_path) == {taken: "the user's", "free": ""}


def test_a_folder_takes_the_place_of_another(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "old").touch()
    with replacing_folder(tmp_path / "b") as folder:
        (folder / "new").touch()
    assert [path.name for path in (tmp_path / "b").iterdir()] == ["new"]
    assert [path.name for path in tmp_path.iterdir()] == ["b"]
