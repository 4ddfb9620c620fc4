"""How far two crowds of sounds are apart: the Fréchet distance of normal distributions fitted to their embeddings."""

import numpy as np
from numpy.typing import NDArray

from engine.evaluate.figures import Figure, Goal
from engine.evaluate.workshop import Workshop
from engine.generate.sampler import Sampler
from engine.models.chunked_decoder import ChunkedDecoder

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


def figures(shop: Workshop) -> list[Figure]:
    """Generated pieces against held-out ones that no prompt describes, in the family classifier's last hidden layer.

    Beside: the pieces that the prompts describe against the same others (half against half), and the same pieces after
    a turn through the VAE, whose share in the distance that is.
    """
    made, real = shop.heard
    others = shop.classifier.listen([stretch.wave for stretch in shop.others]).embeddings
    halves = distance(real.embeddings, others)
    turned = [coded(shop.melody.sampler, pair.real.wave) for pair in shop.prompted]
    decoded = distance(shop.classifier.listen(turned).embeddings, others)
    found = distance(made.embeddings, others)
    told = f"Fréchet distance, {len(made.embeddings)} against {len(others)}"
    beside = {"held-out half against half": halves, "held-out through the VAE": decoded}
    ratio = found / halves if halves > 0 else float("nan")
    return [
        Figure("frechet", told, found, "", None, beside),
        Figure(
            "frechet_ratio", "of half against half", ratio, "×", Goal(most=_GOAL), {"through the VAE": decoded / halves}
        ),
    ]


def coded(sampler: Sampler, wave: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mono sound (T,), encoded and decoded."""
    stride, channels = sampler.config.ssl.stride, sampler.config.vae.channels
    whole = np.repeat(wave[: len(wave) // stride * stride, None], channels, axis=1)
    latents = sampler.encode(whole).latents
    decoded: NDArray[np.float32] = sampler.decode(ChunkedDecoder(sampler.vae), latents, last=True)[0].mean(axis=1)
    return decoded
