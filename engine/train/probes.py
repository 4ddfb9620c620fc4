"""Linear probes: what can be read from tokens by nothing more than a sum of weights.

`families`: which instrument families sound in 2 s, from the histogram of its tokens, one logistic regression a family.
`beats`: the beat period of an excerpt, from a linear map of each token and its neighbours to “here is a beat”, whose
output's strongest periodicity is taken. Both are fitted on training excerpts and judged on held-out ones.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from engine.train.loop import Metrics

_WINDOW = 2.0  # seconds of a histogram
_REACH = 3  # tokens on each side that the beat probe sees
_PERIODS = (0.27, 1.2)  # seconds: 220 to 50 beats a minute
_COMB = ((1, 1.0), (2, 0.6), (3, 0.3), (0.5, -0.5), (1.5, -0.3))
"""Multiples of the beat's frequency and their weights; strength half-way between speaks for twice the period."""

Truths = Sequence[Mapping[str, Any]]


def perplexity(tokens: Tensor, vocabulary: int) -> float:
    """The exponential of the entropy of the tokens' distribution."""
    shares = torch.bincount(tokens.flatten(), minlength=vocabulary).double() / tokens.numel()
    return float(torch.exp(-torch.xlogy(shares, shares).sum()))


@torch.enable_grad()
def _logistic(x: Tensor, y: Tensor, decay: float = 1e-4, rounds: int = 200) -> tuple[Tensor, Tensor]:
    """Weights (W, F) and biases (F,) of F logistic regressions of (n, W) on (n, F)."""
    weights, biases = torch.zeros(x.shape[1], y.shape[1], requires_grad=True), torch.zeros(y.shape[1])
    biases.requires_grad_()
    optimiser = torch.optim.AdamW([weights, biases], lr=0.1, weight_decay=decay)
    for _ in range(rounds):
        optimiser.zero_grad()
        F.binary_cross_entropy_with_logits(x @ weights + biases, y).backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    return weights.detach(), biases.detach()


def _histograms(tokens: Tensor, truths: Truths, vocabulary: int, rate: float) -> tuple[Tensor, list[frozenset[str]]]:
    """Square roots of the token shares of each 2 s (n, V), and who plays in the excerpt."""
    length = min(round(_WINDOW * rate), tokens.shape[1])
    rows, families = [], []
    for row, truth in zip(tokens, truths, strict=False):
        for start in range(0, len(row) - length + 1, length):
            rows.append(torch.bincount(row[start : start + length], minlength=vocabulary) / length)
            families.append(frozenset(truth["families"]))
    x = torch.stack(rows).sqrt()
    return x, families


def families(
    tokens: Tensor, truths: Truths, held_out: Tensor, held_out_truths: Truths, vocabulary: int, rate: float
) -> Metrics:
    """Figures of the family probe; empty when the truth names no families.

    Returns:
        family_accuracy: share of right yes/no answers, over windows and families; family_balanced: the mean of the
        shares of right yes and of right no, averaged over families; family_majority: the accuracy of always giving the
        commoner answer.
    """
    x, heard = _histograms(tokens, truths, vocabulary, rate)
    x_out, heard_out = _histograms(held_out, held_out_truths, vocabulary, rate)
    names = sorted(frozenset().union(*heard) & frozenset().union(*heard_out))
    if not names:
        return {}
    y = torch.tensor([[name in who for name in names] for who in heard], dtype=torch.float32)  # (n, F)
    y_out = torch.tensor([[name in who for name in names] for who in heard_out])  # (m, F)
    mean, spread = x.mean(0), x.std(0).clamp_min(1e-3)
    weights, biases = _logistic((x - mean) / spread, y, decay=0.3)
    said = ((x_out - mean) / spread) @ weights + biases > 0
    right = said == y_out
    balanced = [
        0.5 * (right[y_out[:, f], f].float().mean() + right[~y_out[:, f], f].float().mean())
        for f in range(len(names))
        if 0 < int(y_out[:, f].sum()) < len(y_out)
    ]
    majority = (y_out == (y.mean(0) > 0.5)).float().mean()
    figures = {"family_accuracy": float(right.float().mean()), "family_majority": float(majority)}
    if balanced:
        figures["family_balanced"] = float(torch.stack(balanced).mean())
    return figures


