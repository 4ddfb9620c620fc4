"""The stems of what lies in the ring, kept until they are played.

A change of the song renders only the tracks that it touches, and adds them to what the others gave before: the same
samples as if all were rendered anew, for a fraction of the work.
"""

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from engine.playback.mixer import Stem

MAX_BYTES = 64 << 20
"""Memory for the stems; what lies behind it in a long buffer of many tracks is rendered anew where it changes."""

Levels = tuple[float, float, float, float]
"""The result of `meters.measure`."""

NO_LEVELS: Levels = (0.0, 0.0, 0.0, 0.0)


class Kept(NamedTuple):
    """A track's stem over a chunk, and its levels there."""

    stem: Stem
    levels: Levels


@dataclass(slots=True)
class Chunk:
    """Ring frames `out` … `end`, which play the song from frame `song` on; `tracks` holds what is still right of it."""

    out: int
    song: int
    frames: int
    tracks: dict[str, Kept]
    size: int = 0  # bytes of its stems, once it is kept

    @property
    def end(self) -> int:
        """The ring's frame after its last."""
        return self.out + self.frames

    def part(self, out: int, frames: int) -> "Chunk":
        """Its part from ring frame `out` on; each track's levels are taken to be those of the whole."""
        first = out - self.out
        tracks = {
            track_id: Kept(track.stem.part(first, first + frames), track.levels)
            for track_id, track in self.tracks.items()
        }
        return Chunk(out, self.song + first, frames, tracks)


class Stems:
    """The chunks that lie in a ring, in order, without overlap."""

    def __init__(self) -> None:
        self._chunks: deque[Chunk] = deque()

    def clear(self) -> None:
        """Forgets all."""
        self._chunks.clear()

    def forget(self, tracks: Collection[str]) -> None:
        """Drops the stems of these tracks, which changed."""
        for chunk in self._chunks:
            for track_id in tracks:
                chunk.tracks.pop(track_id, None)

    def drop_before(self, out: int) -> None:
        """Forgets what ends before ring frame `out`."""
        while self._chunks and self._chunks[0].end <= out:
            self._chunks.popleft()

    def edge(self, out: int) -> int | None:
        """The end of the chunk in which ring frame `out` lies, so that what is rendered anew begins and ends as it."""
        return next((chunk.end for chunk in self._chunks if chunk.out <= out < chunk.end), None)

    def chunk(self, out: int, song: int, frames: int) -> Chunk:
        """The kept chunk of these ring frames if it plays the song from frame `song` on; else a new, empty one."""
        for chunk in self._chunks:
            if chunk.out <= out and out + frames <= chunk.end:
                if chunk.song + (out - chunk.out) != song:
                    break
                return chunk if (chunk.out, chunk.frames) == (out, frames) else chunk.part(out, frames)
        return Chunk(out, song, frames, {})

    def put(self, chunk: Chunk) -> None:
        """Stores `chunk` in place of older ones there, as far as memory allows."""
        chunks = self._chunks
        if any(each is chunk for each in chunks):
            return
        later = [each for each in chunks if each.out >= chunk.end]
        earlier = [each for each in chunks if each.end <= chunk.out]
        chunk.size = sum(track.stem.sound.nbytes for track in chunk.tracks.values())
        used = chunk.size + sum(each.size for each in (*earlier, *later))
        self._chunks = deque([*earlier, *([chunk] if used <= MAX_BYTES else []), *later])
