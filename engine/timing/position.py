"""A place in the song."""

from dataclasses import dataclass
from fractions import Fraction
from typing import final


@final
@dataclass(frozen=True, slots=True)
class Position:
    """A place in the song: a frame at the project's rate, or a beat (in quarter notes), which follows the tempo.

    Exactly one of the two is set. A position is not a number: only a clock says at which frame a beat lies, and only a
    `Duration` from a position leads to another. Positions of different kinds are never equal.
    """

    frame: int | None
    beat: Fraction | None

    @classmethod
    def at_frame(cls, frame: int) -> "Position":
        """The place at `frame`, which no change of tempo moves."""
        return cls(frame, None)

    @classmethod
    def at_beat(cls, beat: Fraction | int) -> "Position":
        """The place `beat` quarter notes after the song's start, exactly."""
        return cls(None, Fraction(beat))

    @property
    def in_frames(self) -> bool:
        """Whether it is a frame; otherwise it is a beat."""
        return self.frame is not None

    @property
    def is_before_start(self) -> bool:
        """Whether it lies before the song's start."""
        return (self.beat or 0) < 0 if self.frame is None else self.frame < 0


SONG_START = Position.at_beat(0)
"""The song's first beat."""
