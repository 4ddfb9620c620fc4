"""The fit of words to sounds, on sounds that differ as their words do."""

from pathlib import Path

import numpy as np

from engine.analysis.sound import RATE
from engine.analysis.timbre import timbre_of
from engine.analysis.words import bundled, find_words
from engine.train.listening_words import fitted, write


def _sound(rng: np.random.Generator, low: bool) -> np.ndarray:
    time = np.arange(10 * RATE) / RATE
    frequency = rng.uniform(60, 120) if low else rng.uniform(2000, 4000)
    return (np.sin(2 * np.pi * frequency * time) + 0.01 * rng.standard_normal(len(time))).astype(np.float32)


def test_words_that_a_sound_decides_are_learnt_and_written(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    low = [number % 2 == 0 for number in range(12)]
    truths = [
        {"families": ["bass"], "mood": "dark", "genre": "house"}
        if each
        else {"families": ["woodwind"], "mood": "happy", "genre": "folk"}
        for each in low
    ]
    model = fitted([_sound(rng, each) for each in low], truths, ridge=1.0)
    for each, words in ((True, {"bass", "dark", "house"}), (False, {"woodwind", "happy", "folk"})):
        assert {word.word for word in find_words(timbre_of(_sound(rng, each)), model)} == words
    write(tmp_path / "words.npz", model)
    with np.load(tmp_path / "words.npz", allow_pickle=False) as file:
        assert np.allclose(file["weights"], model.weights, atol=1e-2)
        assert tuple(file["words"]) == model.words == bundled().words
