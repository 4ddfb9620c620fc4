"""Chords: their intervals, their names, and when they sound."""

from dataclasses import dataclass

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
