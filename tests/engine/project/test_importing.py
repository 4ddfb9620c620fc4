import hashlib
import struct
import subprocess
import sys
import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.testing import assert_allclose, assert_array_equal

from engine.audio import Audio, mix_to_stereo, open_writer, read_audio, read_info, resample, write_audio
from engine.errors import AudioFileError, Cancelled
from engine.jobs import Context
from engine.project.importing import hash_file, import_audio, relink
from engine.project.model import Project, Source, new_project
from engine.project.pool import prepare, read_samples, sample_file
from engine.project.sample_file import SampleFile
from engine.project.sources import find_missing

RATE = 48000
ALL = [
    ("wav", "WAV", "PCM_16"),
    ("wav", "WAV", "PCM_24"),
    ("wav", "WAV", "FLOAT"),
    ("wav", "WAVEX", "PCM_16"),
    ("rf64", "RF64", "FLOAT"),
    ("flac", "FLAC", "PCM_24"),
    ("aiff", "AIFF", "PCM_16"),
    ("ogg", "OGG", "VORBIS"),
    ("mp3", "MP3", "MPEG_LAYER_III"),
]


def noise(frames: int, channels: int = 2) -> np.ndarray:
    return np.random.default_rng(frames + channels).uniform(-0.9, 0.9, (frames, channels)).astype(np.float32)


def make(
    path: Path, frames: int = 5000, channels: int = 2, rate: int = RATE, subtype: str = "PCM_16", container: str = "WAV"
) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_audio(path, Audio(noise(frames, channels), rate), subtype, container)
    return path


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def sound(folder: Path, source: Source, rate: int = RATE) -> np.ndarray:
    file = sample_file(folder, source, rate)
    return read_samples(file, 0, file.frames)


@pytest.fixture
def song(tmp_path: Path) -> Path:
    (tmp_path / "song").mkdir()
    return tmp_path / "song"


@pytest.mark.parametrize(("suffix", "container", "subtype"), ALL)
def test_the_player_gets_the_very_samples(
    tmp_path: Path, song: Path, suffix: str, container: str, subtype: str
) -> None:
    original = make(tmp_path / f"Größe 1.{suffix}", subtype=subtype, container=container)
    source = import_audio(song, original, RATE)
    assert source.name == "Größe 1"
    assert source.file == f"audio/{source.id}.{suffix}"
    assert (song / source.file).read_bytes() == original.read_bytes()
    assert source.id == hashlib.sha256(original.read_bytes()).hexdigest()[:16] == hash_file(original)
    assert (source.rate, source.channels, source.subtype) == (RATE, 2, subtype)
    exact = read_audio(original).samples
    assert source.frames == len(exact)
    assert_array_equal(sound(song, source), exact)
    maps_the_original = subtype in ("PCM_16", "FLOAT") and suffix in ("wav", "rf64")
    assert (sample_file(song, source, RATE).path == str(song / source.file)) is maps_the_original


@pytest.mark.parametrize("channels", [1, 2])
def test_what_is_mapped_is_what_the_file_says(tmp_path: Path, song: Path, channels: int) -> None:
    source = import_audio(song, make(tmp_path / "a.wav", 1001, channels), RATE)
    file = sample_file(song, source, RATE)
    assert (file.dtype, file.channels, file.frames, file.growing) == ("<i2", channels, 1001, False)
    mapped = np.memmap(file.path, file.dtype, "r", file.offset, (file.frames, file.channels))
    assert_array_equal(mapped / np.float32(32768), read_audio(tmp_path / "a.wav").samples)


@pytest.mark.parametrize("rate", [11025, 44100, 96000])
@pytest.mark.parametrize(("channels", "subtype"), [(1, "PCM_16"), (2, "FLOAT"), (8, "PCM_24")])
def test_other_rates_and_channels(tmp_path: Path, song: Path, rate: int, channels: int, subtype: str) -> None:
    original = make(tmp_path / "a.wav", 70_001, channels, rate, subtype)
    source = import_audio(song, original, RATE)
    assert (source.rate, source.channels, source.frames) == (rate, channels, 70_001)
    found = sound(song, source)
    assert found.shape == (source.frames_at(RATE), min(channels, 2))
    expected = resample(mix_to_stereo(read_audio(original).samples), rate, RATE)
    assert_allclose(found, expected, atol=2e-6)
    assert (song / source.file).read_bytes() == original.read_bytes()


