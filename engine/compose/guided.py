"""What a piece takes from a guide: its melody and chords as they are, strokes for its accents, and its swell.

A guide's seconds become quarter notes at the piece's tempo. Where the guide says nothing, the piece is as it would be.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from engine.compose.score import Part, Section
from engine.music.chords import Chord, nearest
from engine.music.guide import Guide
from engine.music.notes import Note

_SNAP = 0.03  # s from a sixteenth note within which a chord changes on it
_LOUD = 100  # velocity of a melody where no player says how loud
_KICK, _SNARE = 36, 38
_STRONG = 0.6  # strength from which an accent is struck by both
_CLEAR = 0.1  # s around an accent in which nothing else of the part begins
_SOFTER = 0.6  # of their velocity have the part's other notes between the first accent and the last
_STRUCK = ("drums", "percussion", "chords", "arp", "pad", "bass", "counter", "lead")
"""Roles, in the order in which one is chosen to strike the accents."""
_STEP = 0.25  # quarter notes between the points of a swell's curve


def guided_harmony(
    sections: Sequence[Section], harmony: tuple[tuple[Chord, ...], ...], guide: Guide, quarter: float
) -> tuple[tuple[Chord, ...], ...]:
    """The chords of each section, with those of the guide in their places. quarter: seconds of a quarter note."""
    if not guide.chords:
        return harmony
    given = []
    for span in guide.chords:
        start, end = _snapped(span.start, quarter), _snapped(span.end, quarter)
        if end - start > 1e-3:
            given.append(replace(span.chord, start=start, length=end - start))
    result = []
    for section, own in zip(sections, harmony, strict=True):
        inside = [cut for chord in given if (cut := _within(chord, section.start, section.end)) is not None]
        free = list(own)
        for chord in inside:
            cuts = [(each, each.start, chord.start) for each in free] + [(each, chord.end, each.end) for each in free]
            free = [rest for each, start, end in cuts if (rest := _within(each, start, end)) is not None]
        result.append(tuple(sorted((*free, *inside), key=lambda each: each.start)))
    return tuple(result)


def _snapped(seconds: float, quarter: float) -> float:
    """A place in quarter notes: on the sixteenth note that it is meant to be on, if any."""
    place = seconds / quarter
    grid = round(4 * place) / 4
    return grid if abs(grid - place) * quarter <= _SNAP else place


def _within(chord: Chord, start: float, end: float) -> Chord | None:
    """What of a chord sounds from `start` to `end`; None where that is nothing."""
    first, last = max(chord.start, start), min(chord.end, end)
    return replace(chord, start=first, length=last - first) if last - first > 1e-3 else None


def melody_notes(guide: Guide, quarter: float) -> list[Note]:
    """The guide's melody in quarter notes, exactly where and as long as the guide has it."""
    return [Note(note.start / quarter, note.length / quarter, note.pitch, _LOUD) for note in guide.melody]


def with_melody(free: Sequence[Note], given: Sequence[Note], guide: Guide, quarter: float) -> list[Note]:
    """A player's own notes where the guide says no melody, and the guide's `given` ones, as loud as those."""
    if not given:
        return list(free)
    kept = _beside(free, guide, quarter)
    loud = round(sum(note.velocity for note in free) / len(free)) if free else _LOUD
    return sorted((*kept, *(note._replace(velocity=min(max(loud, 1), 127)) for note in given)))


def as_given(played: tuple[Note, ...], guide: Guide, quarter: float) -> tuple[Note, ...]:
    """What a player makes of its notes, with the guide's melody back in its exact place and length."""
    given = {(note.start, note.pitch): note.length for note in melody_notes(guide, quarter)}
    if not given:
        return played
    own = [note for note in played if (note.start, note.pitch) not in given]
    exact = [
        note._replace(offset=0.0, length=given[note.start, note.pitch])
        for note in played
        if (note.start, note.pitch) in given
    ]
    return tuple(sorted((*_beside(own, guide, quarter), *exact), key=lambda note: (note.onset, note.pitch)))


def _beside(free: Sequence[Note], guide: Guide, quarter: float) -> list[Note]:
    """Notes outside of what the guide says of the melody, cut where it begins."""
    spans = [(start / quarter, end / quarter) for start, end in guide.melody_spans()]
    kept = []
    for note in free:
        following = min((start for start, _ in spans if start > note.onset - 1e-6), default=note.end)
        if any(start - 1e-6 <= note.onset < end for start, end in spans) or following - note.onset < 0.05:
            continue
        kept.append(note._replace(length=min(note.length, following - note.onset)))
    return kept


def with_accents(
    parts: Sequence[Part], harmony: Sequence[Chord], guide: Guide, quarter: float, end: float
) -> tuple[Part, ...]:
    """The parts, one of which strikes the guide's accents: the drums, else who plays chords, else anybody."""
    strokes = [
        (accent.time / quarter, accent.strength) for accent in guide.accents if accent.time / quarter < end - 1e-6
    ]
    if not strokes or not parts:
        return tuple(parts)
    striking = min(parts, key=lambda part: _STRUCK.index(part.role))
    clear = _CLEAR / quarter
    first, last = strokes[0][0] - clear, strokes[-1][0] + clear
    times = np.array([time for time, _ in strokes])
    kept = []
    for note in striking.notes:
        if float(np.abs(times - note.onset).min()) < clear:
            continue
        inside = first <= note.onset <= last
        kept.append(note._replace(velocity=max(round(_SOFTER * note.velocity), 1)) if inside else note)
    notes = [note for time, strength in strokes for note in _stroke(striking, harmony, time, strength)]
    changed = replace(striking, notes=tuple(sorted((*kept, *notes))))
    return tuple(changed if part is striking else part for part in parts)


def _stroke(part: Part, harmony: Sequence[Chord], time: float, strength: float) -> list[Note]:
    """An accent as this part plays it."""
    velocity = min(max(round(127 * strength**0.5), 1), 127)
    if part.role == "drums":
        pitches: Sequence[int] = (_KICK, _SNARE) if strength >= _STRONG else (_SNARE,)
        return [Note(time, 0.25, pitch, velocity) for pitch in pitches]
    own = sorted(note.pitch for note in part.notes)
    middle = own[len(own) // 2]
    if part.role == "percussion":
        return [Note(time, 0.25, middle, velocity)]
    chord = next((each for each in harmony if each.start <= time < each.end), None)
    if chord is None or part.role in ("bass", "lead", "counter"):
        classes = (chord.root,) if chord is not None else (middle % 12,)
        return [Note(time, 0.5, nearest(middle, classes), velocity)]
    pitches = sorted(
        {nearest(middle + step, (tone,)) for step, tone in zip((-4, 0, 4), chord.pitch_classes, strict=False)}
    )
    return [Note(time, 0.5, pitch, velocity) for pitch in pitches]


def with_swell(part: Part, guide: Guide, quarter: float, end: float) -> Part:
    """The part, as loud at each time as the guide's swell says, beside the loudest place of the swell."""
    if not guide.swell:
        return part
    points = [point.time / quarter for point in guide.swell]
    times = np.unique(np.round([0.0, *points, *np.arange(0.0, end, _STEP), *(time for time, _ in part.expression)], 6))
    times = times[times <= end]
    gains = 10 ** ((guide.swell_db(times * quarter) - max(point.gain_db for point in guide.swell)) / 20)
    if part.expression:
        gains = gains * np.interp(times, [time for time, _ in part.expression], [gain for _, gain in part.expression])
    return replace(
        part, expression=tuple((float(time), round(float(gain), 5)) for time, gain in zip(times, gains, strict=True))
    )
