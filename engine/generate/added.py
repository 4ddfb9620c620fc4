"""The list of models that the user added: `added.json` among the program's data, a line for each.

A model is listed only once all of its files are there and were checked; what is listed may have been deleted since.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from engine import paths
from engine.errors import ModelError
from engine.generate.diffusion import layouts
from engine.temporary import replacing

LIST = "added.json"
FORMAT = 1


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

    @property
    def memory(self) -> int:
        """Bytes that it needs loaded, about."""
        return memory_of(4 * sum(count for _, count in self.parts))

    def problem(self) -> str:
        """Why it cannot run; empty if nothing is missing."""
        if not self.folder.is_dir():
            return f"Its folder {self.folder} is gone: add the model again, or remove it."
        try:
            layouts.inspect(self.folder)
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
    """What was added.

    Raises:
        ModelError: the list is damaged.
    """
    try:
        values = json.loads(path().read_text(encoding="utf-8"))
        if int(values["format"]) > FORMAT:
            raise ModelError(f"{path()} is from a newer version of this program: update the program.")
        return [_entry(value) for value in values["models"]]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(
            f"The list of added models, {path()}, is damaged ({error}): remove it and add again."
        ) from error


def _entry(value: dict[str, object]) -> Entry:
    texts = {key: str(value[key]) for key in ("id", "name", "system", "licence", "repo", "commit")}
    parts = value["parts"]
    assert isinstance(parts, dict)
    return Entry(
        **texts,
        commercial=bool(value["commercial"]),
        folder=Path(str(value["folder"])),
        bytes=int(str(value["bytes"])),
        parts=tuple((str(name), int(count)) for name, count in parts.items()),
    )


def put(entry: Entry) -> None:
    """Adds `entry` in place of one with its id."""
    with FileLock(f"{path()}.lock"):
        _write([*(other for other in entries() if other.id != entry.id), entry])


def drop(model: str) -> Entry | None:
    """Takes the model out of the list and returns what it said; None if it was not in it."""
    with FileLock(f"{path()}.lock"):
        found = entries()
        _write([entry for entry in found if entry.id != model])
    return next((entry for entry in found if entry.id == model), None)


def _write(kept: list[Entry]) -> None:
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
        for entry in kept
    ]
    try:
        with replacing(path()) as part:
            part.write_text(json.dumps({"format": FORMAT, "models": models}, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise ModelError(
            f"The list of added models, {path()}, cannot be written: {error.strerror or error}."
        ) from error
