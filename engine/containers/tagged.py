"""The chunks of AIFF and CAF files and the header of AU files, compared with the bytes that are there."""

import struct
from collections.abc import Iterator
from typing import BinaryIO

from engine.containers.pieces import Contents, Span, Stream
from engine.speakers import apple_speakers

_MAX_CHUNKS = 10_000
_UNKNOWN = 0xFFFFFFFF
_PIPED = 0x7E000000  # from here on, a program that writes into a pipe did not know the size
_AIFF_BYTES = {b"fl32": 4, b"FL32": 4, b"fl64": 8, b"FL64": 8, b"ulaw": 1, b"ULAW": 1, b"alaw": 1, b"ALAW": 1}
_AIFF_PLAIN = (b"NONE", b"twos", b"sowt", b"raw ", b"in24", b"in32", b"42ni", b"23ni")
_AU_BYTES = {1: 1, 2: 1, 3: 2, 4: 3, 5: 4, 6: 4, 7: 8, 27: 1}
_EDIT_COUNT = 4  # bytes with which the data of a CAF file begin
_LARGEST_LAYOUT = 12 + 20 * 1024


def aiff_contents(file: BinaryIO, size: int) -> Contents:
    """What an AIFF or AIFC file holds: as many frames as its sound chunk has bytes for."""
    form = layout = version = b""
    sound: tuple[int, int] | None = None
    file.seek(8)
    kind = file.read(4)
    for name, start, length in _chunks(file, 12, size, "I", even=True):
        if name == b"COMM":
            file.seek(start)
            form = file.read(min(length, 300))
        elif name == b"CHAN":
            file.seek(start)
            layout = file.read(min(length, _LARGEST_LAYOUT))
        elif name == b"FVER":
            file.seek(start)
            version = file.read(min(length, 4))
        elif name == b"SSND":
            sound = start, length
            if length == 0 or start + length > size:
                break
    if len(form) < 18 or sound is None:
        return Contents()
    channels, promised, bits = struct.unpack(">HIH", form[:8])
    speakers = apple_speakers(layout, channels)
    coding = form[18:22] if kind == b"AIFC" and len(form) >= 22 else b"NONE"
    width = channels * (_AIFF_BYTES.get(coding, -(-bits // 8) if coding in _AIFF_PLAIN else 0))
    start, length = sound
    file.seek(start)
    offset, block = struct.unpack(">II", file.read(8).ljust(8, b"\0"))
    first = start + 8 + (offset if offset <= size else 0)
    last = size if length == 0 or start + length > size else start + length
    if not width or last <= first:
        return Contents(speakers=speakers)
    frames = (last - first) // width
    if block and promised <= frames and last == start + length:  # padded to whole blocks
        return Contents(speakers=speakers, frames=promised, promised=promised)
    open_end = promised * width >= _PIPED and frames < promised
    stated = None if open_end else max(promised, (length - 8) // width if start + length > size else 0)
    if promised == frames and last == start + length:
        return Contents(speakers=speakers, frames=frames, promised=frames)
    data = frames * width
    comm = form[:2] + struct.pack(">I", frames) + form[6:] + b"\0" * (len(form) % 2)
    body = b"FVER" + struct.pack(">I", 4) + version if version else b""
    body += b"COMM" + struct.pack(">I", len(form)) + comm
    body += b"SSND" + struct.pack(">III", (data + 8) & _UNKNOWN, 0, 0)
    head = b"FORM" + struct.pack(">I", (4 + len(body) + data) & _UNKNOWN) + kind + body
    return _mended((head, Span(first, data)), speakers, frames, stated)


def caf_contents(file: BinaryIO, size: int) -> Contents:
    """What a CAF file holds: as many frames as its data chunk has bytes for, if they are not compressed."""
    form = layout = b""
    data: tuple[int, int] | None = None
    for name, start, length in _chunks(file, 8, size, "q", even=False):
        if name == b"desc":
            file.seek(start)
            form = file.read(32)
        elif name == b"chan":
            file.seek(start)
            layout = file.read(max(min(length, _LARGEST_LAYOUT), 0))
        elif name == b"data":
            if length < _EDIT_COUNT and not _is_caf_chunk(file, start + max(length, 0), size):
                length = -1  # as where a program was stopped while it wrote
            data = start, length
            if length < 0 or start + length > size:
                break
    if len(form) < 32 or data is None:
        return Contents()
    width, _, channels = struct.unpack(">III", form[16:28])
    speakers = apple_speakers(layout, channels) if channels <= 1024 else ()
    start, length = data
    if form[8:12] != b"lpcm" or not width or (length >= 0 and start + length <= size):
        return Contents(speakers=speakers)
    frames = max(size - start - 4, 0) // width
    stated = None if length < 0 else (length - 4) // width
    head = b"caff" + struct.pack(">HH", 1, 0) + b"desc" + struct.pack(">q", 32) + form
    head += b"data" + struct.pack(">qI", 4 + frames * width, 0)
    return _mended((head, Span(start + 4, frames * width)), speakers, frames, stated)


def _is_caf_chunk(file: BinaryIO, at: int, size: int) -> bool:
    """Whether a chunk of a CAF file, or the file's end, lies at `at`."""
    file.seek(at)
    head = file.read(12)
    if len(head) < 12:
        return not head
    name, length = struct.unpack(">4sq", head)
    return all(32 <= letter < 127 for letter in name) and 0 <= length <= size - at - 12


def au_contents(file: BinaryIO, size: int) -> Contents:
    """What an AU file holds: as many frames as there are bytes for behind its header."""
    file.seek(0)
    head = file.read(24)
    if len(head) < 24:
        return Contents()
    magic, start, length, coding, _, channels = struct.unpack(">4sIIIII", head)
    width = _AU_BYTES.get(coding, 0) * channels
    present = size - start
    if magic != b".snd" or not width or present < width or (0 < length <= present):
        return Contents()
    frames = present // width
    new = struct.pack(">4sII", magic, 24, frames * width) + head[12:]
    stated = None if length >= _PIPED else length // width
    return _mended((new, Span(start, frames * width)), (), frames, stated)


def _mended(pieces: tuple[bytes, Span], speakers: tuple[str, ...], frames: int, stated: int | None) -> Contents:
    return Contents((Stream(pieces, frames, stated),), speakers, frames, stated)


def _chunks(file: BinaryIO, at: int, size: int, kind: str, *, even: bool) -> Iterator[tuple[bytes, int, int]]:
    """The name, the place of the content and the length of each chunk, whose length has the `struct` kind `kind`."""
    width = 4 + struct.calcsize(f">{kind}")
    for _ in range(_MAX_CHUNKS):
        if at >= size:
            return
        file.seek(at)
        head = file.read(width)
        if len(head) < width:
            return
        name, length = struct.unpack(f">4s{kind}", head)
        yield name, at + width, length
        if length < 0:
            return
        at += width + length + (length % 2 if even else 0)
