"""AudioLDM 2 (Liu et al. 2023): words to sound, music or speech, mono at 16 kHz; and of sound: see `audioldm2_editing`.

Everything that diffusers' pipeline does is left to it. An AudioMAE in the model's folder (`audiomae`) adds what needs
the language of audio of given sound: going on where it ends.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor
from transformers import GPT2LMHeadModel, VitsModel

from engine.errors import ModelError
from engine.generate import parameters
from engine.generate.interface import Settings, Task
from engine.generate.pipelines import loading, truncation_notices
from engine.generate.pipelines.adapter import Job, NewPart, TaskFunction
from engine.generate.pipelines.audioldm2_editing import InContext
from engine.generate.pipelines.checkpoint_layout import Layout
from engine.generate.pipelines.device_plan import DevicePlan
from engine.generate.pipelines.mel_model import MelModel, tell
from engine.generate.pipelines.stable_audio import seconds
from engine.models.loa import POOLINGS, Loa, vectors

AUDIOMAE = "audiomae"
_SPEECH_VECTORS = 512
_MARKS = 5  # vectors that the projection adds around those of the texts


class AudioLdm2(MelModel):
    """A loaded `AudioLDM2Pipeline`."""

    default_guidance = 3.5

    def __init__(self, layout: Layout, device_plan: DevicePlan) -> None:
        with loading.opening(layout):
            language = loading.read_network(  # released folders name GPT2Model, which the pipeline cannot use
                GPT2LMHeadModel,
                layout,
                "language_model",
                dtype=device_plan.dtype,
                variant=layout.variant,
                subfolder="language_model",
            )
        pipe = loading.pipeline(layout, device_plan, language_model=language)
        self.speaks = isinstance(pipe.text_encoder_2, VitsModel)
        self.loa: Loa | None = None
        notices: tuple[str, ...] = ()
        if (layout.folder / AUDIOMAE).is_dir():
            self.loa = Loa.from_pretrained(layout.folder / AUDIOMAE).to(device_plan.device)
        elif not self.speaks:
            notices = (f"To continue a sound it needs an AudioMAE: put one into the folder's “{AUDIOMAE}”.",)
        self.vectors = self._vectors(pipe, layout)
        self.pooling = next((pooling for pooling in POOLINGS if vectors(pooling) == self.vectors), None)
        if self.loa is not None and (self.pooling is None or self.loa.config.hidden != language.config.n_embd):
            raise ModelError(f"The AudioMAE in {layout.folder} is not the one that this model learned from.")
        more = (parameters.words("Text to speak"),) if self.speaks else ()
        self.sounds = InContext(self)
        super().__init__(layout, device_plan, pipe, more, notices)

    def _vectors(self, pipe: Any, layout: Layout) -> int:
        """Length of the language of audio that the GPT-2 writes: 8, or as many as speech takes."""
        config = pipe.language_model.config
        if not self.speaks:
            return int(getattr(config, "max_new_tokens", None) or vectors(8))
        room = config.n_positions - pipe.tokenizer_2.model_max_length - _MARKS
        if room < 1:
            raise ModelError(f"The texts of {layout.folder} leave its language model no room: get the model again.")
        return min(_SPEECH_VECTORS, room)

    def networks(self) -> list[torch.nn.Module]:
        """All of the pipeline's, and the AudioMAE."""
        return [*super().networks(), *([self.loa] if self.loa is not None else [])]

    def tasks(self) -> Mapping[Task, TaskFunction]:
        """Speech is generated only; sound and music also regenerated and varied, and continued with an AudioMAE."""
        if self.speaks:
            return {Task.GENERATE: self._generate}
        functions: dict[Task, TaskFunction] = {
            Task.GENERATE: self._generate,
            Task.INPAINT: self.sounds.fill,
            Task.VARIATION: self.sounds.vary,
        }
        if self.loa is not None:
            functions |= {Task.CONTINUE: self.sounds.go_on, Task.EXTEND_LEFT: self.sounds.lead_in}
        return functions

    def text_notices(self, settings: Settings) -> list[str]:
        """What of the prompts CLAP and FLAN-T5 do not read, or of the words to speak."""
        notices, second = super().text_notices(settings), self._pipe.tokenizer_2
        if self.speaks:
            if not settings.words.strip():
                raise ModelError("This model speaks: write what it shall say, and who speaks into the prompt.")
            truncation_notices.check_phonemes(second)
            return [*notices, *truncation_notices.notice("text to speak", second, settings.words)]
        for name, text in (("prompt", settings.prompt), ("negative prompt", settings.negative)):
            notices += truncation_notices.notice(name, second, text, reader="FLAN-T5")
        return notices

    def describe(self, settings: Settings) -> dict[str, Any]:
        """The length of the language of audio."""
        return {"loa_vectors": self.vectors}

    def _generate(self, job: Job) -> NewPart:
        length = max(seconds(job.frames, self.facts.rate), self.shortest)
        latents = self.denoised(job, self.scheduler(job.settings), length, tell(job, self.steps(job.settings)))
        return NewPart(self.sound(latents, job.frames, job)[:, None])

    def denoised(self, job: Job, scheduler: Any, length: float, callback: Any, latents: Tensor | None = None) -> Tensor:
        """Latents of `length` seconds; `latents` are where they start, noise without them."""
        settings = job.settings
        self._pipe.scheduler = scheduler
        words = {"transcription": settings.words, "max_new_tokens": self.vectors} if self.speaks else {}
        with job.timed("denoising"):
            clean = self._pipe(
                settings.prompt,
                audio_length_in_s=length,
                num_inference_steps=self.steps(settings),
                guidance_scale=self.guidance(settings),
                negative_prompt=settings.negative or None,
                generator=job.generator(),
                latents=latents,
                callback=callback,
                output_type="latent",
                **words,
            ).audios
        return torch.as_tensor(clean)

    @contextmanager
    def given(self, around: tuple[Tensor, Tensor] | None) -> Iterator[None]:
        """Prefixes GPT-2's input with the first vectors (1, n, D) and appends the second to its output."""
        if around is None:
            yield
            return
        pipe, (before, after) = self._pipe, around
        write = pipe.generate_language_model

        def between(inputs_embeds: Tensor, max_new_tokens: int | None = None, **more: Any) -> Tensor:
            count = (max_new_tokens or self.vectors) - before.shape[1] - after.shape[1]
            left, right = (part.to(inputs_embeds).expand(len(inputs_embeds), -1, -1) for part in (before, after))
            if count <= 0:
                return torch.cat((left, right), dim=1)
            mask = more.pop("attention_mask")
            mask = torch.cat((mask, mask.new_ones(left.shape[:2])), dim=1)
            written = write(torch.cat((inputs_embeds, left), dim=1), count, attention_mask=mask, **more)
            return torch.cat((left, written, right), dim=1)

        pipe.generate_language_model = between
        try:
            yield
        finally:
            del pipe.generate_language_model
