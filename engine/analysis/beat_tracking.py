"""Beats and bars of a sound of which nothing is known, also where its tempo changes.

1. A steady tempo is looked for first (`grid`).
2. The tempo around each second is the best path through a tempogram (Viterbi).
3. Beats are the series of moments at which much begins and whose distances agree with that tempo (dynamic programming,
   Ellis 2007, “Beat tracking by dynamic programming”).
4. The sound is stretched so that these beats are equally far apart. Where its pulse is much clearer then, the tempo
   changes, and the bars are those of the stretched sound (`bar_network`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.analysis.bar_network import bar_start
from engine.analysis.grid import STEADY, Grid, grid_of_sound
from engine.analysis.heard_tempo import felt_pulse
from engine.analysis.metre import Metre
from engine.analysis.pulse import ONSET_RATE, Onsets, onsets_of, refined_tempo
from engine.analysis.sound import RATE

Values = NDArray[np.float64]
Series = NDArray[np.float32]

_COARSE = 8  # onset values in one of the tempogram
_SERIES_RATE = ONSET_RATE / _COARSE
_WINDOW, _STEP = 6.0, 0.5  # s of the tempogram's windows, and from one to the next
_OCTAVE = 0.45  # octaves around the tempo of the whole sound in which its tempo stays
_RATIO = 1.01  # between the tempos tried
_TURN = 3  # states by which the tempo may change in a step
_PRICE = 0.08  # of such a change
_TIGHTNESS = 80.0  # of beats to the tempo
_CLEARER = 1.25  # how much clearer the pulse of the stretched sound is where the tempo changes
_CHANGES = 0.02  # a share of the tempo, from which it changes
_LEAST = 8  # beats
_NEAR = 0.06  # a share of a tempo, within which the exact one lies
_OTHER = 0.35  # octaves from the tempo heard in all, from which a changing one is another pulse
_BEFORE = 0.03  # s before a sound at which its first beat may be heard
_FACTORS = (1 / 2, 2 / 3, 3 / 4, 4 / 3, 3 / 2, 7 / 4, 2.0)


@dataclass(frozen=True, slots=True)
class BeatTrack:
    """Where beats (N,) and bars (M,) begin, s, in order; bars are among the beats.

    tempo: felt beats a minute, the median. steady: whether it is the same all the time. confidence: 0 to 1. bar: beats
    in it. compound: whether a beat falls into three, as in 6/8.
    """

    beats: Values
    downbeats: Values
    tempo: float
    steady: bool
    confidence: float
    bar: int = 4
    compound: bool = False

    @property
    def signature(self) -> str:
        """The time signature that is heard."""
        return f"{3 * self.bar}/8" if self.compound else f"{self.bar}/4"


def track_beats(sound: Series, beats: int | None = None) -> BeatTrack | None:
    """The beats of a mono sound (N,) at `RATE`; None where nothing repeats.

    Args:
        sound: to listen to.
        beats: in a bar, where they are known.
    """
    seconds = len(sound) / RATE
    if seconds < 2.0 or not sound.any():
        return None
    onsets = onsets_of(sound)
    felt = felt_pulse(sound, onsets, beats=beats)
    if felt is None:
        return None
    grid = grid_of_sound(sound, onsets, beats=felt.beats, expected=felt) or _unusual_grid(sound, onsets, felt)
    prior = felt.tempo
    if grid is not None and abs(grid.tempo / prior - 1) > _NEAR:
        prior = grid.tempo
    if seconds > _LEAST * 60 / prior:
        moments = _tracked(onsets.whole, prior)
        changing = _straightened(sound, moments, grid.confidence if grid else 0.0, felt)
        if changing is not None and abs(np.log2(changing.tempo / prior)) < _OTHER:
            return changing
    return _of_grid(grid, seconds) if grid else None


def _unusual_grid(sound: Series, onsets: Onsets, felt: Metre) -> Grid | None:
    """A grid at a tempo that the one of which most repeats is a part or a multiple of."""
    clarity = {felt.tempo * factor: refined_tempo(onsets, felt.tempo * factor, _NEAR) for factor in _FACTORS}
    tempo, _, clear = max(clarity.values(), key=lambda entry: entry[2])
    if clear <= 2 * STEADY:
        return None
    return grid_of_sound(sound, onsets, beats=felt.beats, tempo=tempo, expected=felt)


def _of_grid(grid: Grid, seconds: float) -> BeatTrack:
    first = -int((grid.start + _BEFORE) / grid.beat)
    numbers = np.arange(first, int((seconds - grid.start) / grid.beat) + 1)
    moments = grid.start + numbers * grid.beat
    inside = (moments > -_BEFORE) & (moments < seconds)
    moments, numbers = np.maximum(moments[inside], 0.0), numbers[inside]
    bars = moments[numbers % grid.beats == 0]
    return BeatTrack(moments, bars, grid.tempo, True, grid.confidence, grid.beats, grid.compound)


def _tracked(onsets: Series, prior: float) -> Values:
    """Beats (N,) in s, at a tempo near `prior` that may change."""
    length = len(onsets) // _COARSE
    series = onsets[: length * _COARSE].reshape(length, _COARSE).mean(axis=1).astype(np.float64)
    series = np.convolve(series, np.hanning(5) / np.hanning(5).sum(), "same")
    series = series / (series.std() or 1.0)
    periods = _periods(series, prior)
    score, origin = series.copy(), np.full(length, -1)
    for place in range(1, length):
        period = periods[place]
        first, last = max(0, place - round(2 * period)), place - max(1, round(period / 2))
        if last < first:
            continue
        before = np.arange(first, last + 1)
        value = score[before] - _TIGHTNESS * np.log((place - before) / period) ** 2
        best = int(np.argmax(value))
        if value[best] > 0:
            score[place] += value[best]
            origin[place] = before[best]
    tail = max(0, length - round(2 * periods[-1]))
    place = tail + int(np.argmax(score[tail:]))
    moments = []
    while place >= 0:
        moments.append(place)
        place = int(origin[place])
    return np.array(moments[::-1]) / _SERIES_RATE


def _periods(series: Values, prior: float) -> Values:
    """The distance of beats around each value of a series, in values."""
    count = round(_OCTAVE * np.log(2) / np.log(_RATIO))
    tempos = prior * _RATIO ** np.arange(-count, count + 1)  # (S,)
    lags = 60 / tempos * _SERIES_RATE
    window = round(_WINDOW * _SERIES_RATE)
    step = round(_STEP * _SERIES_RATE)
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(series, window // 2), window)[::step]
    frames = (frames - frames.mean(axis=1, keepdims=True)) * np.hanning(window)
    alike = np.fft.irfft(np.abs(np.fft.rfft(frames, 2 * window, axis=1)) ** 2, axis=1)[:, :window]
    alike = alike / np.maximum(alike[:, :1], 1e-9)
    places = np.arange(window)
    strength = np.array(
        [sum(np.interp(lags * times, places, row) for times in (1, 2, 3, 4)) for row in alike]
    )  # (W, S)
    strength = strength - 0.5 * (np.log2(tempos / prior) / _OCTAVE) ** 2
    states = np.arange(len(tempos))
    best, back = strength[0].copy(), np.zeros(strength.shape, int)
    for number in range(1, len(strength)):
        moves = np.stack(
            [np.roll(best, turn) - _PRICE * abs(turn) for turn in range(-_TURN, _TURN + 1)]
        )  # from state − turn
        for turn in range(-_TURN, _TURN + 1):
            wrapped = (states - turn < 0) | (states - turn >= len(states))
            moves[turn + _TURN, wrapped] = -np.inf
        choice = moves.argmax(axis=0)
        back[number] = states - (choice - _TURN)
        best = moves.max(axis=0) + strength[number]
    path = [int(best.argmax())]
    for number in range(len(strength) - 1, 0, -1):
        path.append(int(back[number, path[-1]]))
    return np.interp(np.arange(len(series)), np.arange(len(path)) * step, lags[path[::-1]])


def _straightened(sound: Series, moments: Values, clarity: float, felt: Metre) -> BeatTrack | None:
    """The track of a sound whose tempo changes; None where a steady one explains it as well as these beats."""
    beats = felt.beats
    if len(moments) < _LEAST:
        return None
    distances = np.diff(moments)
    smooth = np.array([np.median(distances[max(0, n - 4) : n + 5]) for n in range(len(distances))])
    if np.ptp(smooth) / np.median(smooth) < _CHANGES:
        return None
    beat = float(np.median(distances))
    # one more beat before the first and after the last, and as many as there is sound
    before = np.arange(moments[0] - distances[0], -distances[0], -distances[0])[::-1]
    after = np.arange(moments[-1] + distances[-1], len(sound) / RATE + distances[-1], distances[-1])
    every = np.concatenate((before, moments, after))
    even = np.arange(len(every)) * beat
    places = np.arange(0, even[-1], 1 / RATE)
    straight = np.interp(
        np.interp(places, even, every) * RATE, np.arange(len(sound)), sound, left=0.0, right=0.0
    ).astype(np.float32)
    onsets = onsets_of(straight)
    tempo, _, clear = refined_tempo(onsets, 60 / beat, 0.003)
    if clear < max(STEADY, _CLEARER * clarity):
        return None
    start = bar_start(straight, onsets, 60 / tempo, beats)
    numbers = np.arange(-beats, len(every) + beats)
    corrected = start + numbers * 60 / tempo
    inside = (corrected >= even[0]) & (corrected <= even[-1])
    times = np.interp(corrected[inside], even, every)
    numbers = numbers[inside]
    audible = (times > -1e-6) & (times < len(sound) / RATE)
    times, numbers = np.maximum(times[audible], 0.0), numbers[audible]
    if len(times) < _LEAST:
        return None
    tempo = float(60 / np.median(np.diff(times)))
    return BeatTrack(times, times[numbers % beats == 0], tempo, False, clear, beats, felt.compound)
