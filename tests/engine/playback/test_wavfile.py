"""What is written must be read alike by libsndfile, ffmpeg and SoX (the last two where they are installed)."""

import json
import shutil
import struct
import subprocess
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from engine.audio import read_audio, read_info
from engine.playback.quantise import Quantiser
from engine.playback.wavfile import MAX_RIFF, LoudnessTags, SampleFormat, WavTags, WavWriter
from tests.riff_chunks import read_chunks

WRITTEN = datetime(2026, 11, 21, 10, 20, 30, tzinfo=UTC)
TAGS = WavTags(
    name="Strophe – Bass",
    project="Lied <1> & mehr",
    originator_reference="abc",
    written=WRITTEN,
    time_reference=5_000_000_123,
    comment="Made here.",
    provenance={"clip 1": '{"seed": 7}', "odd\x01": "x"},
    credits={"clip 1": "“pads”, seed 7"},
)


def write(
    path: Path, samples: np.ndarray, sample_format: SampleFormat, tags: WavTags = TAGS, rate: int = 48000
) -> None:
    with WavWriter(path, rate, samples.shape[1], sample_format, tags) as writer:
        quantiser = Quantiser(writer, dither=False, key="x")
        for start in range(0, len(samples), 1000):
            quantiser.push(samples[start : start + 1000])
        writer.set_loudness(LoudnessTags(-14.25, 6.5, -1.0, None, -11.0))
        writer.finish()


def on_grid(sample_format: SampleFormat, frames: int, channels: int) -> np.ndarray:
    rng = np.random.default_rng(3)
    if sample_format is SampleFormat.FLOAT:
        return (rng.standard_normal((frames, channels)) * 2).astype(np.float32)
    steps = rng.integers(-sample_format.scale, sample_format.scale, (frames, channels))
    steps[0, 0], steps[1, 0] = -sample_format.scale, sample_format.scale - 1
    return (steps / sample_format.scale).astype(np.float32)


