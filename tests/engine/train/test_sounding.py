"""Who sounds in each window: as the corpus says it of a crop of the same length."""

from random import Random

from engine.compose.arrange import compose
from engine.train import sounding
from engine.train.corpus.crops import piece_seed, truth

RATE = 1000


def test_windows_have_the_truth_of_crops() -> None:
    for own in (False, True):
        score = compose(piece_seed(3, 0), own=own)
        first, frames = 20 * RATE, 8 * RATE
        excerpt = truth(score, first, frames, RATE, Random(0))
        found = sounding.windows(excerpt, [0.0, 2.0, 4.0, 6.0], 2.0)
        wanted = [truth(score, first + i * 2 * RATE, 2 * RATE, RATE, Random(0))["families"] for i in range(4)]
        assert [sorted(each) for each in found] == wanted


def test_what_is_not_of_the_corpus_keeps_its_own() -> None:
    known = {"piece": None, "start": 0.0, "families": ["bass"], "instruments": [], "onsets": {}}
    assert sounding.windows(known, [0.0, 2.0, 3.0], 2.0) == [frozenset({"bass"})] * 3
