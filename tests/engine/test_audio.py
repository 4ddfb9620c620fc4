import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.testing import assert_allclose, assert_array_equal

from engine.audio import (
    Audio,
    Resampler,
    mix_to_stereo,
    open_reader,
    open_writer,
    read_audio,
    read_info,
    resample,
    stereo_matrix,
    write_audio,
)
from engine.errors import AudioFileError
from engine.riff import find_samples, float_wav_header

FORMATS = [
    ("wav", "WAV", "PCM_16"),
    ("wav", "WAV", "PCM_24"),
    ("wav", "WAV", "PCM_32"),
    ("wav", "WAV", "PCM_U8"),
    ("wav", "WAV", "FLOAT"),
    ("wav", "WAV", "DOUBLE"),
    ("wav", "WAVEX", "PCM_24"),
    ("w64", "W64", "PCM_16"),
    ("rf64", "RF64", "FLOAT"),
    ("flac", "FLAC", "PCM_16"),
    ("flac", "FLAC", "PCM_24"),
    ("aiff", "AIFF", "PCM_16"),
    ("aif", "AIFF", "PCM_24"),
    ("aifc", "AIFF", "FLOAT"),
    ("ogg", "OGG", "VORBIS"),
    ("opus", "OGG", "OPUS"),
    ("mp3", "MP3", "MPEG_LAYER_III"),
]
LOSSY = ("VORBIS", "OPUS", "MPEG_LAYER_III", "PCM_U8")


def tones(frames: int, channels: int, rate: int = 48000) -> np.ndarray:
    t = np.arange(frames)[:, None] / rate
    return (0.5 * np.sin(2 * np.pi * 440 * np.arange(1, channels + 1) * t)).astype(np.float32)


def quiet(x: np.ndarray, bits: int) -> np.ndarray:
    """`x` on the grid of a sample format, so that nothing is rounded."""
    return (np.round(x * 2.0 ** (bits - 1)) / 2.0 ** (bits - 1)).astype(np.float32)


@pytest.mark.parametrize(("suffix", "container", "subtype"), FORMATS)
def test_every_format_is_read(tmp_path: Path, suffix: str, container: str, subtype: str) -> None:
    samples = quiet(tones(24000, 2), 16)
    path = tmp_path / f"Tön.{suffix}"
    data = np.round(samples * 32768).astype(np.int16) if subtype.startswith("PCM") else samples
    with open_writer(path, 48000, 2, subtype, container) as writer:
        writer.write(data)
    info = read_info(path)
    assert (info.rate, info.channels, info.subtype) == (48000, 2, subtype)
    sound = read_audio(path)
    assert sound.rate == 48000
    assert sound.samples.dtype == np.float32
    if subtype in LOSSY:
        assert_allclose(np.sqrt(np.mean(sound.samples**2, axis=0)), np.sqrt(0.125), rtol=0.03)
    else:
        assert_array_equal(sound.samples, samples)


@pytest.mark.parametrize(("bits", "shift", "dtype"), [(16, 0, np.int16), (24, 8, np.int32)])
def test_integers_are_exact(tmp_path: Path, bits: int, shift: int, dtype: type) -> None:
    edge = 1 << (bits - 1)
    values = np.array([0, 1, -1, edge - 1, -edge, 12345, -54321 % edge], np.int64)
    with open_writer(tmp_path / "a.wav", 48000, 1, f"PCM_{bits}") as writer:
        writer.write((values << shift).astype(dtype))
    found = read_audio(tmp_path / "a.wav").samples[:, 0]
    assert_array_equal(found.astype(np.float64) * edge, values)


@pytest.mark.parametrize("channels", [1, 2, 3, 8, 16])
@pytest.mark.parametrize("rate", [11025, 44100, 96000])
def test_channels_and_rates(tmp_path: Path, channels: int, rate: int) -> None:
    write_audio(tmp_path / "a.wav", Audio(tones(1000, channels), rate))
    info = read_info(tmp_path / "a.wav")
    assert (info.rate, info.channels, info.frames) == (rate, channels, 1000)


def test_blocks_and_seek(tmp_path: Path) -> None:
    samples = tones(1000, 2)
    write_audio(tmp_path / "a.wav", Audio(samples, 48000))
    with open_reader(tmp_path / "a.wav") as reader:
        assert_array_equal(np.concatenate(list(reader.blocks(333))), samples)
        reader.seek(700)
        assert_array_equal(reader.read(10_000), samples[700:])


def test_stream_with_unknown_length_is_read(tmp_path: Path) -> None:
    """Programs that write WAV into a pipe cannot go back to fill in the length."""
    samples = tones(1000, 1)
    header = bytearray(float_wav_header(1000, 1, 48000))
    header[-4:] = b"\xff\xff\xff\xff"
    (tmp_path / "a.wav").write_bytes(bytes(header) + samples.tobytes())
    assert_array_equal(read_audio(tmp_path / "a.wav").samples, samples)


