"""Delay, reverb, chorus, saturator and utility beside hand-computed echoes, decays and spectra."""

import math

import numpy as np
import pytest
from scipy.signal import butter, sosfilt, sosfreqz

from engine.devices.delay import NOTE_BEATS
from engine.devices.interface import TEMPO
from engine.devices.saturator import curve
from tests.engine.devices.devices import RATE, impulse, noise, processor, sine, stereo, through


def places(sound: np.ndarray, floor: float = 1e-3) -> list[tuple[int, int]]:
    """(frame, channel) of each sample above a floor."""
    return [(int(a), int(b)) for a, b in np.argwhere(np.abs(sound) > floor)]


# --- delay --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("milliseconds", [1.0, 17.0, 333.4])
def test_echoes_in_milliseconds_are_exact_to_the_frame(milliseconds):
    gap = round(milliseconds * 48)
    out = through("delay", impulse(3 * gap + 10), timing=0.0, time_ms=milliseconds, feedback=50.0, mix=100.0)
    assert places(out[: gap + 1]) == [(gap, 0), (gap, 1)]
    assert out[gap].tolist() == [1.0, 1.0]  # with its bits
    assert np.abs(out[2 * gap : 2 * gap + 3]).max() > 0.1
    assert not np.abs(out[gap + 1 : 2 * gap]).any()


@pytest.mark.parametrize(("note", "beats"), [("1/4", 1.0), ("1/8D", 0.75), ("1/8T", 1 / 3), ("1/1", 4.0)])
@pytest.mark.parametrize("tempo", [93.0, 140.0])
def test_echoes_in_notes_follow_the_tempo(note, beats, tempo):
    frames = round(beats * 60 / tempo * RATE)
    chosen = {"timing": 1.0, "note": float(list(NOTE_BEATS).index(note)), "mix": 100.0, "feedback": 0.0, TEMPO: tempo}
    assert places(through("delay", impulse(frames + 50), **chosen)) == [(frames, 0), (frames, 1)]


def test_ping_pong_goes_from_side_to_side():
    chosen = {"timing": 0.0, "time_ms": 10.0, "feedback": 50.0, "ping_pong": 1.0, "mix": 100.0}
    out = through("delay", impulse(2000), **chosen, low_cut_hz=20.0, high_cut_hz=20000.0)
    assert [channel for frame, channel in places(out, 0.05) if frame % 480 == 0] == [0, 1, 0, 1]
    assert out[480].tolist() == [1.0, 0.0]


def test_mix_keeps_the_dry_sound():
    sound = noise(2000)
    out = through("delay", sound, timing=0.0, time_ms=100.0, mix=25.0)
    assert np.abs(out - 0.75 * sound).max() < 1e-7


