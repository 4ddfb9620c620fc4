"""What hands and breath do between the notes: vibrato, scoops, swells, the sustain pedal, strums and phrasing."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from random import Random

from engine.compose.genres import Genre
from engine.compose.score import Part
from engine.music.chords import Chord
from engine.music.notes import Note

_VIBRATO = {
    "strings": (0.16, 5.6), "woodwind": (0.13, 5.2), "brass": (0.1, 5.0), "choir": (0.14, 5.2),
    "synth lead": (0.18, 5.8), "guitar": (0.15, 5.0),
}  # fmt: skip
"""Family: semitones to either side, and times a second."""
_SCOOPERS = ("brass", "woodwind", "guitar", "synth lead")
_SWELLERS = ("strings", "brass", "woodwind", "choir", "synth pad")
_LONG = 0.55  # seconds from which a note is given vibrato
_WAIT = 0.22  # seconds before it begins
_POINTS = 8  # of the curve in each period


def expressed(rng: Random, part: Part, genre: Genre, chords: Sequence[Chord], quarter: float) -> Part:
    """The part with the curves that its player makes.

    Args:
        rng: the player's chance.
        part: with its notes.
        genre: strict genres play strictly.
        chords: where the pedal changes.
        quarter: seconds of a quarter note.
    """
    if not part.notes or part.drums:
        return part
    if genre.loose == 0 and part.family not in ("strings", "choir"):
        return part
    bends: tuple[tuple[float, float], ...] = ()
    if part.role in ("lead", "counter") and part.family in _VIBRATO:
        bends = _bends(rng, part, genre, quarter)
    swells = part.family in _SWELLERS and part.program is not None
    pedalled = part.family == "piano" and part.role in ("chords", "arp") and genre.form in ("drift", "song", "jazz")
    return replace(
        part,
        bends=bends,
        expression=_swells(part) if swells else (),
        pedal=_pedal(chords) if pedalled and _broken(part.notes) else (),
    )


def _bends(rng: Random, part: Part, genre: Genre, quarter: float) -> tuple[tuple[float, float], ...]:
    depth, speed = _VIBRATO[part.family]
    curve: list[tuple[float, float]] = []
    previous: Note | None = None
    lines = [note for note, after in zip(part.notes, [*part.notes[1:], None], strict=True)
             if after is None or after.onset - note.onset > 0.01]  # fmt: skip
    for note, after in zip(lines, [*lines[1:], None], strict=True):
        start = note.onset
        end = min(note.end, after.onset if after else note.end)
        leap = abs(note.pitch - previous.pitch) if previous else 0
        if part.family in _SCOOPERS and leap >= 3 and rng.random() < 0.35 and genre.loose >= 0.006:
            low = -rng.uniform(0.4, 0.9)
            curve += [(start, low), (start + 0.025 / quarter, low / 2), (start + 0.06 / quarter, 0.0)]
        seconds = (end - start) * quarter
        if seconds >= _LONG:
            rate = speed * rng.uniform(0.92, 1.08)
            begin = start + _WAIT / quarter
            count = int((seconds - _WAIT) * rate * _POINTS)
            for step in range(count):
                grown = min(step / (2.0 * _POINTS), 1.0)
                curve.append(
                    (begin + step / (rate * _POINTS * quarter), round(depth * grown * _SINE[step % _POINTS], 3))
                )
            curve.append((end, 0.0))
        previous = note
    return tuple(sorted(curve, key=lambda point: point[0]))


_SINE = (0.0, 0.707, 1.0, 0.707, 0.0, -0.707, -1.0, -0.707)


def _swells(part: Part) -> tuple[tuple[float, float], ...]:
    """Each long note grows and falls back; short ones are played out."""
    curve: list[tuple[float, float]] = [(0.0, 0.85)]
    until = 0.0
    for note in part.notes:
        if note.onset < until - 0.05:
            continue
        if note.length >= 1.5:
            middle = note.onset + 0.55 * note.length
            points = [(note.onset, 0.74), (middle, 1.0), (note.end, 0.8)]
        else:
            points = [(note.onset, 0.92)]
        curve += [(time, gain) for time, gain in points if time > curve[-1][0] + 1e-6]
        until = note.end
    return tuple(curve)


def _broken(notes: Sequence[Note]) -> bool:
    """Whether the notes come one after another, as of broken chords."""
    together = sum(1 for a, b in pairwise(notes) if abs(a.start - b.start) < 1e-6)
    return together < 0.7 * len(notes)


def _pedal(chords: Sequence[Chord]) -> tuple[tuple[float, float], ...]:
    """Down with each chord, up just before the next."""
    return tuple((chord.start + 0.05, chord.end - 0.06) for chord in chords if chord.length > 0.5)


def phrased(notes: Sequence[Note], bar: float, amount: float) -> list[Note]:
    """Louder towards the middle of every four bars, by at most `amount` of MIDI's velocities."""
    span = 4 * bar
    return [
        note._replace(velocity=round(note.velocity + amount * (4 * (x := (note.start % span) / span) * (1 - x) - 0.6)))
        for note in notes
    ]


def strummed(notes: Sequence[Note], spacing: float) -> list[Note]:
    """Chords struck string after string: upwards on the beat, downwards off it; the grid place stays.

    Args:
        notes: sorted by start.
        spacing: quarter notes between two strings.
    """
    chords: dict[float, list[Note]] = {}
    for note in notes:
        chords.setdefault(round(note.start, 4), []).append(note)
    result = []
    for start, strings in chords.items():
        down = start % 1 < 0.01
        for number, note in enumerate(sorted(strings, key=lambda each: each.pitch if down else -each.pitch)):
            late = number * spacing
            result.append(note._replace(offset=note.offset + late, length=max(note.length - late, 0.1)))
    return result
