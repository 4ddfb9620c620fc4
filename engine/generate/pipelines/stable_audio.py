"""Stable Audio Open: words to stereo at 44.1 kHz, up to 47 s, and variations of a sound.

The pipeline always denoises its whole window. A variation starts from the sound's latents with as much noise as its
strength says: σ runs on the schedule's own logarithmic scale from the least to the most.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from engine.audio import resample
from engine.generate import parameters
from engine.generate.interface import Settings, Task
from engine.generate.pipelines import loading, truncation_notices
from engine.generate.pipelines.adapter import NO_CONTEXT, Adapter, Facts, Job, NewPart, TaskFunction
from engine.generate.pipelines.checkpoint_layout import Layout
from engine.generate.pipelines.device_plan import DevicePlan
from engine.mono import fit_channels


def seconds(frames: int, rate: int) -> float:
    """The length that a pipeline, which rounds down, turns into so many frames."""
    length = frames / rate
    return length if int(length * rate) >= frames else float(np.nextafter(length, np.inf))


def waveform(job: Job, rate: int, channels: int) -> torch.Tensor:
    """The user's sound as (1, channels, frames) at a model's rate."""
    source = job.request.source
    assert source is not None
    samples = fit_channels(resample(source.samples, source.rate, rate), channels)
    return torch.from_numpy(np.ascontiguousarray(samples.T, np.float32))[None]


class StableAudio(Adapter):
    """A loaded `StableAudioPipeline`."""

    default_steps, default_guidance = 100, 7.0

    def __init__(self, layout: Layout, device_plan: DevicePlan) -> None:
        self._pipe: Any = loading.pipeline(layout, device_plan)
        vae, transformer = self._pipe.vae, self._pipe.transformer
        if device_plan.offload:
            vae.enable_tiling()
        rate = int(vae.config.sampling_rate)
        window = transformer.config.sample_size * vae.hop_length / rate
        self.facts = Facts(
            rate,
            int(vae.config.audio_channels),
            window,
            window,
            min(window, float(self._pipe.projection_model.config.max_value)),
            parameters.text_to_sound(self.default_steps, self.default_guidance),
            (NO_CONTEXT,),
        )
        super().__init__(layout, device_plan)

    def networks(self) -> list[torch.nn.Module]:
        """All of the pipeline's."""
        return loading.networks(self._pipe)

    def tasks(self) -> Mapping[Task, TaskFunction]:
        """Generates and varies."""
        return {Task.GENERATE: self._generate, Task.VARIATION: self._vary}

    def text_notices(self, settings: Settings) -> list[str]:
        """What of the prompts is not read."""
        return truncation_notices.of_prompts(self._pipe.tokenizer, settings)

    def _generate(self, job: Job, **sound: Any) -> NewPart:
        settings, steps = job.settings, self.steps(job.settings)
        audios = self._pipe(
            settings.prompt,
            negative_prompt=settings.negative.strip() or None,
            audio_end_in_s=seconds(job.frames, self.facts.rate),
            num_inference_steps=steps,
            guidance_scale=self.guidance(settings),
            generator=job.generator(),
            callback=lambda step, time, latents: job.tick(step + 1, steps),
            **sound,
        ).audios
        return NewPart(audios[0].float().cpu().numpy().T)

    def _vary(self, job: Job) -> NewPart:
        pipe, scheduler = self._pipe, self._pipe.scheduler
        sound = waveform(job, self.facts.rate, self.facts.channels).to(self.device_plan.device, self.device_plan.dtype)
        length = pipe.transformer.config.sample_size * pipe.vae.hop_length
        sound = torch.nn.functional.pad(sound, (0, length - sound.shape[-1]))
        least, most = scheduler.config.sigma_min, scheduler.config.sigma_max
        pipe.scheduler = type(scheduler).from_config(
            scheduler.config, sigma_max=least * (most / least) ** job.request.strength
        )
        try:
            return self._generate(
                job, initial_audio_waveforms=sound, initial_audio_sampling_rate=torch.tensor(self.facts.rate)
            )
        finally:
            pipe.scheduler = scheduler
