"""The chunks of WAV (RIFF, RF64) and AIFF files: where the samples lie, and whether all of them are there.

libsndfile reads the samples; this module finds what it does not tell: the byte at which the sample data starts, so that
a file can be mapped into memory as it is, and whether a file ends before its header says it should.
"""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

PCM, FLOAT, EXTENSIBLE = 1, 3, 0xFFFE
"""Format tags of a WAV file's `fmt ` chunk."""

MIN_RATE, MAX_RATE = 1000, 768000
"""Sample rates that an audio file may have, in hertz."""

MAX_CHANNELS = 1024
"""libsndfile's limit."""

_UNKNOWN_LENGTH = 0x7FFFF000  # programs that write into a pipe leave this or more where the length should be


@dataclass(frozen=True, slots=True)
class SampleData:
    """Where the samples of a file lie.

    `offset` and `size` are bytes that the file really holds; `truncated` says that its header promises more. `tag`,
    `bits`, `channels` and `rate` are those of a little-endian WAV file, and 0 for anything else.
    """

    offset: int
    size: int
    truncated: bool
    tag: int = 0
    bits: int = 0
    channels: int = 0
    rate: int = 0


def find_samples(path: Path) -> SampleData | None:
    """The sample data of the WAV or AIFF file at `path`; None for other formats or when there is no such chunk.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(0)
        head = file.read(12)
        if head[:4] in (b"RIFF", b"RF64") and head[8:] == b"WAVE":
            return _find_in_wav(file, size)
        if head[:4] == b"FORM" and head[8:] in (b"AIFF", b"AIFC"):
            return _find_in_aiff(file, size)
    return None


def _find_in_wav(file: BinaryIO, size: int) -> SampleData | None:
    tag = bits = channels = rate = long_length = 0
    while len(head := file.read(8)) == 8:
        name, length = struct.unpack("<4sI", head)
        start = file.tell()
        if name == b"data":
            if length == 0xFFFFFFFF and long_length:
                length = long_length
            present = size - start
            unknown = length >= _UNKNOWN_LENGTH and not long_length and length > present
            return SampleData(start, min(length, present), length > present and not unknown, tag, bits, channels, rate)
        if name == b"fmt " and length >= 16:
            fmt = file.read(min(length, 40))
            if len(fmt) < 16:
                return None
            tag, channels, rate, _, _, bits = struct.unpack("<HHIIHH", fmt[:16])
            if tag == EXTENSIBLE and len(fmt) >= 40:
                valid_bits = struct.unpack("<H", fmt[18:20])[0]
                tag = struct.unpack("<H", fmt[24:26])[0] if valid_bits in (0, bits) else 0
        elif name == b"ds64" and length >= 16:
            sizes = file.read(16)
            if len(sizes) == 16:
                long_length = struct.unpack("<Q", sizes[8:])[0]
        file.seek(start + length + length % 2)
    return None


def _find_in_aiff(file: BinaryIO, size: int) -> SampleData | None:
    while len(head := file.read(8)) == 8:
        name, length = struct.unpack(">4sI", head)
        start = file.tell()
        if name == b"SSND":
            return SampleData(start + 8, max(0, min(length, size - start) - 8), length > size - start)
        file.seek(start + length + length % 2)
    return None


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
