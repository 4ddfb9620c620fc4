"""Ranges of numbers, as annotations of fields: `tempo: Annotated[Fraction, TEMPO]`."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, TypeVar

Number = TypeVar("Number", int, float, Fraction)


@dataclass(frozen=True, slots=True)
class Range(Generic[Number]):
    """The numbers from `low` to `high`, both among them; `unit` says of what."""

    low: Number
    high: Number
    unit: str = ""

    def __contains__(self, value: Number) -> bool:
        return self.low <= value <= self.high

    def clamp(self, value: Number) -> Number:
        """The number of the range that is nearest to `value`."""
        return min(max(value, self.low), self.high)
