"""Tempo and key of a sound, by listeners who have practised on training pieces of the corpus and know no model.

Both weigh what speaks for each candidate, with weights fitted on the training pieces alone (see `choice`): for a tempo
the spectrum and autocorrelation of librosa's onset strengths, of all and of three bands; for a key the chroma of what
sounds harmonic, high and low apart, the triads that it may be from moment to moment, and its likeness to a published
profile (Temperley 2001, as normalised by Gómez).
How right they are is always to be read beside: `adherence` says it of the held-out pieces.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from engine.evaluate.audio_measures import SILENCE, librosa
from engine.evaluate.datasets import Material, Stretch, Wave
from engine.jobs import Context
from engine.music.scales import has_minor_third
from engine.train import choice, periodicity
from engine.train.choice import Floats

_HOP, _REACH = 128, 2  # samples, and hops over which a sound rises
_BANDS = 40
_EDGES = (0, 5, 20, 40)  # mel bands: up to 0.4, 2.6 and 11 kHz
_PERIODS = (60 / 240, 60 / 45)  # seconds
_CHROMA_FFT = 16384
_LOWEST, _SPLIT, _ALL = 33, 21, 57  # the lowest MIDI note; how many from there on are low, and all
_CLEAR = 6.0  # how much the likeliest chord of a moment counts over the others
_MAJOR = (0.748, 0.060, 0.488, 0.082, 0.670, 0.460, 0.096, 0.715, 0.104, 0.366, 0.057, 0.400)
_MINOR = (0.712, 0.084, 0.474, 0.618, 0.049, 0.460, 0.105, 0.747, 0.404, 0.067, 0.133, 0.330)
_DECAY = 10.0

Key = tuple[int, bool]
"""Tonic (0 = C) and whether the mode is minor."""


class Ears:
    """Trained when made. The same pieces give the same ears."""

    def __init__(self, stretches: Sequence[Stretch], rate: int, *, context: Context) -> None:
        """Raises `Cancelled` when the user asks to stop."""
        self._rate = rate
        self._periods = periodicity.candidates(*_PERIODS)
        pulses, periods, keys, wanted = [], [], [], []
        for number, stretch in enumerate(stretches):
            context.progress(number / len(stretches), "Practising tempo and key")
            facts = stretch.truth
            if stretch.has_pulse and (onsets := self._onsets(stretch.wave)):
                pulses.append(periodicity.strengths(onsets, rate / _HOP, self._periods))
                periods.append(60 / facts["tempo"])
            if (rows := self._chroma(stretch.wave)) is not None:
                keys.append(rows)
                wanted.append(facts["tonic"] + 12 * has_minor_third(facts["mode"]))
        self._pulse = periodicity.fit(pulses, periods, self._periods) if pulses else None
        self._tonality = choice.fit(np.stack(keys), np.eye(24)[wanted], decay=_DECAY) if keys else None

    def tempo(self, wave: Wave) -> float:
        """Beats a minute; NaN for silence."""
        onsets = self._onsets(wave)
        if not onsets or self._pulse is None:
            return math.nan
        rows = periodicity.strengths(onsets, self._rate / _HOP, self._periods)
        return 60 / periodicity.best(rows, self._pulse, self._periods)

    def key(self, wave: Wave) -> Key | None:
        """The key; None for silence."""
        rows = self._chroma(wave)
        if rows is None or self._tonality is None:
            return None
        best = int(np.argmax(rows @ self._tonality))
        return best % 12, best >= 12

    def _onsets(self, wave: Wave) -> list[NDArray[np.float32]]:
        """Onset strengths of all and of each band, (T,) each; none for silence."""
        if float(np.abs(wave).max(initial=0.0)) < SILENCE:
            return []
        package = librosa()
        mel = package.feature.melspectrogram(
            y=wave, sr=self._rate, n_fft=1024, hop_length=_HOP, n_mels=_BANDS, fmax=min(11000.0, self._rate / 2)
        )
        decibels = package.power_to_db(mel)
        rise = np.maximum(decibels[:, _REACH:] - decibels[:, :-_REACH], 0)  # (BANDS, T)
        if not float(rise.max(initial=0.0)):
            return []
        parts = [rise, *(rise[low:high] for low, high in pairwise(_EDGES))]
        return [part.mean(axis=0) for part in parts]

    def _chroma(self, wave: Wave) -> Floats | None:
        """What speaks for each of the 24 keys, major ones first: (24, W); None for what has no pitch."""
        package = librosa()
        padded = np.pad(wave, (0, max(_CHROMA_FFT - len(wave), 0)))
        spectrum = np.abs(package.stft(padded, n_fft=_CHROMA_FFT, hop_length=_CHROMA_FFT // 4))
        if float(spectrum.max()) < SILENCE:
            return None
        notes = self._notes() @ spectrum  # (notes, T)
        harmonic, _ = package.decompose.hpss(notes, kernel_size=9)
        strength = np.sqrt(harmonic)  # (notes, T)
        if not strength.any():
            return None
        whole, low, high = (_folded(strength, *part) for part in ((0, _ALL), (0, _SPLIT), (_SPLIT, _ALL)))  # (12, T)
        triads = _triads() @ _unit(whole) + 0.5 * np.tile(_unit(low), (2, 1))  # (24, T)
        chords = np.exp(_CLEAR * triads)
        chords = (chords / chords.sum(axis=0)).mean(axis=1)
        sums = [_unit(low.mean(axis=1)), _unit(high.mean(axis=1)), chords[:12], chords[12:]]
        alike = _unit(whole.mean(axis=1))
        profiles = [_unit(np.array(profile)) for profile in (_MAJOR, _MINOR)]
        width = 12 * len(sums)
        rows = np.zeros((24, 2 * width + 2))
        for tonic in range(12):
            turned = np.concatenate([np.roll(each, -tonic) for each in sums])
            for minor in (0, 1):
                row = rows[tonic + 12 * minor]
                row[width * minor : width * (minor + 1)] = turned
                row[-2:] = minor, np.roll(alike, -tonic) @ profiles[minor]
        return rows

    def _notes(self) -> NDArray[np.float32]:
        """Triangles around the notes from `_LOWEST` on: (notes, F)."""
        frequencies = np.fft.rfftfreq(_CHROMA_FFT, 1 / self._rate)
        pitch = 69 + 12 * np.log2(np.maximum(frequencies, 1e-3) / 440)
        away = np.abs(pitch[None] - np.arange(_LOWEST, _LOWEST + _ALL)[:, None])
        return np.maximum(1 - away / 0.6, 0).astype(np.float32)


def trained_on(material: Material, excerpts: int, seconds: float, *, context: Context) -> Ears:
    """Ears that have practised on `seconds` of each of the first training excerpts."""
    pool = material.train
    stretches = [material.stretch(pool, excerpt, seconds) for excerpt in range(min(excerpts, len(pool)))]
    return Ears(stretches, material.rate, context=context)


def _triads() -> Floats:
    """The notes of major and minor triads on each pitch class: (24, 12)."""
    plain = np.zeros((2, 12))
    plain[0, [0, 4, 7]] = plain[1, [0, 3, 7]] = (1.0, 0.8, 0.9)
    return np.stack([_unit(np.roll(plain[minor], root)) for minor in (0, 1) for root in range(12)])


def _folded(strength: Floats, first: int, last: int) -> Floats:
    """What the notes from row `first` to `last` − 1 have together in each pitch class: (notes, T) → (12, T)."""
    folded = np.zeros((12, strength.shape[1]))
    np.add.at(folded, (_LOWEST + np.arange(first, last)) % 12, strength[first:last])
    return folded


def _unit(values: Floats) -> Floats:
    """Of mean 0 and length 1 along the first axis; what is all the same becomes 0."""
    centred = values - values.mean(axis=0)
    length = np.sqrt(np.square(centred).sum(axis=0))
    unit: Floats = centred / np.where(length > 1e-9, length, np.inf)
    return unit