def test_one_source_at_two_rates(tmp_path: Path, song: Path) -> None:
    source = import_audio(song, make(tmp_path / "a.wav", 4410, rate=44100), 44100)
    with pytest.raises(AudioFileError, match="has to be prepared first"):
        sample_file(song, source, 96000)
    assert prepare(song, source, 96000).frames == 9600
    assert sample_file(song, source, 44100).dtype == "<i2"


def test_same_bytes_same_source(tmp_path: Path, song: Path) -> None:
    first = import_audio(song, make(tmp_path / "a.wav"), RATE)
    (tmp_path / "b.WAVE").write_bytes((tmp_path / "a.wav").read_bytes())
    second = import_audio(song, tmp_path / "b.WAVE", RATE)
    assert (second.id, second.file, second.name) == (first.id, first.file, "b")
    assert files(song) == [first.file]


@pytest.mark.parametrize("subtype", ["FLOAT", "DOUBLE"])
def test_what_is_no_number_is_heard_as_silence(tmp_path: Path, song: Path, subtype: str) -> None:
    samples = noise(1000)
    samples[10], samples[20, 0], samples[30, 1] = np.nan, np.inf, -np.inf
    write_audio(tmp_path / "a.wav", Audio(samples, RATE), subtype)
    source = import_audio(song, tmp_path / "a.wav", RATE)
    assert (song / source.file).read_bytes() == (tmp_path / "a.wav").read_bytes()
    assert_array_equal(sound(song, source), np.where(np.isfinite(samples), samples, 0))
    assert np.isfinite(sound(song, source)).all()


@pytest.mark.parametrize("rate", [RATE, 44100])
def test_the_cache_may_be_deleted(tmp_path: Path, song: Path, rate: int) -> None:
    for number, (suffix, container, subtype) in enumerate(ALL):
        original = make(tmp_path / f"{number}.{suffix}", rate=rate, subtype=subtype, container=container)
        source = import_audio(song, original, RATE)
        before = sound(song, source)
        for path in (song / "cache").glob("*"):
            path.unlink()
        mapped = subtype == "PCM_16" and suffix == "wav" and rate == RATE
        if mapped:
            assert_array_equal(sound(song, source), before)
        else:
            with pytest.raises(AudioFileError, match="prepared first"):
                sample_file(song, source, RATE)
        prepare(song, source, RATE)
        assert_array_equal(sound(song, source), before)


def test_damaged_cache_is_made_anew(tmp_path: Path, song: Path) -> None:
    source = import_audio(song, make(tmp_path / "a.flac", subtype="PCM_24", container="FLAC"), RATE)
    cached = Path(sample_file(song, source, RATE).path)
    cached.write_bytes(cached.read_bytes()[:-1])
    with pytest.raises(AudioFileError, match="prepared first"):
        sample_file(song, source, RATE)
    prepare(song, source, RATE)
    assert_array_equal(sound(song, source), read_audio(tmp_path / "a.flac").samples)


def test_pool_file_that_was_changed_is_noticed(tmp_path: Path, song: Path) -> None:
    for subtype in ("PCM_16", "PCM_24", "FLOAT"):
        source = import_audio(song, make(tmp_path / "a.wav", 5000, subtype=subtype), RATE)
        for path in (song / "cache").glob("*"):
            path.unlink()
        make(song / source.file, 4000, subtype=subtype)
        with pytest.raises(AudioFileError, match="4,000 frames where the project knows 5,000"):
            prepare(song, source, RATE)


@pytest.mark.parametrize(("suffix", "container", "subtype"), [f for f in ALL if f[0] in ("wav", "flac", "aiff")])
@pytest.mark.parametrize("share", [0.0, 0.0001, 0.0002])
def test_a_file_without_a_whole_frame_leaves_nothing(
    tmp_path: Path, song: Path, suffix: str, container: str, subtype: str, share: float
) -> None:
    path = make(tmp_path / f"a.{suffix}", 20_000, subtype=subtype, container=container)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises(AudioFileError):
        import_audio(song, path, RATE)
    assert files(song) == []


