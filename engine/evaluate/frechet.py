"""How far two crowds of sounds are apart: the Fréchet distance of normal distributions fitted to their embeddings."""

from collections.abc import Callable
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray

from engine.evaluate.figures import Figure, Goal
from engine.evaluate.workshop import Workshop
from engine.models.vaegan import VaeGan

_GOAL = 3.0


def distance(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> float:
    """The squared Fréchet distance between (n, W) and (m, W) (Dowson and Landau 1982).

    The trace of the root of the product of both covariances is that of the root of a symmetric product, which has real
    eigenvalues.
    """
    means = ours.mean(0) - theirs.mean(0)
    a, b = (np.atleast_2d(np.cov(crowd, rowvar=False)) for crowd in (ours, theirs))
    values, vectors = np.linalg.eigh(a)
    root = vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T
    both = np.linalg.eigvalsh(root @ b @ root)
    return float(means @ means + np.trace(a) + np.trace(b) - 2 * np.sqrt(np.maximum(both, 0)).sum())


def main_axes(crowd: NDArray[np.float32], most: int = 16) -> Callable[[NDArray[np.float32]], NDArray[np.float64]]:
    """What places crowds (m, W) in the main axes of one crowd (n, W): → (m, k), k ≤ `most` and a fourth of n.

    Each of the W values is first divided by its spread in that crowd.
    """
    mean, spread = crowd.astype(np.float64).mean(0), crowd.astype(np.float64).std(0) + 1e-3
    axes = np.linalg.svd((crowd - mean) / spread, full_matrices=False)[2][: max(1, min(most, len(crowd) // 4))]
    return lambda other: (other - mean) / spread @ axes.T


def figures(shop: Workshop) -> list[Figure]:
    """Generated pieces against held-out ones that no prompt describes, in the family classifier's last hidden layer.

    Beside: the pieces that the prompts describe against the same others (half against half), and the same pieces after
    a turn through the VAE, whose share in the distance that is.
    """
    ours, real = shop.heard
    others = shop.classifier.listen([stretch.wave for stretch in shop.others]).embeddings
    halves = distance(real.embeddings, others)
    network = cast(VaeGan, shop.parts["vae"])
    turned = [coded(network, pair.real.wave) for pair in shop.prompted]
    decoded = distance(shop.classifier.listen(turned).embeddings, others)
    distances = distance(ours.embeddings, others)
    label = f"Fréchet distance, {len(ours.embeddings)} against {len(others)}"
    beside = {"held-out half against half": halves, "held-out through the VAE": decoded}
    ratio = distances / halves if halves > 0 else float("nan")
    return [
        Figure("frechet", label, distances, "", None, beside),
        Figure(
            "frechet_ratio", "of half against half", ratio, "×", Goal(most=_GOAL), {"through the VAE": decoded / halves}
        ),
    ]


@torch.no_grad()
def coded(network: VaeGan, wave: NDArray[np.float32], *, fine: bool = False) -> NDArray[np.float32]:
    """Mono sound (T,), encoded and decoded: of the latents that diffusion makes, or with the fine ones."""
    sound = torch.from_numpy(wave).expand(1, network.config.channels, -1)
    z = network.scale(network.posterior(sound)[0]) if fine else network.encode(sound)
    decoded: NDArray[np.float32] = network.decode(z).float()[0].mean(0).numpy()
    return decoded
