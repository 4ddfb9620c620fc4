"""Replacing a part of a file by bytes of another length, in place."""

from typing import BinaryIO

_BLOCK = 1 << 20


def replace_part(file: BinaryIO, start: int, end: int, content: bytes) -> None:
    """Puts `content` in place of the bytes from `start` up to `end` of a file that is open for reading and writing."""
    size = file.seek(0, 2)
    shift = len(content) - (end - start)
    if shift > 0:  # from the end on, so that nothing is overwritten before it was moved
        place = size
        while place > end:
            length = min(_BLOCK, place - end)
            place -= length
            _move(file, place, length, shift)
    elif shift < 0:
        for place in range(end, size, _BLOCK):
            _move(file, place, min(_BLOCK, size - place), shift)
        file.truncate(size + shift)
    file.seek(start)
    file.write(content)


def _move(file: BinaryIO, place: int, length: int, shift: int) -> None:
    file.seek(place)
    block = file.read(length)
    file.seek(place + shift)
    file.write(block)
