"""The spectrum meter: levels of sines, how it falls, what it makes of what is no number."""

import numpy as np
import pytest

from engine.playback.spectrum import BANDS, FLOOR_DB, FREQUENCIES, WINDOW, Spectrum

RATE = 48_000


def sine(hertz: float, gain: float = 1.0) -> np.ndarray:
    wave = gain * np.sin(2 * np.pi * hertz * np.arange(WINDOW) / RATE)
    return np.stack((wave, np.zeros(WINDOW)), axis=1).astype(np.float32)


@pytest.mark.parametrize("hertz", [31.0, 100.0, 997.0, 5000.0, 18_000.0])
def test_a_sine_of_full_scale_in_one_channel_is_0_db_in_its_band(hertz: float) -> None:
    spectrum = Spectrum(RATE)
    spectrum.push(sine(hertz), 0.05)
    band = int(np.argmin(np.abs(np.log(FREQUENCIES / hertz))))
    assert -1.5 < spectrum.levels.max() <= 0.01
    assert abs(int(np.argmax(spectrum.levels)) - band) <= 2
    far = np.abs(np.arange(BANDS) - band) > 20
    assert spectrum.levels[far].max() < -70


def test_it_falls_by_30_db_a_second_and_never_below_the_floor() -> None:
    spectrum = Spectrum(RATE)
    spectrum.push(sine(1000.0, 0.1), 0.05)
    top = spectrum.levels.max()
    spectrum.push(np.zeros((WINDOW, 2), np.float32), 0.5)
    assert spectrum.levels.max() == pytest.approx(top - 15.0, abs=0.01)
    spectrum.push(np.full((WINDOW, 2), np.nan, np.float32), 100.0)
    assert (spectrum.levels == FLOOR_DB).all()


def test_above_half_the_rate_there_is_nothing() -> None:
    spectrum = Spectrum(22_050)
    spectrum.push(np.random.default_rng(1).standard_normal((WINDOW, 2)).astype(np.float32), 0.05)
    assert (spectrum.levels[FREQUENCIES > 11_025] == FLOOR_DB).all()
    assert (spectrum.levels[FREQUENCIES < 11_000] > FLOOR_DB).all()
