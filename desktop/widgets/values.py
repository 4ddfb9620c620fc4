"""What a value control edits: its range, steps, unit, and how it is written and read."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from engine.project.model import MAX_GAIN_DB, MIN_GAIN_DB

MINUS = "−"


@dataclass(frozen=True)
class ValueSpec:
    """A named number. `parse` raises ValueError for what it cannot read; ranges are kept by `clamp`."""

    name: str
    minimum: float
    maximum: float
    default: float
    step: float  # of the wheel and the arrow keys
    fine: float  # the same with Shift
    format: Callable[[float], str]
    parse: Callable[[str], float]
    per_pixel: float  # of dragging

    def clamp(self, value: float) -> float:
        """`value` within the range."""
        return min(max(value, self.minimum), self.maximum)


def number(text: str) -> float:
    """The first number in `text`, with any kind of minus and a comma or a point.

    Raises:
        ValueError: there is none.
    """
    match = re.search(r"[-+]?(\d+([.,]\d*)?|[.,]\d+)", text.replace(MINUS, "-").replace("–", "-"))
    if not match:
        raise ValueError(f"no number in {text!r}")
    return float(match[0].replace(",", "."))


def signed(value: float, decimals: int) -> str:
    """`value` with a true minus sign and no minus zero."""
    text = f"{value:.{decimals}f}"
    if float(text) == 0:
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def decibels(value: float) -> str:
    """A gain as it is shown: "−3.2 dB"; silence is "−∞ dB"."""
    return f"{MINUS}∞ dB" if value <= MIN_GAIN_DB else f"{signed(value, 1)} dB"


def parse_decibels(text: str) -> float:
    """The gain written in `text`."""
    return MIN_GAIN_DB if "∞" in text or "inf" in text.lower() else number(text)


def pan_text(value: float) -> str:
    """A pan as it is shown: "C", "L 30", "R 100"."""
    share = round(abs(value) * 100)
    return "C" if share == 0 else f"{'L' if value < 0 else 'R'} {share}"


def parse_pan(text: str) -> float:
    """The pan written as "C", "L 30", "R 30" or a number from −100 to 100."""
    text = text.strip().lower()
    if text in ("c", "centre", "center", ""):
        return 0.0
    value = number(text) / 100
    return -abs(value) if text.startswith("l") else value


def clock_text(seconds: float, decimals: int = 3) -> str:
    """A time as "0:34.250"."""
    whole = round(max(seconds, 0.0) * 10**decimals)
    minutes, rest = divmod(whole, 60 * 10**decimals)
    return f"{minutes}:{rest // 10**decimals:02d}.{rest % 10**decimals:0{decimals}d}"


def parse_clock(text: str) -> float:
    """The seconds written as "1:02.5" or "62.5"."""
    head, _, tail = text.strip().rpartition(":")
    return (int(head) * 60 if head else 0) + number(tail)


def gain_spec(name: str = "Gain") -> ValueSpec:
    """A gain in decibels."""
    return ValueSpec(name, MIN_GAIN_DB, MAX_GAIN_DB, 0.0, 0.5, 0.1, decibels, parse_decibels, 0.2)


def pan_spec(name: str = "Pan") -> ValueSpec:
    """A pan from −1 to 1."""
    return ValueSpec(name, -1.0, 1.0, 0.0, 0.05, 0.01, pan_text, parse_pan, 0.01)


def tempo_spec(name: str = "Tempo") -> ValueSpec:
    """A tempo in BPM; 120 is where it starts."""
    return ValueSpec(name, 20.0, 400.0, 120.0, 1.0, 0.1, tempo_text, number, 0.25)


def tempo_text(value: float) -> str:
    """A tempo with the decimals it needs, one at least."""
    text = f"{value:.3f}".rstrip("0")
    return f"{text}0" if text.endswith(".") else text


def seconds_spec(name: str, maximum: float = 36000.0, *, minimum: float = 0.0, default: float = 0.0) -> ValueSpec:
    """A length in seconds, shown as "1.500 s"."""
    return ValueSpec(
        name, minimum, maximum, default, 0.1, 0.01, lambda value: f"{signed(value, 3)} s", parse_clock, 0.01
    )


def exact_tempo(value: float) -> Fraction:
    """The tempo that a field shows, to a thousandth."""
    return Fraction(round(value * 1000), 1000)
