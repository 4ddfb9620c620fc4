"""The facts that a file can tell about itself, whatever its type."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from engine.errors import ExportError, shown

MAX_COVER = 10 << 20
"""Bytes of a cover picture."""

COVER_NAMES = ("cover.jpg", "cover.jpeg", "cover.png")
"""Pictures in a song's folder that its exports carry."""

PROVENANCE_FIELD = "CONTINUO_ORIGIN"
"""Name of the tag that holds all that is known of a clip's making."""

SOURCE_TYPE_FIELD = "DIGITALSOURCETYPE"
"""Name of the tag that holds the IPTC digital source type."""


@dataclass(frozen=True, slots=True)
class Cover:
    """A picture: its bytes as they are in its file, and its media type."""

    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class FileTags:
    """What a file says about itself to players.

    tempo: beats a minute; None where it changes or is not known. key: such as “A minor”; empty where it is not known.
    source_type: the IPTC digital source type, a URI; empty where nothing was generated. provenance: what the sound was
    made from (such as clips), and all that is known of each, as JSON.
    """

    title: str = ""
    album: str = ""
    comment: str = ""
    software: str = ""
    written: datetime = field(default_factory=datetime.now)
    tempo: float | None = None
    key: str = ""
    cover: Cover | None = None
    source_type: str = ""
    provenance: Mapping[str, str] = field(default_factory=dict)

    def provenance_lines(self) -> list[str]:
        """A line for each thing that the sound was made from: its name, a colon, JSON."""
        return [f"{name}: {record}" for name, record in self.provenance.items()]


def tempo_text(tempo: float | None) -> str:
    """A tempo as tags write it: whole where it is whole."""
    return "" if tempo is None else f"{tempo:.3f}".rstrip("0").rstrip(".")


def short_key(key: str) -> str:
    """“Am” of “A minor”, as ID3's TKEY writes keys (at most three letters); empty for modes that it has no letter for.

    ID3v2.4, §4.2.3.
    """
    tonic, _, mode = key.partition(" ")
    endings = {"major": "", "minor": "m", "harmonic minor": "m", "natural minor": "m"}
    return tonic + endings[mode] if mode in endings else ""


def long_key(text: str) -> str:
    """“A minor” of “Am” or “A minor”; empty where it is no such key."""
    text = text.strip()
    if not text or text[0] not in "ABCDEFG":
        return ""
    if " " in text:
        return text if text.split(" ", 1)[1] in ("major", "minor") or short_key(text) else ""
    tonic = text.removesuffix("m")
    if tonic[1:] not in ("", "#", "b"):
        return ""
    return f"{tonic} {'minor' if text.endswith('m') else 'major'}"


def read_cover(path: Path) -> Cover:
    """The picture at `path`.

    Raises:
        ExportError: it cannot be read, is no JPEG or PNG picture, or is too large.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_COVER + 1)
    except OSError as error:
        raise ExportError(f"The cover “{shown(path)}” cannot be read ({error.strerror or error}).") from error
    if len(content) > MAX_COVER:
        raise ExportError(f"The cover “{shown(path)}” is larger than {MAX_COVER >> 20} MB: choose a smaller picture.")
    for head, media_type in ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png")):
        if content.startswith(head):
            return Cover(content, media_type)
    raise ExportError(f"The cover “{shown(path)}” is no JPEG or PNG picture: choose another one.")


def cover_in(folder: Path) -> Cover | None:
    """The cover picture in a song's folder; None where there is none.

    Raises:
        ExportError: there is one, and it cannot be used.
    """
    path = next((folder / name for name in COVER_NAMES if (folder / name).is_file()), None)
    return read_cover(path) if path else None
