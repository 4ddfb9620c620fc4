"""The three recipes of AudioLDM 2, on the house's loop.

`LdmRecipe`: the diffusion alone, on the LOA of the very sound that it is to make (no words are needed), pooled by a λ
drawn anew in each step. `Gpt2Recipe`: the GPT-2 and the projection of its conditions, on words and the LOA of what they
describe. `JointRecipe`: all of them; a switch gives the diffusion the true LOA with a probability of 0.25 and the one
that the GPT-2 wrote otherwise, and the diffusion's error moves the GPT-2, too.

A dropped condition is the empty prompt with what the GPT-2 writes on it, which is what guidance compares with; where
there is no GPT-2, an LOA of zeros.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engine.audio import resample
from engine.errors import ModelError
from engine.models.loa import POOLINGS, RATE, vectors
from engine.train.audioldm2 import language
from engine.train.audioldm2.pipeline import Networks
from engine.train.data import SoundPool
from engine.train.loop import Batch, Metrics, Phase, Training, step_seed
from engine.train.mulan import text_of

_CROP = 10.0  # seconds


@dataclass(frozen=True, slots=True)
class Losses:
    """Shares and weights."""

    dropped: float = 0.1  # of the examples, without condition
    truth: float = 0.25  # of the examples, in joint training, with the true LOA
    mse: float = 1.0  # of the GPT-2's error in joint training, beside the diffusion's
    validation: int = 32  # crops


TRAINING = Training(
    steps=800_000, batch=4, lr=1e-4, final_lr=1.0, warmup=10_000, beta2=0.999, weight_decay=0.01, ema=0.9999
)


class _Recipe(ABC):
    """What the three share: data, and errors of the parts."""

    name = ""
    trained: tuple[str, ...] = ()

    def __init__(
        self, networks: Networks, losses: Losses, train: SoundPool, held_out: SoundPool, *, seed: int = 0
    ) -> None:
        """Raises `ModelError` when the sound is too short."""
        if train.header.seconds < 1:
            raise ModelError(f"The excerpts in {train.place} are shorter than a second: render longer ones.")
        torch.manual_seed(seed)
        self.networks, self.losses = networks, losses
        self._train, self._held_out = train, held_out
        ours = {"unet": networks.unet, "gpt2": networks.language, "projection": networks.projection}
        self.modules: dict[str, nn.Module] = {name: ours[name] for name in self.trained}
        self.averaged = self.trained
        for name, module in ours.items():
            module.train(name in self.trained)
            if name not in self.trained:
                module.eval().requires_grad_(False)

    def phases(self) -> Sequence[Phase]:
        """One."""
        return [Phase(self.name, self.trained, self.loss)]

    def batches(self, seed: int, first: int, stride: int, size: int) -> Iterator[Batch]:
        """Crops of 10 s (n, T) at 16 kHz padded to 10.24 s, with a text each and what is drawn for the step."""
        index = first
        while True:
            frames = round(_CROP * self._train.header.rate)
            sound, truths = self._train.examples(seed, index, size, frames)
            rng = Random(step_seed(seed, index, 8))
            yield {
                "wave": self._fitted(sound, self._train.header.rate),
                "texts": [text_of(truth, rng) for truth in truths],
                **self.drawn(seed, index, size),
            }
            index += stride

    def drawn(self, seed: int, index: int, size: int) -> dict[str, Any]:
        """What chance decides in a batch: which examples lose their condition, which get the true LOA, and the λ."""
        generator = torch.Generator().manual_seed(step_seed(seed, index, 7))
        draws = torch.rand(2, size, generator=generator)
        return {
            "dropped": draws[0] < self.losses.dropped,
            "truth": draws[1] < self.losses.truth,
            "pooling": POOLINGS[int(torch.randint(len(POOLINGS), (), generator=generator))],
        }

    def _fitted(self, sound: Tensor, rate: int) -> Tensor:
        """Sound (n, C, T) as mono (n, T) at 16 kHz, with silence up to 10.24 s."""
        mono = sound.mean(1).numpy()  # (n, T)
        waves = [resample(np.ascontiguousarray(wave[:, None]), rate, RATE)[:, 0] for wave in mono]
        wave = torch.from_numpy(np.stack(waves)).float()[:, : self.networks.frames]
        return F.pad(wave, (0, self.networks.frames - wave.shape[1]))

    @abstractmethod
    def loss(self, batch: Batch) -> tuple[Tensor, Metrics]:
        """A batch's loss and its figures."""

    @abstractmethod
    def validate(self, folder: Path, step: int) -> Metrics:
        """Figures on held-out sound."""

    def _device(self) -> torch.device:
        return next(self.modules[self.trained[0]].parameters()).device

    def _denoising(self, unet: nn.Module, wave: Tensor, loa: Tensor, text: Tensor, mask: Tensor) -> Tensor:
        """The error of the noise that the U-Net finds, each example at a time drawn for it (equation 7)."""
        networks = self.networks
        latents = networks.latents(wave)
        noise = torch.randn_like(latents)
        count = int(networks.noise.config.num_train_timesteps)
        times = torch.randint(count, (len(latents),), device=latents.device)
        prediction = unet(
            networks.noise.add_noise(latents, noise, times),
            times,
            encoder_hidden_states=loa,
            encoder_hidden_states_1=text,
            encoder_attention_mask_1=mask,
            return_dict=False,
        )[0]
        wanted = noise
        if networks.noise.config.prediction_type == "v_prediction":
            wanted = networks.noise.get_velocity(latents, noise, times)
        return F.mse_loss(prediction.float(), wanted.float())

    def _held(self) -> Iterator[tuple[Tensor, list[str]]]:
        rate = self._held_out.header.rate
        sound, truths = self._held_out.held_out(self.losses.validation, round(_CROP * rate))
        for first in range(0, len(sound), 4):
            texts = [text_of(truth, Random(first + i)) for i, truth in enumerate(truths[first : first + 4])]
            yield self._fitted(sound[first : first + 4], rate).to(self._device()), texts


