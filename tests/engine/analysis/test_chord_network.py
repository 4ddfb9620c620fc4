"""What the network of chords is told of a beat, and that it hears alike in every key."""

import numpy as np
import pytest

from engine.analysis.chord_network import QUALITIES, ROWS, gathered, likelihoods


def test_chords_are_as_likely_in_every_key() -> None:
    known = np.random.default_rng(0).uniform(0, 1, (4, ROWS, 12))
    here, there = likelihoods(known), likelihoods(np.roll(known, 5, axis=2))
    assert here.shape == (4, len(QUALITIES), 12)
    assert np.exp(here).sum(axis=(1, 2)) == pytest.approx(np.ones(4))
    assert there == pytest.approx(np.roll(here, 5, axis=2))


def test_a_bar_is_known_by_all_of_its_beats() -> None:
    beats = np.zeros((8, 6, 12))
    for beat, pitch_class in enumerate((0, 4, 7, 0, 5, 9, 0, 5)):  # C major and F major, a tone a beat
        beats[beat, 1, pitch_class] = 1.0
    known = gathered(beats, {0, 4})
    assert known.shape == (8, ROWS, 12)
    around = known[:, 7]  # what the middle notes of the bar are
    assert [sorted(np.flatnonzero(row)) for row in around] == [[0, 4, 7]] * 4 + [[0, 5, 9]] * 4
    assert np.flatnonzero(known[0, 1]).tolist() == [0]
