"""A piece as it is handed on: values alone, which the window's side of the composer knows without the composer."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from engine.compose.score import Score
from engine.compose.wish import Wish

RATE = 48000
"""Frames a second of what the composer plays, where nothing else is asked for."""


@dataclass(frozen=True, slots=True)
class Variant:
    """How a part of a piece differs from the one that was composed first.

    label: the part's name in its score.
    roll: how often it has been made again.
    variation: which variation of that it is; 0 for none.
    share: of the bars that a variation changes, 0 to 1.
    instrument: on what it is played; empty for what it was composed for.
    """

    label: str
    roll: int = 0
    variation: int = 0
    share: float = 0.5
    instrument: str = ""


@dataclass(frozen=True)
class Rendering:
    """Sound of a score. Arrays are float32 (channels, frames)."""

    rate: int
    first: int  # frame of the piece at which it begins
    mix: np.ndarray
    stems: dict[str, np.ndarray] = field(default_factory=dict)  # by part name; empty if they were not asked for


@dataclass(frozen=True)
class GivenSound:
    """A sound that a piece was composed to.

    name: of its stem. samples: float32 (2, frames). origin: its frame at which the score's first bar begins; below 0
    the score begins before it.
    """

    name: str
    samples: np.ndarray
    origin: int


@dataclass(frozen=True)
class Performance:
    """A piece with what it was composed from and how it sounds. `rolls` says how often each part was made again.

    given: the sound that it was composed to; its stem is among those of `sound`, which begin where it does.
    """

    wish: Wish
    score: Score
    rolls: Mapping[str, int]
    sound: Rendering
    given: GivenSound | None = None
