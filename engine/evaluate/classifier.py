"""Which instrument families sound: a small network on log-mel statistics, trained on pieces of the corpus alone.

Its last hidden layer is the embedding in which crowds of pieces are compared. It hears neither the model's own networks
nor anything that they made.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from engine.compose.instruments import FAMILIES
from engine.evaluate.datasets import Material, Stretch, Wave
from engine.jobs import Context
from engine.train.losses import log_mel

BANDS = 80
WIDTH = 32
"""Of the embedding."""
_ROUNDS = 300
_HIDDEN = 96


@torch.no_grad()
def features(wave: Wave, rate: int) -> Tensor:
    """Statistics of the log-mel of mono sound (T,), its overall level taken off: (6 · BANDS,)."""
    mel = log_mel(torch.from_numpy(np.ascontiguousarray(wave, np.float32))[None], rate, bands=BANDS)[0]  # (BANDS, N)
    mel = mel - mel.mean()
    change = mel.diff(dim=1) if mel.shape[1] > 1 else torch.zeros_like(mel)
    quantiles = torch.quantile(mel, torch.tensor([0.1, 0.5, 0.95]), dim=1)  # (3, BANDS)
    parts = (mel.mean(1), mel.std(1, correction=0), *quantiles, change.clamp_min(0).mean(1))
    return torch.cat(parts)


class _Network(nn.Module):
    mean: Tensor
    spread: Tensor

    def __init__(self, mean: Tensor, spread: Tensor) -> None:
        super().__init__()
        self.register_buffer("mean", mean)
        self.register_buffer("spread", spread)
        self.first, self.second = nn.Linear(len(mean), _HIDDEN), nn.Linear(_HIDDEN, WIDTH)
        self.last = nn.Linear(WIDTH, len(FAMILIES))

    def embedding(self, x: Tensor) -> Tensor:
        x = ((x - self.mean) / self.spread).clamp(-5, 5)
        x = F.dropout(F.gelu(self.first(x)), 0.3, self.training)
        embedded: Tensor = torch.tanh(self.second(x))
        return embedded

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.last(F.dropout(self.embedding(x), 0.1, self.training))
        return logits


@dataclass(frozen=True)
class Heard:
    """What the classifier makes of n sounds: scores (n, F), above 0 for families heard; embeddings (n, WIDTH)."""

    scores: NDArray[np.float64]
    embeddings: NDArray[np.float64]


class FamilyClassifier:
    """Trained when made. The same material and seed give the same classifier."""

    families: tuple[str, ...] = FAMILIES

    def __init__(self, stretches: Sequence[Stretch], rate: int, *, seed: int = 0, context: Context) -> None:
        """Raises `Cancelled` when the user asks to stop."""
        self._rate = rate
        x = torch.stack([features(stretch.wave, rate) for stretch in stretches])
        y = torch.tensor([[family in s.truth["families"] for family in FAMILIES] for s in stretches]).float()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self._network = _Network(x.mean(0), x.std(0).clamp_min(1e-3))
            self._train(x, y, context)
            self._network.eval()
        self._threshold = self._balanced_thresholds(x, y)

    def _train(self, x: Tensor, y: Tensor, context: Context) -> None:
        network = self._network.train()
        # both answers of every family count the same, however rare it is
        share = y.mean(0).clamp(0.02, 0.98)
        weights = torch.where(y > 0, 0.5 / share, 0.5 / (1 - share))
        optimiser = torch.optim.AdamW(network.parameters(), lr=3e-3, weight_decay=0.05)
        batch = 128
        steps = max(_ROUNDS, 12 * len(x) // batch)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, total_steps=steps)
        for step in range(steps):
            rows = torch.randint(len(x), (min(batch, len(x)),))
            loss = F.binary_cross_entropy_with_logits(network(x[rows]), y[rows], weights[rows])
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            schedule.step()
            context.progress((step + 1) / steps, "Training the family classifier")

    @torch.no_grad()
    def _balanced_thresholds(self, x: Tensor, y: Tensor) -> Tensor:
        """Of each family, where right yes and right no are together most frequent in the training pieces: (F,)."""
        logits = self._network(x)
        thresholds = []
        for f in range(y.shape[1]):
            yes, no = logits[y[:, f] > 0, f], logits[y[:, f] == 0, f]
            if not len(yes) or not len(no):
                thresholds.append(torch.tensor(0.0))
                continue
            at = torch.quantile(logits[:, f], torch.linspace(0.02, 0.98, 49))
            right = [(yes > t).float().mean() + (no <= t).float().mean() for t in at]
            thresholds.append(at[int(torch.stack(right).argmax())])
        return torch.stack(thresholds)

    @torch.no_grad()
    def listen(self, waves: Sequence[Wave]) -> Heard:
        """What it makes of mono sounds."""
        x = torch.stack([features(wave, self._rate) for wave in waves])
        scores = self._network(x) - self._threshold
        return Heard(scores.double().numpy(), self._network.embedding(x).double().numpy())


def trained_on(
    material: Material, excerpts: int, seconds: float, *, seed: int = 0, context: Context
) -> FamilyClassifier:
    """A classifier of stretches of about `seconds`, of which it gets two of each of the first training excerpts."""
    pool = material.train
    room = max(pool.header.seconds - seconds, 0.0)
    stretches = [
        material.stretch(pool, excerpt, seconds, start=start)
        for excerpt in range(min(excerpts, len(pool)))
        for start in ((0.0, room) if room > 0.25 * seconds else (0.0,))
    ]
    return FamilyClassifier(stretches, material.rate, seed=seed, context=context)


def balanced_accuracy(scores: NDArray[np.float64], stretches: Sequence[Stretch]) -> float:
    """The mean over families of the shares of right yes and right no; families that all or none have are left out."""
    truth = np.array([[family in s.truth["families"] for family in FAMILIES] for s in stretches])
    predicted = scores > 0
    each = [
        0.5 * (predicted[truth[:, f], f].mean() + (~predicted[~truth[:, f], f]).mean())
        for f in range(len(FAMILIES))
        if 0 < truth[:, f].sum() < len(truth)
    ]
    return float(np.mean(each)) if each else float("nan")
