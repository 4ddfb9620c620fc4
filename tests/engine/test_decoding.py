"""Sound that comes in: all that is there, whatever a header says; the speakers that the container states.

What is right comes from ffmpeg, sox, raw libsndfile and numpy, never from the reader itself.
"""

import argparse
import os
import struct
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.testing import assert_allclose, assert_array_equal

from engine.audio import AudioReader, mix_to_stereo, read_audio, read_info, read_stereo
from engine.cli import sampling
from engine.errors import AudioFileError

RATE = 48000
FRAMES = 96_000


def noise(frames: int = FRAMES, channels: int = 2) -> np.ndarray:
    """16-bit noise under a slow swell, so that encoders take packets of many sizes."""
    swell = np.sin(np.arange(frames) / 9000)[:, None] ** 4
    samples = np.random.default_rng(frames + channels).uniform(-0.7, 0.7, (frames, channels)) * swell
    return (np.round(samples * 32768) / 32768).astype(np.float32)


def ffmpeg(*arguments: object, data: bytes | None = None) -> bytes:
    command = ["ffmpeg", "-v", "error", "-y", *map(str, arguments)]
    return subprocess.run(command, input=data, capture_output=True, check=True).stdout


def decoded_by_ffmpeg(path: Path, channels: int) -> np.ndarray:
    return np.frombuffer(ffmpeg("-i", path, "-f", "f32le", "-"), "<f4").reshape(-1, channels)


def wav(path: Path, samples: np.ndarray, subtype: str = "PCM_16", container: str = "WAV", rate: int = RATE) -> Path:
    soundfile.write(path, samples, rate, subtype, format=container)
    return path


def set_size(path: Path, chunk: bytes, size: int, order: str = "<") -> None:
    data = bytearray(path.read_bytes())
    at = data.index(chunk)
    data[at + 4 : at + 8] = struct.pack(f"{order}I", size & 0xFFFFFFFF)
    path.write_bytes(data)


def cut(path: Path, share: float) -> int:
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return int(len(data) * share)


# headers of WAV and AIFF against the bytes


@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "FLOAT"])
@pytest.mark.parametrize(
    ("stated", "said"),
    [
        (0.0, "names 0 frames"),
        (0.5, "names 48,000 frames"),
        (2.0, "names 192,000 frames"),
        (None, ""),
        ("odd", "names 95,999 frames"),
    ],
)
def test_a_wavs_data_size_is_compared_with_the_bytes(
    tmp_path: Path, subtype: str, stated: float | str | None, said: str
) -> None:
    path = wav(tmp_path / "a.wav", noise(), subtype)
    size = FRAMES * 2 * {"PCM_16": 2, "PCM_24": 3, "FLOAT": 4}[subtype]
    new = {None: 0xFFFFFFFF, "odd": size - 1}.get(stated)  # type: ignore[call-overload]
    set_size(path, b"data", int(size * stated) if new is None else new)  # type: ignore[operator]
    audio = read_audio(path)
    assert_array_equal(audio.samples, noise())
    info = read_info(path)
    assert info.frames == FRAMES
    assert len(info.notices) == bool(said)
    assert all(said in notice and "96,000 frames (2.00 s)" in notice for notice in info.notices)


@pytest.mark.parametrize("stated", [0, 1000, None])
def test_chunks_behind_the_samples_are_no_sound(tmp_path: Path, stated: int | None) -> None:
    path = wav(tmp_path / "a.wav", noise())
    text = b"INFOINAM" + struct.pack("<I", 4) + b"name"
    path.write_bytes(path.read_bytes() + b"LIST" + struct.pack("<I", len(text)) + text)
    if stated is not None:
        set_size(path, b"data", stated)
    assert_array_equal(read_audio(path).samples, noise())


def test_a_wav_whose_odd_chunk_is_not_padded_is_read(tmp_path: Path) -> None:
    path = wav(tmp_path / "a.wav", noise())
    data, at = path.read_bytes(), path.read_bytes().index(b"data")
    path.write_bytes(data[:at] + b"LIST" + struct.pack("<I", 9) + b"INFOISFT\0" + data[at:])
    assert_array_equal(read_audio(path).samples, noise())


