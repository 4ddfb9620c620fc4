"""Records of how a take was made, typed when they are read: every field is what its readers rely on, or is left out.

A record comes from a song's file, which anybody may have written, or from the sidecar of a growing sound. Whoever
shows, exports or replays it may take a field that is there at its word. A field of which any part is of the wrong kind
or out of range is left out whole, so that nothing is made again from half a request. Fields that this program does not
know are kept if they are plain JSON values.
"""

from collections.abc import Callable, Mapping
from typing import Any

from engine.project.codec.bounded_json import is_plain
from engine.project.model.ranges import IDENTIFIER, MAX_FRAMES, MAX_TEXT, SURROGATE

Check = Callable[[Any], bool]
"""Whether a value is what it should be."""

_LARGE = 1e12  # beyond any gain, weight, tempo or time


def read_record(value: Mapping[Any, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """`value` with the fields that can be used, and the names of those that were left out."""
    valid: dict[str, Any] = {}
    dropped: list[str] = []
    for name, item in value.items():
        if isinstance(name, str) and is_plain(name) and _FIELDS.get(name, is_plain)(item):
            valid[name] = item
        else:
            dropped.append(str(name)[:40])
    return valid, tuple(dropped)


def text(value: Any) -> bool:
    """A string that can be shown and written."""
    return type(value) is str and len(value) <= MAX_TEXT and (value.isascii() or not SURROGATE.search(value))


def identifier(value: Any) -> bool:
    """A part of a file name."""
    return type(value) is str and bool(IDENTIFIER.fullmatch(value))


def flag(value: Any) -> bool:
    """Yes or no."""
    return type(value) is bool


def whole(low: int, high: int) -> Check:
    """A whole number from `low` to `high`."""
    return lambda value: type(value) is int and low <= value <= high


def number(low: float, high: float) -> Check:
    """A finite number from `low` to `high`."""
    return lambda value: type(value) in (int, float) and low <= value <= high


def maybe(check: Check) -> Check:
    """None, or what `check` says."""
    return lambda value: value is None or check(value)


def either(*checks: Check) -> Check:
    """What one of `checks` says."""
    return lambda value: any(check(value) for check in checks)


def several(check: Check, low: int, high: int) -> Check:
    """A list of `low` to `high` values that are each what `check` says."""
    return lambda value: type(value) is list and low <= len(value) <= high and all(map(check, value))


def row(*checks: Check) -> Check:
    """A list with one value for each check."""

    def checked(value: Any) -> bool:
        return (
            type(value) is list
            and len(value) == len(checks)
            and all(check(item) for check, item in zip(checks, value, strict=True))
        )

    return checked


def fields(checks: Mapping[str, Check], *needed: str) -> Check:
    """An object that has `needed`, with what `checks` says of its fields; others are plain values."""

    def checked(value: Any) -> bool:
        return (
            type(value) is dict
            and all(name in value for name in needed)
            and all(checks.get(name, is_plain)(item) for name, item in value.items())
            and all(map(text, value))
        )

    return checked


def names(check: Check, most: int) -> Check:
    """An object of at most `most` fields that are each what `check` says."""
    return lambda value: (
        type(value) is dict and len(value) <= most and all(map(text, value)) and all(map(check, value.values()))
    )


_frames = whole(0, MAX_FRAMES)
_place = whole(-MAX_FRAMES, MAX_FRAMES)
_seed = whole(-(1 << 63), (1 << 64) - 1)
_count = whole(0, 1_000_000)
_rate = whole(1, 10_000_000)
_amount = number(-_LARGE, _LARGE)
_tempo = number(0.001, 100_000.0)
_level = maybe(number(-1000.0, 1000.0))

_SETTINGS: dict[str, Check] = {
    "prompt": text,
    "blend": several(row(text, _amount), 0, 64),
    "negative": text,
    "audio_prompt": maybe(either(text, flag)),
    "audio_weight": maybe(_amount),
    "words": text,
    "candidates": maybe(_count),
    "steps": maybe(_count),
    "guidance": maybe(_amount),
    "schedule": maybe(text),
    "temperature": maybe(_amount),
    "top_k": maybe(_count),
    "top_p": maybe(_amount),
    "steering": maybe(_amount),
    "network": maybe(text),
}

_CHUNK = {
    **_SETTINGS,
    "start": _frames,
    "index": _count,
    "noise_key": row(_seed, _count),
    "threads": maybe(_count),
    "batch": row(_count, whole(1, 10_000)),
}

_REQUEST = {
    "task": text,
    "seconds": maybe(number(0.0, _LARGE)),
    "frames": maybe(_frames),
    "seed": _seed,
    "takes": whole(1, 10_000),
    "source": maybe(text),
    "source_frames": _frames,
    "start": _frames,
    "stop": _frames,
    "strength": maybe(_amount),
    "settings": fields(_SETTINGS, "blend", "audio_prompt"),
}

_FIT = {
    "tempo": _tempo,
    "measured_tempo": maybe(_tempo),
    "shift_frames": _place,
    "rate": _rate,
    "beat": number(0.0, 1e6),
    "confidence": number(0.0, 1.0),
    "key": maybe(row(whole(0, 11), flag, number(0.0, 1.0))),
    "chroma": maybe(several(number(0.0, 1.0), 12, 12)),
    "stretched": maybe(
        fields({"source": identifier, "shift": _place, "tempo": _tempo}, "source", "shift"),
    ),
}

_CUT = {
    "offset": _place,
    "length": _frames,
    "loop_length": _frames,
    "loop_phase": _frames,
    "reverse": flag,
    "shift": _place,
}

_PART = {
    "start": _place,
    "frames": _frames,
    "of": identifier,
    "clip": fields(_CUT, *_CUT),
    "made": fields({"task": text, "start": _frames, "stop": _frames, "frames": _frames, "closing": flag}),
    "window": number(0.0, 1e6),
    "rest": lambda value: type(value) is dict and is_plain(value) and not read_record(value)[1],
}

_FIELDS: dict[str, Check] = {
    **_SETTINGS,
    "kind": text,
    "program": text,
    "model": text,
    "model_name": text,
    "system": text,
    "weights": maybe(text),
    "licence": maybe(text),
    "noncommercial": flag,
    "asked_model": fields({"name": text, "device": maybe(text), "untrained": flag}, "name", "device", "untrained"),
    "device": text,
    "threads": maybe(_count),
    "title": text,
    "task": text,
    "seed": _seed,
    "rate": _rate,
    "frames": _frames,
    "takes": _count,
    "request": fields(_REQUEST, *_REQUEST),
    "chunks": several(fields(_CHUNK), 0, 1_000_000),
    "fit": fields(_FIT),
    "part": fields(_PART),
    "sounds": names(identifier, 10_000),
    "loudness": _level,
    "true_peak": _level,
    "prompt_read_as": maybe(text),
    "held_tempo": maybe(_tempo),
    "held_key": maybe(text),
    "strength": maybe(_amount),
    "token_guidance": maybe(_amount),
    "chunk_seconds": maybe(number(0.0, 1e6)),
}
"""What each field of a record is."""


def sentence(takes: int, dropped: set[str]) -> str:
    """Tells the user of fields that were left out of the records of so many takes; empty where there were none."""
    if not takes:
        return ""
    listed = ", ".join(f"“{name}”" for name in sorted(dropped)[:4]) + (" …" if len(dropped) > 4 else "")
    whose = (
        "A take’s record of how it was made is" if takes == 1 else f"{takes} takes’ records of how they were made are"
    )
    return f"{whose} damaged: {listed} could not be read and was left out. The sound is not affected."


class Dropped:
    """What was left out of the records of takes, which no song is refused for."""

    def __init__(self) -> None:
        self.takes = 0
        self.names: set[str] = set()

    @property
    def sentence(self) -> str:
        """What to tell the user; empty where nothing was left out."""
        return sentence(self.takes, self.names)

    def record(self, value: Any) -> dict[str, Any] | None:
        """`value`, the record of a take, typed; None where it is None or no record at all."""
        if value is None:
            return None
        record, names = read_record(value) if isinstance(value, dict) else (None, ("provenance",))
        if names:
            self.takes += 1
            self.names.update(names)
        return record
