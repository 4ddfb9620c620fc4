"""Values of the model from JSON, by the types of their fields: strict, and every complaint says where.

A reader is built once for each class, from its fields and what is annotated to them (`engine.project.model.ranges`).
Unknown entries, missing ones, values of another kind or out of range are refused with a sentence, never guessed or
clamped; then the class's own `fault` is asked what of its fields does not go together.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from fractions import Fraction
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from engine.errors import EngineError
from engine.project.codec.bounded_json import DamagedProjectError, damaged
from engine.project.codec.contents import CONTENTS
from engine.project.codec.records import Dropped
from engine.project.model import Content
from engine.project.model.ranges import (
    BY_ID,
    DEVICE_VALUE,
    FRAMES,
    IDENTIFIER,
    MAX_FRAMES,
    MAX_TEXT,
    NUMBERS,
    RECORD,
    SURROGATE,
    Form,
    hints_of,
)
from engine.ranges import Range
from engine.timing.position import Position
from engine.timing.signature import Signature, parse_signature

T = TypeVar("T")
Where = tuple[str, "Where | None"]
"""What an object is, and the object that it is in: ("clip 2", ("track 1", ("the song", None)))."""

Read = Callable[[Any, Where, Dropped], Any]
"""Reads one value of the object that `Where` names."""

_FRACTION = re.compile(r"(-?\d{1,60})(?:/(\d{1,60}))?", re.ASCII)
_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])")


def read(kind: type[T], value: Any, where: str, dropped: Dropped | None = None) -> T:
    """The value of the model that a JSON object describes; `where` names it in complaints.

    `dropped` takes in what was left out of records.

    Raises:
        ProjectFileError: an entry is unknown, missing, of the wrong kind or out of range.
    """
    reader: Read = object_reader(kind)  # type: ignore[arg-type]
    result: T = reader(value, (where, None), Dropped() if dropped is None else dropped)
    return result


@cache
def object_reader(kind: Any) -> Read:
    """What reads a JSON object as a value of a class of the model."""
    hints = hints_of(kind)
    readers = {field.name: _reader(hints[field.name], field.name) for field in fields(kind)}
    needed = frozenset(
        field.name for field in fields(kind) if field.default is MISSING and field.default_factory is MISSING
    )
    fault = getattr(kind, "fault", None)

    def read_object(value: Any, where: Where, dropped: Dropped) -> Any:
        if type(value) is not dict:
            raise damaged(f"{named(where)} is not an object")
        values = {}
        for key, item in value.items():
            reader = readers.get(key)
            if reader is None:
                raise damaged(f"{named(where)} has the unknown entry {key[:60]!a}")
            values[key] = reader(item, where, dropped)
        if not needed <= values.keys():
            key = next(key for key in readers if key in needed and key not in values)
            raise damaged(f"“{key}” is missing in {named(where)}")
        instance = kind(**values)
        if fault and (what := fault(instance)):
            raise damaged(f"{named(where)} {what}")
        return instance

    return read_object


def named(where: Where) -> str:
    """“clip 2 of track 1”."""
    noun, outer = where
    return noun if outer is None or outer[1] is None else f"{noun} of {named(outer)}"


def _wrong(key: str, where: Where, what: str) -> DamagedProjectError:
    return damaged(f"“{key}” in {named(where)} {what}")


def _reader(hint: Any, key: str) -> Read:
    """What reads the field `key` of the type `hint`."""
    notes: tuple[Any, ...] = ()
    if get_origin(hint) is Annotated:
        hint, notes = get_args(hint)[0], get_args(hint)[1:]
    if RECORD in notes:
        return lambda value, where, dropped: dropped.record(value)
    if BY_ID in notes:
        return _by_id(get_args(hint)[1], key)
    if NUMBERS in notes:
        return _numbers(key)
    if hint in _VALUES:
        return _VALUES[hint](key)
    if get_origin(hint) in (Union, UnionType):
        return _optional(hint, key)
    if get_origin(hint) is tuple:
        return _several(get_args(hint)[0], key)
    if is_dataclass(hint):
        return _inner(hint, key)
    if issubclass(hint, StrEnum):
        return _choice(hint, key)
    for kind, build in _PLAIN.items():
        if hint is kind:
            return build(key, notes[0] if notes else None)
    raise TypeError(f"no JSON stands for {hint}")


def _inner(kind: Any, key: str) -> Read:
    inner = object_reader(kind)
    return lambda value, where, dropped: inner(value, (f"“{key}”", where), dropped)


def _text(key: str, form: Form | None) -> Read:
    def read_text(value: Any, where: Where, _: Dropped) -> str:
        if type(value) is not str or len(value) > MAX_TEXT or not (value.isascii() or not SURROGATE.search(value)):
            raise _wrong(key, where, "is not a text")
        if form is None:
            return value
        try:
            return form.check(value)
        except ValueError as error:
            raise _wrong(key, where, str(error)) from None

    return read_text


def _whole(key: str, limits: Range[int]) -> Read:
    low, high = limits.low, limits.high

    def read_whole(value: Any, where: Where, _: Dropped) -> int:
        if type(value) is not int or not low <= value <= high:
            raise _wrong(key, where, f"is not a whole number from {low} to {high}")
        return value

    return read_whole


def _number(key: str, limits: Range[float]) -> Read:
    low, high = limits.low, limits.high

    def read_number(value: Any, where: Where, _: Dropped) -> float:
        if type(value) not in (int, float) or not low <= value <= high:
            raise _wrong(key, where, f"is not a number from {low:g} to {high:g}")
        return float(value)

    return read_number


def _flag(key: str, _: None) -> Read:
    def read_flag(value: Any, where: Where, _: Dropped) -> bool:
        if type(value) is not bool:
            raise _wrong(key, where, "is neither true nor false")
        return value

    return read_flag


def _fraction(key: str, limits: Range[Fraction]) -> Read:
    low, high = limits.low, limits.high

    def read_fraction(value: Any, where: Where, _: Dropped) -> Fraction:
        match = _FRACTION.fullmatch(value) if type(value) is str else None
        if match and (below := int(match[2] or 1)) and low <= (fraction := Fraction(int(match[1]), below)) <= high:
            return fraction
        raise _wrong(key, where, f"is not a fraction from {low} to {high} such as “33/2”")

    return read_fraction


_PLAIN: dict[Any, Callable[[str, Any], Read]] = {
    str: _text,
    int: _whole,
    float: _number,
    bool: _flag,
    Fraction: _fraction,
}


def _choice(kind: type[StrEnum], key: str) -> Read:
    choices = {member.value: member for member in kind}

    def read_choice(value: Any, where: Where, _: Dropped) -> StrEnum:
        if type(value) is not str or value not in choices:
            raise _wrong(key, where, f"is not one of {', '.join(choices)}")
        return choices[value]

    return read_choice


def _optional(hint: Any, key: str) -> Read:
    (kind,) = [each for each in get_args(hint) if each is not NoneType]
    inner = _reader(kind, key)
    return lambda value, where, dropped: None if value is None else inner(value, where, dropped)


def _several(kind: Any, key: str) -> Read:
    inner = object_reader(kind)
    noun = _WORDS.sub(" ", kind.__name__).lower()

    def read_several(value: Any, where: Where, dropped: Dropped) -> tuple[Any, ...]:
        if type(value) is not list:
            raise _wrong(key, where, "is not a list")
        return tuple([inner(item, (f"{noun} {n}", where), dropped) for n, item in enumerate(value, 1)])

    return read_several


def _by_id(kind: Any, key: str) -> Read:
    inner = _several(kind, key)

    def read_by_id(value: Any, where: Where, dropped: Dropped) -> Mapping[str, Any]:
        items = inner(value, where, dropped)
        items_by_id = {item.id: item for item in items}
        if len(items_by_id) != len(items):
            raise _wrong(key, where, "has two entries with the same identifier")
        return items_by_id

    return read_by_id


def _numbers(key: str) -> Read:
    """Numbers by the ids of what they belong to: {"ratio": 4.0}."""
    number = _number(key, DEVICE_VALUE)

    def read_numbers(value: Any, where: Where, dropped: Dropped) -> Mapping[str, float]:
        if type(value) is not dict:
            raise _wrong(key, where, "is not an object")
        here = (f"“{key}”", where)
        for name in value:
            if not IDENTIFIER.fullmatch(name):
                raise damaged(f"{named(here)} has the entry {name[:60]!a}, which is not an identifier")
        return {name: number(item, where, dropped) for name, item in value.items()}

    return read_numbers


def _position(key: str) -> Read:
    """A position: {"frames": 48000} or {"beats": "33/2"}."""
    frames = _whole("frames", FRAMES)
    beats = _fraction("beats", Range(Fraction(0), Fraction(MAX_FRAMES)))

    def read_position(value: Any, where: Where, dropped: Dropped) -> Position:
        here = (f"“{key}”", where)
        if type(value) is not dict:
            raise damaged(f"{named(here)} is not an object")
        name, reader = ("beats", beats) if "beats" in value else ("frames", frames)
        if name not in value:
            raise damaged(f"“frames” is missing in {named(here)}")
        if len(value) > 1:
            other = next(each for each in value if each != name)
            raise damaged(f"{named(here)} has the unknown entry {other[:60]!a}")
        number = reader(value[name], here, dropped)
        return Position.at_beat(number) if name == "beats" else Position.at_frame(number)

    return read_position


def _signature(key: str) -> Read:
    text = _text(key, None)

    def read_signature(value: Any, where: Where, dropped: Dropped) -> Signature:
        try:
            return parse_signature(text(value, where, dropped))
        except DamagedProjectError:
            raise
        except EngineError:
            raise _wrong(key, where, "is not a time signature such as 4/4 or 6/8") from None

    return read_signature


def _content(key: str) -> Read:
    """A content: {"kind": "audio", …} with the fields of its class."""

    def read_content(value: Any, where: Where, dropped: Dropped) -> Content:
        here = (f"“{key}”", where)
        if type(value) is not dict:
            raise damaged(f"{named(here)} is not an object")
        fields = dict(value)
        name = fields.pop("kind", None)
        kind = CONTENTS.get(name) if type(name) is str else None
        if kind is None:
            raise damaged(f"“kind” in {named(here)} is not one of {', '.join(CONTENTS)}")
        reader: Read = object_reader(kind)  # type: ignore[arg-type]
        content: Content = reader(fields, here, dropped)
        return content

    return read_content


_VALUES: dict[Any, Callable[[str], Read]] = {Content: _content, Position: _position, Signature: _signature}
"""What reads the types that are neither plain nor objects with fields."""
