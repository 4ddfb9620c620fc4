"""ACE-Step 1.5: words and lyrics to music at 48 kHz, parts of a sound made anew, and covers of it.

A cover is what `Task.VARIATION` asks for; it needs the checkpoint's audio tokenizer, which some folders lack. What is
no “turbo” also listens to a request's `context`: one part that fits it is the task `lego`, the whole is `complete`.
The melody and the chords of a guide are played as plain tones, and what is made is a cover of these.
"""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from engine.audio import Audio, fit_length, resample
from engine.errors import ModelError
from engine.generate import parameters, prompts
from engine.generate.interface import Parameter, Settings, Task
from engine.generate.pipelines import loading, truncation_notices
from engine.generate.pipelines.adapter import Adapter, Facts, Job, NewPart, TaskFunction
from engine.generate.pipelines.checkpoint_layout import Layout
from engine.generate.pipelines.device_plan import DevicePlan
from engine.generate.pipelines.stable_audio import seconds, waveform
from engine.mono import fit_channels
from engine.music.guide import Guide, GuidePart

_LONGEST = 600.0
_PROMPT_TOKENS, _LYRIC_TOKENS = 256, 2048
_TRACKS = {
    "backing vocals": "backing_vocals", "backing_vocals": "backing_vocals", "choir": "backing_vocals",
    "vocal": "vocals", "voice": "vocals", "singer": "vocals", "drum": "drums", "percussion": "percussion",
    "conga": "percussion", "shaker": "percussion", "bass": "bass", "guitar": "guitar", "piano": "keyboard",
    "organ": "keyboard", "keyboard": "keyboard", "rhodes": "keyboard", "string": "strings", "violin": "strings",
    "cello": "strings", "synth": "synth", "pad": "synth", "trumpet": "brass", "trombone": "brass", "horn": "brass",
    "brass": "brass", "flute": "woodwinds", "clarinet": "woodwinds", "saxophone": "woodwinds", "oboe": "woodwinds",
    "effect": "fx",
}  # fmt: skip
"""Words of prompts, and the model's name for what they name."""
_LIKE = 0.6  # of the steps in which the model hears the tones of a guide
_METADATA = "\n\n# Metas"  # follows the prompt in what the text encoder reads


def tracks_named(prompt: str) -> list[str]:
    """The model's names for the instruments in a prompt, in the order in which they are named."""
    text, places = prompt.lower(), dict[str, int]()
    for word, name in _TRACKS.items():
        if match := re.search(rf"\b{re.escape(word)}", text):
            places[name] = min(places.get(name, len(text)), match.start())
    if "backing_vocals" in places and places.get("vocals", -1) > places["backing_vocals"]:
        del places["vocals"]  # the second of its words
    return sorted(places, key=lambda name: places[name])


def sketched(guide: Guide, frames: int, rate: int) -> np.ndarray:
    """The melody and, an octave around middle C and softer, the chords of a guide as decaying tones: (frames,)."""
    tones = [(note.start, note.length, note.pitch, 0.3) for note in guide.melody]
    for span in guide.chords:
        tones += [(span.start, span.length, 54 + (tone - 6) % 12, 0.1) for tone in span.chord.pitch_classes]
    out = np.zeros(frames)
    for start, length, pitch, level in tones:
        first, last = round(start * rate), min(round((start + length) * rate), frames)
        times = np.arange(max(last - first, 0)) / rate
        hertz = 440 * 2 ** ((pitch - 69) / 12)
        shape = np.minimum(times / 0.01, 1.0) * np.minimum((length - times) / 0.01, 1.0).clip(0) * np.exp(-times)
        harmonics = sum(np.sin(2 * np.pi * number * hertz * times) / number**2 for number in (1, 2, 3))
        out[first : first + len(times)] += level * shape * harmonics
    return out.astype(np.float32)


