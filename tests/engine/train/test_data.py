"""Pools of sound: the same whoever renders them, whole after an interruption, clear when something is wrong."""

import errno
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.audio import Audio, write_audio
from engine.errors import Cancelled, ModelError
from engine.models.system import PRESETS
from engine.paths import SOUNDFONT_VARIABLE
from engine.train import data
from engine.train.corpus.crops import CropRequest, crop
from engine.train.data import SoundPool, render_pool
from engine.train.excerpts import PoolHeader
from engine.train.pools import SoundRequest, excerpt_seconds, find_or_render

SECOND = PoolHeader(rate=8000, frames=8000, own=True)
FILES = (data.SOUND, data.TRUTH)


def contents(place: Path) -> list[bytes]:
    return [(place / name).read_bytes() for name in FILES]


def test_an_excerpt_is_the_corpus_crop_of_its_index(sound_pool: Path) -> None:
    pool = SoundPool(sound_pool / "train")
    assert len(pool) == 12
    assert pool.minutes == pytest.approx(0.8)
    made = crop(CropRequest(frames=4 * 24000, own=True), 3)
    found = pool.cut([(3, 0)], 4 * 24000)[0].numpy()
    assert np.abs(found - np.clip(made.audio, -1, 1)).max() <= 0.5001 / 32768 + 1 / 32768
    assert pool.truth[3]["captions"] == made.truth["captions"]


def test_interrupted_extended_and_by_several_processes_it_is_the_same(tmp_path: Path) -> None:
    whole = render_pool(tmp_path / "whole", SECOND, 5 / 60, workers=0)
    assert len(whole) == 5

    def stop_after_two(share: float, text: str) -> None:
        if share > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled):
        render_pool(tmp_path / "parts", SECOND, 5 / 60, workers=0, report=stop_after_two)
    place = tmp_path / "parts" / "train"
    with (place / data.SOUND).open("ab") as file:
        file.write(b"half an excerpt")
    with (place / data.TRUTH).open("ab") as file:
        file.write(b'{"half": ')
    assert len(SoundPool(place)) == 2
    assert len(render_pool(tmp_path / "parts", SECOND, 3 / 60, workers=0)) == 3
    assert len(render_pool(tmp_path / "parts", SECOND, 5 / 60, workers=2)) == 5
    assert contents(place) == contents(tmp_path / "whole" / "train")
    assert len(render_pool(tmp_path / "parts", SECOND, 1 / 60, workers=0)) == 5  # what is there stays


def test_crops_follow_from_seed_and_index(sound_pool: Path) -> None:
    pool = SoundPool(sound_pool / "train")
    first, again, other = pool.waves(1, 5, 4, 6000), pool.waves(1, 5, 4, 6000), pool.waves(1, 6, 4, 6000)
    assert first.shape == (4, 1, 6000)
    assert first.dtype == torch.float32
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    wave, truths = pool.examples(1, 5, 4, 6000)
    assert torch.equal(wave, first)
    assert len(truths) == 4
    longer = pool.waves(0, 0, 2, 5 * 24000)  # than an excerpt: silence follows
    assert longer[..., 4 * 24000 :].abs().max() == 0


def test_the_truth_of_a_part_counts_from_its_start(sound_pool: Path) -> None:
    pool = SoundPool(sound_pool / "train")
    whole, part = pool.truth[0], pool.truth_of(0, 24000, 48000)
    assert part["beats"] == [beat - 1 for beat in whole["beats"] if 1 <= beat < 3]
    assert part["start"] == pytest.approx(whole["start"] + 1)
    assert all(0 <= chord["start"] < chord["end"] <= 2 for chord in part["chords"])
    assert all(0 <= frame < 48000 for frames in part["onsets"].values() for frame in frames)
    assert part["genre"] == whole["genre"]


def test_splits_have_different_pieces(sound_pool: Path) -> None:
    pieces = [{truth["piece"] for truth in SoundPool(sound_pool / split).truth} for split in ("train", "validation")]
    assert not pieces[0] & pieces[1]


def test_a_users_recordings(tmp_path: Path) -> None:
    time = np.arange(8000 * 20) / 8000
    sine = (0.5 * np.sin(2 * np.pi * 440 * time)).astype(np.float32)[:, None]
    (tmp_path / "mine").mkdir()
    write_audio(tmp_path / "mine" / "a.wav", Audio(sine, 8000), "PCM_16")
    (tmp_path / "mine" / "a.txt").write_text("a pure tone\n", encoding="utf-8")
    header = PoolHeader(rate=8000, frames=8000, folder=str(tmp_path / "mine"))
    pool = render_pool(tmp_path / "pool", header, 3 / 60, workers=0)
    assert pool.truth[0]["captions"] == ["a pure tone"]
    spectrum = np.abs(np.fft.rfft(pool.cut([(0, 0)], 8000)[0, 0].numpy()))
    assert spectrum.argmax() == 440


def test_a_pool_is_found_or_made_for_the_preset(sound_pool: Path, tmp_path: Path) -> None:
    assert excerpt_seconds(PRESETS["tiny"]) == 8
    assert excerpt_seconds(PRESETS["starter"]) == 20
    tiny = PRESETS["tiny"]
    assert find_or_render(tiny, SoundRequest(data=sound_pool)) == sound_pool
    request = SoundRequest(minutes=2 / 60, seconds=1, own=True, pools=tmp_path, workers=0)
    made = find_or_render(tiny, request)
    train, held_out = data.open_splits(made)
    assert (len(train), len(held_out)) == (2, 1)
    assert train.header.rate == tiny.vae.rate
    with pytest.raises(ModelError, match="does not exist"):
        find_or_render(tiny, SoundRequest(data=tmp_path / "nowhere"))


def test_what_is_wrong_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    render_pool(tmp_path, SECOND, 1 / 60, workers=0)
    place = tmp_path / "train"
    with pytest.raises(ModelError, match="made with rate 8000"):
        render_pool(tmp_path, PoolHeader(rate=16000, frames=8000, own=True), 1 / 60, workers=0)
    with pytest.raises(ModelError, match="no sound pool"):
        SoundPool(tmp_path / "test")
    shutil.copytree(place, tmp_path / "validation")
    (tmp_path / "validation" / data.SOUND).write_bytes(b"")
    with pytest.raises(ModelError, match="is empty"):
        SoundPool(tmp_path / "validation")
    values = json.loads((place / data.HEADER).read_text())
    (place / data.HEADER).write_text(json.dumps(values | {"format": 2}))
    with pytest.raises(ModelError, match="of format 2"):
        SoundPool(place)
    (place / data.HEADER).write_text("{")
    with pytest.raises(ModelError, match="damaged"):
        SoundPool(place)
    monkeypatch.setenv(SOUNDFONT_VARIABLE, str(tmp_path / "none.sf3"))
    with pytest.raises(ModelError, match=r"SoundFont .* does not exist"):
        render_pool(tmp_path / "font", PoolHeader(rate=8000, frames=8000), 1 / 60, workers=0)


def test_a_full_disk_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object) -> Iterator[tuple[bytes, bytes]]:
        raise OSError(errno.ENOSPC, "No space left on device")
        yield

    monkeypatch.setattr(data, "_excerpts", full)
    with pytest.raises(ModelError, match="the disk is full; 1 MB are needed"):
        render_pool(tmp_path, SECOND, 1, workers=0)
