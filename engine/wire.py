"""Typed values as JSON and raw arrays: how a dataclass is written for another process, and read from it.

A dataclass becomes the list of its fields in their order, each by its declared type. An array's samples go into the
payload behind the JSON, and an index stands in their place; so do the fields of a small frozen dataclass, which are
written once however often it occurs. What is read is checked against the declared types and
is otherwise refused with a `WireError`. Only constructors of the declared dataclasses are called; nothing is executed.

Supported types: bool, int, float, str, None, Path, Fraction, enums of text, numpy arrays, dataclasses, `X | None`,
tuples, frozensets, mappings with text keys, and `Any` for plain JSON values. A field with `metadata=LOCAL` stays
in its process: it is not written, and has its default where it is read.
"""

import dataclasses
import math
import types
from collections.abc import Callable, Mapping
from enum import StrEnum
from fractions import Fraction
from functools import cache
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import Any, NamedTuple, Union, get_args, get_origin, get_type_hints

import numpy as np

from engine.errors import EngineError

LOCAL: Mapping[str, Any] = {"local": True}
"""Metadata of a dataclass's field that is not sent."""

DTYPES = ("<f4", "<f8", "<i2", "<i4", "<i8", "|u1", "|b1")
"""Types of samples that may be sent."""

_ALIGNMENT = 8  # bytes; every array begins at a multiple of it
_MAX_ARRAYS, _MAX_DIMENSIONS = 1024, 4
_LARGEST = 1 << 63  # what an integer in place of a floating-point number stays below


class WireError(ValueError):
    """A value that cannot be sent, or data that is not what was declared."""


class Attachments:
    """What a message refers to by index: its arrays, and values that occur in it several times."""

    def __init__(self, arrays: list[np.ndarray] | None = None, rows: list[Any] | None = None) -> None:
        """For a message that is read, from its `arrays` and the `rows` of its shared values; else empty."""
        self.arrays, self.rows = arrays or [], rows or []
        self._indices: dict[int, int] = {}  # of what is written, by identity
        self._values: dict[int, Any] = {}  # of what was read

    def put(self, array: np.ndarray) -> int:
        """The index that stands for `array`, whose samples are sent little-endian and in C order."""
        array = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
        if array.dtype.str not in DTYPES or array.ndim > _MAX_DIMENSIONS:
            raise WireError(f"an array of {array.dtype} with {array.ndim} dimensions cannot be sent")
        self.arrays.append(array)
        return len(self.arrays) - 1

    def get(self, index: object) -> np.ndarray:
        """The array that `index` stands for."""
        if type(index) is not int or not 0 <= index < len(self.arrays):
            raise WireError(f"there is no array {index!r:.40}")
        return self.arrays[index]

    def share(self, value: object, write: Callable[[Any, "Attachments"], Any]) -> int:
        """The index that stands for `value`, which the message keeps alive."""
        index = self._indices.get(id(value))
        if index is None:
            self.rows.append(write(value, self))
            index = self._indices[id(value)] = len(self.rows) - 1
        return index

    def shared(self, index: object, kind: type, read: Callable[[Any, "Attachments"], Any]) -> Any:
        """The value of class `kind` that `index` stands for."""
        if type(index) is not int or not 0 <= index < len(self.rows):
            raise WireError(f"there is no shared value {index!r:.40}")
        value = self._values.get(index)
        if value is None:
            value = self._values[index] = read(self.rows[index], self)
        if type(value) is not kind:
            raise WireError(f"a {type(value).__name__} where {kind.__name__} was declared")
        return value

    def shapes(self) -> list[list[Any]]:
        """Type and shape of each array, for the head of a message."""
        return [[array.dtype.str, list(array.shape)] for array in self.arrays]


