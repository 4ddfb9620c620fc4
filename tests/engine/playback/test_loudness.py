"""The meter against the cases of EBU Tech 3341 and 3342, against physics and against ffmpeg where it is installed."""

import math
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.io import wavfile

from engine.playback.loudness import SILENCE, LoudnessMeter

FFMPEG = shutil.which("ffmpeg")


def tone(rate: int, *parts: tuple[float, float], hz: float = 1000.0) -> NDArray[np.float32]:
    """A stereo sine; each part is (dBFS of its peak, seconds)."""
    level = np.concatenate([np.full(round(seconds * rate), 10 ** (db / 20)) for db, seconds in parts])
    sine = level * np.sin(2 * np.pi * hz * np.arange(len(level)) / rate)
    return np.stack([sine, sine], axis=1).astype(np.float32)


def measured(signal: NDArray[np.float32], rate: int, block: int = 4800) -> LoudnessMeter:
    meter = LoudnessMeter(rate, signal.shape[1])
    for start in range(0, len(signal), block):
        meter.push(signal[start : start + block])
    return meter


def music(rate: int, seconds: float, seed: int = 1) -> NDArray[np.float32]:
    """Noise bursts over chords whose level wanders: wide band, with peaks between samples and a loudness range."""
    rng = np.random.default_rng(seed)
    time = np.arange(int(rate * seconds)) / rate
    swell = 0.05 + 0.3 * np.interp(time, np.arange(0, seconds + 1, 1.0), rng.random(int(seconds) + 1)) ** 2
    chord = sum(np.sin(2 * np.pi * hz * time + rng.random() * 6) for hz in (110, 220.5, 277.2, 329.6, 7040.3))
    burst = rng.standard_normal((len(time), 2)) * (np.exp(-8 * (time % 0.5)) * swell)[:, None]
    return np.asarray((chord * swell / 4)[:, None] * [0.9, 0.7] + burst * 0.5, np.float32)


