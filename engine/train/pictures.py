"""Spectrograms and learning curves as PNG, for looking at what a model does."""

import struct
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_RANGE_DB = 90.0
# black, violet, orange, near white: brighter is louder, and still so in grey
_RAMP = np.array([(8, 8, 16), (80, 20, 110), (200, 60, 80), (250, 160, 60), (252, 250, 220)], np.float32)


def spectrogram_image(
    wave: NDArray[np.float32], rate: int, *, width: int = 800, height: int = 256
) -> NDArray[np.uint8]:
    """The log-frequency spectrogram of mono sound (T,), 40 Hz to half the rate, 90 dB deep: (height, width, 3)."""
    size = 2048
    padded = np.pad(wave, (size // 2, size // 2))
    starts = np.linspace(0, max(len(padded) - size, 0), width).astype(int)
    frames = np.stack([np.pad(padded[s : s + size], (0, max(size - len(padded[s : s + size]), 0))) for s in starts])
    spectrum = np.abs(np.fft.rfft(frames * np.hanning(size))) / (size / 4)  # (width, F)
    frequencies = np.geomspace(40.0, rate / 2, height)
    level = spectrum[:, np.minimum((frequencies / rate * size).round().astype(int), size // 2)].T[::-1]
    share = np.clip(1 + 20 * np.log10(level + 1e-9) / _RANGE_DB, 0, 1) * (len(_RAMP) - 1)  # (height, width)
    low = np.minimum(share.astype(int), len(_RAMP) - 2)
    rest = (share - low)[..., None]
    return (_RAMP[low] * (1 - rest) + _RAMP[low + 1] * rest).astype(np.uint8)


def save_png(path: Path, picture: NDArray[np.uint8]) -> None:
    """Writes a picture (height, width, 3)."""
    height, width, _ = picture.shape
    rows = np.concatenate((np.zeros((height, 1), np.uint8), picture.reshape(height, -1)), axis=1)  # filter 0 each

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)  # 8 bits, RGB
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes(), 9)), (b"IEND", b""))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, content) for kind, content in parts))


def save_rows(path: Path, rows: Sequence[NDArray[np.uint8]]) -> None:
    """Writes pictures of equal width under one another, a thin line between them."""
    gap = np.full((4, rows[0].shape[1], 3), 128, np.uint8)
    parts = [part for row in rows for part in (row, gap)][:-1]
    save_png(path, np.concatenate(parts))


def spectrogram_pair(path: Path, original: NDArray[np.float32], decoded: NDArray[np.float32], *, rate: int) -> None:
    """The original above, what the model made of it below."""
    save_rows(path, [spectrogram_image(original, rate), spectrogram_image(decoded, rate)])
