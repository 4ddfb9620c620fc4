"""Spectrograms of what a model makes, as PNG, and the sound itself beside them."""

from pathlib import Path

import numpy as np

from engine.audio import Audio, write_audio
from engine.evaluate.material import Wave
from engine.evaluate.workshop import Workshop
from engine.generate.api import Request, Settings, Task
from engine.jobs import Context
from engine.train.pictures import save_rows, spectrogram_image


def draw(shop: Workshop, folder: Path) -> list[Path]:
    """A picture of each prompt, its seeds under one another, and one of a continuation; sound as WAV.

    Raises:
        AudioFileError: the folder cannot be written.
        Cancelled: the user cancelled; what is finished stays.
    """
    sizes, rate = shop.sizes, shop.material.rate
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    lines = []
    for number, prompt in enumerate(shop.prompts[: sizes.picture_prompts]):
        shop.context.progress(number / (sizes.picture_prompts + 2), "Drawing")
        waves = [shop.generated(prompt.text, seed, sizes.prompt_seconds) for seed in range(sizes.picture_seeds)]
        path = folder / f"prompt-{number + 1}.png"
        save_rows(path, [spectrogram_image(wave, rate, width=640, height=160) for wave in waves])
        for seed, wave in enumerate(waves):
            _write(folder / f"prompt-{number + 1}-seed-{seed}.wav", wave, rate)
        lines.append(f"{path.name}: {prompt.text}")
        made.append(path)
    if sizes.picture_prompts:
        prompt = shop.prompts[0]
        source = shop.generated(prompt.text, 0, sizes.prompt_seconds)
        channels = np.repeat(source[:, None], shop.melody.capabilities.channels, axis=1)
        request = Request(
            Task.CONTINUE, Settings(prompt=prompt.text), seconds=sizes.picture_seconds, source=Audio(channels, rate)
        )
        silent = Context(lambda share, said: shop.context.check())
        parts = [chunk.samples.mean(axis=1) for chunk in shop.melody.stream(request, silent)]
        whole = np.concatenate([source, *parts])
        path = folder / "continuation.png"
        half = len(whole) // 2
        save_rows(
            path, [spectrogram_image(wave, rate, width=1200, height=160) for wave in (whole[:half], whole[half:])]
        )
        _write(folder / "continuation.wav", whole, rate)
        lines.append(f"{path.name}: {sizes.prompt_seconds:g} s of “{prompt.text}” and {sizes.picture_seconds:g} s more")
        made.append(path)
    (folder / "prompts.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return made


def _write(path: Path, wave: Wave, rate: int) -> None:
    steps = np.clip(np.rint(wave * 32767.0), -32768, 32767).astype(np.int16)
    write_audio(path, Audio(steps[:, None], rate), "PCM_16")
