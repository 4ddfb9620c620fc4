"""Which pitch classes sound, from moment to moment: peaks of the spectrum, less what lies around them. Plain numpy."""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from engine.analysis.sound import RATE

Values = NDArray[np.float64]

SILENT = 10 ** (-60 / 20)
"""Of full scale: what is not louder does not sound."""

_WINDOW, _HOP = 8192, 1024
_LOWEST, _SPLIT, _HIGHEST = 28, 48, 96  # MIDI notes: low ones count as bass, the others as harmony


def tones_between(sound: NDArray[np.float32], edges: Values) -> tuple[Values, Values, NDArray[np.bool_]]:
    """How much of each pitch class sounds between edges, high and low (N, 12), and whether anything does (N,)."""
    padded = np.pad(sound, _WINDOW // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP]
    window = np.hanning(_WINDOW).astype(np.float32)
    bank = _bank()
    width = bank.shape[1]
    notes = np.concatenate(
        [
            np.sqrt(np.abs(np.fft.rfft(frames[at : at + 128] * window, axis=1))[:, :width]) @ bank.T
            for at in range(0, len(frames), 128)
        ]
    )  # (T, notes)
    count = len(edges) - 1
    high, low, loud = np.zeros((count, 12)), np.zeros((count, 12)), np.zeros(count, bool)
    classes = np.arange(_LOWEST, _HIGHEST) % 12
    for number, (first, last) in enumerate(pairwise(edges)):
        at = max(0, round((first + 0.1 * (last - first)) * RATE / _HOP))
        inside = notes[at : max(at + 1, round(last * RATE / _HOP))]
        if not len(inside):
            continue
        middle = np.median(inside, axis=0)  # strokes of drums are short
        floor = np.array([np.median(middle[max(0, n - 6) : n + 7]) for n in range(len(middle))])
        peaks = np.maximum(middle - floor, 0)
        split = _SPLIT - _LOWEST
        high[number] = np.bincount(classes[split:], peaks[split:], 12) + 0.5 * np.bincount(
            classes[:split], peaks[:split], 12
        )
        low[number] = np.bincount(classes[:split], peaks[:split], 12)
        margin = 0.1 * (last - first)  # beats are played a little early and late
        part = sound[round((first + margin) * RATE) : round((last - margin) * RATE)]
        loud[number] = bool(len(part)) and float(np.abs(part).max()) > SILENT and high[number].sum() > 0
    return high, low, loud


def _bank() -> NDArray[np.float32]:
    """Triangles around the notes: (notes, bins)."""
    frequencies = np.fft.rfftfreq(_WINDOW, 1 / RATE)
    frequencies = frequencies[frequencies < 440 * 2 ** ((_HIGHEST + 1 - 69) / 12)]
    pitch = 69 + 12 * np.log2(np.maximum(frequencies, 1e-3) / 440)
    away = np.abs(pitch[None] - np.arange(_LOWEST, _HIGHEST)[:, None])
    bank: NDArray[np.float32] = np.maximum(1 - away / 0.6, 0).astype(np.float32)
    return bank / np.maximum(bank.sum(axis=1, keepdims=True), 1e-6)
