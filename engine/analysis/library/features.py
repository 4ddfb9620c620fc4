"""Numbers that tell what a sound is like: its colour, its rhythm whatever the tempo, and its pitch classes.

Instruments, moods and genres are told from them (`terms`), and so is how alike two sounds are (`likeness`).
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from engine.analysis.beat_tracking import track_beats
from engine.analysis.sound import RATE
from engine.analysis.timbre import BANDS, FRAME_RATE, Timbre, timbre_of
from engine.analysis.tones import tones_between
from engine.analysis.words import word_features

Values = NDArray[np.float64]
Series = NDArray[np.float32]

_MOMENT = 0.5  # s in which pitch classes are heard
_CEPSTRUM = 12  # coefficients of the spectrum's envelope
_GROUPS = (0, 5, 14, 27, BANDS)  # bands whose onsets are heard apart
_CYCLE = 4  # beats, whose multiples are the frequencies of a rhythm
_MULTIPLES = 24
_SLOWEST = 80.0  # beats a minute from which on, up to its double, a tempo is counted


@dataclass(frozen=True, slots=True)
class Features:
    """What a sound is like.

    values: its colour and rhythm, (D,). high, low: how much of each pitch class sounds from C on, in the harmony and
    in the bass, (12,), each adding up to 1, or 0 where nothing sounds. tempo: felt beats a minute, 0 where none is
    heard. pulse: how clear the tempo is, 0 to 1.
    """

    values: Values
    high: Values
    low: Values
    tempo: float
    pulse: float


def features_of(sound: Series) -> Features:
    """The features of a mono sound (N,) at `RATE`, as loud as full scale."""
    track = track_beats(sound)
    return features_at(sound, track.tempo, track.confidence) if track else features_at(sound, 0.0, 0.0)


def features_at(sound: Series, tempo: float, pulse: float) -> Features:
    """The features of a sound of which the tempo is known."""
    timbre = timbre_of(sound)
    high, low, _ = tones_between(sound, np.arange(0.0, max(len(sound) / RATE, _MOMENT) + 1e-9, _MOMENT))
    values = np.concatenate([word_features(timbre).mean(axis=0), _colour(timbre), _rhythm(timbre, tempo)])
    return Features(values, _shares(high), _shares(low), tempo, pulse)


def _colour(timbre: Timbre) -> Values:
    """Spread and correlation of the envelope of the spectrum over time."""
    levels = timbre.levels.astype(np.float64)
    places = np.arange(BANDS) + 0.5
    basis = np.cos(np.pi * np.arange(1, _CEPSTRUM + 1)[:, None] * places / BANDS)
    cepstrum = levels @ basis.T / BANDS  # (T, _CEPSTRUM)
    deviation = cepstrum - cepstrum.mean(axis=0)
    covariance = deviation.T @ deviation / max(len(levels), 1)
    spread = np.sqrt(np.maximum(np.diag(covariance), 1e-6))
    correlation = (covariance / np.outer(spread, spread))[np.triu_indices(_CEPSTRUM, 1)]
    return np.concatenate([np.log(spread), correlation])


def _rhythm(timbre: Timbre, tempo: float) -> Values:
    """How strongly onsets of four groups of bands repeat, at multiples of a quarter of the beat's frequency."""
    count = len(timbre.gains)
    onsets = np.stack([timbre.gains[:, first:last].mean(axis=1) for first, last in pairwise(_GROUPS)]).astype(
        np.float64
    )  # (groups, T)
    if tempo <= 0 or count < 8:
        return np.zeros(len(onsets) * _MULTIPLES)
    beat = 60 / (_SLOWEST * 2 ** (np.log2(tempo / _SLOWEST) % 1))
    frequencies = np.arange(1, _MULTIPLES + 1) / (_CYCLE * beat)
    waves = np.exp(-2j * np.pi * frequencies[:, None] * np.arange(count) / FRAME_RATE) * np.hanning(count)
    strength = np.abs(onsets @ waves.T) / (onsets @ np.hanning(count) + 1e-3)[:, None]  # (groups, _MULTIPLES)
    return np.asarray(np.sqrt(strength)).ravel()


def _shares(tones: Values) -> Values:
    lengths = np.linalg.norm(tones, axis=1, keepdims=True)
    total = (tones / np.maximum(lengths, 1e-9)).sum(axis=0)
    return total / max(float(total.sum()), 1e-9)
