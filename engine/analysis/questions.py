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
class Analysed:
    """A `Fit` of each sound, as `Fit.to_json` writes it."""

    fits: tuple[Mapping[str, Any], ...]


QUESTIONS, ANSWERS = Protocol(Analyse), Protocol(Analysed)
