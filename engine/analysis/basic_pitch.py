"""Which notes sound when: the network of basic-pitch, in numpy.

Bittner et al. 2022, “A lightweight instrument-agnostic model for polyphonic note transcription and multipitch
estimation” (ICASSP). The weights are those that Spotify published (Apache-2.0; `resources/listening/basic-pitch.*`).

From bottom to top in this file: a constant-Q transform of nine octaves, each at half the rate of the one above it;
seven harmonics of it stacked as channels; and three small stacks of convolutions, whose answers build on each other:
contours (three bins a semitone), notes and onsets (one bin a semitone).

Shapes: B windows, T frames, F bins, C channels.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from engine.paths import resources

Values = NDArray[np.float32]

RATE = 22050
HOP = 256
FRAME_RATE = RATE / HOP
"""Frames a second."""
LOWEST = 21
"""The MIDI pitch of the first of 88 rows."""
PITCHES = 88

_WINDOW = 2 * RATE - HOP  # samples that the network sees at once
_FRAMES = 172
_MARGIN = 15  # frames at both ends of a window that its neighbours know better
_STEP = 141  # frames from one window to the next
_OCTAVES, _BINS = 9, 309
_FILTER = 256
_SHIFTS = (-36, 0, 36, 57, 72, 84, 93, 101)  # bins of the harmonics ½, 1 … 7 at 36 bins an octave
_CONTOURS = 264


@dataclass(frozen=True, slots=True)
class Activations:
    """How likely each pitch sounds and begins in each frame: notes, onsets (T, 88); contours (T, 264); 0 to 1."""

    notes: Values
    onsets: Values
    contours: Values


def activations(sound: Values) -> Activations:
    """What the network hears in a mono sound (N,) at `RATE`: ⌊N / HOP⌋ + 1 frames, frame t centred on t · HOP."""
    weights = _weights()
    count = len(sound) // HOP + 1
    windows = -(-count // _STEP)
    padded = np.pad(np.asarray(sound, np.float32), (_MARGIN * HOP, windows * _STEP * HOP + _WINDOW))
    results = []
    for number in range(windows):
        first = number * _STEP * HOP
        results.append(_window(padded[first : first + _WINDOW], weights))
    inside = slice(_MARGIN, _MARGIN + _STEP)
    notes, onsets, contours = (np.concatenate([each[place][inside] for each in results])[:count] for place in range(3))
    return Activations(notes, onsets, contours)


def _window(sound: Values, weights: dict[str, Values]) -> tuple[Values, Values, Values]:
    """Notes, onsets (T, 88) and contours (T, 264) of one window."""
    stacked = _harmonics(_normalised(_constant_q(sound, weights), weights))  # (T, F, C)
    hidden = np.maximum(_wide(stacked, weights["contour1"]) + weights["contour1_bias"], 0)
    contours = _sigmoid(_to_one(hidden, weights["contour2"]) + weights["contour2_bias"])  # (T, 264)
    hidden = np.maximum(_strided(contours[:, :, None], weights["note1"], 2) + weights["note1_bias"], 0)
    notes = _sigmoid(_to_one(hidden, weights["note2"]) + weights["note2_bias"])  # (T, 88)
    hidden = np.maximum(_strided(stacked, weights["onset1"], 1) + weights["onset1_bias"], 0)
    hidden = np.concatenate([notes[:, :, None], hidden], axis=2)
    onsets = _sigmoid(_to_one(hidden, weights["onset2"]) + weights["onset2_bias"])
    return notes, onsets, contours


def _constant_q(sound: Values, weights: dict[str, Values]) -> Values:
    """The magnitudes of a constant-Q transform, (T, 309), 36 bins an octave."""
    kernels = np.concatenate([weights["cqt_real"], weights["cqt_imag"]]).T  # (256, 72)
    octaves = []
    for octave in range(_OCTAVES):
        padded = np.pad(sound, _FILTER // 2, mode="reflect" if len(sound) > _FILTER // 2 else "symmetric")
        frames = np.lib.stride_tricks.sliding_window_view(padded, _FILTER)[:: HOP >> octave][:_FRAMES]
        octaves.append(frames @ kernels)  # (T, 72)
        padded = np.pad(sound, _FILTER // 2 - 1)
        sound = np.lib.stride_tricks.sliding_window_view(padded, _FILTER)[::2] @ weights["lowpass"]
    real = np.concatenate([each[:, :36] for each in octaves[::-1]], axis=1)[:, -_BINS:]
    imaginary = np.concatenate([each[:, 36:] for each in octaves[::-1]], axis=1)[:, -_BINS:]
    magnitudes: Values = np.hypot(real, imaginary) * weights["cqt_scale"]
    return magnitudes


def _normalised(magnitudes: Values, weights: dict[str, Values]) -> Values:
    """Decibels of a window between its least, 0, and its largest, 1; then the batch norm."""
    decibels = 10 * np.log10(magnitudes**2 + 1e-10)
    decibels = decibels - decibels.min()
    largest = float(decibels.max())
    shares = decibels / largest if largest > 0 else np.zeros_like(decibels)
    normalised: Values = (shares * weights["norm_scale"] + weights["norm_shift"]).astype(np.float32)
    return normalised


def _harmonics(transform: Values) -> Values:
    """The transform at each harmonic of 264 bins, as channels: (T, 309) → (T, 264, 8)."""
    padded = np.pad(transform, ((0, 0), (36, _SHIFTS[-1])))
    # what a harmonic has above the last bin of the transform is zero, as is what ½ has below the first
    channels = [padded[:, 36 + shift : 36 + shift + _CONTOURS] for shift in _SHIFTS]
    return np.stack(channels, axis=2)


def _wide(stacked: Values, kernel: Values) -> Values:
    """A convolution whose kernel is wide in frequency, by Fourier transform: (T, F, C), (O, C, 3, 39) → (T, F, O)."""
    height, width = kernel.shape[2:]
    size = 320  # at least 264 + 38
    spectrum = np.fft.rfft(stacked, size, axis=1)  # (T, S, C)
    padded = np.pad(spectrum, ((height // 2, height // 2), (0, 0), (0, 0)))
    tall = np.concatenate([padded[row : row + len(stacked)] for row in range(height)], axis=2)  # (T, S, 3 C)
    # a network's convolution is a correlation
    filters = np.conj(np.fft.rfft(kernel, size, axis=3))  # (O, C, 3, S)
    filters = filters.transpose(3, 2, 1, 0).reshape(filters.shape[3], -1, kernel.shape[0])  # (S, 3 C, O)
    product = tall.transpose(1, 0, 2) @ filters  # (S, T, O)
    full = np.fft.irfft(product, size, axis=0)  # (320, T, O)
    shifted = np.roll(full, width // 2, axis=0)[: stacked.shape[1]]
    result: Values = shifted.transpose(1, 0, 2).astype(np.float32)
    return result


def _strided(maps: Values, kernel: Values, margin: int) -> Values:
    """A convolution with a stride of 3 in frequency: (T, 264, C), (O, C, h, w) → (T, 88, O)."""
    outputs, channels, height, width = kernel.shape
    padded = np.pad(maps, ((height // 2, height // 2), (margin, margin), (0, 0)))
    patches = np.lib.stride_tricks.sliding_window_view(padded, (height, width), axis=(0, 1))[:, ::3]
    rows = patches.reshape(len(maps) * patches.shape[1], channels * height * width)  # C, h, w as in the kernel
    result: Values = (rows @ kernel.reshape(outputs, -1).T).reshape(len(maps), -1, outputs)
    return result


def _to_one(maps: Values, kernel: Values) -> Values:
    """A convolution to one channel: (T, F, C), (1, C, h, w) → (T, F)."""
    channels, height, width = kernel.shape[1:]
    frames, bins = maps.shape[:2]
    parts = maps.reshape(-1, channels) @ kernel[0].reshape(channels, -1)  # (T F, h w): what each tap contributes
    parts = np.pad(
        parts.reshape(frames, bins, height, width),
        ((height // 2, height // 2), (width // 2, width // 2), (0, 0), (0, 0)),
    )
    total = np.zeros((frames, bins), np.float32)
    for row in range(height):
        for column in range(width):
            total += parts[row : row + frames, column : column + bins, row, column]
    return total


def _sigmoid(values: Values) -> Values:
    result: Values = (1 / (1 + np.exp(-values))).astype(np.float32)
    return result


@cache
def _weights() -> dict[str, Values]:
    with np.load(resources() / "listening" / "basic-pitch.npz", allow_pickle=False) as file:
        return {name: file[name] for name in file.files}
