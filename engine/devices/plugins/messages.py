"""What a plug-in's process is told, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine.ipc import Protocol


@dataclass(frozen=True, slots=True)
class Process:
    """Processes a block; the answer is a `Processed` of that number.

    sound: float32 (frames, 2). values: parameters that hold for the block. lanes: those that change: float64, one value
    a frame. `oldest`: marks of lower numbers are not needed any more.
    """

    number: int
    sound: np.ndarray
    values: Mapping[str, float]
    lanes: Mapping[str, np.ndarray]
    oldest: int = 0


@dataclass(frozen=True, slots=True)
class Mark:
    """Notes the present state under a number."""

    number: int


@dataclass(frozen=True, slots=True)
class Rewind:
    """Goes back to the state of that number; 0, and one that is not known, is the first state."""

    number: int


@dataclass(frozen=True, slots=True)
class Ready:
    """The plug-in is there and waits for blocks."""


@dataclass(frozen=True, slots=True)
class Processed:
    """A block, as long as the one that was sent."""

    number: int
    sound: np.ndarray


TO_PLUGIN = Protocol(Process, Mark, Rewind)
FROM_PLUGIN = Protocol(Ready, Processed)
