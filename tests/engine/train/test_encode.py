"""Encoded sound: aligned, resumable, bound to its model."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.errors import Cancelled, ModelError
from engine.models import checkpoint
from engine.train.data import SoundPool
from engine.train.encode import Encoded, encode, open_splits
from engine.train.encoded_folder import HEADER


def test_latents_tokens_and_codes_are_those_of_the_sound(
    encoded_pool: Path, sound_pool: Path, tiny_model: Path
) -> None:
    train, held_out = open_splits(encoded_pool)
    assert (len(train), len(held_out)) == (12, 8)
    header = train.header
    assert (header.frames, header.tokens, header.windows) == (500, 100, 1)
    assert train.frames_a_token == 5
    pool = SoundPool(sound_pool / "train")
    _, modules = checkpoint.load(tiny_model)
    wave = pool.cut([(2, 0)], 4 * 24000)
    with torch.no_grad():
        assert torch.equal(train.tokens_at([(2, 0)], 100), modules["ssl"](wave.mean(1)))
        codes = modules["mulan"].quantiser.codes(modules["mulan"].embed_music(wave.mean(1)))[0]
        mean = modules["vae"].encode(wave)[0]
        spread = (0.5 * modules["vae"].posterior(wave)[1][0, :, : header.latent_width]).exp() / 3
    assert torch.equal(train.codes_at((2, 0), None), codes)
    latents = train.latents_at([(2, 0)], 100)[0]
    assert ((latents - mean).abs() <= 6 * spread + 1e-3).all()
    assert latents.sub(mean).abs().max() > 1e-3  # sampled, not the mean
    assert np.abs(train.latents).max() <= 1
    window = train.latents_at([(2, 7)], 10)[0]
    assert torch.equal(window, latents[35:85])
    text = train.codes_at((2, 0), 1)
    assert text.shape == (12,)
    assert int(text.max()) < header.code_count


def test_interrupted_it_goes_on_where_it_stopped(
    encoded_pool: Path, sound_pool: Path, tiny_model: Path, tmp_path: Path
) -> None:
    pool = SoundPool(sound_pool / "validation")

    def stop(share: float, text: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        encode(pool, tiny_model, tmp_path, batch=8 // 2, report=stop)
    place = tmp_path / "validation"
    with (place / "tokens.u16").open("ab") as file:
        file.write(b"odd")
    assert len(Encoded(place)) == 4
    assert len(encode(pool, tiny_model, tmp_path, batch=4)) == 8
    for path in place.iterdir():
        expected = encoded_pool / "validation" / path.name
        if path.suffix == ".f16":  # another batch size rounds differently
            ours, theirs = (np.fromfile(p, np.float16).astype(np.float32) for p in (path, expected))
            assert np.abs(ours - theirs).max() < 2e-3
        elif path.name != "codes.u16":
            assert path.read_bytes() == expected.read_bytes(), path.name


def test_what_is_wrong_is_said(encoded_pool: Path, sound_pool: Path, tiny_model: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no encoded sound"):
        open_splits(tmp_path)
    shutil.copytree(encoded_pool, tmp_path / "copy")
    path = tmp_path / "copy" / "validation" / HEADER
    values = json.loads(path.read_text())
    path.write_text(json.dumps(values | {"model": "another"}))
    with pytest.raises(ModelError, match="by different models"):
        open_splits(tmp_path / "copy")
    with pytest.raises(ModelError, match="by another model"):
        encode(SoundPool(sound_pool / "validation"), tiny_model, tmp_path / "copy")
    path.write_text(json.dumps(values | {"format": 9}))
    with pytest.raises(ModelError, match="of format 9"):
        Encoded(path.parent)
    path.write_text("[]")
    with pytest.raises(ModelError, match="damaged"):
        Encoded(path.parent)
    path.write_text(json.dumps(values | {"format": 1}))
    (path.parent / "tokens.u16").write_bytes(b"")
    with pytest.raises(ModelError, match="no encoded excerpt"):
        Encoded(path.parent)
    places = Encoded(encoded_pool / "train")
    with pytest.raises(ModelError, match="fewer than the window"):
        places.places(1, 101, torch.Generator())
