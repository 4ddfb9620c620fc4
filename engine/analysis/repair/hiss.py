"""Hiss: steady noise of tape and amplifiers, turned down where nothing louder sounds (a spectral gate).

The floor of each band is what it falls to again and again (Martin, “Noise power spectral density estimation based on
optimal smoothing and minimum statistics”, 2001, in its simplest form). It is hiss only where it stays the same from
the first stretch of the sound to the last, and is as rough as noise. The gain is that of Ephraim and Malah (1985,
“… minimum mean-square error log-spectral amplitude estimator”) with their decision-directed estimate, no lower than
`_FLOOR_DB`.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.special import exp1

from engine.analysis.repair.fault import Check, FaultKind, Finding, Samples, level_text

_WINDOW_S = 0.046
_OVERLAP = 4
_FLOOR_DB = -18.0
_SHORTEST_S = 2.0
_STRETCHES = 4
_ALIKE_DB = 3.0  # by which the floors of the stretches may differ
_QUIET = 0.1  # the share of the moments in which a band is at its floor
_MISSED = 2.0  # noise over the tenth of its powers, averaged over nine bins, that are the smallest
_BAND = (2000.0, 16_000.0)  # Hz: where hiss is told from music
_LEAST = 2e-5  # amplitude of hiss that is heard, −94 dBFS
_SMOOTH = 0.97  # of the decision-directed estimate
_LONG = 256  # columns at a time

Values = NDArray[np.float64]


def find(samples: Samples, rate: int) -> Finding | None:
    """The hiss: its power in each bin of a spectrum, (bins, channels)."""
    if len(samples) < _SHORTEST_S * rate:
        return None
    size, hop, window = _frame(rate)
    powers = np.concatenate([np.abs(spectra) ** 2 for _, spectra in _columns(samples, size, hop, window)])
    bins = np.fft.rfftfreq(size, 1 / rate)
    inside = (bins >= _BAND[0]) & (bins <= min(_BAND[1], 0.45 * rate))
    floors = np.zeros((size // 2 + 1, samples.shape[1]))
    for channel in range(samples.shape[1]):
        floor = _floor(powers[:, channel], inside)
        if floor is not None and np.sqrt(2 * floor.sum() / np.square(window).sum() / size) > _LEAST:
            floors[:, channel] = floor
    if not floors.any():
        return None
    level = np.sqrt(2 * floors.sum(axis=0).max() / np.square(window).sum() / size)
    return Finding(level_text(float(level)), floors)


def mend(samples: Samples, rate: int, finding: Finding, check: Check) -> Samples:
    """The samples with the hiss turned down; channels without hiss are the same, bit by bit."""
    size, hop, window = _frame(rate)
    floors: Values = finding.details
    hissing = np.flatnonzero(floors.any(axis=0))
    noise = np.maximum(floors[:, hissing].T, 1e-20)  # (channels, bins)
    padded = np.zeros((len(samples) + 3 * size, len(hissing)))
    before = np.zeros_like(noise)
    columns = (len(samples) + size) // hop
    for first, spectra in _columns(samples[:, hissing], size, hop, window):
        check(first / columns)
        for number, spectrum in enumerate(spectra):
            posterior = np.minimum(np.abs(spectrum) ** 2 / noise, 1e4)
            prior = np.maximum(_SMOOTH * before + (1 - _SMOOTH) * np.maximum(posterior - 1, 0), 10 ** (-25 / 10))
            share = prior / (1 + prior)
            gain = share * np.exp(0.5 * exp1(np.maximum(share * posterior, 1e-8)))
            gain = np.clip(gain, 10 ** (_FLOOR_DB / 20), 1)
            before = gain**2 * posterior
            at = (first + number) * hop
            padded[at : at + size] += (np.fft.irfft(spectrum * gain, size, axis=1) * window).T
    out = samples.copy()
    scale = float(np.square(window).sum()) / hop
    out[:, hissing] = (padded[size : size + len(samples)] / scale).astype(np.float32)
    return out


def _frame(rate: int) -> tuple[int, int, Values]:
    size = 1 << round(np.log2(_WINDOW_S * rate))
    return size, size // _OVERLAP, np.hanning(size + 1)[:-1]


def _columns(samples: Samples, size: int, hop: int, window: Values) -> Iterator[tuple[int, NDArray[np.complex128]]]:
    """The number of the first column, and spectra (columns, channels, bins), a piece at a time."""
    padded = np.pad(samples, ((size, 2 * size), (0, 0)))
    views = np.lib.stride_tricks.sliding_window_view(padded, size, axis=0)[::hop]
    columns = (len(samples) + size) // hop + 1
    for first in range(0, columns, _LONG):
        yield first, np.fft.rfft(views[first : min(first + _LONG, columns)] * window, axis=2)


def _floor(powers: Values, inside: NDArray[np.bool_]) -> Values | None:
    """The power that the noise has in each bin, of powers (columns, bins); None where there is no steady noise."""
    sounding = powers[powers.sum(axis=1) > 0]
    if len(sounding) < 20 * _STRETCHES:
        return None
    smooth = np.apply_along_axis(lambda bins: np.convolve(bins, np.ones(9) / 9, "same"), 1, sounding)
    stretches = np.array_split(smooth, _STRETCHES)
    floors = np.array([np.quantile(each, _QUIET, axis=0) for each in stretches])
    apart = 10 * np.log10(np.maximum(floors[:, inside], 1e-20))
    spread = np.median(apart.max(axis=0) - apart.min(axis=0))
    if spread > _ALIKE_DB:
        return None
    quiet = sounding[np.argsort(sounding[:, inside].sum(axis=1))[: max(8, int(_QUIET * len(sounding)))]]
    middle = np.quantile(smooth, _QUIET, axis=0)
    rough = quiet[:, inside].mean(axis=0) / np.maximum(np.median(quiet[:, inside], axis=0), 1e-20)
    if not 1.2 < float(np.median(rough)) < 1.8:  # 1 / ln 2 = 1.44 for noise
        return None
    return _between_partials(middle, inside) * _MISSED


def _between_partials(floor: Values, inside: NDArray[np.bool_]) -> Values:
    """A floor (bins,) as low as it is beside the tones that sound all the time, and smooth towards the bass."""
    numbers = np.arange(len(floor))
    out = floor.copy()
    for number in numbers:
        reach = max(6, round(0.12 * number))
        out[number] = np.quantile(floor[max(0, number - reach) : number + reach + 1], 0.3)
    first = int(np.flatnonzero(inside)[0])
    above = float(np.median(out[first : 2 * first]))
    below = numbers[:first]
    out[:first] = np.minimum(out[:first], above * 2.0 * first / np.maximum(below, 1))  # as pink noise at most
    return out


HISS = FaultKind("hiss", "Hiss", "Steady noise of tape and amplifiers", find, mend)
