import numpy as np
import pytest

from engine.analysis import transients
from engine.analysis.stretch import stretched

RATE = 48000


def test_pitch_and_level_stay() -> None:
    time = np.arange(4 * RATE) / RATE
    tone = (0.5 * np.sin(2 * np.pi * 440 * time)).astype(np.float32)[:, None]
    made = stretched(tone, RATE, 0.95)
    assert len(made) == round(0.95 * len(tone))
    middle = made[RATE : 3 * RATE, 0]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    assert np.argmax(spectrum) / 2 == pytest.approx(440, abs=1)
    assert np.sqrt((middle**2).mean()) == pytest.approx(0.5 / np.sqrt(2), rel=0.05)


def test_the_same_tempo_keeps_every_sample() -> None:
    sound = np.random.default_rng(0).standard_normal((RATE, 1)).astype(np.float32)
    assert np.array_equal(stretched(sound, RATE, 1.0), sound)


def test_attacks_are_the_same_however_much_is_measured_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = np.random.default_rng(1).standard_normal((2 * RATE, 2)).astype(np.float32)
    sound *= np.exp(-(np.arange(len(sound)) % (RATE // 3)) / (RATE / 20))[:, None].astype(np.float32)
    found = transients.attacks_of(sound, RATE)
    assert np.allclose(found, np.arange(1, 6) * (RATE // 3), atol=RATE // 500)
    monkeypatch.setattr(transients, "_PART", 7)
    assert np.array_equal(transients.attacks_of(sound, RATE), found)
