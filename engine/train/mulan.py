"""The joint embedding's recipe: a symmetric contrastive loss on crops paired with a caption or tags, and the RVQ.

After `rvq_starts` steps the residual codebooks are set by k-means on recent embeddings and then follow them: each code
moves towards the mean of what it stands for, codes that stand for nothing restart on what is left over, and a
commitment loss draws the embeddings to their codes. Validation and publication fit the codebooks anew to the averaged
weights. With a teacher (`engine.train.teacher`) the text tower also learns how that one places words that no caption
uses; words kept for evaluation are never among them. With `facts`, vectors must also tell tempo and key. Without
`hearing` the music tower stays as it is. Several processes contrast within their own batches.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Protocol

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.compose.words import FREE_PROMPTS
from engine.models.joint_embedding import JointEmbedding, JointEmbeddingConfig
from engine.models.tempo_key_head import TempoKeyHead
from engine.train import facts
from engine.train.data import SoundPool
from engine.train.loop import Batch, Metrics, Phase, Training, step_seed
from engine.train.losses import contrastive_loss


@dataclass(frozen=True, slots=True)
class MulanLosses:
    """Weights of the losses and the RVQ's habits."""

    tags: float = 0.5  # share of the audio paired with its tags in place of its caption
    commitment: float = 0.05
    rvq_starts: int = 2000  # step
    rvq_decay: float = 0.99  # of a code's count of what it stood for
    rvq_restart: int = 200  # steps between looks for dead codes
    recent: int = 4096  # embeddings remembered
    teacher: float = 0.0  # weight of the teacher's lessons; above 0 its package must be installed
    words: int = 64  # texts a step and process that only the teacher knows
    facts: float = 0.0  # weight of tempo and key, told from what states them
    invented: int = 64  # texts a step and process with a tempo and a key of any kind, that no sound belongs to
    hearing: bool = True  # whether the music tower learns
    fit_crops: int = 1024  # that the published codebooks are fitted to, with four texts for each
    validation_crops: int = 100


LOSSES: dict[str, MulanLosses] = {
    "paper": MulanLosses(),
    "starter": MulanLosses(rvq_starts=1000, recent=2048, facts=1.0),
    "tiny": MulanLosses(
        rvq_starts=8, rvq_restart=10, recent=64, words=4, facts=1.0, invented=4, fit_crops=24, validation_crops=12
    ),
}
TRAINING: dict[str, Training] = {
    "paper": Training(steps=200_000, batch=64, lr=1e-4, warmup=5000, precision="bf16"),
    "starter": Training(steps=12_000, batch=64, lr=1e-3, warmup=500),
    "tiny": Training(steps=80, batch=8, lr=3e-3, warmup=10, validate_steps=40, report_steps=10),
}


_GROUPS = 4  # of held-out pieces, over which figures are the mean


class WordTeacher(Protocol):
    """What a teacher of words must be able to do."""

    width: int

    def vocabulary(self) -> list[str]:
        """Words to practise on."""

    def __call__(self, texts: Sequence[str]) -> Tensor:
        """Unit vectors of texts, (n, width)."""


