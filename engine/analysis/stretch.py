"""Stretching a sound to the grid, its pitch kept: Signalsmith Stretch, through python-stretch."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from engine.analysis.fit import MAX_STRETCH, Fit
from engine.analysis.transients import attacks_of, with_attacks, with_edges
from engine.audio import Audio, fit_length, resample
from engine.errors import EngineError

_FADE = 0.01  # s
_MARGIN = 0.25  # s of silence around the sound, in which the stretcher starts and ends
_SHORTEST = 0.4  # s of a piece between two changes of tempo; the stretcher needs more than two of its blocks of 0.12 s
Mark = tuple[float, float]
"""A place of a sound and where it comes to lie, both in s."""


def to_grid(audio: Audio, fit: Fit, frames: int, *, grid: float = 0.0, beats: Sequence[float] = ()) -> Audio:
    """`audio` at the song's tempo, its beats on the song's, with at least `frames` frames.

    Material that is left after that stays, so that a clip can be made longer. Where there is too little, silence
    follows after a short fade.

    Args:
        audio: the sound.
        fit: what was measured in it, with the grid at its start.
        frames: how many are needed.
        grid: s from the start of the result to any beat of the song.
        beats: where the song's tempo changes, the s from the start of the result to each of its beats, from one at or
            before the start to one after the end; `grid` is one of them. Every beat of the sound then comes to lie on
            one of the song's. Empty for one tempo, that of `fit`.

    Raises:
        EngineError: no beat was found in it, or it is too far from the song's tempo.
    """
    if not fit.can_stretch:
        raise EngineError(
            "This sound has no beat that could be stretched to the grid: generate it again, or move it by hand."
        )
    slow = replace(fit, beat=fit.beat * fit.ratio, shift_frames=round(fit.shift_frames * fit.ratio))
    late = slow.in_song(fit.tempo, grid, audio.rate).shift_frames
    sound = np.asarray(audio.samples, np.float32)
    if beats:
        phase = fit.shift_frames / fit.rate
        marks = _marks(len(sound) / audio.rate, phase, fit.beat, phase * fit.ratio - late / audio.rate, beats)
        late = -round(marks[0][1] * audio.rate)
        samples = stretched_along(sound, audio.rate, marks)
    else:
        samples = stretched(sound, audio.rate, fit.ratio)
    samples = np.pad(samples, ((-late, 0), (0, 0))) if late < 0 else samples[late:]
    if len(samples) < frames:
        fade = min(round(_FADE * audio.rate), len(samples))
        samples = samples.copy()
        samples[len(samples) - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)[:, None]
        samples = fit_length(samples, frames)
    return Audio(samples, audio.rate)


def _marks(seconds: float, phase: float, beat: float, first: float, beats: Sequence[float]) -> list[Mark]:
    """The marks of a sound of `seconds` with a beat every `beat` from `phase` on, which comes at about `first`.

    Before the first beat, after the last, and beyond the song's beats that are given, the tempo next to there goes on.

    Raises:
        EngineError: the song's tempo is somewhere too far from the sound's.
    """
    targets = np.asarray(beats)
    index = int(np.argmin(np.abs(targets - first)))
    count = min(math.floor((seconds - phase) / beat), len(targets) - 1 - index)
    if count < 1:
        raise EngineError("This sound is too short to be stretched along a change of tempo: make it longer.")
    step = math.ceil(_SHORTEST / beat)
    numbers = range(0, count - count % step + 1, step) if count >= step else (0, count)
    marks = [(phase + number * beat, float(targets[index + number])) for number in numbers]
    ratios = [(after[1] - before[1]) / (after[0] - before[0]) for before, after in itertools.pairwise(marks)]
    if max(abs(ratio - 1) for ratio in ratios) > MAX_STRETCH:
        low, high = (60 / beat / ratio for ratio in (max(ratios), min(ratios)))
        raise EngineError(
            f"The song goes from {low:.0f} to {high:.0f} BPM here, which is too far from the sound's {60 / beat:.0f}: "
            "split the clip where the tempo changes."
        )
    start, end = marks[0], marks[-1]
    marks[0] = (min(start[0], 0.0), start[1] - max(start[0], 0.0) * ratios[0])
    marks[-1] = (seconds, end[1] + (seconds - end[0]) * ratios[-1])
    return marks


def stretched_along(samples: np.ndarray, rate: int, marks: Sequence[Mark]) -> np.ndarray:
    """`samples` (frames, channels) float32 at the same pitch, along a map of time: straight lines through `marks`.

    The first frame of the result is that of the first mark; its length is that of the marks, to the frame. The
    stretcher goes on from piece to piece, so that there is no seam.
    """
    from python_stretch import Signalsmith

    machine = Signalsmith.Stretch(0)  # see `stretched`
    machine.preset(samples.shape[1], float(rate))
    # silence before and after goes on at the tempo next to it
    (first, start), (last, end) = marks[0], marks[-1]
    before = _MARGIN * (marks[1][1] - start) / (marks[1][0] - first)
    after = _MARGIN * (end - marks[-2][1]) / (last - marks[-2][0])
    lines = [(first - _MARGIN, start - before), *marks[1:-1], (last + _MARGIN, end + after)]
    places = [(round((x - lines[0][0]) * rate), round((y - lines[0][1]) * rate)) for x, y in lines]
    lead, length = round(before * rate), round((end - start) * rate)
    padded = np.pad(samples, ((round((_MARGIN - min(first, 0.0)) * rate), places[-1][0]), (0, 0)))
    pieces: list[np.ndarray] = []
    done = 0
    for (left, _), (right, target) in itertools.pairwise(places):
        machine.timeFactor = (right - left) / (target - done)
        pieces.append(np.asarray(machine.process(np.ascontiguousarray(padded[left:right].T)), np.float32).T)
        done += len(pieces[-1])
    return fit_length(np.concatenate(pieces)[lead : lead + length], length)


def warped(samples: np.ndarray, rate: int, places: Sequence[tuple[int, int]], semitones: float = 0.0) -> np.ndarray:
    """`samples` (frames, channels) float32 along straight lines through `places`, transposed; attacks stay sharp.

    Args:
        samples: the sound.
        rate: Hz.
        places: (frame of the sound, frame of the result), each after the one before; at least two. The result begins
            with that of the first, and its length is that of them all, to the frame.
        semitones: up, or down where negative.
    """
    (first, start), (last, end) = places[0], places[-1]
    part = fit_length(np.asarray(samples[max(first, 0) :], np.float32), last - max(first, 0))
    part = np.pad(part, ((max(-first, 0), 0), (0, 0)))
    xs = np.array([x - first for x, _ in places], np.float64)
    ys = np.array([y - start for _, y in places], np.float64)
    if not semitones and np.array_equal(xs, ys):
        return part
    out = _vocoded(part, rate, _thinned(xs, ys, rate), end - start, semitones)
    attacks = attacks_of(part, rate)
    faster = round(rate * 2 ** (semitones / 12))
    speed = faster / rate
    inside = np.round(attacks / speed).astype(np.int64)
    sped = part
    if faster != rate and len(attacks):  # as a tape plays it that runs so much faster
        sped = with_edges(part, resample(part, faster, rate), rate, attacks, inside)
    return with_attacks(sped, out, rate, inside, lambda frames: np.interp(frames * speed, xs, ys))


def _thinned(xs: np.ndarray, ys: np.ndarray, rate: int) -> list[tuple[int, int]]:
    """The places of which each is far enough from the one before for the stretcher; the first and the last stay."""
    anchors = [(int(xs[0]), int(ys[0]))]
    apart = _SHORTEST * rate
    for x, y in zip(xs[1:-1].tolist(), ys[1:-1].tolist(), strict=True):
        if min(x - anchors[-1][0], xs[-1] - x) >= apart and min(y - anchors[-1][1], ys[-1] - y) >= apart:
            anchors.append((int(x), int(y)))
    return [*anchors, (int(xs[-1]), int(ys[-1]))]


def _vocoded(
    samples: np.ndarray, rate: int, places: Sequence[tuple[int, int]], length: int, semitones: float
) -> np.ndarray:
    """`samples` through the stretcher, piece by piece without a seam, `length` frames long."""
    from python_stretch import Signalsmith

    machine = Signalsmith.Stretch(0)  # see `stretched`
    machine.preset(samples.shape[1], float(rate))
    if semitones:
        machine.setTransposeSemitones(semitones)
    ratios = [(y1 - y0) / (x1 - x0) for (x0, y0), (x1, y1) in itertools.pairwise(places)]
    margin = round(_MARGIN * rate)
    lead = round(margin * ratios[0])
    padded = np.pad(samples, ((margin, margin), (0, 0)))
    pieces: list[np.ndarray] = []
    done = 0
    for number, (_, (right, target)) in enumerate(itertools.pairwise(places)):
        left = 0 if not number else places[number][0] + margin
        final = number == len(ratios) - 1
        stop = right + margin + (margin if final else 0)
        goal = lead + target + (round(margin * ratios[-1]) if final else 0)
        machine.timeFactor = (stop - left) / max(goal - done, 1)
        pieces.append(np.asarray(machine.process(np.ascontiguousarray(padded[left:stop].T)), np.float32).T)
        done += len(pieces[-1])
    return fit_length(np.concatenate(pieces)[lead : lead + length], length)


def stretched(samples: np.ndarray, rate: int, ratio: float) -> np.ndarray:
    """`samples` (frames, channels) float32 lasting `ratio` times as long, at the same pitch."""
    frames = round(len(samples) * ratio)
    if frames == len(samples) or not len(samples):
        return samples
    from python_stretch import Signalsmith

    machine = Signalsmith.Stretch(0)  # a fixed seed, so that the same sound is stretched alike
    machine.preset(samples.shape[1], float(rate))
    machine.timeFactor = 1 / ratio
    margin = round(_MARGIN * rate)
    padded = np.pad(samples, ((margin, margin), (0, 0)))
    out = np.ascontiguousarray(np.asarray(machine.process(np.ascontiguousarray(padded.T)), np.float32).T)
    start = round(margin * ratio)
    return fit_length(out[start : start + frames], frames)