class AceStep(Adapter):
    """A loaded `AceStepPipeline`."""

    def __init__(self, layout: Layout, device_plan: DevicePlan) -> None:
        self._pipe: Any = loading.pipeline(layout, device_plan)
        pipe = self._pipe
        if device_plan.offload:
            pipe.vae.enable_tiling()
        self.default_steps = 8 if pipe.is_turbo else 50
        self.default_guidance = 1.0 if pipe.is_turbo else 7.0
        shown: tuple[Parameter, ...] = (
            parameters.prompt(),
            parameters.words("Lyrics"),
            parameters.audio_prompt(),
            parameters.steps(self.default_steps),
        )
        if not pipe.is_turbo:
            shown += (parameters.guidance(self.default_guidance),)
        self._covers = pipe.audio_tokenizer is not None and pipe.audio_token_detokenizer is not None
        notices = ["It cannot continue a sound."]
        if not self._covers:
            notices.append("This checkpoint has no audio tokenizer, so it cannot make variations either.")
        rate = int(pipe.sample_rate)
        channels = int(pipe.vae.config.audio_channels)
        followed = {GuidePart.SWELL, *((GuidePart.MELODY, GuidePart.CHORDS) if self._covers else ())}
        self.facts = Facts(
            rate, channels, _LONGEST, _LONGEST, _LONGEST, shown, tuple(notices), not pipe.is_turbo, frozenset(followed)
        )
        super().__init__(layout, device_plan)

    def networks(self) -> list[torch.nn.Module]:
        """All of the pipeline's."""
        return loading.networks(self._pipe)

    def tasks(self) -> Mapping[Task, TaskFunction]:
        """Generates, makes parts anew, and covers."""
        functions = {Task.GENERATE: self._generate, Task.INPAINT: self._repaint}
        return {**functions, Task.VARIATION: self._cover} if self._covers else functions

    def text_notices(self, settings: Settings) -> list[str]:
        """What of the prompt and the lyrics is not read."""
        tokenizer = self._pipe.tokenizer
        text, lyrics = self._pipe._format_prompt(settings.prompt, settings.words)
        rest = truncation_notices.left_out(tokenizer, text, _PROMPT_TOKENS).partition(_METADATA.strip())[0].strip()
        notices = []
        if rest and rest in settings.prompt:
            notices.append(truncation_notices.sentence("prompt", rest, _PROMPT_TOKENS))
        return [*notices, *truncation_notices.notice("text of the lyrics", tokenizer, lyrics, _LYRIC_TOKENS)]

    def _generate(self, job: Job, **sound: Any) -> NewPart:
        guide = job.request.guide
        if guide.melody or guide.chords:
            sound |= self._along(job, guide)
        elif job.request.context is not None:
            sound |= self._beside(job, job.request.context)
        return NewPart(self._made(job, seconds(job.frames, self.facts.rate), **sound))

    def _along(self, job: Job, guide: Guide) -> dict[str, Any]:
        """How the model is told to follow notes: they are what it covers."""
        if job.request.context is not None:
            raise ModelError(
                "ACE-Step follows either other tracks or a guide: listen to no track, or leave melody and chords out."
            )
        hop = round(self.facts.rate / self._pipe.latents_per_second)
        tones = sketched(guide, -(-job.frames // hop) * hop, self.facts.rate)
        sound = torch.from_numpy(np.repeat(tones[None], self.facts.channels, axis=0))
        return {"task_type": "cover", "src_audio": sound, "audio_cover_strength": _LIKE}

    def _beside(self, job: Job, context: Audio) -> dict[str, Any]:
        """How the model is told to fit a sound: which of its tasks, what it hears, and what the prompt names."""
        rate, named = self.facts.rate, tracks_named(job.settings.prompt)
        beside = fit_channels(resample(context.samples, context.rate, rate), self.facts.channels)
        hop = round(rate / self._pipe.latents_per_second)
        beside = fit_length(beside, -(-job.frames // hop) * hop)
        sound: dict[str, Any] = {"src_audio": torch.from_numpy(np.ascontiguousarray(beside.T, np.float32))}
        if job.request.alone:
            return {**sound, "task_type": "lego", "track_name": named[0] if named else None}
        return {**sound, "task_type": "complete", "complete_track_classes": named or None}

    def _repaint(self, job: Job) -> NewPart:
        """The hole, with the whole sound around it as its context."""
        request, rate = job.request, self.facts.rate
        assert request.source is not None
        start, stop = (frame / request.source.rate for frame in (request.start, request.stop))
        sound = self._sound(job)
        samples = self._made(
            job,
            sound.shape[-1] / rate,
            task_type="repaint",
            src_audio=sound,
            repainting_start=start,
            repainting_end=stop + 1 / self._pipe.latents_per_second,
        )
        return self.fitted(job, samples, round(start * rate))

    def _cover(self, job: Job) -> NewPart:
        sound = self._sound(job)
        samples = self._made(
            job,
            sound.shape[-1] / self.facts.rate,
            task_type="cover",
            src_audio=sound,
            audio_cover_strength=1 - job.request.strength,
        )
        return NewPart(samples)

    def _sound(self, job: Job) -> torch.Tensor:
        """The user's sound (channels, frames), filled up to whole latents."""
        sound = waveform(job, self.facts.rate, self.facts.channels)[0]
        hop = round(self.facts.rate / self._pipe.latents_per_second)
        return torch.nn.functional.pad(sound, (0, -sound.shape[-1] % hop))

    def _made(self, job: Job, length: float, **sound: Any) -> np.ndarray:
        settings, steps = job.settings, self.steps(job.settings)

        def tell(pipe: Any, step: int, time: Any, tensors: dict[str, Any]) -> dict[str, Any]:
            job.tick(step + 1, steps)
            return tensors

        if settings.audio_prompt is not None:
            reference = prompts.prompt_sound(settings.audio_prompt, "audio prompt", self.facts.channels)
            reference = resample(reference, settings.audio_prompt.rate, self.facts.rate)
            sound["reference_audio"] = torch.from_numpy(np.ascontiguousarray(reference.T, np.float32))
        audio = self._pipe(
            settings.prompt,
            lyrics=settings.words,
            audio_duration=length,
            num_inference_steps=steps,
            guidance_scale=self.guidance(settings) if self.takes("guidance") else 1.0,
            generator=job.generator(),
            callback_on_step_end=tell,
            **sound,
        ).audios
        return np.asarray(audio[0].float().cpu().numpy().T)
