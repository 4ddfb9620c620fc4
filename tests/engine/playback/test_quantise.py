from pathlib import Path

import numpy as np
import pytest

from engine.audio import read_audio
from engine.playback.quantise import NOISE_BLOCK, Dither, Quantiser
from engine.playback.wavfile import SampleFormat, WavTags, WavWriter


def written(
    path: Path,
    samples: np.ndarray,
    sample_format: SampleFormat,
    *,
    dither: bool = True,
    block: int = 5000,
    key: str = "k",
) -> Quantiser:
    with WavWriter(path, 48000, samples.shape[1], sample_format, WavTags()) as writer:
        quantiser = Quantiser(writer, dither=dither, key=key)
        got = [
            quantiser.push(samples[start : start + block], read_back=True) for start in range(0, len(samples), block)
        ]
        writer.finish()
    assert np.array_equal(got[-1], read_audio(path).samples[-len(got[-1]) :])
    return quantiser


def sine(frames: int, level: float = 0.3) -> np.ndarray:
    wave = level * np.sin(2 * np.pi * 441.7 / 48000 * np.arange(frames))
    return np.stack([wave, -wave], axis=1).astype(np.float32)


@pytest.mark.parametrize("sample_format", [SampleFormat.PCM_16, SampleFormat.PCM_24])
def test_dither_is_triangular_and_takes_the_distortion_away(sample_format: SampleFormat, tmp_path: Path) -> None:
    samples = sine(200_000, 0.6)
    quantiser = written(tmp_path / "x.wav", samples, sample_format)
    assert quantiser.dithered
    assert not quantiser.exact
    error = (read_audio(tmp_path / "x.wav").samples.astype(float) - samples) * sample_format.scale
    assert abs(error.mean()) < 0.01
    assert error.var() == pytest.approx(1 / 12 + 1 / 6, rel=0.02)  # rounding, and two uniform noises of a step
    assert np.abs(error).max() <= 1.5
    for part in (np.abs(samples) < 0.1, np.abs(samples) > 0.5):  # the noise does not follow the sound
        assert error[part].var() == pytest.approx(0.25, rel=0.03)
    assert abs(np.corrcoef(error[:, 0], samples[:, 0])[0, 1]) < 0.01
    assert abs(np.corrcoef(error[:, 0], error[:, 1])[0, 1]) < 0.01


def test_a_sound_softer_than_a_step_survives_dither(tmp_path: Path) -> None:
    samples = sine(200_000, 0.4 / 32768)
    written(tmp_path / "plain.wav", samples, SampleFormat.PCM_16, dither=False)
    written(tmp_path / "dithered.wav", samples, SampleFormat.PCM_16)
    assert not read_audio(tmp_path / "plain.wav").samples.any()
    heard = read_audio(tmp_path / "dithered.wav").samples[:, 0]
    assert np.dot(heard, samples[:, 0]) / np.dot(samples[:, 0], samples[:, 0]) == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("sample_format", SampleFormat)
def test_what_is_on_the_grid_stays_exact(sample_format: SampleFormat, tmp_path: Path) -> None:
    samples = np.rint(sine(50_000) * 32768) / np.float32(32768)
    quantiser = written(tmp_path / "x.wav", samples, sample_format)
    assert quantiser.exact
    assert not quantiser.dithered
    assert np.array_equal(read_audio(tmp_path / "x.wav").samples, samples)


@pytest.mark.parametrize("sample_format", [SampleFormat.PCM_16, SampleFormat.PCM_24])
def test_dither_holds_for_the_whole_file(sample_format: SampleFormat, tmp_path: Path) -> None:
    """The first sample off the grid comes late: the silence before it gets its noise all the same."""
    samples = np.zeros((3 * NOISE_BLOCK, 2), np.float32)
    samples[-1] = 1e-3
    written(tmp_path / "late.wav", samples, sample_format, block=1000)
    samples[0] = 1e-3
    written(tmp_path / "early.wav", samples, sample_format, block=len(samples))
    late, early = (read_audio(tmp_path / name).samples for name in ("late.wav", "early.wav"))
    assert late[: NOISE_BLOCK * 2].any()
    assert np.array_equal(late[1:], early[1:])


def test_zeros_stay_zeros_without_dither(tmp_path: Path) -> None:
    samples = sine(9000)
    samples[2000:7000] = 0
    written(tmp_path / "x.wav", samples, SampleFormat.PCM_16, dither=False)
    assert not read_audio(tmp_path / "x.wav").samples[2000:7000].any()


def test_noise_depends_on_key_and_frame_only() -> None:
    whole = Dither("a", 2).noise(0, 3 * NOISE_BLOCK)
    pieces = Dither("a", 2)
    for first, frames in ((0, 7), (NOISE_BLOCK - 3, 6), (5, NOISE_BLOCK * 2), (100, 0)):
        assert np.array_equal(pieces.noise(first, frames), whole[first : first + frames])
    other = Dither("b", 2).noise(0, 3 * NOISE_BLOCK)
    assert abs(np.corrcoef(whole[:, 0], other[:, 0])[0, 1]) < 0.02
    assert whole.min() >= -1
    assert whole.max() <= 1
    assert abs(whole.mean()) < 0.01


@pytest.mark.parametrize("sample_format", SampleFormat)
def test_clipping_is_counted_and_limited(sample_format: SampleFormat, tmp_path: Path) -> None:
    samples = sine(1000)
    samples[10] = [1.5, -1.5]
    samples[20] = [-1.0, 0.0]  # full scale below zero exists
    quantiser = written(tmp_path / "x.wav", samples, sample_format, dither=False)
    assert quantiser.clipped == 2
    assert quantiser.peak == 1.5
    heard = read_audio(tmp_path / "x.wav").samples[10]
    assert heard[1] == (-1.5 if sample_format is SampleFormat.FLOAT else -1.0)
    assert not quantiser.exact or sample_format is SampleFormat.FLOAT
