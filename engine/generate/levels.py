"""How loud generated sound is: measured in steps of 50 ms, brought to a level, and kept under a ceiling.

A lone sound gets one gain for −18 LUFS. What goes on from a sound follows its level: its first second that of the
sound's last, then, within two seconds, that of the sound as a whole, by a gain that changes slowly (`Follower`). What
fills a hole is as loud as each side where it meets it (`bridging_gains`). Gains are decibels at the borders of steps,
between which they run straight. After them a limiter looks ahead (`Limiter`).

All of it depends on the samples and their places alone, never on the pieces they come in: a stream is, bit by bit, what
the whole would be.

Levels here are K-weighted (BS.1770), in decibels of the mean over the channels, not gated by a fixed threshold: the
same sound 40 dB quieter is treated the same way.
"""

import copy
import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from engine.loudness import KWeighting

VERSION = 2
"""Of this way of levelling, as records keep it: another one makes other samples."""
LONE = -18.0
"""LUFS of a sound that stands alone."""
CEILING = -1.0
"""dBTP that nothing generated exceeds."""
HEARD = -22.0
"""The level that models know: what they go on from is brought to it."""

STEPS = 20  # a second
NEAR, GLIDE, REACH = STEPS, STEPS, 10 * STEPS
"""Steps at a join that are equally loud on both sides; until the level is the sound's own; that say what that is."""
_RUNNING = 3 * STEPS // 2  # steps whose loudness a stream's gain answers to
_SLEW = 8 / STEPS  # dB that it changes by in a step
_GATE = 10.0  # dB below the mean under which a step does not count
_STEADY = 10.0  # dB that the last second may lie below the sound before, to be gone on from as it is
_APART = 8.0  # dB that the gains of the first second and of what follows it may differ
_TOWARDS = 0.4  # of the way from the level before to that of the sound as a whole, a new part begins
_SOONER = (1.0, 2.0)  # dB that this may raise or lower it by
_MAKE_UP = 1.0  # dB by which a stream is louder or quieter than the sound, to make up for what it was
SILENCE = -90.0
"""dB under which there is nothing to be measured."""
_MOST = 60.0  # dB of gain
_NOTHING = -140.0  # dB under which no gain is worked out
_AIM = 10 ** ((CEILING - 0.4) / 20)
_AT_ONCE = 256  # blocks whose peaks are looked for together
_OFFSET = 0.1  # of its own power's root: a mean larger than that is an offset, and is taken away

Samples = NDArray[np.float32]
Values = NDArray[np.float64]


def finite(samples: Samples) -> tuple[Samples, int]:
    """`samples` with silence in place of what is no number, and how many those were."""
    wrong = int(samples.size - np.count_nonzero(np.isfinite(samples)))
    return (np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0), wrong) if wrong else (samples, 0)


