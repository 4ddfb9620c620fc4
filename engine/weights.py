"""What a safetensors file says that it holds, checked against its length before anything is read or allocated.

The format: eight bytes with the header's length; the header, JSON with type, shape and place of each tensor; the data.
"""

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from engine.safe_files import open_inside, parse_json

SIZES = {
    "BOOL": 1, "U8": 1, "I8": 1, "F8_E5M2": 1, "F8_E4M3": 1, "F8_E8M0": 1, "I16": 2, "U16": 2, "F16": 2, "BF16": 2,
    "I32": 4, "U32": 4, "F32": 4, "F64": 8, "I64": 8, "U64": 8, "C64": 8,
}  # fmt: skip
"""Bytes of a value, by the format's names of types."""
FLOATS = {"F16", "BF16", "F32", "F64"}
LARGEST = 10**12  # bytes of a file
_HEADER = 8 << 20  # bytes, far above the largest that there are
_TENSORS, _NAME, _DIMENSIONS = 50_000, 500, 8


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor of a file: its type, its shape, and from where to where its bytes lie behind the header."""

    dtype: str
    shape: tuple[int, ...]
    begin: int
    end: int

    @property
    def elements(self) -> int:
        """Of its shape."""
        return math.prod(self.shape)


def header(root: Path, name: str, *, within: Path | None = None) -> dict[str, Tensor]:
    """The tensors of a safetensors file of a folder, by their names. For the arguments see `safe_files.locate`.

    Raises:
        OSError: it is missing, no regular file, or outside the folder.
        ValueError: it is damaged; the text says how, to stand in a sentence.
    """
    with open_inside(root, name, LARGEST, within=within) as file:
        size = file.seek(0, 2)
        file.seek(0)
        if size < 8:
            raise ValueError("it is cut off: it has no header")
        (length,) = struct.unpack("<Q", file.read(8))
        if length > size - 8:
            raise ValueError(f"its header says that it has {length:,} bytes, and the file has {size - 8:,}")
        if length > _HEADER:
            raise ValueError(f"its header has {length:,} bytes, more than any real one")
        return dict(_parsed(file.read(length), size - 8 - length))


@lru_cache(maxsize=8)  # each start of the window asks for the bundled model's several times
def _parsed(text: bytes, data: int) -> Mapping[str, Tensor]:
    """The tensors that a header of a file with `data` bytes of them describes."""
    values = parse_json(text)
    if not isinstance(values, dict) or len(values) > _TENSORS:
        raise ValueError("its header is no list of tensors")
    tensors = {key: _tensor(key, value) for key, value in values.items() if key != "__metadata__"}
    _check_places(tensors, data)
    return tensors


def _tensor(name: str, value: Any) -> Tensor:
    if len(name) > _NAME or not isinstance(value, dict):
        raise ValueError(f"its header is damaged at “{name[:40]}”")
    dtype, shape, places = value.get("dtype"), _naturals(value.get("shape")), _naturals(value.get("data_offsets"))
    if not isinstance(dtype, str) or dtype not in SIZES:
        raise ValueError(f"“{name[:40]}” is of the type {str(dtype)[:20]}, which is none")
    if shape is None or len(shape) > _DIMENSIONS or places is None or len(places) != 2:
        raise ValueError(f"its header is damaged at “{name[:40]}”")
    tensor = Tensor(dtype, shape, *places)
    if tensor.end - tensor.begin != tensor.elements * SIZES[dtype]:
        raise ValueError(f"“{name[:40]}” has {tensor.end - tensor.begin:,} bytes, which is not what its shape takes")
    return tensor


def _naturals(value: Any) -> tuple[int, ...] | None:
    """A list of whole numbers from 0 on; None for anything else."""
    fits = isinstance(value, list) and all(type(each) is int and each >= 0 for each in value)
    return tuple(value) if fits else None


def _check_places(tensors: Mapping[str, Tensor], data: int) -> None:
    """Raises `ValueError` unless the tensors fill the data, one behind the other."""
    place = 0
    for name, tensor in sorted(tensors.items(), key=lambda item: (item[1].begin, item[1].end)):
        if tensor.begin != place:
            kind = "shares bytes with another" if tensor.begin < place else "leaves a gap before it"
            raise ValueError(f"“{name[:40]}” {kind}")
        place = tensor.end
    if place != data:
        raise ValueError(
            f"it is cut off: it has {data:,} bytes of {place:,}" if data < place else "it has bytes left over"
        )
