"""The instruments on sounds whose tempo, key, level and brightness are known."""

import math

import numpy as np
import pytest

from engine.evaluate import hearing

RATE = 24000


def clicks(bpm: float, seconds: float = 10.0) -> np.ndarray:
    wave = np.zeros(round(seconds * RATE), np.float32)
    noise = np.random.default_rng(0).standard_normal(600).astype(np.float32) * np.exp(-np.arange(600) / 100)
    for start in (np.arange(0, seconds - 0.1, 60 / bpm) * RATE).round().astype(int):
        wave[start : start + 600] += 0.5 * noise[: len(wave) - start]
    return wave


def chords(notes: list[tuple[int, ...]], seconds: float = 1.0) -> np.ndarray:
    t = np.arange(round(seconds * RATE)) / RATE
    parts = [
        sum(np.sin(2 * np.pi * k * 440 * 2 ** ((n - 69) / 12) * t) / k for n in chord for k in (1, 2, 3))
        for chord in notes
    ]
    return (0.05 * np.concatenate(parts)).astype(np.float32)


@pytest.mark.parametrize("bpm", [84.0, 101.0, 132.0])
def test_the_tempo_of_clicks(bpm: float) -> None:
    heard = hearing.tempo(clicks(bpm), RATE)
    assert hearing.same_tempo(heard, bpm, octaves=True)
    assert not hearing.same_tempo(heard, 1.1 * bpm, octaves=True)


def test_octaves_count_only_when_asked() -> None:
    assert hearing.same_tempo(103.9, 100.0)
    assert not hearing.same_tempo(104.1, 100.0)
    assert not hearing.same_tempo(50.0, 100.0)
    assert hearing.same_tempo(50.0, 100.0, octaves=True)
    assert not hearing.same_tempo(math.nan, 100.0, octaves=True)


@pytest.mark.parametrize("tonic", [0, 7])
def test_the_key_of_chords(tonic: int) -> None:
    major = [tuple(48 + tonic + n for n in chord) for chord in ((0, 4, 7), (5, 9, 12), (7, 11, 14), (0, 4, 7))]
    minor = [tuple(48 + tonic + n for n in chord) for chord in ((0, 3, 7), (5, 8, 12), (7, 11, 14), (0, 3, 7))]
    assert hearing.key(chords(major), RATE) == (tonic, False)
    assert hearing.key(chords(minor), RATE) == (tonic, True)


def test_related_keys() -> None:
    c_major, a_minor = (0, False), (9, True)
    assert hearing.related_key(a_minor, c_major)
    assert hearing.related_key(c_major, a_minor)
    assert hearing.related_key((7, False), c_major)
    assert hearing.related_key((0, True), c_major)
    assert not hearing.related_key((2, False), c_major)


def test_silence_has_neither() -> None:
    silence = np.zeros(2 * RATE, np.float32)
    assert math.isnan(hearing.tempo(silence, RATE))
    assert hearing.key(silence, RATE) is None
    assert hearing.level(silence) == -100
    assert math.isnan(hearing.centroid(silence, RATE))


def test_level_and_brightness_of_a_tone() -> None:
    t = np.arange(RATE) / RATE
    low, high = (np.sin(2 * np.pi * f * t).astype(np.float32) for f in (500, 3000))
    assert hearing.level(low) == pytest.approx(-3.01, abs=0.01)
    assert hearing.centroid(low, RATE) == pytest.approx(500, rel=0.1)
    assert hearing.centroid(high, RATE) == pytest.approx(3000, rel=0.1)


def test_flux_rises_where_something_begins() -> None:
    wave = np.zeros(2 * RATE, np.float32)
    wave[RATE:] = 0.3 * np.random.default_rng(1).standard_normal(RATE)
    flux, moments = hearing.flux(wave, RATE)
    assert int(flux.argmax()) / moments == pytest.approx(1.0, abs=0.05)
