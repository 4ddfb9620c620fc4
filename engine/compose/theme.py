"""A theme that returns: stated, answered in another place, and varied by one note, once in every phrase."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from engine.compose.melody import Tune, phrase
from engine.errors import EngineError
from engine.music.chords import Chord, diatonic
from engine.music.keys import Key, best_key
from engine.music.notes import Note
from engine.music.scales import SCALES

LONGEST = 8
"""Bars of a theme at most."""
_PHRASE = 4  # bars
_STATEMENTS = ("same", "answer", "same", "varied")


def normalised(notes: Sequence[Note], bar: float) -> tuple[Note, ...]:
    """A theme of given notes: the highest voice, from the bar line before its first note, at most eight bars.

    Raises:
        EngineError: there are no notes.
    """
    line: list[Note] = []
    for note in sorted(notes, key=lambda each: (each.start, -each.pitch)):
        if line and note.start - line[-1].start < 0.05:
            continue  # sounds with a higher one
        if line and note.start < line[-1].start + line[-1].length - 0.05:
            line[-1] = line[-1]._replace(length=note.start - line[-1].start)
        line.append(note)
    if not line:
        raise EngineError("The theme has no notes: name a MIDI file with a melody in it.")
    first = line[0].start // bar * bar
    line = [note._replace(start=note.start - first) for note in line]
    return tuple(note for note in line if note.start < LONGEST * bar - 1e-6)


def key_of(theme: Sequence[Note]) -> Key:
    """The key that a theme is most likely in."""
    weights = [0.0] * 12
    for note in theme:
        weights[note.pitch % 12] += note.length
    return best_key(weights)


def bars_of(theme: Sequence[Note], bar: float) -> int:
    """How many bars a theme takes."""
    return max(1, int((max(note.start for note in theme) + 1e-6) // bar) + 1)


def phrase_bars(theme: Sequence[Note], bar: float) -> int:
    """Bars of a phrase that states the theme once."""
    return -(-bars_of(theme, bar) // _PHRASE) * _PHRASE


def statement(theme: Sequence[Note], number: int) -> tuple[Note, ...]:
    """The theme as the phrase of that number has it: as it is, a fifth or a fourth away, or with another last note."""
    match _STATEMENTS[number % len(_STATEMENTS)]:
        case "answer":
            return tuple(note._replace(pitch=note.pitch + (5 if number % 8 < 4 else -7)) for note in theme)
        case "varied" if len(theme) > 2:
            last = theme[-1]
            return (*theme[:-1], last._replace(pitch=last.pitch + (2 if theme[-2].pitch <= last.pitch else -2)))
    return tuple(theme)


def harmonised(
    theme: Sequence[Note], chords: Sequence[Chord], start: float, bars: int, bar: float, key: Key
) -> list[Chord]:
    """The chords of a section, changed where the theme is stated to those of the scale that hold its notes best."""
    result: list[Chord] = [*chords]
    every = phrase_bars(theme, bar)
    for number, first in enumerate(range(0, bars, every)):
        stated = statement(theme, number)
        for offset in range(min(bars_of(theme, bar), bars - first)):
            low = start + (first + offset) * bar
            inside = [note for note in stated if offset * bar <= note.start < (offset + 1) * bar]
            if not inside:
                continue
            chord = _fitting(inside, offset * bar, key, low, bar)
            result = [each for each in result if not low - 1e-6 <= each.start < low + bar - 1e-6]
            result.append(chord)
    result.sort(key=lambda each: each.start)
    ends = [*(each.start for each in result[1:]), start + bars * bar]
    return [replace(each, length=end - each.start) for each, end in zip(result, ends, strict=True)]


def chord_under(notes: Sequence[Note], start: float, bar: float, key: Key) -> Chord:
    """The triad of the scale that holds the notes of the bar at `start` best."""
    inside = [
        note._replace(start=first, length=last - first)
        for note in notes
        if (last := min(note.start + note.length, start + bar)) > (first := max(note.start, start)) + 1e-6
    ]
    return _fitting(inside, start, key, start, bar)


def _fitting(notes: Sequence[Note], start: float, key: Key, place: float, bar: float) -> Chord:
    best, most = Chord(place, bar, key.tonic, "min" if key.minor else "maj", key.tonic), -1.0
    for degree in (0, 3, 4, 5, 1, 2):
        quality = diatonic(degree, key.mode, 3)
        if quality not in ("maj", "min"):
            continue
        root = (key.tonic + SCALES[key.mode][degree]) % 12
        chord = Chord(place, bar, root, quality, root)
        matches = sum(
            note.length * (1.5 if (note.start - start) % 1 < 0.01 else 1.0)
            for note in notes
            if note.pitch % 12 in chord.pitch_classes
        )
        if matches > most + 1e-6:
            best, most = chord, matches
    return best


def themed(
    rng: Random,
    theme: Sequence[Note],
    source: Tune,
    harmony: Sequence[Chord],
    start: float,
    bars: int,
    bar: float,
    *,
    tonic: int,
    mode: str,
    low: int,
    high: int,
    sparse: bool,
    legato: float,
) -> list[Note]:
    """A section's melody: the theme at the head of every phrase, and the section's own tune between statements."""
    tune = phrase(
        rng, source, harmony, start, bars, bar, tonic=tonic, mode=mode, low=low, high=high, velocity=84, sparse=sparse,
        legato=legato,
    )  # fmt: skip
    every, taken = phrase_bars(theme, bar), bars_of(theme, bar)
    notes: list[Note] = []
    for number, first in enumerate(range(0, bars, every)):
        begin = start + first * bar
        stated = statement(theme, number)
        if first + taken > bars:
            break
        end = begin + taken * bar
        notes += [note for note in tune if end <= note.start < begin + every * bar]
        notes += _in_range([note._replace(start=begin + note.start) for note in stated], low, high)
    last = start + bars // every * every * bar
    notes += [note for note in tune if note.start >= last and bars % every]
    return sorted(notes, key=lambda note: note.start)


def _in_range(notes: Sequence[Note], low: int, high: int) -> list[Note]:
    """The notes in the octave that lies best within a range."""
    middle = (min(note.pitch for note in notes) + max(note.pitch for note in notes)) / 2
    shift = 12 * round(((low + high) / 2 - middle) / 12)
    return [note._replace(pitch=note.pitch + shift, velocity=min(max(note.velocity, 70), 112)) for note in notes]