class JointTraining(nn.Module):
    """The joint embedding with what its training needs beside: recent embeddings, counts of codes, a head to teach."""

    recent: Tensor  # (n, E)
    seen: Tensor  # embeddings that have come by
    counts: Tensor  # (Q, codes): what each code stood for lately

    def __init__(self, config: JointEmbeddingConfig, losses: MulanLosses, teacher_width: int) -> None:
        super().__init__()
        self.joint, self.losses = JointEmbedding(config), losses
        self.head = nn.Linear(config.width, teacher_width) if teacher_width else None
        self.facts = facts.FactsHead(config.width) if losses.facts else None
        self.joint.music.requires_grad_(losses.hearing)
        self.register_buffer("recent", torch.zeros(losses.recent, config.width))
        self.register_buffer("seen", torch.zeros((), dtype=torch.int64))
        self.register_buffer("counts", torch.zeros(config.codebooks, config.codes))

    def forward(self, wave: Tensor, texts: Sequence[str], pairs: int, step: int) -> dict[str, Tensor]:
        """Unit vectors of sound (B, T_wav) and of texts, of which the first `pairs` belong to it.

        Returns:
            music (B, E), text (n, E), temperature () as a logarithm, commitment (), taught (n, width) with a head, and
            told (B + n, …) where facts are.
        """
        joint = self.joint
        music, text = joint.embed_music(wave), joint.embed_text(texts)
        outputs = {"music": music, "text": text, "temperature": joint.log_scale.clamp(max=4.6052)}
        both = torch.cat((music, text[:pairs]))
        outputs["commitment"] = self._follow(both, step) if self.training else both.new_zeros(())
        if self.head is not None:
            outputs["taught"] = self.head(text)
        if self.facts is not None:
            outputs["told"] = self.facts(torch.cat((music, text)))
        return outputs

    def _follow(self, vectors: Tensor, step: int) -> Tensor:
        """The commitment loss (0 before the codebooks are set), while the codebooks follow `vectors` (n, E)."""
        losses, quantiser = self.losses, self.joint.quantiser
        unit = vectors.detach().float()
        size = len(self.recent)
        slots = (int(self.seen) + torch.arange(len(unit), device=unit.device)) % size
        self.recent[slots[-size:]] = unit[-size:]
        self.seen += len(unit)
        if step < losses.rvq_starts:
            return vectors.new_zeros(())
        if step == losses.rvq_starts or not bool(self.counts.any()):
            quantiser.fit(self.recent[: min(int(self.seen), size)], rounds=10)
            self.counts.fill_(1.0)
        elif step % losses.rvq_restart == 0:
            alive = self.counts > 0.02
            quantiser.restart_dead(self.recent[: min(int(self.seen), size)], alive, seed=step)
            self.counts[~alive] = 1.0
        residual, quantised = unit, torch.zeros_like(unit)
        for q, book in enumerate(quantiser.codebooks):
            codes = torch.cdist(residual, book.float()).argmin(1)  # (n,)
            quantised = quantised + book[codes]
            counts = torch.bincount(codes, minlength=len(book)).to(book.dtype)  # (codes,)
            self.counts[q].mul_(losses.rvq_decay).add_(counts)
            pull = torch.zeros_like(book).index_add_(0, codes, (residual - book[codes]).to(book.dtype))
            residual = residual - book[codes]
            book += pull / self.counts[q].clamp_min(1.0)[:, None]
        return (vectors - quantised).square().sum(-1).mean()


