"""The limiter: true peak, with look-ahead; below its ceiling every sample passes with its bits, only later.

Peaks are measured on the samples and at three places between them, as BS.1770 does. A gain that would bring each peak
below the ceiling is held for the look-ahead and 10 ms more, released exponentially, and smoothed over the look-ahead by
a window of sum 1, so that it has reached its value when the peak comes out. A moving gain makes new peaks of its own
between samples, by some hundredths of a decibel; a second, shorter limiter of the same kind takes those away.
"""

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.devices.dsp.processor import EffectProcessor, decibels_to_gain, kept_per_frame, lane
from engine.devices.interface import DeviceSpec, Value
from engine.devices.kernels.compiled import kernel
from engine.parameters import ParameterSpec

PHASES: Final = 3
"""Places between two samples at which the peak is measured."""
TAPS: Final = 48
LOOK_AHEAD_MS: Final = (1.5, 0.8)
HOLD_MS: Final = 10.0
MARGIN_DB: Final = (0.2, 0.2)
"""By how much each stage brings what is above the ceiling below it: meters differ in what they read between samples."""


@lru_cache(maxsize=1)
def _interpolators() -> NDArray[np.float64]:
    """Windowed-sinc interpolators at the places between two samples: (PHASES, TAPS), newest sample first."""
    place = np.arange(TAPS) - TAPS // 2
    rows = []
    for phase in range(1, PHASES + 1):
        offset = place + phase / (PHASES + 1)
        window = np.i0(11.0 * np.sqrt(np.maximum(1.0 - (offset / (TAPS // 2)) ** 2, 0.0))) / np.i0(11.0)
        row = np.sinc(offset) * window
        rows.append(row / row.sum())
    return np.ascontiguousarray(rows)


@lru_cache(maxsize=1)
def _largest_rise() -> float:
    """How much larger than the samples what lies between them can be."""
    return float(np.abs(_interpolators()).sum(axis=1).max())


class _Stage:
    """One limiter. What comes out is `latency` frames late."""

    def __init__(self, rate: int, max_block: int, look_ahead_ms: float, margin_db: float) -> None:
        self.rate = rate
        self._ahead = max(round(look_ahead_ms * rate / 1000.0), 8)
        self._window = self._ahead + round(HOLD_MS * rate / 1000.0)
        self._under = 10.0 ** (-margin_db / 20.0)
        self.latency = TAPS // 2 + self._ahead - 1
        window = np.hanning(self._ahead + 2)[1:-1]
        self._smoother = np.concatenate((window / window.sum(), np.zeros(-self._ahead % 8)))  # kernels take eights
        self._delayed = np.zeros(2 * self.latency)
        self._channels = np.zeros((2, TAPS - 1))
        self._recent = np.zeros(1)  # the peak between samples that belongs to the frame before
        self._held, self._places = np.zeros(self._window + 2), np.zeros(self._window + 2, np.int64)
        self._ends = np.zeros(2, np.int64)
        self._reduction = np.zeros(1)
        self._reductions = np.zeros(len(self._smoother) - 1)
        self.last_gain = np.ones(1)
        self.state = (
            self._delayed, self._channels, self._recent, self._held, self._places, self._ends, self._reduction,
            self._reductions, self.last_gain,
        )  # fmt: skip
        self._work = np.zeros(max_block)
        self._between, self._maximum = kernel("oversampled_peak"), kernel("sliding_maximum")
        self._smooth, self._convolve, self._scale = kernel("ballistics"), kernel("convolve"), kernel("scale")

    def process(
        self, x: NDArray[np.float64], frames: int, ceiling: NDArray[np.float64], release_ms: Value, position: int
    ) -> None:
        """Limits `frames` interleaved frames in place. ceiling: one gain, or one a frame."""
        peak = self._peaks(x, frames, float(ceiling.min()))
        excess = np.where(peak > ceiling, 1.0 - ceiling * self._under / np.maximum(peak, 1e-9), 0.0)
        window = np.full(1, float(self._window))
        ring = (self._held, self._places, len(self._held), self._ends)
        needed, excess = excess, np.empty(frames)
        self._maximum(needed, excess, window, 0, *ring, position, frames)
        at_once = np.zeros(1)
        self._smooth(excess, at_once, 0, *lane(kept_per_frame(release_ms, self.rate)), self._reduction, frames)
        line = np.concatenate((self._reductions, excess))
        self._reductions[:] = line[frames:]
        self._convolve(line, self._smoother, len(self._smoother), excess, frames)
        delayed = np.concatenate((self._delayed, x))
        self._delayed[:] = delayed[2 * frames :]
        x[:] = delayed[: 2 * frames]
        gain = 1.0 - excess
        self.last_gain[0] = gain[-1]
        self._scale(x, gain, 1, frames)

    def _peaks(self, x: NDArray[np.float64], frames: int, ceiling: float) -> NDArray[np.float64]:
        """The largest magnitude at each frame of TAPS/2 frames ago and on both sides of it.

        Where nothing can reach the ceiling, 0.
        """
        peak, between = np.zeros(frames), np.zeros(frames)
        for channel in range(2):
            line = np.concatenate((self._channels[channel], x[channel::2]))
            self._channels[channel] = line[frames:]
            if _largest_rise() * max(line.max(), -line.min()) <= ceiling:
                continue
            self._between(line, _interpolators(), TAPS, PHASES, self._work, between, frames)
            middle = TAPS - 1 - TAPS // 2
            np.maximum(peak, np.abs(line[middle : middle + frames]), out=peak)
        np.maximum(peak, between, out=peak)
        np.maximum(peak[1:], between[:-1], out=peak[1:])
        peak[0] = max(peak[0], self._recent[0])
        self._recent[0] = between[-1]
        return peak


class Limiter(EffectProcessor):
    """See the module. `reduction_db` is the gain reduction at the end of the last block."""

    def __init__(self, rate: int, max_block: int) -> None:
        pairs = zip(LOOK_AHEAD_MS, MARGIN_DB, strict=True)
        self._stages = tuple(_Stage(rate, max_block, ahead, margin) for ahead, margin in pairs)
        self.latency = sum(stage.latency for stage in self._stages)
        super().__init__(rate, max_block, tuple(array for stage in self._stages for array in stage.state))

    @property
    def reduction_db(self) -> float:
        """The gain reduction now, 0 or more."""
        return -20.0 * math.log10(max(float(np.prod([stage.last_gain[0] for stage in self._stages])), 1e-6))

    def tail(self, parameters: Mapping[str, float]) -> int:
        """Nothing rings on, but what follows depends on the last release: to 0.0001 dB."""
        return math.ceil((14.0 * parameters["release_ms"] + 2.0 * HOLD_MS) * self.rate / 1000.0) + self.latency

    def _process(
        self, x: NDArray[np.float64], frames: int, parameters: Mapping[str, Value], side: NDArray[np.float64]
    ) -> None:
        ceiling = decibels_to_gain(parameters["ceiling_db"])
        for stage in self._stages:
            stage.process(x, frames, ceiling, parameters["release_ms"], self._position)


SPEC: Final = DeviceSpec(
    id="limiter",
    label="Limiter",
    kind="dynamics",
    parameters=(
        ParameterSpec("ceiling_db", "Ceiling", "dBTP", -24.0, 0.0, -1.0),
        ParameterSpec("release_ms", "Release", "ms", 5.0, 1000.0, 80.0, "log"),
    ),
    create=Limiter,
    presets={
        "Streaming": {"ceiling_db": -1, "release_ms": 80},
        "Broadcast": {"ceiling_db": -2, "release_ms": 150},
        "Loud": {"ceiling_db": -0.5, "release_ms": 30},
    },
)
