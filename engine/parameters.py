"""Parameters: numbers that a fader, a knob, a lane of automation or the shell sets, each described once.

A parameter's value is always a float in its unit. How a control maps its travel (0 to 1) onto the range is the
parameter's *law*; a parameter that chooses among names holds the index of its choice.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from engine.errors import EngineError


class ParameterError(EngineError):
    """A value that a parameter cannot take, in one sentence."""


@dataclass(frozen=True, slots=True)
class Law:
    """How a control's travel maps onto a range: both functions take (number, minimum, maximum).

    normalised: value → 0 … 1. value: 0 … 1 → value. whole: only whole numbers are values, so that automation holds
    each point's value up to the next one.
    """

    normalised: Callable[[float, float, float], float]
    value: Callable[[float, float, float], float]
    whole: bool = False


def _linear_travel(value: float, low: float, high: float) -> float:
    return (value - low) / (high - low)


def _linear_value(travel: float, low: float, high: float) -> float:
    return low + travel * (high - low)


def _log_travel(value: float, low: float, high: float) -> float:
    return math.log(value / low) / math.log(high / low)


def _log_value(travel: float, low: float, high: float) -> float:
    return low * math.exp(travel * math.log(high / low))


def _whole_value(travel: float, low: float, high: float) -> float:
    return float(round(_linear_value(travel, low, high)))


def _fader_travel(value: float, low: float, high: float) -> float:
    """A fader: the upper half of the travel holds the top 18 dB, the lower half the rest."""
    middle = max(high - 18.0, low)
    if value >= middle:
        return 0.5 + 0.5 * (value - middle) / (high - middle)
    return 0.5 * (value - low) / (middle - low)


def _fader_value(travel: float, low: float, high: float) -> float:
    middle = max(high - 18.0, low)
    if travel >= 0.5:
        return middle + (2.0 * travel - 1.0) * (high - middle)
    return low + 2.0 * travel * (middle - low)


FADER_SCALE: Final = (
    (-96.0, 0.0),
    (-60.0, 0.04),
    (-48.0, 0.12),
    (-36.0, 0.24),
    (-24.0, 0.38),
    (-12.0, 0.59),
    (0.0, 0.82),
    (12.0, 1.0),
)
"""(decibels, travel) of the mixer's faders; straight between these: fine around 0 dB, coarse far below."""


def mixer_travel(decibels: float, low: float = -96.0, high: float = 12.0) -> float:
    """How high decibels lie on a fader of the mixer, 0 to 1; it is the same scale whatever the range."""
    if decibels <= FADER_SCALE[0][0]:
        return 0.0
    for (below, share), (above, end) in pairwise(FADER_SCALE):
        if decibels <= above:
            return share + (decibels - below) / (above - below) * (end - share)
    return 1.0


def mixer_decibels(travel: float, low: float = -96.0, high: float = 12.0) -> float:
    """The decibels at a travel of a fader of the mixer; the inverse of `mixer_travel`."""
    if travel <= 0:
        return FADER_SCALE[0][0]
    for (below, share), (above, end) in pairwise(FADER_SCALE):
        if travel <= end:
            return below + (travel - share) / (end - share) * (above - below)
    return FADER_SCALE[-1][0]


LAWS: Final[Mapping[str, Law]] = {
    "linear": Law(_linear_travel, _linear_value),
    "log": Law(_log_travel, _log_value),
    "fader": Law(_fader_travel, _fader_value),
    "mixer": Law(mixer_travel, mixer_decibels),
    "whole": Law(_linear_travel, _whole_value, whole=True),
    "choice": Law(_linear_travel, _whole_value, whole=True),
}
"""Law: what it does. “log” needs a range above 0; “choice” is an index into `ParameterSpec.choices`."""

ON_OFF: Final = ("off", "on")
"""The choices of a switch."""


