"""Reads the tags of an audio file of any type that the program writes."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from xml.etree import ElementTree

from engine.errors import AudioFileError, shown
from engine.tags.facts import PROVENANCE_FIELD, SOURCE_TYPE_FIELD, long_key
from engine.tags.id3 import HEAD, MAX_TAG, read_id3, tag_size
from engine.tags.vorbis import flac_tags, opus_tags
from engine.tags.wave_chunks import Cue, LoopFacts, read_wave_facts, wave_chunks
from engine.tags.xmp import SourceType, source_type_in, source_type_of

_INFO = {b"INAM": "title", b"IART": "artist", b"ICMT": "comment", b"ICRD": "date", b"ISFT": "software"}
_MAX_XML = 8 << 20
_MAX_AIFF_CHUNKS = 1000


@dataclass(frozen=True, slots=True)
class AudioTags:
    """What a file says of itself. texts: title, comment, software and others, by their names.

    tempo: beats a minute; None where it says none. key: such as “A minor”, or a root alone, “A”; empty where it says
    none. provenance: clips that it was made from, and the JSON that is known of each.
    """

    texts: Mapping[str, str] = field(default_factory=dict)
    tempo: float | None = None
    key: str = ""
    cues: tuple[Cue, ...] = ()
    loop: LoopFacts | None = None
    source_type: SourceType | None = None
    provenance: Mapping[str, str] = field(default_factory=dict)


def read_tags(path: Path) -> AudioTags:
    """The tags of the file at `path`; none where it has none, or none that are known.

    Raises:
        AudioFileError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            head = file.read(12)
            if head[:4] in (b"RIFF", b"RF64", b"BW64"):
                return _wave_tags(file)
            if head[:4] == b"FORM":
                return _of_texts(_aiff_texts(file))
            if head[:4] == b"fLaC":
                return _of_texts(flac_tags(file))
            if head[:4] == b"OggS":
                return _of_texts(opus_tags(file))
            if head[:3] == b"ID3":
                return _of_texts(_id3_texts(file))
    except ValueError:
        return AudioTags()
    except OSError as error:
        raise AudioFileError(f"“{shown(path)}” cannot be read ({error.strerror or error}).") from error
    return AudioTags()


def _wave_tags(file: BinaryIO) -> AudioTags:
    facts = read_wave_facts(file)
    texts: dict[str, str] = {}
    xml: dict[str, str] = {}
    for name, content in wave_chunks(file, {b"LIST", b"iXML", b"id3 ", b"ID3 ", b"_PMX", b"bext"}):
        if name == b"LIST" and content[:4] == b"INFO":
            texts = {**_info_texts(content), **texts}
        elif name == b"iXML":
            xml = _ixml_texts(content)
        elif name in (b"id3 ", b"ID3 "):
            texts |= {key: text for key, text in read_id3(content).items() if key != "comment" or key not in texts}
        elif name == b"_PMX":
            texts.setdefault("xmp", content.decode("utf-8", "replace"))
        elif name == b"bext" and len(content) >= 288:
            originator = content[256:288].partition(b"\0")[0].decode("ascii", "replace").strip()
            texts.setdefault("software", originator)
    if xml.get("project"):
        texts.setdefault("project", xml["project"])
    tags = _of_texts(texts)
    provenance = tags.provenance or _provenance(xml.get("user", ""))
    tempo = facts.loop.tempo if facts.loop else tags.tempo
    root = facts.loop.root if facts.loop else None
    key = tags.key or ("" if root is None else _ROOTS[root])
    return AudioTags(tags.texts, tempo, key, facts.cues, facts.loop, tags.source_type, provenance)


_ROOTS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


def _of_texts(texts: dict[str, str]) -> AudioTags:
    word = texts.pop(SOURCE_TYPE_FIELD, "")
    xmp = texts.pop("xmp", "")
    provenance = _provenance(texts.pop(PROVENANCE_FIELD, ""))
    tempo, key = _number(texts.pop("tempo", "")), long_key(texts.pop("key", ""))
    return AudioTags(texts, tempo, key, source_type=source_type_of(word or source_type_in(xmp)), provenance=provenance)


def _number(text: str) -> float | None:
    try:
        number = float(text.replace(",", ".", 1))
    except ValueError:
        return None
    return number if 20 <= number <= 999 else None


def _provenance(text: str) -> dict[str, str]:
    """The clips and their JSON in lines of “clip: {…}”."""
    records: dict[str, str] = {}
    for line in text.splitlines():
        name, separator, record = line.partition(": {")
        if separator:
            records[name] = "{" + record
    return records


def _info_texts(content: bytes) -> dict[str, str]:
    texts: dict[str, str] = {}
    at = 4
    while at + 8 <= len(content):
        name, length = struct.unpack_from("<4sI", content, at)
        if name in _INFO:
            texts[_INFO[name]] = content[at + 8 : at + 8 + length].partition(b"\0")[0].decode("utf-8", "replace")
        at += 8 + length + length % 2
    return texts


def _ixml_texts(content: bytes) -> dict[str, str]:
    """Project and provenance in an `iXML` chunk; nothing where it is no XML, or names entities of its own."""
    if len(content) > _MAX_XML or b"<!" in content:
        return {}
    try:
        root = ElementTree.fromstring(content.rstrip(b"\0 \n"))
    except ElementTree.ParseError:
        return {}
    return {name.lower(): root.findtext(name) or "" for name in ("PROJECT", "USER")}


def _id3_texts(file: BinaryIO) -> dict[str, str]:
    """What the tag at the start of a file says, and what a FLAC file behind it does."""
    file.seek(0)
    size = tag_size(file.read(HEAD))
    file.seek(0)
    texts = read_id3(file.read(min(size, MAX_TAG)))
    file.seek(size)
    return texts | (flac_tags(file, size) if file.read(4) == b"fLaC" else {})


def _aiff_texts(file: BinaryIO) -> dict[str, str]:
    """What an AIFF file's `ID3 ` chunk says, and its own chunks of text where that is missing."""
    texts: dict[str, str] = {}
    own = {b"NAME": "title", b"AUTH": "artist", b"ANNO": "comment", b"(c) ": "copyright"}
    at = 12
    for _ in range(_MAX_AIFF_CHUNKS):
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:
            break
        name, length = struct.unpack(">4sI", head)
        if name in (b"ID3 ", b"id3 "):
            texts |= read_id3(file.read(min(length, MAX_TAG)))
        elif name in own:
            texts.setdefault(own[name], file.read(min(length, 1 << 16)).rstrip(b"\0").decode("utf-8", "replace"))
        at += 8 + length + length % 2
    return texts
