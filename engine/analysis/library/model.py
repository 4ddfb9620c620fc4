"""What the library knows of sounds in general: which terms are true of one, and how alike two are.

Both are log-likelihood ratios, so that they add up to the evidence of several things: of a term or a key, how much
likelier it is now that the sound was heard; of two sounds, how much likelier it is that they come from one piece than
that they come from two.

- Terms: logistic regression on `Features.values`, one softmax for the genres and one for the moods.
- Keys: the same on the pitch classes, turned so that each tonic comes first.
- Likeness: two Gaussians, one of pieces and one of the sounds of a piece (probabilistic linear discriminant analysis,
  Ioffe 2006), of the values and of the pitch classes, these in every transposition.
- Tempo: a mixture of Gaussians around the ratios that listeners and programs confuse.

`engine.train.library` fits all of it.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from engine.analysis.library.features import Features
from engine.paths import resources

Values = NDArray[np.float64]

KINDS = ("genre", "mood", "energy", "signature", "mode", "family", "instrument")
"""Of terms. One genre and one mood is true of a sound, any number of the others."""
ONE_OF = ("genre", "mood")

_FAR = 4.0  # deviations to which a value counts
_RATIOS = ((1.0, 0.64), (2.0, 0.1), (0.5, 0.1), (1.5, 0.03), (2 / 3, 0.03), (4 / 3, 0.01), (0.75, 0.01), (3.0, 0.01))
"""A heard tempo to the true one, and how often."""
_OCTAVES = 2.0  # over which tempos are spread
_EXACT = 0.005  # a share of the tempo, by which one is heard wrong
_ROUNDED = 0.3  # beats a minute, by which one is stated wrong
_CHANGED, _CHANGE = 0.12, 0.22  # share of alike sounds that go at another tempo, and by how much, at most
_SAME_KEY = 0.8  # share of alike sounds that are not transposed


@dataclass(frozen=True)
class LibraryModel:
    """D values, N terms, E and H axes of likeness.

    centre, scale (D,): of the values. terms, kinds: N names. weights (D + 1, N), the last row for a constant; chances
    (N,) of each term. key_weights (2, 25): of the turned pitch classes, harmony before bass, and a constant, for major
    and minor; key_chances (2,). axes (D, E) and between (E,): along them the sounds of a piece vary by 1, and pieces
    by `between`. pitch_centre (24,), pitch_axes (24, H) and pitch_between (H,): the same of the pitch classes.
    phrases: what people call terms, in lower case, and for each the numbers of the terms.
    """

    centre: Values
    scale: Values
    terms: tuple[str, ...]
    kinds: tuple[str, ...]
    weights: Values
    chances: Values
    key_weights: Values
    key_chances: Values
    axes: Values
    between: Values
    pitch_centre: Values
    pitch_axes: Values
    pitch_between: Values
    phrases: dict[str, tuple[int, ...]]

    def scaled(self, values: Values) -> Values:
        """Values (…, D) in deviations."""
        result: Values = np.clip((values - self.centre) / self.scale, -_FAR, _FAR)
        return result

    def term_evidence(self, values: Values) -> Values:
        """The logarithm of the chance of each term over what it is of any sound: (D,) → (N,)."""
        scores = np.append(self.scaled(values), 1.0) @ self.weights
        logs = -np.logaddexp(0.0, -scores)
        kinds = np.array(self.kinds)
        for kind in ONE_OF:
            inside = kinds == kind
            logs[inside] = scores[inside] - np.logaddexp.reduce(scores[inside])
        result: Values = logs - np.log(self.chances)
        return result

    def key_evidence(self, high: Values, low: Values) -> Values:
        """The same of the 24 keys: 12 tonics in major, then in minor. 0 where nothing sounds."""
        if not high.any():
            return np.zeros(24)
        scores = self.key_weights @ key_features(high, low)  # (2, 12)
        logs = scores - np.logaddexp.reduce(scores.ravel())
        result: Values = (logs - np.log(self.key_chances / 12)[:, None]).ravel()
        return result

    def embedding(self, values: Values) -> Values:
        """Where a sound lies along the axes: (D,) → (E,)."""
        result: Values = self.scaled(values) @ self.axes
        return result

    def likeness(self, embedding: Values, others: Values) -> Values:
        """How alike a sound (E,) is to others (M, E)."""
        return _same(embedding, others, self.between)

    def harmonic_likeness(self, pitches: Values, others: Values) -> Values:
        """How alike the pitch classes of a sound (24,), harmony before bass, are to those of others (M, 24)."""
        their = (pitch_values(others) - self.pitch_centre) @ self.pitch_axes
        ratios = []
        for steps in range(12):
            turned = np.roll(pitches.reshape(2, 12), steps, axis=1).reshape(24)
            mine = (pitch_values(turned) - self.pitch_centre) @ self.pitch_axes
            share = _SAME_KEY if steps == 0 else (1 - _SAME_KEY) / 11
            ratios.append(np.log(share) + _same(mine, their, self.pitch_between))
        result: Values = np.logaddexp.reduce(ratios, axis=0)
        return np.where(others.any(axis=1) & pitches.any(), result, 0.0)


def key_features(high: Values, low: Values) -> Values:
    """Pitch classes from each of the twelve tonics on, and a constant: (25, 12)."""
    turned = [np.concatenate([np.roll(high, -tonic), np.roll(low, -tonic), [1.0 / 12]]) for tonic in range(12)]
    return 12 * np.array(turned).T


def pitch_values(pitches: Values) -> Values:
    """Shares of pitch classes (…, 24) as their roots, whose spread is more even."""
    return np.sqrt(pitches)


def tempo_evidence(tempo: float, heard: Values) -> Values:
    """How much likelier tempos that were heard (M,) are where the true one is `tempo`; 0 where none was heard."""
    spread = np.hypot(_EXACT, _ROUNDED / tempo)
    return _tempo_ratio(tempo, heard, spread, 0.0)


def tempo_likeness(tempo: float, others: Values) -> Values:
    """How alike the tempos of sounds (M,) are to that of another, each 0 where none was heard."""
    if tempo <= 0:
        return np.zeros(len(others))
    return _tempo_ratio(tempo, others, 2 * _EXACT, _CHANGED)


def _tempo_ratio(tempo: float, others: Values, spread: float, changed: float) -> Values:
    by = np.log(np.maximum(others, 1e-3) / tempo)
    anything = 1 / (_OCTAVES * np.log(2))
    density = np.full(len(others), anything * (1 - changed - (1 - changed) * sum(share for _, share in _RATIOS)))
    density += changed * (np.abs(by) < _CHANGE) / (2 * _CHANGE)
    for ratio, share in _RATIOS:
        away = (by - np.log(ratio)) / spread
        density += (1 - changed) * share * np.exp(-0.5 * away**2) / (spread * np.sqrt(2 * np.pi))
    return np.where(others > 0, np.log(density / anything), 0.0)


def _same(mine: Values, others: Values, between: Values) -> Values:
    """Log-likelihood ratio that (E,) and each of (M, E) share their piece; its sounds vary by 1 along each axis."""
    total = between + 1
    determinant = total**2 - between**2
    squares = mine**2 + others**2
    ratio = squares / total - (total * squares - 2 * between * mine * others) / determinant
    result: Values = 0.5 * (ratio - np.log(determinant) + 2 * np.log(total)).sum(axis=-1)
    return result


@cache
def bundled() -> LibraryModel:
    """The model that the program brings along."""
    with np.load(resources() / "listening" / "library.npz", allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    texts = {name: tuple(str(each) for each in arrays.pop(name)) for name in ("terms", "kinds", "phrases", "meanings")}
    phrases = {
        phrase: tuple(int(number) for number in meaning.split())
        for phrase, meaning in zip(texts.pop("phrases"), texts.pop("meanings"), strict=True)
    }
    numbers = {name: array.astype(np.float64) for name, array in arrays.items()}
    return LibraryModel(terms=texts["terms"], kinds=texts["kinds"], phrases=phrases, **numbers)


def pitches_of(features: Features) -> Values:
    """The pitch classes of a sound, harmony before bass, (24,)."""
    return np.concatenate([features.high, features.low])
