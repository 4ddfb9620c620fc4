"""Vorbis comments in FLAC and Ogg Opus files: written in place of those that are there, and read.

RFC 9639 §8.6 (comments) and §8.8 (pictures) for FLAC; RFC 7845 §5.2 for Opus; RFC 3533 §6 for the pages of Ogg.
"""

import base64
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from engine.tags.facts import PROVENANCE_FIELD, SOURCE_TYPE_FIELD, Cover, FileTags, tempo_text
from engine.tags.file_parts import replace_part

MAX_COMMENTS = 32 << 20
"""Bytes of comments that are read."""

_COMMENTS, _PICTURE = 4, 6  # types of FLAC's metadata blocks
_MAX_FLAC_BLOCK = (1 << 24) - 1
_FIELDS = {"TITLE": "title", "ALBUM": "album", "DATE": "date", "BPM": "tempo", "INITIALKEY": "key", "KEY": "key",
           "ENCODER": "software", "SOFTWARE": "software", "COMMENT": "comment", "DESCRIPTION": "comment",
           "ARTIST": "artist"}  # fmt: skip
_FRONT_COVER = 3
_SEGMENTS = 255  # of a page of Ogg, of as many bytes each
_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def comment_block(tags: FileTags, vendor: bytes, *, picture: bool) -> bytes:
    """Comments as FLAC and Opus hold them; with `picture` the cover is one of them (Opus), in Base64."""
    texts = {
        "TITLE": tags.title,
        "ALBUM": tags.album,
        "DATE": tags.written.strftime("%Y-%m-%d"),
        "BPM": tempo_text(tags.tempo),
        "INITIALKEY": tags.key,
        "ENCODER": tags.software,
        "COMMENT": tags.comment,
        SOURCE_TYPE_FIELD: tags.source_type,
        PROVENANCE_FIELD: "\n".join(tags.provenance_lines()),
    }
    lines = [f"{name}={text}".replace("\0", "").encode("utf-8", "replace") for name, text in texts.items() if text]
    if picture and tags.cover:
        lines.append(b"METADATA_BLOCK_PICTURE=" + base64.b64encode(picture_block(tags.cover)))
    sized = b"".join(struct.pack("<I", len(line)) + line for line in lines)
    return struct.pack("<I", len(vendor)) + vendor + struct.pack("<I", len(lines)) + sized


def picture_block(cover: Cover) -> bytes:
    """A picture as FLAC holds it. Its size in pixels is left open, as the format allows."""
    media_type = cover.media_type.encode()
    head = struct.pack(">II", _FRONT_COVER, len(media_type)) + media_type + struct.pack(">I", 0)
    return head + struct.pack(">5I", 0, 0, 0, 0, len(cover.content)) + cover.content