@pytest.mark.parametrize("data", [b"", b"RIFF", b"hello, this is a letter" * 100, b"\0" * 10_000, b"OggS" + b"\1" * 99])
def test_what_is_no_audio_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(data)
    with pytest.raises(AudioFileError) as caught:
        read_info(path)
    assert str(path) in str(caught.value)


def test_missing_and_folder_and_empty_sound(tmp_path: Path) -> None:
    with pytest.raises(AudioFileError, match="does not exist"):
        read_info(tmp_path / "no.wav")
    with pytest.raises(AudioFileError, match="not a file"):
        read_info(tmp_path)
    write_audio(tmp_path / "a.wav", Audio(np.zeros((0, 2), np.float32), 48000))
    with pytest.raises(AudioFileError, match="0 frames"):
        read_info(tmp_path / "a.wav")


def test_writer_says_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(AudioFileError, match="cannot be written"):
        open_writer(tmp_path / "no" / "a.wav", 48000, 2, "PCM_16")
    with pytest.raises(AudioFileError, match="cannot be written"):
        open_writer(tmp_path / "a.flac", 48000, 2, "FLOAT", "FLAC")


@pytest.mark.parametrize(("rate_in", "rate_out"), [(44100, 48000), (48000, 44100), (11025, 48000), (96000, 44100)])
def test_resampling_keeps_time_and_pitch(rate_in: int, rate_out: int) -> None:
    """A sine stays that sine: same frequency, same phase, no delay; −100 dB away from the ends."""
    seconds = 0.5
    t_in, t_out = (np.arange(int(seconds * rate)) / rate for rate in (rate_in, rate_out))
    out = resample(np.sin(2 * np.pi * 997 * t_in).astype(np.float32)[:, None], rate_in, rate_out)[:, 0]
    assert len(out) == -(-len(t_in) * rate_out // rate_in)
    middle = slice(rate_out // 20, len(t_out) - rate_out // 20)
    residual = out[: len(t_out)][middle] - np.sin(2 * np.pi * 997 * t_out)[middle]
    assert 20 * np.log10(np.abs(residual).max()) < -100


def test_resampling_in_blocks_equals_resampling_at_once() -> None:
    samples = tones(30_000, 2)
    whole = resample(samples, 44100, 48000)
    stream = Resampler(44100, 48000, 2)
    parts = [stream.push(samples[first : first + 777]) for first in range(0, 30_000, 777)]
    joined = np.concatenate([*parts, stream.push(samples[:0], last=True)])
    assert_allclose(joined[: len(whole)], whole[: len(joined)], atol=1e-6)


def test_mix_down_of_surround() -> None:
    """ITU-R BS.775: centre and surrounds at −3 dB, the LFE left out."""
    h = np.float32(np.sqrt(0.5))
    left, right = mix_to_stereo(np.eye(6, dtype=np.float32)).T  # one impulse a channel: L R C LFE Ls Rs
    assert_array_equal(left, [1, 0, h, 0, h, 0])
    assert_array_equal(right, [0, 1, h, 0, 0, h])


@pytest.mark.parametrize("channels", range(3, 20))
def test_mix_down_is_even(channels: int) -> None:
    """Every matrix gives both sides the same level; of an unknown layout, equal channels keep theirs."""
    matrix = stereo_matrix(channels)
    assert matrix.shape == (channels, 2)
    assert_allclose(matrix[:, 0].sum(), matrix[:, 1].sum(), rtol=1e-6)
    if channels > 8:
        assert_allclose(mix_to_stereo(np.ones((5, channels), np.float32)), 1, rtol=1e-6)


def test_one_and_two_channels_stay() -> None:
    for channels in (1, 2):
        block = tones(100, channels)
        assert mix_to_stereo(block) is block


@pytest.mark.parametrize("channels", [1, 2])
def test_own_header_is_read_by_others(tmp_path: Path, channels: int) -> None:
    samples = tones(777, channels)
    path = tmp_path / "a.wav"
    path.write_bytes(float_wav_header(777, channels, 44100) + samples.tobytes())
    found, rate = soundfile.read(path, dtype="float32", always_2d=True)
    assert rate == 44100
    assert_array_equal(found, samples)


def test_header_of_a_long_file(tmp_path: Path) -> None:
    """More than 4 GB: RF64. The file is sparse, so that it takes no room."""
    frames = (1 << 32) // 8 + 1000
    header = float_wav_header(frames, 2, 48000)
    path = tmp_path / "long.wav"
    with path.open("wb") as file:
        file.write(header)
        file.truncate(len(header) + frames * 8)
        file.seek(-8, 2)
        file.write(struct.pack("<2f", 0.25, -0.5))
    info = read_info(path)
    assert (info.format, info.frames) == ("RF64", frames)
    data = find_samples(path)
    assert data
    assert (data.offset, data.size, data.promised) == (len(header), frames * 8, frames * 8)
    with open_reader(path) as reader:
        reader.seek(frames - 1)
        assert reader.read(5).tolist() == [[0.25, -0.5]]
