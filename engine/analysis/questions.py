"""What the listening process is asked, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.ipc import Protocol
from engine.timing.signature import Signature


@dataclass(frozen=True, slots=True)
class Analyse:
    """Which beats and keys are in sounds, for a song at `tempo`.

    sounds: mono float32 (frames,) at `rate` Hz.
    """

    rate: int
    tempo: float
    signature: Signature
    sounds: tuple[np.ndarray, ...]


@dataclass(frozen=True, slots=True)
class Transcribe:
    """Which notes are in a sound: mono float32 (frames,) at `rate` Hz."""

    rate: int
    sound: np.ndarray


@dataclass(frozen=True, slots=True)
class Separate:
    """Which part of a sound is drums: float32 (frames, channels) at `rate` Hz."""

    rate: int
    sound: np.ndarray


@dataclass(frozen=True, slots=True)
class Analysed:
    """A `Fit` of each sound, as `Fit.to_json` writes it."""

    fits: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Transcribed:
    """The notes of a sound, float32 (N, 4): start and end in s, MIDI pitch, strength."""

    notes: np.ndarray


@dataclass(frozen=True, slots=True)
class Drums:
    """The drums of a sound, float32 of its shape; the rest is what is left of it without them."""

    sound: np.ndarray


QUESTIONS, ANSWERS = Protocol(Analyse, Transcribe, Separate), Protocol(Analysed, Transcribed, Drums)
