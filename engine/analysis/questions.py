"""What the listening process is asked, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.ipc import Protocol
from engine.timing.signature import Signature


@dataclass(frozen=True, slots=True)
class Analyse:
    """Which beats and keys are in sounds.

    tempos, signatures: of the song where each sound lies. sounds: mono float32 (frames,) at `rate` Hz.
    """

    rate: int
    tempos: tuple[float, ...]
    signatures: tuple[Signature, ...]
    sounds: tuple[np.ndarray, ...]


@dataclass(frozen=True, slots=True)
class Transcribe:
    """Which notes and drum strokes are in a sound: mono float32 (frames,) at `rate` Hz."""

    rate: int
    sound: np.ndarray


@dataclass(frozen=True, slots=True)
class Separate:
    """Which part of a sound is drums: float32 (frames, channels) at `rate` Hz."""

    rate: int
    sound: np.ndarray


@dataclass(frozen=True, slots=True)
class IndexLibrary:
    """Asks to bring a library up to date (see `engine.analysis.library.indexing.index`).

    database: its path. folders: of the user. takes: path, title and song of each take.
    """

    database: str
    folders: tuple[str, ...]
    takes: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Describe:
    """What a sound is like, float32 (frames, channels) at `rate` Hz, so that its like can be found."""

    rate: int
    sound: np.ndarray


@dataclass(frozen=True, slots=True)
class HearBeats:
    """Where beats are in a sound of which nothing is known: mono float32 (frames,) at `rate` Hz."""

    rate: int
    sound: np.ndarray


@dataclass(frozen=True, slots=True)
class Hear:
    """Which chords and sections are in a sound: mono float32 (frames,) at `rate` Hz, with so many felt beats a bar."""

    rate: int
    beats_per_bar: int
    sound: np.ndarray


@dataclass(frozen=True, slots=True)
class Heard:
    """Chord symbols and names of sections, and from and to when each lasts, float64 (N, 2), in s."""

    chords: tuple[str, ...]
    chord_times: np.ndarray
    sections: tuple[str, ...]
    section_times: np.ndarray


@dataclass(frozen=True, slots=True)
class HeardBeats:
    """The beats of a sound, float64 (N,), in s, and their tempo a minute; none, and 0, where nothing repeats."""

    moments: np.ndarray
    tempo: float
    steady: bool


@dataclass(frozen=True, slots=True)
class Examine:
    """Which faults a recording has: float32 (frames, channels) at `rate` Hz."""

    rate: int
    sound: np.ndarray


@dataclass(frozen=True, slots=True)
class Repair:
    """A recording to be mended, float32 (frames, channels) at `rate` Hz; kinds: ids of `repairing.KINDS`."""

    rate: int
    sound: np.ndarray
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlayLine:
    """A single line to be played on another instrument: float32 (frames, channels) at `rate` Hz.

    instrument: a name in `timbre_transfer.timbres`.
    """

    rate: int
    sound: np.ndarray
    instrument: str


@dataclass(frozen=True, slots=True)
class Analysed:
    """A `Fit` of each sound, as `Fit.to_json` writes it."""

    fits: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Transcribed:
    """What is played in a sound, float32. Times in s, pitches of MIDI.

    notes: (N, 4): start, end, pitch, strength. strokes: of drums, (M, 3): start, pitch, strength.
    """

    notes: np.ndarray
    strokes: np.ndarray


@dataclass(frozen=True, slots=True)
class Drums:
    """The drums of a sound, float32 of its shape; the rest is what is left of it without them."""

    sound: np.ndarray


@dataclass(frozen=True, slots=True)
class Indexed:
    """How far the library is: files that are done, of how many; the last one, and why it could not be read."""

    done: int
    total: int
    path: str
    problem: str


@dataclass(frozen=True, slots=True)
class Described:
    """The numbers of a `Portrait`, and what of it is text."""

    seconds: float
    tempo: float
    key: str
    words: tuple[str, ...]
    evidence: np.ndarray
    keys: np.ndarray
    embedding: np.ndarray
    pitches: np.ndarray


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found of each fault that a recording has, as text for the user, by ids of `repairing.KINDS`."""

    texts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Mended:
    """The recording without the faults, float32 of its shape."""

    sound: np.ndarray


@dataclass(frozen=True, slots=True)
class PlayedLine:
    """The line on the instrument, float32 of its shape; or why there is none, as a sentence, and an empty sound."""

    sound: np.ndarray
    problem: str


QUESTIONS = Protocol(Analyse, Transcribe, Separate, IndexLibrary, Describe, HearBeats, Hear, Examine, Repair, PlayLine)
ANSWERS = Protocol(Analysed, Transcribed, Drums, Indexed, Described, HeardBeats, Heard, Examined, Mended, PlayedLine)
