"""Sounds whose beats and key are known."""

from collections.abc import Callable

import numpy as np
import pytest

from engine.audio import Audio

RATE = 48000
Click = Callable[..., Audio]


@pytest.fixture
def clicks() -> Click:
    """Makes clicks at a tempo, the first `late` seconds after the sound's start, in stereo."""

    def make(tempo: float, late: float = 0.0, seconds: float = 12.0) -> Audio:
        sound = np.zeros(round(seconds * RATE), np.float32)
        span = np.arange(2400)
        click = (np.exp(-span / 400) * np.sin(2 * np.pi * 1000 * span / RATE)).astype(np.float32)
        for start in np.arange(late % (60 / tempo), seconds - 0.06, 60 / tempo):
            first = round(start * RATE)
            sound[first : first + len(click)] += click
        return Audio(np.stack([sound, 0.5 * sound], axis=1), RATE)

    return make


@pytest.fixture
def chords() -> Callable[..., Audio]:
    """Makes chords of harmonic tones: each a list of semitones above A (220 Hz), a second long."""

    def make(*played: tuple[int, ...]) -> Audio:
        time = np.arange(RATE) / RATE
        fade = np.minimum(1, np.minimum(time, 1 - time) * 50)
        parts = [
            fade
            * sum(np.sin(2 * np.pi * 220 * 2 ** (note / 12) * k * time) / k**2 for note in chord for k in (1, 2, 3))
            for chord in played
        ]
        return Audio((0.1 * np.concatenate(parts)).astype(np.float32)[:, None], RATE)

    return make