def test_of_a_wav_with_two_chunks_of_samples_the_first_is_read_and_it_is_said(tmp_path: Path) -> None:
    path = wav(tmp_path / "a.wav", noise())
    data = path.read_bytes()
    path.write_bytes(data + data[data.index(b"data") :])
    assert_array_equal(read_audio(path).samples, noise())
    assert any("several parts" in notice for notice in read_info(path).notices)


@pytest.mark.parametrize("stated", [0, 2, -1, 10**12])
def test_a_cafs_data_size_is_compared_with_the_bytes(tmp_path: Path, stated: int) -> None:
    path = wav(tmp_path / "a.caf", noise(), container="CAF")
    data = bytearray(path.read_bytes())
    at = data.index(b"data")
    data[at + 4 : at + 12] = struct.pack(">q", stated)
    path.write_bytes(data)
    assert_array_equal(read_audio(path).samples, noise())


def test_an_empty_wav_stays_empty(tmp_path: Path) -> None:
    path = wav(tmp_path / "a.wav", noise(0))
    path.write_bytes(path.read_bytes() + b"LIST" + struct.pack("<I", 4) + b"INFO")
    with pytest.raises(AudioFileError, match="0 frames"):
        read_info(path)


@pytest.mark.parametrize("share", [0.2, 0.6, 0.99])
@pytest.mark.parametrize(
    ("container", "subtype"),
    [
        ("WAV", "PCM_16"), ("WAV", "PCM_24"), ("WAV", "PCM_U8"), ("WAV", "FLOAT"), ("WAV", "DOUBLE"),
        ("WAVEX", "PCM_24"), ("RF64", "FLOAT"), ("W64", "PCM_16"), ("AIFF", "PCM_16"), ("AIFF", "PCM_24"),
        ("AIFF", "FLOAT"), ("CAF", "PCM_16"), ("AU", "PCM_24"),
    ],
)  # fmt: skip
def test_a_file_that_is_cut_off_gives_the_frames_that_are_there(
    tmp_path: Path, container: str, subtype: str, share: float
) -> None:
    path = wav(tmp_path / "a", noise(), subtype, container)
    header = path.stat().st_size - FRAMES * 2 * {"U8": 1, "16": 2, "24": 3, "AT": 4, "LE": 8}[subtype[-2:]]
    whole = soundfile.read(path, dtype="float32", always_2d=True)[0]
    left = cut(path, share)
    width = {"U8": 1, "16": 2, "24": 3, "AT": 4, "LE": 8}[subtype[-2:]] * 2
    audio = read_audio(path)
    assert abs(len(audio.samples) - (left - header) // width) <= 8  # some have a chunk behind the samples
    assert_array_equal(audio.samples, whole[: len(audio.samples)])
    (notice,) = read_info(path).notices
    assert "cut off" in notice
    assert f"{len(audio.samples):,} frames" in notice


@pytest.mark.parametrize(("count", "size"), [(0, 0), (5000, None), (10**6, None), (None, 0), (None, 10**8)])
def test_an_aiffs_counts_are_compared_with_the_bytes(tmp_path: Path, count: int | None, size: int | None) -> None:
    path = wav(tmp_path / "a.aiff", noise(), "PCM_16", "AIFF")
    data = bytearray(path.read_bytes())
    if count is not None:
        at = data.index(b"COMM")
        data[at + 10 : at + 14] = struct.pack(">I", count)
    path.write_bytes(data)
    if size is not None:
        set_size(path, b"SSND", size, ">")
    assert_array_equal(read_audio(path).samples, noise())
    assert len(read_info(path).notices) == (count is not None or bool(size))


@pytest.mark.parametrize("form", ["wav", "au", "aiff", "caf", "w64", "flac"])
def test_what_was_written_into_a_pipe_is_whole(tmp_path: Path, form: str) -> None:
    """No writer into a pipe can go back and fill in the length."""
    source = wav(tmp_path / "source.wav", noise())
    path = tmp_path / f"a.{form}"
    path.write_bytes(ffmpeg("-i", "-", "-f", form, "-", data=source.read_bytes()))
    assert_array_equal(read_audio(path).samples, noise())
    assert read_info(path).frames == FRAMES


@pytest.mark.parametrize("form", ["wav", "au", "aiff", "flac"])
def test_what_sox_wrote_into_a_pipe_is_whole(tmp_path: Path, form: str) -> None:
    source = wav(tmp_path / "source.wav", noise())
    path = tmp_path / f"a.{form}"
    command = f"sox '{source}' -t {form} - | cat"
    path.write_bytes(subprocess.run(command, shell=True, capture_output=True, check=True).stdout)
    assert_array_equal(read_audio(path).samples, noise())


@pytest.mark.parametrize("order", ["RIFX", "BW64"])
def test_other_kinds_of_riff(tmp_path: Path, order: str) -> None:
    if order == "RIFX":
        path = tmp_path / "a.wav"
        soundfile.write(path, noise(), RATE, "PCM_16", endian="BIG", format="WAV")
    else:
        path = wav(tmp_path / "a.wav", noise(), "PCM_16", "RF64")
        path.write_bytes(b"BW64" + path.read_bytes()[4:])
    assert_array_equal(read_audio(path).samples, noise())
    cut(path, 0.5)
    short = read_audio(path).samples
    assert 47_000 < len(short) < 49_000
    assert_array_equal(short, noise()[: len(short)])


# FLAC


@pytest.mark.parametrize("channels", [1, 2, 6])
@pytest.mark.parametrize("stated", [0, 1000, 10**9])
def test_a_flacs_total_is_compared_with_its_packets(tmp_path: Path, channels: int, stated: int) -> None:
    path = wav(tmp_path / "a.flac", noise(FRAMES, channels), "PCM_16", "FLAC")
    data = bytearray(path.read_bytes())
    total = int.from_bytes(data[21:26]) & ~0xFFFFFFFFF | stated
    data[21:26] = total.to_bytes(5)
    path.write_bytes(data)
    assert_array_equal(read_audio(path).samples, noise(FRAMES, channels))
    info = read_info(path)
    assert info.frames == FRAMES
    assert len(info.notices) == bool(stated)  # 0 says that it is not known


@pytest.mark.parametrize("tag", [b"TAG" + bytes(125), b"APETAGEX" + bytes(50)])
def test_tags_round_a_flac_are_no_sound(tmp_path: Path, tag: bytes) -> None:
    path = tmp_path / "a.flac"
    path.write_bytes(ffmpeg("-i", "-", "-f", "flac", "-", data=wav(tmp_path / "s.wav", noise()).read_bytes()))
    path.write_bytes(b"ID3\x04\0\0\0\0\0\x0a" + bytes(10) + path.read_bytes() + tag)
    assert_array_equal(read_audio(path).samples, noise())


def test_damage_inside_a_flac_costs_no_more_than_its_packet(tmp_path: Path) -> None:
    path = wav(tmp_path / "a.flac", noise(10 * FRAMES), "PCM_16", "FLAC")
    data = bytearray(path.read_bytes())
    for place in (0.3, 0.31, 0.8):
        data[int(len(data) * place)] ^= 0x55
    path.write_bytes(data)
    with AudioReader(path) as reader:
        samples = np.concatenate(list(reader.blocks()))
        (notice,) = reader.info.notices
    assert len(samples) == 10 * FRAMES
    wrong = np.flatnonzero((samples != noise(10 * FRAMES)).any(axis=1))
    assert 0 < len(wrong) <= 3 * 4608
    assert not samples[wrong].any()
    assert "damaged" in notice


# MP3


@pytest.fixture(scope="module")
def mp3(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Variable rate: loud at its start, silent for most of it, so that an estimate by the first packets is far off."""
    folder = tmp_path_factory.mktemp("mp3")
    samples = noise(10 * RATE)
    samples[2 * RATE :] = 0
    samples[-RATE:] = noise(RATE)
    ffmpeg("-i", wav(folder / "a.wav", samples), "-q:a", "2", "-id3v2_version", "0", folder / "a.mp3")
    return folder / "a.mp3"


def set_xing(data: bytes, count: int) -> bytes:
    at = next(place for place in (data.find(b"Xing"), data.find(b"Info")) if place >= 0)
    return data[: at + 8] + struct.pack(">I", count) + data[at + 12 :]


@pytest.mark.parametrize("share", [0.1, 0.58, 3.0])
def test_an_mp3_whose_header_lies_is_counted(tmp_path: Path, mp3: Path, share: float) -> None:
    right = decoded_by_ffmpeg(mp3, 2)
    data = mp3.read_bytes()
    path = tmp_path / "a.mp3"
    path.write_bytes(set_xing(data, int(416 * share)))
    audio = read_audio(path)
    assert abs(len(audio.samples) - 10 * RATE) <= 1152
    assert_allclose(audio.samples[: 10 * RATE - 1152], right[: 10 * RATE - 1152], atol=2e-4)
    (notice,) = read_info(path).notices
    assert "header" in notice


@pytest.mark.parametrize("vbri", [False, True])
def test_an_mp3_without_xing_header_is_counted(tmp_path: Path, mp3: Path, vbri: bool) -> None:
    path = tmp_path / "a.mp3"
    ffmpeg("-i", mp3, "-c", "copy", "-write_xing", "0", "-id3v2_version", "0", path)
    right = decoded_by_ffmpeg(path, 2)
    if vbri:
        tag = struct.pack(">4sHHHIIHHHH", b"VBRI", 1, 0, 0, 1000, 50, 0, 1, 2, 1)
        path.write_bytes((path.read_bytes()[:4] + bytes(32) + tag).ljust(417, b"\0")[:417] + path.read_bytes())
        path.write_bytes(b"\xff\xfb\x90\x00" + path.read_bytes()[4:])  # 128 kbit/s at 44 100 Hz are 417 bytes
        path.write_bytes(b"\xff\xfb\x94\x00" + path.read_bytes()[4:384] + path.read_bytes()[417:])  # 384 at 48 000
    audio = read_audio(path)
    assert_allclose(audio.samples, right, atol=2e-4)
    assert len(read_info(path).notices) == vbri


def test_an_mp3_behind_bytes_that_are_none_of_it_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    ffmpeg("-i", wav(tmp_path / "a.wav", noise()), "-write_xing", 0, path)
    right = decoded_by_ffmpeg(path, 2)
    path.write_bytes(np.random.default_rng(4).integers(0, 255, 777, np.uint8).tobytes() + path.read_bytes())
    assert read_info(path).frames == len(read_audio(path).samples) == len(right)
    assert_allclose(read_audio(path).samples, right, atol=1e-4)


@pytest.mark.parametrize("share", [0.3, 0.6])
def test_an_mp3_that_is_cut_off_says_so(tmp_path: Path, mp3: Path, share: float) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(mp3.read_bytes()[: int(mp3.stat().st_size * share)])
    right = decoded_by_ffmpeg(path, 2)
    samples = read_audio(path).samples
    assert abs(len(samples) - len(right)) <= 2 * 1152
    assert_allclose(samples[: len(samples) - 2304], right[: len(samples) - 2304], atol=2e-4)
    (notice,) = read_info(path).notices
    assert "cut off" in notice


def test_mp3s_of_two_rates_in_one_file(tmp_path: Path, mp3: Path) -> None:
    other = tmp_path / "b.mp3"
    ffmpeg("-f", "lavfi", "-i", "sine=300:r=22050:d=5", "-ac", "1", "-id3v2_version", "0", other)
    path = tmp_path / "a.mp3"
    path.write_bytes(mp3.read_bytes() + other.read_bytes())
    with AudioReader(path) as reader:
        samples = np.concatenate(list(reader.blocks()))
        info = reader.info
    assert (info.rate, info.channels) == (48000, 2)
    assert abs(len(samples) - 15 * RATE) < 4 * 1152
    assert any("48,000 Hz and 2 channels" in notice for notice in info.notices)
    part = samples[11 * RATE : 14 * RATE, 0]
    assert np.argmax(np.abs(np.fft.rfft(part * np.hanning(len(part))))) == pytest.approx(300 * 3, abs=1)


# Ogg


def sine(path: Path, frequency: int, codec: str, rate: int = RATE, channels: int = 1, seconds: float = 1) -> Path:
    source = f"sine={frequency}:r={rate}:d={seconds}"
    ffmpeg("-f", "lavfi", "-i", source, "-ac", channels, "-c:a", codec, "-f", "ogg", path)
    return path


CODECS = ["libvorbis", "libopus", "flac"]


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("count", [1, 2, 5])
def test_a_chain_of_ogg_streams_is_read_to_its_end(tmp_path: Path, codec: str, count: int) -> None:
    links = [sine(tmp_path / f"{n}", 300 * (n + 1), codec) for n in range(count)]
    path = tmp_path / "a.ogg"
    path.write_bytes(b"".join(link.read_bytes() for link in links))
    info, samples = read_info(path), read_audio(path).samples[:, 0]
    right = sum(len(decoded_by_ffmpeg(link, 1)) for link in links)
    assert abs(len(samples) - right) <= 128 * count  # ffmpeg drops the first block of Vorbis
    assert info.frames == len(samples)
    assert info.notices == ()
    for n in range(count):
        part = samples[n * RATE + 4800 : (n + 1) * RATE - 4800]
        assert np.argmax(np.abs(np.fft.rfft(part * np.hanning(len(part))))) * RATE / len(part) == pytest.approx(
            300 * (n + 1), abs=3
        )


@pytest.mark.parametrize("codec", ["libvorbis", "flac"])
@pytest.mark.parametrize(("rate", "channels"), [(24000, 1), (44100, 2), (48000, 2)])
def test_links_of_another_rate_become_as_the_first(tmp_path: Path, codec: str, rate: int, channels: int) -> None:
    links = [sine(tmp_path / "1", 300, codec), sine(tmp_path / "2", 500, codec, rate, channels)]
    path = tmp_path / "a.ogg"
    path.write_bytes(b"".join(link.read_bytes() for link in links))
    with AudioReader(path) as reader:
        samples = np.concatenate(list(reader.blocks(1000)))
        (notice,) = reader.info.notices
    assert samples.shape[1] == 1
    assert abs(len(samples) - 2 * RATE) <= 512
    assert "48,000 Hz and 1 channel" in notice
    part = samples[RATE + 4800 : 2 * RATE - 4800, 0]
    assert np.argmax(np.abs(np.fft.rfft(part * np.hanning(len(part))))) * RATE / len(part) == pytest.approx(500, abs=3)
    right = decoded_by_ffmpeg(links[1], channels).mean(axis=1)
    assert_allclose(np.sqrt(np.mean(part**2)), np.sqrt(np.mean(right**2)), rtol=0.03)


def test_ogg_flac_is_exact(tmp_path: Path) -> None:
    path = tmp_path / "a.oga"
    ffmpeg("-i", wav(tmp_path / "s.wav", noise()), "-c:a", "flac", "-f", "ogg", path)
    assert_array_equal(read_audio(path).samples, noise())
    with AudioReader(path) as reader:
        assert_array_equal(reader.read_exact() / np.float32(32768), noise())
        reader.seek(50_000)
        assert_array_equal(reader.read(100), noise()[50_000:50_100])


@pytest.mark.parametrize("codec", CODECS)
def test_an_ogg_that_is_cut_off_is_read_up_to_there(tmp_path: Path, codec: str) -> None:
    path = sine(tmp_path / "a.ogg", 300, codec, seconds=20)
    whole = len(decoded_by_ffmpeg(path, 1))
    cut(path, 0.6)
    samples = read_audio(path).samples
    right = decoded_by_ffmpeg(path, 1)
    assert 0.3 * whole < len(samples) < 0.7 * whole
    assert abs(len(samples) - len(right)) < 4096 + 960


def test_junk_between_ogg_pages_is_passed_over(tmp_path: Path) -> None:
    path = sine(tmp_path / "a.ogg", 300, "libvorbis", seconds=5)
    data = path.read_bytes()
    page = data.index(b"OggS", len(data) // 2)
    path.write_bytes(data[:page] + b"junk" * 100 + data[page:] + b"more" * 100)
    assert abs(len(read_audio(path).samples) - 5 * RATE) <= 128


# speakers

_H = np.sqrt(0.5)
STATED = [  # as ffmpeg calls them, the weights of their channels in the order of WAVE files
    ("3.0", [(1, 0), (0, 1), (_H, _H)]),
    ("3.0(back)", [(1, 0), (0, 1), (0.5, 0.5)]),
    ("2.1", [(1, 0), (0, 1), (0, 0)]),
    ("4.0", [(1, 0), (0, 1), (_H, _H), (0.5, 0.5)]),
    ("quad", [(1, 0), (0, 1), (_H, 0), (0, _H)]),
    ("3.1", [(1, 0), (0, 1), (_H, _H), (0, 0)]),
    ("5.0", [(1, 0), (0, 1), (_H, _H), (_H, 0), (0, _H)]),
    ("4.1", [(1, 0), (0, 1), (_H, _H), (0, 0), (0.5, 0.5)]),
    ("5.1", [(1, 0), (0, 1), (_H, _H), (0, 0), (_H, 0), (0, _H)]),
    ("5.1(side)", [(1, 0), (0, 1), (_H, _H), (0, 0), (_H, 0), (0, _H)]),
    ("6.1", [(1, 0), (0, 1), (_H, _H), (0, 0), (0.5, 0.5), (_H, 0), (0, _H)]),
    ("7.1", [(1, 0), (0, 1), (_H, _H), (0, 0), (_H, 0), (0, _H), (_H, 0), (0, _H)]),
]
TONES = [400, 700, 1100, 1600, 2200, 2900, 3700, 4600]


def tones(path: Path, layout: str, count: int, *options: str) -> Path:
    """A file in which each channel, in the order of WAVE files, has a tone of its own."""
    sources = "|".join(f"0.2*sin(2*PI*{TONES[n]}*t)" for n in range(count))
    ffmpeg("-f", "lavfi", "-i", f"aevalsrc={sources}:c={layout}:s=48000:d=1", *options, path)
    return path


def weights(path: Path, count: int) -> np.ndarray:
    """How loud the tone of each channel is in the stereo mix of the file: (channels, 2)."""
    audio, info = read_audio(path), read_info(path)
    spectrum = np.abs(np.fft.rfft(mix_to_stereo(audio.samples, info.speakers)[:RATE], RATE, axis=0)) / (0.1 * RATE)
    return spectrum[TONES[:count]]


@pytest.mark.parametrize(("layout", "right"), STATED)
@pytest.mark.parametrize("form", ["wav", "w64", "caf", "aiff", "rf64"])
def test_the_speakers_are_those_that_the_file_states(
    tmp_path: Path, layout: str, right: list[tuple[float, float]], form: str
) -> None:
    options = ("-rf64", "always", "-f", "wav") if form == "rf64" else ()
    path = tones(tmp_path / f"a.{form}", layout, len(right), *options)
    assert_allclose(weights(path, len(right)), right, atol=0.01)


@pytest.mark.parametrize(
    ("layout", "form", "codec"),
    [(layout, "flac", "flac") for layout in ("3.0", "quad", "5.0", "5.1", "6.1", "7.1")]
    + [(layout, "oga", "flac") for layout in ("3.0", "5.1", "7.1")]
    + [(layout, "ogg", "libvorbis") for layout in ("3.0", "quad", "5.0", "5.1", "6.1", "7.1")]
    + [(layout, "opus", "libopus") for layout in ("3.0", "quad", "5.1", "7.1")],
)
def test_the_speakers_are_in_the_order_of_the_codec(tmp_path: Path, layout: str, form: str, codec: str) -> None:
    right = dict(STATED)[layout]
    path = tones(tmp_path / f"a.{form}", layout, len(right), "-c:a", codec)
    assert_allclose(weights(path, len(right)), right, atol=0.06)


def test_without_a_stated_layout_the_order_is_that_of_wave_files(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, np.eye(6, dtype=np.float32), RATE, "FLOAT")
    assert_allclose(mix_to_stereo(read_audio(path).samples, read_info(path).speakers), dict(STATED)["5.1"], atol=1e-6)


@pytest.mark.parametrize("form", ["wav", "ogg", "flac"])
def test_a_sound_for_the_generator_is_mixed_down_as_its_file_states(tmp_path: Path, form: str) -> None:
    right = dict(STATED)["5.1"]
    path = tones(tmp_path / f"a.{form}", "5.1", 6)
    arguments = argparse.Namespace(audio_prompt=path)
    prompt = sampling.settings(arguments, "waltz").audio_prompt
    assert prompt is not None
    spectrum = np.abs(np.fft.rfft(prompt.samples[:RATE], RATE, axis=0)) / (0.1 * RATE)
    assert_allclose(spectrum[TONES[:6]], right, atol=0.06)


def test_a_sound_of_one_or_two_channels_is_read_as_it_is(tmp_path: Path) -> None:
    path = wav(tmp_path / "a.wav", noise())
    assert_array_equal(read_stereo(path).samples, read_audio(path).samples)


# other programs, other names


@pytest.mark.parametrize(
    ("form", "codec"), [("m4a", "aac"), ("mp4", "aac"), ("mkv", "libopus"), ("webm", "libvorbis"), ("wma", "wmav2"),
    ("aac", "aac"), ("m4a", "alac"), ("wv", "wavpack"), ("avi", "pcm_s16le"), ("spx.ogg", "libspeex")],
)  # fmt: skip
def test_what_only_ffmpeg_reads_comes_through_it(tmp_path: Path, form: str, codec: str) -> None:
    path = tmp_path / f"a.{form}"
    rate = 16000 if codec == "libspeex" else RATE
    ffmpeg("-f", "lavfi", "-i", f"sine=300:r={rate}:d=3", "-ac", "1", "-c:a", codec, path)
    audio = read_audio(path)
    right = decoded_by_ffmpeg(path, 1)
    assert audio.rate == rate
    assert_array_equal(audio.samples, right)
    assert read_info(path).channels == 1


def test_without_ffmpeg_the_format_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.m4a"
    ffmpeg("-f", "lavfi", "-i", "sine=300:d=1", path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(AudioFileError, match=r"format M4A or MP4.*install the program “ffmpeg”"):
        read_info(path)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"PK\x03\x04", "ZIP"),
        (b"%PDF-1.7", "PDF"),
        (b"MThd\0\0\0\6", "MIDI"),
        (b"fLaC", "FLAC"),
        (b"caff\0\1\0\0", "CAF"),
    ],
)
def test_what_is_refused_is_named(tmp_path: Path, data: bytes, name: str) -> None:
    (tmp_path / "a.wav").write_bytes(data + bytes(2000))
    with pytest.raises(AudioFileError, match=f"is of the format {name}"):
        read_info(tmp_path / "a.wav")


if os.name == "posix":  # elsewhere names are text

    @pytest.mark.parametrize("name", [b"\xff\xfe.wav", b"caf\xe9.flac", b"\x80.mp3", b"\xc3.ogg"])
    def test_a_name_that_is_not_utf8_is_read(tmp_path: Path, name: bytes) -> None:
        path = tmp_path / os.fsdecode(name)
        form = path.suffix[1:].upper()
        with path.open("w+b") as file:
            soundfile.write(file, noise(), RATE, format=form)
            file.seek(0)
            right = soundfile.read(file, dtype="float32", always_2d=True)[0]
        assert_array_equal(read_audio(path).samples, right)
        path.write_bytes(b"nothing")
        with pytest.raises(AudioFileError) as caught:
            read_info(path)
        str(caught.value).encode("utf-8")

    def test_a_pipe_is_never_opened(tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "a.wav")
        with pytest.raises(AudioFileError, match="not a file"):
            read_info(tmp_path / "a.wav")
