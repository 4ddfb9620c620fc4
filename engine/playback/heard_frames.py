"""Which frame of the song was heard when a device took a block: what lines recorded sound up with the song.

Three numberings meet here. The output counts the frames that the device took (`device`); the ring counts those that
were played from it, which stand still while it runs short; the transport's segments say which frame of the song each of
these is.
"""

from bisect import bisect_right
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from engine.playback.transport import Segment


class Block(NamedTuple):
    """A block that the device took: its first frame, the ring's frame there, how much of it came from the ring."""

    device: int
    ring: float
    pulled: int
    frames: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """`frames` of the output from one on: they played the ring's frames from `ring` on, those of the song from `song`.

    `ring` and `song` are None where nothing of the ring was played, `song` where the song stood still.
    """

    frames: int
    ring: int | None = None
    song: int | None = None


class HeardFrames:
    """`add` belongs to the device's thread, `show` to the one that renders, `at` to a third one."""

    def __init__(self, device_rate: int, song_rate: int) -> None:
        self._ratio = song_rate / device_rate
        self._coming: deque[Block] = deque()
        self._blocks: list[Block] = []
        self._shown: deque[tuple[tuple[Segment, ...], int]] = deque()
        self._segments: list[Segment] = []
        self._until = 0  # ring frame up to which the segments are final
        self.frames = 0
        """Frames that the device has taken; set by its thread."""

    def add(self, frames: int, ring: float, pulled: int) -> None:
        """The device takes `frames`, of which the first `pulled` come from the ring's frame `ring` on."""
        self._coming.append(Block(self.frames, ring, pulled, frames))
        self.frames += frames

    def show(self, segments: Sequence[Segment], until: int) -> None:
        """Says what the ring's frames before `until` play."""
        self._shown.append((tuple(segments), until))

    def at(self, device: float, most: int) -> Stretch | None:
        """What the output played from its frame `device` on, for as long as one rule holds; None: not known yet.

        Frames are counted at the song's rate.
        """
        self._take_in()
        blocks = self._blocks
        place = bisect_right(blocks, device, key=lambda block: block.device) - 1
        if place < 0:
            first = blocks[0].device if blocks else None
            return None if first is None and device >= 0 else self._nothing((first or 0) - device, most)
        block = blocks[place]
        if device >= block.device + block.frames:
            return None
        if device >= block.device + block.pulled:
            return self._nothing(block.device + block.frames - device, most)
        ring = round(block.ring + (device - block.device) * self._ratio)
        frames = min(max(round((block.device + block.pulled - device) * self._ratio), 1), most, self._until - ring)
        if frames <= 0:
            return None
        return self._of_song(ring, frames)

    def forget_before(self, device: float) -> None:
        """Forgets blocks that end before a frame of the output."""
        keep = bisect_right(self._blocks, device, key=lambda block: block.device) - 1
        if keep > 64:
            ring = self._blocks[keep].ring
            del self._blocks[:keep]
            while len(self._segments) > 1 and self._segments[1].out < ring:
                del self._segments[0]

    def _nothing(self, device_frames: float, most: int) -> Stretch:
        return Stretch(min(max(round(device_frames * self._ratio), 1), most))

    def _of_song(self, ring: int, frames: int) -> Stretch:
        segments = self._segments
        place = max(bisect_right(segments, ring, key=lambda segment: segment.out) - 1, 0)
        segment = segments[place]
        if place + 1 < len(segments):
            frames = min(frames, segments[place + 1].out - ring)
        return Stretch(frames, ring, segment.at(ring) if segment.moving else None)

    def _take_in(self) -> None:
        while self._coming:
            self._blocks.append(self._coming.popleft())
        while self._shown:
            segments, self._until = self._shown.popleft()
            first = segments[0].out
            self._segments = [segment for segment in self._segments if segment.out < first] + list(segments)