@pytest.mark.parametrize("rate", [22050, 44100, 48000, 96000])
@pytest.mark.parametrize(
    ("parts", "lufs"),
    [
        ([(-23, 20)], -23),
        ([(-33, 20)], -33),
        ([(-36, 10), (-23, 60), (-36, 10)], -23),
        ([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23),
        ([(-26, 20), (-20, 20.1), (-26, 20)], -23),
    ],
)
def test_integrated(rate: int, parts: list[tuple[float, float]], lufs: float) -> None:
    if rate != 48000:
        parts = parts[:1] if len(parts) == 1 else [(db, seconds / 4) for db, seconds in parts]
    assert measured(tone(rate, *parts), rate, rate).integrated == pytest.approx(lufs, abs=0.1)


def test_momentary_and_short_term_of_a_tone() -> None:
    meter = measured(tone(48000, (-23, 20)), 48000)
    assert meter.momentary == pytest.approx(-23, abs=0.1)
    assert meter.short_term == pytest.approx(-23, abs=0.1)
    assert meter.max_momentary == pytest.approx(-23, abs=0.1)
    assert meter.range == pytest.approx(0, abs=0.1)
    meter.push(np.zeros((48000, 2), np.float32))
    assert meter.momentary < -60
    assert meter.short_term == pytest.approx(-23 + 10 * math.log10(2 / 3), abs=0.1)


def test_short_term_of_bursts_is_steady() -> None:
    """EBU Tech 3341, case 9: 1.34 s at −20 and 1.66 s at −30, five times: short-term stays at −23."""
    signal = tone(48000, *[(-20, 1.34), (-30, 1.66)] * 5)
    meter = LoudnessMeter(48000)
    seen = []
    for start in range(0, len(signal), 960):
        meter.push(signal[start : start + 960])
        seen.append(meter.short_term)
    assert max(abs(level + 23) for level in seen[151:]) < 0.1


def test_momentary_of_bursts_is_steady() -> None:
    """EBU Tech 3341, case 12: 0.18 s at −20 and 0.22 s at −30, twenty-five times: momentary stays at −23."""
    signal = tone(48000, *[(-20, 0.18), (-30, 0.22)] * 25)
    meter = LoudnessMeter(48000)
    seen = []
    for start in range(0, len(signal), 960):
        meter.push(signal[start : start + 960])
        seen.append(meter.momentary)
    assert max(abs(level + 23) for level in seen[25:]) < 0.1


@pytest.mark.parametrize(
    ("levels", "lra"), [((-20, -30), 10), ((-20, -15), 5), ((-40, -20), 20), ((-50, -35, -20, -35, -50), 15)]
)
def test_range(levels: tuple[float, ...], lra: float) -> None:
    signal = tone(48000, *[(level, 20) for level in levels])
    assert measured(signal, 48000, 48000).range == pytest.approx(lra, abs=1.0)


@pytest.mark.parametrize("rate", [44100, 48000, 96000])
@pytest.mark.parametrize(
    ("divisor", "degrees", "amplitude", "dbtp"),
    [(4, 0, 0.5, -6), (4, 45, 0.5, -6), (6, 60, 0.5, -6), (8, 67.5, 0.5, -6), (4, 45, 1.41, 3)],
)
def test_true_peak(rate: int, divisor: int, degrees: float, amplitude: float, dbtp: float) -> None:
    frames = np.arange(rate)
    window = np.sin(np.pi * frames / rate) ** 0.1  # starts and ends softly
    sine = amplitude * window * np.sin(2 * np.pi * frames / divisor + np.radians(degrees))
    meter = measured(np.stack([sine, 0 * sine], axis=1).astype(np.float32), rate)
    assert dbtp - 0.4 <= meter.true_peak_db <= dbtp + 0.2
    assert meter.peak_db <= meter.true_peak_db + 1e-9


def test_true_peak_at_the_very_end_counts() -> None:
    signal = np.zeros((1000, 1), np.float32)
    signal[-2:] = 0.9  # between two equal samples the curve goes higher
    meter = measured(signal, 48000, 333)
    assert meter.true_peak_db > meter.peak_db + 1


def test_passing_over_changes_nothing() -> None:
    """The order in which loud and soft come must not matter, though soft stretches are passed over after loud ones."""
    signal = music(48000, 3)
    soft_first = np.concatenate([signal * 0.2, np.zeros((480, 2), np.float32), signal])
    loud_first = np.concatenate([signal, np.zeros((480, 2), np.float32), signal * 0.2])
    assert measured(soft_first, 48000).true_peak_db == pytest.approx(measured(loud_first, 48000).true_peak_db, abs=1e-3)


@pytest.mark.parametrize("rate", [11025, 44100, 48000])
def test_block_size_does_not_matter(rate: int) -> None:
    signal = music(rate, 5)
    whole = measured(signal, rate, len(signal))
    for block in (64, 441, 1023, 30000):
        meter = measured(signal, rate, block)
        for name in ("momentary", "short_term", "integrated", "range", "max_momentary", "max_short_term"):
            assert getattr(meter, name) == pytest.approx(getattr(whole, name), abs=1e-6), (name, block)
        assert meter.true_peak_db == pytest.approx(whole.true_peak_db, abs=1e-5)
        assert meter.peak_db == whole.peak_db


def test_nothing_to_measure() -> None:
    meter = LoudnessMeter(48000)
    assert (meter.integrated, meter.momentary, meter.true_peak_db, meter.range) == (SILENCE, SILENCE, SILENCE, 0.0)
    meter.push(np.zeros((0, 2), np.float32))
    meter.push(np.zeros((100_000, 2), np.float32))
    assert (meter.integrated, meter.short_term, meter.true_peak_db) == (SILENCE, SILENCE, SILENCE)


def test_reset_and_bad_samples() -> None:
    signal = tone(48000, (-20, 2))
    meter = LoudnessMeter(48000)
    bad = signal[:4800].copy()
    bad[100] = np.nan
    bad[200] = np.inf
    meter.push(bad)
    meter.push(signal)
    assert meter.integrated == pytest.approx(-20, abs=0.6)
    meter.reset()
    assert (meter.integrated, meter.true_peak_db) == (SILENCE, SILENCE)
    meter.push(signal)
    assert meter.integrated == pytest.approx(-20, abs=0.1)


def test_mono_is_three_lu_softer_than_the_same_on_both_sides() -> None:
    signal = tone(48000, (-20, 2))
    assert measured(signal, 48000).integrated - measured(signal[:, :1], 48000).integrated == pytest.approx(
        3.01, abs=0.02
    )


def ebur128(path: Path) -> tuple[float, float, float]:
    """(integrated LUFS, LRA, dBTP) as ffmpeg measures them."""
    assert FFMPEG
    call = [FFMPEG, "-nostats", "-hide_banner", "-i", str(path), "-af", "ebur128=peak=true", "-f", "null", "-"]
    summary = subprocess.run(call, capture_output=True, text=True, check=True).stderr.split("Summary:")[1]
    found = [re.search(rf"{name}:\s+(-?[\d.]+|-?inf|nan)", summary) for name in ("I", "LRA", "Peak")]
    integrated, lra, peak = (float(match[1]) for match in found if match)
    return integrated, lra, peak


@pytest.mark.parametrize("rate", [44100, 48000, 88200, 192000])
def test_agrees_with_ffmpeg(rate: int, tmp_path: Path) -> None:
    signal = music(rate, 20 if rate < 100_000 else 12, seed=rate)
    meter = measured(signal, rate)
    assert -40 < meter.integrated < -5
    if FFMPEG:
        wavfile.write(tmp_path / "music.wav", rate, signal)
        integrated, lra, peak = ebur128(tmp_path / "music.wav")
        assert meter.integrated == pytest.approx(integrated, abs=0.1)
        assert meter.range == pytest.approx(lra, abs=0.15)
        assert meter.true_peak_db == pytest.approx(peak, abs=0.2)
