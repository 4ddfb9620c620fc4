"""The chunks of WAV files (RIFF, RIFX, RF64, BW64, W64): where the samples lie, and how many there really are.

A header is written before the samples, and what it says of their size is wrong where a program crashed, wrote into a
pipe, passed 4 GB, or where the file was cut. So the size is taken from the bytes, and the header is compared with it.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from engine.containers.pieces import Contents, Span, Stream
from engine.speakers import wave_speakers

PCM, FLOAT, EXTENSIBLE = 1, 3, 0xFFFE
"""Format tags of a WAV file's `fmt ` chunk."""

MIN_RATE, MAX_RATE = 1000, 768000
"""Sample rates that an audio file may have, in hertz."""

MAX_CHANNELS = 1024
"""libsndfile's limit."""

_UNKNOWN_LENGTH = 0x7E000000  # programs that write into a pipe leave this or more where the length should be
_W64 = b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\x00\x00"
_W64_TAIL = b"\xf3\xac\xd3\x11\x8c\xd1\x00\xc0\x4f\x8e\xdb\x8a"
_TAIL_CHUNKS = (b"LIST", b"id3 ", b"ID3 ", b"bext", b"iXML", b"cue ", b"smpl", b"inst", b"_PMX", b"JUNK", b"PEAK")
_FOREIGN = (b"TAG", b"ID3", b"APETAGEX")  # tags that some programs put behind the last chunk
_AGAIN = "holds several parts of samples, which the format does not allow: the first of them was taken"
_TAIL = 1 << 20  # bytes at the end of a file in which chunks behind the samples are looked for
_MAX_CHUNKS = 2000


@dataclass(frozen=True, slots=True)
class SampleData:
    """Where the samples of a WAV file lie.

    `offset` and `size` are bytes that the file really holds; `promised` is the size by its header, None if that leaves
    it open. `form` is the content of the `fmt ` chunk. `tag`, `bits`, `channels`, `rate` and `mask` are what it says,
    with a `tag` of 0 where the samples are not little-endian. `width`: bytes of a frame; 0 if the samples are packed in
    a way that does not say. `standard`: the header says the truth, in a way that everybody reads. `again`: more samples
    follow in a chunk of their own.
    """

    offset: int
    size: int
    promised: int | None
    form: bytes = b""
    tag: int = 0
    bits: int = 0
    channels: int = 0
    rate: int = 0
    mask: int = 0
    width: int = 0
    order: str = "<"
    standard: bool = True
    again: bool = False


