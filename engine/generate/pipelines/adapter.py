"""What every pipeline has in common as a generator: takes, seeds, progress, cancel, memory, candidates, provenance.

A system is a subclass of `Adapter` with a function for each task that it can do. These get one take's request and
return its new part at the model's rate, which is brought to the rate and channels of the user's sound here; its level
and the join are set elsewhere (see `levelled`).
"""

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any

import diffusers
import numpy as np
import torch
import transformers

from engine.audio import Audio, resample
from engine.errors import ModelError
from engine.generate import crossfade, device, prompts
from engine.generate.interface import Capabilities, Parameter, Request, Result, Settings, Task
from engine.generate.levelled import Levelled
from engine.generate.parameters import CANDIDATES
from engine.generate.pipelines import checkpoint_layout
from engine.generate.pipelines.cancel_hook import CancelHook
from engine.generate.pipelines.checkpoint_layout import Layout
from engine.generate.pipelines.continuation_stream import ContinuationStream
from engine.generate.pipelines.device_plan import DevicePlan
from engine.generate.provenance import result_record
from engine.jobs import Context
from engine.licences import non_commercial
from engine.models.quiet_libraries import quiet_libraries
from engine.mono import fit_channels
from engine.music.guide import GuidePart

_NEXT_CANDIDATE = 1_000_003
NO_CONTEXT = "It cannot continue a sound, nor make a part of it anew."
"""The notice of a model that takes no sound to go on from."""


@dataclass(frozen=True)
class Facts:
    """What a model is, fixed while it is loaded. All lengths in seconds; see `Capabilities`."""

    rate: int
    channels: int
    window_seconds: float
    chunk_seconds: float
    max_seconds: float
    parameters: tuple[Parameter, ...]
    notices: tuple[str, ...] = ()
    listens: bool = False
    guides: frozenset[GuidePart] = frozenset({GuidePart.SWELL})


@dataclass
class Job:
    """One take being made. seed: of its noise; frames: its length at the model's rate; tick: told of (done, of all)."""

    request: Request
    seed: int
    frames: int
    tick: Callable[[int, int], None]
    spent: dict[str, float]
    context: Context

    @property
    def settings(self) -> Settings:
        """Of the request."""
        return self.request.settings

    def generator(self) -> torch.Generator:
        """Noise for this take, drawn on the CPU so that every device gets the same."""
        return torch.Generator("cpu").manual_seed(self.seed)

    @contextmanager
    def timed(self, part: str) -> Iterator[None]:
        """Adds the seconds that its block takes to a part's."""
        started = perf_counter()
        yield
        self.spent[part] = self.spent.get(part, 0.0) + perf_counter() - started


@dataclass(frozen=True)
class NewPart:
    """A new part: samples (frames, channels) at the model's rate, and the gain that fits it to the user's sound."""

    samples: np.ndarray
    gain: float = 1.0


TaskFunction = Callable[[Job], NewPart]


@dataclass
class Scores:
    """Which candidates there were of each take, and how well each fits the prompt."""

    of: list[list[float]] = field(default_factory=list)


