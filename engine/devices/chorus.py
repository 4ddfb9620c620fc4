"""The chorus: one to four voices that lag behind by a moving time; with feedback and a short time, a flanger."""

import math
from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.devices.dsp.processor import INAUDIBLE, EffectProcessor, lane, part, power_of_two, runs
from engine.devices.interface import DeviceSpec, Value
from engine.devices.kernels.compiled import kernel
from engine.parameters import ParameterSpec

_LONGEST_MS = 64.0


class Chorus(EffectProcessor):
    """See the module."""

    def __init__(self, rate: int, max_block: int) -> None:
        size = power_of_two(_LONGEST_MS * rate / 1000.0)
        self._line = np.zeros(2 * size, np.float32)
        self._mask = size - 1
        self._wave = np.zeros(3)
        super().__init__(rate, max_block, (self._line, self._wave))
        self._voices, self._blend = kernel("chorus_voices"), kernel("blend")
        self._wet = np.zeros(2 * max_block)

    def tail(self, parameters: Mapping[str, float]) -> int:
        """The voices' times, as often as they are fed back."""
        longest = (parameters["delay_ms"] + 2.0 * parameters["depth_ms"] + 1.0) * self.rate / 1000.0
        feedback = parameters["feedback"] / 100.0
        turns = 1 + (math.ceil(math.log(INAUDIBLE) / math.log(feedback)) if feedback > INAUDIBLE else 0)
        return math.ceil(longest * turns)

    def _process(
        self, x: NDArray[np.float64], frames: int, parameters: Mapping[str, Value], side: NDArray[np.float64]
    ) -> None:
        p = parameters
        depth = np.multiply(p["depth_ms"], self.rate / 1000.0)
        delay = np.maximum(np.multiply(p["delay_ms"], self.rate / 1000.0), depth + 2.0)
        moving: tuple[Value, ...] = (
            np.multiply(p["rate_hz"], 1.0 / self.rate), depth, delay,
            np.multiply(p["spread"], 0.0025), np.multiply(p["feedback"], 0.01),
        )  # fmt: skip
        wet = self._wet[: 2 * frames]
        for first, last, (voices,) in runs((p["voices"],), frames):
            lanes = [each for value in moving for each in lane(part(value, first, last))]
            stretch = slice(2 * first, 2 * last)
            state = (int(voices), self._wave, self._position + first, last - first)
            self._voices(x[stretch], wet[stretch], self._line, self._mask, *lanes, *state)
        self._blend(x, wet, *lane(np.multiply(p["mix"], 0.01)), frames)


SPEC: Final = DeviceSpec(
    id="chorus",
    label="Chorus",
    kind="modulation",
    parameters=(
        ParameterSpec("rate_hz", "Rate", "Hz", 0.02, 10.0, 0.6, "log"),
        ParameterSpec("depth_ms", "Depth", "ms", 0.0, 10.0, 2.0),
        ParameterSpec("delay_ms", "Delay", "ms", 0.5, 40.0, 12.0, "log"),
        ParameterSpec("voices", "Voices", "", 1.0, 4.0, 2.0, "whole"),
        ParameterSpec("feedback", "Feedback", "%", 0.0, 90.0, 0.0),
        ParameterSpec("spread", "Spread", "%", 0.0, 100.0, 100.0),
        ParameterSpec("mix", "Mix", "%", 0.0, 100.0, 50.0),
    ),
    create=Chorus,
    presets={
        "Wide and slow": {"rate_hz": 0.25, "depth_ms": 3, "voices": 3},
        "Guitar": {"rate_hz": 0.9, "depth_ms": 1.5, "delay_ms": 8, "mix": 40},
        "Flanger": {"rate_hz": 0.15, "depth_ms": 1.2, "delay_ms": 1.6, "voices": 1, "feedback": 65},
        "Vibrato": {"rate_hz": 5, "depth_ms": 0.6, "delay_ms": 3, "voices": 1, "spread": 0, "mix": 100},
    },
)
