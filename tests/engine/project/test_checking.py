"""Flipped bytes in the pool are found, named and mended with the original."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.project import edits
from engine.project.checking import damage_sentence, find_damaged
from engine.project.files import create
from engine.project.importing import import_audio, relink
from engine.project.model import Project, Source, audio_clip, audio_take, new_project
from engine.project.peaks import build_peaks, load_peaks
from engine.project.pool import prepare, read_samples
from tests.places import place_at

RATE = 48000


@pytest.fixture
def originals(tmp_path: Path) -> list[Path]:
    """A file that is mapped as it is, one that is decoded, and one at another rate."""
    paths = [tmp_path / "mapped.wav", tmp_path / "decoded.flac", tmp_path / "resampled.wav"]
    dice = np.random.default_rng(1)
    for path, rate in zip(paths, (RATE, RATE, 44100), strict=True):
        soundfile.write(path, dice.uniform(-0.5, 0.5, (20_000, 2)), rate, subtype="PCM_16")
    return paths


@pytest.fixture
def song(tmp_path: Path, originals: list[Path]) -> tuple[Path, Project]:
    folder = tmp_path / "song"
    project = edits.add_track(new_project("x"), "t", track_id="t")
    create(folder, project)
    for number, path in enumerate(originals):
        source = import_audio(folder, path, RATE)
        clip = audio_clip(
            path.stem,
            place_at(number * 5000),
            1000,
            (audio_take(f"{path.stem}-t", source.id),),
            name=f"clip of {path.stem}",
        )
        project = edits.add_clip(edits.add_source(project, source), "t", clip)
    return folder, project


def flip(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 0x10
    path.write_bytes(data)


def test_a_whole_pool_is_whole(song: tuple[Path, Project]) -> None:
    folder, project = song
    assert find_damaged(folder, project) == []
    assert damage_sentence(project, []) == ""


@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize("share", [0.0, 0.3, 0.999])
def test_one_flipped_bit_is_found_and_named_and_mended(
    song: tuple[Path, Project], originals: list[Path], number: int, share: float
) -> None:
    folder, project = song
    source = next(each for each in project.sources.values() if each.name == originals[number].stem)
    before = read_samples(prepare(folder, source, RATE), 0, 1000)
    whole = (folder / source.file).read_bytes()
    flip(folder / source.file, int(share * (len(whole) - 1)))
    build_peaks(folder, source, RATE) if share == 0.999 else None
    assert find_damaged(folder, project) == [source]
    sentence = damage_sentence(project, [source])
    assert f"“{source.name}”" in sentence
    assert f"“clip of {source.name}”" in sentence

    assert relink(folder, source, originals[number], RATE) == source
    assert (folder / source.file).read_bytes() == whole
    assert find_damaged(folder, project) == []
    assert np.array_equal(read_samples(prepare(folder, source, RATE), 0, 1000), before)
    assert load_peaks(folder, source, RATE) is None


def test_what_cannot_be_checked_is_left_alone(song: tuple[Path, Project]) -> None:
    folder, project = song
    (folder / "audio/old.wav").write_bytes(b"no hash")
    named = Source("old", "audio/old.wav", "old", RATE, 1, 10)
    gone = Source("0123456789abcdef", "audio/0123456789abcdef.wav", "gone", RATE, 1, 10)
    growing = Source("g", "growing/g.f32", "g", RATE, 1, 10, growing=True)
    sources = {**project.sources, "old": named, gone.id: gone, "g": growing}
    assert find_damaged(folder, replace(project, sources=sources)) == []
