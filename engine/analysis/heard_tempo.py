"""The tempo that people would tap to a sound of which nothing is known, also where no drums play.

Onsets alone leave a tempo, its half and its double alike, and a guitar or an accordion may begin most between the
beats. Bars show in the bass and in the harmony. So each tempo is scored by a linear model of how much four series
repeat at it, at its parts and at its multiples: all onsets, the low ones, the changes of the harmony, and those of the
spectrum. Its weights were fitted by multinomial logistic regression on 273 sounds of the corpus: pieces, pieces
without their drums, and single parts.
"""

import numpy as np
from numpy.typing import NDArray

from engine.analysis.pulse import ONSET_RATE, Onsets, Series, any_tempo, harmony_changes, summed
from engine.analysis.sound import RATE

Values = NDArray[np.float64]

_TEMPOS = np.exp(np.arange(np.log(45), np.log(205), 0.005))  # beats a minute
_COARSE = 8  # onset values in one of a series
_RATE = ONSET_RATE / _COARSE
_SPECTRUM = 1 << 16
_LEAST = 2.0  # s
_PARTS = (1 / 4, 1 / 3, 1 / 2, 1, 3 / 2, 2, 3, 4)
"""Of a tempo, at which the spectrum of a series is looked at."""
_BEATS = (1 / 2, 1, 3 / 2, 2, 3, 4)
"""After which a series is compared with itself."""
_WEIGHTS: tuple[tuple[tuple[float, ...], tuple[float, ...]], ...] = (
    ((-0.36, 0.54, 0.92, 0.96, -2.60, 1.75, 3.65, 3.45), (3.11, 3.00, 8.57, 1.91, 1.37, 0.78)),  # onsets
    ((2.39, 0.65, 1.37, 1.68, 0.99, 0.09, 4.23, 2.62), (6.14, -3.61, 1.05, -2.17, -1.08, 4.98)),  # low onsets
    ((1.54, -1.19, 1.66, 1.41, 1.07, 1.45, 3.49, -15.8), (4.17, 0.25, -1.85, -3.45, 2.54, -4.65)),  # harmony
    ((1.54, 0.47, 2.45, 3.09, -1.18, 5.16, 13.5, -4.48), (1.84, -1.33, 2.73, -3.57, 3.08, -3.00)),  # spectrum
)
"""By series: of its spectrum at `_PARTS`, and of its likeness after `_BEATS`."""
_STROKE, _BANDS = 0.06, 16  # s of a stroke that are compared, in so many bands
_FEWEST, _MOST_OF_IT, _UNEVEN, _ALIKE = 6, 0.7, 0.06, 0.96
"""Strokes of a plain pulse; how much of a sound they fill; by how much distances differ at most; how alike they are."""
_SLOWEST, _QUICKEST = 40.0, 200.0  # beats a minute of a plain pulse
_USUAL, _USUAL_WEIGHTS = 110.0, (1.87, -2.82)  # beats a minute; of the octaves from there, and of their square


def felt_tempo(sound: Series, onsets: Onsets) -> float | None:
    """The tempo in beats a minute, within about 1 %; None where nothing repeats.

    Args:
        sound: mono (T,) at `engine.analysis.sound.RATE`.
        onsets: of the sound.
    """
    repeating = any_tempo(onsets)
    if repeating is None or len(onsets.whole) < _LEAST * ONSET_RATE:
        return repeating
    if plain := plain_pulse(sound, onsets):
        return plain
    harmony, spectrum = harmony_changes(sound, len(onsets.whole))
    octaves = np.log2(_TEMPOS / _USUAL)
    score = _USUAL_WEIGHTS[0] * octaves + _USUAL_WEIGHTS[1] * octaves**2
    series = [summed(onsets.whole, _COARSE), summed(onsets.low, _COARSE)]
    series += [summed(harmony, _COARSE), summed(spectrum, _COARSE)]
    for each, weights in zip(series, _WEIGHTS, strict=True):
        score += _repeating(each, *weights)
    return float(_TEMPOS[int(score.argmax())])


def plain_pulse(sound: Series, onsets: Onsets) -> float | None:
    """The tempo of strokes that are all alike and equally far apart, such as clicks; None of any other sound.

    Nothing in them says which beat is which: the strokes are the beats, or as many to a beat as leave a usual tempo.
    """
    whole = onsets.whole
    reach = round(_STROKE * ONSET_RATE)
    loud = np.flatnonzero(whole > 0.5 * whole.max())
    highest = [place for place in loud if whole[place] >= whole[max(0, place - reach) : place + reach + 1].max()]
    places = np.array(highest)
    places = places[np.diff(places, prepend=-reach - 1) > reach]
    if len(places) < _FEWEST or (places[-1] - places[0]) < _MOST_OF_IT * len(whole):
        return None
    distances = np.diff(places)
    if np.ptp(distances) > _UNEVEN * np.median(distances):
        return None
    length = round(_STROKE * RATE)
    padded = np.pad(sound, (0, length))
    starts = np.round(places / ONSET_RATE * RATE).astype(int)
    strokes = np.array([padded[start : start + length] for start in starts])
    powers = np.square(np.abs(np.fft.rfft(strokes, axis=1)))
    edges = np.geomspace(2, powers.shape[1], _BANDS + 1).astype(int)
    bands = np.sqrt(np.add.reduceat(powers[:, : edges[-1]], edges[:-1], axis=1))
    bands /= np.maximum(np.linalg.norm(bands, axis=1, keepdims=True), 1e-12)
    if (bands[1:] * bands[:-1]).sum(axis=1).min() < _ALIKE:
        return None
    tempo = 60 * ONSET_RATE * (len(places) - 1) / float(places[-1] - places[0])
    while tempo > _QUICKEST:
        tempo /= 2
    return tempo if tempo >= _SLOWEST else None


def _repeating(series: Values, of_spectrum: tuple[float, ...], of_likeness: tuple[float, ...]) -> Values:
    """What a series (N,) at `_RATE` says for each of `_TEMPOS`."""
    centred = series - series.mean()
    count = len(series)
    taper = np.hanning(count + 2)[1:-1]
    size = max(_SPECTRUM, 1 << (2 * count - 1).bit_length())
    spectrum = np.abs(np.fft.rfft(centred * taper, size)) / (3 * (series.std() * count**0.5 + 1e-9))
    alike = np.fft.irfft(np.abs(np.fft.rfft(centred, size)) ** 2)[:count]
    alike = alike / max(alike[0], 1e-9)
    bins, lags = np.arange(len(spectrum)), np.arange(count)
    score = np.zeros(len(_TEMPOS))
    for part, weight in zip(_PARTS, of_spectrum, strict=True):
        score += weight * np.interp(_TEMPOS / 60 * part * size / _RATE, bins, spectrum, right=0)
    for beats, weight in zip(_BEATS, of_likeness, strict=True):
        score += weight * np.interp(60 / _TEMPOS * beats * _RATE, lags, alike, right=0)
    return score
