"""Whether training pieces come out again: the nearest of all moments of the training split, by fingerprints.

A fingerprint is the log-mel of 2 s, eight moments a second, its mean and its spread taken off; likeness is the cosine.
Held-out pieces, which nobody has copied, say how alike two different pieces come by chance.
"""

from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray

from engine.evaluate.datasets import Wave
from engine.evaluate.figures import Figure, Goal
from engine.evaluate.workshop import Workshop
from engine.train.losses import log_mel

_BANDS, _MOMENTS, _STEP = 32, 16, 2  # of a fingerprint; moments from one to the next in the training pieces
_GOAL = 0.05


def figures(shop: Workshop) -> list[Figure]:
    """Likeness of generated and of held-out pieces to the training moment most like them."""
    rate, pool = shop.material.rate, shop.material.train
    count = min(shop.sizes.train, len(pool))
    training = []
    for excerpt in range(count):
        shop.context.progress(excerpt / count, "Fingerprints of training pieces")
        training.append(fingerprints(pool.cut([(excerpt, 0)], pool.header.frames)[0].mean(0).numpy(), rate, _STEP))
    library = np.concatenate(training)  # (n, W)
    similarity = likeness([pair.made for pair in shop.prompted], library, rate)
    real = likeness([stretch.wave for stretch in shop.others], library, rate)
    if not len(similarity) or not len(real):  # silence has no fingerprints
        return [Figure("copied", "moments like training ones: all is silent", float("nan"), "%", Goal(most=_GOAL))]
    limit = float(np.quantile(real, 0.99))
    beyond = float((similarity > limit).mean())
    return [
        Figure(
            "likeness",
            f"likeness to the nearest of {len(library)} training moments, median",
            float(np.median(similarity)),
            "",
            None,
            {"held-out pieces": float(np.median(real))},
        ),
        Figure(
            "likeness_most",
            "the same, largest",
            float(similarity.max()),
            "",
            None,
            {"held-out pieces": float(real.max())},
        ),
        Figure(
            "copied",
            "moments more like training than 99 % of the held-out ones",
            beyond,
            "%",
            Goal(most=_GOAL),
            {"by chance": 0.01},
        ),
    ]


def likeness(waves: list[Wave], library: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """The cosine of each moment of the sounds with the most similar of the known fingerprints."""
    prints = np.concatenate([fingerprints(wave, rate, _MOMENTS) for wave in waves])
    if not len(prints):
        return np.zeros(0, np.float32)
    rows = [(part @ library.T).max(axis=1) for part in np.array_split(prints, max(len(prints) // 64, 1))]
    return np.concatenate(rows)


def fingerprints(wave: Wave, rate: int, step: int) -> NDArray[np.float32]:
    """Unit vectors (n, W) of mono sound (T,), one every `step` moments; silent stretches have none."""
    if len(wave) < _MOMENTS / 8 * rate:
        return np.zeros((0, _BANDS * _MOMENTS), np.float32)
    with torch.no_grad():
        mel = log_mel(torch.from_numpy(np.ascontiguousarray(wave, np.float32))[None], rate, bands=_BANDS)[0]
    hop = rate / 512  # spectra a second
    edges = np.arange(0, mel.shape[1] + 1e-9, hop / 8).round().astype(int)
    moments = np.stack([mel[:, a:b].mean(1).numpy() for a, b in pairwise(edges)])
    if len(moments) < _MOMENTS:
        return np.zeros((0, _BANDS * _MOMENTS), np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(moments, _MOMENTS, axis=0)[::step]  # (n, BANDS, MOMENTS)
    flat = windows.reshape(len(windows), -1).astype(np.float32)
    flat = flat - flat.mean(axis=1, keepdims=True)
    norms = np.sqrt(np.square(flat).sum(axis=1, keepdims=True))
    prints: NDArray[np.float32] = (flat / np.maximum(norms, 1e-6))[norms[:, 0] > 1e-3]
    return prints