def find_samples(path: Path) -> SampleData | None:
    """The sample data of the WAV file at `path`; None for other formats or when there is no such chunk.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        return samples_of(file, file.seek(0, 2))


def samples_of(file: BinaryIO, size: int) -> SampleData | None:
    """What `find_samples` does, for an open file of `size` bytes."""
    file.seek(0)
    head = file.read(40)
    if head[:4] in (b"RIFF", b"RIFX", b"RF64", b"BW64") and head[8:12] == b"WAVE":
        order = ">" if head[:4] == b"RIFX" else "<"
        chunks = _riff_chunks(file, 12, size, order)
        return _find(file, size, chunks, order, standard=head[:4] != b"BW64")
    if head[:16] == _W64 and head[24:28] == b"wave":
        return _find(file, size, _w64_chunks(file, size), "<", wide=True)
    return None


def contents(file: BinaryIO, size: int) -> Contents:
    """What a WAV file holds, with a header that says the truth where its own does not."""
    data = samples_of(file, size)
    if data is None:
        return Contents()
    speakers = wave_speakers(data.mask, data.channels)
    frames = data.size // data.width if data.width else None
    promised = data.promised // data.width if data.width and data.promised is not None else None
    if data.standard:
        return Contents(speakers=speakers, frames=frames, promised=frames)
    pieces = (_header(data), Span(data.offset, data.size))
    return Contents((Stream(pieces, frames, promised),), speakers, frames, promised, (_AGAIN,) if data.again else ())


def _header(data: SampleData) -> bytes:
    """The header of a WAV file of this form and size; RF64 past 4 GB. RIFX keeps its byte order."""
    form = struct.pack(f"{data.order}4sI", b"fmt ", len(data.form)) + data.form + b"\0" * (len(data.form) % 2)
    length = 4 + len(form) + 8 + data.size
    if length <= 0xFFFFFFFF - 64 or data.order == ">":
        name = b"RIFF" if data.order == "<" else b"RIFX"
        head = struct.pack(f"{data.order}4sI4s", name, length & 0xFFFFFFFF, b"WAVE")
        return head + form + struct.pack(f"{data.order}4sI", b"data", data.size & 0xFFFFFFFF)
    frames = data.size // max(data.width, 1)
    sizes = struct.pack("<4sIQQQI", b"ds64", 28, length + 36, data.size, frames, 0)
    return struct.pack("<4sI4s", b"RF64", 0xFFFFFFFF, b"WAVE") + sizes + form + struct.pack("<4sI", b"data", 0xFFFFFFFF)


_Chunk = tuple[bytes, int, int]  # name, first byte of its content, length by its header


def _riff_chunks(file: BinaryIO, at: int, size: int, order: str) -> Iterator[_Chunk]:
    for _ in range(_MAX_CHUNKS):
        if at >= size:
            return
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:
            return
        name, length = struct.unpack(f"{order}4sI", head)
        yield name, at + 8, length
        at += 8 + length
        if length % 2:  # a byte follows that makes it even, which some programs forget
            file.seek(at)
            at += not _is_name(file.read(4))


def _w64_chunks(file: BinaryIO, size: int) -> Iterator[_Chunk]:
    at = 40
    for _ in range(_MAX_CHUNKS):
        if at >= size:
            return
        file.seek(at)
        head = file.read(24)
        if len(head) < 24:
            return
        length = struct.unpack("<Q", head[16:])[0] - 24
        yield head[:4] if head[4:16] == _W64_TAIL else b"", at + 24, max(length, 0)
        at += 24 + max(length, 0) + -length % 8


def _is_name(name: bytes) -> bool:
    return len(name) == 4 and all(32 <= letter < 127 for letter in name)


def _find(
    file: BinaryIO, size: int, chunks: Iterator[_Chunk], order: str, *, standard: bool = True, wide: bool = False
) -> SampleData | None:
    form, long_length = b"", None
    for name, start, length in chunks:
        if name == b"data":
            if length == 0xFFFFFFFF and long_length is not None:
                length, wide = long_length, True
            return _measured(file, size, start, length, form, order, standard=standard, wide=wide)
        if name == b"fmt " and length >= 16:
            file.seek(start)
            form = file.read(min(length, 256))
            if len(form) < 16:
                return None
        elif name == b"ds64" and length >= 16:
            file.seek(start)
            sizes = file.read(16)
            if len(sizes) == 16:
                long_length = struct.unpack("<Q", sizes[8:])[0]
    return None


def _measured(
    file: BinaryIO, size: int, start: int, length: int, form: bytes, order: str, *, standard: bool, wide: bool
) -> SampleData:
    tag = bits = channels = rate = mask = width = 0
    if form:
        tag, channels, rate, _, width, bits = struct.unpack(f"{order}HHIIHH", form[:16])
        if tag == EXTENSIBLE and len(form) >= 40:
            valid_bits, mask = struct.unpack(f"{order}HI", form[18:24])
            tag = struct.unpack(f"{order}H", form[24:26])[0] if valid_bits in (0, bits) else 0
    if width != channels * -(-bits // 8) or (tag not in (PCM, FLOAT) and bits < 8):
        width = 0
    present = max(size - start, 0)
    real = present if length > present else _size_of_data(file, size, start, length, width)
    promised = None if length >= _UNKNOWN_LENGTH and length > present and not wide else length
    tag = tag if order == "<" else 0
    again = not wide and _has_more_samples(file, start + length + length % 2, size)
    standard = standard and promised == real and (wide or not start % 2) and not again
    return SampleData(start, real, promised, form, tag, bits, channels, rate, mask, width, order, standard, again)


def _has_more_samples(file: BinaryIO, at: int, size: int) -> bool:
    """Whether another chunk of samples follows at `at`."""
    file.seek(at)
    return at < size and file.read(4) == b"data"


def _size_of_data(file: BinaryIO, size: int, start: int, length: int, width: int) -> int:
    """How many bytes of samples there are, where the header names no more than there are."""
    end = start + length
    after = next((at for at in (end + length % 2, end) if _is_chain(file, at, size)), None)
    if after is None and (size - end < 8 or _is_padding(file, end, size, empty=not length)):
        after = size
    if after is not None:
        missing = -length % width if width else 0  # a size that is odd, or that forgets part of the last frame
        return length + missing if missing < 8 and end + missing <= after else length
    return _first_tail_chunk(file, end, size) - start


def _is_chain(file: BinaryIO, at: int, size: int) -> bool:
    """Whether chunks, one after another, lead from `at` to the end of the file."""
    for name, start, length in _riff_chunks(file, at, size, "<"):
        if not _is_name(name) or start + length > size:
            return False
        if start + length >= size - 1:
            return True
    return False


def _is_padding(file: BinaryIO, at: int, size: int, *, empty: bool) -> bool:
    """Whether what follows the samples is a foreign tag or, behind samples, nothing but zeros."""
    file.seek(at)
    if file.read(8).startswith(_FOREIGN):
        return True
    if empty or size - at > _TAIL:
        return False
    file.seek(at)
    return not any(file.read(_TAIL))


def _first_tail_chunk(file: BinaryIO, first: int, size: int) -> int:
    """Where chunks that close the file begin, at `first` or later; its end if there are none."""
    begin = max(first, size - _TAIL)
    file.seek(begin)
    tail = file.read(size - begin)
    places = sorted(begin + at for name in _TAIL_CHUNKS for at in _places(tail, name))
    return next((place for place in places[:16] if _is_chain(file, place, size)), size)


def _places(data: bytes, name: bytes) -> Iterator[int]:
    at = data.find(name)
    while at >= 0:
        yield at
        at = data.find(name, at + 1)


def float_wav_header(frames: int, channels: int, rate: int) -> bytes:
    """The header of a WAV file of `frames` float32 frames; an RF64 file when the samples need more than 4 GB.

    The same sound always gives the same bytes (libsndfile would write the time of day into a PEAK chunk).
    """
    data = frames * channels * 4
    fmt = struct.pack("<HHIIHHH", FLOAT, channels, rate, rate * channels * 4, channels * 4, 32, 0)
    body = struct.pack("<4sI", b"fmt ", len(fmt)) + fmt
    body += struct.pack("<4sII", b"fact", 4, min(frames, 0xFFFFFFFF))
    riff = 4 + len(body) + 8 + data
    if riff <= 0xFFFFFFFF - 64:
        return struct.pack("<4sI4s", b"RIFF", riff, b"WAVE") + body + struct.pack("<4sI", b"data", data)
    sizes = struct.pack("<4sIQQQI", b"ds64", 28, riff + 36, data, frames, 0)
    return struct.pack("<4sI4s", b"RF64", 0xFFFFFFFF, b"WAVE") + sizes + body + struct.pack("<4sI", b"data", 0xFFFFFFFF)
