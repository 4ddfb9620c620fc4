"""The reverb: a feedback delay network of sixteen lines, with a reverberation time of its own for lows, mids and highs.

After a pre-delay the sound passes four all-pass filters a channel (Schroeder) and enters the lines, which a Hadamard
matrix mixes without loss. What each line loses a turn follows from its length, so that all of them fall by 60 dB in
the same time (Jot and Chaigne, “Digital Delay Networks for Designing Artificial Reverberators”, 1991); two shelving
filters a line give lows and highs their own times. Noise comes out about 3 dB softer than it went in, at any time.
"""

import math
from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.devices.dsp import filters
from engine.devices.dsp.processor import EffectProcessor, at_grid, lane, power_of_two, value_at
from engine.devices.interface import DeviceSpec, Value
from engine.devices.kernels.compiled import kernel
from engine.devices.kernels.source import LINES
from engine.parameters import ParameterSpec

LINE_MS: Final = (
    29.3, 31.1, 33.7, 36.1, 38.9, 41.3, 44.7, 47.9, 51.1, 54.7, 58.3, 62.3, 66.7, 70.9, 75.7, 81.1,
)  # fmt: skip
"""The lines' lengths at 100 % size."""
DIFFUSER_MS: Final = ((4.771, 4.931), (3.595, 3.413), (12.73, 12.41), (9.307, 9.741))
DIFFUSION: Final = 0.62
LARGEST: Final = 150.0
_GRID = 64  # frames at which automated times and sizes are looked up
_GLIDE_MS = 80.0
_SLOW = ("decay_s", "low_decay", "high_decay", "low_hz", "high_hz", "size")
_LEVEL = 0.7


