"""Exports as FLAC, AIFF, MP3 and Opus: the right samples, length and start by ffmpeg, tags, rates, refusals."""

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.audio import read_audio
from engine.cli import main
from engine.encoding import FileType, encode, file_type
from engine.errors import Cancelled, ExportError
from engine.jobs import Context
from engine.playback.bounce import BounceRequest, bounce
from engine.playback.wavfile import SampleFormat
from engine.project import files
from engine.tags.facts import FileTags
from engine.tags.file_parts import replace_part
from engine.tags.id3 import id3
from tests.engine.playback.test_bounce import Song
from tests.measures import db

RATE = 48000
FRAMES = 100_003


@pytest.fixture
def song(tmp_path: Path) -> Song:
    """Two tracks: a stroke of noise after a tenth of a second over tones, and noise; 16 bits hold neither."""
    song = Song(tmp_path)
    rng = np.random.default_rng(3)
    time = np.arange(FRAMES)[:, None] / RATE
    tones = 0.2 * np.sin(2 * np.pi * np.array([[220.0, 330.0]]) * time)
    tones[4800:4900] += 0.12 * rng.standard_normal((100, 2))
    song.add(tones.astype(np.float32), "Keys")
    hiss = rng.standard_normal((FRAMES + 31, 2)).cumsum(axis=0)
    song.add((0.01 * (hiss[31:] - hiss[:-31])).astype(np.float32), "Noise")  # the top is what codecs leave out
    return song


def decoded(path: Path, channels: int = 2) -> np.ndarray:
    """The samples as ffmpeg decodes them: (frames, channels)."""
    command = ["ffmpeg", "-v", "error", "-i", path, "-f", "f64le", "-"]
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    return np.frombuffer(raw).reshape(-1, channels)


def tags(path: Path) -> dict[str, str]:
    """What ffprobe reads of the file's tags, its streams' and its own, by their names in small letters."""
    command = ["ffprobe", "-v", "error", "-show_entries", "format_tags:stream_tags", "-of", "json", path]
    found = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    both = [found["format"], *found.get("streams", [])]
    return {key.lower(): text for each in both for key, text in each.get("tags", {}).items()}


def lag(sound: np.ndarray, reference: np.ndarray) -> int:
    """The frames by which `sound` is late, by the stroke in it."""
    products = np.correlate(sound[4000:6000, 0], reference[4700:5000, 0], "valid")
    return int(products.argmax()) - 700


@pytest.mark.parametrize("bits", [SampleFormat.PCM_16, SampleFormat.PCM_24])
@pytest.mark.parametrize("kind", [FileType.FLAC, FileType.AIFF])
def test_lossless_files_hold_the_samples_of_the_wav_file(song: Song, kind: FileType, bits: SampleFormat) -> None:
    wanted = BounceRequest(mix=song.out / "mix.wav", stems=song.out, format=bits)
    wav = bounce(song.project, song.folder, wanted)
    other = replace(wanted, mix=song.out / f"mix{kind.suffix}", stem_type=kind)
    report = bounce(song.project, song.folder, other)
    assert [each.path.name for each in report.files] == [
        f"{name}{kind.suffix}" for name in ("mix", "01 Keys", "02 Noise")
    ]
    for one, two in zip(wav.files, report.files, strict=True):
        samples = decoded(two.path)
        assert len(samples) == FRAMES
        assert np.array_equal(samples, decoded(one.path))
    assert read_audio(report.files[0].path).samples.shape == (FRAMES, 2)
    assert kind.label in report.text()


def test_aiff_files_keep_floats(song: Song) -> None:
    project = replace(song.project, master_gain_db=24.0)
    wanted = BounceRequest(mix=song.out / "mix.aif", format=SampleFormat.FLOAT)
    bounce(project, song.folder, wanted)
    bounce(project, song.folder, replace(wanted, mix=song.out / "mix.wav"))
    samples = decoded(song.out / "mix.aif")
    assert np.abs(samples).max() > 1.5
    assert np.array_equal(samples, decoded(song.out / "mix.wav"))


@pytest.mark.parametrize("kind", [FileType.MP3, FileType.OPUS])
def test_lossy_files_begin_and_end_with_the_song_and_are_as_loud(song: Song, kind: FileType) -> None:
    bounce(song.project, song.folder, BounceRequest(mix=song.out / "mix.wav"))
    report = bounce(song.project, song.folder, BounceRequest(mix=song.out / f"mix{kind.suffix}"))
    exact, samples = decoded(song.out / "mix.wav"), decoded(report.files[0].path)
    assert len(samples) == FRAMES
    assert lag(samples, exact) == 0
    assert db(samples) == pytest.approx(db(exact), abs=0.02)
    own = read_audio(report.files[0].path).samples
    assert len(own) == FRAMES
    assert lag(own, exact) == 0
    assert kind.label in report.text()


@pytest.mark.parametrize("kind", list(FileType))
def test_tags_say_what_it_is(song: Song, kind: FileType) -> None:
    project = replace(song.project, name="Für Élise – ♫")
    bounce(project, song.folder, BounceRequest(mix=song.out / f"mix{kind.suffix}"))
    found = tags(song.out / f"mix{kind.suffix}")
    assert found["title"] == "Für Élise – ♫"
    assert "120 BPM" in found["comment"]
    if kind is FileType.MP3:
        assert (found["tbpm"], found["album"]) == ("120", "Für Élise – ♫")


