"""Orders to the generator process and its news. Nothing here imports torch."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from engine.generate.interface import Capabilities, Request, Settings
from engine.generate.live_stream import LiveReport
from engine.jobs import Context
from engine.project.model import Source


@dataclass(frozen=True, slots=True)
class Model:
    """Which model is meant, and where it shall run: an id or folder, and “cpu”, “cuda” … or None for the best."""

    name: str
    device: str | None = None
    untrained: bool = False  # random weights, for tests


@dataclass(frozen=True, slots=True)
class Place:
    """Where the sound goes: the project's folder and its rate in Hz."""

    folder: Path
    rate: int


@dataclass(frozen=True, slots=True)
class Assignment:
    """One piece of work as the generator's process gets it. `rate` is the project's in Hz.

    A `request.source` is at that rate, and `request.frames` counts at it.
    """

    title: str
    model: Model
    request: Request
    rate: int


@dataclass(frozen=True, slots=True)
class Order:
    """One piece of work, and where what comes of it is put."""

    title: str
    model: Model
    request: Request
    place: Place

    @property
    def assignment(self) -> Assignment:
        """The order without the song's folder, which the generator's process never sees."""
        return Assignment(self.title, self.model, self.request, self.place.rate)


@dataclass(frozen=True, slots=True)
class Made:
    """One finished take: its file in the project's pool (at the project's rate), and how it was made.

    source: the new part alone, as long as was asked for.
    provenance: plain JSON values: request, seed, model, version, weights, and `chunks`, each with what decided it (see
        `engine.inference.provenance`).
    """

    source: Source
    provenance: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Takes:
    """What an order made. notices: whole sentences for the user."""

    takes: tuple[Made, ...]
    notices: tuple[str, ...] = ()
    seconds_spent: float = 0.0


@dataclass(frozen=True, slots=True)
class LiveNews:
    """How a live take is doing.

    source: the growing file; `source.frames` are written and may be played.
    reserved: frames made beyond those, not final yet. chunks: provenance of every chunk written so far.
    """

    source: Source
    reserved: int
    report: LiveReport
    chunks: tuple[Mapping[str, Any], ...] = ()


class Live(Protocol):
    """A live take in progress. Any thread may call the methods; none of them waits, except `stop`."""

    @property
    def news(self) -> LiveNews:
        """The latest."""
        ...

    def set_settings(self, settings: Settings) -> None:
        """A new prompt, guidance, blend or number of steps for all that is not due yet."""
        ...

    def set_playhead(self, frame: int) -> None:
        """Which frame of the growing file is being heard (0 while it is not reached yet)."""
        ...

    def stop(self, context: Context | None = None) -> Made | None:
        """Ends the take and seals what was written into the pool; None when nothing was.

        Raises:
            EngineError: it could not be sealed; what was written stays in the growing file.
        """
        ...


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model in memory. memory_mb: what loading it added to the process; speed: × real time, where measured."""

    model: Model
    capabilities: Capabilities
    memory_mb: float
    speed: float | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """The generator process as the window shows it."""

    running: bool
    loaded: Loaded | None
    busy: str = ""  # the title of what it is doing
    measured: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # the last bench row of each model id


class Inference(Protocol):
    """The generator process seen from outside; it is started with the first order and again after it died.

    Any thread may call the methods. Those with a context wait for their end, forward progress to the context, and
    return within half a second when it is cancelled, if need be by ending the process. One order runs at a time, and
    none while a live take is running: others wait, and say so in their progress.

    Raises, where nothing else is said: `EngineError` with a sentence (unknown or damaged model, out of memory, the
    process died), `Cancelled`.
    """

    def status(self) -> Status:
        """What it is doing."""
        ...

    def prepare(self) -> None:
        """Starts the process, which reads its libraries in while nothing is asked of it. Returns at once."""
        ...

    def capabilities(self, model: Model, context: Context) -> Capabilities:
        """Loads the model if it is not the loaded one, and says what it can do."""
        ...

    def run(self, order: Order, context: Context) -> Takes:
        """Generates, continues, inpaints, extends, varies or loops, as the request says."""
        ...

    def live(self, order: Order, listener: Callable[[LiveNews], None], context: Context) -> Live:
        """Starts a live take; `listener` hears of every chunk and change, on a thread of the client.

        Returns as soon as the growing file is there. After a failure the last news has `report.error`.
        """
        ...

    def replay(self, provenance: Mapping[str, Any], source: Any, place: Place, context: Context) -> Made:
        """Makes a take again, bit for bit on the same device; `source` is the `Audio` that it continued, or None.

        Both are at the project's rate, which has to be the one that the take was made for.
        """
        ...

    def measure(self, model: Model, context: Context) -> Mapping[str, Any]:
        """Measures the model's speed and memory: a row as `continuo bench` prints it."""
        ...

    def unload(self) -> None:
        """Frees the loaded model and its memory."""
        ...

    def close(self, timeout: float = 3.0) -> None:
        """Ends everything; growing files stay and are sealed by recovery."""
        ...


Changed = Callable[[Status], None]
"""Hears of every change of status, on a thread of the client."""
