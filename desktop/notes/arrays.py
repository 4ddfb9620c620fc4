"""The notes of contents as arrays, for drawing and for finding notes under the mouse. UI thread only."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress, repeat
from operator import is_not

import numpy as np

from engine.project.model import NoteEvent

KEPT = 2048


@dataclass(frozen=True, slots=True)
class NoteArrays:
    """The fields of notes, one element a note; starts, ends and offsets in quarter notes of the content."""

    starts: np.ndarray  # float64
    ends: np.ndarray  # float64
    offsets: np.ndarray  # float64
    pitches: np.ndarray  # int64
    velocities: np.ndarray  # int64

    def __len__(self) -> int:
        return len(self.starts)

    def copy(self) -> "NoteArrays":
        """The same in arrays of their own."""
        return NoteArrays(
            self.starts.copy(), self.ends.copy(), self.offsets.copy(), self.pitches.copy(), self.velocities.copy()
        )

    def take(self, indices: np.ndarray) -> "NoteArrays":
        """Those of the notes at `indices`."""
        return NoteArrays(
            self.starts[indices],
            self.ends[indices],
            self.offsets[indices],
            self.pitches[indices],
            self.velocities[indices],
        )


def measured(notes: Sequence[NoteEvent]) -> NoteArrays:
    """The fields of `notes`."""
    starts = np.array([note.start.numerator / note.start.denominator for note in notes], np.float64)
    lengths = np.array([note.length.numerator / note.length.denominator for note in notes], np.float64)
    offsets = np.array([note.offset for note in notes], np.float64)
    pitches = np.array([note.pitch for note in notes], np.int64)
    velocities = np.array([note.velocity for note in notes], np.int64)
    return NoteArrays(starts, starts + lengths, offsets, pitches, velocities)


class ArrayStore:
    """The arrays of the notes asked for last, found by identity.

    An edit leaves most notes the same objects: their values are taken over from what was measured last.
    """

    def __init__(self) -> None:
        self._arrays: OrderedDict[int, tuple[tuple[NoteEvent, ...], NoteArrays]] = OrderedDict()

    def of(self, notes: tuple[NoteEvent, ...], like: tuple[NoteEvent, ...] | None = None) -> NoteArrays:
        """The arrays of `notes`; `like` are notes that were measured before and are mostly the same."""
        if (arrays := self._find(notes)) is not None:
            return arrays
        before = self._find(like) if like is not None else None
        arrays = measured(notes) if like is None or before is None else _after(notes, like, before)
        self._arrays[id(notes)] = notes, arrays
        while len(self._arrays) > KEPT:
            self._arrays.popitem(last=False)
        return arrays

    def _find(self, notes: tuple[NoteEvent, ...]) -> NoteArrays | None:
        entry = self._arrays.get(id(notes))
        if entry is None or entry[0] is not notes:
            return None
        self._arrays.move_to_end(id(notes))
        return entry[1]


def _after(notes: tuple[NoteEvent, ...], like: tuple[NoteEvent, ...], before: NoteArrays) -> NoteArrays:
    """The arrays of `notes`, of which those that are also in `like` have their values in `before`."""
    if len(notes) == len(like):
        new = list(compress(range(len(notes)), map(is_not, notes, like)))
        source = None
    else:
        places = dict(zip(map(id, like), range(len(like)), strict=True))
        source = np.array(list(map(places.get, map(id, notes), repeat(-1))), np.int64)
        new = np.flatnonzero(source < 0).tolist()
        source = np.maximum(source, 0)
    if not len(like) or len(new) > len(notes) // 2:
        return measured(notes)
    arrays = before.copy() if source is None else before.take(source)
    if new:
        fresh = measured([notes[index] for index in new])
        for name in ("starts", "ends", "offsets", "pitches", "velocities"):
            getattr(arrays, name)[new] = getattr(fresh, name)
    return arrays


ARRAYS = ArrayStore()
"""Shared by the timeline and the note editor, which show the same notes."""
