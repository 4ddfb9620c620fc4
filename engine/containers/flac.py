"""FLAC streams: how many frames there are by the last block of samples, not by the header.

What FLAC calls a frame is called a packet here, since a frame is one sample of each channel everywhere else.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from engine.containers.pieces import Contents, Piece, Span, Stream, cut
from engine.speakers import flac_speakers, wave_speakers

_SYNC = re.compile(rb"\xff[\xf8\xf9]")
_LONGEST_HEADER = 16
_BLOCK_SIZES = {
    1: 192,
    **{code: 576 << code - 2 for code in range(2, 6)},
    **{code: 256 << code - 8 for code in range(8, 16)},
}
_WINDOW = 1 << 18  # bytes that are searched at a time
_WINDOWS = (1 << 16, 1 << 19, 1 << 23)  # bytes at the end in which the last packet is looked for
_TRIED = 200_000  # places that are looked at as the start of a packet
_TRIED_AT_END = 20_000
_CHECKED = 1 << 20  # bytes over which checksums are computed at most
_MAX_BLOCKS = 1000
_MAX_COMMENT = 1 << 16
_STREAM_INFO = 34
_MASK_TAG = b"WAVEFORMATEXTENSIBLE_CHANNEL_MASK="


@dataclass(frozen=True, slots=True)
class Info:
    """What a FLAC stream says of itself: its STREAMINFO block, and where its first packet starts."""

    start: int  # of the whole stream in its file
    packets: int
    block: bytes
    mask: int = 0

    @property
    def rate(self) -> int:
        """Hz."""
        return int.from_bytes(self.block[10:13]) >> 4

    @property
    def channels(self) -> int:
        """How many."""
        return (self.block[12] >> 1 & 7) + 1

    @property
    def frames(self) -> int:
        """By the header; 0: not known."""
        return int.from_bytes(self.block[13:18]) & 0xFFFFFFFFF

    @property
    def block_size(self) -> int:
        """Frames of each packet but the last, in a stream of packets of one size."""
        return int.from_bytes(self.block[2:4])

    def header(self, frames: int) -> bytes:
        """A whole header that names `frames`, without a hash."""
        low = int.from_bytes(self.block[13:18]) & ~0xFFFFFFFFF | frames & 0xFFFFFFFFF
        block = self.block[:13] + low.to_bytes(5) + bytes(16)
        return b"fLaC" + struct.pack(">I", 0x80000000 | _STREAM_INFO) + block


@dataclass(frozen=True, slots=True)
class Packet:
    """A packet: its first byte, its first frame, and how many frames it holds."""

    at: int
    first: int
    frames: int


def read_info(file: BinaryIO) -> Info | None:
    """The header of the FLAC stream in `file`, which may have ID3 tags before it; None if there is none."""
    start = after_id3(file, 0)
    file.seek(start)
    if file.read(4) != b"fLaC":
        return None
    at, block, mask = start + 4, b"", 0
    for _ in range(_MAX_BLOCKS):
        file.seek(at)
        head = file.read(4)
        if len(head) < 4:
            return None
        kind, length = head[0] & 127, int.from_bytes(head[1:])
        if kind == 0 and length >= _STREAM_INFO:
            block = file.read(_STREAM_INFO)
        elif kind == 4:
            mask = _mask_in(file.read(min(length, _MAX_COMMENT)))
        at += 4 + length
        if head[0] & 128:
            return Info(start, at, block, mask) if len(block) == _STREAM_INFO else None
    return None


def contents(file: BinaryIO, size: int, pieces: tuple[Piece, ...] = ()) -> Contents:
    """What a FLAC stream holds. `pieces`: those that `file` is made of, if it is no file on the disk."""
    info = read_info(file)
    if info is None:
        return Contents()
    speakers = wave_speakers(info.mask, info.channels) or flac_speakers(info.channels)
    end = last_packet(file, size, info)
    whole = pieces or (Span(0, size),)
    if end is None:
        streams = (Stream(pieces, flac_start=info.packets),) if pieces else ()
        return Contents(streams, speakers, flac_start=info.packets)
    frames, last = end
    promised = info.frames or None
    if promised == frames:
        streams = (Stream(pieces, frames, frames, info.packets),) if pieces else ()
        return Contents(streams, speakers, frames, frames, flac_start=info.packets)
    head = info.header(frames)
    mended = (head, *cut(whole, info.packets, last))
    return Contents((Stream(mended, frames, promised, len(head)),), speakers, frames, promised)


def last_packet(file: BinaryIO, size: int, info: Info) -> tuple[int, int] | None:
    """How many frames there are up to the end of the last whole packet, and where that ends; None if none is found."""
    for window in _WINDOWS:
        begin = max(info.packets, size - window)
        found_packets = list(packets(file, begin, size, info, _TRIED_AT_END))
        budget = _CHECKED
        for index in range(len(found_packets) - 1, -1, -1):
            packet = found_packets[index]
            budget -= size - packet.at
            if budget < 0 and index < len(found_packets) - 1:
                break
            if end := _end_of(file, packet, size, info):
                return packet.first + packet.frames, end
            if any(other.first + other.frames == packet.first for other in found_packets[max(index - 8, 0) : index]):
                return packet.first, packet.at  # it is cut off, and the one before it is whole
        if begin == info.packets:
            break
    return None


def packets(file: BinaryIO, start: int, stop: int, info: Info, tries: int = _TRIED) -> Iterator[Packet]:
    """The packets of `info`'s stream whose headers lie between two bytes of the file, in order."""
    at, tried = start, 0
    while at < stop and tried < tries:
        file.seek(at)
        data = file.read(min(_WINDOW, stop - at) + _LONGEST_HEADER)
        if len(data) < 6:
            return
        for match in _SYNC.finditer(data, 0, min(_WINDOW, stop - at) + 1):
            tried += 1
            if tried > tries:
                return
            if match.start() < min(_WINDOW, stop - at) and (header := _header(data, match.start(), info)):
                yield Packet(at + match.start(), *header)
        at += _WINDOW


