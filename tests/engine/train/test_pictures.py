"""Pictures that show what they should."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.errors import ModelError
from engine.train.pictures import curve_image, save_png, spectrogram_image, spectrogram_pair
from engine.train.publish import save_curves


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


def test_a_falling_curve_falls(tmp_path: Path) -> None:
    picture = curve_image([3.0, 2.0, float("nan"), 1.0], width=50, height=40)
    marked = [int(np.argmin(picture[:, column, 0])) for column in range(50)]
    assert marked == sorted(marked)
    assert (marked[0], marked[-1]) == (0, 39)
    (tmp_path / "curve.jsonl").write_text('{"step": 1, "a": 2.0}\n{"step": 2, "a": 1.0, "b": 3}\n', encoding="utf-8")
    save_curves(tmp_path, tmp_path / "curves.png", ["a", "b", "c"])
    with Image.open(tmp_path / "curves.png") as image:
        assert image.size == (800, 324)
    with pytest.raises(ModelError, match="no learning curve of c"):
        save_curves(tmp_path, tmp_path / "none.png", ["c"])
