"""A piece of music as an immutable value: what `compose` returns and `render` plays. Every truth follows from it.

Time is in quarter notes (`float`), counted from the piece's start; pitch is MIDI's (60 = middle C). A felt beat is a
quarter note in 4/4 and 3/4 and a dotted quarter in 6/8; `Score.tempo` counts felt beats a minute: what people mean by
BPM.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from engine.music.chords import Chord
from engine.music.keys import Key
from engine.music.notes import Note
from engine.timing.signature import Signature

HELD_OUT_PERIOD = 50
"""Seeds s with s % 50 == 0 are for validation, s % 50 == 1 for testing; all others are for training."""

SPLITS = ("train", "validation", "test")


def split(seed: int) -> str:
    """The part of the data to which a piece's seed belongs: "train", "validation" or "test"."""
    return {0: "validation", 1: "test"}.get(seed % HELD_OUT_PERIOD, "train")


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of the form."""

    name: str  # intro, verse, chorus, bridge, break, build, outro, head, solo
    start: float  # quarter notes
    length: float
    density: float  # 0 (one part alone) to 1 (everybody plays)

    @property
    def end(self) -> float:
        """Where it ends, in quarter notes."""
        return self.start + self.length


@dataclass(frozen=True, slots=True)
class Part:
    """One player: an instrument, its place in the mix, and its notes, sorted by onset."""

    name: str  # unique in the piece, such as "bass" or "lead"
    role: str  # drums, percussion, bass, chords, pad, arp, lead, counter
    instrument: str  # a key of `instruments.INSTRUMENTS` or `instruments.KITS`
    family: str  # one of `instruments.FAMILIES`
    program: int | None  # General MIDI program (of a kit: of bank 128); None: our own synthesis plays it
    patch: str  # our own synthesis' patch or kit
    notes: tuple[Note, ...]
    level_db: float = 0.0
    trim_db: float = 0.0  # makes its sound as loud as any other's before `level_db`
    pan: float = 0.0  # -1 left to 1 right
    room: float = 0.1  # share sent to the reverb
    echo: float = 0.0  # share sent to the tempo-synchronised delay
    chorus: float = 0.0  # depth, 0 to 1
    drive: float = 0.0  # saturation, 0 to 1
    tilt_db: float = 0.0  # treble up, bass down
    duck: float = 0.0  # how far the kick pushes it down in a finished mix, 0 to 1
    image: str = "point"  # how it is spread between the loudspeakers, a key of `imaging.IMAGES`
    width: float = 0.0  # how far, 0 to 1
    bends: tuple[tuple[float, float], ...] = ()  # (quarter notes, semitones), each until the next
    expression: tuple[tuple[float, float], ...] = ()  # (quarter notes, gain 0 to 1), lines in between
    pedal: tuple[tuple[float, float], ...] = ()  # when the sustain pedal is down: (from, to) in quarter notes

    @property
    def drums(self) -> bool:
        """Whether its pitches are drums."""
        return self.role in ("drums", "percussion")


@dataclass(frozen=True, slots=True)
class Score:
    """A whole piece and everything that is true of it."""

    seed: int
    genre: str
    mood: str
    tempo: float  # felt beats per minute
    signature: Signature
    tonic: int  # pitch class
    mode: str  # a key of `scales.SCALES`
    swing: float  # 0 straight, 1 triplets
    energy: float  # 0 to 1
    chords: tuple[Chord, ...]
    sections: tuple[Section, ...]
    parts: tuple[Part, ...]
    length: float  # quarter notes
    loudness: float = -16.0  # LUFS at which the whole is rendered
    reverb_seconds: float = 1.0
    glue: float = 0.3  # compression of a finished mix, 0 to 1
    gain_db: float = 0.0  # of every stem, so that their sum is as loud as it shall be

    @property
    def beat(self) -> float:
        """Length of a felt beat, in quarter notes."""
        return 1.5 if (self.signature.denominator, self.signature.numerator % 3) == (8, 0) else 1.0

    @property
    def quarters_a_minute(self) -> float:
        """The tempo in quarter notes a minute."""
        return self.tempo * self.beat

    @property
    def bar(self) -> float:
        """Length of a bar, in quarter notes."""
        return float(self.signature.bar)

    @property
    def quarter_seconds(self) -> float:
        """Length of a quarter note, in seconds."""
        return 60.0 / (self.tempo * self.beat)

    @property
    def seconds(self) -> float:
        """Length of the piece without the last reverberation, in seconds."""
        return self.length * self.quarter_seconds

    @property
    def key(self) -> str:
        """Such as `A minor` or `D dorian`."""
        return Key(self.tonic, self.mode).name

    def frame(self, time: float, rate: int) -> int:
        """The frame at which `time` (quarter notes) lies. Notes start exactly there."""
        return round(time * self.quarter_seconds * rate)

    def beats(self) -> np.ndarray:
        """Times of all felt beats in seconds, float64 (n,)."""
        return np.arange(0.0, self.length - 1e-6, self.beat) * self.quarter_seconds

    def bars(self) -> np.ndarray:
        """Times of all bar lines in seconds, float64 (n,)."""
        return np.arange(0.0, self.length - 1e-6, self.bar) * self.quarter_seconds

    def chords_between(self, first: float, last: float) -> Iterator[Chord]:
        """The chords that sound somewhere in [first, last), in quarter notes."""
        return (chord for chord in self.chords if chord.start < last and chord.end > first)

    def onset_frames(self, part: Part, rate: int) -> np.ndarray:
        """Frames at which the part's notes start, int64 (n,)."""
        return np.array([self.frame(note.onset, rate) for note in part.notes], np.int64)


def score_values(score: Score) -> dict[str, Any]:
    """A score as JSON values."""
    return asdict(score)


def score_from(values: dict[str, Any]) -> Score:
    """The score that `score_values` wrote.

    Raises:
        LookupError, TypeError, ValueError: it is damaged.
    """
    return Score(
        **{
            **values,
            "signature": Signature(**values["signature"]),
            "chords": tuple(Chord(**each) for each in values["chords"]),
            "sections": tuple(Section(**each) for each in values["sections"]),
            "parts": tuple(_part(each) for each in values["parts"]),
        }
    )


def _part(values: dict[str, Any]) -> Part:
    curves = {name: tuple((float(a), float(b)) for a, b in values[name]) for name in ("bends", "expression", "pedal")}
    return Part(**{**values, **curves, "notes": tuple(Note(*each) for each in values["notes"])})
