"""How likely each chord is in each beat of a sound: a small network that looks at one root at a time.

What is known of a beat is how much of each pitch class sounds in it, in its bar and in the whole sound: as
`basic_pitch` hears the notes, by their heights, and as peaks of the spectrum (`tones`). All of it is rolled so that the
root in question is the first of twelve; the same network then says how likely each quality is on each root, as a chord
sounds alike in every key. It was fitted to pieces that the composer plays (`engine.train.chords`).
"""

from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from engine.analysis.basic_pitch import FRAME_RATE, LOWEST, PITCHES, activations
from engine.analysis.tones import tones_between
from engine.paths import resources

Values = NDArray[np.float64]
Weights = dict[str, Values]

QUALITIES = ("maj", "min", "7", "maj7", "m7", "sus2", "sus4", "dim", "m7b5")
"""Of the chords that are told apart."""
ROWS = 15
"""Chromas in what is known of a beat."""

_LOW, _MIDDLE = 50, 66  # MIDI pitches below which a note counts as low, and as one of the middle
_SOUNDS = 0.35  # likelihood from which a note is the lowest that sounds


def evidence(sound: NDArray[np.float32], edges: Values, bars: set[int]) -> tuple[Values, NDArray[np.bool_]]:
    """What is known of the beats of a sound, some of which begin a bar: (N, `ROWS`, 12); and whether each sounds, (N,).

    The sound and its edges are as in `beat_chromas`.
    """
    beats, loud = beat_chromas(sound, edges)
    return gathered(beats, bars), loud


def beat_chromas(sound: NDArray[np.float32], edges: Values) -> tuple[Values, NDArray[np.bool_]]:
    """How much of each pitch class sounds in the beats of a mono sound (M,) at `basic_pitch.RATE`.

    Args:
        sound: the sound.
        edges: where beats begin and end, s, (N + 1,).

    Returns:
        Low, middle and high notes, the lowest ones, and peaks of the spectrum, high and low: (N, 6, 12); and whether
        a beat sounds, (N,).
    """
    high, low, loud = tones_between(sound, edges)
    return np.concatenate((_heard(sound, edges), high[:, None], low[:, None]), axis=1), loud


def gathered(beats: Values, bars: set[int]) -> Values:
    """Chromas of beats (N, 6, 12) beside those of their bars and of all of them: (N, `ROWS`, 12)."""
    starts = sorted(bars & set(range(len(beats)))) or [0]
    around = np.empty_like(beats)
    if len(starts) > 1:
        for first, after in pairwise(sorted({0, *starts, len(beats)})):
            around[first:after] = beats[first:after].mean(axis=0)
    else:  # no bars are known
        padded = np.pad(beats, ((1, 1), (0, 0), (0, 0)), mode="edge")
        around = (padded[:-2] + padded[1:-1] + padded[2:]) / 3
    whole = np.broadcast_to(_even(_even(beats[:, [0, 1, 4]]).mean(axis=0)), (len(beats), 3, 12))
    parts = (_even(beats[:, :3], together=True), _even(beats[:, 3:]), _even(around[:, :3], together=True))
    return np.concatenate((*parts, _even(around[:, 3:]), whole), axis=1)


def likelihoods(known: Values, weights: Weights | None = None) -> Values:
    """How likely each chord is in each beat, as logarithms: (N, `ROWS`, 12) → (N, qualities, 12 roots)."""
    weights = weights or _bundled()
    rolled = np.stack([np.roll(known, -root, axis=2) for root in range(12)], axis=1)
    hidden = rolled.reshape(len(known), 12, -1) @ weights["hidden.weight"].T + weights["hidden.bias"]
    odds = np.maximum(hidden, 0) @ weights["out.weight"].T + weights["out.bias"]  # (N, roots, qualities)
    most = odds.max(axis=(1, 2), keepdims=True)
    total = np.log(np.exp(odds - most).sum(axis=(1, 2), keepdims=True)) + most
    result: Values = (odds - total).transpose(0, 2, 1)
    return result


def _heard(sound: NDArray[np.float32], edges: Values) -> Values:
    """The notes that are heard in each beat, low, in the middle and high, and the lowest ones: (N, 4, 12)."""
    notes = activations(sound).notes
    pitches = np.arange(LOWEST, LOWEST + PITCHES)
    lowest = np.where((notes > _SOUNDS).any(axis=1), (notes > _SOUNDS).argmax(axis=1), -1)
    places = (pitches < _LOW, (pitches >= _LOW) & (pitches < _MIDDLE), pitches >= _MIDDLE)
    result = np.zeros((len(edges) - 1, 4, 12))
    for number, (first, last) in enumerate(pairwise(edges)):
        inside = slice(round(first * FRAME_RATE), max(round(last * FRAME_RATE), round(first * FRAME_RATE) + 1))
        mean = notes[inside].mean(axis=0) if len(notes[inside]) else np.zeros(PITCHES)
        for row, place in enumerate(places):
            result[number, row] = np.bincount(pitches[place] % 12, mean[place], 12)
        under = lowest[inside]
        result[number, 3] = np.bincount(pitches[under[under >= 0]] % 12, minlength=12)
    return result


def _even(chromas: Values, together: bool = False) -> Values:
    """The same with 1 as the largest of each chroma, or of all those of a beat."""
    largest = chromas.max(axis=(-2, -1) if together else -1, keepdims=True)
    result: Values = chromas / np.maximum(largest, 1e-6)
    return result


@cache
def _bundled() -> Weights:
    with np.load(resources() / "listening" / "chords.npz", allow_pickle=False) as file:
        return {name: np.asarray(file[name], np.float64) for name in file.files}
