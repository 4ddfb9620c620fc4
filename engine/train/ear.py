"""The ear's recipe: beside the towers of a model, which stay as they are, it learns to move sounds towards their texts.

Three lessons at once: the tempo and the key of each crop (see `facts`), by cross-entropy; a symmetric contrast of moved
vectors with the text tower's, plain and after the RVQ; and plain likeness to the text's vector, without which vectors
spread out where no text lies and the codes that a language model reads from them mean nothing to it. What units are
told of a crop does not change, so it is computed once, before the first step.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.errors import ModelError
from engine.models.joint_embedding import JointEmbedding
from engine.models.tempo_key_head import NEAR, SURE, AudioFeatures, TempoKeyConfig, TempoKeyHead, tempo_candidates
from engine.train import facts
from engine.train.data import Report, SoundPool
from engine.train.loop import Batch, Metrics, Phase, Training, step_seed
from engine.train.losses import contrastive_loss
from engine.train.mulan import evaluate, quantised, text_of

_BLUR = 0.012  # within which a candidate tempo is as good as the true one, as a share
_AT_ONCE = 16  # crops
_SHORTEST = 0.35  # of what it listens to at once
_LEVELS = (-9.0, 3.0)  # dB
_WARMEST = 4.6052  # logarithm of the largest scale of similarities


@dataclass(frozen=True, slots=True)
class EarLosses:
    """Weights of the lessons, and how much sound they are about."""

    facts: float = 1.0
    codes: float = 0.5  # of the contrast after the RVQ, and of the distance to what the codes stand for
    likeness: float = 1.0
    crops: int = 18_000  # of training sound
    short: float = 0.3  # share of them of which only a part is there, louder or softer than it was
    texts: int = 10  # for each excerpt
    tags: float = 0.5  # share of the texts that are tags in place of captions
    stated: float = 0.35  # share of the texts that also give tempo and key
    validation_crops: int = 100


LOSSES: dict[str, EarLosses] = {
    "starter": EarLosses(),
    "tiny": EarLosses(crops=24, texts=3, validation_crops=12),
}
TRAINING: dict[str, Training] = {
    "starter": Training(steps=1500, batch=1024, lr=5e-3, warmup=50, ema=0.99, validate_steps=500, report_steps=50),
    "tiny": Training(steps=80, batch=12, lr=5e-3, warmup=10, validate_steps=40, report_steps=10),
}


class EarTraining(nn.Module):
    """The ear with the scales of its contrasts, plain and after the RVQ."""

    def __init__(self, config: TempoKeyConfig) -> None:
        super().__init__()
        self.ear = TempoKeyHead(config)
        self.log_scales = nn.Parameter(torch.tensor([20.0, 15.0]).log())

    def forward(self, features: AudioFeatures, vectors: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Moved vectors (B, E), logits of tempi and of keys, and the scales (2,) as logarithms."""
        tempi, keys = self.ear.tempo_logits(features), self.ear.key_logits(features)
        moved = self.ear.correct(vectors, features, tempi.detach(), keys.detach())
        return moved, tempi, keys, self.log_scales.clamp(max=_WARMEST)


@dataclass(frozen=True)
class _Crops:
    """What is known of n crops: what the ear is told (halved precision), the tower's vectors (n, E), whose they are."""

    features: AudioFeatures
    vectors: Tensor
    excerpts: Tensor  # (n,)
    tempi: Tensor  # (n,), 0 where there is none
    keys: Tensor  # (n,), −1 where there is none


