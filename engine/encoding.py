"""Audio files of other types than WAV: what each can hold, and encoding a WAV file as one of them.

libsndfile encodes. What it writes begins and ends on the frames that went in: MP3 and Opus files say how many frames
their encoders added, and players leave those out.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from engine.atomic_file import sync_file
from engine.errors import ExportError
from engine.jobs import Context

BLOCK = 65536  # frames that are encoded at a time
_MAX_AIFF = 0xFFFFFFFF  # bytes that an AIFF file may claim
_ID3_ENCODING = b"\x03"  # UTF-8, ID3v2.4 (§4)


class FileType(StrEnum):
    """A type of audio file that can be written, by the ending of its names."""

    WAV = "wav"
    FLAC = "flac"
    AIFF = "aiff"
    MP3 = "mp3"
    OPUS = "opus"

    @property
    def label(self) -> str:
        """Its name, for reading."""
        return _LABELS[self]

    @property
    def short_label(self) -> str:
        """Its name without its rate of bits."""
        return self.label.partition(",")[0]

    @property
    def suffix(self) -> str:
        """The ending of its file names."""
        return f".{self.value}"

    @property
    def lossy(self) -> bool:
        """Whether its samples are near those that went in, not equal to them."""
        return self in (FileType.MP3, FileType.OPUS)

    @property
    def floats(self) -> bool:
        """Whether it can hold samples of 32-bit float."""
        return self in (FileType.WAV, FileType.AIFF)

    @property
    def rates(self) -> tuple[int, ...]:
        """The only sample rates that it can have, in Hz, rising; empty where it can have any."""
        return _RATES.get(self, ())

    def rate_for(self, rate: int) -> int:
        """`rate` if it can have it; else the next lower one of the same family (44.1 or 48 kHz), or the lowest."""
        if not self.rates or rate in self.rates:
            return rate
        family = [each for each in self.rates if rate % each == 0] or [each for each in self.rates if each <= rate]
        return max(family, default=self.rates[0])


_LABELS = {
    FileType.WAV: "WAV",
    FileType.FLAC: "FLAC",
    FileType.AIFF: "AIFF",
    FileType.MP3: "MP3, 320 kbit/s",
    FileType.OPUS: "Opus, 256 kbit/s",
}
_RATES = {
    FileType.MP3: (8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000),
    FileType.OPUS: (48000,),  # the codec's lower rates are decoded at 48 kHz by every player
}
_SUFFIXES = {".wav": FileType.WAV, ".wave": FileType.WAV, ".bwf": FileType.WAV, ".aif": FileType.AIFF}
_CONTAINERS: dict[FileType, dict[str, Any]] = {
    FileType.FLAC: {"format": "FLAC", "compression_level": 0.6},
    FileType.AIFF: {"format": "AIFF"},
    FileType.MP3: {
        "format": "MP3",
        "subtype": "MPEG_LAYER_III",
        "compression_level": 0.0,
        "bitrate_mode": "CONSTANT",
    },
    FileType.OPUS: {"format": "OGG", "subtype": "OPUS", "compression_level": 0.5},
}


def file_type(path: Path) -> FileType:
    """The type of file that the ending of `path` asks for; letters' case does not count.

    Raises:
        ExportError: there is none with that ending.
    """
    suffix = path.suffix.lower()
    if suffix in _SUFFIXES:
        return _SUFFIXES[suffix]
    if suffix[1:] in set(FileType):
        return FileType(suffix[1:])
    endings = [each.suffix for each in FileType]
    raise ExportError(
        f"“{path.name}” is not the name of an audio file that can be written: let it end with "
        f"{', '.join(endings[:-1])} or {endings[-1]}."
    )


@dataclass(frozen=True, slots=True)
class FileTags:
    """What a file says about itself to players. tempo: beats a minute; None where it changes or is not known."""

    title: str = ""
    album: str = ""
    comment: str = ""
    software: str = ""
    written: datetime = field(default_factory=datetime.now)
    tempo: float | None = None


def encode(wav: Path, target: Path, kind: FileType, tags: FileTags, context: Context) -> None:
    """Encodes the file `wav` as `target` of type `kind`, sample by sample; `target` is replaced. Any thread.

    A lossless type gets the very samples of `wav`, with its bits. Tags are text in UTF-8.

    Raises:
        ExportError: the type cannot hold it.
        OSError: a file cannot be read or written.
        Cancelled: the user cancelled; `target` is not whole then.
    """
    import soundfile  # which loads decoders; most exports are WAV files

    options = dict(_CONTAINERS[kind])
    try:
        with soundfile.SoundFile(str(wav)) as source:
            _check_size(target, kind, source)
            options.setdefault("subtype", source.subtype)
            samples = "float32" if source.subtype == "FLOAT" else "int32"
            with soundfile.SoundFile(str(target), "w", source.samplerate, source.channels, **options) as encoded:
                if kind is not FileType.MP3:  # whose tags libsndfile writes as Latin-1
                    _set_strings(encoded, tags)
                for start in range(0, source.frames, BLOCK):
                    encoded.write(source.read(min(BLOCK, source.frames - start), dtype=samples))
                    context.progress((start + BLOCK) / max(source.frames, 1))
    except soundfile.LibsndfileError as error:
        raise OSError(f"libsndfile says: {error}") from error
    if kind is FileType.MP3:
        _put_before(target, id3(tags))
    with target.open("r+b") as file:
        sync_file(file.fileno())


def _check_size(target: Path, kind: FileType, source: Any) -> None:
    width = 4 if source.subtype == "FLOAT" else int(source.subtype.removeprefix("PCM_")) // 8
    if kind is FileType.AIFF and source.frames * source.channels * width > _MAX_AIFF - (1 << 16):
        raise ExportError(
            f"“{target.name}” would be larger than the 4 GB that an AIFF file can have: choose WAV or FLAC."
        )


def _set_strings(encoded: Any, tags: FileTags) -> None:
    texts = {
        "title": tags.title,
        "album": tags.album,
        "comment": tags.comment,
        "software": tags.software,
        "date": tags.written.strftime("%Y-%m-%d"),
    }
    for name, text in texts.items():
        if text:
            setattr(encoded, name, text.encode("utf-8", "replace").decode())


def id3(tags: FileTags) -> bytes:
    """An ID3v2.4 tag (id3.org, “ID3 tag version 2.4.0”, §3 and §4): title, album, date, tempo, encoder, comment."""
    texts: Mapping[bytes, str] = {
        b"TIT2": tags.title,
        b"TALB": tags.album,
        b"TDRC": tags.written.strftime("%Y-%m-%d"),
        b"TBPM": "" if tags.tempo is None else f"{tags.tempo:.0f}",
        b"TSSE": tags.software,
    }
    frames = [_frame(name, _ID3_ENCODING + _utf8(text)) for name, text in texts.items() if text]
    if tags.comment:
        frames.append(_frame(b"COMM", _ID3_ENCODING + b"eng" + b"\0" + _utf8(tags.comment)))
    body = b"".join(frames)
    return b"ID3\x04\x00\x00" + _syncsafe(len(body)) + body


def _utf8(text: str) -> bytes:
    return text.replace("\0", "").encode("utf-8", "replace")


def _frame(name: bytes, content: bytes) -> bytes:
    return name + _syncsafe(len(content)) + b"\0\0" + content


def _syncsafe(size: int) -> bytes:
    """`size` in four bytes of seven bits each."""
    return struct.pack("4B", *(size >> shift & 0x7F for shift in (21, 14, 7, 0)))


def _put_before(path: Path, head: bytes) -> None:
    """Writes `head` before what is in the file at `path`."""
    with path.open("r+b") as file:
        place = file.seek(0, 2)
        while place > 0:  # from the end on, so that nothing is overwritten before it was moved
            size = min(1 << 20, place)
            place -= size
            file.seek(place)
            block = file.read(size)
            file.seek(place + len(head))
            file.write(block)
        file.seek(0)
        file.write(head)