def _mean(figures: list[tuple[int, Metrics]]) -> Metrics:
    total = sum(count for count, _ in figures)
    return {key: sum(count * each[key] for count, each in figures) / total for key in figures[0][1]}


class LdmRecipe(_Recipe):
    """The diffusion, self-supervised."""

    name = "ldm"
    trained = ("unet",)

    def loss(self, batch: Batch) -> tuple[Tensor, Metrics]:
        """The error of the noise, on the sound's own LOA."""
        wave, dropped = batch["wave"], batch["dropped"]
        self.networks.to(wave.device)
        loa = self.networks.heard(wave, batch["pooling"])
        loa = torch.where(dropped[:, None, None], torch.zeros_like(loa), loa)
        loss = self._denoising(self.modules["unet"], wave, loa, *self._wordless(len(wave)))
        return loss, {"vectors": float(loa.shape[1])}

    def validate(self, folder: Path, step: int) -> Metrics:
        """The error on held-out sound for each λ."""
        del folder, step
        self.networks.to(self._device())
        figures: list[tuple[int, Metrics]] = []
        for wave, _ in self._held():
            each: Metrics = {}
            for pooling in POOLINGS:
                loa = self.networks.heard(wave, pooling)
                loss = self._denoising(self.networks.unet, wave, loa, *self._wordless(len(wave)))
                each[f"diffusion_{vectors(pooling)}"] = float(loss)
            figures.append((len(wave), each))
        return _mean(figures)

    def _wordless(self, count: int) -> tuple[Tensor, Tensor]:
        """FLAN-T5's vectors of so many empty texts, and their mask."""
        return self.networks.encoded([""] * count)[2:]


