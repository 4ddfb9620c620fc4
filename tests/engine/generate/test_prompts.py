"""Sounds that users hand in, folded to what a model takes."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from engine.audio import Audio
from engine.generate.prompts import audio_prompt, prompt_sound

H = np.sqrt(0.5)


@pytest.mark.parametrize(
    ("channel", "left", "right"),  # L R C LFE Ls Rs
    [(0, 1, 0), (1, 0, 1), (2, H, H), (3, 0, 0), (4, H, 0), (5, 0, H)],
)
def test_surround_is_mixed_as_in_a_song(channel: int, left: float, right: float) -> None:
    samples = np.zeros((48000, 6), np.float32)
    samples[:, channel] = wave = (0.5 * np.sin(np.arange(48000) * 0.05)).astype(np.float32)
    sound = Audio(samples, 48000)
    assert_allclose(prompt_sound(sound, "prompt", 2), np.stack((left * wave, right * wave), axis=1), atol=1e-6)
    if channel != 3:  # the low frequencies are in no mix; of the others a model of one channel hears the power
        folded = audio_prompt(sound, 48000)
        right_power = (left**2 + right**2) / 2 * np.mean(wave.astype(np.float64) ** 2)
        assert np.mean(folded.astype(np.float64) ** 2) == pytest.approx(right_power, rel=1e-3)


def test_one_and_two_channels_stay_as_they_are() -> None:
    samples = np.random.default_rng(0).uniform(-1, 1, (48000, 2)).astype(np.float32)
    assert np.array_equal(prompt_sound(Audio(samples, 48000), "prompt", 2), samples)
    mono = prompt_sound(Audio(samples[:, :1], 48000), "prompt", 2)
    assert np.array_equal(mono, np.repeat(samples[:, :1], 2, axis=1))