@pytest.mark.parametrize("sample_format", SampleFormat)
@pytest.mark.parametrize(("channels", "frames"), [(1, 3001), (2, 3001), (2, 1)])
def test_samples_come_back_exactly(sample_format: SampleFormat, channels: int, frames: int, tmp_path: Path) -> None:
    path = tmp_path / "x.wav"
    samples = on_grid(sample_format, max(frames, 2), channels)[:frames]
    write(path, samples, sample_format)
    info = read_info(path)
    assert (info.format, info.frames, info.channels, info.rate) == ("WAV", frames, channels, 48000)
    assert info.subtype == {"16": "PCM_16", "24": "PCM_24", "32f": "FLOAT"}[sample_format]
    assert np.array_equal(read_audio(path).samples, samples)
    assert path.stat().st_size % 2 == 0
    assert path.stat().st_size == struct.unpack("<I", path.read_bytes()[4:8])[0] + 8
    raw = np.frombuffer(path.read_bytes(), np.uint8)
    assert (len(raw) - frames * channels * sample_format.bits // 8) // 16 * 16 > 0
    if shutil.which("ffmpeg"):
        call = ["ffmpeg", "-v", "error", "-i", str(path), "-f", "f32le", "-c:a", "pcm_f32le", "-"]
        heard = subprocess.run(call, capture_output=True, check=True).stdout
        assert np.array_equal(np.frombuffer(heard, "<f4").reshape(-1, channels), samples)
    if shutil.which("soxi"):
        call = ["soxi", "-s", str(path)]
        assert int(subprocess.run(call, capture_output=True, check=True, text=True).stdout) == frames


def test_tags(tmp_path: Path) -> None:
    path = tmp_path / "x.wav"
    write(path, on_grid(SampleFormat.PCM_24, 333, 1), SampleFormat.PCM_24)
    chunks = {name: content for name, _, content in read_chunks(path)}
    assert set(chunks) == {b"JUNK", b"bext", b"fmt ", b"LIST", b"iXML", b"data"}
    bext = chunks[b"bext"]
    assert bext[:256].rstrip(b"\0") == b"Strophe  Bass"
    assert bext[256:288].startswith(b"Continuo ")
    assert bext[288:320].rstrip(b"\0") == b"abc"
    assert bext[320:338] == b"2026-11-2110:20:30"
    assert struct.unpack("<QH", bext[338:348]) == (5_000_000_123, 2)
    assert struct.unpack("<5h", bext[412:422]) == (-1425, 650, -100, 0x7FFF, -1100)
    assert bext[602:].startswith(b"A=PCM,F=48000,W=24,M=mono,T=Continuo")
    assert "Strophe – Bass".encode() in chunks[b"LIST"]
    assert "clip 1: “pads”, seed 7".encode() in chunks[b"LIST"]
    assert b"{" not in chunks[b"LIST"]
    ixml = ET.fromstring(chunks[b"iXML"])
    assert ixml.findtext("PROJECT") == "Lied <1> & mehr"
    assert '{"seed": 7}' in str(ixml.findtext("USER"))
    assert int(str(ixml.findtext("SPEED/TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_HI"))) == 1
    if shutil.which("ffprobe"):
        call = ["ffprobe", "-v", "error", "-show_format", "-of", "json", str(path)]
        tags = json.loads(subprocess.run(call, capture_output=True, check=True).stdout)["format"]["tags"]
        assert tags["time_reference"] == "5000000123"
        assert tags["date"] == "2026-11-21"
        assert tags["title"] == "Strophe – Bass"
        assert tags["coding_history"].startswith("A=PCM")


@pytest.mark.parametrize("sample_format", SampleFormat)
def test_samples_start_where_they_can_be_mapped(sample_format: SampleFormat, tmp_path: Path) -> None:
    for name in ("", "a", "abc", "abcd" * 5):
        with WavWriter(tmp_path / "x.wav", 44100, 2, sample_format, WavTags(name=name, written=WRITTEN)) as writer:
            assert writer.data_offset % 16 == 0
            writer.finish()


@pytest.mark.parametrize("rate", [8000, 48000, 192_000])
@pytest.mark.parametrize("name", ["", "a", "ab", "é"])
def test_no_chunk_before_the_samples_needs_padding(name: str, rate: int, tmp_path: Path) -> None:
    """libsndfile loses its way in RF64 files after one that does."""
    tags = WavTags(name=name, description=name, originator_reference=name, written=WRITTEN, provenance={"clip": name})
    with WavWriter(tmp_path / "x.wav", rate, 2, SampleFormat.PCM_24, tags) as writer:
        writer.finish()
    assert not [chunk for chunk, size, _ in read_chunks(tmp_path / "x.wav") if size % 2]


@pytest.mark.parametrize("name", ["long", "longer"])
@pytest.mark.parametrize("over", [False, True])
def test_beyond_4_gb_it_is_rf64(over: bool, name: str, tmp_path: Path) -> None:
    """The samples are a hole in the file, so that no disk is filled."""
    path = tmp_path / "long.wav"
    with WavWriter(path, 96000, 2, SampleFormat.FLOAT, WavTags(name=name, written=WRITTEN)) as writer:
        room = MAX_RIFF + 8 - writer.data_offset  # bytes of samples that RIFF can just hold
        frames = room // 8 + over
        with path.open("r+b") as file:
            file.truncate(writer.data_offset + frames * 8 - 8)
        writer.data_bytes = frames * 8 - 8
        writer.rewrite(frames - 1, b"")  # moves to the end
        writer.write(np.array([[0.25, -0.5]], "<f4").tobytes())
        writer.finish()
    with path.open("rb") as file:
        assert file.read(4) == (b"RF64" if over else b"RIFF")
    info = read_info(path)
    assert (info.frames, info.rate, info.format) == (frames, 96000, "RF64" if over else "WAV")
    sizes = {name: size for name, size, _ in read_chunks(path)}
    assert sizes[b"data"] == frames * 8
    assert (b"ds64" in sizes) == over
    if shutil.which("ffprobe"):
        call = ["ffprobe", "-v", "error", "-show_streams", "-of", "json", str(path)]
        stream = json.loads(subprocess.run(call, capture_output=True, check=True).stdout)["streams"][0]
        assert stream["duration_ts"] == frames


def test_not_a_wav(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"hello world")
    with pytest.raises(ValueError, match="not a RIFF"):
        list(read_chunks(tmp_path / "x"))
