"""What a note is that was heard in a sound."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HeardNote:
    """A note from `start` to `end` (s). pitch: MIDI. strength: 0 to 1, how sure and strong it is."""

    start: float
    end: float
    pitch: int
    strength: float
