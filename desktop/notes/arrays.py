"""The notes of contents as arrays, for drawing and for finding notes under the mouse. UI thread only."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress, count, repeat
from operator import is_not

import numpy as np

from engine.project.model import NoteEvent

MOST_KEPT = 400_000
"""Notes whose arrays are kept: those of a long song, and no more of one clip than twenty edits of many notes."""


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


def difference(old: Sequence[np.ndarray], new: Sequence[np.ndarray]) -> tuple[int, int, int]:
    """What two lists of notes, each given by several arrays (n,), do not have in common.

    Returns:
        The index from which on they differ, and up to which: in the new one, and in the old one.
    """
    if len(old[0]) == len(new[0]):
        differ = np.zeros(len(new[0]), bool)
        for before, after in zip(old, new, strict=True):
            differ |= before != after
        at = np.flatnonzero(differ)
        return (int(at[0]), int(at[-1]) + 1, int(at[-1]) + 1) if len(at) else (0, 0, 0)
    count = min(len(old[0]), len(new[0]))
    from_start, from_end = np.ones(count, bool), np.ones(count, bool)
    for before, after in zip(old, new, strict=True):
        from_start &= before[:count] == after[:count]
        from_end &= before[len(before) - count :] == after[len(after) - count :]
    first = count if from_start.all() else int(np.argmin(from_start))
    same = count if from_end.all() else int(np.argmin(from_end[::-1]))
    same = min(same, count - first)
    return first, len(new[0]) - same, len(old[0]) - same


class ArrayStore:
    """The arrays of the notes asked for last, found by identity.

    An edit leaves most notes the same objects: their values are taken over from what was measured last.
    """

    def __init__(self) -> None:
        self._arrays: OrderedDict[int, tuple[tuple[NoteEvent, ...], NoteArrays]] = OrderedDict()
        self._count = 0  # of the notes of all of them

    def of(self, notes: tuple[NoteEvent, ...], like: tuple[NoteEvent, ...] | None = None) -> NoteArrays:
        """The arrays of `notes`; `like` are notes that were measured before and are mostly the same."""
        if (arrays := self._find(notes)) is not None:
            return arrays
        before = self._find(like) if like is not None else None
        arrays = measured(notes) if like is None or before is None else _after(notes, like, before)
        if (stale := self._arrays.pop(id(notes), None)) is not None:
            self._count -= len(stale[0])
        self._arrays[id(notes)] = notes, arrays
        self._count += len(notes)
        while self._count > MOST_KEPT and len(self._arrays) > 2:
            self._count -= len(self._arrays.popitem(last=False)[1][0])
        return arrays

    def _find(self, notes: tuple[NoteEvent, ...]) -> NoteArrays | None:
        entry = self._arrays.get(id(notes))
        if entry is None or entry[0] is not notes:
            return None
        self._arrays.move_to_end(id(notes))
        return entry[1]


def _after(notes: tuple[NoteEvent, ...], like: tuple[NoteEvent, ...], before: NoteArrays) -> NoteArrays:
    """The arrays of `notes`, of which those that are also in `like` have their values in `before`."""
    first = _common(notes, like)
    same = _common(notes[first:], like[first:], from_end=True)
    middle, old_middle = slice(first, len(notes) - same), slice(first, len(like) - same)
    if middle.stop - middle.start == old_middle.stop - old_middle.start:
        source = None
        new = [middle.start + i for i in compress(count(), map(is_not, notes[middle], like[old_middle]))]
    else:
        places = dict(zip(map(id, like[old_middle]), range(old_middle.start, old_middle.stop), strict=True))
        indices = list(map(places.get, map(id, notes[middle]), repeat(-1)))
        new = [middle.start + i for i, place in enumerate(indices) if place < 0]
        ends = np.arange(first), np.array(indices, np.int64), np.arange(old_middle.stop, len(like))
        source = np.maximum(np.concatenate(ends), 0)
    if not len(like) or len(new) > len(notes) // 2:
        return measured(notes)
    arrays = before.copy() if source is None else before.take(source)
    if new:
        fresh = measured([notes[index] for index in new])
        for name in ("starts", "ends", "offsets", "pitches", "velocities"):
            getattr(arrays, name)[new] = getattr(fresh, name)
    return arrays


def _common(a: tuple[NoteEvent, ...], b: tuple[NoteEvent, ...], *, from_end: bool = False) -> int:
    """How many notes are equal at the start of both, or at their end.

    Found by bisection: tuples of the same objects are compared much faster than a loop looks at them.
    """
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        if from_end:
            same = a[len(a) - middle : len(a) - low] == b[len(b) - middle : len(b) - low]
        else:
            same = a[low:middle] == b[low:middle]
        low, high = (middle, high) if same else (low, middle - 1)
    return low


ARRAYS = ArrayStore()
"""Shared by the timeline and the note editor, which show the same notes."""
