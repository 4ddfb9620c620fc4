"""Runs the parts of an evaluation one after another."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from engine.evaluate import (
    adherence,
    audio_prompts,
    continuation,
    diversity,
    frechet,
    guides,
    memorisation,
    network_figures,
    pictures,
    recordings,
    schedules,
    stages,
    stems,
)
from engine.evaluate.figures import Figure, Part
from engine.evaluate.pictures import Picture
from engine.evaluate.settings import PARTS, Sizes
from engine.evaluate.workshop import Workshop, within
from engine.jobs import Context

_FIGURES: dict[str, Callable[[Workshop], list[Figure]]] = {
    "vae": network_figures.vae_figures,
    "stages": stages.figures,
    "recordings": recordings.figures,
    "mulan": network_figures.mulan_figures,
    "ssl": network_figures.ssl_figures,
    "lm": network_figures.lm_figures,
    "dpd": network_figures.dpd_figures,
    "adherence": adherence.figures,
    "sounds": audio_prompts.figures,
    "frechet": frechet.figures,
    "continuation": continuation.figures,
    "diversity": diversity.figures,
    "copying": memorisation.figures,
    "stems": stems.figures,
    "guides": guides.figures,
    "schedules": schedules.figures,
}
_NEED_WEIGHTS = ("lm", "dpd")
_WEIGHTS = {
    "vae": 1.0,
    "stages": 6.0,
    "mulan": 1.0,
    "ssl": 2.0,
    "lm": 1.0,
    "dpd": 2.0,
    "adherence": 8.0,
    "sounds": 8.0,
    "continuation": 8.0,
    "stems": 3.0,
    "guides": 12.0,
    "schedules": 8.0,
}


@dataclass(frozen=True)
class Evaluation:
    """All that was measured, and what was drawn."""

    model: str
    name: str
    version: str
    preset: str
    device: str
    seed: int
    sizes: Sizes
    parts: tuple[Part, ...]
    pictures: tuple[Picture, ...] = ()
    seconds: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """Ready for JSON."""
        goals = [figure for part in self.parts for figure in part.figures if figure.goal]
        return {
            "model": self.model,
            "name": self.name,
            "version": self.version,
            "preset": self.preset,
            "device": self.device,
            "seed": self.seed,
            "sizes": asdict(self.sizes),
            "goals": {"reached": sum(goal.verdict == "reached" for goal in goals), "of": len(goals)},
            "parts": [part.to_dict() for part in self.parts],
            "seconds": round(self.seconds, 1),
        }


def evaluate(
    shop: Workshop,
    parts: Sequence[str] = tuple(PARTS),
    *,
    draw: Path | None = None,
    report: Callable[[Part], None] = lambda part: None,
    context: Context,
) -> Evaluation:
    """Measures `parts`, in the order of `settings.PARTS`.

    Args:
        shop: the model, and what it is measured with.
        parts: names of `settings.PARTS`; those that need weights are left out where there are none.
        draw: also draws pictures into this folder.
        report: told each part as it is finished.
        context: progress and cancel.

    Raises:
        ModelError: no SoundFont, no space, or a model that cannot be read.
        Cancelled: the user cancelled; the rendered music stays for the next run.
    """
    began = perf_counter()
    chosen = [name for name in PARTS if name in parts and not (shop.folder is None and name in _NEED_WEIGHTS)]
    whole = sum(_WEIGHTS.get(name, 1.0) for name in chosen) + (2.0 if draw else 0.0)
    done, finished = 0.0, []
    for name in chosen:
        started = perf_counter()
        after = done + _WEIGHTS.get(name, 1.0)
        shop.context = within(context, done / whole, after / whole)
        figures = tuple(_FIGURES[name](shop))
        done = after
        if not figures:
            continue
        part = Part(name, PARTS[name], figures, seconds=perf_counter() - started)
        finished.append(part)
        report(part)
    drawn: list[Picture] = []
    if draw is not None:
        shop.context = within(context, done / whole, 1.0)
        drawn = pictures.draw(shop, draw)
    capabilities = shop.melody.capabilities
    return Evaluation(
        capabilities.id,
        capabilities.name,
        capabilities.version,
        shop.melody.preset,
        capabilities.device,
        shop.seed,
        shop.sizes,
        tuple(finished),
        tuple(drawn),
        perf_counter() - began,
    )
