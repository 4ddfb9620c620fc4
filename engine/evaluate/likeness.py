"""How far composed music is from recordings: the Fréchet distance of log-mel spectra and onsets, used by no model."""

import random
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.audio import Audio, read_audio, resample
from engine.errors import AudioFileError, ModelError
from engine.evaluate.figures import Figure
from engine.evaluate.frechet import distance

SUFFIXES = (".wav", ".flac", ".ogg", ".opus", ".mp3", ".aiff")
_RATE = 22050
_SECONDS, _WINDOW = 10.0, 2.5  # of an excerpt, and of what one vector describes
_FRAME, _HOP = 1024, 256
_BANDS, _LOW, _HIGH = 20, 40.0, 10_000.0
_LEAST = 45.0  # seconds of a file that counts as music, not as an effect
_LEVEL = 0.1  # root mean square to which a window is brought
_QUIET = 1e-3  # root mean square below which a window says nothing
_FLOOR = 1e-4


def likeness(composed: Sequence[Audio], folder: Path, seed: int) -> Figure:
    """The distance between excerpts of composed pieces and as many of the recordings below a folder.

    Beside it: recordings against recordings, half against half. Every dimension is measured in spreads of the
    recordings.

    Raises:
        ModelError: there are too few recordings.
    """
    ours = crowd([_mono(piece) for piece in composed])
    recorded = _excerpts(folder, len(composed), seed)
    theirs, one, other = crowd(recorded), crowd(recorded[::2]), crowd(recorded[1::2])
    if min(len(one), len(other)) < 2:
        raise ModelError(
            f"There are too few recordings of {_LEAST:.0f} s or more below “{folder}”: name another folder."
        )
    spread = theirs.std(axis=0) + 1e-9
    return Figure(
        "likeness",
        f"Fréchet distance to recordings, log-mel and onsets, {len(composed)} excerpts",
        distance(ours / spread, theirs / spread),
        "",
        None,
        {"recordings, half against half": distance(one / spread, other / spread)},
    )


def crowd(waves: Sequence[NDArray[np.float32]]) -> NDArray[np.float64]:
    """What describes the windows of mono sounds at 22.05 kHz, (n, 48); silent windows are left out."""
    frames = round(_WINDOW * _RATE)
    windows = [wave[at : at + frames] for wave in waves for at in range(0, len(wave) - frames + 1, frames)]
    vectors = [describe(each) for each in windows if np.sqrt(np.mean(np.square(each))) > _QUIET]
    return np.array(vectors).reshape(-1, 2 * _BANDS + 8)


def describe(wave: NDArray[np.float32]) -> NDArray[np.float64]:
    """Means and spreads of log-mel bands in decibels, then onsets.

    Onsets: how many a second; how strong, and the spread of that; the median time between them, and its spread; the
    strength in the low, middle and high third of the bands.
    """
    sound = wave.astype(np.float64) * (_LEVEL / max(float(np.sqrt(np.mean(np.square(wave)))), 1e-6))
    frames = np.lib.stride_tricks.sliding_window_view(sound, _FRAME)[::_HOP]
    power = np.abs(np.fft.rfft(frames * np.hanning(_FRAME), axis=1)) ** 2  # (n, F)
    bands = 10 * np.log10(power @ _mel().T + _FLOOR)  # (n, B)
    rise = np.maximum(np.diff(bands, axis=0), 0)
    strength = rise.mean(axis=1)
    around = np.lib.stride_tricks.sliding_window_view(strength, 5).max(axis=1)
    peaks = 2 + np.flatnonzero((strength[2:-2] == around) & (strength[2:-2] > strength.mean() + strength.std()))
    between = np.diff(peaks) * _HOP / _RATE if len(peaks) > 1 else np.array([1.0])
    thirds = [part.mean() for part in np.array_split(rise, 3, axis=1)]
    onsets = [len(peaks) * _RATE / len(wave), strength.mean(), strength.std(), np.median(between), between.std()]
    return np.concatenate([bands.mean(axis=0), bands.std(axis=0), onsets, thirds])


@lru_cache(maxsize=1)
def _mel() -> NDArray[np.float64]:
    """Triangles on the mel scale (O'Shaughnessy 1987), (B, F)."""
    lowest, highest = (float(2595 * np.log10(1 + each / 700)) for each in (_LOW, _HIGH))
    mels = np.linspace(lowest, highest, _BANDS + 2)
    edges = 700 * (10 ** (mels / 2595) - 1)
    frequencies = np.fft.rfftfreq(_FRAME, 1 / _RATE)
    rising = (frequencies - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - frequencies) / (edges[2:] - edges[1:-1])[:, None]
    triangles: NDArray[np.float64] = np.maximum(np.minimum(rising, falling), 0)
    return triangles


def _mono(audio: Audio, first: float = 0.0) -> NDArray[np.float32]:
    """An excerpt that begins `first` s into a sound."""
    samples = audio.samples[round(first * audio.rate) : round((first + _SECONDS) * audio.rate)]
    return resample(np.ascontiguousarray(samples.mean(axis=1, keepdims=True)), audio.rate, _RATE)[:, 0]


def _excerpts(folder: Path, count: int, seed: int) -> list[NDArray[np.float32]]:
    """So many excerpts of the recordings below a folder, from places drawn by chance."""
    chance, sounds = random.Random(seed), list[Audio]()
    for path in sorted(each for each in folder.rglob("*") if each.suffix.lower() in SUFFIXES and each.is_file()):
        try:
            audio = read_audio(path)
        except AudioFileError:
            continue  # what cannot be read is no recording
        if len(audio.samples) >= _LEAST * audio.rate:
            small = resample(audio.samples.mean(axis=1, keepdims=True), audio.rate, _RATE)
            sounds.append(Audio(small, _RATE))
    if not sounds:
        return []
    chosen = [sounds[number % len(sounds)] for number in range(count)]
    return [_mono(each, chance.uniform(0, len(each.samples) / _RATE - _SECONDS)) for each in chosen]
