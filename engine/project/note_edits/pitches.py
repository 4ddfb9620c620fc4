"""Which pitches notes have: fitted to a scale, or to chords."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from engine.music.chords import Chord
from engine.music.scales import SCALES
from engine.project.model import NoteEvent
from engine.project.model.ranges import PITCH
from engine.project.note_edits.changing import Chosen, Notes, changed

_LOWEST, _HIGHEST = int(PITCH.low), int(PITCH.high)


def scale_classes(tonic: int, mode: str) -> frozenset[int]:
    """The pitch classes (0 = C) of a scale by the name of its mode."""
    return frozenset((tonic + interval) % 12 for interval in SCALES[mode])


def fit_to_scale(notes: Notes, chosen: Chosen, classes: frozenset[int]) -> Notes:
    """The notes with each chosen one at the nearest pitch of these classes; the lower one of two."""
    if not classes:
        return notes
    return changed(notes, chosen, lambda note: replace(note, pitch=_nearest(note.pitch, classes)))


def fit_to_chords(notes: Notes, chosen: Chosen, chords: Sequence[Chord]) -> Notes:
    """The notes with each chosen one at a tone of the chord that sounds where it begins.

    Rhythm stays, and so does the contour: where the highest voice rose it does not fall, and where it fell it does not
    rise; notes that begin together keep their order and do not meet while there is room. Within that each goes to the
    chord's nearest tone. A note outside of all chords stays as it is. The chords' times are beats of the content, in
    their order.
    """
    new = list(notes)
    order = sorted(chosen, key=lambda index: (notes[index].start, notes[index].pitch))
    before: tuple[int, int] | None = None  # the highest pitch of what began last: as it was, and as it is now
    for _, group in groupby(order, key=lambda index: notes[index].start):
        voices = list(group)
        classes = _classes_at(notes[voices[0]], chords)
        if not classes:
            before = None
            continue
        floor = _LOWEST - 1
        for place, index in enumerate(voices):
            pitch = notes[index].pitch
            low, high = floor + 1, _HIGHEST
            if place == len(voices) - 1 and before:
                low = max(low, before[1]) if pitch > before[0] else low
                high = before[1] if pitch < before[0] else high
            now = _nearest_within(pitch, classes, low, high, floor + 1)
            new[index] = replace(notes[index], pitch=now) if now != pitch else notes[index]
            floor = max(floor, now)
        before = notes[voices[-1]].pitch, new[voices[-1]].pitch
    return tuple(new) if any(a is not b for a, b in zip(new, notes, strict=True)) else notes


def _classes_at(note: NoteEvent, chords: Sequence[Chord]) -> frozenset[int]:
    at = float(note.start)
    return next((frozenset(chord.pitch_classes) for chord in chords if chord.start <= at < chord.end), frozenset())


def _nearest_within(pitch: int, classes: frozenset[int], low: int, high: int, floor: int) -> int:
    """The nearest pitch of the classes from `low` to `high`; else from `floor` on; else of all."""
    for first, last in ((low, high), (floor, _HIGHEST), (_LOWEST, _HIGHEST)):
        tones = [tone for tone in range(first, last + 1) if tone % 12 in classes]
        if tones:
            return min(tones, key=lambda tone: (abs(tone - pitch), tone))
    return pitch


def _nearest(pitch: int, classes: frozenset[int]) -> int:
    return _nearest_within(pitch, classes, _LOWEST, _HIGHEST, _LOWEST)