class EarRecipe:
    """Trains an `TempoKeyHead` beside a model's joint embedding."""

    name = "ear"
    part = "ear"
    averaged: tuple[str, ...] = ("ear",)

    def __init__(
        self, config: TempoKeyConfig, losses: EarLosses, train: SoundPool, held_out: SoundPool, *, seed: int = 0
    ) -> None:
        torch.manual_seed(seed)
        self.config, self.losses, self.seed = config, losses, seed
        self._train, self._held_out = train, held_out
        self._network = EarTraining(config)
        self.modules: dict[str, nn.Module] = {"ear": self._network}
        self._joint: JointEmbedding | None = None
        self._crops: _Crops | None = None
        self._texts = torch.zeros(0)  # (excerpts, texts, E)

    def train_beside(self, parts: Mapping[str, nn.Module]) -> None:
        """The towers that it is to be trained with."""
        joint = parts["mulan"]
        assert isinstance(joint, JointEmbedding)
        self._joint = joint.eval().requires_grad_(False)

    def start_from(self, part: nn.Module) -> None:
        """An ear that has learnt before."""
        self._network.ear.load_state_dict(part.state_dict())

    def phases(self) -> Sequence[Phase]:
        """One: all lessons."""
        return [Phase("ear", ("ear",), self._lessons)]

    @torch.no_grad()
    def prepare(self, report: Report = lambda share, text: None) -> None:
        """Looks at all crops and texts, once.

        Raises:
            ModelError: there are no towers.
        """
        if self._crops is not None:
            return
        joint, ear, train = self._towers(), self._network.ear, self._train
        turns = max(math.ceil(self.losses.crops / len(train)), 1)
        room = max(train.header.frames - self.config.samples, 0)
        starts = [round(room * (turn / (turns - 1) if turns > 1 else 0.5)) for turn in range(turns)]
        places = [(excerpt, start) for start in starts for excerpt in range(len(train))][: self.losses.crops]
        parts: list[tuple[Tensor, ...]] = []
        for first in range(0, len(places), _AT_ONCE):
            report(first / len(places), f"Listened to {first} of {len(places)} crops")
            wave = train.cut(places[first : first + _AT_ONCE], self.config.samples).mean(1)
            wave = self._shortened(wave, first)
            seen = ear.features(wave)
            whole = (seen.tempo, seen.key, seen.timbre, joint.embed_music(wave))
            parts.append(tuple(each.half() for each in whole))
        tempo, key, timbre, vectors = (torch.cat(each) for each in zip(*parts, strict=True))
        facts_of_crops = [facts.whole(train.truth[excerpt]) for excerpt, _ in places]
        self._crops = _Crops(
            AudioFeatures(tempo, key, timbre),
            vectors,
            torch.tensor([excerpt for excerpt, _ in places]),
            torch.tensor([fact.tempo for fact in facts_of_crops]),
            torch.tensor([fact.tonic + 12 * fact.minor if fact.tonic >= 0 else -1 for fact in facts_of_crops]),
        )
        self._texts = self._said(report)
        if bool((ear.pulse_spread == 1).all()):  # it begins
            sample = tempo[:: max(len(tempo) // 2000, 1)].float()
            ear.pulse_centre.copy_(sample.mean((0, 1)))
            ear.pulse_spread.copy_(sample.std((0, 1)) + 1e-3)
            ear.colour_centre.copy_(timbre.float().mean(0))
            ear.colour_spread.copy_(timbre.float().std(0) + 1e-3)

    def _shortened(self, wave: Tensor, first: int) -> Tensor:
        """Crops (n, T_wav), the `first` and those after it, of which some end early."""
        shortened = wave.clone()
        for row in range(len(wave)):
            rng = Random(step_seed(self.seed, first + row, 7))
            if rng.random() < self.losses.short:
                shortened[row, round(rng.uniform(_SHORTEST, 1.0) * wave.shape[1]) :] = 0.0
                shortened[row] *= 10 ** (rng.uniform(*_LEVELS) / 20)
        return shortened

    def _said(self, report: Report) -> Tensor:
        """Vectors of texts for each excerpt: the first caption, then what the seed draws."""
        losses, parts = self.losses, []
        for excerpt, truth in enumerate(self._train.truth):
            report(excerpt / len(self._train), f"Read the texts of {excerpt} of {len(self._train)} excerpts")
            rng = Random(step_seed(self.seed, excerpt, 6))
            texts = [text_of(truth, rng, losses.tags, stated=losses.stated) for _ in range(losses.texts)]
            parts.append(self._towers().embed_text(texts))
        return torch.stack(parts)

    def _towers(self) -> JointEmbedding:
        if self._joint is None:
            raise ModelError("An ear is trained beside a model's towers: name the model with --model.")
        return self._joint

    def batches(self, seed: int, first: int, stride: int, size: int) -> Iterator[Batch]:
        """Crops as the ear is told of them, each with one of its texts."""
        self.prepare()
        crops = self._crops
        assert crops is not None
        index = first
        while True:
            generator = torch.Generator().manual_seed(step_seed(seed, index, 0))
            rows = torch.randint(len(crops.vectors), (size,), generator=generator)
            texts = torch.randint(self.losses.texts, (size,), generator=generator)
            seen, excerpts = crops.features, crops.excerpts[rows]
            yield {
                "tempo_features": seen.tempo[rows],
                "key_features": seen.key[rows],
                "timbre_features": seen.timbre[rows],
                "vectors": crops.vectors[rows].float(),
                "text": self._texts[excerpts, texts],
                "excerpts": excerpts,
                "tempi": crops.tempi[rows],
                "keys": crops.keys[rows],
            }
            index += stride

    def _lessons(self, batch: Batch) -> tuple[Tensor, Metrics]:
        losses, text = self.losses, batch["text"]
        features = AudioFeatures(batch["tempo_features"], batch["key_features"], batch["timbre_features"])
        moved, tempi, keys, scales = self.modules["ear"](features, batch["vectors"])
        tempo, key = _tempo_lesson(tempi, batch["tempi"]), _key_lesson(keys, batch["keys"])
        excerpts = batch["excerpts"]
        same = (excerpts[:, None] == excerpts) & ~torch.eye(len(excerpts), dtype=torch.bool, device=excerpts.device)
        contrast = contrastive_loss(moved, text, scales[0], same)
        likeness = 1 - (moved * text).sum(1).mean()
        total = contrast + losses.facts * (tempo + key) + losses.likeness * likeness
        figures = {"contrast": contrast, "tempo": tempo, "key": key, "likeness": likeness}
        if losses.codes:
            joint = self._towers().to(moved.device)
            coded, coded_text = quantised(joint, moved.detach()), quantised(joint, text)
            straight = moved + (coded - moved).detach()
            figures["coded"] = contrastive_loss(straight, coded_text, scales[1], same)
            far = 0.5 * (moved - coded).square().sum(1).mean()
            total = total + losses.codes * (figures["coded"] + far)
        return total, {name: float(value.detach()) for name, value in figures.items()}

    @torch.no_grad()
    def validate(self, folder: Path, step: int) -> Metrics:
        """Recall among held-out sound, plain and through the RVQ, and the share of tempi and keys told."""
        del folder, step
        ear = self._network.ear.eval()
        joint = self._towers().to(ear.share.device)
        figures = evaluate(joint, self._held_out, self.losses.validation_crops, ear=ear)
        figures |= told(ear, self._held_out, self.losses.validation_crops)
        self._network.train()
        return figures

    @torch.no_grad()
    def published(self, averages: Mapping[str, Mapping[str, Tensor]]) -> nn.Module:
        """The ear with these weights."""
        self._network.load_state_dict(dict(averages["ear"]))
        return self._network.ear.eval()


@torch.no_grad()
def told(ear: TempoKeyHead, pool: SoundPool, count: int) -> Metrics:
    """What an ear tells of at most `count` held-out crops.

    Returns:
        The shares of tempi told within 4 % (`tempo_told`) and of keys told right (`key_told`), of those that there are,
        and the same of those that it is sure of, which are a share of `tempo_sure` and `key_sure`.
    """
    wave, truths = pool.held_out(count, ear.config.samples)
    device, right = ear.share.device, {"tempo": list[tuple[bool, bool]](), "key": list[tuple[bool, bool]]()}
    for crop, truth in zip(wave.mean(1), truths, strict=True):
        logits, fact = ear.predict(crop[None].to(device)), facts.whole(truth)
        if fact.tempo > 0:
            near = abs(math.log(logits.tempo / fact.tempo)) < math.log1p(NEAR)
            right["tempo"].append((near, logits.tempo_sure >= SURE))
        if fact.tonic >= 0:
            right["key"].append((logits.key == (fact.tonic, bool(fact.minor)), logits.key_sure >= SURE))
    figures = {}
    for name, answers in right.items():
        sure = [hit for hit, clear in answers if clear]
        figures[f"{name}_told"] = sum(hit for hit, _ in answers) / max(len(answers), 1)
        figures[f"{name}_sure"] = len(sure) / max(len(answers), 1)
        figures[f"{name}_told_sure"] = sum(sure) / max(len(sure), 1)
    return figures


def _tempo_lesson(logits: Tensor, tempi: Tensor) -> Tensor:
    """Cross-entropy of tempi (B,) under logits of the candidates (B, TEMPI); those of 0 teach nothing."""
    stated = tempi > 0
    if not bool(stated.any()):
        return logits.sum() * 0.0
    away = (tempi[stated, None] / tempo_candidates().to(tempi.device)).log() / _BLUR
    return F.cross_entropy(logits[stated].float(), torch.softmax(-0.5 * away.square(), dim=1))


def _key_lesson(logits: Tensor, keys: Tensor) -> Tensor:
    """Cross-entropy of keys (B,); those of −1 teach nothing."""
    count = (keys >= 0).sum().clamp_min(1)
    return F.cross_entropy(logits.float(), keys, ignore_index=-1, reduction="sum") / count