class Adapter(Levelled):
    """A loaded pipeline as a generator. One thread at a time. Subclasses set `facts`, `tasks` and `networks`."""

    facts: Facts
    default_steps: int = 0
    default_guidance: float = 0.0
    schedules: tuple[str, ...] = ()

    def __init__(self, layout: Layout, device_plan: DevicePlan) -> None:
        torch.set_num_threads(device.threads())
        device.keep_freed_memory()
        self.layout, self.device_plan = layout, device_plan
        self.version = checkpoint_layout.fingerprint(layout.folder)
        self.watch = CancelHook(self.networks())

    def networks(self) -> list[torch.nn.Module]:
        """All networks that a cancel can stop."""
        raise ModelError(f"{self.layout.system.name} has no networks.")

    def tasks(self) -> Mapping[Task, TaskFunction]:
        """What makes the new part for each task."""
        return {}

    def text_notices(self, settings: Settings) -> list[str]:
        """Notices about the prompts; raises `ModelError` where they cannot be used."""
        return []

    def score(self, prompt: str, takes: list[np.ndarray]) -> list[float]:
        """How well each sound (frames, channels) fits the prompt."""
        raise ModelError(f"{self.layout.system.name} cannot tell which of several takes fits best.")

    def describe(self, settings: Settings) -> dict[str, Any]:
        """Further entries for the provenance."""
        return {}

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""
        facts, name = self.facts, self.layout.id
        return Capabilities(
            name,
            f"{self.layout.system.name}: {name}",
            self.version,
            facts.rate,
            facts.channels,
            facts.window_seconds,
            facts.chunk_seconds,
            frozenset(self.tasks()),
            facts.parameters,
            self.layout.licence,
            str(self.device_plan),
            facts.notices,
            facts.max_seconds,
            facts.listens,
            facts.guides,
        )

    def takes(self, name: str) -> bool:
        """Whether it has a parameter of that name."""
        return any(parameter.name == name for parameter in self.facts.parameters)

    def steps(self, settings: Settings) -> int:
        """Number of denoising steps."""
        return self.default_steps if settings.steps is None else settings.steps

    def guidance(self, settings: Settings) -> float:
        """Guidance scale."""
        return self.default_guidance if settings.guidance is None else settings.guidance

    def schedule(self, settings: Settings) -> str:
        """Name of the schedule: the model's own unless another is requested."""
        if settings.schedule in ("", "linear") or not self.schedules:
            return self.schedules[0] if self.schedules else ""
        if settings.schedule not in self.schedules:
            raise ModelError(f"There is no schedule “{settings.schedule}”: choose {', '.join(self.schedules)}.")
        return settings.schedule

    def _checked(self, request: Request) -> tuple[Request, list[str]]:
        """The request limited to what the model can do, and notices about what was left out."""
        name, settings = self.layout.system.name, request.settings
        if request.task not in self.tasks():
            able = ", ".join(task.value.replace("_", " ") for task in Task if task in self.tasks())
            sentences = [f"{name} cannot {request.task.value.replace('_', ' ')}, only {able}.", *self.facts.notices]
            raise ModelError(" ".join(sentences))
        request = prompts.checked(request)
        if request.task is not Task.GENERATE and set(request.guide.parts) - {GuidePart.SWELL}:
            raise ModelError(f"{name} follows a guide's notes in new music only: leave them out, or make new music.")
        notices = []
        for parameter, value, label in (
            ("negative", settings.negative.strip(), "negative prompt"),
            ("audio_prompt", settings.audio_prompt, "audio prompt"),
            ("words", settings.words.strip(), "words to speak or sing"),
        ):
            if value and not self.takes(parameter):
                notices.append(f"{name} takes no {label}, so that was left out.")
        if settings.blend:
            notices.append(f"{name} takes one prompt: the others were left out.")
        if not CANDIDATES.admits(settings.candidates):
            raise ModelError(f"{settings.candidates} candidates were asked for: give {CANDIDATES.limits}.")
        if settings.candidates > 1 and not self.takes("candidates"):
            raise ModelError(f"{name} cannot tell which of several takes fits best: ask for takes instead.")
        self.schedule(settings)
        seconds = self.frames(request) / self.facts.rate
        if seconds > self.facts.max_seconds + 1e-9:
            raise ModelError(
                f"{name} makes at most {self.facts.max_seconds:g} s, and {seconds:.2f} s were asked for: ask for less."
            )
        return request, notices

    def frames(self, request: Request) -> int:
        """Least length of the new part, in frames at the model's rate."""
        rate = self.facts.rate
        if request.task is Task.INPAINT and request.source is not None:
            return math.ceil((request.stop - request.start) * rate / request.source.rate)
        if request.task is Task.VARIATION and request.source is not None:
            return math.ceil(len(request.source.samples) * rate / request.source.rate)
        if request.frames is None:
            return max(1, round(request.seconds * rate))
        return math.ceil(request.frames * rate / (request.source.rate if request.source else rate))

    def make(self, request: Request, context: Context) -> Result:
        """All takes of a request, one after another, raw. Take i has the seed + i.

        Raises:
            ModelError: the request cannot be met, with the reason.
            Cancelled: the user cancelled; at most one block of a network is computed after that.
        """
        started, spent, scores = perf_counter(), dict[str, float](), Scores()
        request, notices = self._checked(request)
        notices += [notice for notice in self.text_notices(request.settings) if notice not in notices]
        audios = [self._take(request, i, context, spent, scores) for i in range(request.takes)]
        provenance = self.provenance(request)
        if scores.of:
            provenance["scores"] = scores.of
        return Result(tuple(audios), tuple(notices), provenance, perf_counter() - started, spent)

    def _take(self, request: Request, i: int, context: Context, spent: dict[str, float], scores: Scores) -> Audio:
        """Take i: the best of its candidates."""
        count = request.settings.candidates
        low, width = i / request.takes, 1 / (request.takes * count)
        candidates = []
        for k in range(count):

            def tick(done: int, of: int, begin: float = low + k * width) -> None:
                context.progress(begin + width * done / max(of, 1), "Denoising")

            seed = request.seed + i + k * _NEXT_CANDIDATE
            one = replace(request, seed=seed, takes=1)
            candidates.append(self.run(Job(one, seed, self.frames(one), tick, spent, context)))
            tick(1, 1)  # a model that ends early has made all of it, too
        if count == 1:
            return self._joined(request, candidates[0])
        with self.computing(0, context):
            marks = self.score(request.settings.prompt, [candidate.samples for candidate in candidates])
        scores.of.append(marks)
        return self._joined(request, candidates[int(np.argmax(marks))])

    def run(self, job: Job) -> NewPart:
        """Makes a new part. Raises `ModelError` when memory runs out."""
        with self.computing(job.seed, job.context):
            return self.tasks()[job.request.task](job)

    @contextmanager
    def computing(self, seed: int, context: Context) -> Iterator[None]:
        """Disables gradients, seeds torch's own generators, and lets a cancel stop the networks."""
        context.check()
        places = [self.device_plan.device] if self.device_plan.device.type == "cuda" else []
        try:
            with quiet_libraries(), torch.no_grad(), torch.random.fork_rng(places), self.watch.over(context):
                torch.manual_seed(seed)
                yield
        except RuntimeError as error:
            if device.out_of_memory(error):
                if self.device_plan.device.type == "cuda":
                    torch.cuda.empty_cache()
                raise ModelError(
                    f"Memory ran out on {self.device_plan}: close programs, ask for less at once, or choose the CPU."
                ) from error
            raise

    def fitted(self, job: Job, whole: np.ndarray, begin: int) -> NewPart:
        """The new part of rendered audio (frames, channels), with the gain that matches the source."""
        request, rate = job.request, self.facts.rate
        assert request.source is not None
        stop = request.start if request.task is Task.INPAINT else len(request.source.samples)
        neighbour = request.source.samples[max(stop - 2 * request.source.rate, 0) : stop]
        neighbour = fit_channels(resample(neighbour, request.source.rate, rate), self.facts.channels)
        gain = crossfade.matched_gain(neighbour[-begin:] if begin else neighbour[:0], whole[:begin], rate)
        return NewPart(whole[begin : begin + job.frames], gain)

    def _joined(self, request: Request, new: NewPart) -> Audio:
        """A new part with the requested length, at the source's rate, channels and about its level."""
        source = request.source
        samples = new.samples.astype(np.float32, copy=False)
        if source is None:
            frames = request.frames if request.frames is not None else self.frames(request)
            return Audio(np.ascontiguousarray(samples[:frames]), self.facts.rate)
        samples = fit_channels(resample(samples, self.facts.rate, source.rate), source.samples.shape[1])
        samples = (new.gain * samples).astype(np.float32)
        if request.task is Task.INPAINT:
            samples = samples[: request.stop - request.start]
        elif request.task is Task.VARIATION:
            samples = samples[: len(source.samples)]
        else:
            frames = request.frames if request.frames is not None else max(1, round(request.seconds * source.rate))
            samples = samples[-frames:] if request.task is Task.EXTEND_LEFT else samples[:frames]
        return Audio(np.ascontiguousarray(samples, np.float32), source.rate)

    def checked(self, request: Request) -> Request:
        """The request within what the model can do."""
        return self._checked(request)[0]

    def check_stream(self, request: Request) -> None:
        """Raises `ModelError` where the model cannot continue audio, which a stream needs."""
        super().check_stream(request)
        if Task.CONTINUE not in self.tasks():
            sentences = [f"{self.layout.system.name} cannot go on without end: it makes one piece at a time."]
            raise ModelError(" ".join((*sentences, *self.facts.notices)))

    def begin(self, request: Request, context: Context) -> ContinuationStream:
        """An endless stream before its level is set, from nothing or from the end of `request.source`."""
        return ContinuationStream(
            self._piece, self.steps, self.text_notices, request, self.facts.rate, self.facts.chunk_seconds
        )

    def _piece(self, request: Request, context: Context) -> tuple[Audio, dict[str, float]]:
        """One take of a checked request, as a stream needs it."""
        spent: dict[str, float] = {}
        return self._take(self._checked(request)[0], 0, context, spent, Scores()), spent

    def provenance(self, request: Request) -> dict[str, Any]:
        """Request, seed, model and hash of weights as plain JSON values, for the records of takes."""
        settings, licence = request.settings, self.layout.licence
        details = {
            "system": self.layout.system.id,
            "noncommercial": non_commercial(licence),
            "threads": torch.get_num_threads(),
            "diffusers": diffusers.__version__,
            "transformers": transformers.__version__,
            "negative": settings.negative if self.takes("negative") else "",
            "audio_prompt": settings.audio_prompt is not None and self.takes("audio_prompt"),
            "words": settings.words if self.takes("words") else "",
            "candidates": settings.candidates,
            "steps": self.steps(settings),
            "guidance": self.guidance(settings),
            "schedule": self.schedule(settings),
            **self.describe(settings),
        }
        return result_record(self.capabilities, request, details)
