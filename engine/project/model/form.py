"""Chords and sections that were written into the song by hand."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Annotated

from engine.project.model.ranges import NOTE_START

Beat = Annotated[Fraction, NOTE_START]


@dataclass(frozen=True, slots=True)
class NamedSpan:
    """A chord symbol, or the name of a section, from beat `start` up to `end` of the song.

    With an empty text nothing is there, whatever the song's clips say of these beats.
    """

    start: Beat
    end: Beat
    text: str = ""

    def fault(self) -> str:
        """What of the fields does not go together, as the rest of a sentence; empty where all does."""
        return "" if self.start < self.end else "ends before it starts"


def without_overlap(spans: tuple[NamedSpan, ...]) -> bool:
    """Whether spans follow one another in the order of time."""
    return all(one.end <= other.start for one, other in pairwise(spans))
