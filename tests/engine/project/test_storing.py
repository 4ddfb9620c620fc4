"""Sound from memory into the pool."""

from pathlib import Path

import numpy as np
import pytest

from engine.audio import Audio, read_audio
from engine.errors import AudioFileError
from engine.project.importing import hash_file, import_audio
from engine.project.pool import read_samples, sample_file
from engine.project.storing import store_sound

NOISE = np.random.default_rng(2).uniform(-1.5, 1.5, (4801, 2)).astype(np.float32)


def test_it_is_ready_to_be_played_bit_by_bit(tmp_path: Path) -> None:
    source = store_sound(tmp_path, Audio(NOISE, 44100), "noise")
    assert np.array_equal(read_audio(tmp_path / source.file).samples, NOISE)
    file = sample_file(tmp_path, source, 44100)
    assert np.array_equal(read_samples(file, 0, 4801), NOISE)
    assert hash_file(tmp_path / source.file) == source.id
    assert import_audio(tmp_path, tmp_path / source.file, 44100).id == source.id


def test_the_same_sound_is_the_same_source(tmp_path: Path) -> None:
    first = store_sound(tmp_path, Audio(NOISE, 44100), "noise")
    assert store_sound(tmp_path, Audio(NOISE.copy(), 44100), "noise") == first
    assert [path.name for path in (tmp_path / "audio").iterdir()] == [f"{first.id}.wav"]


def test_what_is_no_number_is_silent(tmp_path: Path) -> None:
    odd = NOISE.copy()
    odd[7, 1] = np.nan
    source = store_sound(tmp_path, Audio(odd, 44100), "odd")
    assert read_samples(sample_file(tmp_path, source, 44100), 7, 1)[0, 1] == 0


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "audio").write_text("in the way")
    with pytest.raises(AudioFileError, match="“noise” could not be written"):
        store_sound(tmp_path, Audio(NOISE, 44100), "noise")
