"""Onset strengths and the tempo without the song's help, beside librosa's with its defaults."""

import numpy as np
import pytest

from engine.analysis.sound import RATE
from engine.analysis.tempo import HOP, global_tempo, onset_strengths


def strokes(tempo: float, seconds: float, seed: int) -> np.ndarray:
    """Noise with decaying strokes of uneven loudness at a tempo."""
    rng = np.random.default_rng(seed)
    sound = rng.standard_normal(round(seconds * RATE)) * 0.02
    for start in np.arange(0, len(sound) - 400, 60 / tempo * RATE).astype(int):
        sound[start : start + 400] += np.hanning(800)[400:] * rng.uniform(0.3, 1)
    return sound.astype(np.float32)


@pytest.mark.parametrize(("tempo", "seconds"), [(90.0, 6.0), (127.0, 3.0), (164.0, 12.0)])
def test_it_is_librosas(tempo: float, seconds: float) -> None:
    import librosa.feature  # takes seconds, which every process that collects the tests would wait
    import librosa.onset

    sound = strokes(tempo, seconds, seed=round(tempo))
    expected = librosa.onset.onset_strength(y=sound, sr=RATE, hop_length=HOP, n_fft=1024)
    onsets = onset_strengths(sound)
    np.testing.assert_allclose(onsets, expected, atol=2e-5)
    for prior in (60.0, 120.0, 200.0):
        theirs = librosa.feature.tempo(onset_envelope=expected, sr=RATE, hop_length=HOP, start_bpm=prior)
        assert global_tempo(onsets, prior) == pytest.approx(theirs[0], rel=1e-9)


def test_silence_has_no_tempo() -> None:
    onsets = onset_strengths(np.zeros(3 * RATE, np.float32))
    assert not onsets.any()
    assert global_tempo(onsets, 120.0) == 0.0
