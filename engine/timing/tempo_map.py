"""The tempo map: at which tempo a song runs from each beat on, and how its bars are counted.

A song has a tempo and a time signature at its start, and any number of changes after it. A tempo change takes hold at
a beat: the tempo steps to it there, or, as a ramp, has moved to it in a straight line over the beats since the change
before. Time signatures change at the start of a bar.

With t quarter notes a minute, one beat lasts 60/t seconds. In a stretch of one tempo the seconds are therefore a
rational function of the beats, and are computed exactly. On a ramp from tempo a at beat 0 to tempo b at beat L, the
tempo is t(x) = a + kx with k = (b − a)/L, and beat x is reached after

    s(x) = ∫ 60/t = (60/k) · ln(1 + kx/a)          and back:          x(s) = (a/k) · (exp(ks/60) − 1)

seconds. That is correctly rounded to a frame: floating point decides where it is far enough from half a frame, decimals
of 60 digits elsewhere.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Context, Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Annotated, Final, NamedTuple

from engine.errors import EngineError
from engine.ranges import Range
from engine.timing.signature import COMMON_TIME, Signature

MIN_TEMPO, MAX_TEMPO = Fraction(20), Fraction(400)

TEMPO: Final = Range(MIN_TEMPO, MAX_TEMPO, "BPM")

MAX_CHANGES: Final = 10_000
"""The most changes of tempo, and the most of the time signature, that a song has."""

MAX_BEAT: Final = Fraction(1 << 36)
MAX_BAR: Final = 999_999_999

_TEMPO_TEXT = re.compile(r"\d{1,6}(?:\.\d{1,18}|/\d{1,9})?", re.ASCII)
_DIGITS = Context(prec=60)
_EXACT_BITS = 4096  # of a denominator of seconds; a sum that needs more is rounded
_RAMP_BITS, _ROUNDED_BITS = 128, 256  # behind the point, of the seconds that a ramp lasts and of rounded sums


@dataclass(frozen=True, slots=True)
class TempoPoint:
    """From `beat` on (quarter notes from the song's start) the tempo is `bpm` quarter notes a minute.

    With `ramp` it has moved there in a straight line over the beats since the point before; otherwise it steps.
    """

    beat: Annotated[Fraction, Range(Fraction(0), MAX_BEAT)]
    bpm: Annotated[Fraction, TEMPO]
    ramp: bool = False


@dataclass(frozen=True, slots=True)
class SignatureChange:
    """From the start of `bar` (from 1) on, bars are counted in `signature`."""

    bar: Annotated[int, Range(1, MAX_BAR)]
    signature: Signature


class Stretch(NamedTuple):
    """The beats from `beat` on, up to the next stretch, over which the tempo stays or moves in a straight line.

    slope: k above, in quarter notes a minute a beat; 0 for one tempo. seconds: from the song's start to `beat`.
    """

    beat: Fraction
    seconds: Fraction
    bpm: Fraction
    slope: Fraction


class Bar(NamedTuple):
    """A bar: its number from 1, the beat (in quarter notes) at which it starts, and its time signature."""

    number: int
    start: Fraction
    signature: Signature

    @property
    def end(self) -> Fraction:
        """The beat at which the next bar starts."""
        return self.start + self.signature.bar


_START = (TempoPoint(Fraction(0), Fraction(120)),)
_COMMON = (SignatureChange(1, COMMON_TIME),)


@dataclass(frozen=True, slots=True)
class TempoMap:
    """The tempos of a song, the first one at beat 0, and its time signatures, the first one at bar 1; in their order.

    Raises:
        EngineError: the changes are too many, out of order or out of range.
    """

    tempos: tuple[TempoPoint, ...] = _START
    signatures: tuple[SignatureChange, ...] = _COMMON
    stretches: tuple[Stretch, ...] = field(init=False, repr=False, compare=False)
    """What lies between the tempo changes."""
    bars: tuple[Bar, ...] = field(init=False, repr=False, compare=False)
    """The first bar in each time signature."""

    def __post_init__(self) -> None:
        if what := fault_of(self.tempos, self.signatures):
            raise EngineError(f"This tempo map is not possible: it {what}.")
        object.__setattr__(self, "stretches", tuple(_stretches(self.tempos)))
        object.__setattr__(self, "bars", tuple(_first_bars(self.signatures)))

    @property
    def is_steady(self) -> bool:
        """Whether one tempo and one time signature hold from start to end."""
        return len(self.tempos) == 1 and len(self.signatures) == 1

    def stretch_at(self, beat: Fraction) -> Stretch:
        """The stretch in which `beat` lies; before the song's start, the first one."""
        return self.stretches[max(bisect_right(self.stretches, beat, key=_beat_of) - 1, 0)]

    def tempo_at(self, beat: Fraction) -> Fraction:
        """The tempo at `beat`, exactly; before the song's start, the first one."""
        stretch = self.stretch_at(beat)
        return stretch.bpm + stretch.slope * max(beat - stretch.beat, Fraction(0))

    def bar_at(self, beat: Fraction) -> Bar:
        """The bar in which `beat` lies; before the song's start, one with a number below 1."""
        first = self.bars[max(bisect_right(self.bars, beat, key=_start_of) - 1, 0)]
        count = (beat - first.start) // first.signature.bar
        return Bar(first.number + count, first.start + count * first.signature.bar, first.signature)

    def bar(self, number: int) -> Bar:
        """The bar with that number; below 1, one before the song's start."""
        first = self.bars[max(bisect_right(self.bars, number, key=_number_of) - 1, 0)]
        return Bar(number, first.start + (number - first.number) * first.signature.bar, first.signature)


def fault_of(tempos: Sequence[TempoPoint], signatures: Sequence[SignatureChange]) -> str:
    """What is wrong with a tempo map, as the rest of a sentence; empty if nothing is."""
    if not tempos or tempos[0].beat or tempos[0].ramp or not signatures or signatures[0].bar != 1:
        return "does not begin with a tempo and a time signature"
    if len(tempos) > MAX_CHANGES + 1 or len(signatures) > MAX_CHANGES + 1:
        return f"has more than {MAX_CHANGES} changes"
    if any(after.beat <= before.beat for before, after in pairwise(tempos)):
        return "has tempo changes that are not one after another"
    if any(after.bar <= before.bar for before, after in pairwise(signatures)):
        return "has time signatures that are not one after another"
    if tempos[-1].beat > MAX_BEAT or signatures[-1].bar > MAX_BAR:
        return "reaches further than a song can"
    if any(point.bpm not in TEMPO for point in tempos):
        return "has a tempo outside 20 to 400 BPM"
    return ""


def steady(tempo: Fraction, signature: Signature = COMMON_TIME) -> TempoMap:
    """The map of a song with one tempo and one time signature."""
    return TempoMap((TempoPoint(Fraction(0), tempo),), (SignatureChange(1, signature),))


def _stretches(points: Sequence[TempoPoint]) -> Iterator[Stretch]:
    seconds = Fraction(0)
    for point, after in zip(points, [*points[1:], None], strict=True):
        ramps = after is not None and after.ramp
        slope = (after.bpm - point.bpm) / (after.beat - point.beat) if after is not None and ramps else Fraction(0)
        yield Stretch(point.beat, seconds, point.bpm, slope)
        if after is None:
            return
        beats = after.beat - point.beat
        seconds += ramp_seconds(point.bpm, slope, beats) if slope else beats * 60 / point.bpm
        if seconds.denominator.bit_length() > _EXACT_BITS:
            seconds = Fraction(round(seconds * (1 << _ROUNDED_BITS)), 1 << _ROUNDED_BITS)


def ramp_seconds(bpm: Fraction, slope: Fraction, beats: Fraction) -> Fraction:
    """The seconds that `beats` last from a tempo of `bpm` on, which grows by `slope` a beat, to 128 binary places."""
    logarithm = _DIGITS.ln(decimal(1 + slope * beats / bpm))
    seconds = _DIGITS.multiply(decimal(60 / slope), logarithm)
    return Fraction(round(Fraction(seconds) * (1 << _RAMP_BITS)), 1 << _RAMP_BITS)


def decimal(value: Fraction) -> Decimal:
    """`value` to 60 digits."""
    return _DIGITS.divide(Decimal(value.numerator), Decimal(value.denominator))


def _first_bars(changes: Sequence[SignatureChange]) -> Iterator[Bar]:
    start = Fraction(0)
    for change, after in zip(changes, [*changes[1:], None], strict=True):
        yield Bar(change.bar, start, change.signature)
        if after is not None:
            start += (after.bar - change.bar) * change.signature.bar


def _beat_of(stretch: Stretch) -> Fraction:
    return stretch.beat


def _start_of(bar: Bar) -> Fraction:
    return bar.start


def _number_of(bar: Bar) -> int:
    return bar.number


def parse_tempo(text: str) -> Fraction:
    """The tempo in quarter notes a minute written in `text`, to a thousandth.

    Raises:
        EngineError: not a number, or outside 20 to 400 BPM.
    """
    try:
        tempo = round(Fraction(text.strip()), 3) if _TEMPO_TEXT.fullmatch(text.strip()) else Fraction(0)
    except ZeroDivisionError:
        tempo = Fraction(0)
    if tempo not in TEMPO:
        raise EngineError(f"The tempo “{text}” is not possible: give a number from 20 to 400 BPM.")
    return tempo


COMMON_TEMPO: Final = TempoMap()
"""120 BPM in 4/4."""
