"""The compressor: soft knee, side chain, parallel mix.

The design is Giannoulis, Massberg and Reiss, “Digital Dynamic Range Compressor Design” (2012): the level of the louder
channel in decibels, the static curve with its quadratic knee, then a branching one-pole on the gain reduction in
decibels, so that attack and release are time constants (63 % of the change) at any depth. Before it, the peak level is
held for up to 5 ms, 4 % of the release, so that the reduction does not follow the single waves of a tone above 100 Hz.
"""

import math
from collections.abc import Mapping
from operator import is_, itemgetter
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.devices.dsp.processor import EffectProcessor, PinnedLane, kept_per_frame, pinned_lane, scratch
from engine.devices.interface import DeviceSpec, Value
from engine.devices.kernels.compiled import Pinned, kernel
from engine.parameters import ParameterSpec

LONGEST_HOLD_MS: Final = 5.0
HOLD_OF_RELEASE: Final = 0.04
_FLOOR = 1e-7  # −140 dB, the level of silence
_DECIBELS = 20.0 / math.log(10.0)  # of a natural logarithm; single precision is right to 0.00001 dB and much faster
_settings_of = itemgetter("threshold_db", "ratio", "knee_db", "makeup_db", "attack_ms", "release_ms", "mix")


def gain_reduction_db(level_db: ArrayLike, threshold_db: ArrayLike, ratio: ArrayLike, knee_db: ArrayLike) -> NDArray:
    """The static curve: by how many decibels a level is lowered (0 or more)."""
    over = np.asarray(level_db, float) - threshold_db
    half = np.maximum(np.asarray(knee_db, float) / 2.0, 1e-9)
    inside = np.clip(over + half, 0.0, 2.0 * half)
    return (1.0 - 1.0 / np.asarray(ratio, float)) * (inside * inside / (4.0 * half) + np.maximum(over - half, 0.0))


class Compressor(EffectProcessor):
    """See the module. `reduction_db` is the gain reduction at the end of the last block."""

    hears_sidechain = True

    def __init__(self, rate: int, max_block: int) -> None:
        self._longest = math.ceil(LONGEST_HOLD_MS * rate / 1000.0) + 2
        self._reduction = Pinned(np.zeros(1))
        values, places = np.zeros(self._longest), np.zeros(self._longest, np.int64)
        ends = np.zeros(2, np.int64)
        self._queue = (Pinned(values), Pinned(places), self._longest, Pinned(ends))
        super().__init__(rate, max_block, (self._reduction.array, values, places, ends))
        self._hold_peaks, self._compress_level = kernel("held_peak"), kernel("compression")
        self._compress = kernel("compress")
        self._lanes: tuple[tuple[Value, ...], tuple[PinnedLane, ...]] | None = None

    @property
    def reduction_db(self) -> float:
        """The gain reduction now, 0 or more."""
        return float(self._reduction.array[0])

    def tail(self, parameters: Mapping[str, float]) -> int:
        """Nothing rings on, but what follows depends on the last releases: to 0.0001 dB of 24 dB."""
        times = parameters["attack_ms"] + parameters["release_ms"]
        return math.ceil(12.5 * times * self.rate / 1000.0) + self._longest

    def _process(
        self, x: NDArray[np.float64], frames: int, parameters: Mapping[str, Value], side: NDArray[np.float64]
    ) -> None:
        window, threshold, ratio, knee, makeup, attack, release, mix = self._lanes_of(_settings_of(parameters))
        level, gain = scratch("level", frames, np.float32), scratch("gain", frames, np.float32)
        self._hold_peaks(side, level, _FLOOR, *window, *self._queue, self._position, frames)
        np.log(level, out=level)
        lanes = (*threshold, *ratio, *knee, *makeup, *attack, *release)
        self._compress_level(level, _DECIBELS, *lanes, self._reduction, frames)
        np.exp(level, out=gain)
        self._compress(x, gain, level, *mix, frames)

    def _lanes_of(self, settings: tuple[Value, ...]) -> tuple[PinnedLane, ...]:
        """The window of the peak hold, threshold, ratio, knee, make-up, attack, release and mix, for the kernels."""
        if self._lanes is not None and all(map(is_, settings, self._lanes[0])):
            return self._lanes[1]
        threshold, ratio, knee, makeup, attack_ms, release_ms, mix = settings
        hold = np.minimum(np.multiply(release_ms, HOLD_OF_RELEASE), LONGEST_HOLD_MS)
        window = np.maximum(np.floor(hold * (self.rate / 1000.0)), 1.0)
        attack = kept_per_frame(attack_ms, self.rate)
        release = kept_per_frame(np.subtract(release_ms, hold), self.rate)
        values = (window, threshold, ratio, knee, makeup, attack, release, np.multiply(mix, 0.01))
        lanes = tuple(pinned_lane(each) for each in values)
        if not any(isinstance(value, np.ndarray) for value in settings):
            self._lanes = settings, lanes
        return lanes


SPEC: Final = DeviceSpec(
    id="compressor",
    label="Compressor",
    kind="dynamics",
    parameters=(
        ParameterSpec("threshold_db", "Threshold", "dB", -60.0, 0.0, -18.0),
        ParameterSpec("ratio", "Ratio", ": 1", 1.0, 20.0, 3.0, "log"),
        ParameterSpec("attack_ms", "Attack", "ms", 0.1, 250.0, 10.0, "log"),
        ParameterSpec("release_ms", "Release", "ms", 5.0, 2500.0, 120.0, "log"),
        ParameterSpec("knee_db", "Knee", "dB", 0.0, 24.0, 6.0),
        ParameterSpec("makeup_db", "Make-up", "dB", -12.0, 24.0, 0.0),
        ParameterSpec("mix", "Mix", "%", 0.0, 100.0, 100.0),
    ),
    create=Compressor,
    sidechain=True,
    presets={
        "Gentle bus": {
            "threshold_db": -16, "ratio": 2, "attack_ms": 30, "release_ms": 200, "knee_db": 9, "makeup_db": 1.5,
        },
        "Vocal": {"threshold_db": -24, "ratio": 3.5, "attack_ms": 6, "release_ms": 90, "knee_db": 8, "makeup_db": 4},
        "Drum punch": {
            "threshold_db": -20, "ratio": 4, "attack_ms": 25, "release_ms": 110, "knee_db": 4, "makeup_db": 3,
        },
        "Drums, parallel": {
            "threshold_db": -34, "ratio": 10, "attack_ms": 1, "release_ms": 70, "makeup_db": 10, "mix": 35,
        },
        "Bass, even": {"threshold_db": -22, "ratio": 5, "attack_ms": 15, "release_ms": 160, "makeup_db": 4},
        "Pump (side chain)": {"threshold_db": -32, "ratio": 8, "attack_ms": 1, "release_ms": 220, "knee_db": 3},
    },
)  # fmt: skip