def padded(size: int) -> int:
    """`size` in bytes, up to where the next array may begin."""
    return -(-size // _ALIGNMENT) * _ALIGNMENT


def payload_size(shapes: object) -> int:
    """The bytes of arrays that the head of a message lists as (type, shape).

    Raises:
        WireError: it is no such list.
    """
    return sum(padded(size) for _, _, size in _checked(shapes))


def read_attachments(shapes: object, rows: object, payload: bytearray) -> Attachments:
    """What a message refers to: arrays, which share the memory of its payload and may be written to, and shared values.

    Raises:
        WireError: a list is none, or does not fit the payload.
    """
    arrays, first = [], 0
    for dtype, shape, size in _checked(shapes):
        if first + size > len(payload):
            raise WireError("the arrays are longer than the payload")
        arrays.append(np.frombuffer(payload, dtype, math.prod(shape), first).reshape(shape))
        first += padded(size)
    if first != len(payload):
        raise WireError("the payload is longer than the arrays")
    return Attachments(arrays, _list(rows))


def _checked(shapes: object) -> list[tuple[str, tuple[int, ...], int]]:
    """(type, shape, bytes) of each array."""
    if type(shapes) is not list or len(shapes) > _MAX_ARRAYS:
        raise WireError("no list of arrays")
    checked = []
    for each in shapes:
        if type(each) is not list or len(each) != 2 or each[0] not in DTYPES or type(each[1]) is not list:
            raise WireError("no description of an array")
        dtype, shape = each
        if len(shape) > _MAX_DIMENSIONS or not all(type(length) is int and length >= 0 for length in shape):
            raise WireError("no shape of an array")
        checked.append((dtype, tuple(shape), math.prod(shape) * np.dtype(dtype).itemsize))
    return checked


class Codec(NamedTuple):
    """How values of a type are written and read. `encode` is None where JSON can write them as they are."""

    encode: Callable[[Any, Attachments], Any] | None
    decode: Callable[[Any, Attachments], Any]


@cache
def codec_of(declared: Any) -> Codec:
    """The codec of a declared type.

    Raises:
        TypeError: the type is not one of those that can be sent.
    """
    if declared in _PLAIN:
        return _PLAIN[declared]
    origin, arguments = get_origin(declared), get_args(declared)
    if origin in (Union, types.UnionType):
        return _optional(arguments)
    if origin is tuple:
        return _tuple_of(arguments[0]) if arguments[-1] is ... else _tuple(arguments)
    if origin is frozenset:
        return _frozenset(arguments[0])
    if origin in _MAPPINGS and arguments[0] is str:
        return _mapping(arguments[1])
    if isinstance(declared, type):
        if issubclass(declared, StrEnum):
            return _enum(declared)
        if dataclasses.is_dataclass(declared):
            return _shared(declared)
    raise TypeError(f"{declared} cannot be sent to another process")


_MAPPINGS = (Mapping, dict)


def _exactly(kind: type) -> Codec:
    def decode(value: Any, parts: Attachments) -> Any:
        if type(value) is not kind:
            raise WireError(f"{value!r:.40} where {kind.__name__} was declared")
        return value

    return Codec(None, decode)


def _read_float(value: Any, parts: Attachments) -> float:
    if type(value) is float:
        return value
    if type(value) is int and abs(value) < _LARGEST:
        return value  # as it was sent: a whole number is one for a panel, too
    raise WireError(f"{value!r:.40} where a number was declared")


def _read_path(value: Any, parts: Attachments) -> Path:
    if type(value) is not str or "\0" in value:
        raise WireError(f"{value!r:.40} where a path was declared")
    return Path(value)


def _read_fraction(value: Any, parts: Attachments) -> Fraction:
    if type(value) is not list or [type(part) for part in value] != [int, int] or value[1] <= 0:
        raise WireError(f"{value!r:.40} where a fraction was declared")
    return Fraction(value[0], value[1])


_PLAIN: dict[Any, Codec] = {
    bool: _exactly(bool),
    int: _exactly(int),
    str: _exactly(str),
    types.NoneType: _exactly(types.NoneType),
    float: Codec(None, _read_float),
    Any: Codec(None, lambda value, parts: value),
    Path: Codec(lambda value, parts: str(value), _read_path),
    Fraction: Codec(lambda value, parts: [value.numerator, value.denominator], _read_fraction),
    np.ndarray: Codec(lambda value, parts: parts.put(value), lambda value, parts: parts.get(value)),
}


_AS_THEY_ARE = (bool, int, float, str)


def _optional(arguments: tuple[Any, ...]) -> Codec:
    kinds = [each for each in arguments if each is not types.NoneType]
    if len(kinds) != 1 or len(arguments) != 2:
        raise TypeError(f"a value of {arguments} cannot be told apart by the process that reads it")
    encode, decode = codec_of(kinds[0])
    return Codec(
        encode and (lambda value, parts: None if value is None else encode(value, parts)),
        lambda value, parts: None if value is None else decode(value, parts),
    )


def _list(value: Any) -> list[Any]:
    if type(value) is not list:
        raise WireError(f"{value!r:.40} where several values were declared")
    return value


def _tuple_of(kind: Any) -> Codec:
    encode, decode = codec_of(kind)
    return Codec(
        encode and (lambda value, parts: [encode(each, parts) for each in value]),
        lambda value, parts: tuple([decode(each, parts) for each in _list(value)]),
    )


def _tuple(kinds: tuple[Any, ...]) -> Codec:
    codecs = [codec_of(kind) for kind in kinds]

    def write(value: Any, parts: Attachments) -> list[Any]:
        pairs = zip(codecs, value, strict=True)
        return [codec.encode(each, parts) if codec.encode else each for codec, each in pairs]

    def read(value: Any, parts: Attachments) -> tuple[Any, ...]:
        if len(_list(value)) != len(codecs):
            raise WireError(f"{len(value)} values where {len(codecs)} were declared")
        return tuple([codec.decode(each, parts) for codec, each in zip(codecs, value, strict=True)])

    return Codec(write if any(codec.encode for codec in codecs) else None, read)


def _frozenset(kind: Any) -> Codec:
    encode, decode = codec_of(kind)
    return Codec(
        lambda value, parts: [encode(each, parts) if encode else each for each in value],
        lambda value, parts: frozenset([decode(each, parts) for each in _list(value)]),
    )


def _mapping(kind: Any) -> Codec:
    encode, decode = codec_of(kind)

    def read(value: Any, parts: Attachments) -> dict[str, Any]:
        if type(value) is not dict:
            raise WireError(f"{value!r:.40} where a mapping was declared")
        return {key: decode(each, parts) for key, each in value.items()}

    def write(value: Any, parts: Attachments) -> dict[str, Any]:
        return {key: encode(each, parts) if encode else each for key, each in value.items()}

    return Codec(write, read)


def _enum(kind: type[StrEnum]) -> Codec:
    values: dict[object, StrEnum] = {each.value: each for each in kind}

    def read(value: Any, parts: Attachments) -> StrEnum:
        if type(value) is str and value in values:
            return values[value]
        raise WireError(f"{value!r:.40} where {kind.__name__} was declared")

    return Codec(None, read)


def dataclass_codec(kind: type[Any]) -> Codec:
    """The codec of a message: a dataclass that is not part of another one.

    Raises:
        TypeError: it has a field that cannot be sent.
    """
    hints = get_type_hints(kind)
    fields = [field for field in dataclasses.fields(kind) if field.init]
    names = [field.name for field in fields if not field.metadata.get("local")]
    if names != [field.name for field in fields[: len(names)]]:
        raise TypeError(f"{kind.__name__} has a local field before one that is sent")
    codecs = [codec_of(hints[name]) for name in names]
    writers = [(place, codec.encode) for place, codec in enumerate(codecs) if codec.encode]
    row_of = _row_of(names)

    def write(value: Any, parts: Attachments) -> Any:
        if type(value) is not kind:
            raise WireError(f"a {type(value).__name__} where {kind.__name__} is declared")
        if not writers:
            return row_of(value)
        row = list(row_of(value))
        for place, encode in writers:
            row[place] = encode(row[place], parts)
        return row

    return Codec(write, _reader(kind, [hints[name] for name in names]))


def _shared(kind: type[Any]) -> Codec:
    """The codec of a dataclass inside others: one index stands for a small value, however often it occurs."""
    write, read = dataclass_codec(kind)
    hints = get_type_hints(kind)
    small = all(
        hint in _AS_THEY_ARE or (isinstance(hint, type) and issubclass(hint, StrEnum)) for hint in hints.values()
    )
    if not small or not kind.__dataclass_params__.frozen or write is None:
        return Codec(write, read)
    return Codec(lambda value, parts: parts.share(value, write), lambda value, parts: parts.shared(value, kind, read))


def _reader(kind: type[Any], declared: list[Any]) -> Callable[[Any, Attachments], Any]:
    """What reads a dataclass whose sent fields have these types.

    Fields that need no conversion are looked at all at once, as songs have very many of them.
    """
    plain = [place for place, each in enumerate(declared) if each in _AS_THEY_ARE]
    others = [(place, codec_of(each).decode) for place, each in enumerate(declared) if each not in _AS_THEY_ARE]
    kinds = tuple(declared[place] for place in plain)
    pick = itemgetter(*plain) if len(plain) > 1 else lambda value: [value[place] for place in plain]

    def read(value: Any, parts: Attachments) -> Any:
        if type(value) is not list or len(value) != len(declared):
            raise WireError(f"{value!r:.40} where {kind.__name__} was declared")
        if tuple(map(type, pick(value))) != kinds:
            for place in plain:
                value[place] = _PLAIN[declared[place]].decode(value[place], parts)
        for place, decode in others:
            value[place] = decode(value[place], parts)
        try:
            return kind(*value)
        except EngineError as error:  # of its own check
            raise WireError(f"no {kind.__name__}: {error}") from error

    return read


def _row_of(names: list[str]) -> Callable[[Any], tuple[Any, ...]]:
    """What returns the attributes of these names."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda value: tuple(getattr(value, name) for name in names)
