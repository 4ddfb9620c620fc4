"""The folder of a split of encoded sound: its sizes, and a file of raw values for each array, excerpt after excerpt.

`encoded.json` holds the header. Writing that was interrupted goes on behind the last excerpt that all files have.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from math import prod
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from engine.atomic_file import replacing
from engine.errors import ModelError
from engine.train.data import Report, damaged, read_values

FORMAT = 1
HEADER = "encoded.json"
TYPES: Final[Mapping[str, str]] = {"latents": "<f2", "tokens": "<u2", "codes": "<u2", "captions": "<u2"}
"""The arrays, and what their values are."""

Shapes = Mapping[str, tuple[int, ...]]
"""The shape of each array's part of an excerpt."""


@dataclass(frozen=True, slots=True)
class EncodedHeader:
    """Sizes of one excerpt, and which model made them."""

    model: str  # its version
    split: str
    seed: int
    frames: int  # L
    latent_width: int  # D
    tokens: int  # T_ST
    vocabulary: int
    windows: int  # W
    window_tokens: int  # from one crop of the joint embedding to the next
    texts: int  # K
    codebooks: int  # Q
    code_count: int  # a codebook


def read_header(place: Path) -> EncodedHeader:
    """What `encoded.json` says.

    Raises:
        ModelError: it is missing, damaged or of another format.
    """
    missing = f"{place} holds no encoded sound: it has no {HEADER} (see `continuo train encode`)."
    values = read_values(place / HEADER, FORMAT, missing, "encode again")
    with damaged(place / HEADER, "encode again"):
        return EncodedHeader(**values)


def write_excerpts(
    place: Path,
    header: EncodedHeader,
    shapes: Shapes,
    count: int,
    batch: int,
    encode: Callable[[int, int], Mapping[str, NDArray[Any]]],
    report: Report,
) -> None:
    """Writes `count` excerpts into the folder `place`, `batch` at once.

    `encode` gives each array's values, of the first excerpt and up to the one after the last that it is asked for.

    Raises:
        ModelError: the folder holds what another model or another pool gave, or cannot be written.
    """
    try:
        place.mkdir(parents=True, exist_ok=True)
        done = _begin(place, header, shapes)
        files = {name: _path(place, name).open("ab") for name in TYPES}
        try:
            for first in range(done, count, batch):
                last = min(first + batch, count)
                for name, values in encode(first, last).items():
                    files[name].write(values.astype(TYPES[name]).tobytes())
                for file in files.values():
                    file.flush()
                report(last / count, f"{header.split}: encoded {last} of {count} excerpts")
        finally:
            for file in files.values():
                file.close()
    except OSError as error:
        raise ModelError(f"The encoded sound {place} cannot be written: {error.strerror or error}.") from error


def map_excerpts(place: Path, shapes: Shapes) -> dict[str, NDArray[Any]]:
    """The arrays of all excerpts, mapped from disk: (n, …) each.

    Raises:
        ModelError: there is no whole excerpt.
    """
    count = _whole(place, shapes)
    if count == 0:
        raise ModelError(f"{place} holds no encoded excerpt: encode again.")
    return {
        name: np.memmap(_path(place, name), np.dtype(dtype), "r", shape=(count, *shapes[name]))
        for name, dtype in TYPES.items()
    }


def _path(place: Path, name: str) -> Path:
    return place / (f"{name}.f16" if TYPES[name] == "<f2" else f"{name}.u16")


def _size(shapes: Shapes, name: str) -> int:
    """Bytes of an excerpt."""
    return 2 * prod(shapes[name])


def _whole(place: Path, shapes: Shapes) -> int:
    """Excerpts that all files have."""
    paths = {name: _path(place, name) for name in TYPES}
    if not all(path.exists() for path in paths.values()):
        return 0
    return min(path.stat().st_size // _size(shapes, name) for name, path in paths.items())


def _begin(place: Path, header: EncodedHeader, shapes: Shapes) -> int:
    """Writes the header, or compares it; the whole excerpts that there are, behind which the files then end."""
    path = place / HEADER
    if not path.exists():
        with replacing(path) as part:
            part.write_text(json.dumps({"format": FORMAT, **asdict(header)}, indent=1), encoding="utf-8")
    if read_header(place) != header:
        raise ModelError(
            f"{place} was encoded by another model or from another pool: name another folder, or remove this one."
        )
    whole = _whole(place, shapes)
    for name in TYPES:
        with _path(place, name).open("ab") as file:
            file.truncate(whole * _size(shapes, name))
    return whole
