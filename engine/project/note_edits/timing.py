"""When notes begin and end: quantising, humanising, legato.

A note's start lies on the grid, and its offset is the feel with which it is played. So quantising moves the start to
the grid exactly, and what its strength leaves of the distance becomes the offset; humanising changes the offset alone.
"""

from bisect import bisect_right
from dataclasses import dataclass, replace
from fractions import Fraction
from random import Random

from engine.project.model import NoteEvent
from engine.project.model.ranges import NOTE_OFFSET, VELOCITY
from engine.project.note_edits.changing import SHORTEST, Chosen, Notes, changed

SWUNG = Fraction(1, 3)
"""Of a step: how much later every second one is at full swing, so that two steps sound as a triplet's 2 : 1."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `start` on the grid has the distance `step` and begins anew with every `bar`; all in quarter notes."""

    start: Fraction
    bar: Fraction
    step: Fraction


@dataclass(frozen=True, slots=True)
class Raster:
    """The places that notes are quantised to, in the beats of their content.

    stretches: in the order of their starts, at least one; before the first its grid goes on.
    swing: from 0, even, to 1, as triplets: every second step of a bar is played later.
    """

    stretches: tuple[Stretch, ...]
    swing: float = 0.0

    @classmethod
    def steady(cls, step: Fraction, swing: float = 0.0, bar: Fraction = Fraction(4)) -> "Raster":
        """Places `step` apart in bars of one length, the first of which begins at beat 0."""
        return cls((Stretch(Fraction(0), bar, step),), swing)

    def nearest(self, beat: float | Fraction) -> tuple[Fraction, float]:
        """The place, not before beat 0, that is played nearest to `beat`, and by how much later swing plays it.

        The later one of two.
        """
        stretch = self._stretch_at(beat)
        index = int((beat - stretch.start) // stretch.bar)
        start = stretch.start + index * stretch.bar
        steps = -(-stretch.bar // stretch.step)
        first = int((beat - start) // stretch.step)
        places: list[tuple[Fraction, float]] = []
        for step in range(first - 1, first + 2):
            if step < 0:
                place = start - stretch.bar + (steps + step) * stretch.step
                places.append((place, self._late(steps + step, stretch)))
            elif step < steps:
                places.append((start + step * stretch.step, self._late(step, stretch)))
            else:
                places.append((start + stretch.bar, 0.0))
        possible = [place for place in places if place[0] >= 0] or [(self._first_place(stretch), 0.0)]
        return min(possible, key=lambda place: (abs(float(place[0]) + place[1] - float(beat)), -place[0]))

    def step_at(self, beat: float | Fraction) -> Fraction:
        """The distance of the places around `beat`."""
        return self._stretch_at(beat).step

    def _stretch_at(self, beat: float | Fraction) -> Stretch:
        return self.stretches[max(bisect_right(self.stretches, beat, key=lambda each: each.start) - 1, 0)]

    def _late(self, step: int, stretch: Stretch) -> float:
        return float(SWUNG * stretch.step) * self.swing if step % 2 else 0.0

    @staticmethod
    def _first_place(stretch: Stretch) -> Fraction:
        return stretch.start % stretch.step


def quantise(
    notes: Notes, chosen: Chosen, raster: Raster, strength: float = 1.0, *, starts: bool = True, ends: bool = False
) -> Notes:
    """The notes with the chosen ones moved to the places of `raster`.

    Args:
        notes: all notes.
        chosen: which of them are moved.
        raster: the places.
        strength: how much of the distance they go, from 0 to 1. A start is on the grid at any strength; what is left
            of the distance between where it was played and the grid, and the swing, are its offset.
        starts: whether their starts are moved; a note that begins elsewhere keeps its length.
        ends: whether their ends are moved; no note gets shorter than a step, unless it is so already.
    """
    share = Fraction(strength).limit_denominator(1000)

    def change(note: NoteEvent) -> NoteEvent:
        start, length, offset = note.start, note.length, note.offset
        if starts:
            played = float(note.start) + note.offset
            start, late = raster.nearest(played)
            left = (played - float(start) - late) * (1.0 - float(share))
            offset = NOTE_OFFSET.clamp(late + left) if late or left else 0.0
        if ends:
            shortest = min(raster.step_at(note.end), length)
            end, (place, _) = note.end, raster.nearest(note.end)
            if place <= start:  # nothing would be left of it: its end is sought from where it begins now
                end = start + shortest
                place, _ = raster.nearest(end)
            length = max(end + share * (place - end) - start, shortest)
        return replace(note, start=start, length=length, offset=offset)

    return changed(notes, chosen, change)


def humanise(notes: Notes, chosen: Chosen, seed: int, timing: float = 0.02, velocity: float = 6.0) -> Notes:
    """The notes with the chosen ones played a little beside the grid and unevenly hard, as by a person.

    Args:
        notes: all notes.
        chosen: which of them are played so.
        seed: of the chance; the same one gives the same notes.
        timing: standard deviation of the offset, in quarter notes; none goes farther than three of it.
        velocity: standard deviation of how hard they are struck, in levels; likewise.
    """
    chance = Random(seed)
    new = list(notes)
    for index in sorted(chosen):
        note = notes[index]
        late = min(max(chance.gauss(0.0, 1.0), -3.0), 3.0) * timing
        harder = round(min(max(chance.gauss(0.0, 1.0), -3.0), 3.0) * velocity)
        offset = max(NOTE_OFFSET.clamp(note.offset + late), -float(note.start))
        new[index] = replace(note, offset=offset, velocity=int(VELOCITY.clamp(note.velocity + harder)))
    return tuple(new) if any(a != b for a, b in zip(new, notes, strict=True)) else notes


def straighten(notes: Notes, chosen: Chosen) -> Notes:
    """The notes with the chosen ones played exactly where they are written."""
    return changed(notes, chosen, lambda note: replace(note, offset=0.0))


def legato(notes: Notes, chosen: Chosen) -> Notes:
    """The notes with each chosen one held until the next chosen one begins; the last ones stay as they are."""
    starts = sorted({notes[index].start for index in chosen})

    def change(note: NoteEvent) -> NoteEvent:
        following = bisect_right(starts, note.start)
        if following == len(starts):
            return note
        return replace(note, length=max(starts[following] - note.start, SHORTEST))

    return changed(notes, chosen, change)


FLAM = 0.06
"""Quarter notes by which the stroke before a flam comes early: 30 ms at 120 BPM."""
_FLAM_LEVEL = 0.55


def flam(notes: Notes, chosen: Chosen) -> Notes:
    """The notes with a soft early stroke before each of the chosen ones; where all have one, without those.

    The stroke before lies at the same place of the grid, so that it moves with the note that it leads to.
    """
    grace = {(n.start, n.pitch, round(n.offset, 6)): i for i, n in enumerate(notes) if i not in chosen}
    strokes = {i: grace.get((notes[i].start, notes[i].pitch, round(notes[i].offset - FLAM, 6))) for i in chosen}
    if chosen and all(stroke is not None for stroke in strokes.values()):
        removed = set(strokes.values())
        return tuple(note for i, note in enumerate(notes) if i not in removed)
    new = [
        replace(
            notes[i],
            length=min(notes[i].length, Fraction(1, 16)),
            velocity=max(round(notes[i].velocity * _FLAM_LEVEL), 1),
            offset=NOTE_OFFSET.clamp(notes[i].offset - FLAM),
        )
        for i in sorted(chosen)
        if strokes[i] is None
    ]
    return notes + tuple(new)
