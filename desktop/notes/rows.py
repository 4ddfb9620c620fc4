"""The rows of the note editor: pitches from the highest down, or the pieces of a drum kit."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from engine.music.keys import Key
from engine.music.notes import note_name
from engine.music.percussion import FIRST, KIT, LAST, percussion_name

BLACK = frozenset((1, 3, 6, 8, 10))
"""The pitch classes of the black keys."""
PITCHES = 128


@dataclass(frozen=True)
class NoteRows:
    """Which pitch each row shows, from the top; drums: whether rows are pieces of a kit. key: how pitches are spelt."""

    pitches: tuple[int, ...]
    drums: bool = False
    key: Key | None = None
    lookup: np.ndarray = field(init=False, repr=False, compare=False)
    """(128,): the row of each pitch; −1 for those that have none."""

    def __post_init__(self) -> None:
        lookup = np.full(PITCHES, -1, np.int64)
        lookup[list(self.pitches)] = np.arange(len(self.pitches))
        object.__setattr__(self, "lookup", lookup)

    def __len__(self) -> int:
        return len(self.pitches)

    def row_of(self, pitch: int) -> int:
        """The row of a pitch; where it has none, that of the next lower one, or the last."""
        if self.lookup[pitch] >= 0:
            return int(self.lookup[pitch])
        return next((row for row, each in enumerate(self.pitches) if each < pitch), len(self.pitches) - 1)

    def pitch_at(self, row: int) -> int:
        """The pitch of a row, of the nearest one where `row` lies outside."""
        return self.pitches[min(max(row, 0), len(self.pitches) - 1)]

    def stepped(self, pitch: int, rows: int) -> int:
        """The pitch `rows` rows above (below, if negative) that of `pitch`."""
        return self.pitch_at(self.row_of(pitch) - rows)

    def name(self, pitch: int) -> str:
        """What the row of a pitch is called: “C4”, “Snare”; with flats in a key that has them."""
        if self.drums or self.key is None:
            return percussion_name(pitch) if self.drums else note_name(pitch)
        spelt = self.key.spelt(pitch).replace("#", "♯").replace("b", "♭")
        return f"{spelt}{pitch // 12 - 1}"


def rows_for(used: Iterable[int], *, drums: bool, fold: bool, key: Key | None = None) -> NoteRows:
    """The rows for notes of the pitches `used`; with `fold` only theirs, of a kit otherwise its usual pieces too."""
    sounding = frozenset(used)
    if fold and sounding:
        return NoteRows(tuple(sorted(sounding, reverse=True)), drums, key)
    if drums:
        return NoteRows(tuple(sorted(sounding | set(KIT), reverse=True)), drums=True)
    return NoteRows(tuple(reversed(range(PITCHES))), key=key)


def all_pieces(used: Iterable[int]) -> NoteRows:
    """A row for every piece that General MIDI names, and for what else sounds."""
    return NoteRows(tuple(sorted(set(used) | set(range(FIRST, LAST + 1)), reverse=True)), drums=True)
