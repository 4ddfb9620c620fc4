"""Configs of the networks are frozen dataclasses of plain numbers; what is read from a file must fit them exactly.

A field that came after models were saved is marked by `later`: it is written only where it differs from its default.
"""

import math
from collections.abc import Mapping
from dataclasses import Field, asdict, field, fields
from typing import Any, ClassVar, Protocol, TypeVar, get_args, get_type_hints

from engine.errors import ModelError

_LARGEST, _LONGEST = 1_000_000, 64  # of a number in a config, and of a tuple of them
_LATER = "later"


class Config(Protocol):
    """A frozen dataclass whose fields are numbers, strings or tuples of numbers."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


C = TypeVar("C", bound=Config)


def later(default: Any) -> Any:
    """A field that older files lack."""
    return field(default=default, metadata={_LATER: True})


def _lacking(each: Field[Any], value: Any) -> bool:
    return bool(each.metadata.get(_LATER)) and value == each.default


def to_dict(config: Config) -> dict[str, Any]:
    """The config's fields, ready for JSON."""
    left_out = {each.name for each in fields(config) if _lacking(each, getattr(config, each.name))}
    return {
        key: list(value) if isinstance(value, tuple) else value
        for key, value in asdict(config).items()
        if key not in left_out
    }


def from_dict(kind: type[C], values: Mapping[str, Any]) -> C:
    """The config of `kind` with these fields.

    Raises:
        ModelError: a field is unknown, missing, of the wrong type, or larger than any network has it.
    """
    if not isinstance(values, Mapping):
        raise ModelError(f"{kind.__name__} is {_shown(values)}, not an object: the model's description is damaged.")
    names = {each.name for each in fields(kind)}
    if unknown := sorted(set(values) - names):
        raise ModelError(
            f"{kind.__name__} does not know {', '.join(unknown)[:200]}: the model is from another version."
        )
    needed = {each.name for each in fields(kind) if not each.metadata.get(_LATER)}
    if missing := sorted(needed - set(values)):
        raise ModelError(f"{kind.__name__} lacks {', '.join(missing)}: the model's description is incomplete.")
    hints = get_type_hints(kind)
    return kind(**{key: _fit(kind.__name__, key, hints[key], value) for key, value in values.items()})


def _fit(name: str, key: str, hint: Any, value: Any) -> Any:
    allowed = getattr(hint, "__origin__", hint)
    if allowed is tuple:
        if not isinstance(value, list | tuple) or len(value) > _LONGEST:
            raise ModelError(f"{name}.{key} is {_shown(value)}, not a short list.")
        return tuple(_fit(name, key, get_args(hint)[0], each) for each in value)
    if allowed is float and type(value) is int:
        value = float(value)
    if not isinstance(allowed, type):
        return value
    if issubclass(allowed, str) and allowed is not str and isinstance(value, str):
        try:
            return allowed(value)
        except ValueError as error:
            raise ModelError(f"{name}.{key} is {_shown(value)}, which is none of its choices.") from error
    if type(value) is not allowed:
        raise ModelError(f"{name}.{key} is {_shown(value)}, not of type {allowed.__name__}.")
    if isinstance(value, int | float) and not (math.isfinite(value) and abs(value) <= _LARGEST):
        raise ModelError(f"{name}.{key} is {_shown(value)}, more than any network has.")
    return value


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"