def read_comments(block: bytes) -> dict[str, str]:
    """The texts of a block of comments by their names; fields of the program's own by their own names."""
    texts: dict[str, str] = {}
    try:
        at = 4 + struct.unpack_from("<I", block)[0]
        count = struct.unpack_from("<I", block, at)[0]
        at += 4
        for _ in range(min(count, len(block) // 4)):
            size = struct.unpack_from("<I", block, at)[0]
            name, _, text = block[at + 4 : at + 4 + size].decode("utf-8", "replace").partition("=")
            at += 4 + size
            name = name.upper()
            if name == "METADATA_BLOCK_PICTURE":
                texts.setdefault("cover", f"picture, {len(text) * 3 // 4:,} bytes")
            else:
                texts.setdefault(_FIELDS.get(name, name), text)
    except struct.error:
        pass  # what is damaged ends the list
    return texts


# FLAC


def tag_flac(file: BinaryIO, tags: FileTags) -> None:
    """Writes `tags` into the FLAC file that is open for reading and writing, in place of its comments and pictures.

    Raises:
        ValueError: it is no FLAC file.
    """
    blocks = list(_flac_blocks(file))
    vendor = next((content[4 : 4 + struct.unpack_from("<I", content)[0]] for kind, content in blocks
                   if kind == _COMMENTS and len(content) >= 4), b"")  # fmt: skip
    others = [(kind, content) for kind, content in blocks if kind not in (_COMMENTS, _PICTURE)]
    others.insert(1, (_COMMENTS, comment_block(tags, vendor or tags.software.encode(), picture=False)))
    if tags.cover:
        others.append((_PICTURE, picture_block(tags.cover)))
    others = [(kind, content) for kind, content in others if len(content) <= _MAX_FLAC_BLOCK]
    end = 4 + sum(4 + len(content) for _, content in blocks)
    heads = [kind << 24 | len(content) for kind, content in others]
    heads[-1] |= 0x80 << 24  # the last one says so
    new = b"".join(struct.pack(">I", head) + content for head, (_, content) in zip(heads, others, strict=True))
    replace_part(file, 4, end, new)


def flac_tags(file: BinaryIO, start: int = 0) -> dict[str, str]:
    """The comments of a FLAC file that begins at byte `start`, by their names, and its picture.

    Raises:
        ValueError: it is no FLAC file.
    """
    texts: dict[str, str] = {}
    for kind, content in _flac_blocks(file, start):
        if kind == _COMMENTS:
            texts |= read_comments(content)
        elif kind == _PICTURE:
            texts["cover"] = f"picture, {len(content):,} bytes"
    return texts


def _flac_blocks(file: BinaryIO, start: int = 0) -> Iterator[tuple[int, bytes]]:
    file.seek(start)
    if file.read(4) != b"fLaC":
        raise ValueError("This is no FLAC file.")
    last = False
    while not last:
        head = file.read(4)
        if len(head) < 4:
            return
        last, kind, size = bool(head[0] & 0x80), head[0] & 0x7F, int.from_bytes(head[1:], "big")
        yield kind, file.read(size)


# Ogg Opus


@dataclass(frozen=True, slots=True)
class _Page:
    start: int
    head: bytes  # with the table of segments
    content: bytes

    @property
    def end(self) -> int:
        return self.start + len(self.head) + len(self.content)

    @property
    def number(self) -> int:
        """Its place among the pages of its stream."""
        return int(struct.unpack_from("<I", self.head, 18)[0])

    @property
    def completes(self) -> bool:
        """Whether the packet in it ends in it."""
        return len(self.head) > 27 and self.head[-1] < _SEGMENTS


def tag_opus(file: BinaryIO, tags: FileTags) -> None:
    """Writes `tags` into the Ogg Opus file that is open for reading and writing, in place of its comments.

    Raises:
        ValueError: it is no Ogg Opus file.
    """
    pages = _comment_pages(file)
    packet = b"".join(page.content for page in pages)
    vendor = packet[12 : 12 + struct.unpack_from("<I", packet, 8)[0]]
    new = _paged(b"OpusTags" + comment_block(tags, vendor, picture=True), pages[0])
    replace_part(file, pages[0].start, pages[-1].end, b"".join(new))
    shift = len(new) - len(pages)
    if shift:
        at = pages[0].start + sum(map(len, new))
        while page := _page(file, at):
            file.seek(at)
            file.write(_numbered(page.head, page.content, page.number + shift))
            at = page.end


def opus_tags(file: BinaryIO) -> dict[str, str]:
    """The comments of an Ogg Opus file, by their names.

    Raises:
        ValueError: it is no Ogg Opus file.
    """
    return read_comments(b"".join(page.content for page in _comment_pages(file))[8:])


def _comment_pages(file: BinaryIO) -> list[_Page]:
    """The pages that hold the comments, which follow the first page of the stream."""
    first = _page(file, 0)
    if first is None or not first.content.startswith(b"OpusHead"):
        raise ValueError("This is no Ogg Opus file.")
    pages: list[_Page] = []
    at, size = first.end, 0
    while (page := _page(file, at)) and size < MAX_COMMENTS:
        pages.append(page)
        at, size = page.end, size + len(page.content)
        if page.completes:
            break
    if not pages or not pages[0].content.startswith(b"OpusTags") or not pages[-1].completes:
        raise ValueError("This Ogg Opus file has no comments.")
    return pages


def _page(file: BinaryIO, at: int) -> _Page | None:
    file.seek(at)
    head = file.read(27)
    if len(head) < 27 or head[:4] != b"OggS":
        return None
    head += file.read(head[26])
    size = sum(head[27:])
    content = file.read(size)
    return _Page(at, head, content) if len(content) == size and len(head) == 27 + head[26] else None


def _paged(packet: bytes, first: _Page) -> list[bytes]:
    """A packet as whole pages, numbered from the page `first` on, of its stream."""
    sizes = [_SEGMENTS] * (len(packet) // _SEGMENTS) + [len(packet) % _SEGMENTS]
    pages: list[bytes] = []
    at = 0
    for index in range(0, len(sizes), _SEGMENTS):
        table = bytes(sizes[index : index + _SEGMENTS])
        content = packet[at : at + sum(table)]
        at += len(content)
        ends = index + _SEGMENTS >= len(sizes)
        granule = 0 if ends else -1  # a page in which no packet ends says −1
        head = struct.pack("<4sBBq", b"OggS", 0, 1 if index else 0, granule)
        head += first.head[14:18] + bytes(8) + bytes([len(table)]) + table
        pages.append(_numbered(head, content, first.number + len(pages)) + content)
    return pages


def _numbered(head: bytes, content: bytes, number: int) -> bytes:
    """The head of a page with that number, and its checksum."""
    head = head[:18] + struct.pack("<I", number) + bytes(4) + head[26:]
    return head[:22] + struct.pack("<I", ogg_checksum(head + content)) + head[26:]


def ogg_checksum(page: bytes) -> int:
    """The checksum of a page of Ogg: CRC-32 with the polynomial 0x04C11DB7, from 0, its highest bit first.

    zlib's is the same with its lowest bit first, from all ones, and turned over at the end.
    """
    turned = zlib.crc32(page.translate(_REVERSED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int.from_bytes(turned.to_bytes(4, "little").translate(_REVERSED), "big")
