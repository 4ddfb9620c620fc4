"""The equaliser beside the formulas of the Audio EQ Cookbook and scipy's Butterworth filters."""

import math

import numpy as np
import pytest
from scipy.signal import butter, sosfreqz

from engine.devices import eq
from engine.devices.dsp import filters
from tests.engine.devices.devices import RATE, impulse, sine, through, values

FREQUENCIES = np.geomspace(20, 20000, 200)


def cookbook(shape: str, frequency: float, gain_db: float, q: float) -> np.ndarray:
    """Decibels at FREQUENCIES, by the coefficients that the Audio EQ Cookbook prints."""
    a, w = 10 ** (gain_db / 40), 2 * math.pi * frequency / RATE
    c, alpha = math.cos(w), math.sin(w) / (2 * q)
    root = 2 * math.sqrt(a) * alpha
    bs, as_ = {
        "bell": ((1 + alpha * a, -2 * c, 1 - alpha * a), (1 + alpha / a, -2 * c, 1 - alpha / a)),
        "notch": ((1, -2 * c, 1), (1 + alpha, -2 * c, 1 - alpha)),
        "low shelf": (
            (a * (a + 1 - (a - 1) * c + root), 2 * a * (a - 1 - (a + 1) * c), a * (a + 1 - (a - 1) * c - root)),
            (a + 1 + (a - 1) * c + root, -2 * (a - 1 + (a + 1) * c), a + 1 + (a - 1) * c - root),
        ),
        "high shelf": (
            (a * (a + 1 + (a - 1) * c + root), -2 * a * (a - 1 + (a + 1) * c), a * (a + 1 + (a - 1) * c - root)),
            (a + 1 - (a - 1) * c + root, 2 * (a - 1 - (a + 1) * c), a + 1 - (a - 1) * c - root),
        ),
    }[shape]
    z = np.exp(-2j * np.pi * FREQUENCIES / RATE)
    return 20 * np.log10(np.abs(np.polyval(bs[::-1], z) / np.polyval(as_[::-1], z)))


def heard(**chosen: float) -> np.ndarray:
    """Decibels at FREQUENCIES, from the impulse response."""
    response = through("eq", impulse(1 << 16), **chosen)[:, 0].astype(np.float64)
    spectrum = np.fft.rfft(response)
    grid = np.fft.rfftfreq(len(response), 1 / RATE)
    return np.interp(FREQUENCIES, grid, 20 * np.log10(np.abs(spectrum) + 1e-12))


def only(band: int, **parts: float) -> dict[str, float]:
    off = {f"band{n}_on": 0.0 for n in range(1, eq.BANDS + 1)}
    return {**off, f"band{band}_on": 1.0, **{f"band{band}_{name}": value for name, value in parts.items()}}


@pytest.mark.parametrize("shape", ["bell", "low shelf", "high shelf"])
@pytest.mark.parametrize(("frequency", "gain_db", "q"), [(60, 12, 0.7), (1000, -18, 2.0), (9000, 6, 0.5)])
def test_shapes_are_those_of_the_cookbook(shape, frequency, gain_db, q):
    chosen = only(3, shape=filters.SHAPES.index(shape), frequency_hz=frequency, gain_db=gain_db, q=q)
    assert np.abs(heard(**chosen) - cookbook(shape, frequency, gain_db, q)).max() < 0.02


def test_a_notch_takes_its_frequency_out():
    chosen = only(2, shape=filters.NOTCH, frequency_hz=1000, q=4)
    expected = cookbook("notch", 1000, 0, 4)
    audible = expected > -40
    assert np.abs(heard(**chosen) - expected)[audible].max() < 0.05
    steady = through("eq", sine(1000, 0, 0.5), **chosen)[RATE // 4 :]
    assert np.abs(steady).max() < 1e-3


@pytest.mark.parametrize("slope", range(4))
@pytest.mark.parametrize(("shape", "kind"), [(filters.LOW_CUT, "highpass"), (filters.HIGH_CUT, "lowpass")])
def test_cuts_are_butterworth_filters_of_12_to_48_db_an_octave(slope, shape, kind):
    chosen = only(1, shape=shape, frequency_hz=800, q=filters.BUTTERWORTH, slope=slope)
    reference = butter(2 * (slope + 1), 800, kind, fs=RATE, output="sos")
    expected = 20 * np.log10(np.abs(sosfreqz(reference, FREQUENCIES, fs=RATE)[1]) + 1e-12)
    audible = expected > -90
    assert np.abs(heard(**chosen) - expected)[audible].max() < 0.05
    octave = 20 * np.log10(np.abs(sosfreqz(reference, [40, 80], fs=RATE)[1]))
    if kind == "highpass":
        assert octave[1] - octave[0] == pytest.approx(12.04 * (slope + 1), abs=0.1)


def test_the_curve_that_the_window_draws_is_what_is_heard():
    chosen = {
        "band1_on": 1.0,
        "band1_frequency_hz": 50.0,
        "band2_gain_db": 5.0,
        "band4_gain_db": -9.0,
        "output_db": 2.0,
    }
    drawn = eq.response_db(RATE, values("eq", **chosen), FREQUENCIES)
    assert np.abs(heard(**chosen) - drawn).max() < 0.02


def test_flat_bands_pass_every_bit():
    sound = sine(440, -3, 0.1)
    assert np.array_equal(through("eq", sound), sound)


def test_a_moved_band_makes_no_clicks():
    """A tone through a bell that sweeps by 24 dB within 50 ms keeps to its own spectrum: no step, no splash."""
    frames = RATE // 2
    gain = np.interp(np.arange(frames), [9600, 12000], [-12.0, 12.0])
    out = through("eq", sine(1000, -20, 0.5), **only(4, shape=0, frequency_hz=1000, q=1), band4_gain_db=gain)[:, 0]
    spectrum = np.abs(np.fft.rfft(out[4800:19200] * np.hanning(14400)))
    high = np.fft.rfftfreq(14400, 1 / RATE) > 4000
    assert 20 * np.log10(spectrum[high].max() / spectrum.max()) < -95
    steady = through("eq", sine(1000, -20, 0.5), **only(4, shape=0, frequency_hz=1000, q=1), band4_gain_db=12.0)[:, 0]
    assert np.abs(out[-9600:] - steady[-9600:]).max() < 1e-4


def test_a_band_that_was_on_at_a_mark_rings_on_after_a_rewind_only_until_it_is_off() -> None:
    sharp = {"band3_gain_db": 20.0, "band3_q": 18.0}
    loud, quiet = np.full((64, 2), 0.5, np.float32), np.zeros((64, 2), np.float32)
    equaliser = eq.SPEC.create(48000, 64)
    on, off = eq.SPEC.values(sharp), eq.SPEC.values({**sharp, "band3_on": 0.0})
    equaliser.process(loud, on)
    mark = equaliser.mark()
    equaliser.process(quiet, off)
    silent = equaliser.process(quiet, on)
    equaliser.process(quiet, off)
    equaliser.rewind(mark)
    equaliser.process(quiet, off)
    assert np.array_equal(equaliser.process(quiet, on), silent)
