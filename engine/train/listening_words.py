"""Fits the words of `engine.analysis.words` to composed music: ridge regression on the log-odds of each word.

`python -m engine.train.listening_words OUT --crops 400` writes the model; a few minutes for a few hundred crops.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from engine.analysis.sound import RATE
from engine.analysis.timbre import timbre_of
from engine.analysis.words import SECONDS, WordModel, word_features
from engine.atomic_file import replacing
from engine.compose.genres import GENRES
from engine.compose.instruments import FAMILIES
from engine.compose.moods import MOODS
from engine.train.corpus.crops import CropRequest, Truth, crop

_WORDS = (
    *((word, "instrument") for word in FAMILIES),
    *((word, "mood") for word in MOODS),
    *((word, "genre") for word in GENRES),
)
_RIDGE = 100.0
_CERTAIN = 3.0  # log-odds of what is true


def fitted(sounds: Sequence[np.ndarray], truths: Sequence[Truth], ridge: float = _RIDGE) -> WordModel:
    """The model of mono sounds at `RATE`, each of `SECONDS`, of which the truths are known."""
    features = np.concatenate([word_features(timbre_of(_full_scale(sound)))[:1] for sound in sounds])  # (M, D)
    centre, scale = features.mean(axis=0), np.maximum(features.std(axis=0), 1e-3)
    scaled = np.clip((features - centre) / scale, -4, 4)
    design = np.concatenate([scaled, np.ones((len(scaled), 1))], axis=1)
    goals = _CERTAIN * (2.0 * np.array([_true(truth) for truth in truths], float) - 1.0)  # (M, N)
    penalty = ridge * np.eye(design.shape[1])
    penalty[-1, -1] = 1e-6
    weights = np.linalg.solve(design.T @ design + penalty, design.T @ goals)
    return WordModel(weights, centre, scale, tuple(word for word, _ in _WORDS), tuple(kind for _, kind in _WORDS))


def write(path: Path, model: WordModel) -> None:
    """Writes a model as `engine.analysis.words` reads it."""
    with replacing(path) as part, part.open("wb") as file:
        np.savez(
            file,
            weights=model.weights.astype(np.float16),
            centre=model.centre.astype(np.float32),
            scale=model.scale.astype(np.float32),
            words=np.array(model.words),
            kinds=np.array(model.kinds),
        )


def _full_scale(sound: np.ndarray) -> np.ndarray:
    return sound / max(float(np.abs(sound).max()), 1e-9)


def _true(truth: Truth) -> list[bool]:
    true = {("instrument", family) for family in truth["families"]}
    true |= {("mood", truth["mood"]), ("genre", truth["genre"])}
    return [(kind, word) in true for word, kind in _WORDS]


def main() -> None:
    """Makes the crops, fits and writes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--crops", type=int, default=400)
    arguments = parser.parse_args()
    request = CropRequest(rate=RATE, frames=round(SECONDS * RATE))
    crops = [crop(request, step) for step in range(arguments.crops)]
    write(arguments.out, fitted([each.audio[0] for each in crops], [each.truth for each in crops]))


if __name__ == "__main__":
    main()
