"""The key of a sound, by the likeness of its chroma to the profiles of the 24 keys.

The profiles, and where they come from, are in `engine.music.keys`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from engine.analysis.sound import RATE, mono
from engine.analysis.tones import tones_between
from engine.audio import Audio
from engine.music.keys import MAJOR, MINOR, key_name

CLEAR_KEY = 0.5
"""Confidence from which a key is trusted."""

_MOMENT = 0.5  # s
_UNLIKE, _ALIKE = 0.65, 1.0  # likeness at which a key is a guess, and certain


@dataclass(frozen=True, slots=True)
class Key:
    """A key. tonic: pitch class, 0 for C. minor: its mode. confidence: 0 to 1; below `CLEAR_KEY` it is a guess."""

    tonic: int
    minor: bool
    confidence: float

    def __str__(self) -> str:
        return key_name((self.tonic, self.minor))


def find_key(audio: Audio) -> Key | None:
    """The key of `audio`; None where it has no pitch."""
    notes = chroma(audio)
    return key_of([notes]) if notes is not None else None


def chroma(audio: Audio) -> tuple[float, ...] | None:
    """How much of each pitch class sounds, from C on, adding up to 1; None for less than half a second or silence.

    Strokes are left out, and each half second counts the same: a few loud notes do not make the key.
    """
    sound = mono(audio)
    if len(sound) < RATE // 2 or not np.abs(sound).max() > 0:
        return None
    moments, _, _ = tones_between(sound, np.arange(0.0, len(sound) / RATE + 1e-9, _MOMENT))
    lengths = np.linalg.norm(moments, axis=1, keepdims=True)
    steady = (moments / np.maximum(lengths, 1e-9)).sum(axis=0)
    total = float(steady.sum())
    return tuple(float(value) for value in steady / total) if total > 0 else None


def key_of(chromas: Iterable[tuple[float, ...]]) -> Key | None:
    """The key of sounds with these chromas (see `chroma`), together; None without any."""
    vectors = [np.asarray(one, float) for one in chromas]
    if not vectors:
        return None
    notes = np.sum(vectors, axis=0)
    if float(notes.std()) == 0:
        return None
    likeness = [
        (float(np.corrcoef(np.roll(profile, tonic), notes)[0, 1]), tonic, minor)
        for minor, profile in ((False, MAJOR), (True, MINOR))
        for tonic in range(12)
    ]
    alike, tonic, minor = max(likeness)
    return Key(tonic, minor, round(min(max((alike - _UNLIKE) / (_ALIKE - _UNLIKE), 0.0), 1.0), 3))
