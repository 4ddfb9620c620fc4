"""Pictures that show what they should."""

from pathlib import Path

import numpy as np
from PIL import Image

from engine.train.pictures import save_png, spectrogram_image, spectrogram_pair


def test_a_png_is_read_back_as_it_was(tmp_path: Path) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (7, 13, 3), np.uint8)
    save_png(tmp_path / "a.png", picture)
    with Image.open(tmp_path / "a.png") as image:
        assert np.array_equal(np.asarray(image), picture)


def test_a_sine_is_one_bright_line_at_its_frequency(tmp_path: Path) -> None:
    sine = np.sin(2 * np.pi * 1000 * np.arange(24000) / 24000).astype(np.float32)
    picture = spectrogram_image(sine, 24000, width=20, height=128)
    row = int(picture[:, 10].astype(int).sum(1).argmax())
    frequencies = np.geomspace(40.0, 12000, 128)[::-1]
    assert abs(np.log(frequencies[row] / 1000)) < 0.06
    spectrogram_pair(tmp_path / "pair.png", sine, sine, rate=24000)
    with Image.open(tmp_path / "pair.png") as image:
        assert image.size == (800, 516)
