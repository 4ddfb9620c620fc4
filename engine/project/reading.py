"""Reading untrusted JSON strictly: every value is checked for its kind and range, and every complaint says where."""

import json
import math
import re
import sys
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from engine.errors import ProjectFileError
from engine.timing.position import Position

MAX_FRAMES = 1 << 40
"""The longest length or farthest position accepted, in frames (months of sound)."""

MAX_TEXT = 20_000
"""The longest text accepted, in characters."""

SURROGATE = re.compile(r"[\ud800-\udfff]")
"""Finds halves of characters, which no file holds."""

_MAX_DEPTH, _MAX_PLAIN_INT = 24, 1 << 64
_MAX_CONTAINERS, _MAX_VALUES = 1_250_000, 4_000_000  # objects and lists in a file; values in all of them
_FREE, _BYTES_A_CONTAINER, _BYTES_A_VALUE = 1 << 20, 16, 4  # no song is denser, nor any file of less than a megabyte
_MAX_DIGITS = 100
_MAX_MEMORY = 192 << 20  # bytes of a file's text in memory: four a character if one of them is an emoji
_FRACTION = re.compile(r"(-?\d{1,60})(?:/(\d{1,60}))?", re.ASCII)
_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")
_MISSING = object()


def parse_json(text: str) -> Any:
    """The value that `text` stands for; without NaN, infinities and keys that occur twice.

    Raises:
        ProjectFileError: `text` is not JSON, or so large or dense that to read it would take all memory; that is found
            before anything is read.
    """
    check_density(text)
    try:
        return json.loads(text, parse_int=_integer, parse_constant=_no_constant, object_pairs_hook=_unique)
    except RecursionError:
        raise damaged("it is nested too deeply") from None
    except ValueError as error:
        raise damaged(f"it is not readable as JSON: {error}") from error


