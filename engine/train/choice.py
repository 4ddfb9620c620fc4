"""A choice among candidates by a weighted sum of what speaks for each: weights fitted on examples (conditional logit).

McFadden (1974), “Conditional logit analysis of qualitative choice behavior”. The fit is convex and has no chance in it:
the same examples give the same weights.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_ROUNDS = 30
_ENOUGH = 1e-6  # of an example's log-probability


def fit(rows: Floats, targets: Floats, *, decay: float = 1.0) -> Floats:
    """The weights (W,) under which `targets` are most probable, by Newton's method.

    Args:
        rows: what speaks for each candidate of each example, (n, P, W).
        targets: how right each candidate is, (n, P), adding up to 1 in each example.
        decay: holds weights of columns of unit spread small, as strongly as so many examples.
    """
    spread = np.sqrt(np.square(rows - rows.mean(axis=1, keepdims=True)).mean(axis=(0, 1))) + 1e-9
    x = rows / spread
    true_means = np.einsum("np,npw->w", targets, x)
    weights = np.zeros(x.shape[2])
    value = _fitness(x, targets, weights, decay)
    for _ in range(_ROUNDS):
        likely = np.exp(_logs(x @ weights))  # (n, P)
        expected = np.einsum("np,npw->nw", likely, x)
        slope = true_means - expected.sum(axis=0) - decay * weights
        flat = (x * np.sqrt(likely)[..., None]).reshape(-1, x.shape[2])
        bend = flat.T @ flat - expected.T @ expected + decay * np.eye(x.shape[2])
        move = np.linalg.solve(bend, slope)
        while (better := _fitness(x, targets, weights + move, decay)) < value and np.abs(move).max() > _ENOUGH:
            move = move / 2
        if better - value < _ENOUGH * len(x):
            break
        weights, value = weights + move, better
    scaled: Floats = weights / spread
    return scaled


def _fitness(x: Floats, targets: Floats, weights: Floats, decay: float) -> float:
    """The log-probability of the targets, less what large weights cost."""
    return float((targets * _logs(x @ weights)).sum() - 0.5 * decay * weights @ weights)


def _logs(sums: Floats) -> Floats:
    """Logarithms of the candidates' probabilities."""
    sums = sums - sums.max(axis=1, keepdims=True)
    logs: Floats = sums - np.log(np.exp(sums).sum(axis=1, keepdims=True))
    return logs
