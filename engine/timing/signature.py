"""Time signatures."""

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from engine.errors import EngineError

DENOMINATORS = (1, 2, 4, 8, 16, 32)
_BEATS = {denominator: Fraction(4, denominator) for denominator in DENOMINATORS}

_SIGNATURE = re.compile(r"(\d{1,2})/(\d{1,2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Signature:
    """A time signature, such as 4/4."""

    numerator: int = 4
    denominator: int = 4

    def __post_init__(self) -> None:
        if not 1 <= self.numerator <= 32 or self.denominator not in DENOMINATORS:
            raise EngineError(
                f"The time signature {self.numerator}/{self.denominator} is not possible: "
                "use 1 to 32 beats of a 1, 2, 4, 8, 16 or 32 note, for example 4/4 or 6/8."
            )

    def __str__(self) -> str:
        return f"{self.numerator}/{self.denominator}"

    @property
    def beat(self) -> Fraction:
        """Length of one counted beat, in quarter notes."""
        return _BEATS[self.denominator]

    @property
    def bar(self) -> Fraction:
        """Length of a bar, in quarter notes."""
        return _bar(self.numerator, self.denominator)


@lru_cache(maxsize=256)
def _bar(numerator: int, denominator: int) -> Fraction:
    return numerator * _BEATS[denominator]


COMMON_TIME = Signature()
"""4/4."""


def parse_signature(text: str) -> Signature:
    """The time signature written as `4/4`.

    Raises:
        EngineError: not of this form, or out of range.
    """
    if match := _SIGNATURE.fullmatch(text.strip()):
        return Signature(int(match[1]), int(match[2]))
    raise EngineError(f"“{text}” is not a time signature: write it as 4/4 or 6/8.")
