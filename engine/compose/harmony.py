"""Chord progressions from templates and from a functional grammar, and voicings that move as little as they can."""

import re
from collections.abc import Sequence
from itertools import pairwise
from random import Random

from engine.music.chords import CHORDS, Chord, diatonic
from engine.music.scales import SCALES

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


_SUFFIXES = {
    "M": "maj", "m": "min", "o": "dim", "p": "5", "s2": "sus2", "s4": "sus4", "M7": "maj7", "m7": "m7", "h": "m7b5",
    "o7": "dim7", "7": "7", "9": "9", "M9": "maj9", "m9": "m9", "6": "6", "m6": "m6", "a9": "add9", "7s": "7sus4",
}  # fmt: skip
_NUMERAL = re.compile(r"([b#]?)([1-7])([A-Za-z0-9]*)(?:/([b#]?)([1-7t]))?")
_PLAIN = {
    ("dorian", "6"): "4", ("phrygian", "5"): "2", ("mixolydian", "3"): "6", ("lydian", "4"): "2",
    ("harmonic minor", "7"): "5M", ("harmonic minor", "5"): "5M",
}  # fmt: skip
"""Chords that take the place of a mode's diminished and otherwise awkward ones."""


def numeral(token: str, mode: str, notes: int) -> tuple[int, str, int]:
    """Reads a chord of a progression.

    Args:
        token: degree 1 to 7 of the mode's scale, raised or lowered by `#` or `b`, then an optional quality (`5M`,
            `2m7`, `4M9`, `1p`; without it the scale's own chord) and an optional bass degree (`1/3`; `/t` is the
            chord's own third).
        mode: a key of `SCALES`.
        notes: 3 for triads, 4 for sevenths, 5 for ninths, where the token names no quality.

    Returns:
        Semitones of the root above the tonic, quality, semitones of the bass above the tonic.
    """
    token = _PLAIN.get((mode, token), token)
    if mode == "harmonic minor":
        mode = "minor"  # whose chords it has, but for the dominant
    match = _NUMERAL.fullmatch(token)
    if match is None:
        raise ValueError(f"{token!r} is no chord numeral")
    accidental, digit, suffix, bass_accidental, bass_digit = match.groups()
    shift = {"b": -1, "#": 1, "": 0, None: 0}
    degree = int(digit) - 1
    root = (SCALES[mode][degree] + shift[accidental]) % 12
    if suffix:
        quality = _SUFFIXES[suffix]
    else:
        quality = next((q for n in range(notes, 2, -1) if (q := diatonic(degree, mode, n))), "maj")
        if quality in ("m9", "maj9") and SCALES[mode][(degree + 1) % 7] - SCALES[mode][degree] == 1:
            quality = {"m9": "m7", "maj9": "maj7"}[quality]
    if bass_digit == "t":
        bass = (root + CHORDS[quality][1]) % 12
    else:
        bass = (SCALES[mode][int(bass_digit) - 1] + shift[bass_accidental]) % 12 if bass_digit else root
    return root, quality, bass


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
        tokens: numerals as `numeral` reads them.
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
