"""The project file, written: indented, in reading order, small values on one line; `reader` reads it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import StrEnum
from fractions import Fraction
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from engine.errors import ProjectFileError
from engine.project.codec.bounded_json import DamagedProjectError, check_density, is_plain, parse_json, plain_part
from engine.project.codec.contents import name_of
from engine.project.codec.reader import read
from engine.project.codec.song_file import FORMAT, check_references, from_json
from engine.project.model import FORMAT_VERSION, Content, Project, Track
from engine.project.model.ranges import BY_ID, IF_ANY, NUMBERS, RECORD, WHOLE, hints_of
from engine.timing.position import Position
from engine.timing.signature import Signature

Write = Callable[[Any], Any]
"""Turns a field of the model into a plain JSON value."""

_EXPANDED = 4  # levels of the file that are always spread over lines: the song, its tracks, a track, its clips
_LINE = 160  # characters of a value that is kept on one line
_ENCODE = json.JSONEncoder(ensure_ascii=False, allow_nan=False, check_circular=False).encode


def to_json(project: Project, *, revision: int = 0) -> dict[str, Any]:
    """`project` as a JSON object, keys in reading order; `revision` counts the writings of one song.

    What JSON cannot hold of a take's record is left out: a song is never kept from being saved by one.
    """
    return {"format": FORMAT, "version": FORMAT_VERSION, "revision": revision} | plain_whole(project)


def plain_object(value: Any) -> dict[str, Any]:
    """A value of the model as the project file has it: plain JSON, without what equals its default."""
    out = {}
    for name, default, write in _layout(value.__class__):
        item = getattr(value, name)
        if item is default or (type(item) is type(default) and item == default):
            continue
        out[name] = write(item)
    return out


def plain_whole(value: Any) -> dict[str, Any]:
    """A value of the model as plain JSON, with all of its fields but lists that are left out where they are empty."""
    layout = _layout(value.__class__)
    return {
        name: write(item)
        for name, _, write in layout
        if (item := getattr(value, name)) or name not in _if_any(value.__class__)
    }


def plain_field(value: Any, field: str) -> Any:
    """One field of a value of the model as plain JSON."""
    return next(write(getattr(value, name)) for name, _, write in _layout(value.__class__) if name == field)


@cache
def _if_any(kind: Any) -> frozenset[str]:
    """The fields of a class of the model that are left out where they are empty."""
    notes = {name: getattr(hint, "__metadata__", ()) for name, hint in hints_of(kind).items()}
    return frozenset(name for name, each in notes.items() if IF_ANY in each)


@cache
def _layout(kind: Any) -> tuple[tuple[str, Any, Write], ...]:
    """(name, default, how it is written) of the fields of a class of the model."""
    hints = hints_of(kind)
    return tuple((field.name, field.default, _writer(hints[field.name])) for field in fields(kind))


def _writer(hint: Any) -> Write:
    """What writes a field of the type `hint`."""
    notes: tuple[Any, ...] = ()
    if get_origin(hint) is Annotated:
        hint, notes = get_args(hint)[0], get_args(hint)[1:]
    if RECORD in notes:
        return _record
    if BY_ID in notes:
        return lambda value: [plain_object(item) for item in value.values()]
    if WHOLE in notes:
        return plain_whole
    if NUMBERS in notes:
        return lambda value: {name: float(item) for name, item in value.items()}
    if hint in _VALUES:
        return _VALUES[hint]
    if get_origin(hint) in (Union, UnionType):
        inner = _writer(next(each for each in get_args(hint) if each is not NoneType))
        return lambda value: None if value is None else inner(value)
    if get_origin(hint) is tuple:
        return lambda value: [plain_object(item) for item in value]
    if is_dataclass(hint):
        return plain_object
    return _choice if issubclass(hint, StrEnum) else _plain


def _text(value: str) -> str:
    return value if value.isascii() else value.encode("utf-8", "replace").decode()


def _choice(value: StrEnum) -> str:
    return value.value


def _position(value: Position) -> dict[str, Any]:
    return {"beats": str(value.beat)} if value.frame is None else {"frames": value.frame}


def _plain(value: Any) -> Any:
    return value


def _record(value: Mapping[str, Any] | None) -> Any:
    return None if value is None else _thawed(value if is_plain(value) else plain_part(value))


def _thawed(value: Any) -> Any:
    """`value` with dicts and lists in place of other mappings and tuples."""
    if isinstance(value, Mapping):
        return {key: _thawed(item) for key, item in value.items()}
    return [_thawed(item) for item in value] if isinstance(value, list | tuple) else value


def _content(value: Content) -> dict[str, Any]:
    return {"kind": name_of(value), **plain_object(value)}


_VALUES: dict[Any, Write] = {
    str: _text,
    float: float,
    Fraction: str,
    Signature: str,
    Position: _position,
    Content: _content,
}
"""What writes the types whose JSON is not the value itself."""


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
            from_json(head, whole=False)
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
    read(Track, parse_json(text), f"the track “{track.name[:60]}”")
    return track, text


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
