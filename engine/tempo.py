"""Musical time: beats, bars, seconds and frames, converted exactly.

A position is an `int` (frames at the project rate) or a `Fraction` (beats, which follow the tempo). A beat is a quarter
note, as in the tempo "120 BPM"; the beats that a user counts inside a bar are the notes of the time signature's
denominator. Bars and their beats are counted from 1.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from engine.errors import EngineError

Position = int | Fraction
"""Frames at the project rate (`int`) or beats in quarter notes (`Fraction`)."""

MIN_TEMPO, MAX_TEMPO = Fraction(20), Fraction(400)
DENOMINATORS = (1, 2, 4, 8, 16, 32)

_BARS = re.compile(r"bar:(\d{1,9})(?:\.(\d{1,2})(?:\+(\d{1,18})/(\d{1,18}))?)?", re.ASCII)
_SECONDS = re.compile(r"(\d{1,9}(?:\.\d{1,18})?|\.\d{1,18})s", re.ASCII)
_FRAMES = re.compile(r"(\d{1,15})f", re.ASCII)
_SIGNATURE = re.compile(r"(\d{1,2})/(\d{1,2})", re.ASCII)
_NUMBER = r"(\d{2,3}(?:[.,]\d{1,3})?)"
_STATED = re.compile(
    rf"(?<![\d.,])(?:\d{{2,3}}\s?(?:-|–|to)\s?)?{_NUMBER}[ -]?(?:bpm|b\.p\.m\.?|beats (?:per|a) minute)(?!\w)"
    rf"|\btempo(?: of|:| is| =)? {_NUMBER}(?![\w.,]*\d|\w)|[♩♪]\s?=\s?{_NUMBER}(?!\w)",
    re.IGNORECASE,
)
_TEMPO = re.compile(r"\d{1,6}(?:\.\d{1,18}|/\d{1,9})?", re.ASCII)


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
        return Fraction(4, self.denominator)

    @property
    def bar(self) -> Fraction:
        """Length of a bar, in quarter notes."""
        return self.numerator * self.beat


COMMON_TIME = Signature()
"""4/4."""


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
        """The frame nearest to `position` (halves round up)."""
        if isinstance(position, int):
            return position
        # floor(position * frames_per_beat + 1/2) in whole numbers: several times as fast as Fractions
        over = position.denominator * self.tempo.numerator
        return (120 * self.rate * position.numerator * self.tempo.denominator + over) // (2 * over)

    def beats(self, position: Position) -> Fraction:
        """`position` in quarter notes, exactly."""
        if isinstance(position, int):
            return position / self.frames_per_beat
        return position

    def seconds(self, position: Position) -> float:
        """`position` in seconds from the song's start."""
        return self.frames(position) / self.rate

    def bar_start(self, bar: int) -> Fraction:
        """The beat at which `bar` (from 1) starts."""
        return (bar - 1) * self.signature.bar

    def bar_and_beat(self, position: Position) -> tuple[int, int, Fraction]:
        """(bar from 1, beat in it from 1, rest as a share of that beat) of `position`."""
        beats = self.beats(position)
        bar, rest = divmod(beats, self.signature.bar)
        beat, share = divmod(rest, self.signature.beat)
        return int(bar) + 1, int(beat) + 1, share / self.signature.beat

    def text(self, position: Position) -> str:
        """`position` as `parse` reads it: bars and beats if it is in beats, otherwise frames."""
        if isinstance(position, int):
            return f"{position}f"
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
                return self.bar_start(bar) + (beat - 1 + share) * self.signature.beat
        elif match := _SECONDS.fullmatch(text):
            return math.floor(Fraction(match[1]) * self.rate + Fraction(1, 2))
        elif match := _FRAMES.fullmatch(text):
            return int(match[1])
        raise EngineError(
            f"“{text}” is not a position in a {self.signature} song: write bar:5, bar:5.3 (beat 3 of bar 5; "
            "bars and beats count from 1), 2.5s or 12345f."
        )


def parse_tempo(text: str) -> Fraction:
    """The tempo in quarter notes a minute written in `text`, to a thousandth.

    Raises:
        EngineError: not a number, or outside 20 to 400 BPM.
    """
    try:
        tempo = round(Fraction(text.strip()), 3) if _TEMPO.fullmatch(text.strip()) else Fraction(0)
    except ZeroDivisionError:
        tempo = Fraction(0)
    if not MIN_TEMPO <= tempo <= MAX_TEMPO:
        raise EngineError(f"The tempo “{text}” is not possible: give a number from 20 to 400 BPM.")
    return tempo


def tempo_in(text: str) -> float | None:
    """The first tempo in beats a minute that a text states, as “96 BPM” or “tempo 96”; None where it states none."""
    found = _STATED.search(text)
    return _stated(found) if found else None


def at_tempo(text: str, tempo: float) -> tuple[str, tuple[str, ...]]:
    """`text` with `tempo` in place of every other one that it states, and those, as they stood.

    A tempo is written to a thousandth. Where the text states none, it stays as it is.
    """
    other: list[str] = []

    def replaced(found: re.Match[str]) -> str:
        stated = _stated(found)
        if stated is None or round(stated, 3) == round(tempo, 3):
            return found[0]
        other.append(found[0])
        return tempo_text(tempo)

    return _STATED.sub(replaced, text), tuple(other)


def whole_tempos(text: str) -> str:
    """`text` with the tempos that it states rounded to whole beats a minute, for a reader that knows only those."""

    def rounded(found: re.Match[str]) -> str:
        stated = _stated(found)
        return found[0] if stated is None or stated == round(stated) else tempo_text(round(stated))

    return _STATED.sub(rounded, text)


def tempo_text(tempo: float) -> str:
    """“61.5 BPM”."""
    return f"{round(float(tempo), 3):.7g} BPM"


def other_tempo(other: Sequence[str], tempo: float) -> str:
    """A sentence on tempos that `at_tempo` replaced; empty without any."""
    if not other:
        return ""
    said = ", ".join(f"“{each}”" for each in dict.fromkeys(other))
    return f"The prompt says {said}; {tempo_text(tempo)}, the tempo asked for, takes its place."


def _stated(found: re.Match[str]) -> float | None:
    tempo = float((found[1] or found[2] or found[3]).replace(",", "."))
    return tempo if MIN_TEMPO <= tempo <= MAX_TEMPO else None


def parse_signature(text: str) -> Signature:
    """The time signature written as `4/4`.

    Raises:
        EngineError: not of this form, or out of range.
    """
    if match := _SIGNATURE.fullmatch(text.strip()):
        return Signature(int(match[1]), int(match[2]))
    raise EngineError(f"“{text}” is not a time signature: write it as 4/4 or 6/8.")
