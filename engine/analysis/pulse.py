"""The pulse of a sound: what begins in it and changes, its tempo, and where exactly its beats lie. Plain numpy.

Which places of a beat and of a bar are the first, `engine.analysis.bar_network` tells.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.analysis.sound import RATE

Series = NDArray[np.float32]
Values = NDArray[np.float64]

REACH = 0.03
"""How far a tempo may be from the one expected, as a share of it, and still be meant as that tempo."""
ONSET_RATE = RATE / 32
"""Onset values a second: one in 1.5 ms."""

_WINDOW, _HOP = 256, 32  # samples: 11.6 ms, 1.5 ms
EARLY = 0.0014
"""S by which the onsets come before their sound: half a window sees it first."""
_LOW, _HIGH = 3, 46  # bands of 86 Hz each: those below 260 Hz, and those from 4 kHz on
_HARMONICS = ((1, 1.0), (2, 1.0), (4, 0.5))
_STEP = 0.0005  # between the tempos tried, as a share
_BLUR = 10  # ms by which players differ from the beat
_PLAYED = 25  # ms from a beat within which most of what belongs to it begins
_ATTACK = 45  # ms from there, within which all of it does
_FINE = 7  # ms over which attacks are looked at
_SUDDEN = 5.2  # ms, of the rise of a click by window and blur
_LATE, _SOFT = 3.5, 10.0  # ms by which what has no sudden attack is played after the beat, and such an attack's length
_SPREAD = 4.0  # ms of an attack that hands that strike together make of sudden ones
_TONAL_WINDOW, _TONAL_HOP = 4096, 512
_USUAL_BEAT = 0.6  # s, over which changes of the harmony are looked for before a beat is known
_SLOWEST, _FASTEST, _USUAL = 55.0, 210.0, 120.0  # beats a minute


@dataclass(frozen=True, slots=True)
class Onsets:
    """How much begins at each moment, float32 (T,) at `ONSET_RATE`: in all, below 260 Hz, and above 4 kHz."""

    whole: Series
    low: Series
    high: Series


def onsets_of(sound: Series) -> Onsets:
    """What each frequency of a mono sound (T,) at `RATE` gains, on a scale between amplitude and decibels."""
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(sound, _WINDOW // 2), _WINDOW)[::_HOP]
    window = np.hanning(_WINDOW).astype(np.float32)
    out = np.zeros((3, len(frames)), np.float32)
    last: np.ndarray | None = None
    for start in range(0, len(frames), 4096):
        level = np.log1p(100 * np.abs(np.fft.rfft(frames[start : start + 4096] * window, axis=1))).astype(np.float32)
        before = np.concatenate([np.repeat(level[:1], 4, axis=0) if last is None else last, level[:-4]])
        gained = np.maximum(level - before[: len(level)], 0)
        for row, part in zip(out, (gained, gained[:, :_LOW], gained[:, _HIGH:]), strict=True):
            row[start : start + len(level)] = part.mean(axis=1)
        last = level[-4:]
    whole, low, high = np.maximum(out - np.median(out, axis=1, keepdims=True), 0)
    return Onsets(whole, low, high)


def any_tempo(onsets: Onsets) -> float | None:
    """The tempo, in beats a minute, at which onsets repeat; None where nothing does.

    It is the best lag of their autocorrelation, which counts at its double and its quadruple, too, weighted towards
    `_USUAL`. Half or double the tempo that people would tap is a common error.
    """
    coarse = 16
    rate = ONSET_RATE / coarse
    series = summed(onsets.whole, coarse)
    series = series - series.mean()
    size = 2 * len(series)
    correlation = np.fft.irfft(np.abs(np.fft.rfft(series, size)) ** 2)[: len(series)]
    if not len(correlation) or correlation[0] <= 0:
        return None
    tempos = np.arange(_SLOWEST, _FASTEST, 0.25)
    lags = 60.0 / tempos * rate
    places = np.arange(len(correlation))
    strength = np.sum([np.interp(lags * times, places, correlation) for times in (1, 2, 4)], axis=0)
    best = int((strength * np.exp(-0.5 * (np.log2(tempos / _USUAL) / 0.9) ** 2)).argmax())
    return float(tempos[best]) if strength[best] > 0.05 * correlation[0] else None


def refined_tempo(onsets: Onsets, prior: float, reach: float = REACH) -> tuple[float, float, float]:
    """The best tempo within `reach` of `prior` (beats a minute), and how clear its beat and its pulse are, 0 to 1.

    It is the one at which the onsets' spectrum has the most at the beat's frequency, its double and its quadruple. The
    pulse is that of the beat or of its half.
    """
    # pulses are as narrow as a tenth of a beat at most, so a coarser series loses nothing of their harmonics
    coarse = 4
    small = summed(onsets.whole, coarse)
    rate = ONSET_RATE / coarse
    # the longer the sound, the narrower the peak
    step = min(_STEP, 0.25 / max(len(small) / rate * prior / 60 * 4, 1.0))
    shares = np.arange(-reach, reach + step / 2, step)
    tempos = prior * (1 + shares)
    score = np.zeros(len(tempos))
    for factor, weight in _HARMONICS:
        score += weight * _spectrum(small, rate, tempos / 60 * factor) ** 2
    best = int(np.argmax(score))
    place = float(best)
    if 0 < best < len(score) - 1:
        left, middle, right = score[best - 1 : best + 2]
        bend = left - 2 * middle + right
        place += 0.5 * (left - right) / bend if bend < 0 else 0.0
    tempo = float(prior * (1 - reach + place * step))
    first, second = (float(_spectrum(small, rate, np.array([tempo / 60 * factor]))[0]) for factor in (1, 2))
    return tempo, first, min(1.0, max(first, second))


def summed(series: NDArray[np.floating], count: int) -> Values:
    """Sums of `count` values each, (T,) → (⌊T / count⌋,)."""
    whole: Values = series[: len(series) // count * count].reshape(-1, count).sum(axis=1, dtype=np.float64)
    return whole


def _spectrum(onsets: Values, rate: float, frequencies: Values) -> Values:
    """|onsets| at `frequencies` (Hz), as a share of what a pulse of nothing else would have."""
    taper = np.hanning(len(onsets) + 2)[1:-1]
    weighted = onsets * taper
    times = np.arange(len(onsets)) / rate
    total = float(weighted.sum()) or 1.0
    return np.array([abs(np.exp(-2j * np.pi * f * times) @ weighted) for f in frequencies]) / total


def harmony_changes(sound: Series, length: int) -> tuple[Values, Values]:
    """How much the harmony, and the spectrum, of a mono sound at `RATE` change at each of `length` onset values."""
    chroma, loudness = tonal(sound)
    return change_of(chroma, _USUAL_BEAT, length), change_of(loudness, _USUAL_BEAT, length)


def tonal(sound: Series) -> tuple[Values, Values]:
    """Chroma (N, 12) and log spectra (N, 77) of a sound, `_TONAL_HOP` samples apart."""
    padded = np.pad(sound, _TONAL_WINDOW // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, _TONAL_WINDOW)[::_TONAL_HOP]
    window = np.hanning(_TONAL_WINDOW).astype(np.float32)
    spectra = np.concatenate(
        [np.abs(np.fft.rfft(frames[at : at + 256] * window, axis=1))[:, :400] for at in range(0, len(frames), 256)]
    )
    frequencies = np.fft.rfftfreq(_TONAL_WINDOW, 1 / RATE)[:400]
    inside = (frequencies > 100) & (frequencies < 2000)
    roots = np.sqrt(spectra[:, inside])
    kernel = np.ones(15) / 15
    peaks = np.maximum(roots - np.apply_along_axis(np.convolve, 1, roots, kernel, "same"), 0)
    classes = np.round(69 + 12 * np.log2(frequencies[inside] / 440)).astype(int) % 12
    chroma = np.stack([peaks[:, classes == each].sum(axis=1) for each in range(12)], axis=1)
    loudness = np.log1p(30 * spectra[:, 3:80])
    return chroma, loudness


def change_of(values: Values, span: float, length: int) -> Values:
    """Novelty over `span` s of what lies `_TONAL_HOP` samples apart, (length,) at `ONSET_RATE`."""
    rate = RATE / _TONAL_HOP
    change = _novelty(values, max(2, round(span * rate)))
    result: Values = np.interp(np.arange(length) / ONSET_RATE, np.arange(len(change)) / rate, change)
    return result


def _novelty(values: Values, span: int) -> Values:
    """One minus the cosine between the sums of the `span` rows before and after each row: (N, D) → (N,)."""
    sums = np.vstack([np.zeros(values.shape[1]), np.cumsum(values, axis=0)])
    rows = np.arange(len(values))
    before = sums[rows] - sums[np.maximum(rows - span, 0)]
    after = sums[np.minimum(rows + span, len(values))] - sums[rows]
    lengths = np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1)
    change: Values = 1 - (before * after).sum(axis=1) / np.maximum(lengths, 1e-9)
    change[lengths <= 1e-9] = 0
    change[:span] = 0
    change[len(change) - span :] = 0
    return change


def blurred(values: Values, width: float) -> Values:
    """Values of a circle through a triangle of that half width."""
    kernel = np.bartlett(2 * max(1, round(width)) + 1)
    size = len(values)
    return np.convolve(np.tile(values, 3), kernel / kernel.sum(), mode="same")[size : 2 * size]


def offset_at(onsets: Series, place: float, beat: float) -> float:
    """By how much, in s, what begins near `place` of every beat comes after it.

    A note is felt where its attack is half-way up: the middle of the slow attack of strings or an accordion comes late.
    """
    bins = max(32, round(beat * 1000))
    over_beat = folded(onsets, ONSET_RATE, beat, bins)
    smooth = blurred(over_beat, _FINE)
    first = int(place % beat / beat * bins)
    near = np.arange(-_ATTACK, _ATTACK + 1)
    values = smooth[(first + near) % bins]
    played = np.abs(near) <= _PLAYED
    peak = int(np.flatnonzero(played)[values[played].argmax()])
    half = float(values[: peak + 1].min() + values[peak]) / 2
    rise = peak
    while rise > 0 and values[rise - 1] >= half:
        rise -= 1
    around = near[peak] + np.arange(-2 * _BLUR, 2 * _BLUR + 1)
    weights = over_beat[(first + around) % bins] - over_beat[(first + around) % bins].min()
    centre = float(weights @ around / weights.sum()) if weights.sum() > 0 else float(near[peak])
    # a sudden attack takes that long
    attack = float(np.sqrt(max(max(centre - near[rise], 0.0) ** 2 - _SUDDEN**2, 0.0)))
    late = _LATE * min(max(attack - _SPREAD, 0.0) / (_SOFT - _SPREAD), 1.0)
    return (first + centre - attack - late + 0.5) / bins * beat - place % beat


def folded(series: NDArray[np.floating], rate: float, span: float, bins: int) -> Values:
    """The mean of a series at each of `bins` places of `span` s."""
    places = (np.arange(len(series)) / rate % span / span * bins).astype(int) % bins
    counts = np.bincount(places, minlength=bins)
    return np.bincount(places, weights=series, minlength=bins) / np.maximum(counts, 1)
