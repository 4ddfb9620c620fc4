"""What AudioLDM 2 and MusicLDM have in common: schedules, sound by way of a log-mel, best of several by CLAP."""

from typing import Any

import numpy as np
import torch

from engine.audio import resample
from engine.generate import parameters
from engine.generate.interface import Parameter, Settings
from engine.generate.pipelines import loading, truncation_notices
from engine.generate.pipelines.adapter import Adapter, Facts, Job
from engine.generate.pipelines.checkpoint_layout import Layout
from engine.generate.pipelines.device_plan import DevicePlan
from engine.generate.pipelines.mel import Mel
from engine.mono import fit_channels

DDIM, DPM = "ddim", "dpm-solver++"
STEPS = {DDIM: 200, DPM: 20}
WINDOW = 10.24  # seconds that these models were trained on
_LONGEST = 120.0
_LEAST_COLUMNS = 8
_PIECE, _SMALL_PIECE = 2048, 512  # mel frames decoded at once


def features(output: Any) -> torch.Tensor:
    """A CLAP vector, however the installed transformers returns it."""
    return torch.as_tensor(output if isinstance(output, torch.Tensor) else output.pooler_output)


class MelModel(Adapter):
    """A loaded pipeline whose latents are those of a log-mel."""

    schedules = (DDIM, DPM)

    def __init__(
        self, layout: Layout, device_plan: DevicePlan, pipe: Any, more: tuple[Parameter, ...], notices: tuple[str, ...]
    ) -> None:
        self._pipe = pipe
        self.mel = Mel(pipe.vae, pipe.vocoder)
        self._rates = hasattr(pipe.text_encoder, "get_audio_features") and pipe.feature_extractor is not None
        self.default_steps = STEPS[DDIM]
        self._mel_frames = _PIECE
        if device_plan.offload:
            self._mel_frames = _SMALL_PIECE
            pipe.vae.enable_tiling()
        shown = (
            parameters.prompt(),
            parameters.negative(),
            *more,
            parameters.schedule(self.schedules),
            parameters.steps(self.default_steps),
            parameters.guidance(self.default_guidance),
        )
        if self._rates:
            shown += (parameters.candidates(),)
        self.facts = Facts(self.mel.rate, 1, WINDOW, WINDOW / 2, _LONGEST, shown, notices)
        super().__init__(layout, device_plan)

    def networks(self) -> list[torch.nn.Module]:
        """All of the pipeline's."""
        return loading.networks(self._pipe)

    def steps(self, settings: Settings) -> int:
        """As many as the schedule needs, unless the user says."""
        return STEPS[self.schedule(settings)] if settings.steps is None else settings.steps

    def text_notices(self, settings: Settings) -> list[str]:
        """What of the prompts CLAP does not read."""
        notices = []
        for name, text in (("prompt", settings.prompt), ("negative prompt", settings.negative)):
            notices += truncation_notices.notice(name, self._pipe.tokenizer, text, reader="CLAP")
        return notices

    @property
    def shortest(self) -> float:
        """The least that is denoised at once, in seconds."""
        return _LEAST_COLUMNS * self.mel.samples_a_latent / self.mel.rate

    def scheduler(self, settings: Settings) -> Any:
        """A fresh scheduler for the way of taking steps that is asked for."""
        from diffusers import DDIMScheduler, DPMSolverMultistepScheduler

        own = self._pipe.scheduler
        if self.schedule(settings) == DPM:
            return DPMSolverMultistepScheduler.from_config(own.config, algorithm_type="dpmsolver++")
        return DDIMScheduler.from_config(own.config)

    def sound(self, latents: torch.Tensor, frames: int, job: Job) -> np.ndarray:
        """Mono samples (frames,) of latents."""
        with job.timed("vocoder"):
            return self.mel.decode(latents, frames, job.context, self._mel_frames)

    def score(self, prompt: str, takes: list[np.ndarray]) -> list[float]:
        """The cosine between CLAP's vectors of the prompt and of each sound; of a long one its first ten seconds."""
        clap, hear = self._pipe.text_encoder, self._pipe.feature_extractor
        rate, longest = hear.sampling_rate, hear.nb_max_samples
        waves = [resample(fit_channels(take, 1), self.facts.rate, rate)[:longest, 0] for take in takes]
        mel = hear(waves, sampling_rate=rate, truncation="rand_trunc", return_tensors="pt")["input_features"]
        read = self._pipe.tokenizer(prompt, truncation=True, return_tensors="pt")
        place = self.device_plan
        text = features(clap.get_text_features(**read.to(place.device)))
        audio = features(clap.get_audio_features(input_features=mel.to(place.device, place.dtype)))
        return [float(value) for value in torch.cosine_similarity(text.float(), audio.float())]


def tell(job: Job, steps: int) -> Any:
    """The callback of these pipelines."""

    def callback(step: int, time: Any, latents: torch.Tensor) -> None:
        job.tick(step + 1, steps)

    return callback
