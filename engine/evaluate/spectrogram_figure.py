"""Spectrograms of several sounds under one another, with axes, as PNG of few colours and so of modest size."""

import struct
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.evaluate.datasets import Wave
from engine.train.pictures import spectrogram_image

_LEVELS = 24
_PAPER, _INK = _LEVELS, _LEVELS + 1
_FINE = 2  # pixels of the spectrogram in each of the plate's, along both axes
_MARGIN, _FOOT, _GAP = 34, 14, 5
_LOWEST = 40.0  # Hz, see `spectrogram_image`
_TICKS = ((100.0, "100"), (1000.0, "1k"), (10000.0, "10k"))
_GLYPHS = {
    "0": "01110 10001 10011 10101 11001 10001 01110",
    "1": "00100 01100 00100 00100 00100 00100 01110",
    "2": "01110 10001 00001 00110 01000 10000 11111",
    "3": "01110 10001 00001 00110 00001 10001 01110",
    "4": "00010 00110 01010 10010 11111 00010 00010",
    "5": "11111 10000 11110 00001 00001 10001 01110",
    "6": "00110 01000 10000 11110 10001 10001 01110",
    "7": "11111 00001 00010 00100 01000 01000 01000",
    "8": "01110 10001 10001 01110 10001 10001 01110",
    "9": "01110 10001 10001 01111 00001 00010 01100",
    "k": "10000 10010 10100 11000 10100 10010 10001",
    "s": "00000 00000 01111 10000 01110 00001 11110",
    "H": "10001 10001 10001 11111 10001 10001 10001",
    "z": "00000 00000 11111 00010 00100 01000 11111",
    " ": "00000 00000 00000 00000 00000 00000 00000",
}

Picture = NDArray[np.uint8]
"""Numbers of colours (height, width)."""


def draw(path: Path, waves: Sequence[Wave], rate: int, *, width: int, height: int) -> None:
    """Writes the spectrograms of mono sounds of equal length under one another, frequency in Hz at the left.

    Seconds stand below.
    """
    shown = [spectrogram_image(wave, rate, width=_FINE * width, height=_FINE * height) for wave in waves]
    colours = np.stack([_coarse(each) for each in shown])  # (n, height, width, 3)
    brightness = colours.sum(axis=-1)  # the ramp's colours get brighter in their sum, too
    edges = np.linspace(brightness.min(), brightness.max() + 1e-3, _LEVELS + 1)
    numbers = np.digitize(brightness, edges[1:-1]).astype(np.uint8)
    palette = np.zeros((_LEVELS + 2, 3), np.uint8)
    for level in range(_LEVELS):
        if (numbers == level).any():
            palette[level] = colours[numbers == level].mean(axis=0).round()
    palette[_PAPER], palette[_INK] = (250, 250, 250), (40, 40, 48)
    rows = [_beside_frequencies(picture, rate) for picture in numbers]
    gap = np.full((_GAP, rows[0].shape[1]), _PAPER, np.uint8)
    parts = [part for row in rows for part in (gap, row)]
    _save(path, np.concatenate([*parts, _seconds(width, len(waves[0]) / rate)]), palette)


def _coarse(picture: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The mean of each `_FINE` by `_FINE` pixels."""
    height, width = picture.shape[0] // _FINE, picture.shape[1] // _FINE
    means: NDArray[np.float64] = picture.reshape(height, _FINE, width, _FINE, 3).mean(axis=(1, 3))
    return means


def _beside_frequencies(picture: Picture, rate: int) -> Picture:
    height = len(picture)
    margin = np.full((height, _MARGIN), _PAPER, np.uint8)
    for hertz, name in _TICKS:
        place = np.log(hertz / _LOWEST) / np.log(rate / 2 / _LOWEST)
        row = round((1 - place) * (height - 1))
        if 4 <= row < height - 4:
            margin[row, -4:] = _INK
            _write(margin, name, row - 3, _MARGIN - 7 - 6 * len(name))
    return np.concatenate((margin, picture), axis=1)


def _seconds(width: int, seconds: float) -> Picture:
    foot = np.full((_FOOT, _MARGIN + width), _PAPER, np.uint8)
    step = next(each for each in (1, 2, 5, 10, 20, 60) if seconds / each <= 10 or each == 60)
    for time in range(0, int(seconds) + 1, step):
        column = _MARGIN + min(round(time / seconds * width), width - 1)
        foot[:3, column] = _INK
        name = f"{time} s"
        _write(foot, name, 5, min(column - 3, foot.shape[1] - 6 * len(name)))
    _write(foot, "Hz", 0, 6)
    return foot


def _write(picture: Picture, text: str, top: int, left: int) -> None:
    for number, letter in enumerate(text):
        glyph = np.array([[bit == "1" for bit in row] for row in _GLYPHS[letter].split()])
        place = picture[top : top + 7, left + 6 * number : left + 6 * number + 5]
        place[glyph] = _INK


def _save(path: Path, picture: Picture, palette: NDArray[np.uint8]) -> None:
    height, width = picture.shape
    rows = np.concatenate((np.zeros((height, 1), np.uint8), picture), axis=1)  # filter 0 each

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)  # 8 bits, a palette
    parts = (
        (b"IHDR", header), (b"PLTE", palette.tobytes()), (b"IDAT", zlib.compress(rows.tobytes(), 9)), (b"IEND", b""),
    )  # fmt: skip
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, content) for kind, content in parts))
