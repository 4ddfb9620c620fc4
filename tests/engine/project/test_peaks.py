from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from engine.audio import Audio, write_audio
from engine.errors import Cancelled
from engine.jobs import Context
from engine.project.growing import GrowingWriter
from engine.project.importing import import_audio
from engine.project.peaks import FIRST_BIN, GrowingPeaks, Peaks, build_peaks, load_peaks, open_peaks
from engine.project.pool import read_samples, sample_file
from tests.sealing import sealed

RATE = 48000


def noise(frames: int, channels: int = 2) -> np.ndarray:
    return np.random.default_rng(frames).uniform(-1, 1, (frames, channels)).astype(np.float32)


def check(peaks: Peaks, samples: np.ndarray) -> None:
    """Every bin of every level against the samples themselves."""
    assert peaks.frames == len(samples)
    assert peaks.levels[-1].shape[2] == 1
    for number in range(len(peaks.levels)):
        size = FIRST_BIN << number
        bins = [samples[first : first + size].astype(np.float64) for first in range(0, len(samples), size)]
        found = peaks.read(number, 0, len(bins) + 5)
        assert found.lowest.shape == (len(bins), samples.shape[1])
        assert_allclose(found.lowest, [part.min(axis=0) for part in bins], atol=1e-7)
        assert_allclose(found.highest, [part.max(axis=0) for part in bins], atol=1e-7)
        assert_allclose(found.rms, [np.sqrt(np.mean(part**2, axis=0)) for part in bins], rtol=1e-5)


@pytest.mark.parametrize("frames", [1, 255, 256, 257, 511, 65536, 65537, 200_001])
@pytest.mark.parametrize("channels", [1, 2])
def test_every_bin(tmp_path: Path, frames: int, channels: int) -> None:
    samples = noise(frames, channels)
    write_audio(tmp_path / "a.wav", Audio(samples, RATE))
    source = import_audio(tmp_path, tmp_path / "a.wav", RATE)
    assert load_peaks(tmp_path, source, RATE) is None
    check(build_peaks(tmp_path, source, RATE), samples)
    loaded = load_peaks(tmp_path, source, RATE)
    assert loaded is not None
    check(loaded, samples)


def test_sixteen_bits_and_other_rates(tmp_path: Path) -> None:
    write_audio(tmp_path / "a.wav", Audio(noise(30_000), 44100), "PCM_16")
    source = import_audio(tmp_path, tmp_path / "a.wav", 44100)
    for rate in (44100, 48000):
        peaks = open_peaks(tmp_path, source, rate)
        check(peaks, read_samples(sample_file(tmp_path, source, rate), 0, source.frames_at(rate)))


def test_growing_equals_measuring_at_once(tmp_path: Path) -> None:
    samples = noise(150_000)
    writer = GrowingWriter(tmp_path, "g", RATE, 2)
    peaks = open_peaks(tmp_path, writer.source, RATE)
    assert isinstance(peaks, GrowingPeaks)
    assert peaks.levels == []
    done = 0
    for frames in (1, 100, 155, 256, 300, 1, 40_000, 65_536, 7, 43_644):
        writer.append(samples[done : done + frames])
        done += frames
        peaks.extend(sample_file(tmp_path, writer.source, RATE))
        check(peaks, samples[:done])
    assert done == len(samples)
    check(open_peaks(tmp_path, sealed(writer), RATE), samples)


def test_levels_follow_the_zoom() -> None:
    levels = [np.zeros((1, 3, bins), np.float32) for bins in (8, 4, 2, 1)]
    peaks = Peaks(1, 8 * FIRST_BIN, levels)
    wanted = {1.0: None, 255.9: None, 256.0: 0, 511.0: 0, 512.0: 1, 1000.0: 1, 1e9: 3}
    assert {zoom: peaks.level_for(zoom) for zoom in wanted} == wanted
    assert Peaks(1, 0, []).level_for(1e6) is None
    assert peaks.read(0, -5, 3).lowest.shape == (3, 1)


def test_damaged_cache_is_made_anew(tmp_path: Path) -> None:
    samples = noise(5000)
    write_audio(tmp_path / "a.wav", Audio(samples, RATE))
    source = import_audio(tmp_path, tmp_path / "a.wav", RATE)
    open_peaks(tmp_path, source, RATE)
    (cached,) = (tmp_path / "cache/peaks").iterdir()
    cached.write_bytes(cached.read_bytes()[:-4])
    check(open_peaks(tmp_path, source, RATE), samples)


def test_cancel_leaves_nothing(tmp_path: Path) -> None:
    write_audio(tmp_path / "a.wav", Audio(noise(100_000), RATE))
    source = import_audio(tmp_path, tmp_path / "a.wav", RATE)
    context = Context()
    context.cancel()
    with pytest.raises(Cancelled):
        open_peaks(tmp_path, source, RATE, context)
    assert not list((tmp_path / "cache").rglob("*peaks1"))
    assert not list(tmp_path.rglob(".part-*"))
