"""Noise that depends only on where it falls: a counter-based generator keyed by (seed, stream, absolute frame).

A frame's noise is the same whether it is drawn alone, with its chunk or with the whole song, so a seed reproduces
whatever the size in which audio is handed out. The generator is Philox-4x32-10 (Salmon et al., “Parallel Random
Numbers: As Easy as 1, 2, 3”, 2011), vectorised over counters; normal deviates come from Box and Muller's transform.
"""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

_ROUNDS = 10
_MULTIPLIERS = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
_WEYL = (0x9E3779B9, 0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)


class Stream(IntEnum):
    """What noise is drawn for; each has a sequence of its own."""

    LATENT = 0
    TOKEN = 1
    VARIATION = 2
    POSTERIOR = 3
    SEAM = 4
    TURN = 5
    BAND_NOISE = 6


def philox(counters: NDArray[np.uint64], seed: int) -> NDArray[np.uint64]:
    """Ten rounds of Philox-4x32.

    Args:
        counters: (n, 4), each entry a 32-bit number held in 64 bits.
        seed: 64 bits, taken modulo 2^64.

    Returns:
        (n, 4) uniformly distributed 32-bit numbers held in 64 bits.
    """
    x0, x1, x2, x3 = counters.T
    key0, key1 = seed & 0xFFFFFFFF, (seed >> 32) & 0xFFFFFFFF
    for _ in range(_ROUNDS):
        product0, product1 = x0 * _MULTIPLIERS[0], x2 * _MULTIPLIERS[1]
        x0, x1, x2, x3 = (
            (product1 >> _HALF) ^ x1 ^ np.uint64(key0),
            product1 & _LOW,
            (product0 >> _HALF) ^ x3 ^ np.uint64(key1),
            product0 & _LOW,
        )
        key0, key1 = (key0 + _WEYL[0]) & 0xFFFFFFFF, (key1 + _WEYL[1]) & 0xFFFFFFFF
    return np.stack((x0, x1, x2, x3), axis=1)


def _words(seed: int, stream: Stream, first: int, frames: int, count: int) -> NDArray[np.uint64]:
    """(frames, count) 32-bit words of the absolute frames `first`, `first` + 1, …; frames may be negative."""
    blocks = -(-count // 4)
    frame = np.arange(first, first + frames, dtype=np.int64).view(np.uint64)
    counters = np.empty((frames, blocks, 4), np.uint64)
    counters[..., 0] = (frame & _LOW)[:, None]
    counters[..., 1] = (frame >> _HALF)[:, None]
    counters[..., 2] = np.arange(blocks, dtype=np.uint64)
    counters[..., 3] = np.uint64(stream)
    return philox(counters.reshape(-1, 4), seed % 2**64).reshape(frames, blocks * 4)[:, :count]


def uniform(seed: int, stream: Stream, first: int, frames: int) -> NDArray[np.float64]:
    """One number in the open interval (0, 1) for each absolute frame: (frames,) float64."""
    return (_words(seed, stream, first, frames, 1)[:, 0].astype(np.float64) + 0.5) / 2.0**32


def normal(seed: int, stream: Stream, first: int, frames: int, width: int) -> NDArray[np.float32]:
    """Standard normal noise of `frames` absolute frames from `first` on: (frames, width) float32."""
    pairs = -(-width // 2)
    words = (_words(seed, stream, first, frames, 2 * pairs).astype(np.float64) + 0.5) / 2.0**32
    radius = np.sqrt(-2 * np.log(words[:, :pairs]))
    angle = 2 * np.pi * words[:, pairs:]
    return np.concatenate((radius * np.cos(angle), radius * np.sin(angle)), axis=1)[:, :width].astype(np.float32)