@dataclass(frozen=True, slots=True)
class ParameterSpec:
    """A parameter.

    id: by which songs, lanes and the shell name it; ends in its unit where it has one (`attack_ms`).
    label: what a control shows.
    unit: what its values are of: “dB”, “Hz”, “ms”, “%”, “beats” or empty.
    minimum, maximum: both within the range.
    law: a name in `LAWS`.
    choices: for the law “choice”: the names, of which the value is an index; the range follows from them.
    """

    id: str
    label: str
    unit: str
    minimum: float
    maximum: float
    default: float
    law: str = "linear"
    choices: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.minimum < self.maximum or not self.minimum <= self.default <= self.maximum:
            raise ValueError(f"the range of {self.id} does not hold its default")
        if self.law not in LAWS or (self.law == "log" and self.minimum <= 0.0):
            raise ValueError(f"{self.id} cannot follow the law {self.law}")
        if bool(self.choices) != (self.law == "choice"):
            raise ValueError(f"{self.id} has choices without the law “choice”, or that law without choices")

    @property
    def whole(self) -> bool:
        """Whether only whole numbers are values."""
        return LAWS[self.law].whole

    def admits(self, value: float) -> bool:
        """Whether the parameter can take a value."""
        return self.minimum <= value <= self.maximum and (not self.whole or value == round(value))

    def clamp(self, value: float) -> float:
        """The nearest value that it can take; the default for what is no number."""
        if math.isnan(value):
            return self.default
        value = min(max(value, self.minimum), self.maximum)
        return float(round(value)) if self.whole else float(value)

    def normalised(self, value: float) -> float:
        """The travel of a control, 0 to 1, at a value (clamped to the range)."""
        return LAWS[self.law].normalised(self.clamp(value), self.minimum, self.maximum)

    def value_at(self, travel: float) -> float:
        """The value at a travel of a control from 0 to 1."""
        return self.clamp(LAWS[self.law].value(min(max(travel, 0.0), 1.0), self.minimum, self.maximum))

    def format(self, value: float) -> str:
        """A value as controls and the shell show it: “−1.5 dB”, “120 Hz”, “high”."""
        value = self.clamp(value)
        if self.choices:
            return self.choices[round(value)]
        digits = 0 if self.whole else max(0, min(2, 2 - math.floor(math.log10(max(abs(value), 1e-9)))))
        text = f"{value:.{digits}f}"
        if "." in text:
            text = text.rstrip("0").rstrip(".")
        text = "0" if text in ("-0", "") else text.replace("-", "−")
        return f"{text} {self.unit}" if self.unit else text

    def parse(self, text: str) -> float:
        """The value that a text names: a number with or without the unit, or a choice.

        Raises:
            ParameterError: it is none that the parameter can take.
        """
        plain = text.strip()
        for index, choice in enumerate(self.choices):
            if plain.lower() == choice.lower():
                return float(index)
        if self.choices:
            raise ParameterError(f"“{text}” is no value of “{self.id}”: choose {', '.join(self.choices)}.")
        number = plain.removesuffix(self.unit).strip() if self.unit else plain
        try:
            value = float(number.replace("−", "-"))
        except ValueError:
            value = math.nan
        if not self.admits(value):
            kind = "a whole number" if self.whole else "a number"
            unit = f" {self.unit}" if self.unit else ""
            raise ParameterError(
                f"“{text}” is no value of “{self.id}”: give {kind} from {self.minimum:g} to {self.maximum:g}{unit}."
            )
        return value


def switch(id: str, label: str, *, on: bool = False) -> ParameterSpec:
    """A parameter that is off (0) or on (1)."""
    return ParameterSpec(id, label, "", 0.0, 1.0, float(on), "choice", ON_OFF)


def choice(id: str, label: str, choices: tuple[str, ...], default: int = 0) -> ParameterSpec:
    """A parameter that chooses among at least two names."""
    return ParameterSpec(id, label, "", 0.0, float(len(choices) - 1), float(default), "choice", choices)