@pytest.mark.parametrize(("suffix", "container", "subtype"), [f for f in ALL if f[0] in ("wav", "flac", "aiff")])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_cut_off_file_gives_what_is_there_and_a_notice(
    tmp_path: Path, song: Path, suffix: str, container: str, subtype: str, share: float
) -> None:
    path = make(tmp_path / f"a.{suffix}", 20_000, subtype=subtype, container=container)
    whole = soundfile.read(path, dtype="float32", always_2d=True)[0]
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    notices: list[str] = []
    source = import_audio(song, path, RATE, notice=notices.append)
    assert abs(source.frames - share * 20_000) < 4200  # a FLAC packet holds 4096
    assert_array_equal(sound(song, source), whole[: source.frames])
    assert len(notices) == 1
    assert str(path) in notices[0]
    assert "20,000 frames (0.42 s)" in notices[0]
    prepare(song, source, 44100)
    assert sample_file(song, source, 44100).frames == source.frames_at(44100)


def test_a_song_keeps_the_length_that_an_older_decoder_found(tmp_path: Path, song: Path) -> None:
    """The bytes are the same, so no file was changed: what the song knows of it is played."""
    source = import_audio(song, make(tmp_path / "a.mp3", 50_000, subtype="MPEG_LAYER_III", container="MP3"), RATE)
    exact = sound(song, source)
    for frames in (source.frames - 2000, source.frames + 2000):
        old = replace(source, frames=frames)
        for path in (song / "cache").glob("*"):
            path.unlink()
        prepare(song, old, RATE)
        padded = np.concatenate([exact, np.zeros((2000, 2), np.float32)])
        assert_array_equal(sound(song, old), padded[:frames])


