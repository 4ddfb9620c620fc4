"""MusicGen Melody through transformers: words and a melody to music, up to 30 s.

The melody is heard as its strongest pitch class in each of 4096 samples. transformers' own reader of it needs
torchaudio, which the program goes without, so that one step is done here with transformers' chroma filters. The melody
of a guide is written down in the same way, without a sound; where it says nothing, no pitch class is named.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
import torch.nn.functional as F
from transformers import MusicgenMelodyForConditionalGeneration
from transformers.audio_utils import chroma_filter_bank

from engine.audio import resample
from engine.generate import parameters, prompts
from engine.generate.interface import Settings, Task
from engine.generate.pipelines.adapter import NO_CONTEXT, Job, TaskFunction
from engine.generate.pipelines.musicgen import WINDOW, Musicgen
from engine.music.guide import GuidePart, MelodyNote

_FFT, _HOP, _CLASSES = 16384, 4096, 12


def melody(wave: torch.Tensor, rate: int) -> torch.Tensor:
    """Mono sound (T,) → 1 for the strongest pitch class and 0 for the others, C first: (1, 1 + ⌊T / 4096⌋, 12)."""
    short = max(_FFT - len(wave), 0)
    wave = F.pad(wave.float(), (short // 2, short - short // 2))
    window = torch.hann_window(_FFT, device=wave.device)
    power = torch.stft(wave, _FFT, _HOP, window=window, return_complex=True).abs().square()  # (8193, n)
    filters = torch.from_numpy(chroma_filter_bank(_FFT, _CLASSES, rate, tuning=0)).to(power)
    return F.one_hot((filters @ power).argmax(0), _CLASSES)[None]


def written(notes: Sequence[MelodyNote], frames: int, rate: int) -> torch.Tensor:
    """The melody of so many frames as `melody` would hear it: (1, 1 + ⌊frames / 4096⌋, 12)."""
    classes = torch.zeros(1, 1 + frames // _HOP, _CLASSES)
    for look in range(classes.shape[1]):
        time = look * _HOP / rate
        note = next((each for each in notes if each.start <= time < each.end), None)
        if note is not None:
            classes[0, look, note.pitch % _CLASSES] = 1.0
    return classes


class MusicgenMelody(Musicgen):
    """A loaded `MusicgenMelodyForConditionalGeneration`."""

    kind = MusicgenMelodyForConditionalGeneration
    longest = WINDOW
    more = (parameters.audio_prompt("Melody"),)
    notices = (NO_CONTEXT,)
    guides = frozenset({GuidePart.SWELL, GuidePart.MELODY})

    def tasks(self) -> Mapping[Task, TaskFunction]:
        """Generates."""
        return {Task.GENERATE: self._generate}

    def text_notices(self, settings: Settings) -> list[str]:
        """What of the melody is not heard."""
        melody = settings.audio_prompt
        if melody is None or len(melody.samples) <= WINDOW * melody.rate:
            return []
        return [f"The melody is longer than the {WINDOW:g} s that the model hears: the rest was left out."]

    def heard(self, job: Job, past: np.ndarray) -> dict[str, torch.Tensor]:
        """The melody, if any: the guide's, else that of the sound; nothing is continued."""
        if notes := job.request.guide.melody:
            classes = written(notes, min(job.frames, round(WINDOW * self.facts.rate)), self.facts.rate)
            return {"input_features": classes.to(self.device_plan.device, self.device_plan.dtype)}
        prompt = job.settings.audio_prompt
        if prompt is None:
            return {}
        samples = prompts.prompt_sound(prompt, "melody", 1)
        wave = resample(samples, prompt.rate, self.facts.rate)[: round(WINDOW * self.facts.rate), 0]
        classes = melody(torch.from_numpy(np.ascontiguousarray(wave)), self.facts.rate)
        return {"input_features": classes.to(self.device_plan.device, self.device_plan.dtype)}
