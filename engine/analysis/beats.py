"""Beats: librosa listens for the pulse, the song's tempo tells it where to look, and two finer looks make it exact.

1. `librosa.onset` hears where sounds begin; `librosa.beat` (Ellis 2007, “Beat tracking by dynamic programming”) follows
   the pulse from the song's tempo on.
2. Near the song's tempo, the period is the one at which the onsets' spectrum has the most at the beat's frequency and
   its double and quadruple.
3. Folded by that period, onsets heard 1.5 ms apart give the place of the beat.
"""

from dataclasses import dataclass

import numpy as np

from engine.audio import Audio, resample
from engine.mono import mono as folded
from engine.timing.signature import COMMON_TIME, Signature

RATE = 22050
"""Hz at which sounds are listened to."""
REACH = 0.03
"""How far a tempo may be from the song's, as a share of it, and still be meant as that tempo."""
CLEAR = 0.15
"""Confidence from which a pulse is trusted."""

_HOP = 128  # samples between librosa's onset values, 5.8 ms
_FINE_WINDOW, _FINE_HOP = 256, 32  # samples: 11.6 ms, 1.5 ms
_EARLY = 0.0014  # s by which the fine onsets come before their sound: half a window sees it first
_LOW_BANDS = 3  # of 86 Hz each
_HARMONICS = ((1, 1.0), (2, 1.0), (4, 0.5))
_STEP = 0.0005  # between the tempos tried, as a share
_MIN_BEATS = 4
_BLUR = 10  # ms by which players differ from the beat


@dataclass(frozen=True, slots=True)
class Beats:
    """A steady pulse.

    tempo: quarter notes a minute. phase: s from the sound's start to the beat nearest to it, −½ to ½ beat. beat: s
    between beats. confidence: 0 to 1; below `CLEAR` it is a guess.
    """

    tempo: float
    phase: float
    beat: float
    confidence: float


def quarters_per_beat(signature: Signature) -> float:
    """Quarter notes in a felt beat: 1.5 in compound time such as 6/8, else 1."""
    return 1.5 if signature.denominator == 8 and signature.numerator % 3 == 0 and signature.numerator > 3 else 1.0


def mono(audio: Audio) -> np.ndarray:
    """The sound (T,) at `RATE`, folded to one channel, as loud as full scale."""
    samples = np.asarray(audio.samples, np.float32)
    heard = resample(folded(samples) if samples.ndim > 1 else samples[:, None], audio.rate, RATE)
    peak = float(np.abs(heard).max()) if len(heard) else 0.0
    return heard[:, 0] / peak if peak > 0 else heard[:, 0]


def find_beats(audio: Audio, tempo: float, signature: Signature = COMMON_TIME) -> Beats | None:
    """The pulse of `audio`, looked for at `tempo` (quarter notes a minute); None where nothing begins often enough.

    A tempo within `REACH` of the song's, its half or its double is given as the song's octave; another is given as it
    was heard. Loads librosa; needs about a tenth of the sound's length.
    """
    from librosa.beat import beat_track
    from librosa.onset import onset_strength

    quarters = quarters_per_beat(signature)
    prior = tempo / quarters
    sound = mono(audio)
    if len(sound) / RATE < _MIN_BEATS * 60 / prior:
        return None
    onsets = onset_strength(y=sound, sr=RATE, hop_length=_HOP, n_fft=1024, center=True)
    if not float(onsets.max(initial=0.0)) > 0:
        return None
    fine, low = _fine_onsets(sound)
    rate = RATE / _FINE_HOP
    near, first, clarity = _refined(fine, rate, prior)
    heard, _ = beat_track(onset_envelope=onsets, sr=RATE, hop_length=_HOP, start_bpm=prior, trim=False)
    elsewhere = float(np.atleast_1d(heard)[0])
    if elsewhere > 0 and not _meant(elsewhere, prior):
        other, other_first, other_clarity = _refined(fine, rate, elsewhere)
        if other_first > max(2 * first, CLEAR) and not _meant(other, prior):
            near, clarity = other, other_clarity
    beat = 60 / near
    return Beats(near * quarters, _phase(fine, low, rate, beat), beat, clarity)


def _meant(tempo: float, prior: float) -> bool:
    """Whether `tempo`, its double or its half lies within `REACH` of `prior`."""
    return any(abs(tempo * factor / prior - 1) <= REACH for factor in (1.0, 2.0, 0.5))


