"""The difference function of YIN: how much a sound differs from itself a lag later, for every lag.

De Cheveigné and Kawahara 2002, “YIN, a fundamental frequency estimator for speech and music”, steps 2 and 3.
"""

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


def differences(frames: Values, window: int, lags: int) -> tuple[Values, Values]:
    """The difference function of frames (N, S) and the normalised one: (N, lags) each, S ≥ window + lags − 1.

    window: samples that are compared with those a lag later.
    """
    size = 1 << (frames.shape[1] - 1).bit_length()
    spectrum = np.fft.rfft(frames, size)
    first = np.fft.rfft(frames[:, :window], size)
    correlation = np.fft.irfft(spectrum * first.conj(), size)[:, :lags]
    sums = np.cumsum(np.pad(np.square(frames), ((0, 0), (1, 0))), axis=1)
    energies = sums[:, window : window + lags] - sums[:, :lags]
    difference = np.maximum(energies[:, :1] + energies - 2 * correlation, 0)
    normal = np.ones_like(difference)
    totals = np.maximum(np.cumsum(difference[:, 1:], axis=1), 1e-12)
    normal[:, 1:] = difference[:, 1:] * np.arange(1, lags) / totals
    return difference, normal
