"""The ears, trained on clicks and chords, hear others of the same kind; silence has neither tempo nor key."""

import math

import numpy as np
import pytest

from engine.evaluate import audio_measures
from engine.evaluate.datasets import Stretch
from engine.evaluate.tempo_key_judges import Ears
from engine.jobs import Context

RATE = 24000


def clicks(bpm: float, seconds: float = 6.0) -> np.ndarray:
    wave = np.zeros(round(seconds * RATE), np.float32)
    noise = np.random.default_rng(0).standard_normal(600).astype(np.float32) * np.exp(-np.arange(600) / 100)
    for start in (np.arange(0, seconds - 0.1, 60 / bpm) * RATE).round().astype(int):
        wave[start : start + 600] += 0.5 * noise[: len(wave) - start]
    return wave


def chords(tonic: int, minor: bool) -> np.ndarray:
    """I–IV–V–I, three seconds long."""
    third, sixth = (3, 8) if minor else (4, 9)
    t = np.arange(round(0.75 * RATE)) / RATE
    parts = []
    for chord in ((0, third, 7), (5, sixth, 12), (7, 11, 14), (0, third, 7)):
        notes = [48 + tonic + chord[0] - 12, *(48 + tonic + n for n in chord)]
        hertz = [440 * 2 ** ((note - 69) / 12) for note in notes]
        parts.append(sum(np.sin(2 * np.pi * k * f * t) / k for f in hertz for k in (1, 2, 3)))
    return (0.05 * np.concatenate(parts)).astype(np.float32)


FACTS = {"tonic": 0, "mode": "major", "pulse": 1.0, "tempo": 90.0}


@pytest.fixture(scope="module")
def drummer() -> Ears:
    tempi = (72.0, 88.0, 97.0, 110.0, 125.0, 140.0)
    return Ears([Stretch(clicks(bpm), FACTS | {"tempo": bpm}) for bpm in tempi], RATE, context=Context())


@pytest.fixture(scope="module")
def pianist() -> Ears:
    known = [
        Stretch(chords(tonic, minor), FACTS | {"tonic": tonic, "mode": "minor" if minor else "major", "pulse": 0.0})
        for tonic in (0, 5, 10)
        for minor in (False, True)
    ]
    return Ears(known, RATE, context=Context())


@pytest.mark.parametrize("bpm", [84.0, 101.0, 132.0])
def test_the_tempo_of_clicks(drummer: Ears, bpm: float) -> None:
    heard = drummer.tempo(clicks(bpm))
    assert audio_measures.same_tempo(heard, bpm)
    assert not audio_measures.same_tempo(heard, 1.1 * bpm, octaves=True)


@pytest.mark.parametrize("tonic", [2, 7])
def test_the_key_of_chords(pianist: Ears, tonic: int) -> None:
    assert pianist.key(chords(tonic, False)) == (tonic, False)
    assert pianist.key(chords(tonic, True)) == (tonic, True)


def test_silence_has_neither(drummer: Ears, pianist: Ears) -> None:
    silence = np.zeros(2 * RATE, np.float32)
    assert math.isnan(drummer.tempo(silence))
    assert pianist.key(silence) is None
    nobody = Ears(
        [Stretch(silence, {"tempo": 90.0, "tonic": 0, "mode": "major", "pulse": 1.0})], RATE, context=Context()
    )
    assert math.isnan(nobody.tempo(clicks(100.0)))
    assert nobody.key(chords(0, False)) is None
