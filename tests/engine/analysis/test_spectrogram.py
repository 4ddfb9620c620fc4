import numpy as np
import pytest

from engine.analysis.spectrogram import FLOOR, edges, row_of, spectrogram

RATE = 48000


def tone(hertz: float, seconds: float = 1.0, level: float = 1.0) -> np.ndarray:
    time = np.arange(round(seconds * RATE)) / RATE
    return (level * np.sin(2 * np.pi * hertz * time)).astype(np.float32)[:, None]


@pytest.mark.parametrize("hertz", [60.0, 440.0, 1000.0, 5000.0, 12000.0])
def test_a_tone_is_one_bright_row_at_its_place(hertz: float) -> None:
    picture = spectrogram(tone(hertz), RATE, 50, 200)
    assert picture.shape == (200, 50)
    column = picture[:, 25]
    assert abs(int(np.argmax(column)) + 0.5 - row_of(hertz, RATE, 200)) <= 1.5
    assert column.max() >= 245
    far = np.abs(np.arange(200) - row_of(hertz, RATE, 200)) > 30
    assert column[far].max() < 90


def test_levels_are_told_in_decibels() -> None:
    picture = spectrogram(tone(1000, level=0.1), RATE, 10, 200)
    assert FLOOR * (1 - int(picture.max()) / 255) == pytest.approx(-20, abs=1.5)
    assert not spectrogram(np.zeros((RATE, 2), np.float32), RATE, 10, 20).any()


def test_time_runs_to_the_right() -> None:
    sound = np.concatenate([np.zeros((RATE, 1), np.float32), tone(3000)])
    row = spectrogram(sound, RATE, 100, 200).max(axis=0)
    assert row[:45].max() < 60
    assert row[55:98].min() > 200


def test_either_channel_is_seen() -> None:
    silence = np.zeros((RATE, 1), np.float32)
    for parts in ((tone(1000), silence), (silence, tone(1000)), (tone(1000), -tone(1000))):
        assert spectrogram(np.concatenate(parts, axis=1), RATE, 20, 100).max() >= 245


def test_a_short_event_in_a_long_sound_is_not_lost() -> None:
    sound = np.zeros((20 * RATE, 1), np.float32)
    sound[7 * RATE : 7 * RATE + 9600] = tone(2000, 0.2)
    picture = spectrogram(sound, RATE, 40, 100)
    assert int(np.argmax(picture.max(axis=0))) == 14


def test_rows_are_even_in_octaves() -> None:
    low, high = edges(RATE)
    assert (row_of(high, RATE, 180), row_of(low, RATE, 180)) == pytest.approx((0, 180))
    assert row_of((low * high) ** 0.5, RATE, 180) == pytest.approx(90)
    assert row_of(440.0, RATE, 180) - row_of(880.0, RATE, 180) == pytest.approx(180 / np.log2(high / low))
    assert edges(8000)[1] == pytest.approx(3920)


def test_there_may_be_nothing_and_it_may_be_stopped() -> None:
    assert spectrogram(np.zeros((0, 1), np.float32), RATE, 5, 5).shape == (5, 5)
    assert spectrogram(tone(100), RATE, 0, 5).shape == (5, 0)

    def stop(share: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        spectrogram(tone(100), RATE, 5, 5, stop)
