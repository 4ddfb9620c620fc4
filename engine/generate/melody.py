"""MeLoDy as a generator: prompt → tokens → latents → sound, for every task (see `interface`), at once or as a stream.

`Melody` holds a loaded model. `generate` makes a whole request: what is longer than the window is generated and
continued, cut to the exact frame. `open` and `stream` continue without end, one chunk a time, starting from a window of
one chunk, or from the end of the user's sound.
"""

from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any

import torch
from torch import nn

from engine.audio import Audio, resample
from engine.errors import ModelError
from engine.generate import context_analysis, device, parameters, prompts, tasks
from engine.generate.interface import Capabilities, Parameter, Request, Result, Settings, Task
from engine.generate.levelled import Levelled
from engine.generate.provenance import result_record
from engine.generate.sampler import Heard, Sampler, SamplingParams
from engine.generate.stream import MelodySession
from engine.jobs import Context
from engine.models import checkpoint, system
from engine.models.diffusion import Schedule, schedule
from engine.models.semantic_lm import Sampling
from engine.models.system import MelodyConfig
from engine.models.token_guidance import Steering
from engine.mono import fit_channels
from engine.music.glossary import Glossary
from engine.music.guide import Guide, GuidePart
from engine.music.keys import key_in, key_name
from engine.timing.stated_tempo import tempo_in, whole_tempos

NEGATIVE_WEIGHT = 0.5
_SPOKEN = frozenset({GuidePart.SWELL, GuidePart.WORDS})
_FOLLOWED = _SPOKEN | {GuidePart.MELODY, GuidePart.CHORDS, GuidePart.ACCENTS}
"""What is followed of a guide, without and with a tokenizer whose tokens mean notes and onsets."""


