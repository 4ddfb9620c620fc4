"""Repair: faults that are put into a sound here are found, and the sound comes back; a clean one stays as it is."""

import numpy as np
import pytest

from engine.analysis.repair.repairing import KINDS, examine, repair
from engine.audio import Audio
from engine.errors import Cancelled

RATE = 22050
SECONDS = 6


@pytest.fixture(scope="module")
def music() -> np.ndarray:
    """Decaying chords and strokes of noise, none of them on a fixed beat, stereo, with silence at both ends."""
    rng = np.random.default_rng(0)
    out = np.zeros((SECONDS * RATE, 2))
    time = np.arange(round(0.5 * RATE)) / RATE
    edge = np.minimum(1, time / 0.004) * np.minimum(1, (0.5 - time) / 0.05)
    starts = np.arange(0.05, SECONDS - 0.6, 0.27)
    for start in starts + rng.uniform(0, 0.03, len(starts)):
        for pitch in rng.choice([45, 52, 57, 60, 64, 69], 3, replace=False):
            wave = 2 * np.pi * 440 * 2 ** ((pitch - 69) / 12) * time
            tone = sum(np.sin(k * wave + rng.uniform(0, 6)) / k**1.4 for k in range(1, 8))
            first = round(start * RATE)
            out[first : first + len(time)] += (0.07 * tone * edge * np.exp(-4 * time))[:, None] * [1.0, 0.7]
        burst = rng.standard_normal(len(time)) * np.exp(-time / 0.02) * edge
        out[round(start * RATE) : round(start * RATE) + len(time)] += 0.05 * burst[:, None]
    return (0.6 * out / np.abs(out).max()).astype(np.float32)


def snr(clean: np.ndarray, other: np.ndarray) -> float:
    """dB of a sound over what is added to it."""
    error = np.asarray(other, np.float64) - clean
    return float(10 * np.log10(np.sum(np.square(clean, dtype=np.float64)) / max(np.sum(error**2), 1e-30)))


def test_a_clean_sound_stays_as_it_is(music: np.ndarray) -> None:
    repaired = repair(Audio(music, RATE), [kind.id for kind in KINDS])
    assert repaired.findings == {}
    assert np.array_equal(repaired.audio.samples, music)


def test_hum_with_harmonics_goes(music: np.ndarray) -> None:
    time = np.arange(len(music)) / RATE
    hum = np.sum([0.03 / k * np.sin(2 * np.pi * 50.06 * k * time + k) for k in (1, 2, 3, 5)], axis=0)
    noisy = (music + hum[:, None]).astype(np.float32)
    repaired = repair(Audio(noisy, RATE), ["hum"])
    finding = repaired.findings["hum"]
    assert finding.text.startswith("50.1 Hz and 3 harmonics")
    assert finding.details.frequency == pytest.approx(50.06, abs=0.02)
    assert snr(music, repaired.audio.samples) > snr(music, noisy) + 10


def test_sixty_hertz_in_one_channel_leaves_the_other(music: np.ndarray) -> None:
    noisy = music.copy()
    time = np.arange(len(music)) / RATE
    noisy[:, 1] += (0.05 * np.sin(2 * np.pi * 60 * time) + 0.02 * np.sin(2 * np.pi * 180 * time)).astype(np.float32)
    repaired = repair(Audio(noisy, RATE), ["hum"])
    assert repaired.findings["hum"].details.frequency == pytest.approx(60, abs=0.02)
    assert snr(music[:, 1], repaired.audio.samples[:, 1]) > snr(music[:, 1], noisy[:, 1]) + 10
    assert np.array_equal(repaired.audio.samples[:, 0], music[:, 0])


def test_a_steady_note_is_no_hum() -> None:
    time = np.arange(6 * RATE) / RATE
    note = (0.3 * np.sin(2 * np.pi * 51.9 * time) + 0.2 * np.sin(2 * np.pi * 103.8 * time)).astype(np.float32)
    assert "hum" not in examine(Audio(note[:, None], RATE))  # G sharp