class Gpt2Recipe(_Recipe):
    """The GPT-2 with its conditions' projection."""

    name = "gpt2"
    trained = ("gpt2", "projection")

    def loss(self, batch: Batch) -> tuple[Tensor, Metrics]:
        """The mean squared error of each vector, those before it given."""
        wave = batch["wave"]
        self.networks.to(wave.device)
        texts = [
            "" if dropped_one else text
            for dropped_one, text in zip(batch["dropped"].tolist(), batch["texts"], strict=True)
        ]
        truth = self.networks.heard(wave, self.networks.pooling)
        conditions = self.networks.conditions(texts, self.modules["projection"])
        return F.mse_loss(language.followed(self.modules["gpt2"], conditions, truth).float(), truth), {}

    def validate(self, folder: Path, step: int) -> Metrics:
        """The error with the vectors before given, with none given, and that of the held-out mean (to be passed)."""
        del folder, step
        networks = self.networks
        networks.to(self._device())
        loa = torch.cat([networks.heard(wave, networks.pooling) for wave, _ in self._held()])
        mean = loa.mean(0, keepdim=True)
        figures: list[tuple[int, Metrics]] = []
        for wave, texts in self._held():
            truth, conditions = networks.heard(wave, networks.pooling), networks.conditions(texts)
            alone = language.written(networks.language, conditions, truth.shape[1])
            each = {
                "mse": float(F.mse_loss(language.followed(networks.language, conditions, truth), truth)),
                "mse_alone": float(F.mse_loss(alone, truth)),
                "mse_of_mean": float(F.mse_loss(mean.expand_as(truth), truth)),
            }
            figures.append((len(wave), each))
        return _mean(figures)


class JointRecipe(_Recipe):
    """All that is trained, together."""

    name = "joint"
    trained = ("unet", "gpt2", "projection")

    def loss(self, batch: Batch) -> tuple[Tensor, Metrics]:
        """The noise's error on the LOA that the switch chose, and the GPT-2's error."""
        wave, dropped = batch["wave"], batch["dropped"]
        self.networks.to(wave.device)
        texts = [
            "" if dropped_one else text for dropped_one, text in zip(dropped.tolist(), batch["texts"], strict=True)
        ]
        truth = self.networks.heard(wave, self.networks.pooling)
        conditions = self.networks.conditions(texts, self.modules["projection"])
        mse = F.mse_loss(language.followed(self.modules["gpt2"], conditions, truth).float(), truth)
        loa, chosen = self.switched(batch, truth, language.written(self.modules["gpt2"], conditions, truth.shape[1]))
        diffusion = self._denoising(self.modules["unet"], wave, loa, conditions.text, conditions.text_mask)
        figures = {"diffusion": float(diffusion.detach()), "mse": float(mse.detach()), "truth": chosen}
        return diffusion + self.losses.mse * mse, figures

    def switched(self, batch: Batch, truth: Tensor, written: Tensor) -> tuple[Tensor, float]:
        """The LOA for each example, and the share of those with a condition that got the true one."""
        conditioned = ~batch["dropped"]
        choice = batch["truth"] & conditioned
        share = float(choice.sum() / conditioned.sum().clamp(min=1))
        return torch.where(choice[:, None, None], truth, written.to(truth.dtype)), share

    def validate(self, folder: Path, step: int) -> Metrics:
        """The noise's error on what the GPT-2 wrote and on the true LOA, and the GPT-2's error."""
        del folder, step
        networks = self.networks
        networks.to(self._device())
        figures: list[tuple[int, Metrics]] = []
        for wave, texts in self._held():
            truth, conditions = networks.heard(wave, networks.pooling), networks.conditions(texts)
            alone = language.written(networks.language, conditions, truth.shape[1])
            each: Metrics = {
                "diffusion": float(self._denoising(networks.unet, wave, alone, conditions.text, conditions.text_mask)),
                "diffusion_true": float(
                    self._denoising(networks.unet, wave, truth, conditions.text, conditions.text_mask)
                ),
                "mse": float(F.mse_loss(language.followed(networks.language, conditions, truth), truth)),
            }
            figures.append((len(wave), each))
        return _mean(figures)


RECIPES: dict[str, type[LdmRecipe] | type[Gpt2Recipe] | type[JointRecipe]] = {
    recipe.name: recipe for recipe in (LdmRecipe, Gpt2Recipe, JointRecipe)
}