def test_the_length_in_the_header_of_an_mp3_inside_a_wav_is_an_estimate(tmp_path: Path, song: Path) -> None:
    mp3 = make(tmp_path / "a.mp3", 50_000, subtype="MPEG_LAYER_III", container="MP3").read_bytes()
    form = struct.pack("<HHIIHHHHIHHH", 0x55, 2, RATE, 16_000, 1, 0, 12, 1, 2, 384, 1, 0)
    chunks = ((b"fmt ", form), (b"fact", struct.pack("<I", 60_000)), (b"data", mp3))
    body = b"".join(
        name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2) for name, content in chunks
    )
    (tmp_path / "b.wav").write_bytes(b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WAVE" + body)
    assert read_info(tmp_path / "b.wav").subtype == "MPEG_LAYER_III"
    source = import_audio(song, tmp_path / "b.wav", RATE)
    assert 48_000 < source.frames < 56_000
    assert len(sound(song, source)) == source.frames


@pytest.mark.parametrize("suffix", ["mp3", "ogg"])
def test_damaged_streams_give_sound_or_a_sentence(tmp_path: Path, song: Path, suffix: str) -> None:
    container, subtype = ("MP3", "MPEG_LAYER_III") if suffix == "mp3" else ("OGG", "VORBIS")
    whole = make(tmp_path / f"a.{suffix}", 50_000, subtype=subtype, container=container).read_bytes()
    dice = np.random.default_rng(1)
    for _ in range(25):
        data = bytearray(whole[: dice.integers(1, len(whole) + 1)])
        for at in dice.integers(0, len(data), 3):
            data[at] = dice.integers(0, 256)
        (tmp_path / f"b.{suffix}").write_bytes(data)
        try:
            source = import_audio(song, tmp_path / f"b.{suffix}", RATE)
        except AudioFileError:
            continue
        assert len(sound(song, source)) == source.frames_at(RATE)
    assert not list(song.rglob(".part-*"))


class CancelledAt(Context):
    """Cancels itself at the given call of `progress`."""

    def __init__(self, call: int) -> None:
        super().__init__()
        self.left = call

    def progress(self, share: float, text: str = "") -> None:
        assert 0 <= share <= 1
        assert text
        self.left -= 1
        if self.left == 0:
            self.cancel()
        super().progress(share, text)


@pytest.mark.parametrize(("subtype", "rate"), [("FLOAT", RATE), ("PCM_24", RATE), ("PCM_16", 44100)])
def test_cancel_leaves_nothing(tmp_path: Path, song: Path, subtype: str, rate: int) -> None:
    path = make(tmp_path / "a.wav", 400_000, 2, rate, subtype)
    calls = CancelledAt(0)
    (tmp_path / "other").mkdir()
    import_audio(tmp_path / "other", path, RATE, calls)
    assert calls.left < -2
    for call in range(1, -calls.left + 1):
        with pytest.raises(Cancelled):
            import_audio(song, path, RATE, CancelledAt(call))
        assert files(song) == []
    import_audio(song, path, RATE, CancelledAt(0))


def test_progress_only_rises(tmp_path: Path, song: Path) -> None:
    shares: list[float] = []
    path = make(tmp_path / "a.wav", 300_000, subtype="PCM_24")
    import_audio(song, path, RATE, Context(lambda share, text: shares.append(share)))
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_a_long_file_is_never_in_memory(tmp_path: Path, song: Path) -> None:
    path = tmp_path / "long.wav"
    second = np.round(noise(96000) * (1 << 23)).astype(np.int32) << 8
    with open_writer(path, 96000, 2, "PCM_24") as writer:
        for _ in range(60):
            writer.write(second)
    assert path.stat().st_size > 30 << 20
    tracemalloc.start()
    try:
        import_audio(song, path, RATE)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 10 << 20


def test_unwritable_song(tmp_path: Path, song: Path) -> None:
    (song / "audio").touch()
    with pytest.raises(AudioFileError, match="could not be written into the project"):
        import_audio(song, make(tmp_path / "a.wav"), RATE)


FULL = """
import resource, signal, sys
from pathlib import Path
from engine.errors import AudioFileError
from engine.project.importing import import_audio

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]),) * 2)
try:
    import_audio(Path(sys.argv[1]), Path(sys.argv[2]), 48000)
except AudioFileError as error:
    print(error)
"""

if sys.platform != "win32":  # it has no limit on the size of files

    @pytest.mark.parametrize("limit", [10_000, 150_000])
    def test_full_disk_leaves_nothing(tmp_path: Path, song: Path, limit: int) -> None:
        """While copying, and while decoding."""
        path = make(tmp_path / "a.wav", 20_000, subtype="PCM_24")
        command = [sys.executable, "-c", FULL, str(song), str(path), str(limit)]
        ran = subprocess.run(command, capture_output=True, text=True, check=True)
        assert "could not be written into the project" in ran.stdout, ran.stdout + ran.stderr
        assert files(song) == []


def with_sources(*sources: Source) -> Project:
    return replace(new_project("x"), sources={source.id: source for source in sources})


def test_missing_file_is_found_again(tmp_path: Path, song: Path) -> None:
    original = make(tmp_path / "a.wav", subtype="PCM_24")
    source = import_audio(song, original, RATE)
    project = with_sources(source)
    assert find_missing(song, project) == []
    (song / source.file).unlink()
    assert find_missing(song, project) == [source]
    # what is in the cache can still be heard
    assert sample_file(song, source, RATE).frames == source.frames
    moved = original.rename(tmp_path / "renamed.bwf")
    assert relink(song, source, moved, RATE) == source
    assert find_missing(song, project) == []
    assert files(song) == sorted([source.file, f"cache/{source.id}-{RATE}.f32"])


def test_another_file_is_another_source(tmp_path: Path, song: Path) -> None:
    source = import_audio(song, make(tmp_path / "a.wav"), RATE)
    (song / source.file).unlink()
    with pytest.raises(AudioFileError, match="is missing from the project"):
        sample_file(song, source, RATE)
    with pytest.raises(AudioFileError, match="is missing from the project"):
        prepare(song, source, RATE)
    other = relink(song, source, make(tmp_path / "b.wav", 6000), RATE)
    assert other.id != source.id
    assert other.frames == 6000


def test_missing_growing_file(song: Path) -> None:
    source = Source("g", "growing/g.f32", "g", RATE, 2, 10, growing=True)
    with pytest.raises(AudioFileError, match="is missing"):
        sample_file(song, source, RATE)


def test_source_outside_is_never_read(tmp_path: Path, song: Path) -> None:
    make(tmp_path / "secret.wav")
    for file in ("../secret.wav", str(tmp_path / "secret.wav")):
        with pytest.raises(AudioFileError, match="not a path inside the project folder"):
            prepare(song, Source("s", file, "s", RATE, 2, 5000), RATE)


def test_read_samples_beyond_the_ends(tmp_path: Path, song: Path) -> None:
    source = import_audio(song, make(tmp_path / "a.wav", 100), RATE)
    file = sample_file(song, source, RATE)
    exact = read_audio(tmp_path / "a.wav").samples
    assert_array_equal(read_samples(file, -10, 120), np.pad(exact, ((10, 10), (0, 0))))
    assert read_samples(file, 200, 5).tolist() == [[0, 0]] * 5
    assert read_samples(file, 5, 0).shape == (0, 2)
    gone = SampleFile(str(song / "no"), "<f4", 0, 1, 100)
    assert not read_samples(gone, 0, 10).any()
