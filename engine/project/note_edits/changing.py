"""Adding, removing, moving, stretching, copying and splitting notes, and how hard they are struck."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction

from engine.project.model import NoteEvent
from engine.project.model.ranges import MAX_BEATS, NOTE_LENGTH, PITCH, VELOCITY

Notes = tuple[NoteEvent, ...]
Chosen = frozenset[int]

SHORTEST = Fraction(NOTE_LENGTH.low)
"""The shortest length of a note, in quarter notes."""


def changed(notes: Notes, chosen: Chosen, change: Callable[[NoteEvent], NoteEvent]) -> Notes:
    """The notes with `change` made to each of the chosen ones; `notes` itself where none differs."""
    new = list(notes)
    differs = False
    for index in chosen:
        note = change(notes[index])
        if note != notes[index]:
            new[index], differs = note, True
    return tuple(new) if differs else notes


def add(notes: Notes, *new: NoteEvent) -> tuple[Notes, Chosen]:
    """The notes with `new` at their end, and the indices of those."""
    return notes + new, frozenset(range(len(notes), len(notes) + len(new)))


def remove(notes: Notes, chosen: Chosen) -> Notes:
    """The notes without the chosen ones."""
    if not chosen:
        return notes
    return tuple(note for index, note in enumerate(notes) if index not in chosen)


def move(notes: Notes, chosen: Chosen, beats: Fraction, semitones: int = 0) -> Notes:
    """The notes with the chosen ones `beats` later and `semitones` higher (earlier and lower, if negative)."""
    beats, semitones = reach(notes, chosen, beats, semitones)
    if not beats and not semitones:
        return notes
    new = list(notes)
    for index in chosen:
        new[index] = _moved(notes[index], beats, semitones)
    return tuple(new)


def transpose(notes: Notes, chosen: Chosen, semitones: int) -> Notes:
    """The notes with the chosen ones `semitones` higher, as far as all of them can go."""
    return move(notes, chosen, Fraction(0), semitones)


def repitch(notes: Notes, chosen: Chosen, pitches: Mapping[int, int]) -> Notes:
    """The notes with the chosen ones at the pitches that `pitches` has for theirs; those that it lacks stay."""
    new = list(notes)
    differs = False
    for index in chosen:
        note = notes[index]
        pitch = pitches.get(note.pitch, note.pitch)
        if pitch != note.pitch:
            new[index], differs = NoteEvent(note.start, note.length, pitch, note.velocity, note.offset), True
    return tuple(new) if differs else notes


def copy(notes: Notes, chosen: Chosen, beats: Fraction, semitones: int = 0) -> tuple[Notes, Chosen]:
    """The notes with copies of the chosen ones, moved as by `move`, and the indices of the copies."""
    beats, semitones = reach(notes, chosen, beats, semitones)
    return add(notes, *(_moved(notes[index], beats, semitones) for index in sorted(chosen)))


def duplicate(notes: Notes, chosen: Chosen, step: Fraction) -> tuple[Notes, Chosen]:
    """The notes with the chosen ones repeated right behind themselves, and the indices of the copies.

    They are repeated after as many whole steps as they last.
    """
    if not chosen:
        return notes, chosen
    first = min(notes[index].start for index in chosen)
    last = max(notes[index].end for index in chosen)
    steps = -((first - last) // step)  # rounded up
    return copy(notes, chosen, steps * step)


def resize_end(notes: Notes, chosen: Chosen, beats: Fraction, shortest: Fraction = SHORTEST) -> Notes:
    """The notes with the chosen ones longer by `beats` at their ends (shorter, if negative).

    None gets shorter than `shortest`, unless it is so already.
    """

    def change(note: NoteEvent) -> NoteEvent:
        length = min(max(note.length + beats, min(shortest, note.length)), Fraction(MAX_BEATS))
        return replace(note, length=length)

    return changed(notes, chosen, change) if beats else notes


def resize_start(notes: Notes, chosen: Chosen, beats: Fraction, shortest: Fraction = SHORTEST) -> Notes:
    """The notes with the chosen ones beginning `beats` later (earlier, if negative); their ends stay.

    None begins before beat 0, or gets shorter than `shortest`, unless it is so already.
    """

    def change(note: NoteEvent) -> NoteEvent:
        latest = note.end - min(shortest, note.length)
        start = max(min(note.start + beats, latest), Fraction(0))
        return replace(note, start=start, length=note.end - start)

    return changed(notes, chosen, change) if beats else notes


def set_velocity(notes: Notes, chosen: Chosen, velocity: int) -> Notes:
    """The notes with all chosen ones struck at `velocity`."""
    velocity = _velocity(velocity)
    return _struck(notes, chosen, lambda _: velocity)


def add_velocity(notes: Notes, chosen: Chosen, levels: int) -> Notes:
    """The notes with the chosen ones struck harder by `levels` (softer, if negative), each as far as it can go."""
    if not levels:
        return notes
    return _struck(notes, chosen, lambda before: _velocity(before + levels))


def split(notes: Notes, chosen: Chosen, beat: Fraction) -> tuple[Notes, Chosen]:
    """The notes with the chosen ones that sound over `beat` cut in two there, and the indices of all parts.

    A note that does not reach over `beat` stays as it is, and stays chosen.
    """
    new = list(notes)
    for index in sorted(chosen):
        note = notes[index]
        if note.start + SHORTEST <= beat <= note.end - SHORTEST:
            new[index] = replace(note, length=beat - note.start)
            new.append(replace(note, start=beat, length=note.end - beat))
    if len(new) == len(notes):
        return notes, chosen
    return tuple(new), chosen | frozenset(range(len(notes), len(new)))


def _struck(notes: Notes, chosen: Chosen, velocity_of: Callable[[int], int]) -> Notes:
    new = list(notes)
    differs = False
    for index in chosen:
        note = notes[index]
        velocity = velocity_of(note.velocity)
        if velocity != note.velocity:
            new[index], differs = NoteEvent(note.start, note.length, note.pitch, velocity, note.offset), True
    return tuple(new) if differs else notes


def _velocity(velocity: int) -> int:
    return min(max(velocity, int(VELOCITY.low)), int(VELOCITY.high))


def _moved(note: NoteEvent, beats: Fraction, semitones: int) -> NoteEvent:
    # a third of the time of `replace`, which counts where all notes of a long clip are dragged
    start = note.start + beats if beats else note.start
    return NoteEvent(start, note.length, note.pitch + semitones, note.velocity, note.offset)


def reach(notes: Notes, chosen: Chosen, beats: Fraction, semitones: int) -> tuple[Fraction, int]:
    """How far of `beats` and `semitones` the chosen notes can go together."""
    if not chosen:
        return Fraction(0), 0
    starts = [notes[index].start for index in chosen]
    pitches = [notes[index].pitch for index in chosen]
    beats = min(max(beats, -min(starts)), MAX_BEATS - max(starts))
    low, high = int(PITCH.low) - min(pitches), int(PITCH.high) - max(pitches)
    return Fraction(beats), min(max(semitones, low), high)
