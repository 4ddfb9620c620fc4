"""Musical time: beats, bars, seconds and frames, converted by the tempo map at a sample rate."""

import math
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from engine.errors import EngineError
from engine.timing.position import Position
from engine.timing.signature import COMMON_TIME, Signature
from engine.timing.tempo_map import Bar, Stretch, TempoMap, ramp_seconds, steady

if TYPE_CHECKING:
    import numpy as np

_BARS = re.compile(r"bar:(\d{1,9})(?:\.(\d{1,2})(?:\+(\d{1,18})/(\d{1,18}))?)?", re.ASCII)
_SECONDS = re.compile(r"(\d{1,9}(?:\.\d{1,18})?|\.\d{1,18})s", re.ASCII)
_FRAMES = re.compile(r"(\d{1,15})f", re.ASCII)
_ZERO = Fraction(0)

_PARTS = 45 << 40
"""Where the tempo changes, the beat of a frame is rounded to one of so many parts; 1/3, 1/5, 1/9 are among them."""

_DOUBTFUL = 1 / 256
"""As near to half a frame as this, floating point does not decide."""


class _Line(NamedTuple):
    """A stretch in frames: beat b lies at (numerator · b + offset) / denominator while one tempo holds.

    first: the first whole frame at or after its start.
    """

    stretch: Stretch
    first: int
    start: Fraction
    numerator: int
    offset: int
    denominator: int


class Region(NamedTuple):
    """The beats from `start` up to `end` (None: all that follow), with one time signature, and one tempo or one ramp.

    first: the frame of `start`. bar: the first bar in this time signature. frames_per_beat: of a quarter note, the
    fewest in the region. changes_signature: whether another time signature held before it.
    """

    start: Fraction
    end: Fraction | None
    first: int
    bar: Bar
    frames_per_beat: float
    changes_signature: bool


