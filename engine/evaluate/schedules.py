"""Linear against uniform angles at two numbers of steps: the paper's ablation, with the same prompts and seeds."""

import numpy as np
import torch

from engine.evaluate import frechet, voice
from engine.evaluate.figures import Figure
from engine.evaluate.workshop import Workshop
from engine.models.diffusion import Schedule

STEPS = (5, 10)
_PAPER = {(Schedule.LINEAR, 10): 5.93, (Schedule.UNIFORM, 10): 8.52}
"""The paper's Fréchet audio distances (of another model, on other music, in another embedding)."""


def figures(shop: Workshop) -> list[Figure]:
    """The Fréchet distance to held-out pieces, and how far the strongest steady line stands out, of each setting."""
    asked = shop.prompts[: shop.sizes.schedule_prompts]
    if len(asked) < 2:  # one alone is no crowd
        return []
    classifier, seconds = shop.classifier, shop.sizes.prompt_seconds
    others = classifier.listen([stretch.wave for stretch in shop.others]).embeddings
    settings = [(kind, steps) for steps in STEPS for kind in (Schedule.LINEAR, Schedule.UNIFORM)]
    distances, lines = [], []
    for number, (kind, steps) in enumerate(settings):
        waves = []
        for row, prompt in enumerate(asked):
            done = (number + row / len(asked)) / len(settings)
            shop.context.progress(done, f"{kind.value.capitalize()} angles, {steps} steps: {row + 1} of {len(asked)}")
            made = shop.generated(prompt.text, shop.seed + row, seconds, steps=steps, schedule=kind.value)
            waves.append(made)
        beside = {"in the paper": _PAPER[kind, steps]} if (kind, steps) in _PAPER else {}
        told = f"Fréchet distance, {kind.value} angles, {steps} steps, {len(asked)} prompts"
        found = frechet.distance(classifier.listen(waves).embeddings, others)
        distances.append(Figure(f"frechet_{kind.value}_{steps}", told, found, "", None, beside))
        line = voice.error_line(torch.from_numpy(np.stack(waves))[:, None])
        told = f"largest steady line, {kind.value} angles, {steps} steps"
        lines.append(Figure(f"line_{kind.value}_{steps}", told, line, "dB"))
    return distances + lines
