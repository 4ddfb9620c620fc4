"""Level, brightness and change of sounds in which they are known, and tempos and keys that are the same or not."""

import math

import numpy as np
import pytest

from engine.evaluate import audio_measures

RATE = 24000


def test_octaves_count_only_when_asked() -> None:
    assert audio_measures.same_tempo(103.9, 100.0)
    assert not audio_measures.same_tempo(104.1, 100.0)
    assert not audio_measures.same_tempo(50.0, 100.0)
    assert audio_measures.same_tempo(50.0, 100.0, octaves=True)
    assert not audio_measures.same_tempo(math.nan, 100.0, octaves=True)


def test_related_keys() -> None:
    c_major, a_minor = (0, False), (9, True)
    assert audio_measures.related_key(a_minor, c_major)
    assert audio_measures.related_key(c_major, a_minor)
    assert audio_measures.related_key((7, False), c_major)
    assert audio_measures.related_key((0, True), c_major)
    assert not audio_measures.related_key((2, False), c_major)


def test_relative_keys_have_the_same_notes() -> None:
    assert audio_measures.relative_key((9, True), (0, False))
    assert audio_measures.relative_key((0, False), (9, True))
    assert not audio_measures.relative_key((0, True), (0, False))
    assert not audio_measures.relative_key((7, False), (0, False))


def test_silence_is_at_the_floor() -> None:
    silence = np.zeros(2 * RATE, np.float32)
    assert audio_measures.level(silence) == -100
    assert math.isnan(audio_measures.centroid(silence, RATE))


def test_level_and_brightness_of_a_tone() -> None:
    t = np.arange(RATE) / RATE
    low, high = (np.sin(2 * np.pi * f * t).astype(np.float32) for f in (500, 3000))
    assert audio_measures.level(low) == pytest.approx(-3.01, abs=0.01)
    assert audio_measures.centroid(low, RATE) == pytest.approx(500, rel=0.1)
    assert audio_measures.centroid(high, RATE) == pytest.approx(3000, rel=0.1)


def test_flux_rises_where_something_begins() -> None:
    wave = np.zeros(2 * RATE, np.float32)
    wave[RATE:] = 0.3 * np.random.default_rng(1).standard_normal(RATE)
    flux, moments = audio_measures.flux(wave, RATE)
    assert int(flux.argmax()) / moments == pytest.approx(1.0, abs=0.05)
