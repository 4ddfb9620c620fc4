"""Songs of random clips, written by version 1 of the program, sound as they did then.

`format_1/figures.json` has what numpy and FFmpeg's ebur128 measured of the mixes that version 1 made. The files of the
songs' sources are made here, from the same formula.
"""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.loudness import integrated_loudness
from engine.playback.bounce import BounceRequest, bounce
from engine.playback.wavfile import SampleFormat
from engine.project.files import load

SONGS = Path(__file__).parent / "format_1"
FIGURES = json.loads((SONGS / "figures.json").read_text(encoding="utf-8"))
SOUNDS = [
    (48000, 1, "PCM_16", 30000),
    (44100, 2, "PCM_24", 22000),
    (48000, 2, "FLOAT", 41000),
    (22050, 1, "PCM_16", 12000),
    (44100, 2, "PCM_16", 25000),
]
"""Rate, channels, sample format and frames of the sources, by the number in their names."""


def write_sound(path: Path, number: int) -> None:
    """Two decaying sines in a little noise, rounded to 15 bits so that every format holds them exactly."""
    rate, channels, subtype, frames = SOUNDS[number]
    time = np.arange(frames)[:, None] / rate
    dice = np.random.default_rng(number)
    frequencies = np.array([[110.0 * (number + 1), 165.0 * (number + 1)]])[:, :channels]
    sound = 0.3 * np.sin(2 * np.pi * frequencies * time) * np.exp(-1.5 * time)
    sound += 0.05 * dice.uniform(-1, 1, (frames, channels))
    soundfile.write(path, np.round(sound * 16384).astype(np.float32) / 16384, rate, subtype=subtype)


@pytest.mark.parametrize("name", FIGURES)
def test_a_song_of_version_1_sounds_as_it_did(tmp_path: Path, name: str) -> None:
    folder, figures = tmp_path / "song", FIGURES[name]
    (folder / "audio").mkdir(parents=True)
    shutil.copy(SONGS / f"{name}.json", folder / "project.json")
    project = load(folder)
    for source in project.sources.values():
        write_sound(folder / source.file, int(source.name[1:]))
    bounce(project, folder, BounceRequest(mix=tmp_path / "mix.wav", format=SampleFormat.FLOAT))
    mix, rate = soundfile.read(tmp_path / "mix.wav", dtype="float32", always_2d=True)
    assert (len(mix), rate) == (figures["frames"], figures["rate"])
    assert np.abs(mix).max() == pytest.approx(figures["peak"], rel=1e-4)
    assert np.sqrt(np.square(mix, dtype=float).mean()) == pytest.approx(figures["rms"], rel=1e-4)
    assert integrated_loudness(mix, rate) == pytest.approx(figures["lufs"], abs=0.1)
