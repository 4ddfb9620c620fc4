"""A line on another instrument: its pitch and loudness stay, its spectrum is the instrument's, chords are refused."""

import numpy as np
import pytest

from engine.analysis.pitch_line import FRAME_RATE, pitch_line
from engine.analysis.timbre_transfer import AGES, BANDS, HARMONICS, STRENGTHS, find_timbre, timbres, transferred
from engine.audio import Audio
from engine.errors import Cancelled, EngineError

RATE = 44100


def line(rate: int = RATE, channels: int = 1) -> Audio:
    """Three notes with a gap, of which the second swells and has a vibrato, 2 s."""
    time = np.arange(2 * rate) / rate
    pitch = np.select([time < 0.7, time < 1.4], [60.0, 67 + 0.3 * np.sin(2 * np.pi * 5 * time)], 64.0)
    phase = 2 * np.pi * np.cumsum(440 * 2 ** ((pitch - 69) / 12)) / rate
    since = np.select([time < 0.7, time < 1.4], [time, time - 0.7], time - 1.4)
    left = np.select([time < 0.7, time < 1.4], [0.6 - time, 1.3 - time], 2.0 - time)
    soft = np.clip(np.minimum(since, left) / 0.02, 0, 1)
    level = np.where((time > 0.7) & (time < 1.3), 0.1 + 0.5 * since, 0.2)
    sound = level * soft * sum(np.sin(k * phase) / k for k in range(1, 8))
    return Audio(np.repeat(sound[:, None], channels, axis=1).astype(np.float32), rate)


@pytest.mark.parametrize("name", ["flute", "violin", "trumpet", "nylon guitar"])
def test_pitch_and_loudness_stay(name: str) -> None:
    source = line()
    sound = transferred(source, find_timbre(name))
    before, after = pitch_line(source), pitch_line(sound)
    assert sound.samples.shape == source.samples.shape
    assert sound.samples.dtype == np.float32
    near = (np.abs(1200 * np.log2(after.hertz / before.hertz)) < 25) & after.voiced
    assert near[before.voiced].mean() > 0.9
    loud = before.loudness > -40
    assert np.corrcoef(before.loudness[loud], after.loudness[loud])[0, 1] > 0.9
    assert np.abs(np.median(after.loudness[loud] - before.loudness[loud])) < 1
    gap = slice(round(0.66 * FRAME_RATE), round(0.68 * FRAME_RATE))
    assert after.loudness[gap].max() < -60


def test_instruments_sound_as_different_as_they_are() -> None:
    """A clarinet has hardly any second harmonic in its low register, a violin more highs than a flute."""
    source = Audio(line().samples[: RATE // 2], RATE)
    spectra = {}
    for name in ("clarinet", "violin", "flute"):
        sound = transferred(source, find_timbre(name)).samples[RATE // 10 :, 0]
        powers = np.square(np.abs(np.fft.rfft(sound * np.hanning(len(sound)), 4 * RATE)))
        first = 4 * 440 * 2 ** (-9 / 12)
        spectra[name] = np.array([powers[round(k * first) - 12 : round(k * first) + 13].sum() for k in range(1, 20)])
    assert spectra["clarinet"][1] < 0.1 * spectra["clarinet"][[0, 2]].sum()
    brightness = {name: (spectrum * np.arange(1, 20)).sum() / spectrum.sum() for name, spectrum in spectra.items()}
    assert brightness["violin"] > 1.2 * brightness["flute"]


def test_rate_channels_and_repetition() -> None:
    source = line(rate=48000, channels=2)
    first, second = (transferred(source, find_timbre("Flute")) for _ in range(2))
    assert first.rate == 48000
    assert first.samples.shape == source.samples.shape
    assert np.array_equal(first.samples, second.samples)
    assert np.array_equal(first.samples[:, 0], first.samples[:, 1])


def test_what_is_no_line_is_a_sentence() -> None:
    flute = find_timbre("flute")
    time = np.arange(RATE) / RATE
    chord = np.sum([np.sin(2 * np.pi * f * k * time) / k for f in (220, 262, 330) for k in range(1, 8)], axis=0)
    with pytest.raises(EngineError, match="not a single line"):
        transferred(Audio(0.1 * chord[:, None].astype(np.float32), RATE), flute)
    for frames in (0, 1, RATE):
        with pytest.raises(EngineError, match="is silent"):
            transferred(Audio(np.zeros((frames, 1), np.float32), RATE), flute)
    with pytest.raises(EngineError, match="no instrument “kazoo” to play a line on: choose violin"):
        find_timbre("kazoo")


def test_it_can_be_stopped() -> None:
    def check(share: float) -> None:
        if share > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        transferred(line(), find_timbre("flute"), check)


def test_the_tables_are_whole() -> None:
    known = timbres()
    assert len(known) >= 20
    for timbre in known.values():
        shape = (len(timbre.pitches), len(STRENGTHS), len(AGES))
        assert timbre.harmonics.shape == (*shape, HARMONICS)
        assert timbre.noise.shape == (*shape, BANDS)
        assert (np.diff(timbre.pitches) > 0).all()
        power = (10 ** (timbre.harmonics / 10)).sum(axis=3) + (10 ** (timbre.noise / 10)).sum(axis=3)
        np.testing.assert_allclose(power, 1, atol=0.05)
