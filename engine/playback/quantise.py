"""From float samples to those of a file: scaling, triangular dither, rounding, clipping.

Dither is decided for a file as a whole, never inside it: as long as every sample lies exactly on the file's grid (as
when a 16-bit recording is bounced untouched), nothing is added; at the first that does not, the whole file, from its
start, gets dither. Noise depends on the file's key and the frame's number only, so the same song gives the same bytes.
"""

from hashlib import blake2s
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.playback.wavfile import SampleFormat, WavWriter

NOISE_BLOCK = 16384
"""Frames whose noise comes from one generator."""


class Dither:
    """Noise of triangular density, ±1 step at most, zero in the mean (Lipshitz, Wannamaker & Vanderkooy, JAES 1992)."""

    def __init__(self, key: str, channels: int) -> None:
        digest = blake2s(key.encode()).digest()
        self._seed = [int.from_bytes(digest[i : i + 4], "little") for i in range(0, 16, 4)]
        self._channels = channels
        self._block = -1
        self._noise = np.zeros((0, channels), np.float32)

    def noise(self, frame: int, frames: int) -> NDArray[np.float32]:
        """The noise of `frames` frames from `frame` on, in steps of the target: (frames, channels)."""
        parts = []
        end = frame + frames
        while frame < end:
            number, first = divmod(frame, NOISE_BLOCK)
            last = min(NOISE_BLOCK, first + end - frame)
            parts.append(self._of(number)[first:last])
            frame += last - first
        return parts[0] if len(parts) == 1 else np.concatenate(parts or [self._noise[:0]])

    def _of(self, number: int) -> NDArray[np.float32]:
        if number != self._block:
            generator = np.random.Generator(np.random.SFC64([*self._seed, number]))
            words = generator.integers(0, 1 << 64, NOISE_BLOCK * self._channels // 2, dtype=np.uint64)
            uniform = words.view(np.int16).reshape(2, NOISE_BLOCK, self._channels)  # two of them, -0.5 to 0.5 steps
            self._noise = np.add(uniform[0], uniform[1], dtype=np.float32)
            self._noise += np.float32(1.0)  # the mean of int16 is half a unit below zero
            self._noise *= np.float32(1 / 65536)
            self._block = number
        return self._noise


class Quantiser:
    """Appends float samples to a `WavWriter` in its format. One thread at a time.

    Args:
        writer: gets the samples; must be at its start.
        dither: whether to add dither if the sound needs any; floats never do.
        key: names the file's noise.
    """

    def __init__(self, writer: WavWriter, *, dither: bool, key: str) -> None:
        self.writer = writer
        self.clipped = 0
        """Samples beyond full scale: limited in PCM, left as they are in floats."""
        self.peak = 0.0
        """The largest magnitude that came in; full scale is 1."""
        self._wanted = dither and writer.format is not SampleFormat.FLOAT
        self._dither = Dither(key, writer.channels)
        self._exact = True  # every sample so far lies on the grid

    @property
    def exact(self) -> bool:
        """Whether the file holds just what came in: nothing was rounded or limited."""
        return self._exact and (self.clipped == 0 or self.writer.format is SampleFormat.FLOAT)

    @property
    def dithered(self) -> bool:
        """Whether the file has dither."""
        return self._wanted and not self._exact

    def push(self, block: NDArray[np.float32], *, read_back: bool = False) -> NDArray[np.float32]:
        """Appends `block` (frames, channels); returns it, or with `read_back` what the file now holds of it."""
        if not len(block):
            return block
        peak = max(float(block.max()), -float(block.min()))
        self.peak = max(self.peak, peak)
        if self.writer.format is SampleFormat.FLOAT:
            self.clipped += int(np.count_nonzero(np.abs(block) > 1.0)) if peak > 1.0 else 0
            self.writer.write(_bytes(block.astype("<f4", copy=False)))
            return block
        if self._exact and not self._on_grid(block):
            self._exact = False
            self._dither_the_past()
        if peak * self.writer.format.scale > self.writer.format.scale - 1:
            self.clipped += self._beyond(block)
        steps = self._steps(block, self.writer.frames)
        self.writer.write(_packed(steps, self.writer.format))
        return (steps / self.writer.format.scale).astype(np.float32) if read_back else block

    def _on_grid(self, block: NDArray[np.float32]) -> bool:
        scaled = block * np.float32(self.writer.format.scale)
        return bool((scaled == np.rint(scaled)).all())

    def _beyond(self, block: NDArray[np.float32]) -> int:
        """How many samples would not fit into the file."""
        scale = self.writer.format.scale
        rounded = np.rint(block * np.float32(scale))
        return int(np.count_nonzero((rounded > scale - 1) | (rounded < -scale)))

    def _steps(self, block: NDArray[np.float32], frame: int) -> NDArray[np.floating[Any]]:
        """`block`, which starts at `frame`, in whole steps of the file's format, dithered if need be, and limited."""
        scale = self.writer.format.scale
        # near full scale, float32 has no room for the noise of 24 bits
        fine = self.writer.format is SampleFormat.PCM_24 and self.dithered
        steps: NDArray[np.floating[Any]] = block.astype(np.float64 if fine else np.float32)
        np.multiply(steps, scale, out=steps)
        if self.dithered:
            np.add(steps, self._dither.noise(frame, len(block)), out=steps)
        np.rint(steps, out=steps)
        return np.clip(steps, -scale, scale - 1, out=steps)

    def _dither_the_past(self) -> None:
        """Adds dither to what was written so far, which is exact and so can be read back."""
        if not self._wanted:
            return
        for frame in range(0, self.writer.frames, NOISE_BLOCK):
            past = _unpacked(self.writer.read(frame, NOISE_BLOCK), self.writer.format)
            steps = self._steps(past.reshape(-1, self.writer.channels), frame)
            self.writer.rewrite(frame, _packed(steps, self.writer.format))


def _packed(steps: NDArray[np.floating[Any]], sample_format: SampleFormat) -> memoryview:
    """The bytes of PCM samples."""
    if sample_format is SampleFormat.PCM_16:
        return _bytes(steps.astype("<i2"))
    wide = steps.astype("<i4").reshape(-1, 1).view(np.uint8)  # (samples, 4), little-endian
    packed = np.empty((len(wide), 3), np.uint8)
    for byte in range(3):
        packed[:, byte] = wide[:, byte]
    return _bytes(packed)


def _bytes(values: NDArray[Any]) -> memoryview:
    return np.ascontiguousarray(values).data.cast("B")


def _unpacked(raw: bytes, sample_format: SampleFormat) -> NDArray[np.float32]:
    """PCM samples as float32, exactly."""
    if sample_format is SampleFormat.PCM_16:
        return np.frombuffer(raw, "<i2").astype(np.float32) / np.float32(sample_format.scale)
    packed = np.frombuffer(raw, np.uint8).reshape(-1, 3)
    wide = np.zeros((len(packed), 4), np.uint8)
    wide[:, 1:] = packed
    return wide.view("<i4").reshape(-1).astype(np.float64).astype(np.float32) / np.float32(1 << 31)