class MulanRecipe:
    """Trains a `JointEmbedding`."""

    name = "mulan"
    part = "mulan"
    averaged: tuple[str, ...] = ("mulan",)

    def __init__(
        self,
        config: JointEmbeddingConfig,
        losses: MulanLosses,
        train: SoundPool,
        held_out: SoundPool,
        *,
        teacher: Callable[[], WordTeacher] | None = None,
        seed: int = 0,
    ) -> None:
        """`teacher` is called when `losses.teacher` is above 0."""
        torch.manual_seed(seed)
        self.config, self.losses, self.seed = config, losses, seed
        self._train, self._held_out = train, held_out
        self._teacher = teacher() if teacher and losses.teacher > 0 else None
        self._words = self._teacher.vocabulary() if self._teacher else []
        self._network = JointTraining(config, losses, self._teacher.width if self._teacher else 0)
        self.modules: dict[str, nn.Module] = {"mulan": self._network}

    @property
    def _frames(self) -> int:
        return round(self.config.seconds * self.config.rate)

    def phases(self) -> Sequence[Phase]:
        """One: the contrast, the commitment, the lessons."""
        return [Phase("mulan", ("mulan",), self._contrast)]

    def batches(self, seed: int, first: int, stride: int, size: int) -> Iterator[Batch]:
        """Crops, a text for each, and words for the teacher."""
        index = first
        while True:
            wave, truths = self._train.examples(seed, index, size, self._frames)
            rng = Random(step_seed(seed, index, 2))
            texts = [text_of(truth, rng, self.losses.tags, stated=0.3) for truth in truths]
            batch: dict[str, Any] = {"wave": wave.mean(1), "step": index // stride, "pairs": size}
            if self.losses.facts:
                stated = [facts.whole(truth) if self.losses.hearing else facts.Facts() for truth in truths]
                stated += [facts.said(text, truth) for text, truth in zip(texts, truths, strict=True)]
                for _ in range(self.losses.invented):
                    text, fact = facts.invented(text_of(rng.choice(truths), rng, 0.2), rng)
                    texts.append(text)
                    stated.append(fact)
                batch["facts"] = stated
            if self._teacher:
                texts += [_phrase(self._words, rng) for _ in range(self.losses.words)]
                batch["lesson"] = self._teacher(texts)
            yield batch | {"texts": texts}
            index += stride

    def _contrast(self, batch: Batch) -> tuple[Tensor, Metrics]:
        pairs = batch["pairs"]
        outputs = self.modules["mulan"](batch["wave"], batch["texts"], pairs, batch["step"])
        contrast = contrastive_loss(outputs["music"], outputs["text"][:pairs], outputs["temperature"])
        total = contrast + self.losses.commitment * outputs["commitment"]
        figures = {"contrast": float(contrast.detach()), "commitment": float(outputs["commitment"].detach())}
        if "lesson" in batch:
            lesson = _lesson(outputs["text"], outputs["taught"], batch["lesson"])
            total = total + self.losses.teacher * lesson
            figures["lesson"] = float(lesson.detach())
        if "facts" in batch:
            facts_loss = facts.lesson(outputs["told"][: len(batch["facts"])], batch["facts"])
            total, figures["facts"] = total + self.losses.facts * facts_loss, float(facts_loss.detach())
        return total, figures

    def validate(self, folder: Path, step: int) -> Metrics:
        """Recall among held-out audio, plain and through the RVQ, and the free prompts' hits."""
        del folder, step
        joint = self._network.joint.eval()
        self._fit(max(self.losses.fit_crops // 8, 16))
        return evaluate(joint, self._held_out, self.losses.validation_crops) | self._facts_told()

    def _facts_told(self) -> Metrics:
        """How many invented tempi and keys the head tells from the quantised vectors of texts."""
        head, joint = self._network.facts, self._network.joint
        if head is None:
            return {}
        rng, truths = Random(0), self._held_out.truth
        texts, tags = zip(
            *(facts.invented(text_of(truths[i % len(truths)], rng, 0.2), rng) for i in range(64)), strict=True
        )
        return facts.right(head(quantised(joint, joint.embed_text(texts))), tags)

    def _fit(self, crops: int) -> None:
        """Codebooks by k-means on embeddings of training crops and of four times as many texts."""
        device = self._network.recent.device
        vectors = []
        for first in range(0, crops, 16):
            wave, truths = self._train.examples(self.seed + 1, first, min(16, crops - first), self._frames)
            rng = Random(step_seed(self.seed, first, 3))
            texts = [text_of(truth, rng, self.losses.tags, stated=0.5) for truth in truths for _ in range(2)]
            if self.losses.facts:
                texts += [facts.invented(text_of(truth, rng, 0.2), rng)[0] for truth in truths for _ in range(2)]
            vectors += [self._network.joint.embed_music(wave.mean(1).to(device)), self._network.joint.embed_text(texts)]
        self._network.joint.quantiser.fit(torch.cat(vectors), seed=self.seed)

    def start_from(self, part: nn.Module) -> None:
        """The towers and the codebooks; the head that a teacher taught begins anew."""
        self._network.joint.load_state_dict(part.state_dict())

    @torch.no_grad()
    def published(self, averages: Mapping[str, Mapping[str, Tensor]]) -> nn.Module:
        """The joint embedding with these weights and codebooks fitted to many embeddings."""
        self._network.load_state_dict(dict(averages["mulan"]))
        self._network.eval()
        self._fit(self.losses.fit_crops)
        return self._network.joint


def text_of(truth: Mapping[str, Any], rng: Random, tags: float = 0.5, *, stated: float = 0.0) -> str:
    """One of the captions, or with probability `tags` some of the tags in any order; “music” if there is neither.

    With probability `stated` tempo and key follow, where they are known and the text does not give the tempo itself.
    """
    captions, known = list(truth["captions"]), list(truth["tags"])
    if known and (not captions or rng.random() < tags):
        text = ", ".join(rng.sample(known, rng.randint(1, min(len(known), 6))))
    else:
        text = rng.choice(captions) if captions else "music"
    tempo, key = truth.get("tempo"), truth.get("key")
    if tempo and key and rng.random() < stated and not facts.said(text, truth).tempo:
        return facts.stated(text, tempo, key)
    return text


def _phrase(words: Sequence[str], rng: Random) -> str:
    word = rng.choice(words)
    return word if rng.random() < 0.7 else f"{word} music"


def _lesson(text: Tensor, taught: Tensor, lesson: Tensor) -> Tensor:
    """How far texts (n, E) are from the teacher's vectors (n, width): by a linear map, and in who is near to whom."""
    straight = 1 - F.cosine_similarity(taught.float(), lesson, dim=-1).mean()
    ours, theirs = text.float() @ text.float().T / 0.1, lesson @ lesson.T / 0.1  # (n, n)
    itself = torch.eye(len(ours), dtype=torch.bool, device=ours.device)
    ours, theirs = ours.masked_fill(itself, -1e4), theirs.masked_fill(itself, -1e4)
    near = F.kl_div(ours.log_softmax(1), theirs.log_softmax(1), log_target=True, reduction="batchmean")
    return straight + 0.1 * near


@torch.no_grad()
def evaluate(
    joint: JointEmbedding,
    pool: SoundPool,
    count: int = 100,
    readings: Mapping[str, Callable[[str], str]] | None = None,
    ear: TempoKeyHead | None = None,
) -> Metrics:
    """Figures of a joint embedding among `count` held-out crops, the mean over up to four such groups.

    Sounds are as an `ear` hears them; free prompts as they stand, and as each of the `readings` words them.

    Returns:
        The contrastive loss; recall1 and recall10 of caption → audio, the same with both sides through the RVQ, `among`
        how many, of how many `pieces` in all; the share of free prompts whose nearest audio has the meant genre or mood
        (`free`; of a reading, `free_` and its name), and what chance would give.
    """
    groups = min(max(len(pool) // count, 1), _GROUPS)
    wave, truths = pool.held_out(groups * count, round(joint.config.seconds * joint.config.rate))
    device = joint.log_scale.device
    music = torch.cat([joint.embed_music(part.mean(1).to(device), ear) for part in torch.split(wave, 8)])  # (n, E)
    of_groups = [
        _group(joint, music[i : i + count], truths[i : i + count], readings or {}) for i in range(0, len(music), count)
    ]
    return {"among": float(min(count, len(music))), "pieces": float(len(music))} | {
        name: sum(figures[name] for figures in of_groups) / len(of_groups) for name in of_groups[0]
    }


def _group(
    joint: JointEmbedding,
    music: Tensor,
    truths: Sequence[Mapping[str, Any]],
    readings: Mapping[str, Callable[[str], str]],
) -> Metrics:
    """The figures among these pieces, whose sound has the vectors `music` (n, E)."""
    text = joint.embed_text([truth["caption"] or text_of(truth, Random(0)) for truth in truths])
    figures = {"contrast": float(contrastive_loss(music, text, joint.log_scale))}
    ours, theirs = quantised(joint, text), quantised(joint, music)
    for name, similar in (("", text @ music.T), ("_rvq", ours @ theirs.T)):
        rank = (similar > similar.diagonal()[:, None]).sum(1)
        figures[f"recall1{name}"] = float((rank < 1).float().mean())
        figures[f"recall10{name}"] = float((rank < 10).float().mean())
    figures["rvq_error"] = float((text - joint.quantiser.decode(joint.quantiser.codes(text))).square().sum(-1).mean())
    if all(truth["genre"] for truth in truths):
        prompts = list(FREE_PROMPTS)
        chances = [sum(_fits(truth, FREE_PROMPTS[prompt]) for truth in truths) / len(truths) for prompt in prompts]
        figures["free_chance"] = sum(chances) / len(chances)
        groups = {"free": prompts} | {f"free_{name}": [*map(read, prompts)] for name, read in readings.items()}
        for name, texts in groups.items():
            nearest = (joint.embed_text(texts) @ music.T).argmax(1).tolist()
            fits = [_fits(truths[place], FREE_PROMPTS[prompt]) for prompt, place in zip(prompts, nearest, strict=True)]
            figures[name] = sum(fits) / len(fits)
    return figures


def quantised(joint: JointEmbedding, vectors: Tensor) -> Tensor:
    """Unit vectors of what the codes of vectors (n, E) stand for: (n, E)."""
    return F.normalize(joint.quantiser.decode(joint.quantiser.codes(vectors)), dim=-1)


def _fits(truth: Mapping[str, Any], meaning: frozenset[tuple[str, str]]) -> bool:
    return any(truth[kind] == name for kind, name in meaning)
