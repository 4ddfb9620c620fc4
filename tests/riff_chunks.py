"""Reads the chunks of WAV files, independently of the program's own reader and writer."""

import os
import struct
from collections.abc import Iterator
from pathlib import Path

MAX_RIFF = 0xFFFFFFFF


def read_chunks(path: Path) -> Iterator[tuple[bytes, int, bytes]]:
    """The chunks of a RIFF or RF64 file, in order: (id, size, contents); of `data` the contents are left out.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not a RIFF file.
    """
    with path.open("rb") as file:
        if file.read(4) not in (b"RIFF", b"RF64"):
            raise ValueError(f"“{path}” is not a RIFF file.")
        file.seek(12)
        data_size = 0
        while len(head := file.read(8)) == 8:
            name, size = struct.unpack("<4sI", head)
            if name == b"data":
                size = data_size if size == MAX_RIFF and data_size else size
                yield name, size, b""
                file.seek(size + size % 2, os.SEEK_CUR)
                continue
            content = file.read(size)
            file.seek(size % 2, os.SEEK_CUR)
            if name == b"ds64":
                data_size = struct.unpack_from("<QQ", content)[1]
            yield name, size, content
