"""Musical keys: their names, how often each note occurs in them, and the key that a text names.

The profiles are those of Albrecht and Shanahan (2013), “The use of large corpora to train a new type of key-finding
algorithm”. What is known as a mode counts by its third: Dorian as minor.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from engine.errors import EngineError
from engine.music.scales import has_minor_third

NOTES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
MAJOR = (0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081)
MINOR = (0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052)
"""How much of each pitch class sounds, from the tonic on, adding up to 1."""

_NATURAL = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_RAISED = {"": 0, "#": 1, "♯": 1, "sharp": 1, "b": -1, "♭": -1, "flat": -1}
_MINOR_MODES = ("minor", "dorian", "phrygian", "aeolian")
_KEY = re.compile(
    r"\b([A-G])(?:[ -]?(#|♯|b|♭|sharp|flat))?[ -]+(?:harmonic |melodic |natural )?"
    r"(major|minor|dorian|phrygian|lydian|mixolydian|aeolian|ionian)\b"
)

_SHARPS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_FLATS = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
_RELATIVE_MAJOR = {
    "major": 0, "minor": 3, "harmonic minor": 3, "dorian": 10, "mixolydian": 5, "lydian": 7, "phrygian": 8,
}  # fmt: skip


def key_name(key: tuple[int, bool]) -> str:
    """“F# minor” of a tonic (0 = C) and whether the third is minor."""
    tonic, minor = key
    return f"{NOTES[tonic]} {'minor' if minor else 'major'}"


def key_in(text: str) -> tuple[int, bool] | None:
    """The first key that a text names: its tonic (0 = C) and whether its third is minor; None where it names none.

    The letter is a capital one: “a major change” names no key.
    """
    match = _KEY.search(text)
    if match is None:
        return None
    letter, sign, mode = match.groups()
    return (_NATURAL[letter] + _RAISED[sign or ""]) % 12, mode in _MINOR_MODES


@dataclass(frozen=True, slots=True)
class Key:
    """A key: its tonic as a pitch class (0 = C), and its mode, a key of `scales.SCALES`."""

    tonic: int
    mode: str

    @property
    def name(self) -> str:
        """The name, spelt after the key signature: `C# minor`, `Eb major`."""
        return f"{self.spelt(self.tonic)} {self.mode}"

    def spelt(self, pitch_class: int) -> str:
        """The name of a pitch class in this key: with flats where its signature has flats."""
        major = (self.tonic + _RELATIVE_MAJOR[self.mode]) % 12
        return (_FLATS if major in (1, 3, 5, 8, 10) else _SHARPS)[pitch_class % 12]

    @property
    def minor(self) -> bool:
        """Whether its third is minor."""
        return has_minor_third(self.mode)


_WRITTEN_KEY = re.compile(
    r"([A-Ga-g])(#|♯|b|♭| ?sharp| ?flat)?[ -]*"
    r"(major|maj|harmonic minor|minor|min|dorian|phrygian|lydian|mixolydian|aeolian|ionian|m|)",
)
_MODES = {
    "": "major", "maj": "major", "ionian": "major", "min": "minor", "m": "minor", "aeolian": "minor",
}  # fmt: skip


def parse_key(text: str) -> Key:
    """The key written as “A minor”, “F#m”, “Bb” or “D dorian”.

    Raises:
        EngineError: it is no key that is known.
    """
    match = _WRITTEN_KEY.fullmatch(text.strip())
    if match is None:
        raise EngineError(f"“{text}” is no key that is known: write it as A minor, F# major, Bb or D dorian.")
    tonic = (_NATURAL[match[1].upper()] + _RAISED[(match[2] or "").strip()]) % 12
    return Key(tonic, _MODES.get(match[3], match[3]))


def stated_key(text: str) -> Key | None:
    """The first key that a text names, with its mode; None where it names none. The letter is a capital one."""
    match = _KEY.search(text)
    if match is None:
        return None
    tonic = (_NATURAL[match[1]] + _RAISED[match[2] or ""]) % 12
    mode = "harmonic minor" if "harmonic minor" in match[0] else match[3]
    return Key(tonic, _MODES.get(mode, mode))


def best_key(weights: Sequence[float]) -> Key:
    """The major or minor key whose profile is most like how much of each of the twelve pitch classes sounds."""

    def likeness(tonic: int, profile: Sequence[float]) -> float:
        return sum(weights[(tonic + step) % 12] * share for step, share in enumerate(profile))

    scores = {
        Key(tonic, mode): likeness(tonic, profile)
        for tonic in range(12)
        for mode, profile in (("major", MAJOR), ("minor", MINOR))
    }
    return max(scores, key=lambda key: scores[key])
