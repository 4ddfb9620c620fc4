"""What an audio file is, by its bytes, whatever its name says."""

from dataclasses import dataclass
from typing import BinaryIO

from engine import riff
from engine.containers import flac, mpeg, ogg, tagged
from engine.containers.pieces import Contents

_W64 = b"riff\x2e\x91\xcf\x11"


@dataclass(frozen=True, slots=True)
class Foreign:
    """A format that is decoded by FFmpeg alone: its name for the user, and FFmpeg's name of what takes it apart."""

    name: str
    demuxer: str


_FOREIGN = (
    (4, b"ftyp", "M4A or MP4", "mov"),
    (4, b"moov", "QuickTime", "mov"),
    (4, b"mdat", "QuickTime", "mov"),
    (4, b"wide", "QuickTime", "mov"),
    (0, b"\x1a\x45\xdf\xa3", "Matroska or WebM", "matroska"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "WMA", "asf"),
    (8, b"AVI ", "AVI", "avi"),
    (0, b"FLV\x01", "FLV", "flv"),
    (0, b"wvpk", "WavPack", "wv"),
    (0, b"MAC ", "Monkey’s Audio", "ape"),
    (0, b"TTA1", "True Audio", "tta"),
    (0, b"#!AMR", "AMR", "amr"),
    (0, b"\x0b\x77", "AC-3", "ac3"),
    (0, b"\x7f\xfe\x80\x01", "DTS", "dts"),
    (0, b"DSD ", "DSD", "dsf"),
    (0, b"ADIF", "AAC", "aac"),
    (0, b"\x00\x00\x01\xba", "MPEG video", "mpeg"),
)
_NAMED = (
    (0, b"MThd", "MIDI"),
    (0, b"PK\x03\x04", "ZIP"),
    (0, b"%PDF", "PDF"),
    (0, b"\x89PNG", "PNG"),
    (0, b"\xff\xd8\xff", "JPEG"),
    (0, b"GIF8", "GIF"),
    (0, b"\x1f\x8b", "gzip"),
    (0, b"7z\xbc\xaf", "7-Zip"),
    (0, b"Rar!", "RAR"),
    (0, b"FRM8", "DSDIFF"),
    (0, b"MP+", "Musepack"),
    (0, b"MPCK", "Musepack"),
)
_CONTAINERS = (
    (8, b"WAVE", "WAV"),
    (0, _W64, "W64"),
    (8, b"AIF", "AIFF"),
    (0, b"caff", "CAF"),
    (0, b".snd", "AU"),
    (0, b"OggS", "OGG"),
    (0, b"fLaC", "FLAC"),
    (0, b"ID3", "MP3"),
)


def survey(file: BinaryIO, size: int) -> Contents:
    """What the open file of `size` bytes holds; nothing in particular where the decoder knows better.

    Raises:
        OSError: the file cannot be read.
    """
    head = head_of(file)
    if head[:4] in (b"RIFF", b"RIFX", b"RF64", b"BW64") or head[:8] == _W64:
        return riff.contents(file, size)
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return tagged.aiff_contents(file, size)
    if head[:4] == b"caff":
        return tagged.caf_contents(file, size)
    if head[:4] == b".snd":
        return tagged.au_contents(file, size)
    if head[:4] == b"OggS":
        return ogg.contents(file, size)
    if head[:4] == b"fLaC":
        return flac.contents(file, size)
    if head[:3] == b"ID3":
        file.seek(flac.after_id3(file, 0))
        return flac.contents(file, size) if file.read(4) == b"fLaC" else mpeg.contents(file, size)
    if head[:1] == b"\xff":
        return mpeg.contents(file, size)
    return Contents()


def foreign(head: bytes) -> Foreign | None:
    """The format of a file that begins with `head`, if it is one for FFmpeg."""
    for at, magic, name, demuxer in _FOREIGN:
        if head[at : at + len(magic)] == magic:
            return Foreign(name, demuxer)
    if head[:1] == b"\xff" and len(head) > 1 and head[1] & 0xF6 == 0xF0:
        return Foreign("AAC", "aac")
    if len(head) > 376 and head[0] == head[188] == head[376] == 0x47:
        return Foreign("MPEG transport stream", "mpegts")
    return None


def name_of(head: bytes) -> str:
    """What a file that begins with `head` is called, if it is nothing that any decoder reads; empty if unknown."""
    return next((name for at, magic, name in _NAMED if head[at : at + len(magic)] == magic), "")


def container_of(head: bytes) -> str:
    """The name of the container that libsndfile should read from a file that begins with `head`; empty if none."""
    return next((name for at, magic, name in _CONTAINERS if head[at : at + len(magic)] == magic), "")


def head_of(file: BinaryIO) -> bytes:
    """The first bytes of the open file, enough for `foreign` and `name_of`."""
    file.seek(0)
    return file.read(512)
