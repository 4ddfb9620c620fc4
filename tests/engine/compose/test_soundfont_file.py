"""SoundFonts read, cut down, written; and 500 damaged ones."""

import random
from pathlib import Path

import numpy as np
import pytest

from engine.compose.soundfont import BUNDLED, SoundFont, Voice, open_soundfont
from engine.compose.soundfont_file import KeyZone, Sample, SoundFontFile, program_of_samples, write_program
from engine.errors import ModelError
from engine.paths import resources

RATE = 48000
FONT = resources() / "soundfonts" / BUNDLED


@pytest.mark.parametrize(("program", "drums"), [(0, False), (48, False), (38, False), (25, True)])
def test_a_program_alone_sounds_as_in_the_whole_font(tmp_path: Path, program: int, drums: bool) -> None:
    alone = tmp_path / "alone.sf2"
    write_program(alone, SoundFontFile(FONT).program(program, drums=drums))
    notes = [Voice([(0, 12000, 60, 100), (6000, 20000, 38, 80), (20000, 30000, 72, 127)])]
    whole = open_soundfont(FONT).play(notes, program, drums, RATE)
    cut = SoundFont(alone).play(notes, 0, False, RATE)
    frames = min(whole.shape[1], cut.shape[1])
    error = np.abs(whole[:, :frames] - cut[:, :frames]).max()
    assert 20 * np.log10(error / np.abs(whole).max()) < -50  # samples of 16 bits in the place of decoded floats


def test_recordings_on_keys(tmp_path: Path) -> None:
    """A sine of 480 Hz on its root; an octave above it has 960 Hz, where it is not fixed."""
    sine = (20000 * np.sin(2 * np.pi * 480 / RATE * np.arange(RATE))).astype(np.int16)
    sample = Sample(sine, RATE, loop=(0, RATE))
    path = tmp_path / "keys.sf2"
    zones = [KeyZone(sample, 48, 84, 60), KeyZone(sample, 36, 36, 60, fixed=True)]
    write_program(path, program_of_samples("keys", zones))

    def hertz(pitch: int) -> float:
        sound = SoundFont(path).play([Voice([(0, RATE, pitch, 127)])], 0, False, RATE)[0, 4800:43200]
        spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
        return float(np.argmax(spectrum)) * RATE / len(sound)

    assert hertz(60) == pytest.approx(480, abs=1.5)
    assert hertz(72) == pytest.approx(960, abs=1.5)
    assert hertz(36) == pytest.approx(480, abs=1.5)
    assert SoundFontFile(path).presets() == [(0, 0, "keys")]


def test_programs_that_a_font_lacks_are_the_nearest(tmp_path: Path) -> None:
    sample = Sample(np.ones(1000, np.int16), RATE)
    path = tmp_path / "one.sf2"
    write_program(path, program_of_samples("one", [KeyZone(sample)]))
    font = SoundFontFile(path)
    assert font.program(99, drums=False).name == "one"
    assert font.program(0, drums=True).name == "one"
    assert [name for _, _, name in SoundFontFile(FONT).presets() if name == "Yamaha Grand Piano"]


def test_500_damaged_fonts_are_sentences_or_sound(tmp_path: Path) -> None:
    chance = random.Random(5)
    wave = (8000 * np.sin(np.arange(2000) / 7)).astype(np.int16)
    path = tmp_path / "good.sf2"
    zones = [KeyZone(Sample(wave, RATE, loop=(100, 1900)), 0, 60, 50), KeyZone(Sample(wave, RATE), 61, 127, 70)]
    write_program(path, program_of_samples("good", zones))
    good = path.read_bytes()
    lists = good.index(b"phdr") - 20
    sentences = []
    for number in range(500):
        data = bytearray(good)
        for _ in range(chance.choice([1, 2, 8])):
            at = chance.randrange(lists, len(data)) if chance.random() < 0.8 else chance.randrange(len(data))
            data[at] = chance.randrange(256)
        if number % 5 == 0:
            del data[chance.randrange(20, len(data)) :]
        bad = tmp_path / "bad.sf2"
        bad.write_bytes(data)
        try:
            program = SoundFontFile(bad).program(chance.randrange(128), drums=chance.random() < 0.3)
        except ModelError as error:
            sentences.append(str(error))
            continue
        alone = tmp_path / "alone.sf2"
        write_program(alone, program)
        try:
            font = SoundFont(alone)
        except ModelError:
            continue
        assert font.play([Voice([(0, 500, 60, 100), (100, 800, 90, 30)])], 0, False, RATE).shape[0] == 2
    assert 100 < len(sentences) < 500
    assert all(sentence.endswith(".") for sentence in sentences)


def test_no_soundfont_at_all(tmp_path: Path) -> None:
    (tmp_path / "empty.sf2").touch()
    (tmp_path / "text.sf2").write_text("not a SoundFont, though its name says so")
    for name in ("empty.sf2", "text.sf2", "missing.sf2"):
        with pytest.raises(ModelError, match=name):
            SoundFontFile(tmp_path / name)
