"""What the sources of kernels share: the kinds of their arguments, and their constants."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Doubles: TypeAlias = NDArray[np.float64]
Floats: TypeAlias = NDArray[np.float32]
Integers: TypeAlias = NDArray[np.int64]

TINY = 1e-25
"""States below this become 0, before they could turn into slow denormal numbers."""
LINES = 16
"""Delay lines of the reverb's feedback network."""
