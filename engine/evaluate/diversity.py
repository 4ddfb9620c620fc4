"""How different the same prompt sounds with other seeds, in the family classifier's embedding."""

import numpy as np
from numpy.typing import NDArray

from engine.evaluate.figures import Figure
from engine.evaluate.workshop import Workshop, mean


def figures(shop: Workshop) -> list[Figure]:
    """Mean distances of seeds of one prompt and of different prompts, beside those of real pieces."""
    sizes = shop.sizes
    prompts = shop.prompts[: sizes.diversity_prompts]
    total = len(prompts) * sizes.diversity_seeds
    waves = []
    for number, prompt in enumerate(prompts):
        for seed in range(sizes.diversity_seeds):
            done = number * sizes.diversity_seeds + seed
            shop.context.progress(done / total, f"Take {done + 1} of {total}")
            waves.append(shop.generated(prompt.text, shop.seed + 1000 + seed, sizes.prompt_seconds))
    shape = (len(prompts), sizes.diversity_seeds, -1)
    embeddings = shop.classifier.listen(waves).embeddings.reshape(shape)  # (P, S, W)
    real = shop.classifier.listen([stretch.wave for stretch in shop.others]).embeddings
    same = mean([spread(seeds) for seeds in embeddings])
    across = mean([spread(embeddings[:, seed]) for seed in range(sizes.diversity_seeds)])
    pieces = spread(real)
    return [
        Figure("seeds", "distance of seeds of one prompt", same, "", None, {"of real pieces": pieces}),
        Figure("prompts", "distance of different prompts", across, "", None, {"of real pieces": pieces}),
        Figure("seed_share", "seeds' distance, of different prompts'", same / across if across else float("nan"), "%"),
    ]


def spread(points: NDArray[np.float64]) -> float:
    """The mean distance of all pairs of (n, W); NaN for fewer than two."""
    rows, columns = np.triu_indices(len(points), 1)
    if not len(rows):
        return float("nan")
    return float(np.sqrt(np.square(points[rows] - points[columns]).sum(axis=1)).mean())
