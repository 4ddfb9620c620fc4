"""How loud generated sound is: measured in steps of 50 ms, brought to a level, and kept under a ceiling.

A lone sound gets one gain for −18 LUFS. What goes on from a sound follows its level: its first second that of the
sound's last, then, within two seconds, that of the sound as a whole, by a gain that changes slowly (`Follower`). What
fills a hole is as loud as each side where it meets it (`bridging_gains`). Gains are decibels at the borders of steps,
between which they run straight. After them a limiter looks ahead (`engine.peak_limiter`).

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

from engine.loudness import KWeighting
from engine.peak_limiter import CEILING, Samples, Values

VERSION = 2
"""Of this way of levelling, as records keep it: another one makes other samples."""
LONE = -18.0
"""LUFS of a sound that stands alone."""
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
_OFFSET = 0.1  # of its own power's root: a mean larger than that is an offset, and is taken away


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
