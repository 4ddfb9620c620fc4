"""LongCat-AudioDiT: words to sound, up to 30 s."""

import math
from collections.abc import Mapping
from typing import Any

import torch

from engine.generate import parameters
from engine.generate.interface import Settings, Task
from engine.generate.pipelines import loading, truncation_notices
from engine.generate.pipelines.adapter import NO_CONTEXT, Adapter, Facts, Job, NewPart, TaskFunction
from engine.generate.pipelines.checkpoint_layout import Layout
from engine.generate.pipelines.device_plan import DevicePlan
from engine.generate.pipelines.stable_audio import seconds


class LongCat(Adapter):
    """A loaded `LongCatAudioDiTPipeline`."""

    default_steps, default_guidance = 16, 4.0

    def __init__(self, layout: Layout, device_plan: DevicePlan) -> None:
        self._pipe: Any = loading.pipeline(layout, device_plan)
        longest = float(self._pipe.max_wav_duration)
        self.facts = Facts(
            int(self._pipe.sample_rate),
            1,
            longest,
            longest,
            longest,
            parameters.text_to_sound(self.default_steps, self.default_guidance),
            (NO_CONTEXT,),
        )
        super().__init__(layout, device_plan)

    def networks(self) -> list[torch.nn.Module]:
        """All of the pipeline's."""
        return loading.networks(self._pipe)

    def tasks(self) -> Mapping[Task, TaskFunction]:
        """Generates."""
        return {Task.GENERATE: self._generate}

    def text_notices(self, settings: Settings) -> list[str]:
        """What of the prompts is not read."""
        return truncation_notices.of_prompts(self._pipe.tokenizer, settings)

    def _generate(self, job: Job) -> NewPart:
        settings, steps = job.settings, self.steps(job.settings)
        hop = int(self._pipe.vae_scale_factor)
        whole = math.ceil(job.frames / hop) * hop  # the pipeline rounds down to whole latents

        def tell(pipe: Any, step: int, time: Any, tensors: dict[str, Any]) -> dict[str, Any]:
            job.tick(step + 1, steps)
            return tensors

        audios = self._pipe(
            settings.prompt,
            negative_prompt=settings.negative.strip() or None,
            audio_duration_s=seconds(whole, self.facts.rate),
            num_inference_steps=steps,
            guidance_scale=self.guidance(settings),
            generator=job.generator(),
            callback_on_step_end=tell,
        ).audios
        return NewPart(audios[0].T[: job.frames])
