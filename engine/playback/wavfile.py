"""Writing WAV files for delivery: broadcast extension, INFO, iXML, and RF64 beyond 4 GB.

libsndfile can read all of this but not write it, so the chunks are written here: EBU Tech 3285 (`bext` version 2,
with loudness), EBU Tech 3306 (RF64 with `ds64`), Microsoft's RIFF, and iXML 1.5. Room for `ds64` is kept at the start,
so that a file becomes RF64 when its length demands it.
"""

import struct
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self

from engine import __version__
from engine.atomic_file import sync_file
from engine.plain_text import one_line, plain_lines
from engine.tags.facts import Cover, FileTags
from engine.tags.id3 import id3
from engine.tags.wave_chunks import Cue, LoopFacts, cue_chunks, loop_chunks
from engine.tags.xmp import xmp_packet

SOFTWARE = f"Continuo {__version__}"
MAX_RIFF = 0xFFFFFFFF
"""Largest size, in bytes, that a plain RIFF file may claim."""

_DS64 = struct.Struct("<QQQI")  # RIFF size, data size, frames, entries of the table
_BEXT = struct.Struct("<256s32s32s10s8sQH64s5h180x")
_UNSET = 0x7FFF  # a loudness field of bext that holds nothing
_INFO_KEYS = {"name": "INAM", "artist": "IART", "comment": "ICMT", "date": "ICRD", "software": "ISFT"}


class SampleFormat(StrEnum):
    """How samples are stored."""

    PCM_16 = "16"
    PCM_24 = "24"
    FLOAT = "32f"

    @property
    def bits(self) -> int:
        """Bits of a sample."""
        return 32 if self is SampleFormat.FLOAT else int(self.value)

    @property
    def scale(self) -> int:
        """The integer that stands for full scale; 1 for floats."""
        return 1 if self is SampleFormat.FLOAT else 1 << (self.bits - 1)


@dataclass(frozen=True, slots=True)
class LoudnessTags:
    """What `bext` says about loudness: LUFS, LU and dBTP; None where unknown."""

    integrated: float | None = None
    range: float | None = None
    true_peak: float | None = None
    max_momentary: float | None = None
    max_short_term: float | None = None


@dataclass(frozen=True, slots=True)
class WavTags:
    """What a file says about itself. `time_reference` is the frame of the song, at the file's rate, that comes first.

    `provenance` maps what the sound was made from (such as clips) to all that is known of it, for programs: it goes
    into iXML. `credits` says the same in short, for reading: it goes into INFO's comment.

    tempo: beats a minute; None where it changes or is not known. key: such as “A minor”. cues: named places, of which
    none lies behind the last frame. loop: how it goes, where it is a loop. source_type: the IPTC digital source type.
    """

    name: str = ""
    project: str = ""
    description: str = ""
    originator_reference: str = ""
    written: datetime = field(default_factory=lambda: datetime.now(UTC))
    time_reference: int = 0
    loudness: LoudnessTags = LoudnessTags()
    comment: str = ""
    provenance: Mapping[str, str] = field(default_factory=dict)
    credits: Mapping[str, str] = field(default_factory=dict)
    tempo: float | None = None
    key: str = ""
    cover: Cover | None = None
    cues: tuple[Cue, ...] = ()
    loop: LoopFacts | None = None
    source_type: str = ""


