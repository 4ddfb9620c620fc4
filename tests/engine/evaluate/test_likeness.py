"""How far composed music is from recordings, on sounds of which the answer is known."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from scipy.linalg import sqrtm

from engine.audio import Audio
from engine.errors import ModelError
from engine.evaluate.likeness import crowd, describe, likeness

RATE = 22050


def clicks(rate: float, seconds: float, seed: int) -> np.ndarray:
    """So many strokes of noise a second over a quiet tone."""
    chance = np.random.default_rng(seed)
    time = np.arange(round(seconds * RATE))
    sound = 0.02 * np.sin(2 * np.pi * 220 * time / RATE)
    for at in range(0, len(sound) - 2000, round(RATE / rate)):
        sound[at : at + 2000] += 0.3 * chance.standard_normal(2000) * np.exp(-np.arange(2000) / 300)
    return sound.astype(np.float32)


def test_onsets_are_counted_and_timed() -> None:
    vector = describe(clicks(4.0, 2.5, 0))
    assert vector.shape == (48,)
    onsets, _, _, between, spread = vector[40:45]
    assert onsets == pytest.approx(4.0, abs=0.8)
    assert between == pytest.approx(0.25, abs=0.02)
    assert spread < 0.05


def test_a_low_tone_is_in_a_low_band() -> None:
    """The centre of a band is where its triangle peaks: of 20 between 40 Hz and 10 kHz, 300 Hz lies in the third."""
    time = np.arange(round(2.5 * RATE)) / RATE
    bands = describe(np.sin(2 * np.pi * 300 * time).astype(np.float32))[:20]
    mels = np.linspace(*(2595 * np.log10(1 + each / 700) for each in (40.0, 10_000.0)), 22)
    centres = 700 * (10 ** (mels[1:-1] / 2595) - 1)
    assert int(np.argmax(bands)) == int(np.argmin(np.abs(centres - 300)))


def test_silent_windows_say_nothing() -> None:
    assert crowd([np.zeros(10 * RATE, np.float32)]).shape == (0, 48)


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four recordings of 46 s, an effect of 2 s, and a file that is no sound."""
    folder = tmp_path_factory.mktemp("recordings")
    for number in range(4):
        soundfile.write(folder / f"{number}.wav", clicks(3.0 + number, 46.0, number), RATE)
    soundfile.write(folder / "effect.wav", clicks(9.0, 2.0, 9), RATE)
    (folder / "broken.ogg").write_bytes(b"OggS" + bytes(100))
    return folder


def test_what_is_like_the_recordings_is_nearer_to_them(recordings: Path) -> None:
    alike = [Audio(clicks(3.0 + number % 4, 10.0, 50 + number)[:, None], RATE) for number in range(8)]
    other = [Audio(clicks(12.0, 10.0, 70 + number)[:, None], RATE) for number in range(8)]
    near, far = (likeness(pieces, recordings, 0).value for pieces in (alike, other))
    assert near < 0.5 * far


def test_the_distance_is_dowsons_and_landaus() -> None:
    """Against the formula with scipy's root of a matrix."""
    from engine.evaluate.frechet import distance

    chance = np.random.default_rng(0)
    one, other = chance.standard_normal((60, 4)), 1 + chance.standard_normal((50, 4)) @ chance.standard_normal((4, 4))
    a, b = np.cov(one, rowvar=False), np.cov(other, rowvar=False)
    means = one.mean(axis=0) - other.mean(axis=0)
    expected = means @ means + np.trace(a + b - 2 * np.real(sqrtm(a @ b)))
    assert distance(one, other) == pytest.approx(expected, rel=1e-6)


def test_without_recordings_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="too few recordings"):
        likeness([Audio(clicks(3.0, 10.0, 0)[:, None], RATE)], tmp_path, 0)