def _fine_onsets(sound: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How much begins, every `_FINE_HOP` samples, at all frequencies and below 200 Hz.

    It is what each frequency gains, on a scale between amplitude and decibels.
    """
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(sound, _FINE_WINDOW // 2), _FINE_WINDOW)[::_FINE_HOP]
    window = np.hanning(_FINE_WINDOW).astype(np.float32)
    out, low = np.zeros(len(frames), np.float32), np.zeros(len(frames), np.float32)
    last: np.ndarray | None = None
    for start in range(0, len(frames), 4096):
        level = np.log1p(100 * np.abs(np.fft.rfft(frames[start : start + 4096] * window, axis=1))).astype(np.float32)
        before = np.concatenate([np.repeat(level[:1], 4, axis=0) if last is None else last, level[:-4]])
        gained = np.maximum(level - before[: len(level)], 0)
        out[start : start + len(level)] = gained.mean(axis=1)
        low[start : start + len(level)] = gained[:, :_LOW_BANDS].mean(axis=1)
        last = level[-4:]
    return np.maximum(out - np.median(out), 0), np.maximum(low - np.median(low), 0)


def _spectrum(onsets: np.ndarray, rate: float, frequencies: np.ndarray) -> np.ndarray:
    """|onsets| at `frequencies` (Hz), as a share of what a pulse of nothing else would have."""
    taper = np.hanning(len(onsets) + 2)[1:-1]
    weighted = onsets * taper
    times = np.arange(len(onsets)) / rate
    total = float(weighted.sum()) or 1.0
    return np.array([abs(np.exp(-2j * np.pi * f * times) @ weighted) for f in frequencies]) / total


def _refined(onsets: np.ndarray, rate: float, prior: float) -> tuple[float, float, float]:
    """The best tempo within `REACH` of `prior` (felt beats a minute), and how clear its beat and its pulse are, 0 to 1.

    The pulse is that of the beat or of its half.
    """
    # pulses are as narrow as a tenth of a beat at most, so a coarser series loses nothing of their harmonics
    coarse = 4
    small = onsets[: len(onsets) // coarse * coarse].reshape(-1, coarse).sum(axis=1)
    shares = np.arange(-REACH, REACH + _STEP / 2, _STEP)
    tempos = prior * (1 + shares)
    score = np.zeros(len(tempos))
    for factor, weight in _HARMONICS:
        score += weight * _spectrum(small, rate / coarse, tempos / 60 * factor) ** 2
    best = int(np.argmax(score))
    place = float(best)
    if 0 < best < len(score) - 1:
        left, middle, right = score[best - 1 : best + 2]
        bend = left - 2 * middle + right
        place += 0.5 * (left - right) / bend if bend < 0 else 0.0
    found = float(prior * (1 - REACH + place * _STEP))
    first, second = (float(_spectrum(small, rate / coarse, np.array([found / 60 * factor]))[0]) for factor in (1, 2))
    return found, first, min(1.0, max(first, second))


def _phase(onsets: np.ndarray, low: np.ndarray, rate: float, beat: float) -> float:
    """Where the beat falls, s from the start, −½ to ½ beat: the place at which most begins, low sounds above all."""
    bins = max(32, round(beat * 1000))
    folded, deep = _folded(onsets, rate, beat, bins), _folded(low, rate, beat, bins)
    kernel = np.bartlett(2 * _BLUR + 1) / _BLUR
    score = np.zeros(bins)
    for part in (folded, deep):
        smooth = np.convolve(np.tile(part, 3), kernel, mode="same")[bins : 2 * bins]
        half, quarters = np.roll(smooth, bins // 2), np.roll(smooth, bins // 4) + np.roll(smooth, -(bins // 4))
        score += (smooth + 0.5 * half + 0.2 * quarters) / (smooth.mean() or 1.0)
    away = np.minimum(np.arange(bins), bins - np.arange(bins)) / bins
    best = int(np.argmax(score * (1 - 0.1 * away)))
    near = np.arange(-2 * _BLUR, 2 * _BLUR + 1)
    weights = folded[(best + near) % bins] - folded[(best + near) % bins].min()
    offset = float(weights @ near / weights.sum()) if weights.sum() > 0 else 0.0
    phase = (best + offset + 0.5) / bins * beat + _EARLY
    return float((phase + beat / 2) % beat - beat / 2)


def _folded(onsets: np.ndarray, rate: float, beat: float, bins: int) -> np.ndarray:
    """The mean of `onsets` at each of `bins` places of the beat."""
    places = (np.arange(len(onsets)) / rate % beat / beat * bins).astype(int) % bins
    counts = np.bincount(places, minlength=bins)
    return np.bincount(places, weights=onsets, minlength=bins) / np.maximum(counts, 1)
