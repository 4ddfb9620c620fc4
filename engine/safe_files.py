"""Reading files of a folder that a stranger may have filled: a song's or a model's.

Whatever such a folder holds in place of a file (a pipe, a device, a link that leads out, gigabytes, JSON nested a
thousand deep) is refused before a byte of it is read, at once and without waiting. Nothing here writes.
"""

import errno
import json
import math
import os
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path, PureWindowsPath
from typing import Any, BinaryIO

from engine.plain_text import shown

MIB = 1 << 20
_EXCHANGES = 8  # times that a file is looked for again which a save replaced between looking and opening
JSON_LIMIT = 16 * MIB  # bytes of a JSON file, unless the caller says otherwise
_DEPTH, _CONTAINERS, _VALUES = 64, 400_000, 2_000_000  # of objects and lists in JSON; of all that they hold
_LARGEST = 1 << 63  # what an integer in JSON stays below
_KINDS: tuple[tuple[Callable[[int], bool], str], ...] = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISLNK, "a link that leads nowhere"),
)


class UnsafeFileError(OSError):
    """A file that is not read because of what or where it is; `str(error)` says why, to stand in a sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(errno.EPERM, reason)

    def __str__(self) -> str:
        return self.strerror or ""


def is_regular(path: Path) -> bool:
    """Whether there is a file at `path` itself: no link, pipe, device or folder."""
    with suppress(OSError):
        return stat.S_ISREG(path.lstat().st_mode)
    return False


def size_of(path: Path) -> int | None:
    """The bytes of the regular file at `path`; None where there is none."""
    with suppress(OSError):
        about = path.lstat()
        return about.st_size if stat.S_ISREG(about.st_mode) else None
    return None


def fingerprint(path: Path) -> tuple[int, int] | None:
    """The bytes and the time of change, in nanoseconds, of what lies at `path`; None where nothing does.

    Another file in its place has another fingerprint, unless it is as long and as old.
    """
    with suppress(OSError):
        about = path.stat()
        return about.st_size, about.st_mtime_ns
    return None


def locate(root: Path, name: str, *, within: Path | None = None) -> Path:
    """The real path of a regular file in a folder.

    Args:
        root: the folder.
        name: of the file, relative to `root`, with “/” between folders.
        within: the folder that links may not lead out of; `root` without it.

    Raises:
        UnsafeFileError: the name or a link leads out of the folder, or it is no regular file.
        OSError: it is missing or cannot be looked at.
    """
    return _located(root, name, within)[0]


def open_inside(root: Path, name: str, limit: int, *, within: Path | None = None) -> BinaryIO:
    """Opens a file of a folder for reading; never waits, whatever is there. For the arguments see `locate`.

    limit: how many bytes it may have at most.

    Raises:
        UnsafeFileError: the name or a link leads out of the folder, it is no regular file, or too large.
        OSError: it is missing or cannot be read.
    """
    for _ in range(_EXCHANGES):
        descriptor = _opened(root, name, within)
        if descriptor is not None:
            break
    else:
        raise UnsafeFileError("it was exchanged while it was opened")
    try:
        size = os.fstat(descriptor).st_size
        if size > limit:
            raise UnsafeFileError(f"it has {_size(size)}, more than the {_size(limit)} that it may have")
        return os.fdopen(descriptor, "rb")
    except OSError:
        os.close(descriptor)
        raise


def _opened(root: Path, name: str, within: Path | None) -> int | None:
    """A descriptor of the file that was located; None where another one lies there by now, as after a save."""
    path, before = _located(root, name, within)
    flags = (getattr(os, flag, 0) for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY", "O_BINARY"))
    descriptor = os.open(path, os.O_RDONLY | sum(flags))
    now = os.fstat(descriptor)
    if stat.S_ISREG(now.st_mode) and (now.st_dev, now.st_ino) == (before.st_dev, before.st_ino):
        return descriptor
    os.close(descriptor)
    return None


def read_inside(root: Path, name: str, limit: int, *, within: Path | None = None) -> bytes:
    """All bytes of a file of a folder; arguments and errors are those of `open_inside`."""
    with open_inside(root, name, limit, within=within) as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise UnsafeFileError(f"it has more than the {_size(limit)} that it may have")
    return data


def read_json_inside(root: Path, name: str, limit: int = JSON_LIMIT, *, within: Path | None = None) -> Any:
    """The value in a JSON file of a folder; arguments are those of `open_inside`.

    Raises:
        OSError: as `open_inside`.
        ValueError: it is no JSON that `parse_json` reads.
    """
    return parse_json(read_inside(root, name, limit, within=within))


def parse_json(data: bytes | str) -> Any:
    """The value of a JSON text (UTF-8), of finite numbers only and not nested beyond measure.

    Raises:
        ValueError: it is none; the text says why, to stand in a sentence.
    """
    if isinstance(data, str):
        data = data.encode("utf-8", "surrogatepass")
    if data.count(b"{") + data.count(b"[") > _CONTAINERS:
        raise ValueError(f"it holds more than {_CONTAINERS:,} lists and objects")
    if data.count(b",") > _VALUES:
        raise ValueError(f"it holds more than {_VALUES:,} values")
    try:
        text = data.decode("utf-8")
        value = json.loads(
            text, parse_int=_integer, parse_float=_number, parse_constant=_constant, object_pairs_hook=_object
        )
    except UnicodeDecodeError as error:
        raise ValueError("it is not UTF-8 text") from error
    except json.JSONDecodeError as error:
        raise ValueError(json_reason(error)) from error
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error
    level = [value]
    for _ in range(_DEPTH):
        level = [
            child
            for each in level
            if isinstance(each, dict | list)
            for child in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return value
    raise ValueError(f"it is nested more than {_DEPTH} deep")


def json_reason(error: json.JSONDecodeError) -> str:
    """Why a text is no JSON, to stand in a sentence."""
    if error.pos >= len(error.doc.rstrip()):
        return "it breaks off before its end" if error.doc.strip() else "it is empty"
    return f"it is not JSON from line {error.lineno:,}, column {error.colno:,} on"


def damage_reason(error: Exception) -> str:
    """What is wrong with a file whose values could not be read, to stand in a sentence: never Python's own words."""
    if isinstance(error, json.JSONDecodeError):
        return json_reason(error)
    if isinstance(error, KeyError):
        return f"“{shown(str(error.args[0]))}” is missing" if error.args else "something is missing"
    if isinstance(error, OSError):
        return error.strerror or str(error)
    if isinstance(error, UnicodeError):
        return "it is not UTF-8 text"
    if type(error) is ValueError:
        return str(error)
    return "it holds values of other types"


