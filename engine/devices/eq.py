"""The equaliser: eight bands of bells, shelves, notches and cuts of 12 to 48 dB an octave."""

from collections.abc import Mapping
from operator import is_, itemgetter
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.devices.dsp import filters
from engine.devices.dsp.processor import INAUDIBLE, EffectProcessor, decibels_to_gain, lane, part, runs
from engine.devices.interface import DeviceSpec, Value
from engine.devices.kernels.compiled import Pinned, kernel
from engine.parameters import ParameterSpec, choice, switch

BANDS: Final = 8
SLOPES: Final = ("12 dB/oct", "24 dB/oct", "36 dB/oct", "48 dB/oct")
_SHAPES = (filters.LOW_CUT, filters.LOW_SHELF, *4 * (filters.BELL,), filters.HIGH_SHELF, filters.HIGH_CUT)
_FREQUENCIES = (30.0, 100.0, 250.0, 700.0, 1800.0, 4500.0, 9000.0, 18000.0)
PARTS: Final = ("on", "shape", "frequency_hz", "gain_db", "q", "slope")
"""The parameters of a band: `band1_on` and so on."""

_NAMES: Final = tuple(tuple(f"band{band}_{part}" for part in PARTS) for band in range(1, BANDS + 1))
_settings_of = itemgetter(*(name for names in _NAMES for name in names))


def band_parameters(band: int) -> tuple[ParameterSpec, ...]:
    """The parameters of a band, from 1."""
    n = band - 1
    return (
        switch(f"band{band}_on", f"{band} on", on=2 <= band <= 7),
        choice(f"band{band}_shape", f"{band} shape", filters.SHAPES, _SHAPES[n]),
        ParameterSpec(f"band{band}_frequency_hz", f"{band} frequency", "Hz", 10.0, 22000.0, _FREQUENCIES[n], "log"),
        ParameterSpec(f"band{band}_gain_db", f"{band} gain", "dB", -24.0, 24.0, 0.0),
        ParameterSpec(f"band{band}_q", f"{band} Q", "", 0.1, 18.0, 0.71 if n in (0, 1, 6, 7) else 1.0, "log"),
        choice(f"band{band}_slope", f"{band} slope", SLOPES, 1),
    )


def band_sections(
    rate: int, shape: float, frequency: ArrayLike, gain_db: ArrayLike, q: ArrayLike, slope: float
) -> list[NDArray[np.float64]]:
    """The coefficients of a band's second-order sections in series: each (n, 6), n the values given.

    A cut of 24 dB an octave and more is a Butterworth filter whose sharpest section has its Q times √2 · q.
    """
    if shape not in (filters.LOW_CUT, filters.HIGH_CUT):
        return [filters.coefficients(int(shape), rate, frequency, gain_db, q)]
    qualities: list[ArrayLike] = list(filters.butterworth_qualities(2 * (int(slope) + 1)))
    qualities[-1] = np.asarray(qualities[-1]) * np.asarray(q) / filters.BUTTERWORTH
    return [filters.coefficients(int(shape), rate, frequency, gain_db, quality) for quality in qualities]


def sections(rate: int, parameters: Mapping[str, float]) -> NDArray[np.float64]:
    """The coefficients of all bands that are on: (sections, 6)."""
    rows = [np.empty((0, 6))]
    for band in range(1, BANDS + 1):
        on, *values = (parameters[f"band{band}_{part}"] for part in PARTS)
        if on:
            rows += band_sections(rate, *values)
    return np.concatenate(rows)


def response_db(rate: int, parameters: Mapping[str, float], frequencies: ArrayLike) -> NDArray[np.float64]:
    """The gain of the whole equaliser at frequencies (Hz), in decibels."""
    magnitude = np.abs(filters.response(sections(rate, parameters), rate, frequencies))
    gain = 20.0 * np.log10(np.maximum(magnitude, 1e-9))
    return gain + parameters["output_db"]


