"""Linear probes: what can be read from tokens by nothing more than a sum of weights.

`families`: which instrument families sound in 2 s, from the histogram of its tokens, one ridge regression a family.
`beats`: the beat period of an excerpt, from a linear map of each token and its neighbours to “here is a beat”, whose
output's periodicity is taken (see `periodicity`). All weights, and how small they are held, are chosen on training
excerpts; held-out ones are only judged.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.train import periodicity, sounding
from engine.train.loop import Metrics

WINDOW = 2.0
"""Seconds of a histogram."""
_STEPS = 4  # training windows that begin in each window, so that there are more of them
_ASIDE = 4  # every fourth training excerpt chooses what the others have fitted
_DECAYS = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)  # of the ridge, as a share of the windows
_REACH = 3  # tokens on each side that the beat probe sees
_BEAT_DECAY = 0.002
_ROUNDS, _CLOSE = 60, 1e-6  # of the conjugate gradients
_FOLDS = 3
_PERIODS = (0.27, 1.2)  # seconds: 220 to 50 beats a minute

Truths = Sequence[Mapping[str, Any]]
_Array = NDArray[np.float64]


def perplexity(tokens: Tensor, vocabulary: int) -> float:
    """The exponential of the entropy of the tokens' distribution."""
    shares = torch.bincount(tokens.flatten(), minlength=vocabulary).double() / tokens.numel()
    return float(torch.exp(-torch.xlogy(shares, shares).sum()))


def families(
    tokens: Tensor,
    truths: Truths,
    held_out: Tensor,
    held_out_truths: Truths,
    vocabulary: int,
    rate: float,
) -> Metrics:
    """Figures of the family probe; empty when the truth names no families.

    A family of which nothing can be read is given the commoner answer, as the training excerpts held aside tell.

    Returns:
        family_accuracy: share of right yes/no answers, over windows and families; family_balanced: the mean of the
        shares of right yes and of right no, averaged over families; family_order: how often a window in which a family
        sounds is given more of it than one in which it does not; family_majority: the accuracy of always giving the
        commoner answer.
    """
    x, heard, excerpt = _histograms(tokens, truths, vocabulary, rate, _STEPS)
    x_out, heard_out, _ = _histograms(held_out, held_out_truths, vocabulary, rate, 1)
    names = sorted(frozenset().union(*heard) & frozenset().union(*heard_out))
    if not names:
        return {}
    y = np.array([[name in who for name in names] for who in heard])  # (n, F)
    y_out = np.array([[name in who for name in names] for who in heard_out])  # (m, F)
    scores, thresholds = _ridge(x, y, excerpt % _ASIDE == _ASIDE - 1, x_out)
    right = (scores > thresholds) == y_out
    judged = [f for f in range(len(names)) if 0 < int(y_out[:, f].sum()) < len(y_out)]
    figures = {
        "family_accuracy": float(right.mean()),
        "family_majority": float((y_out == (y.mean(0) > 0.5)).mean()),
    }
    if judged:
        balanced = [0.5 * (right[y_out[:, f], f].mean() + right[~y_out[:, f], f].mean()) for f in judged]
        figures["family_balanced"] = float(np.mean(balanced))
        figures["family_order"] = float(np.mean([_order(scores[:, f], y_out[:, f]) for f in judged]))
    return figures


