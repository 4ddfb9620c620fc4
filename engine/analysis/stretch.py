"""Stretching and transposing a sound: Signalsmith Stretch, through python-stretch."""

import itertools
from collections.abc import Sequence

import numpy as np

from engine.analysis.transients import attacks_of, with_attacks, with_edges
from engine.audio import fit_length, resample

_MARGIN = 0.25  # s of silence around the sound, in which the stretcher starts and ends
_SHORTEST = 0.4  # s of a piece between two changes of tempo; the stretcher needs more than two of its blocks of 0.12 s


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
