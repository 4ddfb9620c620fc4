"""The list of models that the user added: `added.json` among the program's data, a line for each.

A model is listed only once all of its files are there and were checked; what is listed may have been deleted since.
"""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine import paths
from engine.atomic_file import replacing
from engine.errors import ModelError
from engine.plain_text import shown
from engine.safe_files import damage_reason, read_json_inside

LIST = "added.json"
FORMAT = 1
ID = re.compile(r"\w[\w.+ -]{0,79}")
"""What a model may be called by."""
_LIMIT = 4 << 20  # bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """One added model. `commit` is the revision of `repo` that was fetched; both are empty for a folder."""

    id: str
    name: str
    system: str
    licence: str
    commercial: bool
    folder: Path
    bytes: int
    parts: tuple[tuple[str, int], ...]  # name and parameters
    repo: str = ""
    commit: str = ""
    damage: str = ""  # what is wrong with its line
    line: Mapping[str, Any] | None = None  # which is kept as it is then

    @property
    def memory(self) -> int:
        """Bytes that it needs loaded, about."""
        return memory_of(4 * sum(count for _, count in self.parts))

    def problem(self) -> str:
        """Why it cannot run; empty if nothing is missing."""
        if self.damage:
            return self.damage
        if not self.folder.is_dir():
            return f"Its folder {self.folder} is gone: add the model again, or remove it."
        from engine.generate.pipelines import checkpoint_layout

        try:
            checkpoint_layout.inspect(self.folder)
        except ModelError as error:
            return str(error)
        return ""


def memory_of(weights: int) -> int:
    """About how much memory a model needs on a CPU whose weights are that long in float32, in bytes."""
    return round(weights * 1.25) + 500_000_000


def path() -> Path:
    """Where the list is."""
    return paths.data_dir() / LIST


def entries() -> list[Entry]:
    """What was added; of a line that is damaged, its id and what is wrong.

    Raises:
        ModelError: the list as a whole is damaged.
    """
    try:
        values = read_json_inside(path().parent, LIST, _LIMIT, within=Path(path().anchor))
        if int(values["format"]) > FORMAT:
            raise ModelError(f"{path()} is from a newer version of this program: update the program.")
        return [_entry(value) for value in values["models"]]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(
            f"The list of added models, {path()}, is damaged ({damage_reason(error)}): remove it and add again."
        ) from error


def ids() -> set[str]:
    """What was added, by id; nothing where the list is damaged, which `entries` says."""
    try:
        return {entry.id for entry in entries()}
    except ModelError:
        return set()


def _entry(value: Mapping[str, Any]) -> Entry:
    """What a line says. Raises `TypeError` or `AttributeError` where it is no object."""
    key = value.get("id")
    key = key if isinstance(key, str) and ID.fullmatch(key) else shown(str(key)) or "nameless"
    try:
        texts = {name: value[name] for name in ("id", "name", "system", "licence", "repo", "commit", "folder")}
        parts, size, commercial = value["parts"], value["bytes"], value["commercial"]
        if any(type(text) is not str or "\0" in text for text in texts.values()) or key != texts["id"]:
            raise ValueError("a text is none")
        if not isinstance(parts, dict) or any(type(count) is not int for count in (*parts.values(), size)):
            raise ValueError("a number is none")
        folder = Path(texts.pop("folder"))
        texts["name"] = shown(texts["name"]) or key
        return Entry(
            **texts, folder=folder, commercial=commercial is True, bytes=max(size, 0), parts=tuple(parts.items())
        )
    except (KeyError, ValueError) as error:
        damage = (
            f"Its line in {path()} is damaged ({damage_reason(error)}): remove it (continuo models remove) and add it "
            "again."
        )
        return Entry(key, key, "", "", False, path().parent, 0, (), damage=damage, line=value)


def put(entry: Entry) -> None:
    """Adds `entry` in place of one with its id."""
    with _locked():
        _write([*(other for other in entries() if other.id != entry.id), entry])


def drop(model: str) -> Entry | None:
    """Takes the model out of the list and returns what it said; None if it was not in it."""
    with _locked():
        listed = entries()
        _write([entry for entry in listed if entry.id != model])
    return next((entry for entry in listed if entry.id == model), None)


@contextmanager
def _locked() -> Iterator[None]:
    """Keeps other processes from changing the list."""
    from filelock import FileLock  # who only reads the list needs none

    with FileLock(f"{path()}.lock"):
        yield


def _write(listed: list[Entry]) -> None:
    models = [
        {
            "id": entry.id,
            "name": entry.name,
            "system": entry.system,
            "licence": entry.licence,
            "commercial": entry.commercial,
            "folder": str(entry.folder),
            "bytes": entry.bytes,
            "parts": dict(entry.parts),
            "repo": entry.repo,
            "commit": entry.commit,
        }
        if entry.line is None
        else dict(entry.line)
        for entry in listed
    ]
    try:
        with replacing(path()) as part:
            part.write_text(json.dumps({"format": FORMAT, "models": models}, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise ModelError(
            f"The list of added models, {path()}, cannot be written: {error.strerror or error}."
        ) from error
