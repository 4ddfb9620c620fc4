"""The frame of an effect's processor: samples in and out, its state, and parameters as lanes."""

import math
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.devices.interface import Value
from engine.devices.kernels.compiled import Pinned, kernel

Doubles = NDArray[np.float64]
Lane = tuple[Doubles, int]
"""A parameter's values for a kernel, and their stride: (one value, 0) or (one a frame, 1)."""

PinnedLane = tuple[Pinned, int]
"""A lane that stays where it is in memory, for parameters that seldom change."""

INAUDIBLE = 1e-6
"""−120 dB: what rings below this is no tail."""


class _Scratch(threading.local):
    """The arrays in which one thread's effects work, all in the same ones: so they stay in the processor's cache."""

    def __init__(self) -> None:
        self.arrays: dict[str, NDArray[Any]] = {}


_SCRATCH = _Scratch()


def scratch(name: str, count: int, dtype: type[np.floating] = np.float64) -> NDArray[Any]:
    """An array of this thread with any numbers in it, for one call of `process`; one name, one type."""
    array = _SCRATCH.arrays.get(name)
    if array is None or len(array) < count:
        array = _SCRATCH.arrays[name] = np.zeros(count, dtype)
    return array[:count]


class EffectProcessor(ABC):
    """Does what each processor does; a subclass allocates `_state` and says how a block is processed.

    Every state is an array, listed in `_state`, so that a mark is their copy. `_position` counts the frames since the
    start; it is the first of them. Only one thread at a time.
    """

    latency: int = 0
    hears_sidechain: ClassVar[bool] = False

    def __init__(self, rate: int, max_block: int, state: Sequence[NDArray] = ()) -> None:
        self.rate = rate
        self._count = np.zeros(1, np.int64)
        self._state: tuple[NDArray, ...] = (self._count, *state)
        self._first = tuple(array.copy() for array in self._state)
        self._load, self._store = kernel("load_samples"), kernel("store_samples")

    @property
    def _position(self) -> int:
        return int(self._count[0])

    def tail(self, parameters: Mapping[str, float]) -> int:
        """Frames for which it rings: none, unless a subclass says otherwise."""
        return 0

    def process(
        self, block: NDArray[np.float32], parameters: Mapping[str, Value], sidechain: NDArray[np.float32] | None = None
    ) -> NDArray[np.float32]:
        """The next frames, processed; see `Processor`."""
        frames = len(block)
        out = np.empty((frames, 2), np.float32)
        if not frames:
            return out
        x = scratch("samples", 2 * frames)
        self._load(np.ascontiguousarray(block, np.float32), x, 2 * frames)
        side = x
        if self.hears_sidechain and sidechain is not None:
            side = scratch("side", 2 * frames)
            self._load(np.ascontiguousarray(sidechain, np.float32), side, 2 * frames)
        self._process(x, frames, parameters, side)
        self._count[0] += frames
        self._store(x, out, 2 * frames)
        return out

    @abstractmethod
    def _process(self, x: Doubles, frames: int, parameters: Mapping[str, Value], side: Doubles) -> None:
        """Processes `frames` interleaved frames in place; `side` is what controls the effect, often x itself."""

    def reset(self) -> None:
        """Back to the first state."""
        self.rewind(self._first)

    def mark(self) -> object:
        """The state, as copies."""
        return tuple(array.copy() for array in self._state)

    def rewind(self, mark: object) -> None:
        """The state that `mark` returned."""
        assert isinstance(mark, tuple)
        for array, values in zip(self._state, mark, strict=True):
            array[...] = values


def lane(values: ArrayLike) -> Lane:
    """A parameter's values as kernels take them."""
    array = np.atleast_1d(np.ascontiguousarray(values, np.float64))
    return array, int(len(array) > 1)


def pinned_lane(values: ArrayLike) -> PinnedLane:
    """The same, in an array of its own that stays where it is."""
    array, stride = lane(values)
    return Pinned(array), stride


def decibels_to_gain(decibels: Value) -> Doubles:
    """Gains of levels in decibels, one for each value."""
    return np.exp(np.atleast_1d(np.asarray(decibels, np.float64)) * (math.log(10.0) / 20.0))


def kept_per_frame(milliseconds: Value, rate: int) -> Doubles:
    """The one-pole coefficient whose time constant (to 63 % of a step) is a time; at least one frame."""
    frames = np.maximum(np.atleast_1d(np.asarray(milliseconds, np.float64)) * (rate / 1000.0), 1.0)
    return np.exp(-1.0 / frames)


def at_grid(values: Value, held: float, position: int, frames: int, step: int) -> Iterator[tuple[int, int, float]]:
    """Cuts a block at every `step` frames since the start: (first frame, last frame exclusive, the value there).

    A lane's value at such a frame holds up to the next; `held` is the one that holds from the block before. A float
    holds at once.
    """
    first = 0
    value = value_at(values, 0) if not isinstance(values, np.ndarray) else held
    while first < frames:
        last = min(frames, first + step - (position + first) % step)
        if (position + first) % step == 0:
            value = value_at(values, first)
        yield first, last, value
        first = last


def one_pole(hertz: Value, rate: int) -> Doubles:
    """The coefficient of a one-pole filter with that corner."""
    return np.exp(np.atleast_1d(np.asarray(hertz, np.float64)) * (-2.0 * math.pi / rate))


def runs(values: Sequence[Value], frames: int) -> Iterator[tuple[int, int, tuple[float, ...]]]:
    """Cuts a block where one of the values changes: (first frame, last frame exclusive, the values there)."""
    if not any(isinstance(value, np.ndarray) for value in values):
        yield 0, frames, tuple(float(value) for value in values)
        return
    changes = np.zeros(frames, bool)
    for value in values:
        if isinstance(value, np.ndarray) and len(value) > 1:
            changes[1:] |= value[1:frames] != value[: frames - 1]
    starts = [0, *np.flatnonzero(changes).tolist(), frames]
    for first, last in pairwise(starts):
        yield first, last, tuple(value_at(value, first) for value in values)


def value_at(value: Value, frame: int) -> float:
    """A parameter's value at a frame of the block."""
    return float(value if not isinstance(value, np.ndarray) else value[frame if len(value) > 1 else 0])


def part(value: Value, first: int, last: int) -> Value:
    """A parameter's values over some frames of the block."""
    return value[first:last] if isinstance(value, np.ndarray) and len(value) > 1 else value


def power_of_two(frames: float) -> int:
    """The smallest power of two that holds so many frames."""
    return 1 << max(math.ceil(frames) - 1, 1).bit_length()
