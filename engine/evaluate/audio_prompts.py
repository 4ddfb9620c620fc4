"""Whether what is made without words keeps the tempo and the key of a sound: of one to be like, or to go on from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.audio import Audio
from engine.evaluate import audio_measures
from engine.evaluate.datasets import Wave
from engine.evaluate.figures import Figure
from engine.evaluate.prompts import Prompt
from engine.evaluate.workshop import Workshop, mean, within
from engine.generate.interface import Request, Settings, Task
from engine.jobs import Context

_WAYS = {"like": "made like a sound", "after": "continued"}


@dataclass(frozen=True)
class _Kept:
    """Shares of pieces whose tempo, whose key, and whose key or one related to it, are heard again."""

    tempo: float
    key: float
    related: float


def figures(shop: Workshop) -> list[Figure]:
    """The shares, beside those without holding to what was heard, and those of the real pieces themselves."""
    prompts = shop.prompts[: shop.sizes.sounds]
    if not prompts:
        return []
    sounds = [shop.stretch(prompt.excerpt).wave for prompt in prompts]
    real = _kept(shop, sounds, prompts)
    rows = []
    for place, (way, title) in enumerate(_WAYS.items()):
        context = within(shop.context, 0.6 + 0.2 * place, 0.8 + 0.2 * place)
        both = []
        for steering in (None, 0.0):
            waves = []
            for number, (prompt, sound) in enumerate(zip(prompts, sounds, strict=True)):
                context.progress(number / len(prompts), f"Generating {number + 1} of {len(prompts)}, {title}")
                waves.append(_made(shop, way, prompt, sound, shop.seed + number, steering))
            both.append(_kept(shop, waves, prompts))
        kept_shares, free = both
        for name, shares in (
            ("tempo", "the tempo within 4 %"),
            ("key", "the key"),
            ("related", "the key, its relative, parallel or a fifth away"),
        ):
            beside = {"not held": getattr(free, name), "real pieces": getattr(real, name)}
            rows.append(Figure(f"{way}_{name}", f"{title}: {shares}", getattr(kept_shares, name), "%", None, beside))
    return rows


def _made(shop: Workshop, way: str, prompt: Prompt, sound: Wave, seed: int, steering: float | None) -> Wave:
    """As many seconds as a prompt's, of no words."""
    capabilities, seconds = shop.melody.capabilities, shop.sizes.prompt_seconds

    def make() -> Wave:
        audio = Audio(np.repeat(sound[:, None], capabilities.channels, axis=1), capabilities.rate)
        settings = Settings(steering=steering, audio_prompt=audio if way == "like" else None)
        task, source = (Task.GENERATE, None) if way == "like" else (Task.CONTINUE, audio)
        request = Request(task=task, settings=settings, source=source, seconds=seconds, seed=seed)
        silent = Context(lambda share, sentence: shop.context.check())
        wave: Wave = shop.melody.generate(request, silent).takes[0].samples.mean(axis=1)
        return wave

    return shop.kept(f"{way} {prompt.excerpt} {seed} {seconds} {steering}", make)


def _kept(shop: Workshop, waves: Sequence[Wave], prompts: Sequence[Prompt]) -> _Kept:
    tempo, key, related = [], [], []
    for wave, prompt in zip(waves, prompts, strict=True):
        tempo.append(float(audio_measures.same_tempo(shop.ears.tempo(wave), prompt.tempo)))
        recognised = shop.ears.key(wave)
        right = recognised == prompt.key
        key.append(float(right))
        related.append(float(right or (recognised is not None and audio_measures.related_key(recognised, prompt.key))))
    return _Kept(mean(tempo), mean(key), mean(related))