class Equaliser(EffectProcessor):
    """Up to four sections a band, each with its own state."""

    def __init__(self, rate: int, max_block: int) -> None:
        self._filters = np.zeros((BANDS, 4, 4))
        super().__init__(rate, max_block, (self._filters,))
        self._cascade, self._move, self._scale = kernel("filter_cascade"), kernel("moving_filter"), kernel("scale")
        self._designs: dict[tuple[float, ...], NDArray[np.float64]] = {}
        self._still: tuple[tuple[Value, ...], Pinned, Pinned, int] | None = None
        self._pinned_filters = Pinned(self._filters)

    def rewind(self, mark: object) -> None:
        """The state that `mark` returned; bands that were on then are looked at anew."""
        super().rewind(mark)
        self._still = None

    def tail(self, parameters: Mapping[str, float]) -> int:
        """What the filters ring on, from their slowest poles."""
        return filters.ringing(sections(self.rate, parameters), INAUDIBLE)

    def _process(
        self, x: NDArray[np.float64], frames: int, parameters: Mapping[str, Value], side: NDArray[np.float64]
    ) -> None:
        settings = _settings_of(parameters)
        if self._still is not None and _same(settings, self._still[0]):
            _, rows, places, count = self._still
            if count:
                self._cascade(x, rows, places, count, self._pinned_filters, self._position, frames)
        else:
            self._filter_bands(x, frames, parameters, settings)
        output = parameters["output_db"]
        if isinstance(output, np.ndarray) or output != 0.0:
            self._scale(x, *lane(decibels_to_gain(output)), frames)

    def _filter_bands(
        self, x: NDArray[np.float64], frames: int, parameters: Mapping[str, Value], settings: tuple[Value, ...]
    ) -> None:
        self._still = None
        waiting: list[tuple[NDArray[np.float64], list[int]]] = []  # sections that stand still, in series
        for band in range(BANDS):
            values = tuple(parameters[name] for name in _NAMES[band])
            if any(isinstance(value, np.ndarray) for value in values):
                self._filter_still(x, frames, waiting)
                self._filter_moving(x, frames, band, values)
            elif values[0]:
                rows = self._still_rows(values[1:])  # type: ignore[arg-type]
                waiting.append((rows, [16 * band + 4 * stage for stage in range(len(rows))]))
                self._filters[band, len(rows) :] = 0.0
            else:
                self._filters[band] = 0.0
        if not any(isinstance(value, np.ndarray) for value in settings):
            rows, places = _in_series(waiting)
            self._still = settings, Pinned(rows), Pinned(places), len(rows)
        self._filter_still(x, frames, waiting)

    def _filter_still(
        self, x: NDArray[np.float64], frames: int, waiting: list[tuple[NDArray[np.float64], list[int]]]
    ) -> None:
        if waiting:
            rows, places = _in_series(waiting)
            self._cascade(x, rows, places, len(rows), self._filters, self._position, frames)
            waiting.clear()

    def _still_rows(self, values: tuple[float, ...]) -> NDArray[np.float64]:
        if values not in self._designs:
            if len(self._designs) > 64:
                self._designs.clear()
            self._designs[values] = filters.rows(np.concatenate(band_sections(self.rate, *values)))
        return self._designs[values]

    def _filter_moving(self, x: NDArray[np.float64], frames: int, band: int, values: tuple[Value, ...]) -> None:
        on, shape, frequency, gain_db, q, slope = values
        state = self._filters[band]
        for first, last, (is_on, kind, steepness) in runs((on, shape, slope), frames):
            if not is_on:
                state[...] = 0.0
                continue
            count = last - first
            moving = (np.broadcast_to(part(value, first, last), count) for value in (frequency, gain_db, q))
            hertz, decibels, sharpness = moving
            stages = band_sections(self.rate, kind, hertz, decibels, sharpness, steepness)
            for stage, coefficients in enumerate(stages):
                rows = filters.rows(coefficients)
                self._move(x[2 * first : 2 * last], rows, state[stage], self._position + first, count)
            state[len(stages) :] = 0.0


def _same(settings: tuple[Value, ...], others: tuple[Value, ...]) -> bool:
    """Whether all are numbers and equal; `others` are numbers."""
    if all(map(is_, settings, others)):  # as they are from block to block
        return True
    return not any(isinstance(value, np.ndarray) for value in settings) and settings == others


def _in_series(
    waiting: list[tuple[NDArray[np.float64], list[int]]],
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The rows of all sections, and where their states lie."""
    rows = np.concatenate([np.empty((0, 7)), *(rows for rows, _ in waiting)])
    return rows, np.array([place for _, places in waiting for place in places], np.int64)


SPEC: Final = DeviceSpec(
    id="eq",
    label="EQ",
    kind="filter",
    parameters=(
        *(parameter for band in range(1, BANDS + 1) for parameter in band_parameters(band)),
        ParameterSpec("output_db", "Output", "dB", -24.0, 24.0, 0.0),
    ),
    create=Equaliser,
    presets={
        "Vocal presence": {
            "band1_on": 1, "band1_frequency_hz": 90, "band3_gain_db": -2.5, "band3_frequency_hz": 280,
            "band6_gain_db": 3, "band6_frequency_hz": 4200, "band7_gain_db": 2, "band7_frequency_hz": 11000,
        },
        "Kick with room for the bass": {
            "band2_gain_db": 3, "band2_frequency_hz": 62, "band3_gain_db": -4, "band3_frequency_hz": 320,
            "band6_gain_db": 3.5, "band6_frequency_hz": 3800,
        },
        "Bass, tight": {
            "band1_on": 1, "band1_frequency_hz": 32, "band3_gain_db": -3, "band3_frequency_hz": 220,
            "band4_gain_db": 2, "band4_frequency_hz": 850,
        },
        "Air": {"band7_gain_db": 4, "band7_frequency_hz": 12000},
        "Low cut 80 Hz": {"band1_on": 1, "band1_frequency_hz": 80},
        "Telephone": {
            "band1_on": 1, "band1_frequency_hz": 400, "band1_slope": 3, "band5_gain_db": 6, "band8_on": 1,
            "band8_frequency_hz": 3400, "band8_slope": 3,
        },
    },
)  # fmt: skip
