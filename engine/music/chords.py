"""Chords: their intervals, their names, and when they sound."""

import re
from dataclasses import dataclass

from engine.errors import EngineError
from engine.music.keys import Key
from engine.music.scales import SCALES

CHORDS: dict[str, tuple[int, ...]] = {
    "maj": (0, 4, 7),
    "min": (0, 3, 7),
    "dim": (0, 3, 6),
    "aug": (0, 4, 8),
    "5": (0, 7),
    "sus2": (0, 2, 7),
    "sus4": (0, 5, 7),
    "6": (0, 4, 7, 9),
    "m6": (0, 3, 7, 9),
    "add9": (0, 4, 7, 14),
    "7": (0, 4, 7, 10),
    "maj7": (0, 4, 7, 11),
    "m7": (0, 3, 7, 10),
    "m7b5": (0, 3, 6, 10),
    "dim7": (0, 3, 6, 9),
    "9": (0, 4, 7, 10, 14),
    "maj9": (0, 4, 7, 11, 14),
    "m9": (0, 3, 7, 10, 14),
    "7sus4": (0, 5, 7, 10),
}
_NAMES = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")


def pitch_name(pitch_class: int) -> str:
    """The usual name of a pitch class on its own: `F#`, `Bb`."""
    return _NAMES[pitch_class % 12]


@dataclass(frozen=True, slots=True)
class Chord:
    """A chord and when it sounds."""

    start: float  # quarter notes
    length: float
    root: int  # pitch class, 0 = C
    quality: str  # a key of `CHORDS`
    bass: int  # pitch class

    @property
    def pitch_classes(self) -> tuple[int, ...]:
        """The chord's pitch classes, root first."""
        return tuple((self.root + interval) % 12 for interval in CHORDS[self.quality])

    @property
    def end(self) -> float:
        """Where it ends, in quarter notes."""
        return self.start + self.length

    @property
    def symbol(self) -> str:
        """As written above a stave: `Am7`, `C/E`."""
        slash = "" if self.bass == self.root else f"/{pitch_name(self.bass)}"
        return pitch_name(self.root) + {"maj": "", "min": "m"}.get(self.quality, self.quality) + slash

    def symbol_in(self, key: Key) -> str:
        """The same, spelt as the key's signature spells it: E/G# in A major."""
        slash = "" if self.bass == self.root else f"/{key.spelt(self.bass)}"
        return key.spelt(self.root) + {"maj": "", "min": "m"}.get(self.quality, self.quality) + slash


def diatonic(degree: int, mode: str, notes: int) -> str | None:
    """The quality of the chord of `notes` stacked thirds on a degree (0 = tonic), or None if it has no name here."""
    scale = SCALES[mode]

    def pitch(step: int) -> int:
        return scale[step % 7] + 12 * (step // 7)

    intervals = tuple(pitch(degree + 2 * k) - pitch(degree) for k in range(notes))
    return next((name for name, value in CHORDS.items() if value == intervals), None)


def nearest(pitch: float, classes: tuple[int, ...]) -> int:
    """The pitch nearest to `pitch` whose class is among `classes`; the lower one of two."""
    centre = round(pitch)
    return min(range(centre - 6, centre + 7), key=lambda p: (p % 12 not in classes, abs(p - pitch), p))


_SYMBOL = re.compile(r"([A-G])(#|b|♯|♭)?([^/]*)(?:/([A-G])(#|b|♯|♭)?)?")
_NATURAL = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_RAISED = {"#": 1, "♯": 1, "b": -1, "♭": -1, "": 0, None: 0}
_WRITTEN = {
    "": "maj", "maj": "maj", "M": "maj", "major": "maj", "m": "min", "min": "min", "-": "min", "minor": "min",
    "dim": "dim", "°": "dim", "o": "dim", "aug": "aug", "+": "aug", "5": "5", "sus": "sus4", "sus2": "sus2",
    "sus4": "sus4", "6": "6", "m6": "m6", "min6": "m6", "add9": "add9", "7": "7", "dom7": "7", "maj7": "maj7",
    "M7": "maj7", "Δ": "maj7", "Δ7": "maj7", "m7": "m7", "min7": "m7", "-7": "m7", "m7b5": "m7b5", "ø": "m7b5",
    "ø7": "m7b5", "m7♭5": "m7b5", "dim7": "dim7", "°7": "dim7", "o7": "dim7", "9": "9", "maj9": "maj9", "M9": "maj9",
    "m9": "m9", "min9": "m9", "7sus4": "7sus4", "7sus": "7sus4",
}  # fmt: skip
"""What is written after a chord's root: its quality."""


def parse_chord(text: str, start: float = 0.0, length: float = 4.0) -> Chord:
    """The chord written as “Am7”, “F#m” or “C/E”, at a place in quarter notes.

    Raises:
        EngineError: it is no chord that is known.
    """
    match = _SYMBOL.fullmatch(text.strip())
    quality = _WRITTEN.get(match[3].strip("()")) if match else None
    if match is None or quality is None:
        raise EngineError(f"“{text}” is no chord that is known: write chords as Am, F#m7, Cmaj7, Gsus4 or C/E.")
    root = (_NATURAL[match[1]] + _RAISED[match[2]]) % 12
    bass = (_NATURAL[match[4]] + _RAISED[match[5]]) % 12 if match[4] else root
    return Chord(start, length, root, quality, bass)
