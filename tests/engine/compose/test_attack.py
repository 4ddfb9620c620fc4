"""Strokes whose attack is slow are made sharper, and the others stay as they are."""

import numpy as np
import pytest

from engine.compose import drums
from engine.compose.attack import MEASURED, sharpening
from engine.compose.soundfont import Voice, find_soundfont, open_soundfont
from engine.evaluate.sound_measures import HIGH, envelope, rise_ms

RATE = 48000


def _rise(stroke: np.ndarray) -> float:
    """S from a tenth of the peak to within 3 dB of it."""
    level = np.abs(stroke[: int(0.03 * RATE)])
    low, high = (int(np.argmax(level >= share * level.max())) for share in (0.1, 0.708))
    return (high - low) / RATE


def test_a_slow_stroke_rises_faster_and_a_sharp_one_is_left_alone() -> None:
    times = np.arange(int(2 * MEASURED * RATE)) / RATE
    sharp = np.sin(2 * np.pi * 300 * times) * np.exp(-times / 0.05)
    assert sharpening(sharp, RATE) is None
    assert sharpening(np.zeros(100), RATE) is None
    slow = sharp * (0.3 + np.minimum(times / 0.015, 0.7))
    gain = sharpening(slow, RATE)
    assert gain is not None
    assert gain.min() == 1.0
    assert 1.0 < gain.max() <= 2.05
    assert (gain[int(0.012 * RATE) :] == 1.0).all()
    slow[: len(gain)] *= gain
    assert _rise(slow) <= 0.005


@pytest.mark.parametrize(("program", "drum"), [(48, 36), (48, 38), (32, 36)])
def test_slow_drums_of_the_soundfont_are_sharper_and_the_others_as_they_were(program: int, drum: int) -> None:
    font = open_soundfont(find_soundfont())
    hat, stroke = (4000, 5000, 42, 90), (2000, 3000, drum, 100)
    alone, beside = (font.play([Voice(events)], program, True, RATE) for events in ([stroke], [stroke, hat]))
    assert _rise(alone[:, 2000:].mean(axis=0)) <= 0.005
    assert np.allclose(beside[:, :4000], alone[:, :4000], atol=1e-7)
    only = font.play([Voice([hat])], program, True, RATE)
    count = min(only.shape[1], alone.shape[1], beside.shape[1]) - RATE // 8  # before the fades of their ends
    assert np.allclose(beside[:, :count] - alone[:, :count], only[:, :count], atol=1e-4)


@pytest.mark.parametrize("kit", sorted(drums.KITS))
def test_snares_of_our_own_are_loudest_where_they_begin(kit: str) -> None:
    stroke = np.pad(drums.hit(kit, 38, RATE), (RATE // 10, 0))
    assert rise_ms(envelope(stroke, *HIGH, 1.0), RATE // 10) <= 5
