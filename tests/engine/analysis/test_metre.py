"""Metres of music that is played here bar by bar."""

import numpy as np
import pytest

from engine.analysis.beat_tracking import track_beats
from engine.analysis.heard_tempo import felt_pulse
from engine.analysis.metre import METRES, TEMPOS, tempo_features
from engine.analysis.pulse import onsets_of
from engine.analysis.sound import RATE

CHORDS = ((0, 4, 7), (9, 12, 16), (5, 9, 12), (7, 11, 14))


def played(tempo: float, bar: int, bass: tuple[float, ...], chords: tuple[float, ...], bars: int = 12) -> np.ndarray:
    """A bass and chords at places of every bar, in beats, in another harmony each bar: (T,) at `RATE`."""
    beat = 60 / tempo
    sound = np.zeros(round((bar * bars * beat + 1) * RATE), np.float32)
    times = np.arange(round(0.4 * RATE)) / RATE
    envelope = np.exp(-times / 0.15) * np.minimum(times / 0.005, 1)
    for number in range(bars):
        tones = [(place, 36 + CHORDS[number % 4][0], 0.25) for place in bass]
        tones += [(place, 60 + tone, 0.08) for place in chords for tone in CHORDS[number % 4]]
        for place, pitch, level in tones:
            first = round((bar * number + place) * beat * RATE)
            wave = 2 * np.pi * 440 * 2 ** ((pitch - 69) / 12) * times
            sound[first : first + len(times)] += (level * envelope * (np.sin(wave) + 0.5 * np.sin(2 * wave))).astype(
                np.float32
            )
    return sound


THIRDS = tuple(n / 3 for n in range(6))


@pytest.mark.parametrize(
    ("tempo", "bar", "bass", "chords", "signature"),
    [
        (112, 4, (0.0, 2.0), (1.0, 3.0), "4/4"),
        (126, 3, (0.0,), (1.0, 2.0), "3/4"),
        (58, 2, (0.0, 1.0), THIRDS, "6/8"),
    ],
)
def test_metres_are_told_apart(
    tempo: float, bar: int, bass: tuple[float, ...], chords: tuple[float, ...], signature: str
) -> None:
    sound = played(tempo, bar, bass, chords)
    track = track_beats(sound)
    assert track is not None
    assert track.signature == signature
    assert track.tempo == pytest.approx(tempo, rel=2e-3)
    bars = np.arange(12) * bar * 60 / tempo
    assert all(np.abs(track.downbeats - each).min() < 0.07 for each in bars)


def test_what_is_known_is_kept() -> None:
    sound = played(112, 4, (0.0, 2.0), (1.0, 3.0))
    onsets = onsets_of(sound)
    three = felt_pulse(sound, onsets, beats=3)
    assert three is not None
    assert (three.beats, three.compound) == (3, False)
    half = felt_pulse(sound, onsets, tempo=56.0)
    assert half is not None
    assert half.tempo == 56.0
    five = felt_pulse(sound, onsets, beats=5)
    assert five is not None
    assert (five.beats, five.compound) == (5, False)


def test_features_are_finite_in_any_sound() -> None:
    generator = np.random.default_rng(0)
    for sound in (np.zeros(3 * RATE, np.float32), generator.standard_normal(3 * RATE).astype(np.float32)):
        features = tempo_features(sound, onsets_of(sound))
        assert len(features) == len(TEMPOS)
        assert np.isfinite(features).all()
    assert len(METRES) == 3
