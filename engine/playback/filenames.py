"""File names for stems: from a pattern, legal on every system, no two alike, within the limits of paths."""

import os
import re
import string
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path

from engine.errors import ExportError

FIELDS = {"song": "the song's name", "track": "the track's name", "index": "the track's number, as {index:02}"}
"""What a name pattern may hold in braces."""

MAX_NAME_BYTES = 240  # most systems allow 255 for a name
MAX_PATH = 259 if os.name == "nt" else 1023  # characters on Windows, bytes on macOS; Linux allows more
_ILLEGAL = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")  # categories of what steers the text around it, or has no picture
_TOO_WIDE = re.compile(r"\d{3}")
_RESERVED = re.compile(r"(?i:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)")


def check_pattern(pattern: str) -> None:
    """Makes sure that `pattern` can be filled in.

    Raises:
        ExportError: it names an unknown field or is not well formed.
    """
    _fill(pattern, {"song": "Song", "track": "Track", "index": 1})


def stem_names(pattern: str, song: str, tracks: Iterable[tuple[int, str]], folder: Path, suffix: str) -> list[str]:
    """A file name for each of `tracks` (number, name) in `folder`, ending with `suffix`.

    Names that would be alike (letters' case does not count) get a number.

    Raises:
        ExportError: the pattern is wrong, or the folder's own path is too long.
    """
    room = min(MAX_NAME_BYTES, MAX_PATH - len(os.fsencode(folder.absolute())) - 1)
    if room < 24:
        raise ExportError(f"The path of “{folder}” is too long for files in it: choose a folder nearer to the root.")
    names_used: set[str] = set()
    names = []
    for index, track in tracks:
        stem = safe_name(_fill(pattern, {"song": _flat(song), "track": _flat(track), "index": index}))
        number, name = 1, _fit(stem, suffix, room)
        while name.casefold() in names_used:
            number += 1
            name = _fit(stem, f" {number}{suffix}", room)
        names_used.add(name.casefold())
        names.append(name)
    return names


def safe_name(text: str) -> str:
    """`text` as a file name without an ending: what some system would refuse is replaced by “_”."""
    name = _ILLEGAL.sub("_", unicodedata.normalize("NFC", text))
    name = "".join(c for c in name if unicodedata.category(c) not in _UNSEEN).strip().rstrip(". ")
    if _RESERVED.match(name):
        name = f"_{name}"
    if name.startswith("."):
        name = f"_{name[1:]}"
    return name or "Track"


def _flat(text: str) -> str:
    return _ILLEGAL.sub("_", text)


def _fill(pattern: str, values: Mapping[str, object]) -> str:
    try:
        parts = [(name, form or "") for _, name, form, _ in string.Formatter().parse(pattern) if name is not None]
        if all(name in FIELDS and not _TOO_WIDE.search(form) for name, form in parts):
            return pattern.format_map(values)
    except (ValueError, IndexError, KeyError, TypeError):
        pass
    raise ExportError(
        f"The name pattern “{pattern}” cannot be used: write text and {{song}}, {{track}} or {{index:02}} in it."
    )


def _fit(stem: str, end: str, room: int) -> str:
    """`stem` and `end`, the stem shortened to whole characters so that both have room."""
    limit = room - len(end.encode())
    raw = stem.encode()[:limit].decode("utf-8", "ignore")
    return (raw if len(stem.encode()) <= limit else raw.rstrip(". ")) + end
