"""Derived sounds: kept whole or not at all, thrown away at will, and made again with the same samples."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.audio import Audio, write_audio
from engine.errors import AudioFileError
from engine.project.derived import Derived, find_derived, write_derived
from engine.project.importing import import_audio
from engine.project.layout import CACHE
from engine.project.pool import prepare, sample_file

RATE = 48_000


@pytest.fixture
def song(tmp_path: Path) -> Path:
    (folder := tmp_path / "Song").mkdir()
    return folder


def noise(frames: int, channels: int) -> np.ndarray:
    return np.random.default_rng(7).uniform(-0.5, 0.5, (frames, channels)).astype(np.float32)


def test_a_resampled_source_is_thrown_away_and_made_again_alike(song: Path, tmp_path: Path) -> None:
    write_audio(tmp_path / "hiss.wav", Audio(noise(4410, 2), 44_100), "FLOAT")
    source = import_audio(song, tmp_path / "hiss.wav", RATE)
    file = sample_file(song, source, RATE)
    (cached,) = (song / CACHE).iterdir()
    assert (file.path, file.frames) == (str(cached), 4800)
    before = cached.read_bytes()
    cached.unlink()
    with pytest.raises(AudioFileError, match="has to be prepared first"):
        sample_file(song, source, RATE)
    assert prepare(song, source, RATE) == file
    assert cached.read_bytes() == before


def test_the_sound_of_a_recipe_is_found_under_its_hash(song: Path) -> None:
    samples = noise(1000, 2)
    assert find_derived(song, "abc") is None
    written = write_derived(song, "abc", "Notes", (samples[:300], samples[300:]))
    assert written == find_derived(song, "abc")
    assert written.frames == 1000
    assert Path(written.path).read_bytes() == samples.tobytes()
    assert find_derived(song, "abd") is None


def test_what_fails_on_the_way_leaves_nothing(song: Path) -> None:
    def blocks() -> Iterator[np.ndarray]:
        yield noise(100, 2)
        raise AudioFileError("the instrument is missing")

    with pytest.raises(AudioFileError, match="instrument is missing"):
        write_derived(song, "abc", "Notes", blocks())
    assert list((song / CACHE).iterdir()) == []
    assert find_derived(song, "abc") is None


def test_where_the_song_cannot_be_written_the_file_lies_outside(song: Path, tmp_path: Path) -> None:
    place, written = Derived(song / CACHE / "a.f32", lambda: tmp_path / "cache" / "a.f32"), list[Path]()

    def write(part: Path) -> int:
        written.append(part)
        if part.is_relative_to(song):
            raise PermissionError(13, "Permission denied")
        return part.write_bytes(b"12345678")

    assert place.keep_whole(song, "a", write) == 8
    assert [path.is_relative_to(song) for path in written] == [True, False]
    assert not place.lies_inside(8)
    assert place.find_outside(8) == tmp_path / "cache" / "a.f32"
    assert place.find_outside(4) is None, "another length is another sound"


def test_a_disk_that_fails_is_said_in_one_sentence(song: Path, tmp_path: Path) -> None:
    def write(part: Path) -> int:
        raise OSError(28, "No space left on device")

    with pytest.raises(AudioFileError, match=r"“a” could not be written into the project .*: check that"):
        Derived(song / CACHE / "a.f32", lambda: tmp_path / "a.f32").keep_whole(song, "a", write)
    assert not (tmp_path / "a.f32").exists()