class WavWriter:
    """A WAV file being written, from one thread. Nothing is buffered; errors of the system come as `OSError`.

    Args:
        path: where; a file that is there is replaced.
        rate: Hz.
        channels: interleaved in each frame.
        sample_format: what `write` gets.
        tags: what it says about itself.
    """

    def __init__(self, path: Path, rate: int, channels: int, sample_format: SampleFormat, tags: WavTags) -> None:
        self.path = path
        self.rate = rate
        self.channels = channels
        self.format = sample_format
        self.data_bytes = 0
        self._tags = tags
        self._file = path.open("w+b", buffering=0)
        try:
            header = self._header()
            self.data_offset = len(header)
            self._put(header)
        except OSError:
            self._file.close()
            raise

    @property
    def frame_bytes(self) -> int:
        """Bytes of a frame."""
        return self.channels * self.format.bits // 8

    @property
    def frames(self) -> int:
        """Frames written so far."""
        return self.data_bytes // self.frame_bytes

    @property
    def source_type(self) -> str:
        """The IPTC digital source type that it says; empty where nothing was generated."""
        return self._tags.source_type

    def write(self, samples: bytes | memoryview) -> None:
        """Appends whole frames in the file's own format, little-endian."""
        self._put(samples)
        self.data_bytes += len(samples)

    def rewrite(self, frame: int, samples: bytes | memoryview) -> None:
        """Replaces frames that were already written, from `frame` on."""
        self._file.seek(self.data_offset + frame * self.frame_bytes)
        self._put(samples)
        self._file.seek(self.data_offset + self.data_bytes)

    def read(self, frame: int, frames: int) -> bytes:
        """Frames that were already written."""
        self._file.seek(self.data_offset + frame * self.frame_bytes)
        size = min(frames, self.frames - frame) * self.frame_bytes
        parts = []
        while size > 0 and (part := self._file.read(size)):
            parts.append(part)
            size -= len(part)
        self._file.seek(self.data_offset + self.data_bytes)
        return b"".join(parts)

    def set_loudness(self, loudness: LoudnessTags) -> None:
        """Says how loud the file turned out to be; counts until the file is finished."""
        self._tags = replace(self._tags, loudness=loudness)

    def file_tags(self) -> FileTags:
        """What a file that is encoded from this one says about itself."""
        return file_tags(self._tags)

    def finish(self) -> None:
        """Completes the header, makes sure that all is on the disk, and closes the file."""
        if self.data_bytes % 2:
            self._put(b"\0")
        self._file.seek(0)
        self._put(self._header())
        sync_file(self._file.fileno())
        self._file.close()

    def close(self) -> None:
        """Closes the file as it is; after `finish` this does nothing."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _put(self, content: bytes | memoryview) -> None:
        view = memoryview(content).cast("B")
        while len(view):
            view = view[self._file.write(view) or 0 :]

    def _header(self) -> bytes:
        """Everything before the samples, for the length so far; its own length never depends on that."""
        pcm = self.format is not SampleFormat.FLOAT
        fmt = struct.pack(
            "<HHIIHH",
            1 if pcm else 3,
            self.channels,
            self.rate,
            self.rate * self.frame_bytes,
            self.frame_bytes,
            self.format.bits,
        )
        chunks = [_chunk(b"bext", bext(self._tags, self.rate, self.channels, self.format))]
        chunks.append(_chunk(b"fmt ", fmt if pcm else fmt + b"\0\0"))
        if not pcm:
            chunks.append(_chunk(b"fact", struct.pack("<I", min(self.frames, MAX_RIFF))))
        chunks.append(_chunk(b"LIST", info(self._tags)))
        chunks.append(_chunk(b"iXML", ixml(self._tags, self.rate, self.format)))
        chunks += [_chunk(name, content) for name, content in music_chunks(self._tags, self.rate)]
        middle = b"".join(chunks)
        # the samples start at a multiple of 16 bytes, so that they can be mapped into memory as they are
        middle += _chunk(b"JUNK", bytes(-(12 + 8 + _DS64.size + len(middle) + 16) % 16))
        size = 4 + (8 + _DS64.size) + len(middle) + 8 + self.data_bytes + self.data_bytes % 2
        if size <= MAX_RIFF:
            start = struct.pack("<4sI4s", b"RIFF", size, b"WAVE") + _chunk(b"JUNK", bytes(_DS64.size))
            return start + middle + struct.pack("<4sI", b"data", self.data_bytes)
        start = struct.pack("<4sI4s", b"RF64", MAX_RIFF, b"WAVE")
        start += _chunk(b"ds64", _DS64.pack(size, self.data_bytes, self.frames, 0))
        return start + middle + struct.pack("<4sI", b"data", MAX_RIFF)


def file_tags(tags: WavTags) -> FileTags:
    """The same, as other types of files say it."""
    lines = [tags.description, tags.comment, *credit_lines(tags)]
    return FileTags(
        title=one_line(tags.name),
        album=one_line(tags.project),
        comment="\n".join(plain_lines(line) for line in lines if line),
        software=SOFTWARE,
        written=tags.written,
        tempo=tags.tempo,
        key=tags.key,
        cover=tags.cover,
        source_type=tags.source_type,
        provenance={one_line(name): text for name, text in tags.provenance.items()},
    )


def music_chunks(tags: WavTags, rate: int) -> list[tuple[bytes, bytes]]:
    """The chunks (names and contents) of cues, of a loop, and of what else players look for; all of even length."""
    chunks = cue_chunks([Cue(cue.frame, one_line(cue.name)) for cue in tags.cues])
    if tags.loop:
        chunks += loop_chunks(tags.loop, rate)
    if tags.source_type:
        chunks.append((b"_PMX", xmp_packet(tags.source_type, SOFTWARE)))
    if tags.tempo is not None or tags.key or tags.cover or tags.source_type:
        chunks.append((b"id3 ", id3(replace(file_tags(tags), comment="", provenance={}))))
    return chunks


def bext(tags: WavTags, rate: int, channels: int, sample_format: SampleFormat) -> bytes:
    """The contents of a `bext` chunk, version 2 (EBU Tech 3285)."""
    loudness = tags.loudness
    levels = (
        loudness.integrated,
        loudness.range,
        loudness.true_peak,
        loudness.max_momentary,
        loudness.max_short_term,
    )
    mode = {1: "mono", 2: "stereo"}.get(channels, "multitrack")
    history = f"A=PCM,F={rate},W={sample_format.bits},M={mode},T={SOFTWARE}\r\n"
    fixed = _BEXT.pack(
        _ascii(tags.description or tags.name, 256),
        _ascii(SOFTWARE, 32),
        _ascii(tags.originator_reference, 32),
        tags.written.strftime("%Y-%m-%d").encode("ascii"),
        tags.written.strftime("%H:%M:%S").encode("ascii"),
        tags.time_reference,
        2,
        bytes(64),
        *(_hundredths(level) for level in levels),
    )
    return _even(fixed + history.encode("ascii"), b"\0")


def credit_lines(tags: WavTags) -> list[str]:
    """A line for each thing that the sound was made from."""
    return [f"{one_line(name)}: {one_line(text)}" for name, text in tags.credits.items()]


def info(tags: WavTags) -> bytes:
    """The contents of a `LIST` chunk of type INFO; texts are UTF-8."""
    comment = "\n".join([tags.comment] * bool(tags.comment) + credit_lines(tags))
    texts = {
        "name": one_line(tags.name),
        "comment": comment,
        "date": tags.written.strftime("%Y-%m-%d"),
        "software": SOFTWARE,
    }
    return b"INFO" + b"".join(
        _chunk(_INFO_KEYS[key].encode("ascii"), plain_lines(text).encode("utf-8", "replace") + b"\0")
        for key, text in texts.items()
        if text
    )


def ixml(tags: WavTags, rate: int, sample_format: SampleFormat) -> bytes:
    """The contents of an `iXML` chunk (iXML 1.52): project, name, time stamp, and the provenance as `USER`."""

    def element(name: str, text: str | int) -> str:
        return f"<{name}>{_escaped(_printable(plain_lines(str(text))))}</{name}>"

    speed = "".join(
        [
            element("FILE_SAMPLE_RATE", rate),
            element("AUDIO_BIT_DEPTH", sample_format.bits),
            element("TIMESTAMP_SAMPLE_RATE", rate),
            element("TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_HI", tags.time_reference >> 32),
            element("TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO", tags.time_reference & 0xFFFFFFFF),
        ]
    )
    user = "\n".join(f"{one_line(name)}: {text}" for name, text in tags.provenance.items())
    parts = [
        element("IXML_VERSION", "1.52"),
        element("PROJECT", tags.project),
        element("NOTE", tags.description or tags.name),
        f"<SPEED>{speed}</SPEED>",
    ]
    if user:
        parts.append(element("USER", user))
    document = '<?xml version="1.0" encoding="UTF-8"?>\n<BWFXML>' + "".join(parts) + "</BWFXML>\n"
    return _even(document.encode(), b"\n")


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack("<4sI", name, len(content)) + content + bytes(len(content) % 2)


def _even(content: bytes, filler: bytes) -> bytes:
    """`content` of even length: libsndfile loses its way in an RF64 file after a chunk that has to be padded."""
    return content + filler * (len(content) % 2)


def _ascii(text: str, size: int) -> bytes:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore")
    return bytes(byte if 32 <= byte < 127 else 32 for byte in plain)[:size]


def _printable(text: str) -> str:
    """`text` without what XML 1.0 does not allow."""
    return "".join(
        c for c in text if c in "\t\n\r" or (ord(c) >= 32 and not 0xD800 <= ord(c) <= 0xDFFF and ord(c) < 0xFFFE)
    )


def _escaped(text: str) -> str:
    """`text` inside an XML element; the standard library's own would load its whole HTTP client."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _hundredths(level: float | None) -> int:
    return _UNSET if level is None or not abs(level) < 300 else round(level * 100)