def test_a_delay_that_changes_glides():
    """A tone through a delay whose time jumps has no step larger than the tone's own, at its changed pitch."""
    time = np.full(RATE, 100.0)
    time[RATE // 4 :] = 90.0
    out = through("delay", sine(200, 0, 1.0), timing=0.0, time_ms=time, mix=100.0, feedback=0.0)[:, 0]
    own = 2 * np.pi * 200 / RATE
    assert np.abs(np.diff(out[RATE // 8 :])).max() < own * 1.35
    assert np.abs(out[-100:] - sine(200, 0, 1.0)[-100 - 4320 : -4320, 0]).max() < 1e-3


# --- reverb -------------------------------------------------------------------------------------------------------


def decay_seconds(responses: np.ndarray, low: float, high: float) -> float:
    """RT60 of a band: a line through Schroeder's backward integral from −5 to −35 dB (ISO 3382), of all columns."""
    band = sosfilt(butter(3, (low, high), "bandpass", fs=RATE, output="sos"), responses.astype(np.float64), axis=0)
    energy = np.cumsum(np.square(band).sum(axis=1)[::-1])[::-1]
    level = 10 * np.log10(energy / energy[0])
    inside = np.flatnonzero((level < -5) & (level > -35))
    return -60 / np.polyfit(inside / RATE, level[inside], 1)[0]


@pytest.mark.parametrize(
    ("decay", "low", "high", "size"), [(1.0, 1.5, 0.5, 100), (2.0, 0.6, 1.0, 60), (0.6, 1.0, 0.4, 150)]
)
def test_the_reverberation_time_of_each_band(decay, low, high, size):
    chosen = {"decay_s": decay, "low_decay": low, "high_decay": high, "size": size, "mix": 100.0}
    left, right = impulse(round(2.2 * decay * RATE)), impulse(round(2.2 * decay * RATE))
    left[0, 1] = right[0, 0] = 0
    places = {"low_hz": 250.0, "high_hz": 4500.0}
    out = np.hstack([through("reverb", sound, **chosen, **places) for sound in (left, right)])
    assert decay_seconds(out, 707, 1414) == pytest.approx(decay, rel=0.1)
    assert decay_seconds(out, 60, 120) == pytest.approx(decay * low, rel=0.1)
    assert decay_seconds(out, 9500, 15000) == pytest.approx(decay * high, rel=0.1)


def test_the_pre_delay_comes_first():
    out = through("reverb", impulse(8000), predelay_ms=50.0, mix=100.0)
    first = np.argmax(np.abs(out).max(axis=1) > 1e-6)
    assert first >= 2400 + round(0.0293 * RATE) - 1
    assert not out[:2400].any()


def test_the_room_is_wide_and_mono_on_request():
    out = through("reverb", noise(RATE), decay_s=1.0, mix=100.0)[RATE // 4 :]
    assert abs(np.corrcoef(out.T)[0, 1]) < 0.2
    narrow = through("reverb", noise(RATE // 2), decay_s=1.0, mix=100.0, width=0.0)[RATE // 4 :]
    assert np.abs(narrow[:, 0] - narrow[:, 1]).max() < 1e-6


def test_it_is_dense_after_a_tenth_of_a_second():
    """Abel's echo density: of a diffuse field as many samples exceed the standard deviation as of noise, 0.317."""
    out = through("reverb", impulse(RATE), decay_s=2.0, mix=100.0)[:, 0].astype(np.float64)
    window = out[round(0.2 * RATE) : round(0.23 * RATE)]
    assert (np.abs(window) > window.std()).mean() / 0.317 > 0.8


def test_dry_sound_passes_where_nothing_is_mixed_in():
    sound = noise(3000)
    assert np.array_equal(through("reverb", sound, mix=0.0), sound)


# --- saturator ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [0.0, 1.0, 2.0])
@pytest.mark.parametrize("hertz", [1244.1, 4987.3, 9871.7])
def test_what_folds_back_is_below_minus_80_db(shape, hertz):
    """All that is no multiple of the tone's frequency, up to 20 kHz, at 18 dB of drive."""
    out = through("saturator", sine(hertz, -3, 1.0), drive_db=18.0, shape=shape)[RATE // 4 :, 0].astype(np.float64)
    spectrum = np.abs(np.fft.rfft(out * np.kaiser(len(out), 20)))
    grid = np.fft.rfftfreq(len(out), 1 / RATE)
    away = np.abs((grid + hertz / 2) % hertz - hertz / 2) > 15
    heard = away & (grid < 20000) & (grid > 20)
    assert 20 * np.log10(spectrum[heard].max() / spectrum.max()) < -80


@pytest.mark.parametrize("shape", range(3))
def test_the_static_curve(shape: int):
    """A slow sound is shaped as the curve says that the window draws."""
    ramp = stereo(np.linspace(-1, 1, RATE))
    out = through("saturator", ramp, drive_db=12.0, shape=shape)[:, 0]
    driven = ramp[:, 0].astype(np.float64) * 10 ** (12 / 20)
    if shape == 0:
        np.testing.assert_array_equal(curve(driven, 0), driven / np.sqrt(1 + driven**2))
    late = processor("saturator").latency
    assert np.abs(out[late + 200 :] - curve(driven, shape)[200:-late]).max() < 5e-4


def test_dry_and_wet_are_in_time():
    """At a level at which nothing is shaped, half a mix is the sound itself."""
    sound = sine(3000, -70, 0.2)
    late = processor("saturator").latency
    out = through("saturator", sound, drive_db=0.0, mix=50.0)
    assert np.abs(out[late + 300 :] - sound[300:-late]).max() < 1e-7


def test_warm_adds_even_harmonics_and_no_offset():
    def harmonics(shape: float) -> np.ndarray:
        out = through("saturator", sine(1000, -6, 1.0), drive_db=9.0, shape=shape)[RATE // 2 :, 0]
        return np.abs(np.fft.rfft(out))[[0, 500, 1000, 1500]] / (len(out) / 2)

    soft, warm = harmonics(0.0), harmonics(1.0)
    assert soft[2] < 1e-5
    assert warm[2] > 0.01


# --- chorus -------------------------------------------------------------------------------------------------------


def test_without_depth_a_voice_is_a_delay():
    out = through("chorus", impulse(2000), depth_ms=0.0, delay_ms=10.0, voices=1.0, mix=100.0)
    assert places(out) == [(480, 0), (480, 1)]


def test_a_voice_moves_the_pitch_up_and_down_at_its_rate():
    """Instantaneous frequency of a vibrato: depth 1 ms at 2 Hz on a parabolic wave is ±8·rate·depth at its steepest."""
    out = through("chorus", sine(1000, 0, 2.0), depth_ms=1.0, delay_ms=5.0, rate_hz=2.0, voices=1.0, mix=100.0)[:, 0]
    spectrum = np.fft.fft(out[4800:].astype(np.float64))
    spectrum[len(spectrum) // 2 :] = 0
    frequency = np.diff(np.unwrap(np.angle(np.fft.ifft(2 * spectrum)))) * RATE / (2 * np.pi)
    inside = frequency[4800:-4800]
    assert inside.max() == pytest.approx(1000 * (1 + 8 * 2 * 0.001), rel=0.002)
    assert inside.min() == pytest.approx(1000 * (1 - 8 * 2 * 0.001), rel=0.002)


# --- utility ------------------------------------------------------------------------------------------------------


def test_gain_width_and_phase():
    sound = noise(1000)
    assert np.array_equal(through("utility", sound), sound)
    assert np.abs(through("utility", sound, gain_db=-6.0) - sound * 10 ** (-0.3)).max() < 1e-7
    mono = through("utility", sound, width=0.0)
    assert np.abs(mono - sound.mean(axis=1, keepdims=True)).max() < 1e-7
    assert np.array_equal(through("utility", sound, invert_left=1.0), sound * np.float32([-1, 1]))
    wide = through("utility", sound, width=200.0)
    assert np.abs((wide[:, 0] - wide[:, 1]) - 2 * (sound[:, 0] - sound[:, 1])).max() < 1e-6
    assert np.abs((wide[:, 0] + wide[:, 1]) - (sound[:, 0] + sound[:, 1])).max() < 1e-6


def test_low_frequencies_become_mono():
    """The side signal goes through a Butterworth low cut of 24 dB an octave; the middle stays as it is."""
    sound = impulse(RATE)
    sound[:, 1] = 0
    out = through("utility", sound, mono_below_on=1.0, mono_below_hz=120.0).astype(np.float64)
    side = np.fft.rfft(0.5 * (out[:, 0] - out[:, 1]))
    frequencies = np.array([30, 60, 120, 240, 1000, 10000])
    reference = butter(4, 120, "highpass", fs=RATE, output="sos")
    expected = 20 * np.log10(np.abs(sosfreqz(reference, frequencies, fs=RATE)[1]))
    assert 20 * np.log10(2 * np.abs(side[frequencies])) == pytest.approx(expected, abs=0.05)
    middle = 0.5 * (out[:, 0] + out[:, 1])
    assert middle[0] == pytest.approx(0.5, abs=1e-7)
    assert np.abs(middle[1:]).max() < 1e-7
    assert math.isclose(float(sound[0, 0]), 1.0)