def _histograms(
    tokens: Tensor, truths: Truths, vocabulary: int, rate: float, steps: int
) -> tuple[_Array, list[frozenset[str]], NDArray[np.int64]]:
    """Square roots of the token shares of each 2 s (n, V), who sounds in it, and of which excerpt it is (n,).

    Windows follow one another, or begin `steps` times as often.
    """
    length = min(round(WINDOW * rate), tokens.shape[1])
    places = range(0, tokens.shape[1] - length + 1, max(length // steps, 1))
    rows, labels, excerpts = [], [], []
    for number, (row, truth) in enumerate(zip(tokens.numpy(), truths, strict=False)):
        labels += sounding.windows(truth, [place / rate for place in places], length / rate)
        rows += [np.bincount(row[place : place + length], minlength=vocabulary) / length for place in places]
        excerpts += [number] * len(places)
    return np.sqrt(np.stack(rows)), labels, np.array(excerpts)


def _ridge(x: _Array, y: NDArray[np.bool_], aside: NDArray[np.bool_], x_out: _Array) -> tuple[_Array, _Array]:
    """Scores (m, F) of `x_out` (m, V) and each family's threshold (F,), above which it is said to sound."""
    if not aside.any() or aside.all():
        aside = np.arange(len(x)) % _ASIDE == 0
    solve, project = _solver(x[~aside], y[~aside])
    judged = project(x[aside])
    tried = [judged @ solve(decay) for decay in _DECAYS]
    thresholds = [[_threshold(scores[:, f], y[aside, f]) for scores in tried] for f in range(y.shape[1])]  # (right, at)
    best = [max(range(len(_DECAYS)), key=lambda d: family[d][0]) for family in thresholds]
    out = project(x_out)
    scores = np.stack([(out @ solve(_DECAYS[d]))[:, f] for f, d in enumerate(best)], axis=1)
    return scores, np.array([thresholds[f][d][1] for f, d in enumerate(best)])


def _solver(x: _Array, y: NDArray[np.bool_]) -> tuple[Callable[[float], _Array], Callable[[_Array], _Array]]:
    """Ridge regression of ±1 on centred histograms: weights for a decay, and the axes in which they are."""
    mean = x.mean(0)
    values, axes = np.linalg.eigh((x - mean).T @ (x - mean) / len(x))
    towards = axes.T @ ((x - mean).T @ (2.0 * y - 1.0 - (2.0 * y - 1.0).mean(0))) / len(x)  # (V, F)
    typical = float(values.sum()) / max(int((values > 1e-9 * values.max()).sum()), 1)

    def solve(decay: float) -> _Array:
        weights: _Array = towards / (np.maximum(values, 0) + decay * typical)[:, None]
        return weights

    def project(rows: _Array) -> _Array:
        projected: _Array = (rows - mean) @ axes
        return projected

    return solve, project


def _threshold(scores: _Array, sounds: NDArray[np.bool_]) -> tuple[float, float]:
    """The best accuracy and the threshold that gives it; it may be infinite, which is always the same answer."""
    order = np.argsort(-scores, kind="stable")
    yes = np.concatenate(([0], np.cumsum(np.where(sounds[order], 1, -1))))  # right answers gained by the first k yes
    best = int(np.argmax(yes))
    right = float((yes[best] + (~sounds).sum()) / len(sounds))
    ranked = np.concatenate(([np.inf], scores[order], [-np.inf]))
    middle = ranked[best + 1] if best in (0, len(scores)) else 0.5 * (ranked[best] + ranked[best + 1])
    return right, float(np.inf if best == 0 else -np.inf if best == len(scores) else middle)


def _order(scores: _Array, sounds: NDArray[np.bool_]) -> float:
    """The area under the ROC curve."""
    ranks = np.argsort(np.argsort(scores)) + 1.0
    count = int(sounds.sum())
    return float((ranks[sounds].sum() - count * (count + 1) / 2) / (count * (len(sounds) - count)))


def beats(
    tokens: Tensor, truths: Truths, held_out: Tensor, held_out_truths: Truths, vocabulary: int, rate: float
) -> Metrics:
    """Figures of the beat probe; empty when the truth has no beats.

    Returns:
        beat_period: share of excerpts whose period is within 4 % of the true one; beat_octave: the same when half and
        double count as right.
    """
    with_beats = [i for i in range(len(tokens)) if len(truths[i]["beats"]) > 2]
    known_out = [i for i in range(len(held_out)) if len(held_out_truths[i]["beats"]) > 2]
    if not with_beats or not known_out:
        return {}
    periods = periodicity.candidates(*_PERIODS)
    ours, theirs = tokens[with_beats].numpy(), held_out[known_out].numpy()
    marks = _beat_frames([truths[i] for i in with_beats], ours.shape[1], rate)
    spacings = [_spacing(truths[i]["beats"]) for i in with_beats]
    folds = min(_FOLDS, len(with_beats))
    rows: list[_Array] = [np.zeros((0, 0))] * len(with_beats)
    for fold in range(folds):  # the period is fitted on activations as good as those of unknown excerpts
        inside = np.arange(len(with_beats)) % folds == fold
        rest = ~inside if folds > 1 else inside
        table = _beat_table(ours[rest], marks[rest], vocabulary)
        for number in np.flatnonzero(inside).tolist():
            rows[number] = periodicity.strengths([_activation(table, ours[number])], rate, periods)
    weights = periodicity.fit(rows, spacings, periods)
    table = _beat_table(ours, marks, vocabulary)
    exact = octave = 0
    for i, row in zip(known_out, theirs, strict=True):
        true = _spacing(held_out_truths[i]["beats"])
        strengths = periodicity.strengths([_activation(table, row)], rate, periods)
        tempi = periodicity.best(strengths, weights, periods)
        exact += abs(tempi / true - 1) <= 0.04
        octave += any(abs(tempi / (true * factor) - 1) <= 0.04 for factor in (0.5, 1, 2))
    return {"beat_period": exact / len(known_out), "beat_octave": octave / len(known_out)}


def _beat_frames(truths: Truths, length: int, rate: float) -> _Array:
    """1 at tokens in which a beat falls, a half at those beside: (n, T_ST)."""
    marks = np.zeros((len(truths), length))
    for row, truth in enumerate(truths):
        for beat in truth["beats"]:
            frame = int(beat * rate)
            if 0 <= frame < length:
                marks[row, frame] = 1.0
                for beside in (frame - 1, frame + 1):
                    if 0 <= beside < length:
                        marks[row, beside] = max(marks[row, beside], 0.5)
    return marks


def _neighbours(tokens: NDArray[np.int64], vocabulary: int) -> NDArray[np.int64]:
    """Columns of the table that each place's token and neighbours name: (…, T_ST) → (…, T_ST, 2·reach + 1)."""
    pad = [(0, 0)] * (tokens.ndim - 1) + [(_REACH, _REACH)]
    padded = np.pad(tokens, pad, constant_values=vocabulary)
    length = tokens.shape[-1]
    shifts = range(2 * _REACH + 1)
    return np.stack([padded[..., s : s + length] + s * (vocabulary + 1) for s in shifts], axis=-1)


def _activation(table: _Array, tokens: NDArray[np.int64]) -> _Array:
    """The sum of the weights of each place's token and neighbours: (T_ST,)."""
    vocabulary = len(table) // (2 * _REACH + 1) - 1
    summed: _Array = table[_neighbours(tokens, vocabulary)].sum(axis=-1)
    return summed


def _beat_table(tokens: NDArray[np.int64], marks: _Array, vocabulary: int) -> _Array:
    """The weight of each token at each offset ((2·reach + 1) · (V + 1),), by ridge regression of the marks.

    The normal equations are solved by conjugate gradients: their matrix is all counts of pairs, and never written out.
    """
    offsets = 2 * _REACH + 1
    columns = _neighbours(tokens, vocabulary).reshape(-1, offsets)  # (n, offsets)
    width, decay = offsets * (vocabulary + 1), _BEAT_DECAY * len(columns)

    def gathered(values: _Array) -> _Array:
        summed: _Array = np.bincount(columns.ravel(), weights=np.repeat(values, offsets), minlength=width).astype(float)
        return summed

    table = np.zeros(width)
    rest = gathered((marks - marks.mean()).ravel())
    way, size = rest, float(rest @ rest)
    enough = _CLOSE * size
    for _ in range(_ROUNDS):
        if size <= enough:
            break
        bent = gathered(way[columns].sum(axis=1)) + decay * way
        length = size / float(way @ bent)
        table, rest = table + length * way, rest - length * bent
        before, size = size, float(rest @ rest)
        way = rest + (size / before) * way
    return table


def _spacing(times: Sequence[float]) -> float:
    return (times[-1] - times[0]) / (len(times) - 1)
