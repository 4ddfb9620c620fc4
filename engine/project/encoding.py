"""The project file, written: indented, in reading order, small values on one line; `engine.project.schema` reads it."""

import json
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass, replace
from fractions import Fraction
from functools import cache
from typing import Any

from engine.errors import ProjectFileError
from engine.project.model import FORMAT_VERSION, LoopRegion, Project, Track
from engine.project.reading import DamagedProjectError, check_density, is_plain, parse_json, plain_part
from engine.project.schema import FORMAT, check_references, from_json, read_track
from engine.timing.signature import Signature

_POSITIONS = ("position", "start", "end")
_EXPANDED = 4  # levels of the file that are always spread over lines: the song, its tracks, a track, its clips
_LINE = 112  # characters of a value that is kept on one line
_ENCODE = json.JSONEncoder(ensure_ascii=False, allow_nan=False, check_circular=False).encode


def to_json(project: Project, *, revision: int = 0) -> dict[str, Any]:
    """`project` as a JSON object, keys in reading order; `revision` counts the writings of one song.

    What JSON cannot hold of a take's record is left out: a song is never kept from being saved by one.
    """
    out = {"format": FORMAT, "version": FORMAT_VERSION, "revision": revision}
    return out | {name: plain_value(name, getattr(project, name)) for name, _ in _layout(Project)}


class Encoder:
    """Writes a song again and again, remembering the text of the tracks that did not change. One thread at a time."""

    def __init__(self) -> None:
        self._texts: dict[int, tuple[Track, _Text]] = {}

    def encode(self, project: Project, *, revision: int = 0) -> bytes:
        """The UTF-8 text of the project file. It is checked by the rules of reading, so that it can be read again.

        Raises:
            ProjectFileError: the project has a value that the file may not have.
        """
        try:
            head = to_json(replace(project, tracks=()), revision=revision)
            from_json(head)
            check_references(project)
            texts = {id(track): self._texts.get(id(track)) or _track_text(track) for track in project.tracks}
            head["tracks"] = [text for _, text in texts.values()]
            text = _spread(head, 0)
            check_density(text)
        except DamagedProjectError as error:
            raise ProjectFileError(
                f"The song cannot be saved as it is: {error.what}. Undo the last step, then save again."
            ) from error
        except (TypeError, ValueError) as error:
            raise ProjectFileError(f"The song has a value that cannot be saved ({error}).") from error
        self._texts = texts
        return (text + "\n").encode()


class _Text(str):
    """JSON that is already written."""

    __slots__ = ()


def _track_text(track: Track) -> tuple[Track, _Text]:
    text = _Text(_spread(plain_object(track), 2))
    read_track(parse_json(text), f"the track “{track.name[:60]}”")
    return track, text


@cache
def _layout(kind: Any) -> tuple[tuple[str, Any], ...]:
    """(name, default) of the fields of a model class."""
    return tuple((field.name, field.default) for field in fields(kind))


def plain_object(value: Any) -> dict[str, Any]:
    """A value of the model as the project file has it: plain JSON, without what equals its default."""
    out = {}
    for name, default in _layout(value.__class__):
        item = getattr(value, name)
        if default is MISSING or (item is not default and (type(item) is not type(default) or item != default)):
            out[name] = plain_value(name, item)
    return out


def plain_value(name: str, item: Any) -> Any:
    """The field `name` of a value of the model as the project file has it."""
    if isinstance(item, str):
        return item if item.isascii() else item.encode("utf-8", "replace").decode()
    if isinstance(item, float):
        return float(item)
    if name in _POSITIONS:
        return {"frames": item} if isinstance(item, int) else {"beats": str(item)}
    if name == "sources":
        return [plain_object(source) for source in item.values()]
    if name == "provenance":
        return _thawed(item if is_plain(item) else plain_part(item))
    if isinstance(item, Signature | Fraction):
        return str(item)
    if isinstance(item, tuple):
        return [plain_object(part) for part in item]
    if isinstance(item, LoopRegion):
        return {key: plain_value(key, getattr(item, key)) for key, _ in _layout(LoopRegion)}
    return plain_object(item) if is_dataclass(item) else item


def _thawed(value: Any) -> Any:
    """`value` with dicts and lists in place of other mappings and tuples."""
    if isinstance(value, Mapping):
        return {key: _thawed(item) for key, item in value.items()}
    return [_thawed(item) for item in value] if isinstance(value, list | tuple) else value


def _spread(value: Any, depth: int) -> str:
    if isinstance(value, _Text):
        return value
    if not isinstance(value, dict | list) or not value:
        return _ENCODE(value)
    if depth >= _EXPANDED and len(line := _ENCODE(value)) <= _LINE:
        return line
    pad, end = " " * (2 * depth + 2), " " * (2 * depth)
    if isinstance(value, dict):
        body = (f"{pad}{_ENCODE(key)}: {_spread(item, depth + 1)}" for key, item in value.items())
        return "{\n" + ",\n".join(body) + f"\n{end}}}"
    return "[\n" + ",\n".join(pad + _spread(item, depth + 1) for item in value) + f"\n{end}]"
