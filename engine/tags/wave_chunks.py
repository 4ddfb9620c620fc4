"""The chunks of WAV files that say where something lies and how a loop goes: `cue `, `smpl`, `acid`.

Microsoft and IBM, “Multimedia Programming Interface and Data Specifications 1.0” (cue, labels), RIFFNEW (smpl). The
chunk of Sonic Foundry's ACID was never published: its fields are those that other programs agree on.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

MAX_CHUNK = 32 << 20
"""Bytes of a chunk that is read."""

MAX_CUES = 4096
_MAX_CHUNKS = 1000
_ACID = struct.Struct("<IHHfIHHf")
_SMPL = struct.Struct("<9I")
_SMPL_LOOP = struct.Struct("<6I")
_CUE = struct.Struct("<II4sIII")
_ONE_SHOT, _ROOT_IS_SET, _STRETCHES = 0x01, 0x02, 0x04  # flags of acid
_ACID_MARK = 0x8000  # what every program writes there
_MIDDLE_C = 60


@dataclass(frozen=True, slots=True)
class Cue:
    """A named place in a file, in frames from its start."""

    frame: int
    name: str


@dataclass(frozen=True, slots=True)
class LoopFacts:
    """How a loop goes: as many beats (quarter notes) of `tempo` a minute, in bars of `signature`.

    root: the pitch class of its key's tonic (0 = C); None where it is not known. frames: of one turn, from the start of
    the file; 0 where the file does not say.
    """

    tempo: float
    beats: int
    signature: tuple[int, int] = (4, 4)
    root: int | None = None
    frames: int = 0


@dataclass(frozen=True, slots=True)
class WaveFacts:
    """What the chunks of a WAV file say."""

    cues: tuple[Cue, ...] = ()
    loop: LoopFacts | None = None


def cue_chunks(cues: Sequence[Cue]) -> list[tuple[bytes, bytes]]:
    """The chunks that hold cues and their names (names and contents, of even length); none without cues."""
    cues = cues[:MAX_CUES]
    if not cues:
        return []
    points = b"".join(_CUE.pack(number, cue.frame, b"data", 0, 0, cue.frame) for number, cue in enumerate(cues, 1))
    labels = b"adtl"
    for number, cue in enumerate(cues, 1):
        text = struct.pack("<I", number) + cue.name.encode("utf-8", "replace") + b"\0"
        labels += struct.pack("<4sI", b"labl", len(text)) + text + bytes(len(text) % 2)
    return [(b"cue ", struct.pack("<I", len(cues)) + points), (b"LIST", labels)]


def loop_chunks(loop: LoopFacts, rate: int) -> list[tuple[bytes, bytes]]:
    """The chunks that describe a loop of a file of `rate` Hz."""
    note = _MIDDLE_C + (loop.root or 0)
    flags = _STRETCHES | (_ROOT_IS_SET if loop.root is not None else 0)
    numerator, denominator = loop.signature
    acid = _ACID.pack(flags, note, _ACID_MARK, 0.0, loop.beats, denominator, numerator, loop.tempo)
    chunks = [(b"acid", acid)]
    if loop.frames > 0:
        head = _SMPL.pack(0, 0, round(1e9 / rate), note, 0, 0, 0, 1, 0)
        chunks.append((b"smpl", head + _SMPL_LOOP.pack(0, 0, 0, loop.frames - 1, 0, 0)))
    return chunks


def read_wave_facts(file: BinaryIO) -> WaveFacts:
    """The cues and the loop of an open WAV file; what is damaged is left out.

    Raises:
        OSError: the file cannot be read.
    """
    places: list[tuple[int, int]] = []  # number, frame
    names: dict[int, str] = {}
    acid: LoopFacts | None = None
    frames = 0
    for name, content in wave_chunks(file, {b"cue ", b"LIST", b"acid", b"smpl"}):
        if name == b"cue ":
            places += _read_cues(content)
        elif name == b"LIST" and content[:4] == b"adtl":
            names |= _read_labels(content)
        elif name == b"acid":
            acid = acid or _read_acid(content)
        elif name == b"smpl":
            frames = frames or _read_smpl(content)
    cues = sorted(((frame, names.get(number, "")) for number, frame in places), key=lambda each: each[0])
    loop = LoopFacts(acid.tempo, acid.beats, acid.signature, acid.root, frames) if acid else None
    return WaveFacts(tuple(Cue(frame, name) for frame, name in cues), loop)


def wave_chunks(file: BinaryIO, wanted: set[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """The chunks of those names in an open WAV file, in their order; none where it is no WAV file."""
    size = file.seek(0, 2)
    file.seek(0)
    head = file.read(12)
    if head[:4] not in (b"RIFF", b"RF64", b"BW64") or head[8:] != b"WAVE":
        return
    at, data_size = 12, 0
    for _ in range(_MAX_CHUNKS):
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:
            return
        name, length = struct.unpack("<4sI", head)
        if name == b"ds64":
            sizes = file.read(16)
            data_size = struct.unpack("<Q", sizes[8:])[0] if len(sizes) == 16 else 0
        if name == b"data" and length == 0xFFFFFFFF and data_size:
            length = data_size
        if name in wanted:
            file.seek(at + 8)
            yield name, file.read(min(length, MAX_CHUNK))
        at += 8 + length + length % 2
        if at > size:
            return


def _read_cues(content: bytes) -> list[tuple[int, int]]:
    count = struct.unpack_from("<I", content)[0] if len(content) >= 4 else 0
    count = min(count, MAX_CUES, (len(content) - 4) // _CUE.size if len(content) >= 4 else 0)
    cues = []
    for index in range(count):
        number, _, chunk, _, _, frame = _CUE.unpack_from(content, 4 + index * _CUE.size)
        if chunk == b"data":
            cues.append((number, frame))
    return cues


def _read_labels(content: bytes) -> dict[int, str]:
    names: dict[int, str] = {}
    at = 4
    while at + 12 <= len(content) and len(names) < MAX_CUES:
        kind, length = struct.unpack_from("<4sI", content, at)
        if kind == b"labl" and length >= 4:
            number = struct.unpack_from("<I", content, at + 8)[0]
            names[number] = content[at + 12 : at + 8 + length].partition(b"\0")[0].decode("utf-8", "replace")
        at += 8 + length + length % 2
    return names


def _read_acid(content: bytes) -> LoopFacts | None:
    if len(content) < _ACID.size:
        return None
    flags, note, _, _, beats, denominator, numerator, tempo = _ACID.unpack_from(content)
    if flags & _ONE_SHOT or not 20 <= tempo <= 999:
        return None
    signature = (numerator, denominator) if 0 < numerator <= 64 and denominator in (1, 2, 4, 8, 16, 32) else (4, 4)
    return LoopFacts(float(tempo), beats, signature, note % 12 if flags & _ROOT_IS_SET else None)


def _read_smpl(content: bytes) -> int:
    """The frames of the first loop, from the start of the file; 0 where there is none."""
    if len(content) < _SMPL.size + _SMPL_LOOP.size or not _SMPL.unpack_from(content)[7]:
        return 0
    _, _, first, last, _, _ = _SMPL_LOOP.unpack_from(content, _SMPL.size)
    return int(last) + 1 if first == 0 and last > 0 else 0
