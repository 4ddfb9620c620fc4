"""The fit of where bars begin on features that are made here, and the sounds that it listens to."""

from random import Random

import numpy as np
import pytest

from engine.analysis.bar_network import PLACES
from engine.compose.arrange import composed
from engine.compose.wish import Wish
from engine.train import bars
from engine.train.bars import Example, examples, fitted, shares


def _example(rng: Random) -> Example:
    """A column (of the onsets in all) that is high where the bar begins."""
    beats, beat = rng.choice((2, 3, 4)), rng.uniform(0.4, 0.7)
    place = rng.randrange(PLACES * beats)
    noise = np.random.default_rng(rng.randrange(1000))
    features = noise.normal(0, 0.3, (PLACES * beats, 165)).astype(np.float32)
    features[place, 1] += 6
    return Example(features, (place + 0.5) / PLACES * beat, beat, beats, "rest")


def test_a_fit_learns_where_bars_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bars, "_STEPS", 60)
    monkeypatch.setattr(bars, "_DROPPED", ((0.0, 0.0),))
    rng = Random(1)
    weights = fitted([_example(rng) for _ in range(24)])
    beat, bar = shares(weights, [_example(rng) for _ in range(20)])
    assert beat >= bar > 0.8


def test_a_piece_is_heard_whole_and_from_within_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    score = composed(Wish(genre="house", bars=8, seed=152))
    monkeypatch.setattr(
        bars, "sounds", lambda _: {"mix": np.random.default_rng(0).normal(size=16 * 22050).astype(np.float32)}
    )
    whole, within = examples(score)
    bar = whole.beat * whole.beats
    assert whole.features.shape == within.features.shape == (PLACES * 4, 165)
    assert min(whole.start, bar - whole.start) < 0.01  # the onsets come a little before their sound
    assert 0 < within.start < bar
