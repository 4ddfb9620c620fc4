import shutil
from pathlib import Path

import numpy as np
import pytest

from engine.compose.soundfont import BUNDLED, SoundFont, Voice
from engine.errors import ModelError
from engine.paths import resources
from engine.playback.live_instrument import live_sound
from engine.project.model import Instrument


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONTINUO_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_an_instrument_is_cut_out_once_and_sounds(cache: Path) -> None:
    sound = live_sound(Instrument(trim_db=9.0, level_db=-4.0, gain_db=-11.0, pan=0.0))
    assert sound.left == sound.right == pytest.approx(10 ** (-6 / 20))
    written = sound.file.stat().st_mtime_ns
    assert live_sound(Instrument()).file == sound.file
    assert sound.file.stat().st_size < 10e6  # the whole font has 24 MB, compressed
    played = SoundFont(sound.file).play([Voice([(0, 24000, 60, 100)])], 0, False, 48000)
    assert np.abs(played).max() > 0.01
    assert written
    assert list((cache / "instruments").glob("*.part")) == []


def test_pan_of_the_strip_and_kits() -> None:
    assert live_sound(Instrument(pan=-1.0)).right == 0.0
    kit = live_sound(Instrument(name="standard kit", program=0, drums=True))
    assert kit.file != live_sound(Instrument(program=0)).file


def test_own_synthesis_is_stood_for_by_a_program() -> None:
    bass = live_sound(Instrument(name="sub bass", program=None, patch="sub"))
    assert bass.file == live_sound(Instrument(program=38)).file


def test_a_font_of_the_users_that_is_gone_or_damaged(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"gone\.sf2"):
        live_sound(Instrument(soundfont=str(tmp_path / "gone.sf2")))
    cut = tmp_path / "cut.sf2"
    shutil.copy(resources() / "soundfonts" / BUNDLED, cut)
    with cut.open("r+b") as file:
        file.truncate(5000)
    with pytest.raises(ModelError, match=r"cut\.sf2"):
        live_sound(Instrument(soundfont=str(cut)))


def test_a_cache_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("CONTINUO_CACHE", str(tmp_path / "file"))
    with pytest.raises(ModelError, match="cannot be written"):
        live_sound(Instrument())
