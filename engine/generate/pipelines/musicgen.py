"""MusicGen through transformers: words to music, and music continued from its own codes.

It hears 30 s at once. What is longer is made by continuing the last 20 s with 10 s more.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from transformers import AutoTokenizer, MusicgenForConditionalGeneration

from engine.audio import resample
from engine.errors import ModelError
from engine.generate import parameters
from engine.generate.interface import Parameter, Settings, Task
from engine.generate.pipelines import loading
from engine.generate.pipelines.adapter import Adapter, Facts, Job, NewPart, TaskFunction
from engine.generate.pipelines.checkpoint_layout import Layout
from engine.generate.pipelines.device_plan import DevicePlan
from engine.mono import fit_channels
from engine.music.guide import GuidePart

WINDOW, _HEARD = 30.0, 20.0


class _Ticker:
    """The streamer that `generate` tells of every step."""

    def __init__(self, job: Job, done: int, of: int) -> None:
        self._job, self._done, self._of = job, done - 1, of  # the first call brings what was there before

    def put(self, value: torch.Tensor) -> None:
        """Another column of codes."""
        self._done += 1
        self._job.tick(max(self._done, 0), self._of)

    def end(self) -> None:
        """Nothing is held back."""


class Musicgen(Adapter):
    """A loaded `MusicgenForConditionalGeneration`. It has no denoising: each code is drawn once."""

    default_steps = 1
    kind: Any = MusicgenForConditionalGeneration
    longest = 600.0  # seconds
    more: tuple[Parameter, ...] = ()
    notices: tuple[str, ...] = ("It cannot make a part of a sound anew.",)
    guides: frozenset[GuidePart] = frozenset({GuidePart.SWELL})

    def __init__(self, layout: Layout, device_plan: DevicePlan) -> None:
        if device_plan.offload:
            raise ModelError("MusicGen does not fit into the GPU's memory: choose the CPU, or a smaller model.")
        with loading.opening(layout):
            self._model: Any = loading.read_network(self.kind, layout, "model", dtype=device_plan.dtype)
            self._tokenizer: Any = AutoTokenizer.from_pretrained(layout.folder, local_files_only=True)
        self._model.to(device_plan.device).eval()
        config, generation = self._model.config, self._model.generation_config
        self._frame_rate = int(config.audio_encoder.frame_rate)
        self._hop = int(config.audio_encoder.sampling_rate) // self._frame_rate
        self._channels = int(config.decoder.audio_channels)
        self._delay = config.decoder.num_codebooks // self._channels - 1
        self.default_guidance = float(generation.guidance_scale or 3.0)
        self.facts = Facts(
            int(config.audio_encoder.sampling_rate),
            self._channels,
            WINDOW,
            WINDOW - _HEARD,
            self.longest,
            (
                parameters.prompt(),
                *self.more,
                parameters.guidance(self.default_guidance),
                parameters.temperature(generation.temperature or 1.0),
                parameters.top_k(generation.top_k or 250, 2048),
                parameters.top_p(generation.top_p or 1.0),
            ),
            self.notices,
            guides=self.guides,
        )
        super().__init__(layout, device_plan)

    def networks(self) -> list[torch.nn.Module]:
        """The model."""
        return [self._model]

    def tasks(self) -> Mapping[Task, TaskFunction]:
        """Generates and continues."""
        return {Task.GENERATE: self._generate, Task.CONTINUE: self._continue}

    def describe(self, settings: Settings) -> dict[str, Any]:
        """How codes were drawn."""
        names = ("temperature", "top_k", "top_p")
        return {name: getattr(settings, name) for name in names if getattr(settings, name) is not None}

    def _generate(self, job: Job) -> NewPart:
        return NewPart(self._extended(job, np.zeros((0, self._channels), np.float32))[0])

    def _continue(self, job: Job) -> NewPart:
        source = job.request.source
        assert source is not None
        past = source.samples[-round((_HEARD + 1) * source.rate) :]
        past = fit_channels(resample(past, source.rate, self.facts.rate), self._channels)
        codes, rendered = self._extended(job, past)
        return self.fitted(job, np.concatenate((rendered, codes)), len(rendered))

    def _extended(self, job: Job, past: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The part after `past` (frames, channels), and the model's rendering of the end of `past`."""
        pieces: list[np.ndarray] = []
        done, total = 0, -(-job.frames // self._hop)
        first = np.zeros((0, self._channels), np.float32)
        while done < total:
            so_far = np.concatenate((past, *pieces))
            context = min(len(so_far) // self._hop, round(_HEARD * self._frame_rate))
            room = round(WINDOW * self._frame_rate) - context
            count = min(room, total - done)
            rendered, part = self._once(job, so_far[len(so_far) - context * self._hop :], count, (done, total))
            if not pieces:
                first = rendered
            pieces.append(part)
            done += count
        return np.concatenate(pieces)[: job.frames], first

    def _once(self, job: Job, past: np.ndarray, count: int, progress: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
        """The model's rendering of `past`, and `count` more code frames."""
        settings, place = job.settings, self.device_plan
        words = self._tokenizer([settings.prompt], return_tensors="pt", padding=True).to(place.device)
        chosen = {"guidance_scale": self.guidance(settings), **self.describe(settings)}
        done, total = progress
        sound = self._model.generate(
            **words,
            **self.heard(job, past),
            **chosen,
            max_new_tokens=count + self._delay,
            streamer=_Ticker(job, done, total + self._delay),
        )
        wave = sound[0].float().cpu().numpy().T
        return wave[: len(past)], wave[len(past) :]

    def heard(self, job: Job, past: np.ndarray) -> dict[str, torch.Tensor]:
        """What the model is given besides the words: the sound (frames, channels) that it continues, if any."""
        if not len(past):
            return {}
        place = self.device_plan
        wave = torch.from_numpy(np.ascontiguousarray(past.T))[None].to(place.device)  # (1, channels, frames)
        return {"input_values": wave.to(place.dtype), "padding_mask": torch.ones_like(wave[:, :1], dtype=torch.bool)}
