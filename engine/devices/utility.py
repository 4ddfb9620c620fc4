"""Gain, width, phase, and low frequencies in mono. At its defaults every sample passes as it is."""

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.devices.dsp import filters
from engine.devices.dsp.processor import INAUDIBLE, EffectProcessor, decibels_to_gain, part, runs
from engine.devices.interface import DeviceSpec, Value
from engine.devices.kernels.compiled import kernel
from engine.parameters import ParameterSpec, switch

_QUALITIES = filters.butterworth_qualities(4)


class Utility(EffectProcessor):
    """See the module."""

    def __init__(self, rate: int, max_block: int) -> None:
        self._side_state = np.zeros((len(_QUALITIES), 2))
        super().__init__(rate, max_block, (self._side_state,))
        self._shuffle, self._high_pass = kernel("shuffle"), kernel("side_high_pass")

    def tail(self, parameters: Mapping[str, float]) -> int:
        """What the filter of the side signal rings on."""
        if not parameters["mono_below_on"]:
            return 0
        return filters.ringing(np.concatenate(self._sections(parameters["mono_below_hz"])), INAUDIBLE)

    def _sections(self, frequency: Value) -> list[NDArray[np.float64]]:
        return [filters.coefficients(filters.LOW_CUT, self.rate, frequency, 0.0, q) for q in _QUALITIES]

    def _process(
        self, x: NDArray[np.float64], frames: int, parameters: Mapping[str, Value], side: NDArray[np.float64]
    ) -> None:
        p = parameters
        for first, last, (is_on,) in runs((p["mono_below_on"],), frames):
            if not is_on:
                self._side_state[...] = 0.0
                continue
            sections = self._sections(part(p["mono_below_hz"], first, last))
            for rows, state in zip(sections, self._side_state, strict=True):
                stride = 6 if len(rows) > 1 else 0
                place = self._position + first
                self._high_pass(x[2 * first : 2 * last], rows, stride, state, place, last - first)
        matrix = _matrix(p)
        if len(matrix) > 1 or (matrix[0] != (1.0, 0.0, 0.0, 1.0)).any():
            self._shuffle(x, matrix, 4 if len(matrix) > 1 else 0, frames)


def _matrix(parameters: Mapping[str, Value]) -> NDArray[np.float64]:
    """(left, right) from (left, right), for each value: (n, 4)."""
    p = {name: np.atleast_1d(np.asarray(value, float)) for name, value in parameters.items()}
    gain = decibels_to_gain(p["gain_db"])
    same, other = 0.5 + 0.005 * p["width"], 0.5 - 0.005 * p["width"]
    left, right = 1.0 - 2.0 * p["invert_left"], 1.0 - 2.0 * p["invert_right"]
    rows = (gain * left * same, gain * right * other, gain * left * other, gain * right * same)
    return np.ascontiguousarray(np.stack(np.broadcast_arrays(*rows), axis=1))


SPEC: Final = DeviceSpec(
    id="utility",
    label="Utility",
    kind="utility",
    parameters=(
        ParameterSpec("gain_db", "Gain", "dB", -60.0, 24.0, 0.0, "fader"),
        ParameterSpec("width", "Width", "%", 0.0, 200.0, 100.0),
        switch("invert_left", "Invert left"),
        switch("invert_right", "Invert right"),
        switch("mono_below_on", "Mono below"),
        ParameterSpec("mono_below_hz", "Frequency", "Hz", 20.0, 500.0, 120.0, "log"),
    ),
    create=Utility,
    presets={
        "Mono": {"width": 0},
        "Wide": {"width": 140, "mono_below_on": 1, "mono_below_hz": 150},
        "Bass in mono": {"mono_below_on": 1, "mono_below_hz": 120},
        "−6 dB": {"gain_db": -6},
    },
)
