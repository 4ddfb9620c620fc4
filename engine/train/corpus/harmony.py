"""Chord progressions from templates and from a functional grammar, and voicings that move as little as they can."""

from collections.abc import Sequence
from itertools import pairwise
from random import Random

from engine.train.corpus.score import Chord
from engine.train.corpus.theory import numeral

# What may follow each degree, in a grammar of tonic (1, 3, 6), subdominant (2, 4) and dominant (5, 7) functions.
_MAJOR = {
    "1": "1 2 3 4 4 5 5 6 6", "2": "5 5 5 7 4", "3": "6 6 4 2", "4": "5 5 1 2 6", "5": "1 1 1 6 4 3",
    "6": "2 2 4 4 5 3",
    "7": "1 3",
}  # fmt: skip
_MINOR = {
    "1": "4 4 5M 6 6 7 3", "2o": "5M 5M", "3": "6 4 7", "4": "5M 5M 1 7", "5M": "1 1 1 6", "6": "2o 4 3 7 7 3",
    "7": "3 3 1 6",
}  # fmt: skip
_CADENCES = {
    False: (("4", "5"), ("2", "5"), ("2/4", "5"), ("1/5", "5"), ("6", "5")),
    True: (("4", "5M"), ("2o/4", "5M"), ("6", "7"), ("4", "7"), ("6", "5M")),
}


def walk(rng: Random, minor: bool, count: int) -> list[str]:
    """A functional progression of `count` chords that starts on the tonic and ends with a half cadence."""
    follows = _MINOR if minor else _MAJOR
    cadence = rng.choice(_CADENCES[minor])
    chords = ["1"]
    while len(chords) < count - len(cadence):
        choices = [c for c in follows[chords[-1]].split() if c != chords[-1]]
        chords.append(rng.choice(choices))
    if chords[-1] == cadence[0] and len(chords) > 1:
        chords[-1] = next(c for c in ("6", "1", "3") if c not in (chords[-2], cadence[0]))
    return (chords + list(cadence))[:count]


def inverted(rng: Random, tokens: Sequence[str], share: float) -> list[str]:
    """Puts `share` of the plain inner chords over their third, for a bass that moves by step."""
    result = list(tokens)
    for index in range(1, len(result) - 1):
        if result[index] in ("1", "4", "5", "5M") and rng.random() < share:
            result[index] += "/t"
    return result


def chords(
    tokens: Sequence[str], durations: Sequence[float], start: float, length: float, *, tonic: int, mode: str, notes: int
) -> list[Chord]:
    """The chords of a section: the progression again and again until `length` quarter notes are full.

    Args:
        tokens: numerals as `theory.numeral` reads them.
        durations: quarter notes of each, taken cyclically.
        start: where the section begins, in quarter notes.
        length: of the section, in quarter notes.
        tonic: pitch class of the key.
        mode: a key of `theory.SCALES`.
        notes: 3 triads, 4 sevenths, 5 ninths.
    """
    result: list[Chord] = []
    time, index = 0.0, 0
    while time < length - 1e-6:
        root, quality, bass = numeral(tokens[index % len(tokens)], mode, notes)
        duration = min(durations[index % len(durations)], length - time)
        result.append(Chord(start + time, duration, (tonic + root) % 12, quality, (tonic + bass) % 12))
        time += duration
        index += 1
    return result


def voicing(
    chord: Chord, low: int, high: int, previous: Sequence[int] = (), *, size: int = 4, rootless: bool = False
) -> tuple[int, ...]:
    """A close voicing within [low, high], chosen to move least from `previous`.

    Args:
        chord: what to voice.
        low: lowest pitch.
        high: highest pitch.
        previous: the voicing before, or nothing.
        size: the largest number of notes.
        rootless: leave the root to the bass where the chord has four notes or more.
    """
    classes = list(chord.pitch_classes)
    if len(classes) > size or (rootless and len(classes) > 3):
        if rootless and len(classes) > 3:
            classes.pop(0)
        while len(classes) > size:
            classes.pop(2 if len(classes) > 3 and not rootless else 1)
    middle = (low + high) / 2
    best: tuple[int, ...] = ()
    least = float("inf")
    for rotation in range(len(classes)):
        order = classes[rotation:] + classes[:rotation]
        for floor in range(low, high - 10, 12):
            pitch = floor + (order[0] - floor) % 12
            notes = [pitch]
            for pitch_class in order[1:]:
                pitch += (pitch_class - pitch) % 12 or 12
                notes.append(pitch)
            if notes[-1] > high:
                continue
            if previous:
                cost = abs(notes[-1] - previous[-1]) * 1.5 + abs(notes[0] - previous[0])
                cost += sum(min(abs(n - p) for p in previous) for n in notes)
            else:
                cost = 0.0
            cost += 0.25 * abs(sum(notes) / len(notes) - middle)
            if notes[0] < 52:
                cost += 3 * sum(b - a < 5 for a, b in pairwise(notes))
            if cost < least:
                best, least = tuple(notes), cost
    if best:
        return best
    floor = low + (classes[0] - low) % 12
    return tuple(sorted(floor + (c - classes[0]) % 12 for c in classes))
