"""What the generator's process is sent, and what it sends. It never learns where the song is: sound travels both ways.

Every message has the number of the order that it belongs to (0: of none). An order ends with one of `FINAL`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.audio import Audio
from engine.generate.interface import Capabilities, Settings
from engine.generate.live_stream import LiveReport
from engine.inference.api import Assignment, Loaded, Model
from engine.ipc import Protocol

# Commands


@dataclass(frozen=True, slots=True)
class Prepare:
    """Reads the libraries in."""

    number: int


@dataclass(frozen=True, slots=True)
class Load:
    """Loads a model; answered with `ModelLoaded`."""

    number: int
    model: Model


@dataclass(frozen=True, slots=True)
class Generate:
    """Makes takes; answered with `TakesGenerated`."""

    number: int
    assignment: Assignment


@dataclass(frozen=True, slots=True)
class ContinueLive:
    """Starts a live take: `LiveStarted`, then `LiveSound` and `LiveProgress`, at last `Finished`."""

    number: int
    assignment: Assignment


@dataclass(frozen=True, slots=True)
class Replay:
    """Makes a take again from its record; answered with `TakesGenerated`.

    source: what it was made from; prompts: its audio prompts by `provenance.sound_hash`; rate: the project's, in Hz.
    """

    number: int
    provenance: Mapping[str, Any]
    source: Audio | None
    prompts: Mapping[str, Audio]
    rate: int


@dataclass(frozen=True, slots=True)
class Measure:
    """Measures a model; answered with `Measured`."""

    number: int
    model: Model


@dataclass(frozen=True, slots=True)
class Unload:
    """Frees the loaded model, when its turn comes."""

    number: int


@dataclass(frozen=True, slots=True)
class Cancel:
    """Ends an order."""

    number: int


@dataclass(frozen=True, slots=True)
class StopLive:
    """Ends a live take."""

    number: int


@dataclass(frozen=True, slots=True)
class SetSettings:
    """New settings for what of a live take is not due yet."""

    number: int
    settings: Settings


@dataclass(frozen=True, slots=True)
class SetPlayhead:
    """Which frame of a live take is heard, at the project's rate."""

    number: int
    frame: int


# Answers


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """Which model is loaded, and the title of what runs."""

    loaded: Loaded | None
    busy: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class LogRecord:
    """Something for the window's log."""

    level: int
    text: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an order has come, 0 to 1, and what it is at."""

    number: int
    share: float
    text: str


@dataclass(frozen=True, slots=True)
class GeneratedTake:
    """A take. samples: float32 (frames, channels) at the project's rate. provenance: as `api.Made` has it."""

    name: str
    samples: np.ndarray
    provenance: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LiveStarted:
    """A live take begins; the record that all its chunks have in common."""

    number: int
    channels: int
    provenance: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LiveSound:
    """What is final of a live take after what was sent before: float32 (frames, channels).

    chunk: the record of the chunk that it comes from; None for the end of the last one.
    """

    number: int
    samples: np.ndarray
    chunk: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class LiveProgress:
    """How a live take is doing. reserved: frames that are made beyond those that were sent."""

    number: int
    reserved: int
    report: LiveReport


@dataclass(frozen=True, slots=True)
class ModelLoaded:
    """The model is loaded."""

    number: int
    capabilities: Capabilities


@dataclass(frozen=True, slots=True)
class TakesGenerated:
    """The takes of an order. notices: whole sentences for the user."""

    number: int
    takes: tuple[GeneratedTake, ...]
    notices: tuple[str, ...] = ()
    seconds_spent: float = 0.0


@dataclass(frozen=True, slots=True)
class Measured:
    """A row as `continuo bench` prints it."""

    number: int
    row: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Finished:
    """An order that has no result has ended."""

    number: int


@dataclass(frozen=True, slots=True)
class Stopped:
    """An order was cancelled."""

    number: int


@dataclass(frozen=True, slots=True)
class Failed:
    """An order failed, or the process ended; `reason` is a sentence, empty where the process was ended by request."""

    number: int
    reason: str


FINAL = (ModelLoaded, TakesGenerated, Measured, Finished, Stopped, Failed)
"""Messages that end an order."""

COMMANDS = Protocol(
    *(Prepare, Load, Generate, ContinueLive, Replay, Measure, Unload),
    *(Cancel, StopLive, SetSettings, SetPlayhead),
)
"""From the window or the shell to the generator."""
ANSWERS = Protocol(StatusChanged, LogRecord, Progress, LiveStarted, LiveSound, LiveProgress, *FINAL)
"""From the generator."""
