from collections.abc import Callable

import numpy as np
import pytest

from engine.analysis.beats import CLEAR, find_beats
from engine.audio import Audio
from engine.timing.signature import Signature, parse_signature
from engine.train.corpus.crops import CropRequest, crop

Clicks = Callable[..., Audio]


@pytest.mark.parametrize(("tempo", "late"), [(120, 0.0), (118.9, 0.012), (121.7, -0.03), (117, 0.2), (123.4, -0.111)])
def test_clicks_are_timed_to_a_millisecond(clicks: Clicks, tempo: float, late: float) -> None:
    beats = find_beats(clicks(tempo, late), 120)
    assert beats is not None
    assert beats.tempo == pytest.approx(tempo, rel=2e-4)
    away = (beats.phase - late + beats.beat / 2) % beats.beat - beats.beat / 2
    assert abs(away) < 0.001
    assert beats.confidence > 0.9
    assert beats.beat == pytest.approx(60 / beats.tempo)


@pytest.mark.parametrize("tempo", [60.3, 241.0])
def test_half_and_double_are_the_same_tempo(clicks: Clicks, tempo: float) -> None:
    beats = find_beats(clicks(tempo, 0.1), 120)
    assert beats is not None
    assert beats.tempo == pytest.approx(120.55, abs=0.1)


@pytest.mark.parametrize("tempo", [90, 95, 100, 150])
def test_another_tempo_is_given_as_it_is(clicks: Clicks, tempo: float) -> None:
    beats = find_beats(clicks(tempo, 0.1), 120)
    assert beats is not None
    assert beats.tempo == pytest.approx(tempo, rel=1e-3)
    assert beats.confidence >= CLEAR


def test_compound_time_counts_dotted_quarters(clicks: Clicks) -> None:
    beats = find_beats(clicks(80.4), 120, Signature(6, 8))
    assert beats is not None
    assert beats.tempo == pytest.approx(120.6, rel=1e-3)
    assert beats.beat == pytest.approx(60 / 80.4, rel=1e-3)


def test_what_has_no_beat_is_no_clear_beat() -> None:
    time = np.arange(12 * 48000) / 48000
    tone = Audio((0.3 * np.sin(2 * np.pi * 220 * time)).astype(np.float32)[:, None], 48000)
    noise = Audio(0.1 * np.random.default_rng(1).standard_normal((12 * 48000, 1)).astype(np.float32), 48000)
    for sound in (tone, noise):
        beats = find_beats(sound, 120)
        assert beats is None or beats.confidence < CLEAR
    assert find_beats(Audio(np.zeros((12 * 48000, 1), np.float32), 48000), 120) is None


def test_too_short_a_sound_has_no_beats(clicks: Clicks) -> None:
    assert find_beats(clicks(120, seconds=1.9), 120) is None
    assert find_beats(Audio(np.zeros((0, 2), np.float32), 48000), 120) is None


def test_music_is_measured_where_its_beat_is_clear() -> None:
    """Pieces with a known tempo, heard with a prior up to 2 % off."""
    request = CropRequest(seed=5, frames=24000 * 12, own=True, split="validation")
    clear = 0
    for step, off in (
        (0, 1.02),
        (1, 0.98),
        (2, 1.02),
        (9, 0.98),
        (11, 1.01),
        (13, 0.985),
        (17, 1.015),
        (19, 0.99),
    ):
        piece = crop(request, step)
        truth = piece.truth
        signature = parse_signature(truth["signature"])
        beats = find_beats(Audio(piece.audio.T.copy(), request.rate), truth["tempo"] * off, signature)
        assert beats is not None
        if beats.confidence < CLEAR:
            continue
        clear += 1
        assert beats.tempo == pytest.approx(truth["tempo"], rel=0.003)
        middle = truth["beats"][len(truth["beats"]) // 2]
        away = (beats.phase - middle + beats.beat / 2) % beats.beat - beats.beat / 2
        assert abs(away) < 0.02, truth["genre"]
    assert clear >= 6