def _located(root: Path, name: str, within: Path | None) -> tuple[Path, os.stat_result]:
    parts = name.split("/")
    if "\0" in name or "\\" in name or name.startswith("/") or PureWindowsPath(name).drive:
        raise UnsafeFileError("its name leads out of the folder")
    if any(part in ("", ".", "..") for part in parts):
        raise UnsafeFileError("its name leads out of the folder" if ".." in parts else "its name is empty")
    real = Path(os.path.realpath(root / name))
    if not real.is_relative_to(os.path.realpath(within or root)):
        raise UnsafeFileError("it is a link that leads out of the folder")
    about = real.lstat()
    if not stat.S_ISREG(about.st_mode):
        kind = next((kind for test, kind in _KINDS if test(about.st_mode)), "something else")
        raise UnsafeFileError(f"it is {kind}, not a file")
    return real, about


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        names: set[str] = set()
        twice = next(key for key, _ in pairs if key in names or names.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f"it names {twice[:60]!r} twice")
    return values


def _integer(text: str) -> int:
    if len(text) > 20 or not -_LARGEST <= (value := int(text)) < _LARGEST:
        raise ValueError(f"the number {text[:24]}… is too large")
    return value


def _number(text: str) -> float:
    if not math.isfinite(value := float(text)):
        raise ValueError(f"the number {text[:24]} is too large")
    return value


def _constant(text: str) -> float:
    raise ValueError(f"{text} is no number")


def _size(count: int) -> str:
    return f"{count:,} bytes" if count < 10_000 else f"{count / 1e6:.2g} MB" if count < 1e8 else f"{count / 1e9:.1f} GB"
