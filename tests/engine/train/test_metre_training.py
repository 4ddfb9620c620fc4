"""The fit of tempo and metre on features that are made here, and the pieces that it listens to."""

from random import Random

import numpy as np
import pytest

from engine.analysis.metre import TEMPOS
from engine.train import metre
from engine.train.metre import Example, fitted, metre_of, pieces, shares


def _example(rng: Random) -> Example:
    """A column that is high at the tempo, and three that tell the metre."""
    place, number = rng.randrange(20, len(TEMPOS) - 20), rng.randrange(3)
    features = np.zeros((len(TEMPOS), 5), np.float32)
    features[:, 0] = np.exp(-(((np.arange(len(TEMPOS)) - place) / 2) ** 2))
    features[:, 1 + number] = 1
    return Example(features, float(TEMPOS[place]), number, "mix")


def test_a_fit_learns_tempo_and_metre(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metre, "_STEPS", 150)
    monkeypatch.setattr(metre, "_DROPPED", ((0.0, 0.0),))
    rng = Random(1)
    weights = fitted([_example(rng) for _ in range(60)])
    tempo, right = shares(weights, [_example(rng) for _ in range(20)])
    assert tempo > 0.8
    assert right > 0.8


def test_pieces_are_of_their_split_and_of_every_metre(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metre, "GENRES", {name: metre.GENRES[name] for name in ("folk", "techno")})
    chosen = pieces("validation", 1, 1)
    assert sorted((score.genre, str(score.signature)) for score in chosen) == [
        ("folk", "3/4"), ("folk", "4/4"), ("folk", "6/8"), ("techno", "4/4"),
    ]  # fmt: skip
    assert all(score.seed % 50 == 0 for score in chosen)
    assert {str(score.signature): metre_of(score) for score in chosen} == {"4/4": 0, "3/4": 1, "6/8": 2}
