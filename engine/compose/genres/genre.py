"""What a genre is made of."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Role:
    """A player that a genre may have."""

    role: str  # drums, percussion, bass, chords, pad, arp, lead, counter
    idioms: tuple[str, ...]  # grooves of drums, patterns of `idioms`, or "melody"
    instruments: tuple[str, ...]
    enter: float  # density of a section from which it plays
    chance: float  # share of pieces that have it


@dataclass(frozen=True, slots=True)
class Genre:
    """A genre. Texts with weights read `name:weight name:weight`."""

    name: str
    tempo: tuple[float, float]  # felt beats per minute
    modes: str
    moods: str
    major: tuple[str, ...]  # progressions of numerals; `walk` composes one
    minor: tuple[str, ...]
    roles: tuple[Role, ...]
    words: tuple[str, ...]  # what captions call it
    uses: tuple[str, ...]  # what it is good for
    metres: str = "4/4:1"
    notes: int = 3  # of a chord; up to 5
    swing: tuple[float, float] = (0.0, 0.0)  # 0 straight, 1 triplets
    unit: float = 0.5  # quarter notes of what swings
    loose: float = 0.012  # spread of timing, in seconds
    ghosts: float = 0.6
    fills: float = 0.7
    busy: tuple[int, ...] = (1, 2)  # of melodies
    sparse: float = 0.5  # share of pieces with pentatonic melodies
    form: str = "song"
    rhythm: float = 4.0  # quarter notes a chord
    drive: float = 0.1
    room: tuple[float, float] = (0.6, 1.6)  # seconds of reverberation
    wet: float = 0.12
    duck: float = 0.0
    glue: float = 0.35
    tilt: float = 0.0  # dB


def role(role: str, idioms: str, instruments: str, enter: float = 0.3, chance: float = 1.0) -> Role:
    """A `Role` from texts: idioms separated by spaces, instruments by commas."""
    return Role(role, tuple(idioms.split()), tuple(name.strip() for name in instruments.split(",")), enter, chance)
