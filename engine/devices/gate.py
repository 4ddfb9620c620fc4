"""The gate: what stays under a threshold is lowered; hysteresis, hold, side chain."""

import math
from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.devices.dsp.processor import EffectProcessor, decibels_to_gain, kept_per_frame, lane
from engine.devices.interface import DeviceSpec, Value
from engine.devices.kernels.compiled import kernel
from engine.parameters import ParameterSpec


class Gate(EffectProcessor):
    """See the module. `reduction_db` is by how much it lowers the sound at the end of the last block."""

    hears_sidechain = True

    def __init__(self, rate: int, max_block: int) -> None:
        self._gate = np.zeros(3)  # gain, frames of hold left, whether open
        super().__init__(rate, max_block, (self._gate,))
        self._peak, self._gain, self._scale = kernel("stereo_peak"), kernel("gate_gain"), kernel("scale")
        self._level = np.zeros(max_block)

    @property
    def reduction_db(self) -> float:
        """By how many decibels it lowers the sound now, at most 120."""
        return -20.0 * math.log10(max(float(self._gate[0]), INAUDIBLE_GAIN))

    def tail(self, parameters: Mapping[str, float]) -> int:
        """Nothing rings on, but what follows depends on whether it was open."""
        times = 14.0 * (parameters["attack_ms"] + parameters["release_ms"]) + parameters["hold_ms"]
        return math.ceil(times * self.rate / 1000.0)

    def _process(
        self, x: NDArray[np.float64], frames: int, parameters: Mapping[str, Value], side: NDArray[np.float64]
    ) -> None:
        p = parameters
        level = self._level[:frames]
        self._peak(side, level, frames)
        lanes = (
            lane(decibels_to_gain(p["threshold_db"])),
            lane(decibels_to_gain(np.subtract(p["threshold_db"], p["hysteresis_db"]))),
            lane(decibels_to_gain(np.negative(p["range_db"]))),
            lane(kept_per_frame(p["attack_ms"], self.rate)),
            lane(np.round(np.multiply(p["hold_ms"], self.rate / 1000.0))),
            lane(kept_per_frame(p["release_ms"], self.rate)),
        )
        self._gain(level, *(each for pair in lanes for each in pair), self._gate, frames)
        self._scale(x, level, 1, frames)


INAUDIBLE_GAIN: Final = 1e-6

SPEC: Final = DeviceSpec(
    id="gate",
    label="Gate",
    kind="dynamics",
    parameters=(
        ParameterSpec("threshold_db", "Threshold", "dB", -90.0, 0.0, -40.0),
        ParameterSpec("range_db", "Range", "dB", 0.0, 90.0, 60.0),
        ParameterSpec("hysteresis_db", "Hysteresis", "dB", 0.0, 24.0, 4.0),
        ParameterSpec("attack_ms", "Attack", "ms", 0.05, 100.0, 1.0, "log"),
        ParameterSpec("hold_ms", "Hold", "ms", 1.0, 1000.0, 30.0, "log"),
        ParameterSpec("release_ms", "Release", "ms", 5.0, 2000.0, 100.0, "log"),
    ),
    create=Gate,
    sidechain=True,
    presets={
        "Drums, tight": {"threshold_db": -32, "attack_ms": 0.1, "hold_ms": 40, "release_ms": 60},
        "Noise between words": {"threshold_db": -46, "range_db": 18, "attack_ms": 3, "hold_ms": 120, "release_ms": 250},
        "Chop (side chain)": {"threshold_db": -30, "attack_ms": 0.5, "hold_ms": 20, "release_ms": 25},
    },
)
