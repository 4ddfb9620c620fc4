"""The ring between an input's callback and the thread that writes what is recorded: one writer, one reader, no lock."""

import numpy as np


class InputRing:
    """`capacity` frames of `channels`, numbered from 0 for ever.

    The callback never waits: where the reader is too late, frames that it has not read are written over, and it reads
    silence in their place.
    """

    def __init__(self, capacity: int, channels: int) -> None:
        self.capacity, self.channels = capacity, channels
        self._memory = np.zeros((capacity, channels), np.float32)
        self.write = 0  # the frame after the last that is there; set by the callback
        self.read = 0  # the next frame to read; set by the reader
        self.overruns = 0  # how often frames were lost; set by the reader

    def push(self, block: np.ndarray) -> None:
        """Takes in `block` (frames, channels). Called by the callback only."""
        frames = len(block)
        at = self.write % self.capacity
        first = min(frames, self.capacity - at)
        self._memory[at : at + first] = block[:first]
        if first < frames:
            self._memory[: frames - first] = block[first:]
        self.write += frames

    def copy(self, first: int, frames: int) -> np.ndarray:
        """A copy of frames `first` …, which have to be there."""
        at = first % self.capacity
        block = np.empty((frames, self.channels), np.float32)
        count = min(frames, self.capacity - at)
        block[:count] = self._memory[at : at + count]
        if count < frames:
            block[count:] = self._memory[: frames - count]
        return block

    def pull(self, most: int) -> np.ndarray:
        """The next frames, `most` at most; silence where they were lost. Called by the reader only."""
        frames = min(self.write - self.read, most)
        block = self.copy(self.read, frames)
        lost = min(max(self.write - self.capacity - self.read, 0), frames)  # looked at after they were copied
        if lost:
            block[:lost] = 0.0
            self.overruns += 1
        self.read += frames
        return block
