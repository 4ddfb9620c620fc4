"""MPEG audio (MP3): the frames of the stream counted one by one, since a header only estimates how many there are.

What MPEG calls a frame is called a packet here, since a frame is one sample of each channel everywhere else.
"""

import re
import struct
from dataclasses import dataclass, field
from typing import BinaryIO

from engine.containers.flac import after_id3
from engine.containers.pieces import Contents, Span, Stream, cut

_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_KBITS = {
    (1, 1): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (1, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (1, 3): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 1): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_SYNC = re.compile(rb"\xff[\xe2-\xff]")
_BLOCK = 1 << 20
_LONGEST = 2900  # bytes of a packet: layer 2 at 384 kbit/s and 32 kHz, and its padding
_SPARE = 16  # packets by which an estimate should come out above the count
_SEARCHED = 1 << 24  # bytes without a packet after which there is none
_TRIED = 50_000  # places that may look like a packet and are none, in the whole file
_MAX_RUNS = 1000


@dataclass(frozen=True, slots=True)
class Packet:
    """The header of a packet: bytes and frames that it holds, its rate and channels, layer and MPEG version."""

    size: int
    frames: int
    rate: int
    channels: int
    layer: int
    version: int  # 3: MPEG 1, 2: MPEG 2, 0: MPEG 2.5


@dataclass
class _Run:
    """Packets of one rate and channel count, one after another, and where they lie."""

    packet: Packet
    count: int = 0
    largest: int = 0  # bytes of a packet
    spans: list[Span] = field(default_factory=list)

    def add(self, at: int, size: int) -> None:
        """Adds the packet of `size` bytes at a place of the file."""
        self.count += 1
        self.largest = max(self.largest, size)
        if self.spans and self.spans[-1].start + self.spans[-1].size == at:
            self.spans[-1] = Span(self.spans[-1].start, self.spans[-1].size + size)
        else:
            self.spans.append(Span(at, size))


@dataclass(frozen=True, slots=True)
class _Tag:
    """What the first packet says instead of sound: how many packets there are, and LAME's part of it."""

    count: int | None
    lame: bytes = b""
    vbri: bool = False  # not LAME's, but Fraunhofer's, which the decoder takes for a packet of silence

    @property
    def gaps(self) -> tuple[int, int]:
        """Frames that the encoder put before and after the sound."""
        if len(self.lame) < 24 or not self.lame[:4].isalnum():
            return 0, 0
        value = int.from_bytes(self.lame[21:24])
        return value >> 12, value & 0xFFF

    def without_end(self) -> "_Tag":
        """The same for a file whose end is not there."""
        start = self.gaps[0] << 12
        return _Tag(self.count, self.lame[:21] + start.to_bytes(3) + self.lame[24:], self.vbri) if start else self


def packet_at(data: bytes, at: int) -> Packet | None:
    """The packet whose header is at a place; None if there is none (or one whose length only its neighbours tell)."""
    if at + 4 > len(data) or data[at] != 0xFF or data[at + 1] & 0xE0 != 0xE0:
        return None
    version, layer = data[at + 1] >> 3 & 3, 4 - (data[at + 1] >> 1 & 3)
    kind, rate_index = data[at + 2] >> 4, data[at + 2] >> 2 & 3
    if version == 1 or layer == 4 or kind in (0, 15) or rate_index == 3:
        return None
    rate = _RATES[version][rate_index]
    family = (1, layer) if version == 3 else (2, 1 if layer == 1 else 2)
    bits = _KBITS[family][kind - 1] * 1000
    padding = data[at + 2] >> 1 & 1
    frames = {1: 384, 2: 1152, 3: 1152 if version == 3 else 576}[layer]
    size = (12 * bits // rate + padding) * 4 if layer == 1 else frames // 8 * bits // rate + padding
    return Packet(size, frames, rate, 1 if data[at + 3] >> 6 == 3 else 2, layer, version)


def contents(file: BinaryIO, size: int) -> Contents:
    """What an MP3 file holds; nothing that needs mending, if its own header counts right."""
    runs = _runs(file, size)
    if not runs:
        return Contents()
    first = runs[0]
    file.seek(first.spans[0].start)
    tag = _tag_in(file.read(first.packet.size), first.packet)
    promised = None
    if tag:
        first.count -= 1
        first.spans = list(cut(first.spans, first.packet.size, sum(span.size for span in first.spans)))  # type: ignore[arg-type]
        promised = max(tag.count * first.packet.frames - sum(tag.gaps), 0) if tag.count is not None else None
        if len(runs) == 1 and tag.count == first.count and len(first.spans) == 1 and not tag.vbri:
            return Contents(frames=promised, promised=promised)
        if tag.count is not None and tag.count > first.count:
            tag = tag.without_end()
    streams = []
    for run in runs:
        head, silent = b"", 0
        if tag and run is first and any(tag.gaps):
            head, silent = _info_packet(run.packet, run.count, tag.lame), sum(tag.gaps)
        if run.count > 0:
            claim = len(head) + (run.count + _SPARE) * run.largest
            streams.append(Stream((head, *run.spans), run.count * run.packet.frames - silent, claim=claim))
    if len(runs) > 1:
        return Contents(tuple(streams))
    return Contents(tuple(streams), frames=streams[0].frames if streams else 0, promised=promised)


def _runs(file: BinaryIO, size: int) -> list[_Run]:
    """The packets of the file, gathered by rate and channel count; none if it does not look like MPEG audio."""
    runs: list[_Run] = []
    at = after_id3(file, 0)
    data, base, lost, tried = b"", at, 0, 0
    last: Packet | None = None
    while at + 4 <= size:
        if at < base or (at + _LONGEST + 4 > base + len(data) and base + len(data) < size):
            file.seek(at)
            data, base = file.read(_BLOCK), at
            if len(data) < 4:
                break
        packet = packet_at(data, at - base)
        if packet and (
            (_follows(packet, last) and not lost) or _confirmed(data, at - base, packet, base + len(data) >= size)
        ):
            if at + packet.size > size:
                break
            if not runs or (runs[-1].packet.rate, runs[-1].packet.channels) != (packet.rate, packet.channels):
                runs.append(_Run(packet))
            runs[-1].add(at, packet.size)
            at += packet.size
            last, lost = packet, 0
            continue
        match = _SYNC.search(data, at - base + 1)
        step = match.start() - (at - base) if match else max(len(data) - (at - base) - 1, 1)
        lost += step
        at += step
        tried += 1
        if lost > _SEARCHED or tried > _TRIED or len(runs) > _MAX_RUNS:
            break
    return runs if len(runs) <= _MAX_RUNS else []


def _follows(packet: Packet, last: Packet | None) -> bool:
    return last is not None and (packet.rate, packet.layer, packet.channels) == (last.rate, last.layer, last.channels)


def _confirmed(data: bytes, at: int, packet: Packet, ends: bool) -> bool:
    """Whether another packet of the same kind follows, or the file ends there."""
    after = at + packet.size
    if after + 4 > len(data):
        return ends and after <= len(data)
    other = packet_at(data, after)
    return other is not None and _follows(other, packet)


def _side(packet: Packet) -> int:
    """Bytes of side information, after which the tag of a packet without sound lies."""
    return {(True, 2): 32, (True, 1): 17, (False, 2): 17, (False, 1): 9}[packet.version == 3, packet.channels]


def _tag_in(data: bytes, packet: Packet) -> _Tag | None:
    """What a first packet says if it holds a tag (Xing, Info, VBRI) instead of sound."""
    at = 4 + _side(packet)
    if packet.layer == 3 and data[at : at + 4] in (b"Xing", b"Info"):
        flags = int.from_bytes(data[at + 4 : at + 8])
        count = int.from_bytes(data[at + 8 : at + 12]) if flags & 1 else None
        lame = at + 8 + 4 * (flags & 1) + 4 * (flags >> 1 & 1) + 100 * (flags >> 2 & 1) + 4 * (flags >> 3 & 1)
        return _Tag(count, data[lame : lame + 36])
    if packet.layer == 3 and data[36:40] == b"VBRI":
        return _Tag(int.from_bytes(data[50:54]), vbri=True)
    return None


def _info_packet(like: Packet, count: int, lame: bytes) -> bytes:
    """A packet without sound that names `count` packets and repeats what an encoder said of its gaps."""
    rate_index, mode = _RATES[like.version].index(like.rate), 0 if like.channels == 2 else 3
    body = bytes(_side(like)) + b"Info" + struct.pack(">II", 1, count) + lame
    for kind in range(1, 15):
        kinds = 0xE1 | like.version << 3 | 4 - like.layer << 1
        head = bytes((0xFF, kinds, kind << 4 | rate_index << 2, mode << 6))
        packet = packet_at(head, 0)
        if packet and packet.size >= len(head) + len(body):
            return (head + body).ljust(packet.size, b"\0")
    return b""
