"""Plates: a palette, axes, and a tone at the height at which its frequency stands."""

import struct
import zlib
from pathlib import Path

import numpy as np

from engine.evaluate import spectrogram_figure

RATE = 24000
MARGIN, FOOT, GAP = 34, 14, 5


def read(path: Path) -> np.ndarray:
    """The colours of a PNG with a palette: (height, width, 3)."""
    content, chunks, place = path.read_bytes(), {}, 8
    while place < len(content):
        length, kind = struct.unpack(">I4s", content[place : place + 8])
        chunks[kind] = content[place + 8 : place + 8 + length]
        place += 12 + length
    width, height = struct.unpack(">II", chunks[b"IHDR"][:8])
    rows = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(height, width + 1)
    assert not rows[:, 0].any()
    return np.frombuffer(chunks[b"PLTE"], np.uint8).reshape(-1, 3)[rows[:, 1:]]


def test_a_tone_stands_at_its_frequency(tmp_path: Path) -> None:
    t = np.arange(2 * RATE) / RATE
    tone = (0.5 * np.sin(2 * np.pi * 1000 * t)).astype(np.float32)
    spectrogram_figure.draw(tmp_path / "plate.png", [tone, np.zeros_like(tone)], RATE, width=120, height=80)
    picture = read(tmp_path / "plate.png").astype(int)
    assert picture.shape == (2 * (80 + GAP) + FOOT, MARGIN + 120, 3)
    upper, lower = picture[GAP : GAP + 80, MARGIN:], picture[2 * GAP + 80 : 2 * GAP + 160, MARGIN:]
    place = np.log(1000 / 40) / np.log(RATE / 2 / 40)
    assert abs(int(upper.sum(axis=(1, 2)).argmax()) - round((1 - place) * 79)) <= 1
    assert lower.sum(axis=-1).max() < upper.sum(axis=-1).max() / 3
    tick = picture[GAP + round((1 - place) * 79), MARGIN - 4 : MARGIN]
    assert (tick.sum(axis=-1) < 200).all()


def test_noise_stays_small(tmp_path: Path) -> None:
    noise = 0.1 * np.random.default_rng(0).standard_normal(4 * RATE).astype(np.float32)
    spectrogram_figure.draw(tmp_path / "plate.png", [noise] * 3, RATE, width=460, height=104)
    assert (tmp_path / "plate.png").stat().st_size < 110_000
