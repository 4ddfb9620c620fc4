"""The tempo that people would tap to a sound of which nothing is known, and how many beats its bars have.

Onsets alone leave a tempo, its half and its double alike, and a guitar or an accordion may begin most between the
beats. Bars show in the bass, in the strokes of a snare and in the harmony. So each tempo is looked at together with
each metre: how much several series repeat after parts and multiples of a beat, and how strong their spectra are there:
what begins in all, low, in the middle and high; the changes of the harmony and of the spectrum; and how alike the
harmony and the spectrum are to themselves. A small network tells how likely each pair is
(`engine.train.metre` fits it; `resources/listening/metre.md` is its card).
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from engine.analysis.pulse import ONSET_RATE, Onsets, Series, change_of, summed, tonal
from engine.analysis.sound import RATE
from engine.paths import resources

Values = NDArray[np.float64]
Weights = dict[str, Values]

TEMPOS = np.exp(np.arange(np.log(36), np.log(212), 0.005))
"""Beats a minute that are tried, (C,)."""
METRES = ((4, False), (3, False), (2, True))
"""Beats of a bar, and whether a beat falls into three: 4/4, 3/4 and 6/8."""
LEAST = 2.0
"""S of a sound of which anything can be said."""

_COARSE = 8  # onset values in one of a series
_RATE = ONSET_RATE / _COARSE
_SPECTRUM = 1 << 15
_PARTS = (1 / 8, 1 / 6, 1 / 4, 1 / 3, 1 / 2, 2 / 3, 1, 4 / 3, 3 / 2, 2, 3, 4, 6)
"""Of a tempo, at which the spectrum of a series is looked at."""
_BEATS = (1 / 4, 1 / 3, 1 / 2, 2 / 3, 1, 3 / 2, 2, 3, 4, 5, 6, 7, 8, 9, 12, 16, 24, 32)
"""After which a series is compared with itself."""
_NEAR = (-0.004, -0.002, 0.0, 0.002, 0.004)  # shares by which the time after which it is compared may differ
_USUAL = 100.0  # beats a minute
_CHANGE = 0.6  # s over which changes of the harmony are looked for
_TONES = 4  # rows of the harmony in one that is compared
_KNOWN = 0.02  # a share of a known tempo
_AROUND = 4  # tempos on both sides that count as the same
_SAME = 0.03  # a share of a tempo within which another one is its half or double
_ENOUGH = 0.75  # of a sound after which it is compared with itself at most


@dataclass(frozen=True, slots=True)
class Metre:
    """tempo: beats a minute, within about 1 %. beats: in a bar. compound: whether a beat falls into three.

    octaves: of this tempo and of its half and its double, where these are tried, how likely each is, in logarithms.
    """

    tempo: float
    beats: int
    compound: bool
    confidence: float
    octaves: tuple[tuple[float, float], ...] = ()


def felt_metre(
    sound: Series, onsets: Onsets, *, beats: int | None = None, tempo: float | None = None, lean: float = 0.0
) -> Metre | None:
    """The likeliest tempo and metre; None for sounds that are too short.

    Args:
        sound: mono (T,) at `engine.analysis.sound.RATE`.
        onsets: of the sound.
        beats: of a bar, where they are known.
        tempo: beats a minute, where they are known.
        lean: how much likelier a tempo counts than its half, in logarithms.
    """
    if len(onsets.whole) < LEAST * ONSET_RATE:
        return None
    odds = log_odds(tempo_features(sound, onsets), _bundled()) + lean * np.log2(TEMPOS / _USUAL)[:, None]
    if any(beats == known for known, _ in METRES):
        odds[:, [beats != known for known, _ in METRES]] = -np.inf
    if tempo is not None:
        odds[np.abs(np.log(TEMPOS / tempo)) > _KNOWN] = -np.inf
    if not np.isfinite(odds).any():
        return None
    likely = np.exp(odds - odds.max())
    likely /= likely.sum()
    window = np.ones(2 * _AROUND + 1)
    near = np.stack([np.convolve(column, window, "same") for column in likely.T], axis=1)
    place, number = divmod(int(near.argmax()), len(METRES))
    around = slice(max(0, place - _AROUND), place + _AROUND + 1)
    felt = float(np.exp(likely[around, number] @ np.log(TEMPOS[around]) / likely[around, number].sum()))
    count, compound = METRES[number]
    tried = [each for each in (felt / 2, felt, 2 * felt) if TEMPOS[0] < each < TEMPOS[-1]]
    octaves = [(each, float(odds[np.abs(np.log(TEMPOS / each)) < _SAME, number].max())) for each in tried]
    confidence = float(near[place, number])
    return Metre(felt, beats or count, compound and beats in (None, count), confidence, tuple(octaves))


def log_odds(features: Values, weights: Weights) -> Values:
    """The network: features (C, F) → how likely each tempo is with each metre, (C, `METRES`), in logarithms."""
    hidden = (features - weights["mean"]) / weights["scale"]
    hidden = np.tanh(hidden @ weights["hidden.weight"].T + weights["hidden.bias"])
    odds: Values = hidden @ weights["out.weight"].T + weights["out.bias"]
    return odds


def tempo_features(sound: Series, onsets: Onsets) -> Values:
    """What is looked at of each tempo: (C, F)."""
    count = len(onsets.whole)
    chroma, loudness = tonal(sound)
    low, high = onsets.low, onsets.high
    middle = np.maximum(3 * onsets.whole - 0.07 * low - 1.93 * high, 0)  # 129 bands, 3 of them low, 83 high
    series = [summed(each, _COARSE) for each in (onsets.whole, low, middle, high)]
    series += [summed(change_of(each, _CHANGE, count), _COARSE) for each in (chroma, loudness)]
    octaves = np.log2(TEMPOS / _USUAL)
    columns: list[Values] = [octaves, octaves**2, np.full(len(TEMPOS), np.log2(count / ONSET_RATE / 30))]
    for each in series:
        columns += _strengths(np.log1p(each / max(float(each.mean()), 1e-9)))
    for rows in (_pooled(np.sqrt(chroma)), _pooled(loudness)):
        columns += _alike_rows(rows - rows.mean(axis=0), len(sound) / max(len(rows), 1))
    return np.stack(columns, axis=1)


def _strengths(series: Values) -> list[Values]:
    """The spectrum of a series (N,) at `_RATE` at `_PARTS` of each tempo, and its likeness after `_BEATS`."""
    blurred = np.convolve(series, np.hanning(7) / np.hanning(7).sum(), "same")
    centred = blurred - blurred.mean()
    count = len(centred)
    taper = np.hanning(count + 2)[1:-1]
    size = max(_SPECTRUM, 1 << (2 * count - 1).bit_length())
    spectrum = np.abs(np.fft.rfft(centred * taper, size)) / (3 * (centred.std() * count**0.5 + 1e-9))
    bins = np.arange(len(spectrum))
    columns = [np.interp(TEMPOS / 60 * part * size / _RATE, bins, spectrum, right=0) for part in _PARTS]
    alike = np.fft.irfft(np.abs(np.fft.rfft(centred, size)) ** 2)[:count]
    return columns + _likeness(alike, _RATE)


def _alike_rows(rows: Values, hop: float) -> list[Values]:
    """How alike rows (N, D), `hop` samples apart, are after `_BEATS`."""
    size = 1 << max(1, (2 * len(rows) - 1)).bit_length()
    alike = np.fft.irfft((np.abs(np.fft.rfft(rows, size, axis=0)) ** 2).sum(axis=1))[: len(rows)]
    return _likeness(alike, RATE / hop)


def _likeness(alike: Values, rate: float) -> list[Values]:
    """An autocorrelation (N,) with every lag of the same weight, after `_BEATS` of each tempo; 0 where it is long."""
    count = len(alike)
    lags = np.arange(count)
    alike = alike / max(float(alike[0]), 1e-9) * count / np.maximum(count - lags, 0.1 * count)
    last = _ENOUGH * count
    columns = []
    for beats in _BEATS:
        lag = 60 / TEMPOS * beats * rate
        near = [np.interp(lag * (1 + step), lags, alike, right=0) for step in (_NEAR if beats > 2 else (0.0,))]
        columns.append(np.where(lag < last, np.max(near, axis=0), 0.0))
    return columns


def _pooled(rows: Values) -> Values:
    """Means of `_TONES` rows each."""
    count = max(1, len(rows) // _TONES)
    means: Values = rows[: count * _TONES].reshape(count, -1, rows.shape[1]).mean(axis=1)
    return means


@cache
def _bundled() -> Weights:
    with np.load(resources() / "listening" / "metre.npz", allow_pickle=False) as file:
        return {name: np.asarray(file[name], np.float64) for name in file.files}
