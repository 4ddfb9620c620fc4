"""Oscillators keep their phase from frame to frame, and the ear hears what they play."""

import math

import pytest
import torch

from engine.models.oscillator_bank import FLOOR, LOWEST, OscillatorBank, SemitoneAnalyzer
from engine.models.vae_config import PRESETS

CONFIG = PRESETS["starter"]


def tone(semitone: int, loudness: float, samples: int = 48000) -> torch.Tensor:
    cycles = LOWEST * 2 ** (semitone / 12) / CONFIG.rate
    return loudness * torch.sin(2 * math.pi * cycles * torch.arange(samples))


@pytest.mark.parametrize(("semitone", "loudness"), [(12, 0.3), (36, 0.1), (60, 0.5), (80, 0.02)])
def test_the_ear_hears_a_tone_at_its_loudness_and_nothing_beside(semitone: int, loudness: float) -> None:
    heard = SemitoneAnalyzer(84, CONFIG.rate, CONFIG.hop)(tone(semitone, loudness))  # (50, 84)
    assert heard.shape == (50, 84)
    middle = heard[25].exp()
    assert int(middle.argmax()) == semitone
    assert loudness * 0.6 < float(middle[semitone]) < loudness * 1.2
    assert middle[torch.arange(84) != semitone].max() < 0.1 * loudness + 2 * FLOOR


def test_silence_is_at_the_floor() -> None:
    heard = SemitoneAnalyzer(84, CONFIG.rate, CONFIG.hop)(torch.zeros(2, 1, 1))
    assert heard.shape == (2, 1, 1, 84)
    torch.testing.assert_close(heard.exp(), torch.full_like(heard, FLOOR))


@torch.no_grad()
def test_a_tone_goes_on_without_a_step_and_wherever_it_begins() -> None:
    bank = OscillatorBank(84, 8, 1, CONFIG)
    for weight in (bank.loudness.weight, bank.direct.weight):
        weight.zero_()
    bank.loudness.bias.fill_(-9.0)
    bank.loudness.bias[40] = math.log(0.2 + FLOOR)
    x, z = torch.zeros(1, 500, 8), torch.zeros(1, 100, CONFIG.latent_width)
    numbers = torch.arange(10_000, 10_500, dtype=torch.float64)[None]
    frames, told = bank(x, z, numbers)  # (1, 500, 1, fft)
    assert told.shape == (1, 500, 1, 84)
    hop = CONFIG.frame_hop
    overlap = frames[0, 1:, 0, : CONFIG.fft - hop] - frames[0, :-1, 0, hop:]
    assert overlap.abs().max() < 1e-3
    assert frames.abs().max().item() == pytest.approx(0.2, abs=2e-3)
    later, _ = bank(x[:, :5], z[:, :1], numbers[:, 250:255])
    torch.testing.assert_close(later, frames[:, 250:255], atol=1e-5, rtol=0)
