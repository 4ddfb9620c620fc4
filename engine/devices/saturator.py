"""The saturator: soft, warm or hard shaping, eight times oversampled and averaged between samples.

The soft curve is v/√(1 + v²). “Warm” shifts it, which adds even harmonics, and takes the shift out again. With
oversampling and first-order antiderivative antialiasing, what folds back of a tone lies below −80 dB.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.devices.dsp.oversampling import FACTOR, TAPS, Oversampler
from engine.devices.dsp.processor import EffectProcessor, decibels_to_gain, lane, runs
from engine.devices.interface import DeviceSpec, Value
from engine.devices.kernels.compiled import kernel
from engine.parameters import ParameterSpec, choice

SOFT, WARM, HARD = range(3)
SHAPES: Final = ("soft", "warm", "hard")
BIAS: Final = 0.35
"""By how much “warm” shifts the curve."""


def curve(samples: NDArray[np.float64], shape: int) -> NDArray[np.float64]:
    """What becomes of samples that stand still, of any shape of array: the static curve of SOFT, WARM or HARD."""
    if shape == HARD:
        return np.clip(samples, -1.0, 1.0)
    if shape == SOFT:
        return samples / np.sqrt(1.0 + samples**2)
    root = np.sqrt(1.0 + BIAS * BIAS)
    shifted = samples + BIAS
    return (shifted / np.sqrt(1.0 + shifted**2) - BIAS / root) * root**3


class Saturator(EffectProcessor):
    """See the module."""

    latency = TAPS

    def __init__(self, rate: int, max_block: int) -> None:
        self._ways = (Oversampler(max_block), Oversampler(max_block))
        self._last = np.zeros((2, 1))  # the sample before, of each channel
        self._dry = np.zeros(2 * TAPS)
        histories = (array for way in self._ways for array in way.state)
        super().__init__(rate, max_block, (self._last, self._dry, *histories))
        self._soft, self._hard = kernel("soft_clip"), kernel("hard_clip")
        self._scale, self._blend = kernel("scale"), kernel("blend")

    def tail(self, parameters: Mapping[str, float]) -> int:
        """The filters' length."""
        return TAPS

    def _process(
        self, x: NDArray[np.float64], frames: int, parameters: Mapping[str, Value], side: NDArray[np.float64]
    ) -> None:
        p = parameters
        line = np.concatenate((self._dry, x))
        self._dry[:] = line[2 * frames :]
        dry, wet = line[: 2 * frames].copy(), x.copy()
        self._scale(wet, *lane(decibels_to_gain(p["drive_db"])), frames)
        for channel, way in enumerate(self._ways):
            high = way.up(np.ascontiguousarray(wet[channel::2]))
            for first, last, (shape,) in runs((p["shape"],), frames):
                self._shape(high[first * FACTOR : last * FACTOR], int(shape), self._last[channel])
            wet[channel::2] = way.down(high)
        self._scale(wet, *lane(decibels_to_gain(p["output_db"])), frames)
        self._blend(dry, wet, *lane(np.multiply(p["mix"], 0.01)), frames)
        x[:] = dry

    def _shape(self, high: NDArray[np.float64], shape: int, last: NDArray[np.float64]) -> None:
        if shape == HARD:
            self._hard(high, last, len(high))
        elif shape == WARM:
            high += BIAS
            last += BIAS
            self._soft(high, last, len(high))
            last -= BIAS
            root = np.sqrt(1.0 + BIAS * BIAS)
            high -= BIAS / root
            high *= root**3  # the curve's slope at the shift is 1/root³
        else:
            self._soft(high, last, len(high))


SPEC: Final = DeviceSpec(
    id="saturator",
    label="Saturator",
    kind="distortion",
    parameters=(
        ParameterSpec("drive_db", "Drive", "dB", -12.0, 24.0, 6.0),
        choice("shape", "Shape", SHAPES),
        ParameterSpec("output_db", "Output", "dB", -24.0, 12.0, 0.0),
        ParameterSpec("mix", "Mix", "%", 0.0, 100.0, 100.0),
    ),
    create=Saturator,
    presets={
        "Tape warmth": {"drive_db": 3, "shape": WARM, "output_db": -1},
        "Drum bus": {"drive_db": 9, "output_db": -4, "mix": 60},
        "Bass with harmonics": {"drive_db": 12, "shape": WARM, "output_db": -6, "mix": 50},
        "Hard edge": {"drive_db": 12, "shape": HARD, "output_db": -3},
    },
)
