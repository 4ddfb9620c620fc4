"""ID3v2 tags (id3.org, “ID3 tag version 2.4.0 – Main Structure” and “– Native Frames”).

They are written as 2.4, and read as 2.3 and 2.4.

MP3 files begin with one; WAV files hold one in a chunk `id3 `, AIFF files in a chunk `ID3 `.
"""

import struct
from collections.abc import Iterator

from engine.tags.facts import PROVENANCE_FIELD, SOURCE_TYPE_FIELD, FileTags, short_key, tempo_text
from engine.tags.xmp import xmp_packet

HEAD = 10
"""Bytes of a tag's head."""

MAX_TAG = 32 << 20
"""Bytes of a tag that is read."""

_UTF8 = b"\x03"
_CODECS = {0: "latin-1", 1: "utf-16", 2: "utf-16-be", 3: "utf-8"}
_FIELDS = {"TIT2": "title", "TALB": "album", "TDRC": "date", "TBPM": "tempo", "TKEY": "key", "TSSE": "software",
           "TPE1": "artist"}  # fmt: skip


def id3(tags: FileTags) -> bytes:
    """A tag with title, album, date, tempo, key, encoder, comment, cover and origin; of even length."""
    texts = {
        b"TIT2": tags.title,
        b"TALB": tags.album,
        b"TDRC": tags.written.strftime("%Y-%m-%d"),
        b"TBPM": tempo_text(tags.tempo),
        b"TKEY": short_key(tags.key),
        b"TSSE": tags.software,
    }
    frames = [_frame(name, _UTF8 + _utf8(text)) for name, text in texts.items() if text]
    if tags.comment:
        frames.append(_frame(b"COMM", _UTF8 + b"eng" + b"\0" + _utf8(tags.comment)))
    own = {SOURCE_TYPE_FIELD: tags.source_type, PROVENANCE_FIELD: "\n".join(tags.provenance_lines())}
    frames += [_frame(b"TXXX", _UTF8 + _utf8(name) + b"\0" + _utf8(text)) for name, text in own.items() if text]
    if tags.source_type:
        frames.append(_frame(b"PRIV", b"XMP\0" + xmp_packet(tags.source_type, tags.software)))
    if tags.cover:  # 3: the front cover
        picture = _UTF8 + tags.cover.media_type.encode() + b"\0\x03\0" + tags.cover.content
        frames.append(_frame(b"APIC", picture))
    body = b"".join(frames)
    body += bytes(len(body) % 2)
    return b"ID3\x04\x00\x00" + _syncsafe(len(body)) + body


def tag_size(head: bytes) -> int:
    """Bytes of the tag that begins with `head`, its head included; 0 where it is none."""
    if len(head) < HEAD or head[:3] != b"ID3" or head[3] not in (2, 3, 4) or any(byte > 127 for byte in head[6:10]):
        return 0
    return HEAD + _from_syncsafe(head[6:10])


def read_id3(tag: bytes) -> dict[str, str]:
    """The texts of a tag by their names (title, tempo, key, …); a field of the program's own by its own name.

    A cover is told as its media type and size. What is damaged is left out.
    """
    texts: dict[str, str] = {}
    for name, content in _frames(tag):
        if name in _FIELDS:
            texts.setdefault(_FIELDS[name], _text(content[:1], content[1:]))
        elif name == "COMM" and len(content) > 4:
            _, comment = _halves(content[:1], content[4:])
            texts.setdefault("comment", comment)
        elif name == "TXXX":
            field, text = _halves(content[:1], content[1:])
            texts.setdefault(field, text)
        elif name == "PRIV" and content.startswith(b"XMP\0"):
            texts.setdefault("xmp", content[4:].decode("utf-8", "replace"))
        elif name == "APIC" and len(content) > 4:
            media_type = content[1:].partition(b"\0")[0].decode("latin-1")
            texts.setdefault("cover", f"{media_type}, {len(content):,} bytes")
    return texts


def _frames(tag: bytes) -> Iterator[tuple[str, bytes]]:
    size = min(tag_size(tag), len(tag))
    version, at = (tag[3], HEAD) if size else (0, 0)
    if version not in (3, 4):
        return
    if tag[5] & 0x40 and size >= HEAD + 4:  # an extended head; 2.3 leaves its own four bytes out of its size
        at += struct.unpack(">I", tag[10:14])[0] + 4 if version == 3 else _from_syncsafe(tag[10:14])
    while at + 10 <= size and tag[at] != 0:
        length = _from_syncsafe(tag[at + 4 : at + 8]) if version == 4 else struct.unpack(">I", tag[at + 4 : at + 8])[0]
        content = tag[at + 10 : min(at + 10 + length, size)]
        flags = tag[at + 9]
        if version == 4 and flags & 0x01:  # a length stands before it
            content = content[4:]
        if version == 4 and flags & 0x02:
            content = content.replace(b"\xff\x00", b"\xff")
        if not flags & (0x0C if version == 4 else 0xC0):  # neither packed nor encrypted
            yield tag[at : at + 4].decode("latin-1"), content
        at += 10 + length


def _text(encoding: bytes, content: bytes) -> str:
    codec = _CODECS.get(encoding[0] if encoding else 0, "latin-1")
    return content.decode(codec, "replace").partition("\0")[0].strip("\0")


def _halves(encoding: bytes, content: bytes) -> tuple[str, str]:
    """The two texts of a frame that holds a description and a text."""
    codec = _CODECS.get(encoding[0] if encoding else 0, "latin-1")
    if codec == "utf-16":  # each half has a byte order mark of its own
        at = next((at for at in range(0, len(content) - 1, 2) if content[at : at + 2] == b"\0\0"), len(content))
        first, second = content[:at].decode(codec, "replace"), content[at + 2 :].decode(codec, "replace")
        return first, second.strip("\0")
    first, _, second = content.decode(codec, "replace").partition("\0")
    return first, second.strip("\0")


def _utf8(text: str) -> bytes:
    return text.replace("\0", "").encode("utf-8", "replace")


def _frame(name: bytes, content: bytes) -> bytes:
    return name + _syncsafe(len(content)) + b"\0\0" + content


def _syncsafe(size: int) -> bytes:
    """`size` in four bytes of seven bits each."""
    return struct.pack("4B", *(size >> shift & 0x7F for shift in (21, 14, 7, 0)))


def _from_syncsafe(size: bytes) -> int:
    return sum((byte & 0x7F) << shift for byte, shift in zip(size, (21, 14, 7, 0), strict=True))