class Melody(Levelled):
    """A loaded MeLoDy. One thread at a time."""

    def __init__(
        self,
        modules: nn.ModuleDict,
        config: MelodyConfig,
        *,
        model_id: str,
        preset: str,
        name: str = "MeLoDy",
        version: str = "untrained",
        licence: str = "Apache-2.0",
        device_name: str | None = None,
        threads: int | None = None,
        glossary: Glossary | None = None,
    ) -> None:
        torch.set_num_threads(threads or device.threads())
        device.keep_freed_memory()
        self.preset, self.glossary = preset, glossary
        self._identity = (model_id, name, version, licence)
        self._modules, self.config = modules.eval().requires_grad_(False), config
        self._latest: tuple[tuple[object, ...], Audio | None, torch.Tensor] | None = (
            None  # prompts, sound, their prefix
        )
        self.sampler = Sampler(self._modules, config, device.choose(device_name))
        self._context_analyzer = context_analysis.ContextAnalyzer(
            lambda mono: self.sampler.predict_tempo_key(mono), config.mulan.rate
        )

    @classmethod
    def load(
        cls, folder: Path, device_name: str | None = None, *, threads: int | None = None, model_id: str = ""
    ) -> "Melody":
        """The model in `folder`, under the id that it has here or that it gives itself.

        Raises:
            ModelError: it is missing, damaged, or does not fit into memory.
        """
        try:
            description, modules = checkpoint.load(folder)
            return cls(
                modules,
                description.config,
                model_id=model_id or description.id,
                preset=description.preset,
                name=description.name,
                version=description.version,
                licence=description.licence,
                device_name=device_name,
                threads=threads,
                glossary=checkpoint.read_glossary(folder, description),
            )
        except RuntimeError as error:
            if device.out_of_memory(error):
                raise ModelError(
                    f"There is not enough memory to load the model in {folder}: close programs."
                ) from error
            raise

    @classmethod
    def untrained(
        cls, preset: str, device_name: str | None = None, *, seed: int = 0, threads: int | None = None
    ) -> "Melody":
        """A preset with random weights, for tests and measurements."""
        if preset not in system.PRESETS:
            raise ModelError(f"There is no preset “{preset}”: choose {', '.join(system.PRESETS)}.")
        state = torch.random.get_rng_state()
        torch.manual_seed(seed)
        modules = system.build(system.PRESETS[preset])
        torch.random.set_rng_state(state)
        name = f"{preset}-untrained"
        return cls(
            modules, system.PRESETS[preset], model_id=name, preset=preset, device_name=device_name, threads=threads
        )

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""
        streaming, vae = self.config.streaming, self.config.vae
        model_id, name, version, licence = self._identity
        declared: tuple[Parameter, ...] = (
            parameters.prompt(),
            parameters.negative(),
            parameters.audio_prompt("Reference"),
            Parameter("audio_weight", "Ref. strength", "float", 1.0, 0.0, 4.0),
            parameters.steps(streaming.steps, 100),
            parameters.guidance(streaming.guidance, 10.0),
            parameters.schedule(tuple(each.value for each in Schedule)),
            parameters.temperature(streaming.temperature),
            parameters.top_k(streaming.top_k, self.config.lm.vocabulary),
            parameters.top_p(streaming.top_p),
        )
        if self.sampler.token_descriptors is not None:
            declared += (parameters.steering(streaming.steering),)
        return Capabilities(
            model_id,
            name,
            version,
            vae.rate,
            vae.channels,
            streaming.window_seconds,
            streaming.window_seconds / streaming.chunks,
            frozenset(Task) - {Task.ACCOMPANY},
            declared,
            licence,
            str(self.sampler.place),
            listens=self.sampler.listens,
            guides=_FOLLOWED if self.sampler.token_descriptors is not None else _SPOKEN,
        )

    def params(self, settings: Settings, music: Audio | None = None) -> SamplingParams:
        """Settings with defaults filled in and the prompt embedded, which is cached for the latest prompt.

        music: audio next to the new part; its tempo and key apply unless a prompt states others (`context_analysis`).
        """
        defaults = self.config.streaming
        try:
            kind = Schedule(settings.schedule)
        except ValueError as error:
            raise ModelError(f"There is no schedule “{settings.schedule}”: choose {', '.join(Schedule)}.") from error

        def chosen(value: Any, default: Any) -> Any:
            return default if value is None else value

        steps = chosen(settings.steps, defaults.steps)
        return SamplingParams(
            self._prefix(settings),
            (defaults.fitted(steps) if kind is Schedule.LINEAR else ()) or tuple(schedule(steps, kind)),
            chosen(settings.guidance, defaults.guidance),
            Sampling(
                chosen(settings.temperature, defaults.temperature),
                chosen(settings.top_k, defaults.top_k),
                chosen(settings.top_p, defaults.top_p),
                defaults.token_guidance,
            ),
            self._steering(settings, music),
        )

    def _steering(self, settings: Settings, music: Audio | None) -> Steering | None:
        """Guidance to the tempo and key that the prompts state, the first that does so; else to those of the audio."""
        strength = self.config.streaming.steering if settings.steering is None else settings.steering
        texts = [settings.prompt, *(text for text, weight in settings.blend if weight > 0)]
        tempo = next(filter(None, map(tempo_in, texts)), None)
        key = next(filter(None, map(key_in, texts)), None)
        if self.sampler.token_descriptors is None or not strength:
            return None
        if tempo is None or key is None:
            estimate = self._context_analyzer.tempo_and_key(settings, music)
            tempo, key = tempo or estimate[0], key or estimate[1]
        return Steering(tempo, key, strength) if tempo or key else None

    def _prefix(self, settings: Settings) -> torch.Tensor:
        key = (settings.prompt, settings.blend, settings.negative, settings.audio_weight)
        if self._latest and self._latest[0] == key and self._latest[1] is settings.audio_prompt:
            return self._latest[2]
        prefix = self.sampler.prefix(self._embed(settings))
        self._latest = (key, settings.audio_prompt, prefix)
        return prefix

    def _embed(self, settings: Settings) -> torch.Tensor | None:
        """The weighted mean of all prompts' vectors (1, E), less half the negative one's; None without any."""
        weighted = [(settings.prompt, 1.0), *settings.blend]
        weighted = [(text, weight) for text, weight in weighted if text.strip() and weight]
        vectors = []
        if weighted:
            texts = self.sampler.embed_text([self.read(text) for text, _ in weighted])
            vectors += [weight * vector for (_, weight), vector in zip(weighted, texts, strict=True)]
        if settings.audio_prompt is not None:
            mono = prompts.audio_prompt(settings.audio_prompt, self.config.mulan.rate)
            vectors.append(settings.audio_weight * self.sampler.embed_music(mono)[0])
        if settings.negative.strip():
            vectors.append(-NEGATIVE_WEIGHT * self.sampler.embed_text([self.read(settings.negative)])[0])
        return torch.nn.functional.normalize(torch.stack(vectors).sum(dim=0)[None], dim=-1) if vectors else None

    def read(self, text: str) -> str:
        """The prompt in words of the training captions, which state whole tempos; guidance uses the exact tempo."""
        text = whole_tempos(text)
        return self.glossary.reworded(text) if self.glossary else text

    def checked(self, request: Request) -> Request:
        """The request, if it can be met; raises `ModelError`."""
        if request.task is Task.ACCOMPANY:
            raise ModelError(f"{self.capabilities.name} cannot accompany a sound: choose the composer.")
        if request.task is Task.VARIATION and set(request.guide.parts) - {GuidePart.SWELL}:
            raise ModelError(
                f"{self.capabilities.name} varies a sound with the notes that it has, so it follows only a swell "
                "there: leave the rest of the guide out, or make the part anew."
            )
        return super().checked(request)

    def make(self, request: Request, context: Context) -> Result:
        """All takes of a checked request, before their level is set.

        When memory runs out the takes are made in smaller batches, then on the CPU, and a notice says so.

        Raises:
            ModelError: the request cannot be met, with the reason.
            Cancelled: the user cancelled.
        """
        started, self.sampler.timings = perf_counter(), {}
        notices = prompts.text_notices(request.settings, self.config.mulan.words)
        music = context_analysis.around(request)
        hearing = self._heard(request)
        params = self._params(request, music, hearing)
        takes: list[Audio] = []
        batches: list[dict[str, Any]] = []
        batch = request.takes
        while len(takes) < request.takes:
            size = min(batch, request.takes - len(takes))
            part = replace(request, seed=request.seed + len(takes), takes=size)
            span = (len(takes) / request.takes, (len(takes) + size) / request.takes)
            try:
                self.sampler.use(size, params.guidance, request.settings.network)
                takes_made = tasks.run(self.sampler, part, params, context, span)
            except RuntimeError as error:
                if not device.out_of_memory(error):
                    raise
                batch = self._make_room(size, notices)
                hearing = self._heard(request)
                params = self._params(request, music, hearing)
                continue
            takes += takes_made
            mode = self.sampler.runtime.used.value
            batches.append({"takes": size, "device": str(self.sampler.place), "network": mode})
        return Result(
            tuple(takes),
            tuple(notices),
            {**self.provenance(request, music), "batches": batches},
            perf_counter() - started,
            dict(self.sampler.timings),
        )

    def _params(self, request: Request, music: Audio | None, heard: Heard | None) -> SamplingParams:
        """The parameters of a request made at once, with its guide."""
        params, guide = self.params(request.settings, music), request.guide
        rate = self.config.ssl.token_rate
        prompts = tuple(
            (round(each.time * rate), self.sampler.prefix(self._embed(replace(request.settings, prompt=each.prompt))))
            for each in guide.words
        )
        return replace(params, heard=heard, guide=_notes_of(guide), prompts=prompts)

    def _make_room(self, size: int, notices: list[str]) -> int:
        """Makes room in memory: a smaller batch, then the CPU; raises `ModelError` where neither is left."""
        place = self.sampler.place
        self.sampler.release()
        if place.device.type == "cuda":
            torch.cuda.empty_cache()
        if size > 1:
            notices.append(f"Memory ran out with {size} takes at once: they are made {size // 2} at a time.")
            return size // 2
        if place.device.type == "cpu":
            raise ModelError("There is not enough memory for this request: close programs, or ask for less at once.")
        notices.append(f"Memory ran out on {place}: the CPU takes over, which is slower.")
        self.sampler = Sampler(self._modules, self.config, device.choose("cpu"))
        self._latest = None
        return 1

    def begin(self, request: Request, context: Context) -> MelodySession:
        """An endless stream before its level is set, from nothing or from the end of `request.source`."""
        music, hearing = context_analysis.around(request), self._heard(request)

        def params(settings: Settings) -> SamplingParams:
            return replace(self.params(settings, music), heard=hearing, guide=_notes_of(request.guide))

        return MelodySession(self.sampler, params, request, self.config.mulan.words)

    def _heard(self, request: Request) -> Heard | None:
        """What sounds beside the new part, as the networks hear it."""
        rate, channels, sound = self.config.vae.rate, self.config.vae.channels, None
        if request.context is not None and self.sampler.listens:
            sound = resample(request.context.samples, request.context.rate, rate)
            sound = fit_channels(sound, channels)
        return self.sampler.listen(sound, request.alone)

    def provenance(self, request: Request, music: Audio | None = None) -> dict[str, Any]:
        """Request, seed, model and hash of weights as plain JSON values, for the records of takes.

        music: what `context_analysis.around` finds, where that has been done.
        """
        settings = request.settings
        params = self.params(settings, music or context_analysis.around(request))
        steering = params.steering or Steering(strength=0.0)
        details = {
            "threads": torch.get_num_threads(),
            "prompt_read_as": self.read(settings.prompt),
            "blend": [list(pair) for pair in settings.blend],
            "negative": settings.negative,
            "audio_prompt": settings.audio_prompt is not None,
            "steps": len(params.omegas),
            "guidance": params.guidance,
            "schedule": settings.schedule,
            "temperature": params.sampling.temperature,
            "top_k": params.sampling.top_k,
            "top_p": params.sampling.top_p,
            "token_guidance": params.sampling.guidance,
            "steering": steering.strength,
            "held_tempo": round(steering.tempo, 3) if steering.tempo else None,
            "held_key": key_name(steering.key) if steering.key else None,
            **({"context": request.context is not None, "alone": request.alone} if self.sampler.listens else {}),
            "chunk_seconds": self.config.streaming.window_seconds / self.config.streaming.chunks,
        }
        return result_record(self.capabilities, request, details)


def _notes_of(guide: Guide) -> Guide:
    """What tokens can follow."""
    return guide.only((GuidePart.MELODY, GuidePart.CHORDS, GuidePart.ACCENTS))
