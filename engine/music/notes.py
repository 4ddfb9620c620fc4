"""The note, and what pitches and instruments are called."""

from typing import NamedTuple


class Note(NamedTuple):
    """One note. Times are in quarter notes from the piece's start; on drum parts `pitch` is the General MIDI drum.

    `start` lies on the grid, and `offset` says how much later (or earlier) it is played: swing and a player's feel.
    """

    start: float
    length: float
    pitch: int
    velocity: int  # 1 to 127
    offset: float = 0.0

    @property
    def onset(self) -> float:
        """When it sounds, in quarter notes."""
        return self.start + self.offset

    @property
    def end(self) -> float:
        """When it ends, in quarter notes."""
        return self.start + self.offset + self.length


_NAMES = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")


def note_name(pitch: int) -> str:
    """The name of a MIDI pitch: 60 is C4."""
    return f"{_NAMES[pitch % 12]}{pitch // 12 - 1}"


def instrument_title(name: str) -> str:
    """An instrument's name as it begins a line: “FM piano”, “Upright bass”."""
    first, _, rest = name.partition(" ")
    first = first.upper() if first == "fm" else first[:1].upper() + first[1:]
    return f"{first} {rest}".strip()
