"""What the composer's process is asked, and what it answers. It never learns where the song is: sound is sent back.

Every message has the number of the order that it belongs to. An order ends with one of `FINAL`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engine.compose.piece import Variant
from engine.ipc import Protocol


@dataclass(frozen=True, slots=True)
class Prepare:
    """Loads the SoundFont, so that the first order need not wait for it."""

    number: int


@dataclass(frozen=True, slots=True)
class Compose:
    """Composes arrangements with the same parts.

    wish: as `Wish.to_dict` writes it; rate: Hz of the sound; seed: None for the wish itself, then further takes of it;
    else for further takes alone, the first of which has this seed or one near it.
    """

    number: int
    wish: Mapping[str, Any]
    takes: int
    rate: int
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class PlayPart:
    """Plays one part of a piece alone; see `engine.compose.performance.performed_part`."""

    number: int
    wish: Mapping[str, Any]
    variant: Variant
    rolls: Mapping[str, int]
    gain_db: float
    rate: int


@dataclass(frozen=True, slots=True)
class AddPart:
    """Plays one more part of a piece, in a role that it lacks. wish: the piece's."""

    number: int
    wish: Mapping[str, Any]
    role: str
    rolls: Mapping[str, int]
    gain_db: float
    rate: int


@dataclass(frozen=True, slots=True)
class PlayNotes:
    """Plays notes of the song.

    score: with their part alone, as `score_values` writes it; soundfont: a SoundFont, if not the usual one.
    """

    number: int
    score: Mapping[str, Any]
    rate: int
    soundfont: Path | None


@dataclass(frozen=True, slots=True)
class WarmNotes:
    """Plays notes of the song to nobody, so that they are played again soon when some of them have changed.

    Any `PlayNotes` that comes meanwhile goes before it. Its fields are those of `PlayNotes`.
    """

    number: int
    score: Mapping[str, Any]
    rate: int
    soundfont: Path | None


@dataclass(frozen=True, slots=True)
class Cancel:
    """Ends an order."""

    number: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an order has come, 0 to 1, and what it is at."""

    number: int
    share: float
    text: str


@dataclass(frozen=True, slots=True)
class Played:
    """A piece. values: as `files.performance_values` writes it; stems: float32 (2, frames) by the parts' names."""

    number: int
    values: Mapping[str, Any]
    stems: Mapping[str, np.ndarray]
    rate: int


@dataclass(frozen=True, slots=True)
class Sounded:
    """The next stretch of played notes: float32 (2, frames)."""

    number: int
    samples: np.ndarray


@dataclass(frozen=True, slots=True)
class Finished:
    """Everything of an order was sent."""

    number: int


@dataclass(frozen=True, slots=True)
class Stopped:
    """An order was cancelled."""

    number: int


@dataclass(frozen=True, slots=True)
class Failed:
    """An order failed; `reason` is a sentence."""

    number: int
    reason: str


FINAL = (Finished, Stopped, Failed)
"""Messages that end an order."""

QUESTIONS = Protocol(Prepare, Compose, PlayPart, AddPart, PlayNotes, WarmNotes, Cancel)
"""From the window to the composer."""
ANSWERS = Protocol(Progress, Played, Sounded, *FINAL)
"""From the composer."""
