import os
from pathlib import Path

import pytest

from engine.errors import ExportError
from engine.playback.atomic_output import Delivery


def test_all_appear_together(tmp_path: Path) -> None:
    a, b = tmp_path / "a.wav", tmp_path / "deep" / "er" / "b.wav"
    with Delivery([a, b], overwrite=False) as delivery:
        for target in (a, b):
            delivery.part(target).write_text(target.name)
        assert not a.exists()
        delivery.commit()
    assert (a.read_text(), b.read_text()) == ("a.wav", "b.wav")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.wav", "b.wav", "deep", "er"]


def test_what_is_not_committed_leaves_nothing(tmp_path: Path) -> None:
    target = tmp_path / "new" / "folder" / "a.wav"
    with Delivery([target], overwrite=False) as delivery:
        delivery.part(target).write_text("half")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("links", [True, False])
def test_a_name_that_cannot_be_given_brings_all_back(
    links: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not links:  # as on FAT
        monkeypatch.setattr(os, "link", lambda *_: (_ for _ in ()).throw(OSError("no links")))
    first, second, third = (tmp_path / f"{name}.wav" for name in "abc")
    first.write_text("old")
    with Delivery([first, second, third], overwrite=True) as delivery:
        for target in (first, second, third):
            delivery.part(target).write_text("new")
        third.mkdir()  # in the way, after the check
        with pytest.raises(OSError):  # noqa: PT011 - the system's own words differ
            delivery.commit()
    assert first.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.wav", "c.wav"]


def test_existing_files_are_named(tmp_path: Path) -> None:
    targets = [tmp_path / f"{number}.wav" for number in range(5)]
    for target in targets:
        target.touch()
    with pytest.raises(ExportError, match=r"“0.wav”, “1.wav”, “2.wav” and 2 more"):
        Delivery(targets, overwrite=False)
