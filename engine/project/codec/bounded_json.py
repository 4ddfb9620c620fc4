"""JSON of a stranger: bounded in size, density and depth before any of it is read; what no song may hold is refused."""

import json
import math
import sys
from collections.abc import Mapping
from typing import Any

from engine.errors import ProjectFileError
from engine.project.model.ranges import SURROGATE
from engine.safe_files import json_reason

_MAX_DEPTH, _MAX_PLAIN_INT = 24, 1 << 64
_MAX_CONTAINERS, _MAX_VALUES = 1_250_000, 4_000_000  # objects and lists in a file; values in all of them
_FREE, _BYTES_A_CONTAINER, _BYTES_A_VALUE = 1 << 20, 16, 4  # no song is denser, nor any file of less than a megabyte
_MAX_DIGITS = 100
_MAX_MEMORY = 192 << 20  # bytes of a file's text in memory: four a character if one of them is an emoji


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
    except json.JSONDecodeError as error:
        raise damaged(json_reason(error)) from error
    except ValueError as error:
        raise damaged(str(error)) from error


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
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a key occurs twice in one object")
    return members


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
    plain: dict[str, Any] = {}
    for key, item in value.items():
        if not (isinstance(key, str) and is_plain(key)):
            continue
        if is_plain(item, depth + 1):
            plain[key] = item
        elif isinstance(item, Mapping) and depth < _MAX_DEPTH:
            plain[key] = plain_part(item, depth + 1)
    return plain