def _header(data: bytes, at: int, info: Info) -> tuple[int, int] | None:
    """First frame and number of frames of the packet whose header is at a place, if it is one of this stream."""
    head = data[at : at + _LONGEST_HEADER]
    if len(head) < 6:
        return None
    size_code, rate_code, layout = head[2] >> 4, head[2] & 15, head[3] >> 4
    if not size_code or rate_code == 15 or layout > 10 or head[3] & 1:
        return None
    if (layout + 1 if layout < 8 else 2) != info.channels:
        return None
    number, used = _coded_number(head[4:])
    if not used:
        return None
    end = 4 + used
    frames = _BLOCK_SIZES.get(size_code, 0)
    if size_code in (6, 7):
        extra = size_code - 5
        frames = int.from_bytes(head[end : end + extra]) + 1
        end += extra
    end += {12: 1, 13: 2, 14: 2}.get(rate_code, 0)
    if end >= len(head) or _crc8(head[:end]) != head[end]:
        return None
    return (number if head[1] & 1 else number * info.block_size), frames


def _coded_number(data: bytes) -> tuple[int, int]:
    """A number in the manner of UTF-8, and how many bytes it takes; (0, 0) if it is none."""
    first = data[0]
    count = 1 if first < 0x80 else 8 - (~first & 0xFF).bit_length()
    if first == 0xFF or 0x80 <= first < 0xC0 or count > len(data):
        return 0, 0
    value = first if count == 1 else first & (0x7F >> count)
    for byte in data[1:count]:
        if byte & 0xC0 != 0x80:
            return 0, 0
        value = value << 6 | byte & 0x3F
    return value, count


def _end_of(file: BinaryIO, packet: Packet, size: int, info: Info) -> int:
    """Where a packet ends, if it is the last of the file and whole; 0 if it is not."""
    file.seek(packet.at)
    data = file.read(min(size - packet.at, _CHECKED))
    if _crc16(data) == 0:
        return packet.at + len(data)
    tags = (data.find(b"APETAGEX"), len(data) - 128 if data[-128:-125] == b"TAG" else 0)
    if tag := next((tag for tag in tags if tag > 0 and _crc16(data[:tag]) == 0), 0):
        return packet.at + tag
    if packet.first + packet.frames == info.frames and _has_end(data):
        return size
    return 0


def after_id3(file: BinaryIO, at: int) -> int:
    """Where what follows the ID3v2 tags at `at` starts."""
    for _ in range(16):
        file.seek(at)
        head = file.read(10)
        if len(head) < 10 or head[:3] != b"ID3" or max(head[6:10]) > 127:
            break
        length = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
        at += 10 + length + (10 if head[5] & 16 else 0)
    return at


def _mask_in(comment: bytes) -> int:
    at = comment.upper().find(_MASK_TAG)
    text = comment[at + len(_MASK_TAG) : at + len(_MASK_TAG) + 10] if at >= 0 else b""
    match = re.match(rb"0[xX]([0-9a-fA-F]{1,8})", text)
    return int(match[1], 16) if match else 0


def _table(polynomial: int, bits: int) -> list[int]:
    top, full = 1 << bits - 1, (1 << bits) - 1
    table = []
    for value in range(256):
        crc = value << bits - 8
        for _ in range(8):
            crc = (crc << 1 ^ polynomial if crc & top else crc << 1) & full
        table.append(crc)
    return table


_CRC8, _CRC16 = _table(0x07, 8), _table(0x8005, 16)


def _crc8(data: bytes) -> int:
    crc = 0
    for byte in data:
        crc = _CRC8[crc ^ byte]
    return crc


def _crc16(data: bytes) -> int:
    crc = 0
    for byte in data:
        crc = (crc << 8 & 0xFF00) ^ _CRC16[crc >> 8 ^ byte]
    return crc


def _has_end(data: bytes) -> bool:
    """Whether a packet may end before `data` does, and something else follows it."""
    crc = 0
    for place, byte in enumerate(data):
        crc = (crc << 8 & 0xFF00) ^ _CRC16[crc >> 8 ^ byte]
        if not crc and place > _LONGEST_HEADER:
            return True
    return False
