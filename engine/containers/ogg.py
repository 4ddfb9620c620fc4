"""Ogg files: which streams they hold, one beside another and one after another (a chain), and in which codec."""

import struct
from dataclasses import dataclass, field
from typing import BinaryIO

from engine.containers import flac
from engine.containers.pieces import Contents, PieceFile, Span, Stream, cut
from engine.speakers import vorbis_speakers

_PAGE = b"OggS"
_HEADER = 27
_SEARCH = 1 << 16
_CODECS = {
    b"\x01vorbis": "Vorbis",
    b"OpusHead": "Opus",
    b"\x7fFLAC": "FLAC",
    b"Speex   ": "Speex",
    b"\x80theora": "Theora",
    b"\x80kate\0\0\0": "Kate",
    b"fishead\0": "Skeleton",
    b"BBCD\0": "Dirac",
    b"OVP80": "VP8",
    b"CELT    ": "CELT",
}
_DECODED = ("Vorbis", "Opus", "FLAC")
_WITHOUT_SOUND = ("Skeleton", "Kate", "unknown")
_FLAC_PREFIX = 9  # bytes before the FLAC stream in its first packet
_MAX_LINKS = 10_000
_MAX_BAD = 5000  # places that look like a page and are none


@dataclass
class _Logical:
    codec: str
    head: bytes
    spans: list[Span] = field(default_factory=list)  # of its pages, or for FLAC of what they carry


def contents(file: BinaryIO, size: int) -> Contents:
    """What an Ogg file holds: the first stream of each link of its chain that can be decoded."""
    links, junk = _links(file, size)
    chosen, others = [], []
    for link in links:
        audio = next((each for each in link.values() if each.codec in _DECODED), None)
        if audio:
            chosen.append(audio)
        others += [each.codec for each in link.values() if each is not audio]
    if not chosen:
        return Contents(codec=next((codec for codec in others if codec not in _WITHOUT_SOUND), ""))
    first = chosen[0]
    speakers = _speakers(first)
    if len(chosen) == 1 and not others and not junk and first.codec != "FLAC":
        return Contents(speakers=speakers)
    streams: list[Stream] = []
    notices = []
    for each in chosen:
        if each.codec == "FLAC":
            inner = _flac(file, each)
            speakers = speakers or inner.speakers
            streams += inner.streams
        else:
            streams.append(Stream(tuple(each.spans)))
    if any(len(link) and not any(each.codec in _DECODED for each in link.values()) for link in links):
        notices.append("holds parts in a format that cannot be read; they were left out")
    return Contents(tuple(streams), speakers, notices=tuple(notices))


def _flac(file: BinaryIO, stream: _Logical) -> Contents:
    """The FLAC stream that Ogg pages carry, as it would lie in a file of its own."""
    size = sum(span.size for span in stream.spans)
    pieces = cut(stream.spans, _FLAC_PREFIX, size)
    inner = PieceFile(file, pieces)
    return flac.contents(inner, inner.size, pieces)  # type: ignore[arg-type]


def _speakers(stream: _Logical) -> tuple[str, ...]:
    head = stream.head
    if stream.codec == "Vorbis" and len(head) > 11:
        return vorbis_speakers(head[11])
    if stream.codec == "Opus" and len(head) > 18:
        return vorbis_speakers(head[9]) if head[18] == 1 else ()
    return ()


def _links(file: BinaryIO, size: int) -> tuple[list[dict[int, _Logical]], bool]:
    """The streams of each link by their serial numbers, and whether there is something between the pages."""
    links: list[dict[int, _Logical]] = []
    opening, junk, bad = False, False, 0
    at = _next_page(file, 0, size)
    while at is not None and at + _HEADER <= size:
        file.seek(at)
        head = file.read(_HEADER + 255)
        flags, serial, count = head[5], struct.unpack("<I", head[14:18])[0], head[26]
        start = at + _HEADER + count
        length = sum(head[_HEADER : _HEADER + count])
        if head[:4] != _PAGE or head[4] or start + length > size:
            junk, bad = True, bad + 1
            if bad > _MAX_BAD:
                break
            at = _next_page(file, at + 1, size)
            continue
        if flags & 2 and not flags & 1:
            if not opening:
                if len(links) >= _MAX_LINKS:
                    break
                links.append({})
            opening = True
            if serial not in links[-1]:
                file.seek(start)
                packet = file.read(min(length, 64))
                codec = next((name for magic, name in _CODECS.items() if packet.startswith(magic)), "unknown")
                links[-1][serial] = _Logical(codec, packet)
            elif (bad := bad + 1) > _MAX_BAD:  # a stream that begins again and again, and has nothing in it
                break
        elif links:
            opening = False
        stream = links[-1].get(serial) if links else None
        if stream:
            _append(stream.spans, Span(start, length) if stream.codec == "FLAC" else Span(at, start + length - at))
        at = start + length
    return links, junk


def _append(spans: list[Span], span: Span) -> None:
    if spans and spans[-1].start + spans[-1].size == span.start:
        spans[-1] = Span(spans[-1].start, spans[-1].size + span.size)
    else:
        spans.append(span)


def _next_page(file: BinaryIO, at: int, size: int) -> int | None:
    while at < size:
        file.seek(at)
        data = file.read(_SEARCH)
        place = data.find(_PAGE)
        if place >= 0:
            return at + place
        at += max(len(data) - 3, 1) if len(data) == _SEARCH else _SEARCH
    return None
