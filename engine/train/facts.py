"""Tempo and key in texts: how prompts state them, and the lesson that makes a vector tell them.

A contrast of sounds and texts can tell pieces apart by genre, mood and instruments; what tempo and key say comes out of
it last. Told to a linear head, both lie in the vector along fixed directions, which are kept by the residual codes, and
which a language model reads from them as a sum.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from engine.music.keys import Key
from engine.music.scales import SCALES, has_minor_third
from engine.timing.stated_tempo import tempo_in

SLOWEST, FASTEST, TEMPI = 40.0, 220.0, 64
"""Beats a minute at the first and the last of so many tempo classes, which are spaced by a ratio (2.7 %)."""
_SHARP = 16.0  # what a unit vector is scaled by for the head


@dataclass(frozen=True, slots=True)
class Facts:
    """A tempo in felt beats a minute (0: not said), a tonic from 0 = C (−1: not said) and 1 for minor (−1)."""

    tempo: float = 0.0
    tonic: int = -1
    minor: int = -1


def stated(text: str, tempo: float, key: str) -> str:
    """The text as a prompt that gives tempo and key."""
    return f"{text.rstrip(' .')}, {round(tempo)} BPM, {key}"


def invented(text: str, rng: Random) -> tuple[str, Facts]:
    """The text with a tempo and a key of any kind."""
    tempo = SLOWEST * 1.4 * (FASTEST * 0.86 / (SLOWEST * 1.4)) ** rng.random()
    tonic, mode = rng.randrange(12), rng.choice(("major", "minor", *SCALES))
    return stated(text, tempo, Key(tonic, mode).name), Facts(tempo, tonic, int(has_minor_third(mode)))


def said(text: str, truth: Mapping[str, Any]) -> Facts:
    """What of the truth a text says."""
    keyed = bool(truth.get("key")) and str(truth["key"]).lower() in text.lower()
    return Facts(
        tempo_in(text) or 0.0,
        int(truth["tonic"]) if keyed else -1,
        int(has_minor_third(truth["mode"])) if keyed else -1,
    )


def whole(truth: Mapping[str, Any]) -> Facts:
    """All that is true of a sound."""
    tempo = float(truth.get("tempo") or 0)
    if not truth.get("key"):
        return Facts(tempo)
    return Facts(tempo, int(truth["tonic"]), int(has_minor_third(truth["mode"])))


class FactsHead(nn.Module):
    """Tells tempo, tonic and mode from unit vectors (n, E)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.tell = nn.Linear(width, TEMPI + 12 + 2)

    def forward(self, vectors: Tensor) -> Tensor:
        """Logits (n, TEMPI + 12 + 2)."""
        logits: Tensor = self.tell(_SHARP * vectors)
        return logits


def lesson(logits: Tensor, facts: Sequence[Facts]) -> Tensor:
    """Cross-entropy of what is said: near tempi are nearly right. 0 where nothing is."""
    parts, device = _parts(logits.float()), logits.device
    tempo = torch.tensor([max(fact.tempo, 1.0) for fact in facts], device=device)
    place = torch.log(tempo / SLOWEST) / math.log(FASTEST / SLOWEST) * (TEMPI - 1)
    near = torch.softmax(-0.5 * (torch.arange(TEMPI, device=device) - place[:, None]).square(), dim=1)
    has_tempo = torch.tensor([float(fact.tempo > 0) for fact in facts], device=device)
    loss = (F.cross_entropy(parts[0], near, reduction="none") * has_tempo).sum() / has_tempo.sum().clamp_min(1)
    for part, wanted in ((parts[1], [f.tonic for f in facts]), (parts[2], [f.minor for f in facts])):
        classes = torch.tensor(wanted, device=device)
        count = (classes >= 0).sum().clamp_min(1)
        loss = loss + F.cross_entropy(part, classes, ignore_index=-1, reduction="sum") / count
    return loss


def _parts(logits: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Logits of tempo, tonic and mode."""
    return logits[:, :TEMPI], logits[:, TEMPI : TEMPI + 12], logits[:, TEMPI + 12 :]


def right(logits: Tensor, facts: Sequence[Facts]) -> dict[str, float]:
    """Shares of the tempi told within 4 % and of the keys (tonic and mode) told right, of those that are said."""
    tempo, tonic, minor = (part.argmax(1).tolist() for part in _parts(logits))
    step = math.log(FASTEST / SLOWEST) / (TEMPI - 1)
    tempi = [
        abs(math.log(SLOWEST / fact.tempo) + step * answer) < math.log(1.04)
        for fact, answer in zip(facts, tempo, strict=True)
        if fact.tempo > 0
    ]
    keys = [
        (fact.tonic, fact.minor) == answer
        for fact, answer in zip(facts, zip(tonic, minor, strict=True), strict=True)
        if fact.tonic >= 0
    ]
    return {"tempo_told": sum(tempi) / max(len(tempi), 1), "key_told": sum(keys) / max(len(keys), 1)}
