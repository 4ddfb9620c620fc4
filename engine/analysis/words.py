"""Words for a sound: instruments that play in it, its mood, its genre.

A linear model of how the levels and the onsets of mel bands are spread over ten seconds. It is fitted to music that
this program composes (`engine.train.listening_words`), so its words are those of the composer, and what it says of
recordings is a guess.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.analysis.timbre import FRAME_RATE, Timbre
from engine.paths import resources

Values = NDArray[np.float64]

KINDS = ("instrument", "mood", "genre")
SECONDS = 10.0
"""Length of the stretches that are listened to."""

_SURE = 0.5  # chance from which an instrument is named
_LEVEL_FLOOR = -60.0  # dB below the loudest band


@dataclass(frozen=True, slots=True)
class HeardWord:
    """A word. kind: one of `KINDS`. confidence: 0 to 1."""

    word: str
    kind: str
    confidence: float

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {"word": self.word, "kind": self.kind, "confidence": round(self.confidence, 3)}


@dataclass(frozen=True)
class WordModel:
    """weights (D + 1, N), the last row for a constant; centre, scale (D,) of the features; N words and their kinds."""

    weights: Values
    centre: Values
    scale: Values
    words: tuple[str, ...]
    kinds: tuple[str, ...]

    def scores(self, features: Values) -> Values:
        """How much speaks for each word, log-odds: (M, D) → (M, N)."""
        scaled = np.clip((features - self.centre) / self.scale, -4, 4)
        scores: Values = np.concatenate([scaled, np.ones((len(scaled), 1))], axis=1) @ self.weights
        return scores


def find_words(timbre: Timbre, model: WordModel | None = None) -> tuple[HeardWord, ...]:
    """Words for a sound, the surest of each kind first: instruments, then one mood, then one genre."""
    model = model or bundled()
    scores = model.scores(word_features(timbre)).mean(axis=0)
    kinds = np.array(model.kinds)
    words: list[HeardWord] = []
    instruments = 1 / (1 + np.exp(-scores[kinds == "instrument"]))
    names = np.array(model.words)
    for place in np.argsort(-instruments):
        if instruments[place] >= _SURE:
            words.append(HeardWord(str(names[kinds == "instrument"][place]), "instrument", float(instruments[place])))
    for kind in ("mood", "genre"):
        chances = np.exp(scores[kinds == kind] - scores[kinds == kind].max())
        chances = chances / chances.sum()
        best = int(chances.argmax())
        words.append(HeardWord(str(names[kinds == kind][best]), kind, float(chances[best])))
    return tuple(words)


def word_features(timbre: Timbre) -> Values:
    """What each stretch of `SECONDS` of a sound is like, (M, D); at least one stretch."""
    span = round(SECONDS * FRAME_RATE)
    count = max(1, len(timbre.levels) // span)
    return np.array([_stretch(timbre, slice(n * span, (n + 1) * span)) for n in range(count)])


def _stretch(timbre: Timbre, inside: slice) -> Values:
    levels = timbre.levels[inside].astype(np.float64)
    levels = np.maximum(levels - levels.max(), _LEVEL_FLOOR)
    gains = timbre.gains[inside].astype(np.float64)
    chroma = timbre.chroma[inside].astype(np.float64)
    shares = np.sort(chroma.sum(axis=0))[::-1]
    shares = shares / max(float(shares.sum()), 1e-9)
    low, high = np.percentile(levels, (10, 90), axis=0)
    strong = (gains > 6.0).mean(axis=0) * FRAME_RATE  # onsets a second
    return np.concatenate([levels.mean(axis=0), low, high, levels.std(axis=0), gains.mean(axis=0), strong, shares])


@cache
def bundled() -> WordModel:
    """The model that the program brings along."""
    with np.load(resources() / "listening" / "words.npz", allow_pickle=False) as file:
        return WordModel(
            file["weights"].astype(np.float64),
            file["centre"].astype(np.float64),
            file["scale"].astype(np.float64),
            tuple(str(word) for word in file["words"]),
            tuple(str(kind) for kind in file["kinds"]),
        )
