"""Several channels as one: as loud as they are, whatever their signs.

The plain mean of two channels cancels what stands in both with opposite signs: an inverted channel makes silence of a
stereo sound. Here each channel is first turned the way of the loudest, and the mean keeps the channels' mean power.
"""

import numpy as np
from numpy.typing import NDArray

_MOST = 4.0  # of the mean's gain, where channels differ so much that little is left of it


def mono(samples: NDArray[np.float32], by: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
    """One channel, (frames, 1), of `samples` (frames, channels); equal channels give that channel.

    by: the part of the sound that decides on signs and gain, by default all of it. Parts of one sound that are folded
        one by one take the same.
    """
    if samples.shape[1] == 1:
        return samples
    weights = fold_weights(samples if by is None else by).astype(np.float32)
    folded = samples[:, 0] * weights[0]
    for channel in range(1, samples.shape[1]):  # one by one: a product of matrices rounds by how many frames there are
        folded = folded + samples[:, channel] * weights[channel]
    return np.asarray(folded, np.float32)[:, None]


def fold_weights(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    """What each channel of (frames, channels) is multiplied by before all are added up: (channels,)."""
    channels = samples.shape[1]
    signal = np.nan_to_num(samples.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    products = signal.T @ signal  # (channels, channels)
    powers = np.diag(products)
    weights = np.where(products[int(np.argmax(powers))] < 0, -1.0, 1.0) / channels
    folded = float(weights @ products @ weights)
    if folded <= 0 or not np.isfinite(folded):
        return weights
    return weights * min(float(np.sqrt(powers.mean() / folded)), _MOST)


def fit_channels(samples: NDArray[np.float32], channels: int) -> NDArray[np.float32]:
    """(frames, n) as (frames, channels): folded to one (see `mono`), repeated from one, else surplus ones folded in."""
    if samples.shape[1] == channels:
        return samples
    if channels == 1 or samples.shape[1] == 1:
        return np.repeat(mono(samples), channels, axis=1).astype(np.float32)
    folded = [mono(samples[:, c::channels])[:, 0] for c in range(min(channels, samples.shape[1]))]
    return np.stack([folded[c % len(folded)] for c in range(channels)], axis=1).astype(np.float32)