@dataclass(frozen=True, slots=True)
class Clock:
    """Converts between frames at `rate` (hertz), beats, bars and seconds of a song with that tempo map."""

    rate: int
    tempo_map: TempoMap
    _lines: tuple[_Line, ...] = field(init=False, repr=False, compare=False)
    _steady: tuple[int, int] | None = field(init=False, repr=False, compare=False, default=None)
    _regions: tuple[Region, ...] = field(init=False, repr=False, compare=False, default=())

    def __post_init__(self) -> None:
        object.__setattr__(self, "_lines", tuple(_line(self.rate, stretch) for stretch in self.tempo_map.stretches))
        if len(self._lines) == 1:
            line = self._lines[0]
            object.__setattr__(self, "_steady", (line.numerator, line.denominator))

    @classmethod
    def steady(cls, rate: int, tempo: Fraction, signature: Signature = COMMON_TIME) -> "Clock":
        """The clock of a song with one tempo and one time signature."""
        return cls(rate, steady(tempo, signature))

    # frames, beats, seconds

    def frames(self, position: Position) -> int:
        """The frame of `position`."""
        beat = position.beat
        if beat is None:
            return position.frame or 0
        steady = self._steady
        if steady is None:
            return self.frame_at(beat)
        # floor(x + 1/2) in whole numbers: several times as fast as Fractions
        below = steady[1] * beat.denominator
        return (2 * steady[0] * beat.numerator + below) // (2 * below)

    def beats(self, position: Position) -> Fraction:
        """`position` in quarter notes from the song's start."""
        frame = position.frame
        return position.beat or _ZERO if frame is None else self.beat_at(frame)

    def seconds(self, position: Position) -> float:
        """`position` in seconds from the song's start."""
        return self.frames(position) / self.rate

    def frame_at(self, beat: Fraction) -> int:
        """The frame nearest to `beat` (halves round up)."""
        lines = self._lines
        line = lines[0] if len(lines) == 1 else lines[max(bisect_right(lines, beat, key=_beat_of) - 1, 0)]
        if line.stretch.slope and beat > line.stretch.beat:
            return self._frame_on_ramp(line, beat)
        below = line.denominator * beat.denominator
        return (2 * (line.numerator * beat.numerator + line.offset * beat.denominator) + below) // (2 * below)

    def beat_at(self, frame: int) -> Fraction:
        """The beat (in quarter notes from the song's start) of `frame`.

        Exact in a song with one tempo. Elsewhere it is rounded to so small a part of a beat that `frame_at` leads back
        to the frame, so that the numbers of a song do not grow with each edit.
        """
        lines = self._lines
        if len(lines) == 1:
            return Fraction(frame * lines[0].denominator, lines[0].numerator)
        line = lines[max(bisect_right(lines, frame, key=_first_of) - 1, 0)]
        stretch = line.stretch
        if stretch.slope and frame > line.start:
            x = float(stretch.slope) * float(frame - line.start) / (60 * self.rate)
            beats = Fraction(float(stretch.bpm / stretch.slope) * math.expm1(x))
            return Fraction(round((stretch.beat + beats) * _PARTS), _PARTS)
        parts = 2 * _PARTS * (frame * line.denominator - line.offset)
        return Fraction((parts + line.numerator) // (2 * line.numerator), _PARTS)

    def simple_beat_at(self, frame: int) -> Fraction:
        """The beat of the smallest denominator that lies at `frame`.

        So a place on the grid that was rounded to a frame is found again exactly.
        """
        beat, frames_per_beat = self.beat_at(frame), self.frames_per_beat_at(frame)
        for share in (0.5, 0.499):  # of a frame; at half a frame one of the two ends belongs to the next
            reach = Fraction(share / frames_per_beat).limit_denominator(_PARTS)
            simple = simplest_between(beat - reach, beat + reach)
            if self.frame_at(simple) == frame:
                return simple
        return beat

    def frames_per_beat_at(self, frame: int) -> float:
        """Frames in a quarter note at the tempo that holds at `frame`."""
        lines = self._lines
        if len(lines) == 1:
            return lines[0].numerator / lines[0].denominator
        return float(60 * self.rate / self.tempo_map.tempo_at(self.beat_at(frame)))

    def regions(self, first: int, last: int) -> tuple[Region, ...]:
        """The regions of which a part lies between the frames `first` and `last`."""
        if not self._regions:
            object.__setattr__(self, "_regions", tuple(self._all_regions()))
        regions = self._regions
        start = max(bisect_right(regions, first, key=_first_frame_of) - 1, 0)
        return regions[start : max(bisect_right(regions, last, key=_first_frame_of), start + 1)]

    def _all_regions(self) -> Iterator[Region]:
        tempos = self.tempo_map
        starts = sorted({*(stretch.beat for stretch in tempos.stretches), *(bar.start for bar in tempos.bars)})
        firsts = {bar.start: bar for bar in tempos.bars}
        bar = tempos.bars[0]
        for start, end in zip(starts, [*starts[1:], None], strict=True):
            bar = firsts.get(start, bar)
            stretch = tempos.stretch_at(start)
            highest = stretch.bpm + stretch.slope * (start - stretch.beat)
            if end is not None:
                highest = max(highest, stretch.bpm + stretch.slope * (end - stretch.beat))
            changes = bool(start) and start in firsts
            yield Region(start, end, self.frame_at(start), bar, 60 * self.rate / float(highest), changes)

    def approximate_frames(self, beats: "np.ndarray") -> "np.ndarray":
        """`frame_at` of many beats (float64) in floating point, not rounded: float64, for drawing."""
        import numpy as np  # the shell reads songs without it

        lines = self._lines
        if len(lines) == 1:
            return beats * (lines[0].numerator / lines[0].denominator)
        starts = np.array([float(line.stretch.beat) for line in lines])
        which = np.maximum(np.searchsorted(starts, beats, side="right") - 1, 0)
        frames = np.empty(len(beats))
        for index in np.unique(which).tolist():
            line, chosen = lines[index], which == index
            stretch, past = line.stretch, beats[chosen] - starts[index]
            if stretch.slope:
                slope = float(stretch.slope)
                passed = np.log1p(slope * np.maximum(past, 0.0) / float(stretch.bpm)) * (60 * self.rate / slope)
            else:
                passed = past * (60 * self.rate / float(stretch.bpm))
            frames[chosen] = float(line.start) + passed
        return frames

    def _frame_on_ramp(self, line: _Line, beat: Fraction) -> int:
        stretch = line.stretch
        slope = float(stretch.slope)
        passed = math.log1p(slope * float(beat - stretch.beat) / float(stretch.bpm)) * (60 * self.rate / slope)
        near = float(line.start) + passed
        frame = math.floor(near + 0.5)
        if abs(near + 0.5 - round(near + 0.5)) < _DOUBTFUL:
            seconds = ramp_seconds(stretch.bpm, stretch.slope, beat - stretch.beat)
            frame = math.floor(line.start + seconds * self.rate + Fraction(1, 2))
        return frame

    # bars and tempos

    def tempo_at(self, position: Position) -> Fraction:
        """The tempo at `position`, in quarter notes a minute."""
        return self.tempo_map.tempo_at(self.beats(position))

    def signature_at(self, position: Position) -> Signature:
        """The time signature at `position`."""
        return self.tempo_map.bar_at(self.beats(position)).signature

    def bar_at(self, position: Position) -> Bar:
        """The bar in which `position` lies."""
        return self.tempo_map.bar_at(self.beats(position))

    def bar_start(self, bar: int) -> Position:
        """Where `bar` (from 1) starts."""
        return Position.at_beat(self.tempo_map.bar(bar).start)

    def after_bars(self, position: Position, bars: int) -> Position:
        """The place in the bar that `position` has in its own, `bars` bars later (earlier, if negative).

        A bar that is shorter has it at its end.
        """
        beat = self.beats(position)
        here = self.tempo_map.bar_at(beat)
        bar = self.tempo_map.bar(here.number + bars)
        return Position.at_beat(min(bar.start + beat - here.start, bar.end))

    def bar_and_beat(self, position: Position) -> tuple[int, int, Fraction]:
        """(bar from 1, beat in it from 1, rest as a share of that beat) of `position`."""
        beat = self.beats(position)
        bar = self.tempo_map.bar_at(beat)
        counted, share = divmod(beat - bar.start, bar.signature.beat)
        return bar.number, int(counted) + 1, share / bar.signature.beat

    def counted_beats(self, first: int, end: int) -> Iterator[tuple[int, int, int]]:
        """(frame, bar, beat in it) of each beat that is counted from frame `first` to before `end`; both from 1."""
        start = max(self.beat_at(first), _ZERO)
        bar = self.tempo_map.bar_at(start)
        index = int((start - bar.start) // bar.signature.beat)
        while (frame := self.frame_at(bar.start + index * bar.signature.beat)) < end:
            if frame >= first:
                yield frame, bar.number, index + 1
            index += 1
            if index == bar.signature.numerator:
                bar, index = self.tempo_map.bar(bar.number + 1), 0

    # texts

    def text(self, position: Position) -> str:
        """`position` as `parse` reads it: bars and beats if it is in beats, otherwise frames."""
        if position.frame is not None:
            return f"{position.frame}f"
        bar, beat, share = self.bar_and_beat(position)
        if share:
            return f"bar:{bar}.{beat}+{share.numerator}/{share.denominator}"
        return f"bar:{bar}.{beat}" if beat > 1 else f"bar:{bar}"

    def parse(self, text: str) -> Position:
        """The position written as `bar:5`, `bar:5.3`, `bar:5.3+1/3`, `2.5s` or `12345f`.

        Raises:
            EngineError: `text` is none of these, or names a beat that the bar does not have.
        """
        text = text.strip()
        signature = self.tempo_map.bars[0].signature
        if match := _BARS.fullmatch(text):
            number, beat = int(match[1]), int(match[2] or 1)
            bar = self.tempo_map.bar(max(number, 1))
            signature, over = bar.signature, int(match[4] or 1)
            share = Fraction(int(match[3] or 0), over) if over else Fraction(1)
            if number >= 1 and 1 <= beat <= signature.numerator and share < 1:
                return Position.at_beat(bar.start + (beat - 1 + share) * signature.beat)
        elif match := _SECONDS.fullmatch(text):
            return Position.at_frame(math.floor(Fraction(match[1]) * self.rate + Fraction(1, 2)))
        elif match := _FRAMES.fullmatch(text):
            return Position.at_frame(int(match[1]))
        raise EngineError(
            f"“{text}” is not a position in a {signature} song: write bar:5, bar:5.3 (beat 3 of bar 5; "
            "bars and beats count from 1), 2.5s or 12345f."
        )


def simplest_between(low: Fraction, high: Fraction) -> Fraction:
    """The fraction of the smallest denominator from `low` to `high`, by continued fractions."""
    whole = math.floor(low)
    if whole == low or whole + 1 <= high:
        return Fraction(math.ceil(low))
    return whole + 1 / simplest_between(1 / (high - whole), 1 / (low - whole))


def _line(rate: int, stretch: Stretch) -> _Line:
    per_beat, start = 60 * rate / stretch.bpm, stretch.seconds * rate
    offset = start - stretch.beat * per_beat
    below = math.lcm(per_beat.denominator, offset.denominator)
    numerator = per_beat.numerator * (below // per_beat.denominator)
    return _Line(stretch, math.ceil(start), start, numerator, offset.numerator * (below // offset.denominator), below)


def _beat_of(line: _Line) -> Fraction:
    return line.stretch.beat


def _first_of(line: _Line) -> int:
    return line.first


def _first_frame_of(region: Region) -> int:
    return region.first
