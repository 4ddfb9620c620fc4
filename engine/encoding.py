"""Audio files of other types than WAV: what each can hold, and encoding a WAV file as one of them.

libsndfile encodes. What it writes begins and ends on the frames that went in: MP3 and Opus files say how many frames
their encoders added, and players leave those out.
"""

import struct
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO

from engine.atomic_file import sync_file
from engine.errors import ExportError
from engine.jobs import Context
from engine.tags.facts import FileTags
from engine.tags.file_parts import replace_part
from engine.tags.id3 import id3
from engine.tags.vorbis import tag_flac, tag_opus

BLOCK = 65536  # frames that are encoded at a time
_MAX_AIFF = 0xFFFFFFFF  # bytes that an AIFF file may claim


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
                for start in range(0, source.frames, BLOCK):
                    encoded.write(source.read(min(BLOCK, source.frames - start), dtype=samples))
                    context.progress((start + BLOCK) / max(source.frames, 1))
    except soundfile.LibsndfileError as error:
        raise OSError(f"libsndfile says: {error}") from error
    write_tags(target, kind, tags)


def _check_size(target: Path, kind: FileType, source: Any) -> None:
    width = 4 if source.subtype == "FLOAT" else int(source.subtype.removeprefix("PCM_")) // 8
    if kind is FileType.AIFF and source.frames * source.channels * width > _MAX_AIFF - (1 << 16):
        raise ExportError(
            f"“{target.name}” would be larger than the 4 GB that an AIFF file can have: choose WAV or FLAC."
        )


def write_tags(path: Path, kind: FileType, tags: FileTags) -> None:
    """Writes the tags into the encoded file at `path`, in the way of its type."""
    with path.open("r+b") as file:
        if kind is FileType.FLAC:
            tag_flac(file, tags)
        elif kind is FileType.OPUS:
            tag_opus(file, tags)
        elif kind is FileType.MP3:
            replace_part(file, 0, 0, id3(tags))
        else:
            _append_chunk(file, b"ID3 ", id3(tags))
        sync_file(file.fileno())


def _append_chunk(file: BinaryIO, name: bytes, content: bytes) -> None:
    """Puts a chunk behind the last one of an AIFF file, and counts it in."""
    size = file.seek(0, 2)
    file.write(bytes(size % 2) + struct.pack(">4sI", name, len(content)) + content)
    whole = file.tell() - 8
    file.seek(4)
    file.write(struct.pack(">I", whole))
