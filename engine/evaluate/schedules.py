"""Linear against uniform angles at two numbers of steps: the paper's ablation, with the same prompts and seeds.

Each setting is heard in several turns over the prompts, each with seeds of its own; the figures are the means of the
turns, and their standard deviations say what a difference is worth. The tokens are the language model's.
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from engine.evaluate import frechet, network_figures
from engine.evaluate.datasets import Wave
from engine.evaluate.figures import Figure
from engine.evaluate.workshop import Workshop
from engine.models.diffusion import Schedule
from engine.train.losses import log_mel

STEPS = (5, 10)
_BANDS = 80
_PAPER = {(Schedule.LINEAR, 10): 5.93, (Schedule.UNIFORM, 10): 8.52}
"""The paper's Fréchet audio distances (of another model, on other music, in another embedding)."""


def figures(shop: Workshop) -> list[Figure]:
    """Of each setting: distances to held-out pieces, and how far the strongest steady line stands out."""
    prompts = shop.prompts[: shop.sizes.schedule_prompts]
    if len(prompts) < 2:  # one alone is no crowd
        return []
    classifier, seconds, turns = shop.classifier, shop.sizes.prompt_seconds, shop.sizes.schedule_seeds
    others = [stretch.wave for stretch in shop.others]
    embedded, spectrum = classifier.listen(others).embeddings, mean_spectrum(others, shop.material.rate)
    settings = [(kind, steps) for steps in STEPS for kind in (Schedule.LINEAR, Schedule.UNIFORM)]
    total, done = len(settings) * turns * len(prompts), 0
    distances, spectra, lines = [], [], []
    for kind, steps in settings:
        rows: list[tuple[float, float, float]] = []
        for turn in range(turns):
            waves = []
            for row, prompt in enumerate(prompts):
                sentence = f"{kind.value.capitalize()} angles, {steps} steps: {row + 1} of {len(prompts)}"
                shop.context.progress(done / total, sentence)
                seed = shop.seed + turn * len(prompts) + row
                waves.append(shop.generated(prompt.text, seed, seconds, steps=steps, schedule=kind.value))
                done += 1
            apart = frechet.distance(classifier.listen(waves).embeddings, embedded)
            unlike = float(np.abs(mean_spectrum(waves, shop.material.rate) - spectrum).mean())
            rows.append((apart, unlike, network_figures.error_line(torch.from_numpy(np.stack(waves))[:, None])))
        means, spreads = np.mean(rows, axis=0), np.std(rows, axis=0, ddof=1) if turns > 1 else [float("nan")] * 3
        title = f"{kind.value} angles, {steps} steps"
        name = f"{kind.value}_{steps}"
        paper = {"in the paper": _PAPER[kind, steps]} if (kind, steps) in _PAPER else {}
        band = [{f"± over {turns} turns": float(spread)} for spread in spreads]
        crowd = f"Fréchet distance, {title}, {len(prompts)} prompts"
        distances.append(Figure(f"frechet_{name}", crowd, float(means[0]), "", None, band[0] | paper))
        unlike_told = f"distance of the mean spectrum to real pieces', {title}"
        spectra.append(Figure(f"spectrum_{name}", unlike_told, float(means[1]), "dB", None, band[1]))
        lines.append(Figure(f"line_{name}", f"largest steady line, {title}", float(means[2]), "dB", None, band[2]))
    return distances + spectra + lines


@torch.no_grad()
def mean_spectrum(waves: Sequence[Wave], rate: int) -> NDArray[np.float64]:
    """The mean log-mel of mono sounds in dB, each at the same loudness: (80,)."""
    rows = []
    for wave in waves:
        mel = log_mel(torch.from_numpy(np.ascontiguousarray(wave, np.float32))[None], rate, bands=_BANDS)[0].mean(1)
        rows.append((mel - mel.mean()).double().numpy() * 20 / np.log(10))
    spectrum: NDArray[np.float64] = np.mean(rows, axis=0)
    return spectrum