def step_frames(rate: int) -> int:
    """Frames of a step."""
    return max(rate // STEPS, 1)


def powers_of(samples: Samples, rate: int, borders: Sequence[int] | None = None) -> Values:
    """The K-weighted mean square of each step of (frames, channels): (steps,).

    borders: the frames at which steps begin and the last one ends; by default every 50 ms, the last step as long as
        it is.
    """
    meter = Powers(rate, samples.shape[1])
    borders = [*range(0, len(samples), step_frames(rate)), len(samples)] if borders is None else borders
    return np.array([meter.step(samples[first:last]) for first, last in pairwise(borders)])


def even_borders(frames: int, rate: int) -> list[int]:
    """Borders of steps of about 50 ms, all equally long but for a frame."""
    steps = max(round(frames * STEPS / rate), 1)
    return [frames * step // steps for step in range(steps + 1)]


class Powers:
    """The K-weighted mean square of one step after another."""

    def __init__(self, rate: int, channels: int) -> None:
        self._weighting = KWeighting(rate, channels)

    def copied(self) -> "Powers":
        """An independent copy."""
        other = copy.copy(self)
        other._weighting = copy.copy(self._weighting)
        return other

    def step(self, samples: Samples) -> float:
        """Of (frames, channels), over all channels."""
        return float(np.mean(np.square(self._weighting.filter(samples.T.astype(np.float64)))))


def decibels(powers: Values) -> float:
    """The level of steps; −∞ without any."""
    mean = float(powers.mean()) if len(powers) else 0.0
    return -0.691 + 10 * math.log10(mean) if mean > 0 else -math.inf


def gated(powers: Values) -> float:
    """The level of those steps that are not far below the mean of all."""
    mean = float(powers.mean()) if len(powers) else 0.0
    return decibels(powers[powers >= mean * 10 ** (-_GATE / 10)])


def metered(powers: Values) -> float:
    """The level of steps as BS.1770 meters a sound of that length: by windows of 400 ms, the quiet ones left out."""
    window = 2 * STEPS // 5
    if len(powers) < window:
        return decibels(powers)
    return gated(np.convolve(powers, np.full(window, 1 / window), "valid"))


def side(powers: Values) -> tuple[float, float] | None:
    """The level next to a join and that of the sound as a whole, of the steps towards it, the nearest last.

    None for silence.
    """
    whole = metered(powers[-REACH:])
    if whole < SILENCE:
        return None
    return max(decibels(powers[-NEAR:]), whole - _STEADY), whole


def lone_gain(loudness: float, peak: float) -> float:
    """Decibels that bring a sound of `loudness` LUFS to −18, without lifting a `peak` (dBTP) far over the ceiling."""
    if not math.isfinite(loudness):
        return 0.0
    return min(max(LONE - loudness, -_MOST), _MOST, CEILING + 9.0 - peak)


def together_gain(loudness: float, peak: float) -> float:
    """Decibels for each of several parts that are to be heard together, of what their sum measures.

    The sum comes to −18 LUFS, or as near as its `peak` (dBTP) stays under the ceiling; their balance stays.
    """
    return min(LONE - loudness, CEILING - peak) if math.isfinite(loudness) else 0.0


def curve(nodes: Sequence[float] | Values, borders: Sequence[int]) -> Values:
    """The factor of each frame up to the last border, (frames, 1), of gains in decibels at the borders."""
    return np.asarray(10 ** (np.interp(np.arange(borders[-1]), borders, nodes) / 20))[:, None]


def bridging_gains(powers: Values, left: Values, right: Values) -> Values:
    """Gains at the borders of a hole's steps with `powers`, between sides of steps towards it: (steps + 1,).

    The hole's first second becomes as loud as the last one on its left and its first three as loud as the last three
    there; so on its right, or by halves where it is shorter. In between the level runs from one side's to the other's,
    every two seconds anew. A side that is silent or not there is taken to be like the other.
    """
    steps = len(powers)
    sides = [each for each in (left, right) if side(each) is not None]
    if not sides:
        return np.zeros(steps + 1)
    left, right = sides[0], sides[-1]
    spans = _spans(steps)
    goals = [_goal(left if ends == "left" else right, last - first) for first, last, ends in spans if ends]
    inner = [span for span in spans if not span[2]]
    ends = (gated(left[-REACH:]), gated(right[-REACH:]))
    goals[len(goals) // 2 : len(goals) // 2] = list(np.linspace(*ends, len(inner) + 2)[1:-1])
    centres = _centres(spans, steps)
    gains, borders = np.zeros(len(spans)), np.arange(steps + 1, dtype=np.float64)
    for _ in range(24):  # each gain changes its neighbours' spans a little
        nodes = np.interp(borders, centres, gains)
        levelled = powers * 10 ** ((nodes[:-1] + nodes[1:]) / 20)
        for index, (first, last, _side) in enumerate(spans):
            level = metered(levelled[first:last])
            if level > _NOTHING:
                gains[index] += goals[index] - level
        gains = np.clip(gains, -_MOST, _MOST)
        for near, far in ((0, 1), (-1, -2)):
            if len(spans) > 2 and spans[far][2]:
                gains[far] = min(max(gains[far], gains[near] - _APART), gains[near] + _APART)
    return np.interp(borders, centres, gains)


def _goal(powers: Values, steps: int) -> float:
    """The level of the last steps of a side, unless they are far below the rest."""
    return max(metered(powers[-steps:]), gated(powers[-REACH:]) - _STEADY)


def _spans(steps: int) -> list[tuple[int, int, str]]:
    """Which steps of a hole are measured, from left to right, and with which side each is compared, if with one."""
    half = max(steps // 2, 1)
    near, far = min(NEAR, half), min(3 * NEAR, half)
    left = [(0, near, "left")] + [(0, far, "left")] * (2 * far >= 3 * near)
    right = [(steps - last, steps, "right") for _, last, _ in reversed(left)]
    room = steps - 2 * far
    count = max(room // (2 * NEAR), 0)
    middle = [(far + room * k // count, far + room * (k + 1) // count, "") for k in range(count)]
    return [*left, *middle, *right]


def _centres(spans: Sequence[tuple[int, int, str]], steps: int) -> Values:
    """Where the gain of each span stands: in its middle, or that of what the next longer one has beyond it."""
    near, twice = spans[0][1], len(spans) > 2 and spans[1][2] == "left"
    centres = [0.5 * (first + last) for first, last, _ in spans]
    if twice:
        centres[1] = 0.5 * (near + spans[1][1])
        centres[-2] = steps - centres[1]
    return np.array(centres)


class Follower:
    """The gain of a stream that goes on from a sound, a step at a time.

    Its first second is as loud as the sound's last one, or up to a decibel or two nearer to the sound as a whole. Then
    the gain answers to the loudness of the last second and a half, and to what has become of the stream by now: what
    was too quiet is made up for, so that the level of a chain of streams does not wander.

    near, whole: the levels that it begins at and comes to; see `side`.
    """

    def __init__(self, near: float, whole: float) -> None:
        self._begin = near + min(max((whole - near) * _TOWARDS, -_SOONER[1]), _SOONER[0])
        self._whole = whole
        self._powers: list[float] = []
        self._played: list[float] = []
        self._gain = 0.0

    def copied(self) -> "Follower":
        """An independent copy."""
        other = copy.copy(self)
        other._powers, other._played = list(self._powers), list(self._played)
        return other

    def begin(self, powers: Values) -> float:
        """The gain at the first border, of the first steps (up to a second of them)."""
        level = decibels(powers)
        if level > _NOTHING:
            self._gain = min(max(self._begin - level, -_MOST), _MOST)
        return self._gain

    def step(self, power: float) -> float:
        """The gain at the border after a step of that power."""
        before = self._gain
        self._powers.append(power)
        level = metered(np.array(self._powers[-_RUNNING:]))
        pause = level < _NOTHING or power < 10 ** ((level - 2 * _GATE + 0.691) / 10)
        if len(self._powers) > NEAR and not pause:
            correction = self._wanted() - level
            self._gain = min(max(before + min(max(correction - before, -_SLEW), _SLEW), -_MOST), _MOST)
        if not pause:
            self._played.append(power * 10 ** ((before + self._gain) / 20))
            del self._played[:-REACH]
        return self._gain

    def _wanted(self) -> float:
        """The level that is to come next."""
        whole = 10 ** ((self._whole + 0.691) / 10)
        left = (whole * (len(self._played) + STEPS) - sum(self._played)) / STEPS
        level = min(max(decibels(np.array([max(left, 1e-30)])), self._whole - _MAKE_UP), self._whole + _MAKE_UP)
        return self._begin + (level - self._begin) * min((len(self._powers) - NEAR) / GLIDE, 1.0)


class Offset:
    """The mean of a stream over its last two seconds, where it is so large that it is an offset."""

    def __init__(self, channels: int) -> None:
        self._sums: list[Values] = []
        self._squares: list[float] = []
        self._none = np.zeros(channels)

    def copied(self) -> "Offset":
        """An independent copy."""
        other = copy.copy(self)
        other._sums, other._squares = list(self._sums), list(self._squares)
        return other

    def step(self, samples: Samples) -> Values:
        """The offset of each channel at the border after a step."""
        self._sums.append(samples.mean(axis=0, dtype=np.float64))
        self._squares.append(float(np.mean(np.square(samples, dtype=np.float64))))
        del self._sums[: -2 * STEPS], self._squares[: -2 * STEPS]
        mean = np.mean(self._sums, axis=0)
        return np.where(np.abs(mean) > _OFFSET * math.sqrt(np.mean(self._squares)), mean, self._none)


class Limiter:
    """Keeps true peaks under the ceiling: gain goes down before a peak and up after it, over some milliseconds.

    It works on blocks of a millisecond. The gain at a block's borders is a weighted mean of the least gains that the
    blocks around allow, so it is never more than its own block allows.
    """

    _BLOCKS = 1000  # a second
    _REACH = 5  # blocks on each side over which the gain comes and goes

    def __init__(self, rate: int, channels: int) -> None:
        self._block = max(rate // self._BLOCKS, 1)
        self._taps = _interpolator(8 if rate < 60_000 else 4 if rate < 150_000 else 2)
        self._half = self._taps.shape[1] // 2 if len(self._taps) else 0
        self._sound = np.zeros((self._half, channels), np.float32)  # what is not judged yet, and before it some taps
        self._waiting = np.zeros((0, channels), np.float32)  # what is not played yet
        self._allowed = np.ones(2 * self._REACH + 1)  # of blocks, the last of them not played yet
        self._least = 1.0

    def copied(self) -> "Limiter":
        """An independent copy."""
        return copy.copy(self)

    @property
    def least_db(self) -> float:
        """The least gain so far, in decibels."""
        return 20 * math.log10(self._least)

    @property
    def held_back(self) -> int:
        """The most frames that are kept for the time being."""
        return self._half + (2 * self._REACH + 2) * self._block

    def push(self, samples: Samples, *, last: bool = False) -> Samples:
        """Takes (frames, channels), returns those whose gain is settled; `last` returns all that is left."""
        self._sound = np.concatenate((self._sound, samples))
        self._waiting = np.concatenate((self._waiting, samples))
        count = (len(self._sound) - 2 * self._half) // self._block
        if last:
            left = len(self._sound) - self._half
            count = -(-left // self._block)
            self._sound = np.pad(self._sound, ((0, count * self._block - left + self._half), (0, 0)))
        if count > 0:
            judged = self._sound[: count * self._block + 2 * self._half]
            peaks = _block_peaks(judged, self._block, self._taps)
            self._allowed = np.concatenate((self._allowed, np.minimum(1.0, _AIM / np.maximum(peaks, 1e-9))))
            self._sound = self._sound[count * self._block :]
        if last:
            self._allowed = np.concatenate((self._allowed, np.ones(2 * self._REACH + 1)))
        return self._play()

    def _play(self) -> Samples:
        reach = self._REACH
        # allowed[2 * reach + 1] is the first block that waits; its right border needs 2 * reach + 1 blocks after it
        ready = min(len(self._allowed) - 2 * (2 * reach + 1), -(-len(self._waiting) // self._block))
        if ready <= 0:
            return self._waiting[:0]
        allowed = self._allowed[: ready + 2 * (2 * reach + 1)]
        least = np.minimum(allowed[:-1], allowed[1:])  # at borders
        for shift in range(1, reach + 1):
            wide = np.minimum(allowed[: -2 * shift - 1], allowed[2 * shift + 1 :])
            least[shift : len(least) - shift] = np.minimum(least[shift : len(least) - shift], wide)
        weights = np.hanning(2 * reach + 3)[1:-1]
        weights = weights / weights.sum()
        nodes = np.zeros(ready + 1)
        first = 2 * reach  # index in `least` of the left border of the first waiting block
        for tap, weight in enumerate(weights):
            at = first - reach + tap
            nodes += weight * least[at : at + ready + 1]
        nodes = np.where(nodes > 1 - 1e-9, 1.0, nodes)
        share = np.arange(self._block) / self._block
        gains = (nodes[:-1, None] * (1 - share) + nodes[1:, None] * share).reshape(-1)
        out = self._waiting[: ready * self._block]
        gains = gains[: len(out)]
        if len(gains):
            self._least = min(self._least, float(gains.min()))
        out = np.where(gains[:, None] == 1.0, out, (out * gains[:, None]).astype(np.float32))
        self._waiting = self._waiting[ready * self._block :]
        self._allowed = self._allowed[ready:]
        return np.ascontiguousarray(out, np.float32)


def limited(samples: Samples, rate: int, *, circular: bool = False) -> Samples:
    """(frames, channels) under the ceiling; a circular sound stays one."""
    if not circular:
        return Limiter(rate, samples.shape[1]).push(samples, last=True)
    length = len(samples)
    around = min(-(-Limiter(rate, 1).held_back // max(length, 1)), 64)
    laps = np.tile(samples, (2 * around + 1, 1))
    return limited(laps, rate)[around * length : (around + 1) * length]


def _interpolator(factor: int) -> Values:
    """Windowed-sinc taps for the places between samples: (factor − 1, 32)."""
    taps, kaiser = 32, 9.0
    half, phases = taps // 2, []
    for phase in range(1, factor):
        distance = np.arange(taps) - (half - 1) - phase / factor
        window = np.i0(kaiser * np.sqrt(np.maximum(1 - (distance / half) ** 2, 0.0))) / np.i0(kaiser)
        row = np.sinc(distance) * window
        phases.append(row / row.sum())
    return np.array(phases).reshape(-1, taps)


def _block_peaks(sound: Samples, block: int, taps: Values) -> Values:
    """The largest magnitude in each block, between its samples and on them; (blocks,).

    sound: whole blocks with half the taps more on each side.
    """
    half = taps.shape[1] // 2 if len(taps) else 0
    inside = np.abs(sound[half : len(sound) - half]).max(axis=1)
    peaks = inside.reshape(-1, block).max(axis=1).astype(np.float64)
    if not len(taps):
        return peaks
    reach = float(np.abs(taps).sum(axis=1).max())
    wide = np.abs(sound).max(axis=1)
    near = np.flatnonzero(_largest_around(wide, block, half) * reach > _AIM)
    for start in range(0, len(near), _AT_ONCE):
        chosen = near[start : start + _AT_ONCE]
        parts = sound[chosen[:, None] * block + np.arange(block + 2 * half)].astype(np.float64)  # (n, frames, channels)
        for row in taps:
            # tap by tap, so that a block's sums never depend on how many are worked out beside it
            between = sum(weight * parts[:, tap : tap + block + 1] for tap, weight in enumerate(row))
            peaks[chosen] = np.maximum(peaks[chosen], np.abs(between).max(axis=(1, 2)))
    return peaks


def _largest_around(wide: Samples, block: int, half: int) -> Values:
    """The largest of each block and of `half` frames on each side of it."""
    count = (len(wide) - 2 * half) // block
    rows = np.lib.stride_tricks.as_strided(
        wide, (count, block + 2 * half), (wide.strides[0] * block, wide.strides[0]), writeable=False
    )
    return np.asarray(rows.max(axis=1), np.float64)
