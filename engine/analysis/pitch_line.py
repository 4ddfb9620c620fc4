"""The pitch curve of a single line: how high, and how loud, a sound is every 10 ms.

The difference function of YIN gives candidates (de Cheveigné and Kawahara 2002, “YIN, a fundamental frequency
estimator for speech and music”, steps 2 to 5), and the cheapest path through them is the curve, as in pYIN (Mauch and
Dixon 2014, “pYIN: a fundamental frequency estimator using probabilistic threshold distributions”). Plain numpy.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.analysis.sound import RATE
from engine.analysis.yin import differences
from engine.audio import Audio, resample
from engine.mono import mono as folded

Values = NDArray[np.float64]

HOP = 220
"""Samples at `RATE` from one frame to the next."""
FRAME_RATE = RATE / HOP
"""Frames a second."""
LOWEST, HIGHEST = 38.0, 2200.0
"""Hz between which pitches are heard."""
SILENT_DB = -60.0
"""dBFS at which a frame is silent, whatever surrounds it."""

_LONGEST, _SHORTEST = int(RATE / LOWEST), int(RATE / HIGHEST)  # samples of a period
_WINDOW = 1024  # samples that are compared with those a period later
_SIZE = 2048  # of a Fourier transform: at least _WINDOW + _LONGEST
_LOUDNESS = 661  # samples of which a loudness is taken: 30 ms
_AT_ONCE = 1024  # frames that are worked on at a time
_CANDIDATES = 6  # of a frame
_LONG = 0.03  # cost of a period twice as long, which fits a sound as well
_UNVOICED = 0.3  # cost of a frame without a pitch: of that much of YIN's normalised difference
_JUMP, _MOST_JUMP = 0.6, 0.5  # cost of an octave from one frame to the next; of any way, at most
_CHANGE = 0.1  # cost of a pitch's beginning or end
_PRECISE = 160  # samples over which a short period is measured: over several of them
_QUIET = 45.0  # dB below the loudest frame where none has a pitch
_WEAK = 0.002  # share of a sound's power in its first harmonic, and
_GONE = 0.01  # in those that a chord's common period leaves out, below which it is no single tone


@dataclass(frozen=True, slots=True)
class PitchLine:
    """A line's T frames, `FRAME_RATE` a second, the first at 0 s.

    hertz: float64 (T,), where no pitch is heard that of the nearest frame which has one (0 if none has). voiced: bool
    (T,), whether a pitch is heard. loudness: dBFS of the mean power around the frame (−120 at least), float64 (T,).
    single: share, 0 to 1, of the frames that are not quiet in which one tone alone is heard.
    """

    hertz: Values
    voiced: NDArray[np.bool_]
    loudness: Values
    single: float

    @property
    def silent(self) -> bool:
        """Whether no frame is loud enough to be heard."""
        return not len(self.loudness) or bool(self.loudness.max() < SILENT_DB)


def pitch_line(audio: Audio) -> PitchLine:
    """The pitch curve of a sound, folded to one channel: ⌈seconds × `FRAME_RATE`⌉ frames."""
    samples = np.asarray(audio.samples, np.float32)
    sound = resample(folded(samples), audio.rate, RATE)[:, 0].astype(np.float64)
    count = -(-len(sound) // HOP)
    loudness = _loudness(sound, count)
    if not count or loudness.max() < SILENT_DB:
        return PitchLine(np.zeros(count), np.zeros(count, bool), loudness, 0.0)
    heard = loudness > max(SILENT_DB, float(loudness.max()) - _QUIET)
    ahead = (_WINDOW + _LONGEST // 4) // 2
    padded = np.pad(sound, (ahead, _SIZE + HOP))
    views = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW + _LONGEST + 2)[::HOP][:count]
    costs, lags, periods = [], [], []
    for first in range(0, count, _AT_ONCE):
        difference, normal = differences(views[first : first + _AT_ONCE], _WINDOW, _LONGEST + 2)
        cost, lag = _candidates(normal)
        costs.append(cost)
        lags.append(lag)
        periods.append(_precise(difference, lag))
    cost, lag, period = np.concatenate(costs), np.concatenate(lags), np.concatenate(periods)
    cost[~heard] = np.inf
    path = _path(cost, np.log2(period))
    voiced = path < _CANDIDATES
    rows = np.arange(count)
    hertz = np.where(voiced, RATE / period[rows, np.minimum(path, _CANDIDATES - 1)], 0.0)
    alone = voiced & ~_is_chord(views, hertz, voiced)
    single = float(alone[heard].mean()) if heard.any() else 0.0
    if voiced.any():
        known = np.flatnonzero(voiced)
        edges = np.searchsorted(known, rows)
        after, before = known[np.minimum(edges, len(known) - 1)], known[np.maximum(edges - 1, 0)]
        hertz = hertz[np.where(np.abs(after - rows) <= np.abs(rows - before), after, before)]
    return PitchLine(hertz, voiced, loudness, single)


def _loudness(sound: Values, count: int) -> Values:
    window = np.hanning(_LOUDNESS)
    window /= window.sum()
    padded = np.pad(np.square(sound), (_LOUDNESS // 2, _LOUDNESS + HOP))
    views = np.lib.stride_tricks.sliding_window_view(padded, _LOUDNESS)[::HOP][:count]
    return np.maximum(10 * np.log10(np.maximum(views @ window, 1e-12)), -120.0)


def _candidates(normal: Values) -> tuple[Values, NDArray[np.intp]]:
    """What the deepest dips of each frame cost, and where they are, in samples: (N, `_CANDIDATES`) each."""
    inner = normal[:, 1:-1]
    dips = (inner < normal[:, :-2]) & (inner <= normal[:, 2:])
    places = np.arange(1, normal.shape[1] - 1)
    bends = normal[:, :-2] - 2 * inner + normal[:, 2:]
    deepest = inner - np.square(normal[:, :-2] - normal[:, 2:]) / np.maximum(8 * bends, 1e-9)  # of a parabola
    costs = np.where(dips & (places >= _SHORTEST), np.maximum(deepest, 0) + _LONG * np.log2(places / _SHORTEST), np.inf)
    best = np.argpartition(costs, _CANDIDATES, axis=1)[:, :_CANDIDATES]
    return np.take_along_axis(costs, best, axis=1), best + 1


def _precise(difference: Values, lags: NDArray[np.intp]) -> Values:
    """The periods of candidates in parts of a sample: by a parabola, at a multiple of a short one."""
    times = np.maximum(_PRECISE // lags, 1)
    last = difference.shape[1] - 2
    exact = _dip(difference, lags, 0)
    for reached in (2, 4, 8, 16):
        multiple = np.minimum(times, reached)
        at = np.clip(np.rint(exact * multiple).astype(np.intp), 1, last)
        exact = np.where(multiple > reached // 2, _dip(difference, at, 1) / multiple, exact)
    return exact


def _dip(difference: Values, lags: NDArray[np.intp], around: int) -> Values:
    """Where the dips next to `lags` are lowest."""
    last = difference.shape[1] - 2
    if around:
        near = np.stack([np.clip(lags + step, 1, last) for step in range(-around, around + 1)])
        rows = np.arange(len(difference))[None, :, None]
        lowest = difference[rows, near].argmin(axis=0)
        lags = np.take_along_axis(near, lowest[None], axis=0)[0]
    before, here, after = (np.take_along_axis(difference, lags + step, axis=1) for step in (-1, 0, 1))
    bend = before - 2 * here + after
    return np.asarray(
        lags + np.where(bend > 0, np.clip(0.5 * (before - after) / np.maximum(bend, 1e-12), -0.7, 0.7), 0.0), np.float64
    )


def _path(costs: Values, octaves: Values) -> NDArray[np.intp]:
    """The cheapest way (Viterbi) through the candidates (T, N) and, as number N, no pitch at all."""
    count, candidates = costs.shape
    local = np.concatenate([costs - 3 * _LONG, np.full((count, 1), _UNVOICED)], axis=1)
    came = np.zeros((count, candidates + 1), np.intp)
    total = local[0]
    moves = np.full((candidates + 1, candidates + 1), _CHANGE)
    moves[-1, -1] = 0.0
    for frame in range(1, count):
        steps = np.abs(octaves[frame - 1][:, None] - octaves[frame][None])
        moves[:-1, :-1] = np.minimum(_JUMP * steps, _MOST_JUMP)
        reached = total[:, None] + moves
        came[frame] = reached.argmin(axis=0)
        total = reached[came[frame], np.arange(candidates + 1)] + local[frame]
    path = np.empty(count, np.intp)
    path[-1] = int(total.argmin())
    for frame in range(count - 1, 0, -1):
        path[frame - 1] = came[frame, path[frame]]
    return path


def _is_chord(views: Values, hertz: Values, voiced: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where the period is one that several tones have in common: its first harmonic, and others, are missing."""
    chord = np.zeros(len(voiced), bool)
    window = np.hanning(_WINDOW + _LONGEST + 2)
    for rows in np.array_split(np.flatnonzero(voiced), max(1, len(voiced) // _AT_ONCE)):
        powers = np.square(np.abs(np.fft.rfft(views[rows] * window, 2 * _SIZE)))
        sums = np.cumsum(np.pad(powers, ((0, 0), (1, 0))), axis=1)
        width = RATE / (2 * _SIZE)

        def share(harmonic: int, rows: NDArray[np.intp] = rows, sums: Values = sums, width: float = width) -> Values:
            centre = harmonic * hertz[rows] / width
            edge = np.clip(np.stack([centre - 6, centre + 7]), 0, sums.shape[1] - 1).astype(np.intp)
            each = np.arange(len(rows))
            part: Values = (sums[each, edge[1]] - sums[each, edge[0]]) / np.maximum(sums[:, -1], 1e-12)
            return part

        first, second = share(1), share(2)
        others = first + share(5) + share(7) + share(11)
        chord[rows] = (first < _WEAK) & ((first + second < _GONE) | (others < _GONE))
    return chord
