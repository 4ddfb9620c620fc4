"""The note."""

from typing import NamedTuple


class Note(NamedTuple):
    """One note. On drum parts `pitch` is the General MIDI drum."""

    start: float  # quarter notes from the piece's start
    length: float  # quarter notes
    pitch: int
    velocity: int  # 1 to 127
