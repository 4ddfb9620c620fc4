"""An offset: a constant that is added to the samples, as cheap inputs do."""

import numpy as np

from engine.analysis.repair.fault import Check, FaultKind, Finding, Samples

_LEAST = 2e-4  # of full scale, −74 dBFS
_WINDOW_S = 1.0


def find(samples: Samples, rate: int) -> Finding | None:
    """The offset of each channel: the median over time of means that no tone above 4 Hz moves."""
    size = min(round(_WINDOW_S * rate), len(samples))
    if size < rate // 20:
        return None
    window = np.hanning(size + 2)[1:-1]
    starts = np.unique(np.linspace(0, len(samples) - size, max(1, 2 * len(samples) // size)).astype(int))
    means = np.array([window @ samples[start : start + size] for start in starts]) / window.sum()  # (windows, channels)
    offsets = np.median(means, axis=0)
    steady = np.median(np.abs(means - offsets), axis=0)
    offsets = np.where((np.abs(offsets) > _LEAST) & (np.abs(offsets) > 3 * steady), offsets, 0)
    if not offsets.any():
        return None
    largest = float(offsets[np.abs(offsets).argmax()])
    return Finding(f"{100 * largest:+.2g} % of full scale".replace("-", "−"), offsets)


def mend(samples: Samples, rate: int, finding: Finding, check: Check) -> Samples:
    """The samples less the offset."""
    return samples - finding.details.astype(np.float32)


DC = FaultKind("dc", "DC offset", "The wave does not lie around zero", find, mend)
