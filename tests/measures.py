"""Loudness and true peak of sounds at 48 kHz, by the filters that BS.1770 prints and by a Fourier transform."""

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft
from scipy.signal import lfilter

RATE = 48000


def weighted(samples: np.ndarray) -> np.ndarray:
    shelf = lfilter([1.53512485958697, -2.69169618940638, 1.19839281085285], [1, -1.69065929318241, 0.73248077421585],
                    samples.astype(np.float64), axis=0)  # fmt: skip
    return lfilter([1.0, -2.0, 1.0], [1, -1.99004745483398, 0.99007225036621], shelf, axis=0)


def lufs(samples: np.ndarray) -> float:
    """Integrated loudness (BS.1770-4); of less than 400 ms that of all of it."""
    energy = np.square(weighted(samples)).sum(axis=1)
    size, hop = int(0.4 * RATE), int(0.1 * RATE)
    blocks = np.array([energy[a : a + size].mean() for a in range(0, max(len(energy) - size, 0) + 1, hop)])
    blocks = blocks[blocks > 10 ** ((-70 + 0.691) / 10)]
    if not len(blocks):
        return -np.inf
    blocks = blocks[blocks > 0.1 * blocks.mean()]
    return float(-0.691 + 10 * np.log10(blocks.mean()))


def db(samples: np.ndarray) -> float:
    return float(10 * np.log10(np.mean(np.square(samples, dtype=np.float64)) + 1e-30))


def dbtp(samples: np.ndarray) -> float:
    """The largest magnitude of the band-limited sound, with silence around it."""
    size = next_fast_len(len(samples) + 1024, real=True)
    padded = np.pad(samples.astype(np.float32).T, ((0, 0), (512, size - 512 - len(samples))))
    between = 8 * irfft(rfft(padded), n=8 * size, overwrite_x=True)  # within 1e-6 of that in double precision
    return float(20 * np.log10(np.abs(between).max() + 1e-30))
