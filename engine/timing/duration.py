"""A length of time in the song."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import final

from engine.timing.clock import Clock
from engine.timing.position import Position


@final
@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time, in frames at the project's rate or in beats (quarter notes); negative: towards the start.

    Exactly one of the two is set. How long some beats last depends on where they lie, so a duration leads to an end
    only from a start.
    """

    count: int | None
    beats: Fraction | None

    @classmethod
    def of_frames(cls, frames: int) -> "Duration":
        """So many frames, wherever they lie."""
        return cls(frames, None)

    @classmethod
    def of_beats(cls, beats: Fraction | int) -> "Duration":
        """So many quarter notes, exactly."""
        return cls(None, Fraction(beats))

    @property
    def in_frames(self) -> bool:
        """Whether it is counted in frames; otherwise in beats."""
        return self.count is not None

    @property
    def sign(self) -> int:
        """1 for a length, 0 for nothing, −1 for a length towards the song's start."""
        value = self.beats if self.count is None else self.count
        return (value > 0) - (value < 0) if value else 0

    def kept_after_start(self, starts: Iterable[Position], clock: Clock) -> "Duration":
        """What of it may be gone from each of `starts` without leaving the song at its start."""
        if self.beats is None:
            return Duration.of_frames(max(self.count or 0, -min((clock.frames(start) for start in starts), default=0)))
        return Duration.of_beats(max(self.beats, -min((clock.beats(start) for start in starts), default=Fraction(0))))

    def __add__(self, other: "Duration") -> "Duration":
        """Both after one another. Raises TypeError for lengths of different kinds."""
        if self.count is not None and other.count is not None:
            return Duration.of_frames(self.count + other.count)
        if self.beats is not None and other.beats is not None:
            return Duration.of_beats(self.beats + other.beats)
        raise TypeError("frames and beats cannot be added: how long beats last depends on where they lie")

    def end(self, start: Position, clock: Clock) -> Position:
        """Where it ends when it starts at `start`: a position of its own kind."""
        if self.beats is None:
            return Position.at_frame(clock.frames(start) + (self.count or 0))
        return Position.at_beat(clock.beats(start) + self.beats)

    def start(self, end: Position, clock: Clock) -> Position:
        """Where it starts when it ends at `end`: a position of its own kind."""
        if self.beats is None:
            return Position.at_frame(clock.frames(end) - (self.count or 0))
        return Position.at_beat(clock.beats(end) - self.beats)

    def frames(self, start: Position, clock: Clock) -> int:
        """Its frames when it starts at `start`."""
        return clock.frames(self.end(start, clock)) - clock.frames(start)
