"""What the parts of an evaluation share, each made when first asked for: model, music, prompted sounds, classifier."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from pathlib import Path

import numpy as np
import torch
from torch import nn

from engine.atomic_file import replacing
from engine.evaluate import classifier, datasets, tempo_key_judges
from engine.evaluate.classifier import FamilyClassifier, Heard
from engine.evaluate.datasets import Material, Stretch, Wave
from engine.evaluate.prompts import Prompt, prompts
from engine.evaluate.settings import Sizes
from engine.evaluate.tempo_key_judges import Ears
from engine.generate.interface import Request, Settings
from engine.generate.melody import Melody
from engine.jobs import Context
from engine.models import checkpoint, system


@dataclass(frozen=True, slots=True)
class Prompted:
    """A prompt, what the model made of it, and the real piece that it describes; mono, at the model's rate."""

    prompt: Prompt
    made: Wave
    real: Stretch


class Workshop:
    """One model under evaluation.

    Args:
        melody: the model as users hear it.
        folder: its folder; None with random weights.
        out: where sound and encodings are kept, what the model has made, too: a later run goes on from there.
        recordings: a folder of real recordings.
        context: progress and cancel of what is going on; the parts set it.
    """

    def __init__(
        self,
        melody: Melody,
        folder: Path | None,
        sizes: Sizes,
        out: Path,
        *,
        seed: int = 0,
        own: bool = False,
        sound: Path | None = None,
        recordings: Path | None = None,
        context: Context,
    ) -> None:
        self.melody, self.folder, self.sizes, self.out, self.seed = melody, folder, sizes, out, seed
        self.context = context
        self.recordings = recordings
        self._own, self._sound = own, sound or out / "sound"

    @property
    def own(self) -> bool:
        """Whether the music is played without a SoundFont."""
        return datasets.header_for(self.melody.config, self.folder, self._sound, self._own).own

    @cached_property
    def material(self) -> Material:
        """Both splits of music."""
        config = self.melody.config
        context = within(self.context, 0.0, 0.5)
        return datasets.prepare(config, self.folder, self._sound, self.sizes, own=self._own, context=context)

    @cached_property
    def parts(self) -> nn.ModuleDict:
        """The networks in float32 on the CPU, as they were published."""
        if self.folder is None:
            state = torch.random.get_rng_state()
            torch.manual_seed(0)
            modules = system.build(self.melody.config)
            torch.random.set_rng_state(state)
        else:
            _, modules = checkpoint.load(self.folder)
        return modules.float().eval().requires_grad_(False)

    @cached_property
    def classifier(self) -> FamilyClassifier:
        """The instrument families' classifier."""
        music, sizes, context = self.material, self.sizes, within(self.context, 0.5, 0.6)
        return classifier.trained_on(music, sizes.train, sizes.prompt_seconds, seed=self.seed, context=context)

    @cached_property
    def ears(self) -> Ears:
        """Who hears tempo and key."""
        music, sizes, context = self.material, self.sizes, within(self.context, 0.5, 0.6)
        return tempo_key_judges.trained_on(
            music, min(sizes.practised, sizes.train), sizes.prompt_seconds, context=context
        )

    @cached_property
    def _asked(self) -> tuple[list[Prompt], list[int]]:
        count, seconds = self.sizes.prompts, self.sizes.prompt_seconds
        return prompts(self.material, count, seconds, FamilyClassifier.families)

    @property
    def prompts(self) -> list[Prompt]:
        """The held-out prompts."""
        return self._asked[0]

    @cached_property
    def others(self) -> list[Stretch]:
        """Held-out pieces other than those that the prompts describe, with a pulse like them."""
        return [self.stretch(excerpt) for excerpt in self._asked[1]]

    @cached_property
    def prompted(self) -> list[Prompted]:
        """What the model makes of every prompt."""
        waves = []
        chosen = self.prompts
        context = within(self.context, 0.6, 1.0)
        for number, prompt in enumerate(chosen):
            context.progress(number / len(chosen), f"Generating {number + 1} of {len(chosen)}")
            sound = self.generated(prompt.text, self.seed + number, self.sizes.prompt_seconds)
            waves.append(Prompted(prompt, sound, self.stretch(prompt.excerpt)))
        return waves

    @cached_property
    def heard(self) -> tuple[Heard, Heard]:
        """What the classifier makes of the prompted sounds, and of the real pieces that the prompts describe."""
        pairs = self.prompted
        listen = self.classifier.listen
        return listen([pair.made for pair in pairs]), listen([pair.real.wave for pair in pairs])

    def stretch(self, excerpt: int) -> Stretch:
        """As much of a held-out piece as a prompt asks for."""
        return self.material.stretch(self.material.held_out, excerpt, self.sizes.prompt_seconds)

    def generated(
        self, text: str, seed: int, seconds: float, *, steps: int | None = None, schedule: str = "linear"
    ) -> Wave:
        """Mono sound (T,) of a prompt, with the model's own settings where none are named; kept for later runs."""

        def make() -> Wave:
            settings = Settings(prompt=text, steps=steps, schedule=schedule)
            request = Request(settings=settings, seconds=seconds, seed=seed)
            silent = Context(lambda share, sentence: self.context.check())
            wave: Wave = self.melody.generate(request, silent).takes[0].samples.mean(axis=1)
            return wave

        return self.kept(f"{text} {seed} {seconds} {steps} {schedule}", make)

    def kept(self, name: str, make: Callable[[], Wave]) -> Wave:
        """What this version of the model, with these defaults, made under a name before, or `make` makes now.

        Mono sound, in 16 bits.
        """
        capabilities = self.melody.capabilities
        defaults = {parameter.name: parameter.default for parameter in capabilities.parameters}
        number = blake2b(f"{capabilities.device} {defaults} {name}".encode(), digest_size=10).hexdigest()
        path = (
            self.out
            / "made"
            / (capabilities.version if self.folder else f"{capabilities.version}-untrained")
            / f"{number}.npy"
        )
        if not path.exists():
            audio = make().astype(np.float16)
            path.parent.mkdir(parents=True, exist_ok=True)
            with replacing(path) as part, part.open("wb") as file:
                np.save(file, audio)
        wave: Wave = np.load(path).astype(np.float32)
        return wave


def within(context: Context, low: float, high: float) -> Context:
    """A context whose progress is the span from `low` to `high` of another one's, and which is cancelled with it."""
    return Context(lambda share, sentence: context.progress(low + (high - low) * share, sentence))


def mean(values: Sequence[float]) -> float:
    """The mean of the values that are numbers; NaN without any."""
    numbers = [value for value in values if value == value]
    return sum(numbers) / len(numbers) if numbers else float("nan")
