"""What the rest of the program knows of a generator: requests in, sound out. Nothing here imports torch.

A `Request` says everything that decides the sound: same request, same device, same sound. `Settings` is the part of it
that may change between the chunks of a stream.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

import numpy as np

from engine.audio import Audio
from engine.jobs import Context
from engine.music.guide import NO_GUIDE, Guide, GuidePart


class Task(StrEnum):
    """What is asked for."""

    GENERATE = "generate"
    CONTINUE = "continue"  # of `source`, after its end
    INPAINT = "inpaint"  # of `source`, from `start` to `stop`
    EXTEND_LEFT = "extend_left"  # of `source`, before its start
    VARIATION = "variation"  # of `source`
    LOOP = "loop"  # the end joins the start
    ACCOMPANY = "accompany"  # parts that are played along with `source`


@dataclass(frozen=True)
class Settings:
    """What may change from chunk to chunk. None means the model's own default.

    prompt: what to play, in words; empty for the model's own choice.
    blend: further prompts, each with a weight relative to the first one's 1.
    negative: what to stay away from.
    audio_prompt: sound to play like.
    audio_weight: its weight relative to the text's 1.
    words: what is spoken or sung, for models that can.
    candidates: so many are made for each take, and the one that fits the prompt best is kept.
    schedule: how steps are placed or taken, by the names a model declares; “linear” is every model's own way.
    steering: how strongly the tempo and the key that the prompt states are held to, for models that can: 0 not at all.
    own: values of the parameters that one family of models alone declares, by their names; numbers and texts.
    network: how the diffusion network runs (“eager”, “recorded”, “compiled”), which decides the last bits of a sound;
        None takes the fastest way that is ready, and what was made says which one that was.
    """

    prompt: str = ""
    blend: tuple[tuple[str, float], ...] = ()
    negative: str = ""
    audio_prompt: Audio | None = None
    audio_weight: float = 1.0
    words: str = ""
    candidates: int = 1
    steps: int | None = None
    guidance: float | None = None
    schedule: str = "linear"
    temperature: float | None = None
    top_k: int | None = None
    top_p: float | None = None
    steering: float | None = None
    network: str | None = None
    own: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """A piece of work for a generator.

    seconds: length of what is made (before or after the source for continuations and extensions).
    frames: the same as an exact number of frames at the output's rate; it wins over `seconds`. The output's rate is the
        source's where there is one, else the model's.
    seed: of the first take; take i has seed + i.
    source: what is continued, inpainted, extended or varied.
    start, stop: the hole in the source, in its frames; outside it nothing changes.
    strength: of a variation, 0 (the same) to 1 (new).
    context: the other tracks, from where the new part begins; what is made fits them. For models that listen.
    alone: only what the prompt names plays, and no whole mix, also where there is no context. For the same models.
    guide: what the new part follows in time, from where it begins; for models whose `Capabilities.guides` say so.
    """

    task: Task = Task.GENERATE
    settings: Settings = field(default_factory=Settings)
    seconds: float = 10.0
    frames: int | None = None
    seed: int = 0
    takes: int = 1
    source: Audio | None = None
    start: int = 0
    stop: int = 0
    strength: float = 0.5
    context: Audio | None = None
    alone: bool = False
    guide: Guide = NO_GUIDE


@dataclass(frozen=True)
class Chunk:
    """What one step of a stream adds.

    samples: (frames, channels) float32 at `rate`, from frame `start` of the new sound on.
    settings: those it was made with; `network` is the way that was taken.
    gains_db: the gain that set its level, at its start and its end.
    seconds_spent: how long it took; `parts`: how that divides (“lm”, “dpd”, “vae”).
    """

    index: int
    start: int
    samples: np.ndarray
    rate: int
    settings: Settings
    steps: int
    seconds_spent: float
    parts: Mapping[str, float]
    last: bool = False
    gains_db: tuple[float, float] = (0.0, 0.0)

    @property
    def seconds(self) -> float:
        """How long it sounds."""
        return len(self.samples) / self.rate


@dataclass(frozen=True)
class Result:
    """What a request made: one sound a take, with what the user should know about them.

    takes: the new part alone (of an inpainting: the hole; of an accompaniment: without what it accompanies) at the
        output's rate; see `joined` for source and new part together.
    notices: whole sentences.
    provenance: plain JSON values; where takes were computed together, `batches` says so in their order, as
        [{"takes": how many, "device": where, "network": by which way}]. `levels` says for each take which gain set
        its level.
    """

    takes: tuple[Audio, ...]
    notices: tuple[str, ...] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)
    seconds_spent: float = 0.0
    parts: Mapping[str, float] = field(default_factory=dict)

    def record(self, index: int) -> dict[str, Any]:
        """The provenance of one take, but for its seed."""
        levels = self.provenance.get("levels", ())
        rest = {name: value for name, value in self.provenance.items() if name != "levels"}
        return {**rest, "level": levels[index]} if index < len(levels) else rest


def joined(request: Request, take: Audio) -> Audio:
    """The source with a take put in its place; what belongs to the source keeps its samples bit by bit."""
    source = request.source
    if source is None or request.task in (Task.GENERATE, Task.LOOP, Task.VARIATION, Task.ACCOMPANY):
        return take
    new = take.samples
    if request.task is Task.CONTINUE:
        parts = [source.samples, new]
    elif request.task is Task.EXTEND_LEFT:
        parts = [new, source.samples]
    else:
        parts = [source.samples[: request.start], new, source.samples[request.stop :]]
    return Audio(np.concatenate([part.astype(np.float32, copy=False) for part in parts]), source.rate)


@dataclass(frozen=True)
class Parameter:
    """A setting that a generator takes, as a panel or the shell shows it.

    name: by which it travels; of a shared one the field of `Settings`.
    kind: “int”, “float”, “text”, “choice” (of `choices`) or “audio”.
    default: None leaves the value to the model.
    minimum, maximum: both within the range.
    option: of the shell, without its dashes; by default the name.
    help: what it does, for the shell's help.
    """

    name: str
    label: str
    kind: str
    default: Any
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    unit: str = ""
    option: str = ""
    help: str = ""

    def admits(self, number: float) -> bool:
        """Whether a number is within the range."""
        low, high = self.minimum, self.maximum
        return (low is None or number >= low) and (high is None or number <= high)

    @property
    def limits(self) -> str:
        """The range for a sentence: “1 to 1,000”."""
        low = "any" if self.minimum is None else f"{self.minimum:,g}"
        return f"{low} to {self.maximum:,g}" if self.maximum is not None else f"at least {low}"


@dataclass(frozen=True)
class Capabilities:
    """What a generator can do, at which rate, and what it can be told.

    window_seconds, chunk_seconds: what is made at once, and what a stream adds at once.
    max_seconds: the most that one request may ask for.
    listens: whether it takes a request's `context` and `alone`.
    guides: the parts of a request's `guide` that it follows. A swell is given to every sound (see `levelled`).
    """

    id: str
    name: str
    version: str  # a hash of the weights
    rate: int
    channels: int
    window_seconds: float
    chunk_seconds: float
    tasks: frozenset[Task]
    parameters: tuple[Parameter, ...]
    licence: str
    device: str
    notices: tuple[str, ...] = ()
    max_seconds: float = 3600.0
    listens: bool = False
    guides: frozenset[GuidePart] = frozenset({GuidePart.SWELL})


class Session(Protocol):
    """A stream in progress: each `advance` adds a chunk. One thread at a time.

    `mark` names the present state and `rewind` goes back to it, so that chunks not heard yet can be made anew.
    """

    @property
    def notices(self) -> tuple[str, ...]:
        """What the user should know, by now."""
        ...

    def advance(self, settings: Settings, context: Context, *, last: bool = False) -> Chunk:
        """The next chunk; with `last`, also all that was held back for a seamless join to a chunk after it."""
        ...

    def mark(self) -> object:
        """The present state."""
        ...

    def rewind(self, mark: object) -> None:
        """Restores a state that `mark` returned."""
        ...


class Generator(Protocol):
    """A loaded model. One thread at a time; `context.check` is called at every denoising step and every token."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""
        ...

    def generate(self, request: Request, context: Context) -> Result:
        """All of a request at once. Raises `ModelError` with a sentence, or `Cancelled`."""
        ...

    def open(self, request: Request, context: Context) -> Session:
        """A stream without end: from nothing, or from the end of `request.source`."""
        ...

    def stream(self, request: Request, context: Context) -> Iterator[Chunk]:
        """The chunks of a request, as they are made, cut to its length (Algorithm 2)."""
        ...
