"""The network of chords is fitted to beats whose chords are known."""

import numpy as np

from engine.analysis.chord_network import QUALITIES, gathered, likelihoods
from engine.music.chords import CHORDS
from engine.train.chords import Played, fitted


def test_a_few_steps_tell_major_from_minor_on_any_root() -> None:
    beats, goals = np.zeros((48, 6, 12)), np.zeros((48, len(QUALITIES), 12), bool)
    for beat in range(48):
        quality, root = ("maj", "min")[beat // 4 % 2], 5 * (beat // 4) % 12
        for interval in CHORDS[quality]:
            beats[beat, :, (root + interval) % 12] = 1.0
        goals[beat, QUALITIES.index(quality), root] = True
    bars = frozenset(range(0, 48, 4))
    weights = fitted([Played(beats, bars, goals)], steps=40)
    heard = likelihoods(gathered(np.roll(beats, 1, axis=2), set(bars)), weights).reshape(48, -1).argmax(axis=1)
    assert (heard == np.roll(goals, 1, axis=2).reshape(48, -1).argmax(axis=1)).mean() > 0.9