def check_density(text: str) -> None:
    """Refuses a text that holds more objects, lists and values than a song can.

    Raises:
        ProjectFileError: it does.
    """
    free, size = min(len(text), _FREE), max(len(text) - _FREE, 0)
    if sys.getsizeof(text) > _MAX_MEMORY:
        raise damaged("it is too long to be a song’s")
    if text.count("{") + text.count("[") > min(free + size // _BYTES_A_CONTAINER, _MAX_CONTAINERS):
        raise damaged("it holds more objects and lists than a song can")
    if text.count(",") > min(free + size // _BYTES_A_VALUE, _MAX_VALUES):
        raise damaged("it holds more values than a song can")


def _integer(text: str) -> int:
    if len(text) > _MAX_DIGITS:
        raise ValueError("a number has too many digits")
    return int(text)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key occurs twice in one object")
    return found


class DamagedProjectError(ProjectFileError):
    """A project file that is not what it should be; `what` is the reason without the rest of the sentence."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(
            f"The project file cannot be used: {what}. A copy from the project's “backups” folder can take its place."
        )


def damaged(what: str) -> DamagedProjectError:
    """The error for a project file of which `what` is wrong."""
    return DamagedProjectError(what)


class Fields:
    """The fields of one JSON object. Each is taken once; `done` refuses what is left over.

    All methods raise `ProjectFileError` when the value is missing (and there is no `default`), of the wrong kind, or
    out of range.
    """

    __slots__ = ("_left", "_where")

    def __init__(self, value: Any, where: str) -> None:
        if not isinstance(value, dict):
            raise damaged(f"{where} is not an object")
        self._left = dict(value)
        self._where = where

    def take(self, key: str, default: Any = _MISSING) -> Any:
        """The raw value."""
        value = self._left.pop(key, default)
        if value is _MISSING:
            raise damaged(f"“{key}” is missing in {self._where}")
        return value

    def wrong(self, key: str, what: str) -> ProjectFileError:
        """The sentence for a bad value."""
        return damaged(f"“{key}” in {self._where} {what}")

    def done(self) -> None:
        """Refuses unknown keys."""
        if self._left:
            raise damaged(f"{self._where} has the unknown entry {next(iter(self._left))[:60]!a}")

    def text(self, key: str, default: Any = _MISSING) -> str:
        """A string without lone surrogates."""
        value = self.take(key, default)
        if not isinstance(value, str) or len(value) > MAX_TEXT or SURROGATE.search(value):
            raise self.wrong(key, "is not a text")
        return value

    def id(self, key: str = "id") -> str:
        """An identifier: safe as a part of a file name."""
        value = self.take(key)
        if not isinstance(value, str) or not _ID.fullmatch(value):
            raise self.wrong(key, "is not an identifier")
        return value

    def integer(self, key: str, low: int, high: int, default: Any = _MISSING) -> int:
        """A whole number from `low` to `high`."""
        value = self.take(key, default)
        if type(value) is not int or not low <= value <= high:
            raise self.wrong(key, f"is not a whole number from {low} to {high}")
        return value

    def number(self, key: str, low: float, high: float, default: Any = _MISSING) -> float:
        """A finite number from `low` to `high`."""
        value = self.take(key, default)
        if type(value) not in (int, float) or not low <= value <= high:
            raise self.wrong(key, f"is not a number from {low:g} to {high:g}")
        return float(value)

    def flag(self, key: str, default: Any = _MISSING) -> bool:
        """Yes or no."""
        value = self.take(key, default)
        if type(value) is not bool:
            raise self.wrong(key, "is neither true nor false")
        return value

    def items(self, key: str, default: Any = _MISSING) -> list[Any]:
        """A list."""
        value = self.take(key, default)
        if not isinstance(value, list):
            raise self.wrong(key, "is not a list")
        return value

    def fraction(self, key: str, low: int, high: int, default: Any = _MISSING) -> Fraction:
        """An exact fraction, written as "241/2"."""
        value = self.take(key, default)
        if value is default:
            return value
        match = _FRACTION.fullmatch(value) if isinstance(value, str) else None
        if match and (below := int(match[2] or 1)) and low <= (found := Fraction(int(match[1]), below)) <= high:
            return found
        raise self.wrong(key, f"is not a fraction from {low} to {high} such as “33/2”")

    def position(self, key: str, default: Any = _MISSING) -> Position:
        """A position: {"frames": 48000} or {"beats": "33/2"}."""
        value = self.take(key, default)
        if value is default:
            return value
        inner = Fields(value, f"“{key}” of {self._where}")
        found: Position
        if "beats" in inner._left:
            found = inner.fraction("beats", 0, MAX_FRAMES)
        else:
            found = inner.integer("frames", 0, MAX_FRAMES)
        inner.done()
        return found


def is_plain(value: Any, depth: int = 0) -> bool:
    """Whether `value` can be written as JSON and read back the same, up to tuples that become lists."""
    if depth > _MAX_DEPTH:
        return False
    if isinstance(value, Mapping):
        return all(isinstance(key, str) and is_plain(key) and is_plain(item, depth + 1) for key, item in value.items())
    if isinstance(value, list | tuple):
        return all(is_plain(item, depth + 1) for item in value)
    if isinstance(value, str):
        return not SURROGATE.search(value)
    if isinstance(value, bool) or value is None:
        return True
    if isinstance(value, int):
        return abs(value) <= _MAX_PLAIN_INT
    return isinstance(value, float) and math.isfinite(value)


def plain_part(value: Mapping[Any, Any], depth: int = 0) -> dict[str, Any]:
    """What of `value` can be written as JSON and read back: a field that cannot is left out, or that part of it."""
    kept: dict[str, Any] = {}
    for key, item in value.items():
        if not (isinstance(key, str) and is_plain(key)):
            continue
        if is_plain(item, depth + 1):
            kept[key] = item
        elif isinstance(item, Mapping) and depth < _MAX_DEPTH:
            kept[key] = plain_part(item, depth + 1)
    return kept
