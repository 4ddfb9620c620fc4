"""Musical time: beats, bars, seconds and frames, converted exactly."""

import math
import re
from dataclasses import dataclass
from fractions import Fraction

from engine.errors import EngineError
from engine.timing.position import Position
from engine.timing.signature import COMMON_TIME, Signature

_BARS = re.compile(r"bar:(\d{1,9})(?:\.(\d{1,2})(?:\+(\d{1,18})/(\d{1,18}))?)?", re.ASCII)
_SECONDS = re.compile(r"(\d{1,9}(?:\.\d{1,18})?|\.\d{1,18})s", re.ASCII)
_FRAMES = re.compile(r"(\d{1,15})f", re.ASCII)
_ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Clock:
    """Converts between frames, beats, bars and seconds at one rate, tempo and time signature."""

    rate: int
    tempo: Fraction
    signature: Signature = COMMON_TIME

    @property
    def frames_per_beat(self) -> Fraction:
        """Frames in a quarter note, exactly."""
        return Fraction(60 * self.rate) / self.tempo

    def frames(self, position: Position) -> int:
        """The frame of `position`."""
        frame = position.frame
        return self.frame_at(position.beat or _ZERO) if frame is None else frame

    def beats(self, position: Position) -> Fraction:
        """`position` in quarter notes from the song's start, exactly."""
        frame = position.frame
        return position.beat or _ZERO if frame is None else self.beat_at(frame)

    def seconds(self, position: Position) -> float:
        """`position` in seconds from the song's start."""
        return self.frames(position) / self.rate

    def frame_at(self, beat: Fraction) -> int:
        """The frame nearest to `beat` (halves round up)."""
        # floor(beat * frames_per_beat + 1/2) in whole numbers: several times as fast as Fractions
        over = beat.denominator * self.tempo.numerator
        return (120 * self.rate * beat.numerator * self.tempo.denominator + over) // (2 * over)

    def beat_at(self, frame: int) -> Fraction:
        """The beat (in quarter notes from the song's start) of `frame`, exactly."""
        return frame / self.frames_per_beat

    def bar_start(self, bar: int) -> Position:
        """Where `bar` (from 1) starts."""
        return Position.at_beat((bar - 1) * self.signature.bar)

    def after_bars(self, position: Position, bars: int) -> Position:
        """The place in the bar that `position` has in its own, `bars` bars later (earlier, if negative)."""
        return Position.at_beat(self.beats(position) + bars * self.signature.bar)

    def bar_and_beat(self, position: Position) -> tuple[int, int, Fraction]:
        """(bar from 1, beat in it from 1, rest as a share of that beat) of `position`."""
        beats = self.beats(position)
        bar, rest = divmod(beats, self.signature.bar)
        beat, share = divmod(rest, self.signature.beat)
        return int(bar) + 1, int(beat) + 1, share / self.signature.beat

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
        if match := _BARS.fullmatch(text):
            bar, beat = int(match[1]), int(match[2] or 1)
            over = int(match[4] or 1)
            share = Fraction(int(match[3] or 0), over) if over else Fraction(1)
            if bar >= 1 and 1 <= beat <= self.signature.numerator and share < 1:
                return Position.at_beat(self.beats(self.bar_start(bar)) + (beat - 1 + share) * self.signature.beat)
        elif match := _SECONDS.fullmatch(text):
            return Position.at_frame(math.floor(Fraction(match[1]) * self.rate + Fraction(1, 2)))
        elif match := _FRAMES.fullmatch(text):
            return Position.at_frame(int(match[1]))
        raise EngineError(
            f"“{text}” is not a position in a {self.signature} song: write bar:5, bar:5.3 (beat 3 of bar 5; "
            "bars and beats count from 1), 2.5s or 12345f."
        )
