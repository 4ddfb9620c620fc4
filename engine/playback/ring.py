"""The ring between the thread that renders and the callback that plays: one writer, one reader, no lock.

Frames are numbered from 0, for ever. The reader's callback touches only frames `read` … `write`; the writer may rewrite
frames that are not yet due, and may look back at frames that were played a while ago.
"""

import numpy as np


class Ring:
    """`capacity` frames of stereo, twice: `out` is what the device plays; `tap` is the song alone, for the meters.

    Safe without a lock because each of `read` and `write` is set by one thread only, and setting one is atomic.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.out = np.zeros((capacity, 2), np.float32)
        self.tap = np.zeros((capacity, 2), np.float32)
        self.channel = np.zeros((capacity, 2), np.float32)  # one channel alone, after its fader, for its spectrum
        self.read = 0  # the next frame to play; set by the reader
        self.write = 0  # the frame after the last that may be played; set by the writer
        self.underruns = 0  # pulls that found too little; set by the reader
        self.lacking = 0  # frames they went without; set by the reader
        self.idle = False  # nothing sounds, so too little is no underrun; set by the writer

    def pull(self, out: np.ndarray) -> int:
        """Plays: fills `out` (frames, 2) and returns how many of its frames were there; the others are zeroed.

        Called by the reader only. Takes no lock and allocates no memory for samples.
        """
        frames = len(out)
        read = self.read
        count = min(frames, self.write - read)
        at = read % self.capacity
        first = min(count, self.capacity - at)
        out[:first] = self.out[at : at + first]
        if first < count:
            out[first:count] = self.out[: count - first]
        if count < frames:
            out[count:] = 0.0
            if not self.idle:
                self.underruns += 1
                self.lacking += frames - count
        self.read = read + count
        return count

    def put(self, at: int, out: np.ndarray, tap: np.ndarray) -> None:
        """Writes frames `at` … without making them playable; `write` does that. Called by the writer only."""
        for memory, frames in ((self.out, out), (self.tap, tap)):
            self._write(memory, at, frames)

    def put_channel(self, at: int, frames: np.ndarray) -> None:
        """Writes frames `at` … of the one channel. Called by the writer only."""
        self._write(self.channel, at, frames)

    def get(self, memory: np.ndarray, at: int, frames: int) -> np.ndarray:
        """A copy of frames `at` … of `out`, `tap` or `channel`."""
        copy = np.empty((frames, 2), np.float32)
        for place, first, count in self._parts(at, frames):
            copy[first : first + count] = memory[place : place + count]
        return copy

    def _write(self, memory: np.ndarray, at: int, frames: np.ndarray) -> None:
        for place, first, count in self._parts(at, len(frames)):
            memory[place : place + count] = frames[first : first + count]

    def _parts(self, at: int, frames: int) -> tuple[tuple[int, int, int], ...]:
        """(place in memory, first of the frames, count) of one or two stretches without a wrap."""
        place = at % self.capacity
        first = min(frames, self.capacity - place)
        return ((place, 0, first), (0, first, frames - first)) if first < frames else ((place, 0, frames),)
