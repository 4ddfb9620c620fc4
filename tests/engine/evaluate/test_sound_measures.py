"""The measures of how a sound is made, on sounds whose answers follow from how they were built."""

import math

import numpy as np
import pytest

from engine.evaluate import sound_measures as measures

RATE = measures.RATE
SECONDS = 4


def _time(seconds: float = SECONDS) -> np.ndarray:
    return np.arange(int(seconds * RATE)) / RATE


def _noise(seconds: float = SECONDS, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(int(seconds * RATE))


def _bursts(rise_ms: float, strokes: list[int]) -> np.ndarray:
    """A tone of 6 kHz that begins anew at each stroke; its amplitude rises linearly in `rise_ms`."""
    level = np.zeros(SECONDS * RATE)
    rise = max(int(rise_ms / 1000 * RATE), 1)
    for stroke in strokes:
        shape = np.concatenate((np.linspace(0, 1, rise), np.exp(-np.arange(9600) / 2400)))
        level[stroke : stroke + len(shape)] = np.maximum(level[stroke : stroke + len(shape)], shape)
    return 0.3 * level * np.sin(2 * np.pi * 6000 * _time())


STROKES = [9600 + 14400 * i for i in range(12)]


@pytest.mark.parametrize("rise", [5.0, 15.0])
def test_attack_is_the_time_from_a_tenth_to_nine_tenths(rise: float) -> None:
    # a line from 0 to 1 takes 0.8 of its length from 0.1 to 0.9; the smoothing and the noise blur about a millisecond
    assert measures.attack_ms(_bursts(rise, STROKES), STROKES) == pytest.approx(0.8 * rise, abs=1.8)


def test_attack_needs_strokes() -> None:
    assert math.isnan(measures.attack_ms(_bursts(5, STROKES), STROKES[:5]))
    assert math.isnan(measures.attack_ms(np.zeros(SECONDS * RATE), STROKES))


def test_strokes_that_follow_closely_are_left_out() -> None:
    assert measures.lone_strokes([9600, 9600 + 1000, 48000, 100], SECONDS * RATE) == [9600, 48000]


def test_onsets_are_found_where_bursts_begin() -> None:
    found = measures.found_onsets(_bursts(2, STROKES))
    assert len(found) == len(STROKES)
    assert np.abs(np.array(found) - np.array(STROKES)).max() < 0.012 * RATE


def test_comb_of_noise_with_a_hum_stands_out() -> None:
    hum = sum(np.sin(2 * np.pi * 25 * k * _time(8)) for k in range(1, 25))
    noise = _noise(8)
    assert measures.comb_db(noise + 0.2 * hum, 25.0) > measures.comb_db(noise, 25.0) + 10


def test_grid_share_tells_tempered_from_detuned() -> None:
    def chord(cents: float) -> np.ndarray:
        return sum(np.sin(2 * np.pi * 440 * 2 ** ((step + cents / 100) / 12) * _time()) for step in (0, 4, 7))

    assert measures.grid_share(chord(0)) > 0.95
    assert measures.grid_share(chord(25)) < 0.05
    assert measures.grid_share(chord(0) + chord(25)) == pytest.approx(0.5, abs=0.1)


def test_level_range_and_width() -> None:
    wave = np.sin(2 * np.pi * 441 * _time())
    wave[: 2 * RATE] *= 10 ** (-7 / 20)
    assert measures.level_range_db(wave) == pytest.approx(7.0, abs=0.05)
    stereo = np.stack((wave * 1.1, wave * 0.9), axis=1)
    assert measures.side_db(measures.mid_side(stereo)) == pytest.approx(-20.0, abs=0.01)
    assert measures.side_db(measures.mid_side(wave[:, None])) == -100.0


def test_log_mel_of_a_louder_copy_is_the_gain() -> None:
    noise = _noise()
    for distance in measures.log_mel_distance(noise * math.e, noise):
        assert distance == pytest.approx(1.0, abs=0.02)


def test_envelopes_follow_the_amplitude_and_not_the_waves() -> None:
    beat = 1 + np.sin(2 * np.pi * 2 * _time())
    high, low = measures.envelope_likeness(beat * _noise(seed=1), beat * _noise(seed=2))
    assert high > 0.95
    assert low > 0.6
    away, _ = measures.envelope_likeness(beat * _noise(seed=1), (2 - beat) * _noise(seed=2))
    assert away < -0.9


def test_recurrence_of_a_loop_exceeds_that_of_what_never_returns() -> None:
    rng = np.random.default_rng(3)
    pieces = [np.sin(2 * np.pi * f * _time(0.25)) + 0.01 * rng.standard_normal(RATE // 4) for f in
              (200 * 2 ** rng.uniform(0, 5, 32))]  # fmt: skip
    loop = np.concatenate(pieces[:8] * 4)
    assert measures.recurrence(loop) > 0.95
    assert measures.recurrence(np.concatenate(pieces)) < 0.5


def test_percussive_share_and_held_tones_tell_clicks_from_tones() -> None:
    tones = 0.1 * (np.sin(2 * np.pi * 440 * _time()) + np.sin(2 * np.pi * 1320 * _time()))
    clicks = np.zeros(SECONDS * RATE)
    for stroke in STROKES:
        clicks[stroke : stroke + 240] = _noise()[:240]
    assert measures.percussive_share(clicks) > 0.9
    assert measures.percussive_share(tones) < 0.1
    assert measures.held_tones(tones) == 2
    assert measures.held_tones(clicks) == 0
