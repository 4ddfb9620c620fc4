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
from scipy.signal import sosfilt

from engine.loudness import SILENCE, KWeighting, LoudnessMeter, integrated_loudness, true_peak

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


@pytest.mark.parametrize("rate", [8000, 11025, 44100, 48000, 88200, 96000, 176400])
def test_true_peak_of_noise_is_what_the_band_limited_curve_reaches(rate: int) -> None:
    frames = 4096
    top = int(min(0.45, 20_000 / rate) * frames)  # 20 kHz, or as far as the rate reaches
    spectrum = np.zeros(frames // 2 + 1, complex)
    spectrum[1:top] = np.exp(2j * np.pi * np.random.default_rng(rate).random(top - 1))
    signal, curve = np.fft.irfft(spectrum, frames), np.fft.irfft(spectrum, 16 * frames) * 16
    scale = 0.5 / np.abs(signal).max()
    signal = np.tile(signal * scale, 3)  # the curve is that of the noise going round
    peak = true_peak(signal.astype(np.float32), rate)
    assert peak == pytest.approx(20 * math.log10(np.abs(curve).max() * scale), abs=0.2)


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


BS1770_AT_48000 = np.array(
    [
        [1.53512485958697, -2.69169618940638, 1.19839281085285, 1.0, -1.69065929318241, 0.73248077421585],
        [1.0, -2.0, 1.0, 1.0, -1.99004745483398, 0.99007225036621],
    ]
)
"""The two filters as the standard prints them."""


def test_the_weighting_is_the_standards() -> None:
    signal = np.random.default_rng(1).standard_normal((2, 48000))
    weighted = KWeighting(48000, 2).filter(signal)
    assert np.abs(weighted - sosfilt(BS1770_AT_48000, signal, axis=-1)).max() < 1e-6


@pytest.mark.parametrize("rate", [8000, 44100, 192000])
def test_the_weighting_of_a_stream_is_that_of_the_whole(rate: int) -> None:
    signal = np.random.default_rng(2).standard_normal((3, 20_011))
    whole = KWeighting(rate, 3).filter(signal)
    weighting = KWeighting(rate, 3)
    sizes = [0, 1, 31, 32, 33, 7, 1000, 6176, 6177, 6554]
    assert sum(sizes) == signal.shape[1]
    parts = [weighting.filter(part) for part in np.split(signal, np.cumsum(sizes)[:-1], axis=1)]
    assert np.abs(np.concatenate(parts, axis=1) - whole).max() < 1e-9


def test_the_gates_of_a_whole_sound() -> None:
    """Quarter-second steps, measured again as the standard writes it: block by block, with the printed filters."""
    rng = np.random.default_rng(3)
    steps = 10 ** (rng.uniform(-80, -10, 60) / 20)
    signal = (rng.standard_normal((60 * 12000, 2)) * np.repeat(steps, 12000)[:, None]).astype(np.float32)
    weighted = sosfilt(BS1770_AT_48000, signal.astype(np.float64), axis=0)
    power = np.array(
        [np.square(weighted[n : n + 19200]).mean(axis=0).sum() for n in range(0, 60 * 12000 - 19199, 4800)]
    )
    power = power[-0.691 + 10 * np.log10(power) > -70]
    power = power[-0.691 + 10 * np.log10(power) > -0.691 + 10 * np.log10(power.mean()) - 10]
    assert integrated_loudness(signal, 48000) == pytest.approx(-0.691 + 10 * np.log10(power.mean()), abs=1e-3)


def test_a_sound_too_short_for_a_block_is_measured_as_one() -> None:
    assert integrated_loudness(tone(48000, (-20, 0.399)), 48000) == pytest.approx(-20, abs=0.2)
    assert integrated_loudness(tone(48000, (-20, 0.401)), 48000) == pytest.approx(-20, abs=0.2)
    assert integrated_loudness(tone(48000, (-75, 0.1)), 48000) == SILENCE
    assert integrated_loudness(np.zeros((0, 2), np.float32), 48000) == SILENCE


def test_whole_sounds_without_a_channel_axis_or_with_bad_samples() -> None:
    signal = tone(48000, (-20, 2))
    assert integrated_loudness(signal[:, 0], 48000) == pytest.approx(integrated_loudness(signal[:, :1], 48000))
    assert true_peak(signal[:, 0], 48000) == pytest.approx(-20, abs=0.02)
    assert true_peak(np.zeros((100, 2), np.float32), 48000) == SILENCE
    bad = signal.copy()
    bad[100], bad[200] = np.nan, -np.inf
    copy = bad.copy()
    assert -20 <= true_peak(bad, 48000) < -18  # two frames of silence: what is left rings at their edges
    assert integrated_loudness(bad, 48000) == pytest.approx(-20, abs=0.05)
    np.testing.assert_array_equal(bad, copy)  # what is measured stays as it is


LAYOUTS = {1: "mono", 2: "stereo", 3: "3.0", 4: "quad", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}


def ebur128(*source: str) -> tuple[float, float, float]:
    """(integrated LUFS, LRA, dBTP) of what ffmpeg is told to read, as it measures them."""
    assert FFMPEG
    call = [FFMPEG, "-nostats", "-hide_banner", *source, "-af", "ebur128=peak=true", "-f", "null", "-"]
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
        integrated, lra, peak = ebur128("-i", str(tmp_path / "music.wav"))
        assert meter.integrated == pytest.approx(integrated, abs=0.1)
        assert meter.range == pytest.approx(lra, abs=0.15)
        assert meter.true_peak_db == pytest.approx(peak, abs=0.2)


@pytest.mark.parametrize(
    ("rate", "channels"),
    [(8000, 1), (11025, 2), (16000, 2), (22050, 6), (32000, 3), (44100, 1), (44100, 8), (48000, 2), (48000, 4),
     (48000, 5), (48000, 7), (88200, 6), (96000, 2), (192000, 2)],
)  # fmt: skip
def test_whole_sounds_of_any_rate_and_channels_agree_with_ffmpeg(rate: int, channels: int, tmp_path: Path) -> None:
    pairs = [music(rate, 6, seed=channel) for channel in range(-(-channels // 2))]
    gains = np.linspace(1.0, 0.4, channels, dtype=np.float32)  # so that channels cannot be taken for each other
    signal = np.ascontiguousarray(np.concatenate(pairs, axis=1)[:, :channels] * gains)
    loudness, peak = integrated_loudness(signal, rate), true_peak(signal, rate)
    assert loudness == pytest.approx(measured(signal, rate).integrated, abs=1e-6)
    assert -40 < loudness < 0
    if FFMPEG:
        signal.astype("<f4").tofile(tmp_path / "music.raw")
        options = ["-f", "f32le", "-ar", str(rate), "-ac", str(channels), "-channel_layout", LAYOUTS[channels]]
        theirs, _, their_peak = ebur128(*options, "-i", str(tmp_path / "music.raw"))
        assert loudness == pytest.approx(theirs, abs=0.1)
        assert peak == pytest.approx(their_peak, abs=0.2)
