"""Files of a stranger's folder: what is regular, inside and not too large is read; all else is refused at once."""

import json
import os
import socket
from pathlib import Path

import pytest

from engine.safe_files import UnsafeFileError, locate, open_inside, parse_json, read_inside, read_json_inside


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    (folder / "inner").mkdir(parents=True)
    (folder / "inner" / "file").write_bytes(b"0123456789")
    (tmp_path / "outside").write_bytes(b"secret")
    return folder


def test_a_regular_file_is_read(root: Path) -> None:
    assert read_inside(root, "inner/file", 10) == b"0123456789"
    with open_inside(root, "inner/file", 10) as file:
        file.seek(4)
        assert file.read(2) == b"45"
    assert locate(root, "inner/file") == (root / "inner" / "file").resolve()


def test_a_link_may_stay_inside_and_not_lead_out(root: Path) -> None:
    (root / "near").symlink_to("inner/file")
    (root / "far").symlink_to("../outside")
    (root / "folder").symlink_to("..")
    assert read_inside(root, "near", 10) == b"0123456789"
    for name in ("far", "folder/outside"):
        with pytest.raises(UnsafeFileError, match="leads out of the folder"):
            read_inside(root, name, 10)
    assert read_inside(root, "far", 10, within=root.parent) == b"secret"


@pytest.mark.parametrize(
    "name",
    ["../outside", "/etc/passwd", "inner/../../outside", "..\\outside", "a\0b", "", ".", "C:x", "inner//file"],
)
def test_a_name_that_leads_out_is_refused(root: Path, name: str) -> None:
    with pytest.raises(UnsafeFileError, match="its name"):
        open_inside(root, name, 10)


def test_what_is_no_file_is_refused_without_waiting(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(root / "pipe")
    (root / "zero").symlink_to("/dev/zero")
    (root / "loop").symlink_to("loop")
    monkeypatch.chdir(root)  # the path of a socket is short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket")
        for name, reason in (("pipe", "a pipe"), ("socket", "a socket"), ("inner", "a folder"), ("loop", "a link")):
            with pytest.raises(UnsafeFileError, match=f"it is {reason}"):
                open_inside(root, name, 10)
    with pytest.raises(UnsafeFileError, match="leads out"):
        open_inside(root, "zero", 10)
    with pytest.raises(UnsafeFileError, match="it is a device"):
        open_inside(root, "zero", 10, within=Path("/"))
    with pytest.raises(FileNotFoundError):
        open_inside(root, "nothing", 10)


def test_what_is_too_large_is_refused_before_it_is_read(root: Path) -> None:
    with (root / "large").open("wb") as file:
        file.truncate(1 << 40)  # a hole: reading it would take a terabyte
    with pytest.raises(UnsafeFileError, match=r"it has 1099\.5 GB, more than the 10 bytes"):
        read_inside(root, "large", 10)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"[" * 100_000 + b"]" * 100_000, "nested too deep"),
        (b"[" * 100 + b"]" * 100, "nested more than 64 deep"),
        (b"[" + b"{}," * 500_000 + b"{}]", "more than 400,000 lists"),
        (b"[" + b"0," * 2_100_000 + b"0]", "more than 2,000,000 values"),
        (b'{"a": 1, "b": 2, "a": 3}', "names 'a' twice"),
        (b"[NaN]", "NaN is no number"),
        (b"[-Infinity]", "-Infinity is no number"),
        (b"[1e999]", "too large"),
        (b"[" + b"9" * 5000 + b"]", "too large"),
        (b"[18446744073709551616]", "too large"),
        (b'["\xff"]', "not UTF-8"),
        (b"{", "breaks off before its end"),
        (b"", "it is empty"),
        (b'{"a": 1,\n "b" 2}', "it is not JSON from line 2, column 6 on"),
    ],
)
def test_json_that_is_a_trap_is_refused(root: Path, text: bytes, reason: str) -> None:
    (root / "x.json").write_bytes(text)
    with pytest.raises(ValueError, match=reason):
        read_json_inside(root, "x.json")


def test_json_is_read(root: Path) -> None:
    value = {"a": [1, -2.5, "ü", None, True], "b": {"c": {}}, "big": 2**62}
    assert parse_json(json.dumps(value)) == value
    assert parse_json(json.dumps(value).encode()) == value


def test_a_file_that_is_replaced_at_the_moment_it_is_opened_is_read_as_it_is_then(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, opened = root / "inner" / "file", os.open
    saves = [b"first save", b"second"]

    def open_after_a_save(file: Path, flags: int) -> int:
        if saves:
            (root / "new").write_bytes(saves.pop(0))
            (root / "new").replace(path)
        return opened(file, flags)

    monkeypatch.setattr(os, "open", open_after_a_save)
    assert read_inside(root, "inner/file", 10) == b"second"
