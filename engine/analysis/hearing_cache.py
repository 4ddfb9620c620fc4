"""Keeps what was heard in a file under the hash of its content, so that the same sound is listened to once."""

import json
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from typing import Any

from engine.analysis.hear import VERSION
from engine.atomic_file import replacing
from engine.paths import cache_dir

_PIECE = 1 << 20


def cached(path: Path, options: str, listen: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What was heard in the file with these options, or what `listen` hears now.

    Where nothing can be kept or the file cannot be read, `listen` is called each time, which says what is wrong.
    """
    try:
        entry = cache_dir() / "hearing" / f"{_hash(path, options)}.json"
    except OSError:
        return listen()
    try:
        record = json.loads(entry.read_text("utf-8"))
        if isinstance(record, dict):
            return record
    except (OSError, ValueError):
        pass  # nothing is kept, or it is damaged: it is heard again
    hearing = listen()
    try:
        entry.parent.mkdir(parents=True, exist_ok=True)
        with replacing(entry, durable=False) as part:
            part.write_text(json.dumps(hearing), "utf-8")
    except OSError:
        pass  # a cache that cannot be written costs time only
    return hearing


def _hash(path: Path, options: str) -> str:
    digest = blake2b(f"{VERSION}/{options}/".encode(), digest_size=16)
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()
