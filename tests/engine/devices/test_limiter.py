"""The limiter: true peaks by FFmpeg's EBU R 128 meter, distortion by a Fourier transform."""

import re
import subprocess
from pathlib import Path

import numpy as np
import pytest

from engine.audio import Audio, write_audio
from engine.devices.limiter import Limiter
from tests.engine.devices.devices import RATE, noise, processor, sine, stereo, through, values
from tests.measures import dbtp

SECONDS = 0.5


def hostile(number: int) -> np.ndarray:
    """A loud signal of one of ten kinds, half a second."""
    rng = np.random.default_rng(number)
    n = round(SECONDS * RATE)
    t = np.arange(n) / RATE
    gain = 10 ** (rng.uniform(0, 24) / 20)
    mono = {
        0: lambda: rng.standard_normal(n),
        1: lambda: np.sin(2 * np.pi * rng.uniform(20, 23000) * t + rng.uniform(0, 6)),
        2: lambda: np.sign(np.sin(2 * np.pi * rng.uniform(30, 9000) * t)),
        3: lambda: (rng.random(n) < 0.002) * rng.choice([-1.0, 1.0], n),
        4: lambda: np.sin(2 * np.pi * 12000 * t + np.pi / 4),
        5: lambda: np.sin(2 * np.pi * 40 * t * (1 + 500 * t)) * (np.sin(2 * np.pi * 7 * t) > 0),
        6: lambda: rng.choice([-1.0, 1.0], n),
        7: lambda: np.exp(-((t * 8) % 1) * 20) * rng.standard_normal(n),
        8: lambda: np.sin(2 * np.pi * 50 * t) + 0.8 * np.sin(2 * np.pi * rng.uniform(5000, 20000) * t),
        9: lambda: np.repeat(rng.standard_normal(n // 100 + 1), 100)[:n],
    }[number % 10]()  # fmt: skip
    other = np.roll(mono, int(rng.integers(0, 50))) * rng.uniform(-1, 1)
    return (gain * np.stack((mono, other), axis=1)).astype(np.float32)


def true_peaks(sound: np.ndarray, folder: Path) -> float:
    """The largest true peak, in dBTP, by FFmpeg."""
    path = folder / "limited.wav"
    write_audio(path, Audio(sound, RATE), subtype="FLOAT")
    command = ["ffmpeg", "-hide_banner", "-nostats", "-i", str(path), "-af", "ebur128=peak=true", "-f", "null", "-"]
    text = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stderr
    return float(re.findall(r"Peak:\s+(-?[\d.]+|-inf) dBFS", text)[-1])


def test_the_true_peak_of_100_hostile_signals_stays_at_the_ceiling(tmp_path):
    silence = np.zeros((RATE // 5, 2), np.float32)
    limited = []
    for number in range(100):
        limited += [through("limiter", np.concatenate((hostile(number), silence)), ceiling_db=-1.0, release_ms=30.0)]
    assert all(dbtp(each) > -1.3 for each in limited[:20])  # not lowered more than there is need for
    hair = 10 ** (0.049 / 20)  # FFmpeg rounds to tenths: −0.951 reads −1.0, −0.949 reads −0.9
    assert true_peaks(hair * np.concatenate(limited), tmp_path) <= -1.0


@pytest.mark.parametrize("ceiling", [-1.0, -12.0])
@pytest.mark.parametrize("hertz", [100, 997, 6000])
def test_the_distortion_of_a_sine_is_below_minus_80_db(ceiling, hertz):
    out = through("limiter", sine(hertz, -6, 1.5), ceiling_db=ceiling)[RATE // 2 :, 0].astype(np.float64)
    spectrum = np.abs(np.fft.rfft(out * np.blackman(len(out)))) ** 2
    width = 4  # bins of the window's main lobe
    at = round(hertz * len(out) / RATE)
    fundamental = spectrum[at - width : at + width + 1].sum()
    rest = spectrum[5:].sum() - fundamental
    assert 10 * np.log10(rest / fundamental) < -80


def test_below_its_ceiling_every_bit_passes_later_by_its_latency():
    sound = noise(RATE // 2, level=0.1)
    late = processor("limiter").latency
    out = through("limiter", sound, ceiling_db=-1.0)
    assert np.array_equal(out[late:], sound[:-late])
    assert not out[:late].any()


def test_after_a_peak_it_gets_out_of_the_way():
    sound = sine(200, -12, 3.0)
    sound[4800:4900] *= 30
    late = processor("limiter").latency
    out = through("limiter", sound, ceiling_db=-1.0, release_ms=20.0)
    assert np.array_equal(out[RATE + late :], sound[RATE:-late])


def test_its_gain_moves_before_the_peak_comes_out():
    """A step in level is lowered by a smooth ramp, not by a click."""
    level = np.full(RATE // 2, 0.25)
    level[12000:] = 1.0
    out = through("limiter", stereo(level), ceiling_db=-6.0)[:, 0]
    late = processor("limiter").latency
    before = out[12000 + late - 150 : 12000 + late]
    assert np.abs(np.diff(before)).max() < 0.01
    assert np.abs(out).max() <= 10 ** (-6 / 20)


def test_the_meter_shows_the_reduction():
    effect = processor("limiter")
    assert isinstance(effect, Limiter)
    for _ in range(4):
        effect.process(sine(1000, 0, 0.1), values("limiter", ceiling_db=-6.0))
    assert effect.reduction_db == pytest.approx(6.2, abs=0.1)  # to 0.2 dB below the ceiling
