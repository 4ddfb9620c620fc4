"""Spectrograms of what a model makes and of what its VAE keeps, as PNG, and the sound itself beside them."""

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np

from engine.audio import Audio, write_audio
from engine.evaluate import spectrogram_figure
from engine.evaluate.datasets import Wave
from engine.evaluate.frechet import coded
from engine.evaluate.workshop import Workshop
from engine.generate.interface import Request, Settings, Task
from engine.jobs import Context
from engine.models.vaegan import VaeGan

_WIDTH, _WIDE, _HEIGHT = 460, 960, 104


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG and what it shows."""

    path: Path
    told: str


def draw(shop: Workshop, folder: Path) -> list[Picture]:
    """Draws prompts, each with its seeds under one another, a continuation, and held-out pieces through the VAE.

    The sound of prompts and continuation is written beside, as WAV.

    Raises:
        AudioFileError: the folder cannot be written.
        Cancelled: the user cancelled; what is finished stays.
    """
    folder.mkdir(parents=True, exist_ok=True)
    pictures = [*_prompts(shop, folder), *_continuation(shop, folder), *_pairs(shop, folder)]
    lines = [f"{picture.path.name}: {picture.told}" for picture in pictures]
    (folder / "pictures.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return pictures


def _prompts(shop: Workshop, folder: Path) -> list[Picture]:
    sizes, rate = shop.sizes, shop.material.rate
    pictures = []
    for number, prompt in enumerate(shop.prompts[: sizes.picture_prompts]):
        shop.context.progress(0.7 * number / sizes.picture_prompts, "Drawing what prompts give")
        waves = [shop.generated(prompt.text, seed, sizes.prompt_seconds) for seed in range(sizes.picture_seeds)]
        path = folder / f"prompt-{number + 1}.png"
        spectrogram_figure.draw(path, waves, rate, width=_WIDTH, height=_HEIGHT)
        for seed, wave in enumerate(waves):
            _write(folder / f"prompt-{number + 1}-seed-{seed}.wav", wave, rate)
        pictures.append(Picture(path, f"“{prompt.text}”, {len(waves)} seeds under one another"))
    return pictures


def _continuation(shop: Workshop, folder: Path) -> list[Picture]:
    sizes, rate = shop.sizes, shop.material.rate
    if not sizes.picture_prompts:
        return []
    shop.context.progress(0.7, "Drawing a continuation")
    prompt = shop.prompts[0]
    source = shop.generated(prompt.text, 0, sizes.prompt_seconds)
    channels = np.repeat(source[:, None], shop.melody.capabilities.channels, axis=1)
    settings = Settings(prompt=prompt.text)
    request = Request(Task.CONTINUE, settings, seconds=sizes.picture_seconds, source=Audio(channels, rate))
    silent = Context(lambda share, sentence: shop.context.check())
    parts = [chunk.samples.mean(axis=1) for chunk in shop.melody.stream(request, silent)]
    whole = np.concatenate([source, *parts])
    path = folder / "continuation.png"
    spectrogram_figure.draw(path, [whole], rate, width=_WIDE, height=_HEIGHT)
    _write(folder / "continuation.wav", whole, rate)
    caption = f"{sizes.prompt_seconds:g} s of “{prompt.text}” and {sizes.picture_seconds:g} s of its continuation"
    return [Picture(path, caption)]


def _pairs(shop: Workshop, folder: Path) -> list[Picture]:
    network, rate, pool = cast(VaeGan, shop.parts["vae"]), shop.material.rate, shop.material.held_out
    pictures = []
    for excerpt in range(min(shop.sizes.picture_pairs, len(pool))):
        shop.context.progress(0.9, "Drawing what the VAE keeps")
        stretch = shop.stretch(excerpt)
        waves = [stretch.wave, coded(network, stretch.wave)[: len(stretch.wave)]]
        caption = f"a held-out piece ({stretch.truth['genre']}) above, encoded and decoded below"
        if network.config.fine:
            waves.insert(1, coded(network, stretch.wave, fine=True)[: len(stretch.wave)])
            caption += ": with all latents, then with those alone that the diffusion makes"
        path = folder / f"decoded-{excerpt + 1}.png"
        spectrogram_figure.draw(path, waves, rate, width=_WIDTH, height=_HEIGHT)
        pictures.append(Picture(path, caption))
    return pictures


def _write(path: Path, wave: Wave, rate: int) -> None:
    steps = np.clip(np.rint(wave * 32767.0), -32768, 32767).astype(np.int16)
    write_audio(path, Audio(steps[:, None], rate), "PCM_16")