class Reverb(EffectProcessor):
    """See the module."""

    def __init__(self, rate: int, max_block: int) -> None:
        self._size = power_of_two(LINE_MS[-1] * LARGEST / 100.0 * rate / 1000.0 + 4)
        self._lines = np.zeros(LINES * self._size, np.float32)
        self._present = np.zeros(LINES)
        self._shelf_state = np.zeros(4 * LINES)
        early = power_of_two(0.26 * rate)
        self._early, self._early_mask = np.zeros(2 * early, np.float32), early - 1
        self._wait = np.full(1, -1.0)
        self._ring_size = power_of_two(0.014 * rate)
        self._rings = np.zeros(2 * len(DIFFUSER_MS) * self._ring_size, np.float32)
        self._held = np.zeros(len(_SLOW))
        state = (
            self._lines, self._present, self._shelf_state, self._early, self._wait, self._rings, self._held,
        )  # fmt: skip
        super().__init__(rate, max_block, state)
        frames = [round(ms * rate / 1000.0) for pair in DIFFUSER_MS for ms in pair]
        self._ring_lengths = np.array(frames, np.int64)
        self._glide = 1.0 - math.exp(-1000.0 / (_GLIDE_MS * rate))
        self._work = np.zeros(2 * LINES)
        self._diffuse, self._network = kernel("diffuse"), kernel("feedback_network")
        self._shuffle, self._blend = kernel("shuffle"), kernel("blend")
        self._spread, self._wet = np.zeros(2 * max_block), np.zeros(2 * max_block)
        self._design: tuple[tuple[float, ...], NDArray[np.float64], NDArray[np.float64]] | None = None

    def tail(self, parameters: Mapping[str, float]) -> int:
        """Twice the longest time in which it falls by 60 dB."""
        longest = parameters["decay_s"] * max(1.0, parameters["low_decay"], parameters["high_decay"])
        return math.ceil((2.0 * longest + parameters["predelay_ms"] / 1000.0 + 0.25) * self.rate)

    def _process(
        self, x: NDArray[np.float64], frames: int, parameters: Mapping[str, Value], side: NDArray[np.float64]
    ) -> None:
        p = parameters
        spread, wet = self._spread[: 2 * frames], self._wet[: 2 * frames]
        wait = lane(np.round(np.multiply(p["predelay_ms"], self.rate / 1000.0)))
        early = (self._early, self._early_mask, *wait, self._rings, self._ring_lengths, len(DIFFUSER_MS))
        self._diffuse(x, spread, *early, self._ring_size, DIFFUSION, self._wait, self._glide, self._position, frames)
        levels = np.empty(frames)
        for first, last, slow in self._stretches(p, frames):
            lengths, shelves = self._designed(slow)
            if not self._present[0]:
                self._present[:] = lengths
            levels[first:last] = _level(self.rate, slow[0], lengths)
            place = self._position + first
            parts = (spread[2 * first : 2 * last], wet[2 * first : 2 * last], self._lines, self._size, lengths)
            state = (self._present, self._glide, shelves, self._shelf_state, self._work, place, last - first)
            self._network(*parts, *state)
        width = np.multiply(p["width"], 0.005)
        same, other = levels * (0.5 + width), levels * (0.5 - width)
        self._shuffle(wet, np.ascontiguousarray(np.stack((same, other, other, same), axis=1)), 4, frames)
        self._blend(x, wet, *lane(np.multiply(p["mix"], 0.01)), frames)

    def _stretches(self, parameters: Mapping[str, Value], frames: int) -> list[tuple[int, int, tuple[float, ...]]]:
        """The block cut where a slow parameter changes: whole, if none is automated."""
        values = [parameters[name] for name in _SLOW]
        moving = [value for value in values if isinstance(value, np.ndarray) and (value != value[0]).any()]
        state = self._held.copy()
        if not moving and all(not isinstance(v, np.ndarray) or h == v[0] for v, h in zip(values, state, strict=True)):
            self._held[:] = [value_at(value, 0) for value in values]
            return [(0, frames, tuple(self._held.tolist()))]
        if not state.any():  # the first block
            state[:] = [value_at(value, 0) for value in values]
        columns = [
            list(at_grid(value, float(first), self._position, frames, _GRID))
            for value, first in zip(values, state, strict=True)
        ]
        stretches = [
            (cells[0][0], cells[0][1], tuple(cell[2] for cell in cells)) for cells in zip(*columns, strict=True)
        ]
        self._held[:] = stretches[-1][2]
        return stretches

    def _designed(self, slow: tuple[float, ...]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        if self._design is None or self._design[0] != slow:
            lengths = line_lengths(self.rate, slow[-1])
            self._design = (slow, lengths, shelves_of_lines(self.rate, lengths, *slow[:-1]))
        return self._design[1:]


def line_lengths(rate: int, size: float) -> NDArray[np.float64]:
    """The lines' delays in frames at a size in per cent: odd numbers."""
    return np.floor(np.array(LINE_MS) * (size / 100.0 * rate / 2000.0)) * 2.0 + 1.0


def shelves_of_lines(
    rate: int, lengths: NDArray[np.float64], decay: float, low: float, high: float, low_hz: float, high_hz: float
) -> NDArray[np.float64]:
    """What each line loses a turn, for the kernel: two shelves, each of 6 · LINES coefficients.

    decay: seconds to −60 dB between low_hz and high_hz; low, high: times that below and above.
    """
    middle_db = -60.0 * lengths / (rate * decay)
    low_db = np.clip(middle_db / low - middle_db, -80.0, 80.0)
    high_db = np.clip(middle_db / high - middle_db, -80.0, 80.0)
    low_rows = filters.coefficients(filters.LOW_SHELF, rate, low_hz, low_db, filters.BUTTERWORTH)
    high_rows = filters.coefficients(filters.HIGH_SHELF, rate, high_hz, high_db, filters.BUTTERWORTH)
    low_rows[:, 3:] *= np.power(10.0, np.maximum(middle_db, -200.0) / 20.0)[:, None]
    return np.ascontiguousarray(np.concatenate((low_rows.T, high_rows.T)).reshape(-1))


def _level(rate: int, decay: float, lengths: NDArray[np.float64]) -> float:
    """By which noise in steady state comes out about as loud as it went in, times `_LEVEL`."""
    return _LEVEL * math.sqrt(13.8 * float(lengths.mean()) / (2.0 * decay * rate))


SPEC: Final = DeviceSpec(
    id="reverb",
    label="Reverb",
    kind="space",
    parameters=(
        ParameterSpec("decay_s", "Decay", "s", 0.2, 20.0, 2.0, "log"),
        ParameterSpec("low_decay", "Low decay", "×", 0.25, 2.0, 1.1, "log"),
        ParameterSpec("high_decay", "High decay", "×", 0.1, 1.5, 0.5, "log"),
        ParameterSpec("low_hz", "Lows below", "Hz", 50.0, 1000.0, 250.0, "log"),
        ParameterSpec("high_hz", "Highs above", "Hz", 1000.0, 16000.0, 4500.0, "log"),
        ParameterSpec("predelay_ms", "Pre-delay", "ms", 0.0, 250.0, 12.0),
        ParameterSpec("size", "Size", "%", 25.0, LARGEST, 100.0),
        ParameterSpec("width", "Width", "%", 0.0, 100.0, 100.0),
        ParameterSpec("mix", "Mix", "%", 0.0, 100.0, 20.0),
    ),
    create=Reverb,
    presets={
        "Room": {"decay_s": 0.6, "size": 45, "predelay_ms": 2, "high_decay": 0.6, "mix": 18},
        "Chamber": {"decay_s": 1.4, "size": 75, "predelay_ms": 10, "mix": 20},
        "Hall": {"decay_s": 2.8, "size": 120, "predelay_ms": 25, "low_decay": 1.2, "mix": 22},
        "Plate": {"decay_s": 1.8, "size": 55, "predelay_ms": 0, "low_decay": 0.8, "high_decay": 0.9, "mix": 22},
        "Cathedral": {"decay_s": 7, "size": 150, "predelay_ms": 40, "low_decay": 1.3, "high_decay": 0.35, "mix": 28},
        "Return, hall": {"decay_s": 2.4, "size": 110, "predelay_ms": 20, "mix": 100},
    },
)