def _beat_frames(truths: Truths, length: int, rate: float) -> Tensor:
    """1 at tokens in which a beat falls, a half at those beside: (n, T_ST)."""
    marks = torch.zeros(len(truths), length)
    for row, truth in enumerate(truths):
        for beat in truth["beats"]:
            frame = int(beat * rate)
            if 0 <= frame < length:
                marks[row, frame] = 1.0
                for beside in (frame - 1, frame + 1):
                    if 0 <= beside < length:
                        marks[row, beside] = max(float(marks[row, beside]), 0.5)
    return marks


def _activation(table: Tensor, tokens: Tensor) -> Tensor:
    """Sum over neighbours of the weight of each neighbour's token: (n, T_ST); table (2·reach + 1, V)."""
    padded = F.pad(tokens, (_REACH, _REACH), value=table.shape[1] - 1)
    length = tokens.shape[1]
    parts = [table[shift][padded[:, shift : shift + length]] for shift in range(2 * _REACH + 1)]
    return torch.stack(parts).sum(0)


@torch.enable_grad()
def _beat_table(tokens: Tensor, marks: Tensor, vocabulary: int) -> Tensor:
    """The weight of each token at each offset: (2·reach + 1, V + 1), the last column for what lies outside."""
    table = torch.zeros(2 * _REACH + 1, vocabulary + 1, requires_grad=True)
    bias = torch.tensor(math.log(max(float(marks.mean()), 1e-3)), requires_grad=True)
    optimiser = torch.optim.AdamW([table, bias], lr=0.1, weight_decay=0.02)
    for _ in range(80):
        optimiser.zero_grad()
        loss = F.binary_cross_entropy_with_logits(_activation(table, tokens) + bias, marks)
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    return table.detach()


def _period(activation: Tensor, rate: float, expected: float) -> float:
    """The beat period in seconds whose comb of frequencies is strongest, with a broad preference for `expected`."""
    centred = (activation - activation.mean()).double()
    count = math.ceil(math.log(_PERIODS[1] / _PERIODS[0]) / 0.01)
    periods = _PERIODS[0] * torch.exp(0.01 * torch.arange(count + 1, dtype=torch.float64))  # (P,)
    time = torch.arange(len(centred), dtype=torch.float64) / rate  # (T,)
    strength = torch.zeros_like(periods)
    window = torch.hann_window(len(centred), dtype=torch.float64)
    for harmonic, weight in _COMB:
        angle = 2 * math.pi * harmonic * time / periods[:, None]  # (P, T)
        wave = centred * window
        strength += weight * torch.hypot((angle.cos() * wave).sum(1), (angle.sin() * wave).sum(1))
    prior = torch.exp(-0.5 * (torch.log(periods / expected) / 0.7).square())
    return float(periods[(strength * prior).argmax()])


def beats(
    tokens: Tensor, truths: Truths, held_out: Tensor, held_out_truths: Truths, vocabulary: int, rate: float
) -> Metrics:
    """Figures of the beat probe; empty when the truth has no beats.

    Returns:
        beat_period: share of excerpts whose period is within 4 % of the true one; beat_octave: the same when half and
        double count as right.
    """
    known = [i for i in range(len(tokens)) if len(truths[i]["beats"]) > 2]
    known_out = [i for i in range(len(held_out)) if len(held_out_truths[i]["beats"]) > 2]
    if not known or not known_out:
        return {}
    marks = _beat_frames([truths[i] for i in known], tokens.shape[1], rate)
    table = _beat_table(tokens[known], marks, vocabulary)
    spacings = sorted(_spacing(truths[i]["beats"]) for i in known)
    exact = octave = 0
    for i in known_out:
        true = _spacing(held_out_truths[i]["beats"])
        found = _period(_activation(table, held_out[i : i + 1])[0], rate, spacings[len(spacings) // 2])
        exact += abs(found / true - 1) <= 0.04
        octave += any(abs(found / (true * factor) - 1) <= 0.04 for factor in (0.5, 1, 2))
    return {"beat_period": exact / len(known_out), "beat_octave": octave / len(known_out)}


def _spacing(times: Sequence[float]) -> float:
    return (times[-1] - times[0]) / (len(times) - 1)
