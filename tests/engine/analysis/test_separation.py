"""Drums apart from tones: what adds up, what goes where, pieces and edges."""

import numpy as np
import pytest

import engine.analysis.separation as separation
from engine.analysis.separation import separate
from engine.audio import Audio
from engine.errors import Cancelled

RATE = 44100


def tone(seconds: float = 4.0) -> np.ndarray:
    time = np.arange(round(seconds * RATE)) / RATE
    return (0.2 * (np.sin(2 * np.pi * 440 * time) + np.sin(2 * np.pi * 660 * time))).astype(np.float32)


def strokes(seconds: float = 4.0) -> np.ndarray:
    """Bursts of noise, 30 ms long, twice a second."""
    noise = np.random.default_rng(0).standard_normal(round(seconds * RATE)).astype(np.float32)
    since = np.arange(len(noise)) % (RATE // 2) / RATE
    return noise * np.exp(-since / 0.01).astype(np.float32) * 0.3


def si_sdr(target: np.ndarray, estimate: np.ndarray) -> float:
    """dB, as Le Roux and others define it (ICASSP 2019)."""
    scaled = target * float(np.vdot(estimate, target) / np.vdot(target, target))
    return 10 * np.log10(float(np.sum(scaled**2) / np.sum((estimate - scaled) ** 2)))


def test_strokes_and_tones_part_and_add_up() -> None:
    mix = np.stack([tone() + strokes(), tone() - strokes()], axis=1)
    parts = separate(Audio(mix, RATE))
    assert parts.drums.samples.shape == parts.harmonic.samples.shape == mix.shape
    assert parts.drums.samples.dtype == np.float32
    error = np.abs(parts.drums.samples.astype(np.float64) + parts.harmonic.samples - mix).max()
    assert error < 10 ** (-120 / 20)
    before, after = si_sdr(strokes(), mix[:, 0]), si_sdr(strokes(), parts.drums.samples[:, 0])
    assert after > before + 10
    assert si_sdr(tone(), parts.harmonic.samples[:, 0]) > si_sdr(tone(), mix[:, 0]) + 10


def test_one_mask_for_both_channels_keeps_places() -> None:
    left = tone() + strokes()
    parts = separate(Audio(np.stack([left, 0.25 * left], axis=1), RATE))
    np.testing.assert_allclose(parts.drums.samples[:, 1], 0.25 * parts.drums.samples[:, 0], atol=1e-6)


def test_pieces_are_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    mix = Audio((tone() + strokes())[:, None], RATE)
    whole = separate(mix).drums.samples
    monkeypatch.setattr(separation, "_PIECE", 37)
    np.testing.assert_allclose(separate(mix).drums.samples, whole, atol=1e-6)


@pytest.mark.parametrize("frames", [0, 1, 100, 5000])
def test_short_sounds(frames: int) -> None:
    sound = np.random.default_rng(1).standard_normal((frames, 1)).astype(np.float32)
    parts = separate(Audio(sound, RATE))
    assert parts.drums.samples.shape == (frames, 1)
    np.testing.assert_allclose(parts.drums.samples + parts.harmonic.samples, sound, atol=1e-6)


def test_silence_stays_silent_and_a_check_may_stop_it() -> None:
    parts = separate(Audio(np.zeros((RATE, 2), np.float32), RATE))
    assert not parts.drums.samples.any()
    assert not parts.harmonic.samples.any()

    def stop(share: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        separate(Audio(np.zeros((RATE, 1), np.float32), RATE), stop)
