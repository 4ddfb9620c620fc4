"""A fault of a recording: what every kind of it offers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
"""(frames, channels)."""
Check = Callable[[float], None]
"""Is called with the share that is done, and may raise to stop."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What of a fault is in a sound.

    text: for the user, such as “50 Hz, −42 dBFS”. details: what `FaultKind.mend` needs to know.
    """

    text: str
    details: Any = None


@dataclass(frozen=True, slots=True)
class FaultKind:
    """A kind of fault.

    id, label, hint: for programs, and for the user. find: what of it is in samples at a rate (Hz); None where nothing
    is. mend: the samples without it; what is not concerned is the same, bit by bit.
    """

    id: str
    label: str
    hint: str
    find: Callable[[Samples, int], Finding | None]
    mend: Callable[[Samples, int, Finding, Check], Samples]


def decibels(value: float) -> float:
    """Of full scale, of an amplitude; at least −200."""
    return float(20 * np.log10(max(value, 1e-10)))


def level_text(value: float) -> str:
    """An amplitude for the user, such as “−42 dBFS”."""
    return f"−{abs(decibels(value)):.0f} dBFS" if value < 1 else f"{decibels(value):.0f} dBFS"
