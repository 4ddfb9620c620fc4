"""Marks audio files that are written already as generated: for machines, in words, and by a signature.

A file says IPTC's digital source type (XMP in WAV files, tags in others), which program and models made it, and all
that is known of its making; where content credentials (C2PA) can be written they say the same, signed. The samples
stay as they are.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from engine import __version__
from engine.encoding import FileType, write_tags
from engine.errors import ExportError
from engine.tags.content_credentials import can_sign, sign
from engine.tags.facts import FileTags
from engine.tags.id3 import id3
from engine.tags.xmp import SourceType, xmp_packet

SOFTWARE = f"Continuo {__version__}"
_MAX_RIFF = 0xFFFFFFFF
_TYPES = {".flac": FileType.FLAC, ".aiff": FileType.AIFF, ".aif": FileType.AIFF}


@dataclass(frozen=True, slots=True)
class Making:
    """How a file was made. records: all that is known of each part of its sound, as JSON. models: their versions.

    comment: what players show beside the title.
    """

    source_type: SourceType
    title: str
    records: Mapping[str, str] = field(default_factory=dict)
    models: Mapping[str, str] = field(default_factory=dict)
    comment: str = ""
    tempo: float | None = None
    key: str = ""


def mark_generated(part: Path, name: Path, making: Making, *, credentials: bool = True) -> str:
    """Marks the file `part`, which will be called `name` (WAV, FLAC or AIFF); any thread.

    credentials: whether it is signed, too, where that can be done.

    Returns why it is not signed although that was wanted; empty where all is well.

    Raises:
        ExportError: it is no file that can be marked.
        OSError: it cannot be written.
    """
    tags = FileTags(
        title=making.title,
        comment=making.comment,
        software=SOFTWARE,
        tempo=making.tempo,
        key=making.key,
        source_type=making.source_type.uri,
        provenance=making.records,
    )
    kind = _TYPES.get(name.suffix.lower())
    if kind is None:
        with part.open("r+b") as file:
            _mark_wave(file, tags)
    else:
        write_tags(part, kind, tags)
    if credentials and can_sign(name):
        try:
            sign(part, name, making.title, making.source_type, making.models)
        except ExportError as error:
            return str(error)
    return ""


def _mark_wave(file: BinaryIO, tags: FileTags) -> None:
    """Puts chunks behind the last one of a WAV file, and counts them in."""
    head = file.read(12)
    if head[:4] != b"RIFF" or head[8:] != b"WAVE":
        raise ExportError("The file is no WAV file of less than 4 GB, so it cannot be marked as generated.")
    info = b"INFO" + _chunk(b"ISFT", f"{tags.software}\0".encode()) + _chunk(b"INAM", f"{tags.title}\0".encode())
    if tags.comment:
        info += _chunk(b"ICMT", f"{tags.comment}\0".encode())
    user = "\n".join(tags.provenance_lines())
    document = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<BWFXML><IXML_VERSION>1.52</IXML_VERSION>'
        f"<NOTE>{_escaped(tags.source_type)}</NOTE><USER>{_escaped(user)}</USER></BWFXML>\n"
    )
    content = b"".join(
        (
            _chunk(b"LIST", info),
            _chunk(b"iXML", document.encode()),
            _chunk(b"_PMX", xmp_packet(tags.source_type, tags.software)),
            _chunk(b"id3 ", id3(tags)),
        )
    )
    end = file.seek(0, 2)
    if end % 2:
        content = b"\0" + content
    if end + len(content) - 8 > _MAX_RIFF:
        raise ExportError("The file is too long for a WAV file to be marked as generated: make it shorter.")
    file.write(content)
    file.seek(4)
    file.write(struct.pack("<I", end + len(content) - 8))


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack("<4sI", name, len(content)) + content + bytes(len(content) % 2)


def _escaped(text: str) -> str:
    plain = "".join(c for c in text if c in "\t\n\r" or (ord(c) >= 32 and not 0xD800 <= ord(c) <= 0xDFFF))
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