def test_a_rate_that_a_type_lacks_is_resampled_and_said(tmp_path: Path) -> None:
    song = Song(tmp_path, rate=88200)
    song.add(0.3 * np.ones((88200, 2), np.float32), "Steady")
    report = bounce(song.project, song.folder, BounceRequest(mix=song.out / "mix.mp3", stems=song.out / "stems"))
    assert (report.rate, report.frames) == (44100, 44100)
    assert "MP3 files cannot have the song's 88,200 Hz: all were made at 44,100 Hz." in report.notes
    assert len(decoded(song.out / "mix.mp3")) == 44100
    assert bounce(song.project, song.folder, BounceRequest(mix=song.out / "mix.opus")).rate == 48000
    with pytest.raises(ExportError, match="MP3 files cannot have 96,000 Hz: choose 32,000, 44,100, 48,000 Hz"):
        bounce(song.project, song.folder, BounceRequest(mix=song.out / "b.mp3", rate=96000))


@pytest.mark.parametrize(
    ("kind", "rate", "nearest"),
    [
        (FileType.FLAC, 192000, 192000),
        (FileType.MP3, 48000, 48000),
        (FileType.MP3, 176400, 44100),
        (FileType.MP3, 64000, 32000),
        (FileType.MP3, 50000, 48000),
        (FileType.MP3, 7000, 8000),
        (FileType.OPUS, 44100, 48000),
    ],
)
def test_the_nearest_rate_of_the_same_family(kind: FileType, rate: int, nearest: int) -> None:
    assert kind.rate_for(rate) == nearest


def test_what_cannot_be_is_a_sentence_and_leaves_nothing(song: Song) -> None:
    for request, words in (
        (BounceRequest(mix=song.out / "mix.flac", format=SampleFormat.FLOAT), "FLAC files hold no 32-bit floats"),
        (BounceRequest(mix=song.out / "mix.m4a"), "is not the name of an audio file that can be written"),
        (BounceRequest(mix=song.out / "mix.doc"), "let it end with .wav, .flac, .aiff, .mp3 or .opus"),
    ):
        with pytest.raises(ExportError, match=words):
            bounce(song.project, song.folder, request)
    assert not song.out.exists()


def test_a_cancel_while_encoding_leaves_nothing(song: Song) -> None:
    texts = []

    def report(share: float, text: str) -> None:
        texts.append(text)
        if text == "Encoding":
            context.cancel()

    context = Context(report)
    with pytest.raises(Cancelled):
        bounce(song.project, song.folder, BounceRequest(mix=song.out / "mix.flac", stems=song.out), context)
    assert "Encoding" in texts
    assert not song.out.exists()


def test_clipping_is_refused_for_lossy_files_too(song: Song) -> None:
    project = replace(song.project, master_gain_db=24.0)
    with pytest.raises(ExportError, match="clipped"):
        bounce(project, song.folder, BounceRequest(mix=song.out / "mix.mp3", format=SampleFormat.FLOAT))
    assert not song.out.exists()


def test_the_shell_takes_the_type_from_the_ending(song: Song, capsys: pytest.CaptureFixture[str]) -> None:
    files.save(song.folder, song.project)
    words = ["--mix", str(song.out / "m.flac"), "--stems", str(song.out / "stems"), "--container", "opus", "--json"]
    assert main(["bounce", str(song.folder), *words]) == 0
    content = json.loads(capsys.readouterr().out)
    assert [each["type"] for each in content["files"]] == ["flac", "opus", "opus"]
    assert sorted(path.name for path in (song.out / "stems").iterdir()) == ["01 Keys.opus", "02 Noise.opus"]
    assert main(["bounce", str(song.folder), "--mix", str(song.out / "m.xyz")]) == 1
    assert "let it end with" in capsys.readouterr().err


def test_endings_in_any_letters() -> None:
    assert file_type(Path("A.FLAC")) is FileType.FLAC
    assert file_type(Path("a.Aif")) is FileType.AIFF
    with pytest.raises(ExportError):
        file_type(Path("a"))


def test_a_tag_is_put_before_a_file_of_many_blocks(tmp_path: Path) -> None:
    content = np.random.default_rng(0).bytes((1 << 21) + 12345)
    (tmp_path / "a").write_bytes(content)
    head = id3(FileTags(title="T" * 5000))
    with (tmp_path / "a").open("r+b") as file:
        replace_part(file, 0, 0, head)
    assert (tmp_path / "a").read_bytes() == head + content


def test_what_libsndfile_cannot_write_is_an_error_of_the_system(song: Song, tmp_path: Path) -> None:
    bounce(song.project, song.folder, BounceRequest(mix=song.out / "mix.wav"))
    with pytest.raises(OSError, match="libsndfile"):
        encode(song.out / "mix.wav", tmp_path / "missing" / "a.flac", FileType.FLAC, FileTags(), Context())
