"""MusicLDM: words to music, mono at 16 kHz.

diffusers keeps the pipeline without looking after it: with transformers 5 it cannot read CLAP's vectors by itself, so
they are handed in.
"""

from collections.abc import Mapping

import torch

from engine.generate.interface import Settings, Task
from engine.generate.pipelines import loading
from engine.generate.pipelines.adapter import NO_CONTEXT, Job, NewPart, TaskFunction
from engine.generate.pipelines.checkpoint_layout import Layout
from engine.generate.pipelines.device_plan import DevicePlan
from engine.generate.pipelines.mel_model import MelModel, features, tell
from engine.generate.pipelines.stable_audio import seconds


class MusicLdm(MelModel):
    """A loaded `MusicLDMPipeline`."""

    default_guidance = 2.0

    def __init__(self, layout: Layout, device_plan: DevicePlan) -> None:
        pipe = loading.pipeline(layout, device_plan)
        super().__init__(layout, device_plan, pipe, (), (NO_CONTEXT,))

    def tasks(self) -> Mapping[Task, TaskFunction]:
        """Generates."""
        return {Task.GENERATE: self._generate}

    def embedded(self, settings: Settings) -> tuple[torch.Tensor, torch.Tensor]:
        """CLAP's vectors (1, E) of the prompt and of the negative one."""
        vectors = []
        for text in (settings.prompt, settings.negative):
            read = self._pipe.tokenizer(
                text,
                padding="max_length",
                max_length=self._pipe.tokenizer.model_max_length,
                truncation=True,
                return_tensors="pt",
            )
            vectors.append(features(self._pipe.text_encoder.get_text_features(**read.to(self.device_plan.device))))
        return vectors[0], vectors[1]

    def _generate(self, job: Job) -> NewPart:
        settings, steps = job.settings, self.steps(job.settings)
        prompt, negative = self.embedded(settings)
        self._pipe.scheduler = self.scheduler(settings)
        latents = self._pipe(
            prompt_embeds=prompt,
            negative_prompt_embeds=negative,
            audio_length_in_s=max(seconds(job.frames, self.facts.rate), self.shortest),
            num_inference_steps=steps,
            guidance_scale=self.guidance(settings),
            generator=job.generator(),
            callback=tell(job, steps),
            output_type="latent",
        ).audios
        return NewPart(self.sound(latents, job.frames, job)[:, None])
