"""Scales, chords, keys and their names."""

import re

SCALES: dict[str, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "harmonic minor": (0, 2, 3, 5, 7, 8, 11),
}

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
_SHARPS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_FLATS = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
_RELATIVE_MAJOR = {
    "major": 0, "minor": 3, "harmonic minor": 3, "dorian": 10, "mixolydian": 5, "lydian": 7, "phrygian": 8,
}  # fmt: skip


def pitch_name(pitch_class: int) -> str:
    """The usual name of a pitch class on its own: `F#`, `Bb`."""
    return {1: "Db", 3: "Eb", 6: "F#", 8: "Ab", 10: "Bb"}.get(pitch_class % 12, _SHARPS[pitch_class % 12])


def key_name(tonic: int, mode: str) -> str:
    """The name of a key, spelled after its key signature: `C# minor`, `Eb major`."""
    major = (tonic + _RELATIVE_MAJOR[mode]) % 12
    names = _FLATS if major in (1, 3, 5, 8, 10) else _SHARPS
    return f"{names[tonic % 12]} {mode}"


def minorish(mode: str) -> bool:
    """Whether the mode has a minor third."""
    return SCALES[mode][2] == 3


def pentatonic(mode: str) -> tuple[int, ...]:
    """The five notes of the mode that clash with nothing."""
    return (0, 3, 5, 7, 10) if minorish(mode) else (0, 2, 4, 7, 9)


def diatonic(degree: int, mode: str, notes: int) -> str | None:
    """The quality of the chord of `notes` stacked thirds on a degree (0 = tonic), or None if it has no name here."""
    scale = SCALES[mode]

    def pitch(step: int) -> int:
        return scale[step % 7] + 12 * (step // 7)

    intervals = tuple(pitch(degree + 2 * k) - pitch(degree) for k in range(notes))
    return next((name for name, value in CHORDS.items() if value == intervals), None)


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


def nearest(pitch: float, classes: tuple[int, ...]) -> int:
    """The pitch nearest to `pitch` whose class is among `classes`; the lower one of two."""
    centre = round(pitch)
    return min(range(centre - 6, centre + 7), key=lambda p: (p % 12 not in classes, abs(p - pitch), p))
