"""Stable Audio 3: words to stereo, variations of a sound, and parts of it made anew, in its own three pipelines."""

from collections.abc import Mapping
from typing import Any

import torch

from engine.generate import parameters
from engine.generate.interface import Parameter, Settings, Task
from engine.generate.pipelines import loading, truncation_notices
from engine.generate.pipelines.adapter import Adapter, Facts, Job, NewPart, TaskFunction
from engine.generate.pipelines.checkpoint_layout import Layout
from engine.generate.pipelines.device_plan import DevicePlan
from engine.generate.pipelines.stable_audio import seconds, waveform
from engine.models.quiet_libraries import quiet_libraries

_TOKENS = 256  # that the pipeline reads at most


class StableAudio3(Adapter):
    """The three pipelines over one set of networks."""

    default_guidance = 1.0

    def __init__(self, layout: Layout, device_plan: DevicePlan) -> None:
        from diffusers import StableAudio3AudioToAudioPipeline, StableAudio3InpaintPipeline, StableAudio3Pipeline

        loaded = loading.pipeline(layout, device_plan)
        with quiet_libraries():
            parts = loaded.components
            self._pipe: Any = StableAudio3Pipeline(**parts)
            self._filling: Any = StableAudio3InpaintPipeline(**parts)
            self._varying: Any = StableAudio3AudioToAudioPipeline(**parts)
        for pipe in (self._pipe, self._filling, self._varying):
            pipe.set_progress_bar_config(disable=True)
        vae = self._pipe.vae
        distilled = bool(self._pipe.scheduler.config.stochastic_sampling)
        self.default_steps = 8 if distilled else 100
        longest = float(self._pipe.duration_embedder.config.max_val)
        shown: tuple[Parameter, ...] = (parameters.prompt(), parameters.steps(self.default_steps))
        if not distilled:
            self.default_guidance = 7.0
            shown += (parameters.negative(), parameters.guidance(self.default_guidance))
        self.facts = Facts(
            int(vae.config.sampling_rate),
            int(vae.config.audio_channels),
            longest,
            longest,
            longest,
            shown,
            ("It cannot continue a sound.",),
        )
        super().__init__(layout, device_plan)

    def networks(self) -> list[torch.nn.Module]:
        """All of the pipelines'."""
        return loading.networks(self._pipe)

    def tasks(self) -> Mapping[Task, TaskFunction]:
        """Generates, varies, and makes parts anew."""
        return {Task.GENERATE: self._generate, Task.INPAINT: self._fill, Task.VARIATION: self._vary}

    def text_notices(self, settings: Settings) -> list[str]:
        """What of the prompts is not read."""
        read = self._pipe.tokenizer
        return [
            *truncation_notices.notice("prompt", read, settings.prompt, _TOKENS),
            *truncation_notices.notice(
                "negative prompt", read, settings.negative if self.takes("negative") else "", _TOKENS
            ),
        ]

    def _common(self, job: Job) -> dict[str, Any]:
        steps = self.steps(job.settings)

        def tell(pipe: Any, step: int, time: Any, tensors: dict[str, Any]) -> dict[str, Any]:
            job.tick(step + 1, steps)
            return tensors

        return {"num_inference_steps": steps, "generator": job.generator(), "callback_on_step_end": tell}

    def _generate(self, job: Job) -> NewPart:
        guided = {}
        if self.takes("guidance"):
            guided = {
                "guidance_scale": self.guidance(job.settings),
                "negative_prompt": job.settings.negative.strip() or None,
            }
        length = seconds(job.frames, self.facts.rate)
        audios = self._pipe(job.settings.prompt, duration=length, **guided, **self._common(job)).audios
        return NewPart(audios[0].float().cpu().numpy().T)

    def _fill(self, job: Job) -> NewPart:
        """The hole, with the whole sound around it as its context."""
        request, rate = job.request, self.facts.rate
        assert request.source is not None
        sound = self._whole(job)
        start, stop = (frame / request.source.rate for frame in (request.start, request.stop))
        audios = self._filling(
            job.settings.prompt,
            duration=len(request.source.samples) / request.source.rate,
            audio=sound,
            mask_start_seconds=start,
            mask_end_seconds=stop + self._pipe.vae.downsampling_ratio / rate,
            **self._common(job),
        ).audios
        return self.fitted(job, audios[0].float().cpu().numpy().T, round(start * rate))

    def _vary(self, job: Job) -> NewPart:
        audios = self._varying(
            job.settings.prompt,
            duration=seconds(job.frames, self.facts.rate),
            audio=self._whole(job),
            init_noise_level=max(job.request.strength, 1e-3),
            **self._common(job),
        ).audios
        return NewPart(audios[0].float().cpu().numpy().T)

    def _whole(self, job: Job) -> torch.Tensor:
        """The user's sound, filled up to whole latents."""
        sound = waveform(job, self.facts.rate, self.facts.channels)
        return torch.nn.functional.pad(sound, (0, -sound.shape[-1] % self._pipe.vae.downsampling_ratio))