def test_hiss_goes_where_nothing_else_sounds(music: np.ndarray) -> None:
    gap = music.copy()
    gap[2 * RATE : 4 * RATE] = 0
    hiss = 0.004 * np.random.default_rng(3).standard_normal(gap.shape)
    noisy = (gap + hiss).astype(np.float32)
    repaired = repair(Audio(noisy, RATE), ["hiss"])
    level = float(repaired.findings["hiss"].text.split()[0].replace("−", "-"))
    assert level == pytest.approx(20 * np.log10(0.004), abs=2)
    rest = repaired.audio.samples[round(2.6 * RATE) : round(3.9 * RATE)]
    assert 20 * np.log10(rest.std() / 0.004) < -12
    assert snr(gap, repaired.audio.samples) > snr(gap, noisy)


def test_clicks_are_filled_in(music: np.ndarray) -> None:
    rng = np.random.default_rng(5)
    noisy = music.copy()
    # where nothing begins: 0.15 s after a stroke at the earliest
    places = np.sort(rng.choice(np.arange(1, 40), 12, replace=False)) * round(0.14 * RATE) + 500
    for place in places:
        width = int(rng.integers(1, 12))
        noisy[place : place + width, 0] += rng.uniform(0.3, 0.7, width).astype(np.float32) * rng.choice([-1, 1])
    repaired = repair(Audio(noisy, RATE), ["clicks"])
    assert 10 <= int(repaired.findings["clicks"].text.split()[0]) <= 14
    assert snr(music, repaired.audio.samples) > snr(music, noisy) + 10
    assert np.array_equal(repaired.audio.samples[:, 1], noisy[:, 1])
    untouched = np.ones(len(music), bool)
    for first, last in repaired.findings["clicks"].details[0]:
        untouched[first:last] = False
    assert np.array_equal(repaired.audio.samples[untouched], noisy[untouched])


@pytest.mark.parametrize("period", [441, 220, 49])
def test_edges_of_a_square_wave_are_no_clicks(period: int) -> None:
    wave = np.where(np.arange(3 * RATE) % period < period / 2, 0.4, -0.4).astype(np.float32)
    assert "clicks" not in examine(Audio(wave[:, None], RATE))


def test_an_offset_is_measured_and_taken_away(music: np.ndarray) -> None:
    noisy = music + np.array([0.02, -0.01], np.float32)
    repaired = repair(Audio(noisy, RATE), ["dc"])
    assert repaired.findings["dc"].text == "+2 % of full scale"
    assert repaired.findings["dc"].details == pytest.approx([0.02, -0.01], abs=3e-4)
    assert np.abs(repaired.audio.samples - music).max() < 10 ** (-60 / 20)


def test_peaks_that_were_cut_off_come_back() -> None:
    level = 0.6
    time = np.arange(RATE) / RATE
    chord = sum(np.sin(2 * np.pi * f * k * time + k) / k for f in (196.0, 246.9, 293.7) for k in range(1, 6))
    short = (chord * np.exp(-2 * time) / np.abs(chord).max()).astype(np.float32)[:, None]
    clipped = np.clip(short, -level, level)
    repaired = repair(Audio(clipped, RATE), ["clipping"])
    assert "peak" in repaired.findings["clipping"].text
    mended = repaired.audio.samples
    cut = np.abs(short) > level
    assert snr(short[cut], mended[cut]) > snr(short[cut], clipped[cut]) + 8
    assert np.array_equal(mended[~cut], clipped[~cut])
    assert (np.abs(mended[cut]) >= level - 1e-6).all()


def test_the_hard_beginning_of_a_sound_is_no_click() -> None:
    time = np.arange(2 * RATE) / RATE
    since = time % 0.61
    tone = 0.3 * np.cos(2 * np.pi * 441 * time) * np.exp(-since / 0.1) * np.minimum(1, (0.61 - since) / 0.05)
    assert examine(Audio(tone.astype(np.float32)[:, None], RATE)) == {}


@pytest.mark.parametrize("frames", [0, 1, 50, 3000])
def test_short_sounds_and_silence(frames: int) -> None:
    for samples in (np.zeros((frames, 2), np.float32), np.full((frames, 1), 0.1, np.float32)):
        repaired = repair(Audio(samples, RATE), [kind.id for kind in KINDS])
        assert repaired.audio.samples.shape == samples.shape
        assert np.isfinite(repaired.audio.samples).all()


def test_a_cancel_stops_it(music: np.ndarray) -> None:
    def check(share: float) -> None:
        if share > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled):
        repair(Audio(music, RATE), [kind.id for kind in KINDS], check)
