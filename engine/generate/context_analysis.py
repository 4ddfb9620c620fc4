"""Tempo and key of the sounds around a request, which what is made is held to where no prompt says them.

A sound that is a prompt comes first, then the music that is gone on from: its last seconds before the new part, or its
first ones where the new part comes before it. What a model's ear is not sure of is not held to.
"""

from collections.abc import Callable
from weakref import WeakKeyDictionary

import numpy as np

from engine.audio import Audio, resample
from engine.generate.interface import Request, Settings, Task
from engine.models.tempo_key_head import SURE, TempoKey
from engine.mono import mono

SHORTEST = 3.0
"""Seconds below which nothing is heard."""
_REACH = 10.0  # seconds of the music around


def around(request: Request) -> Audio | None:
    """The part of a request's source that the new part follows, or comes before; None where nothing new is composed."""
    source = request.source
    if source is None:
        return None
    reach = round(_REACH * source.rate)
    samples = source.samples
    if request.task is Task.CONTINUE:
        return Audio(samples[-reach:], source.rate)
    if request.task is Task.EXTEND_LEFT:
        return Audio(samples[:reach], source.rate)
    if request.task is Task.INPAINT:
        before = samples[max(request.start - reach, 0) : request.start]
        after = samples[request.stop : request.stop + reach]
        return Audio(before if len(before) >= len(after) else after, source.rate)
    return None


class ContextAnalyzer:
    """Listens to sounds with `hear`, which takes mono samples (T_wav,) at `rate`, and remembers while they live."""

    def __init__(self, predict_tempo_key: Callable[[np.ndarray], TempoKey | None], rate: int) -> None:
        self._hear, self._rate = predict_tempo_key, rate
        self._known: WeakKeyDictionary[Audio, TempoKey | None] = WeakKeyDictionary()

    def tempo_and_key(self, settings: Settings, music: Audio | None) -> tuple[float | None, tuple[int, bool] | None]:
        """The tempo and the key that sounds of prompts, then the music around, surely have; None where none does."""
        prompt = settings.audio_prompt if settings.audio_weight > 0 else None
        tempo, key = None, None
        for sound in (prompt, music):
            estimate = self._heard(sound) if sound is not None else None
            if estimate is not None:
                tempo = tempo or (estimate.tempo if estimate.tempo_sure >= SURE else None)
                key = key or (estimate.key if estimate.key_sure >= SURE else None)
        return tempo, key

    def _heard(self, sound: Audio) -> TempoKey | None:
        if sound in self._known:
            return self._known[sound]
        samples = mono(sound.samples)
        estimate = None
        if len(samples) >= SHORTEST * sound.rate:
            estimate = self._hear(resample(samples, sound.rate, self._rate)[:, 0])
        self._known[sound] = estimate
        return estimate
