"""Where in a bar the first beat lies: a small network looks at what begins and changes at each of its places.

Onsets alone do not tell the beat from the place between two beats: a hat, a bass or a guitar may play there and nowhere
else. So each place of a bar is looked at together with the places around it: how much begins there in all, low, in the
middle and high, and how much the harmony and the spectrum change there; over a beat, from all its beats, and over the
bar, against the same place of the other beats (`engine.train.bars` fits it; `resources/listening/bars.md` is its card).
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from engine.analysis.pulse import EARLY, ONSET_RATE, Onsets, Series, blurred, change_of, folded, offset_at, tonal
from engine.paths import resources

Values = NDArray[np.float64]
Weights = dict[str, Values]

PLACES = 48
"""Of a beat, at which it may begin."""

_LOOP, _BEGINS = 4.0, 0.03
"""How much likelier, in logarithms, a sound of whole bars begins with one; s from its start where its bar is heard."""
_BLUR = 0.01  # s by which players differ from the beat
_AROUND = 12  # places of a beat, all around, that are looked at together
_USUAL_BEAT = 0.5  # s
_SOUNDING = 4  # series of onsets, before those of changes
_OWN = 6  # columns of a series that tell one beat of the bar from the others
COLUMNS = _AROUND + _OWN
"""Features of each series."""

_PLAIN, _STRUCK, _NOTHING = 0.1, 0.4, 0.03
"""What the linear model counts, and what onsets at the place count, against the network; the least share of onsets."""
_NEAR = 2  # places on either side whose chances are summed

# of the linear model, by the number of a series: here, half a beat away, a quarter of a beat away
_OF_BEATS = {
    0: (1.15, 0.10, 0.03),
    1: (0.65, -0.63, -0.02),
    3: (-0.04, -0.11, -0.15),
    4: (8.51, 0.15, -15.83),
    7: (1.87, -2.78, -4.70),
}
# here, the beats beside, half a beat away
_OF_BARS = {5: (2.85, -0.74, 1.79), 6: (4.77, -6.88, 1.66), 8: (2.56, 0.28, 0.99), 1: (0.55, -0.40, -0.49)}


def bar_start(sound: Series, onsets: Onsets, beat: float, beats: int, *, loop: bool = False) -> float:
    """Where the first bar begins, s from the start of the sound, 0 to a bar.

    Args:
        sound: mono (N,) at `engine.analysis.sound.RATE`.
        onsets: of the sound.
        beat: s between beats.
        beats: in a bar.
        loop: whether the sound lasts whole bars, so that it most likely begins with one; then exactly there.
    """
    features = bar_features(bar_series(sound, onsets, beat, beats), beat, beats)
    odds = bar_odds(features) + _PLAIN * plain_odds(features) + _STRUCK * _struck(features)
    near = range(-_NEAR, _NEAR + 1)
    likely = np.logaddexp.reduce([np.roll(odds, step) for step in near], axis=0)
    bar = beat * beats
    places = (np.arange(len(odds)) + 0.5) / PLACES * beat
    begins = np.minimum(places, bar - places) <= _BEGINS
    if loop and likely[begins].max() + _LOOP >= likely[~begins].max():
        return 0.0
    best = int(np.argmax(likely))
    start = float(places[max(((best + step) % len(odds) for step in near), key=lambda place: odds[place])])
    return float((start + offset_at(onsets.whole, start, beat) + EARLY) % bar)


def bar_series(sound: Series, onsets: Onsets, beat: float, beats: int) -> list[Values]:
    """What is looked at, each (T,) at `ONSET_RATE`: four series of onsets, and five of changes.

    Args:
        sound: mono (N,) at `engine.analysis.sound.RATE`.
        onsets: of the sound.
        beat: s between beats.
        beats: in a bar.
    """
    count = len(onsets.whole)
    chroma, loudness = tonal(sound)
    middle = np.maximum(3 * onsets.whole - 0.07 * onsets.low - 1.93 * onsets.high, 0)  # as in `metre`
    series = [np.asarray(each, np.float64) for each in (onsets.whole, onsets.low, middle, onsets.high)]
    spans = ((chroma, 1), (chroma, 2), (chroma, beats), (loudness, 1), (loudness, 2))
    return series + [change_of(values, span * beat, count) for values, span in spans]


def bar_features(series: Sequence[Values], beat: float, beats: int) -> Values:
    """What is seen at each place of a bar: (`PLACES` · beats, F)."""
    count = PLACES * beats
    columns: list[Values] = []
    for number, each in enumerate(series):
        over_bar = folded(each, ONSET_RATE, beat * beats, count)
        if number < _SOUNDING:
            over_bar = blurred(over_bar, _BLUR / beat * PLACES)
        every = _relative(np.tile(over_bar.reshape(beats, -1).mean(axis=0), beats))
        own = _relative(over_bar) - every
        columns += [np.roll(every, -step * PLACES // _AROUND) for step in range(_AROUND)]
        columns += [np.roll(own, -step * PLACES) for step in (0, 1, 2, -1)]
        columns += [np.roll(own, -PLACES // 2), np.roll(own, PLACES // 2)]
    for value in (np.log2(beat / _USUAL_BEAT), float(beats == 2), float(beats == 3)):
        columns.append(np.full(count, value))
    return np.stack(columns, axis=1)


def bar_odds(features: Values, weights: Weights | None = None) -> Values:
    """The network: features (C, F) → how likely a bar begins at each place, (C,), in logarithms."""
    weights = weights or _bundled()
    seen = (features - weights["mean"]) / weights["scale"]
    hidden = np.tanh(seen @ weights["hidden.weight"].T + weights["hidden.bias"])
    odds: Values = (hidden @ weights["out.weight"].T + weights["out.bias"])[:, 0]
    return odds


def plain_odds(features: Values) -> Values:
    """A linear model of the same, (C,): less often right, but also for sounds that are like none the network knows."""
    odds = np.zeros(len(features))
    half, quarter = _AROUND // 2, _AROUND // 4
    for number, (here, away, beside) in _OF_BEATS.items():
        every = features[:, number * COLUMNS : (number + 1) * COLUMNS]
        odds += here * every[:, 0] + away * every[:, half] + beside * (every[:, quarter] + every[:, -_OWN - quarter])
    for number, (here, beside, away) in _OF_BARS.items():
        own = features[:, (number + 1) * COLUMNS - _OWN : (number + 1) * COLUMNS]
        odds += here * own[:, 0] + beside * (own[:, 1] + own[:, 3]) + away * own[:, 4]
    return odds


def _struck(features: Values) -> Values:
    """How much begins at each place of a beat, or at the next to it, against the most: (C,), in logarithms."""
    whole = np.expm1(features[:, 0])
    most = np.max([np.roll(whole, step) for step in (-1, 0, 1)], axis=0)
    shares: Values = np.log(most / max(float(most.max()), 1e-9) + _NOTHING)
    return shares


def _relative(values: Values) -> Values:
    relative: Values = np.log1p(values / (float(values.mean()) or 1.0))
    return relative


@cache
def _bundled() -> Weights:
    with np.load(resources() / "listening" / "bars.npz", allow_pickle=False) as file:
        return {name: np.asarray(file[name], np.float64) for name in file.files}
