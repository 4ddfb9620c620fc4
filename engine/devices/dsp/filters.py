"""Second-order filters: their coefficients, rows for the kernel `filter_cascade`, and the response that they have.

The shapes are those of the Audio EQ Cookbook (Bristow-Johnson), realised in the state-variable form of Simper
(“Linear Trapezoidal Integrated SVF”, 2013), which stays calm while its coefficients move. Both have the same response.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

Doubles = NDArray[np.float64]

BELL, LOW_SHELF, HIGH_SHELF, LOW_CUT, HIGH_CUT, NOTCH = range(6)
SHAPES: Final = ("bell", "low shelf", "high shelf", "low cut", "high cut", "notch")
"""The names of the shapes, in the order of their numbers."""

BUTTERWORTH: Final = math.sqrt(0.5)


def coefficients(shape: int, rate: int, frequency: ArrayLike, gain_db: ArrayLike, q: ArrayLike) -> Doubles:
    """a1, a2, a3, m0, m1, m2 for each value: (n, 6), n the longest of the arguments.

    frequency: Hz, held below 0.49 of the rate. gain_db: of bells and shelves. q: the sharpness.
    """
    frequency, gain_db, q = np.broadcast_arrays(*(np.atleast_1d(np.asarray(v, float)) for v in (frequency, gain_db, q)))
    warped = np.tan(np.pi / rate * np.minimum(frequency, 0.49 * rate))
    root = np.power(10.0, gain_db / 40.0)
    zero, one, k = np.zeros_like(warped), np.ones_like(warped), 1.0 / q
    if shape == BELL:
        k = 1.0 / (q * root)
        mix = (one, k * (root * root - 1.0), zero)
    elif shape == LOW_SHELF:
        warped = warped / np.sqrt(root)
        mix = (one, k * (root - 1.0), root * root - 1.0)
    elif shape == HIGH_SHELF:
        warped = warped * np.sqrt(root)
        mix = (root * root, k * (1.0 - root) * root, 1.0 - root * root)
    elif shape == LOW_CUT:
        mix = (one, -k, -one)
    elif shape == HIGH_CUT:
        mix = (zero, zero, one)
    else:
        mix = (one, -k, zero)
    a1 = 1.0 / (1.0 + warped * (warped + k))
    a2 = warped * a1
    return np.ascontiguousarray(np.stack((a1, a2, warped * a2, *mix), axis=1))


def rows(coefficients: Doubles) -> Doubles:
    """What `filter_cascade` takes, from coefficients (n, 6): (n, 7).

    The filter as a state space: the next states are p11·s1 − p12·s2 + p12·v and p12·s1 + p22·s2 + q2·v; what comes out
    is direct·v + from1·s1 + from2·s2, v what goes in.
    """
    a1, a2, a3, m0, m1, m2 = coefficients.T
    states = (2.0 * a1 - 1.0, 2.0 * a2, 1.0 - 2.0 * a3, 2.0 * a3)
    output = (m0 + m1 * a2 + m2 * a3, m1 * a1 + m2 * a2, m2 * (1.0 - a3) - m1 * a2)
    return np.ascontiguousarray(np.stack((*states, *output), axis=1))


def butterworth_qualities(order: int) -> tuple[float, ...]:
    """The Q of each second-order section of a Butterworth filter of an even order, the sharpest last."""
    return tuple(1.0 / (2.0 * math.cos(math.pi * (2 * n + 1) / (2 * order))) for n in range(order // 2))


def response(sections: Doubles, rate: int, frequencies: ArrayLike) -> NDArray[np.complex128]:
    """The complex response at frequencies (Hz) of sections in series, each a row of coefficients."""
    s = 1j * np.tan(np.pi / rate * np.asarray(frequencies, float))  # the bilinear transform of the unit circle
    total = np.ones_like(s)
    for a1, a2, _, m0, m1, m2 in sections:
        g = a2 / a1
        k = (1.0 / a1 - 1.0) / g - g
        denominator = s * s + k * g * s + g * g
        total = total * (m0 + (m1 * g * s + m2 * g * g) / denominator)
    return total


def ringing(sections: Doubles, threshold: float) -> int:
    """Frames after which an impulse response of sections in series is below a threshold (from its slowest pole)."""
    longest = 0.0
    for a1, a2, *_ in sections:
        g = a2 / a1
        k = (1.0 / a1 - 1.0) / g - g
        decay = k * g if k < 2.0 else g * (k - math.sqrt(k * k - 4.0))  # twice the slower pole's distance from the axis
        radius = abs((2.0 - decay) / (2.0 + decay))
        if k < 2.0:
            radius = math.sqrt(abs((1.0 - k * g + g * g) / (1.0 + k * g + g * g)))
        longest += math.log(threshold) / math.log(max(min(radius, 1.0 - 1e-9), 1e-9))
    return math.ceil(longest)
