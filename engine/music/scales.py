"""Scales by name, as semitones above the tonic."""

SCALES: dict[str, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "harmonic minor": (0, 2, 3, 5, 7, 8, 11),
}


def has_minor_third(mode: str) -> bool:
    """Whether the mode has a minor third."""
    return SCALES[mode][2] == 3


def pentatonic(mode: str) -> tuple[int, ...]:
    """The five notes of the mode that clash with nothing."""
    return (0, 3, 5, 7, 10) if has_minor_third(mode) else (0, 2, 4, 7, 9)
