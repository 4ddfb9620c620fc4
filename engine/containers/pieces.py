"""A file made of pieces: some bytes of our own, some stretches of a file on the disk.

So a decoder can be given a file whose header says the truth, or one stream out of several, and nothing is copied.
"""

import io
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import BinaryIO, Self


@dataclass(frozen=True, slots=True)
class Span:
    """`size` bytes of a file from byte `start` on."""

    start: int
    size: int


Piece = bytes | Span
_TAG = 128  # bytes


@dataclass(frozen=True, slots=True)
class Stream:
    """One stream that a decoder can read by itself: the pieces of its file.

    frames: how many it really has, or None if only decoding can tell. promised: how many its header names, or None if
    it names none. flac_start: where in the pieces the first frame of a FLAC stream lies; 0 in any other. claim: the
    size in bytes that the file pretends to have, for a decoder that estimates the length by it and stops there; 0: its
    own.
    """

    pieces: tuple[Piece, ...]
    frames: int | None = None
    promised: int | None = None
    flac_start: int = 0
    claim: int = 0


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file holds.

    streams: those to be decoded, one after another; none where the file can be decoded as it is. speakers: the names
    of its channels (see `engine.speakers`) as the container states them; empty if it does not. frames and promised: as
    in `Stream`, of the whole file. notices: what the user should know, each the rest of a sentence that begins with
    the file's name. codec: what no built-in decoder can read, such as "Speex"; empty otherwise.
    """

    streams: tuple[Stream, ...] = ()
    speakers: tuple[str, ...] = ()
    frames: int | None = None
    promised: int | None = None
    notices: tuple[str, ...] = ()
    codec: str = ""
    flac_start: int = 0


class PieceFile(io.RawIOBase):
    """The pieces as one file, to be read and sought in. Owns no file: closing it leaves `file` open.

    With a `claim`, its end lies there, though nothing can be read behind the last piece but some zeros at that end,
    where decoders look for tags.
    """

    def __init__(self, file: BinaryIO, pieces: Iterable[Piece], claim: int = 0) -> None:
        self._file = file
        self._pieces: Sequence[Piece] = [piece for piece in pieces if _size(piece)]
        ends = list(accumulate(map(_size, self._pieces)))
        self._starts = [0, *ends[:-1]]
        self._last = ends[-1] if ends else 0
        self.size = max(self._last, claim)
        self._at = 0

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always."""
        return True

    def tell(self) -> int:
        """The byte that is read next."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Goes on at another byte."""
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        self._at = max(origin + offset, 0)
        return self._at

    def readinto(self, buffer: "memoryview | bytearray", /) -> int:  # type: ignore[override]
        """Fills `buffer` with what comes next; says how many bytes there were."""
        view = memoryview(buffer).cast("B")
        done = 0
        while done < len(view) and self._at < self._last:
            index = bisect_right(self._starts, self._at) - 1
            piece, inside = self._pieces[index], self._at - self._starts[index]
            count = min(len(view) - done, _size(piece) - inside)
            if isinstance(piece, Span):
                self._file.seek(piece.start + inside)
                data = self._file.read(count)
                if not data:
                    break
            else:
                data = piece[inside : inside + count]
            view[done : done + len(data)] = data
            done += len(data)
            self._at += len(data)
        if not done and self.size - _TAG <= self._at < self.size:
            done = min(len(view), self.size - self._at)
            view[:done] = bytes(done)
            self._at += done
        return done

    def __enter__(self) -> Self:
        return self


def _size(piece: Piece) -> int:
    return piece.size if isinstance(piece, Span) else len(piece)


def cut(pieces: Sequence[Piece], start: int, stop: int) -> tuple[Piece, ...]:
    """The pieces that make up the bytes `start` to `stop` of the whole."""
    result: list[Piece] = []
    at = 0
    for piece in pieces:
        first, last = max(start - at, 0), min(stop - at, _size(piece))
        if first < last:
            if isinstance(piece, Span):
                result.append(Span(piece.start + first, last - first))
            else:
                result.append(piece[first:last])
        at += _size(piece)
    return tuple(result)
