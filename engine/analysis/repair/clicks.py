"""Clicks: a few samples that do not follow from those around them, as scratches and lost packets leave.

What linear prediction does not foretell tells them, and the same prediction fills them in (Godsill and Rayner, “Digital
Audio Restoration”, 1998, chapters 5.2 and 5.3; Janssen, Veldhuis and Vries 1986). A stroke of a drum is not foretold
either, but goes on afterwards; a click is over after 2 ms.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_toeplitz, solveh_banded
from scipy.ndimage import median_filter, uniform_filter1d
from scipy.signal import lfilter

from engine.analysis.repair.fault import Check, FaultKind, Finding, Samples

_ORDER = 32
_BLOCK_S = 0.05  # over which the prediction holds
_STEP_S = 0.001  # of which the errors' level is measured
_TIMES, _OVER = 14.0, 2.5  # how far above the usual, and the largest, errors around it an error is a click
_EDGE = 5.0  # … and where its first and last samples lie
_LONGEST_S = 0.002
_AROUND_S, _APART_S = 0.006, 0.012  # before and after, where errors are as usual, and smaller
_BEGINS = 10.0  # power after it over the power before it, from which it is the beginning of a sound
_MASKED = 0.1  # of the sound's level around it, below which an error is not heard
_LEAST = 1e-3  # of full scale: nobody hears smaller ones
_MARGIN, _GAP = 3, 10  # samples

Values = NDArray[np.float64]


def find(samples: Samples, rate: int) -> Finding | None:
    """The clicks of each channel: spans of frames."""
    spans = [_clicks(channel.astype(np.float64), rate) for channel in samples.T]
    count = sum(len(each) for each in spans)
    return Finding(f"{count} click{'s' if count > 1 else ''}", spans) if count else None


def mend(samples: Samples, rate: int, finding: Finding, check: Check) -> Samples:
    """The samples with what the sound around a click foretells in its place."""
    out = samples.copy()
    total = max(1, sum(len(each) for each in finding.details))
    done = 0
    for channel, spans in enumerate(finding.details):
        for first, last in spans:
            check(done / total)
            done += 1
            reach = 8 * _ORDER + 2 * (last - first)
            begin, end = max(0, first - reach), min(len(out), last + reach)
            around = out[begin:end, channel].astype(np.float64)
            gap = np.zeros(len(around), bool)
            gap[first - begin : last - begin] = True
            out[first:last, channel] = filled(around, gap)[gap]
    return out


def filled(values: Values, gap: NDArray[np.bool_], order: int = _ORDER, rounds: int = 3) -> Values:
    """`values` (N,) with those of the gap as the prediction from both sides has them (Janssen and others 1986)."""
    out = values.copy()
    out[gap] = np.interp(np.flatnonzero(gap), np.flatnonzero(~gap), values[~gap])
    places = np.flatnonzero(gap)
    order = min(order, len(values) // 4)
    for _ in range(rounds):
        prediction = _prediction(out, order)  # (order + 1,), the first is 1
        correlation = np.correlate(prediction, prediction, "full")[order:]
        known = np.where(gap, 0.0, out)
        # least squares of the prediction's error over the unknown samples: a band matrix, since they lie close together
        pull = np.convolve(known, np.concatenate((correlation[:0:-1], correlation)), "same")[places]
        band = np.zeros((min(order, len(places) - 1) + 1, len(places)))
        for row in range(len(band)):
            apart = places[row:] - places[: len(places) - row]
            band[row, : len(places) - row] = np.where(apart <= order, correlation[np.minimum(apart, order)], 0.0)
        band[0] *= 1 + 1e-9
        out[gap] = solveh_banded(band, -pull, lower=True)
    return out


def _prediction(values: Values, order: int) -> Values:
    """The coefficients (order + 1,) whose filter leaves what is not foretold."""
    windowed = values * np.hanning(len(values) + 2)[1:-1]
    size = 2 * len(values)
    correlation = np.fft.irfft(np.abs(np.fft.rfft(windowed, size)) ** 2)[: order + 1]
    correlation[0] = correlation[0] * (1 + 1e-7) + 1e-12
    return np.concatenate(([1.0], -solve_toeplitz(correlation[:-1], correlation[1:])))


def _clicks(channel: Values, rate: int) -> list[tuple[int, int]]:
    """The spans of a channel, in order."""
    size = max(round(_BLOCK_S * rate), 8 * _ORDER)
    if len(channel) < 2 * size:
        return []
    error = np.zeros(len(channel))
    for first in range(0, len(channel), size):
        begin, end = max(0, first - size // 2), min(len(channel), first + size + size // 2)
        block = channel[begin:end]
        if not block.any():
            continue
        foretold = lfilter(_prediction(_tamed(block), _ORDER), [1.0], channel[max(0, begin - _ORDER) : end])
        last = min(first + size, len(channel))
        lead = first - max(0, begin - _ORDER)
        error[first:last] = foretold[lead : lead + last - first]
    error[:_ORDER] = 0  # nothing foretells the first samples
    size_of_error = np.abs(error)
    limits, usual = _thresholds(size_of_error, rate)
    power = uniform_filter1d(np.square(channel), round(2 * _AROUND_S * rate))
    limits = np.maximum(limits, _MASKED * np.sqrt(np.maximum(power, 0)))
    spans = _spans(np.flatnonzero(size_of_error > limits), size_of_error > _EDGE * usual, rate)
    return [span for span in spans if not _begins(channel, *span, round(_AROUND_S * rate))]


def _begins(channel: Values, first: int, last: int, reach: int) -> bool:
    """Whether a sound begins there, however hard: it is much louder afterwards than before."""
    before, after = channel[max(0, first - reach) : first], channel[last : last + reach]
    return float(np.square(after).mean()) > _BEGINS * float(np.square(before).mean()) if len(after) else True


def _tamed(block: Values) -> Values:
    """A block whose loudest few samples do not bend the prediction."""
    limit = 8 * float(np.median(np.abs(block))) + 1e-9
    return np.clip(block, -limit, limit)


def _thresholds(error: Values, rate: int) -> tuple[Values, Values]:
    """How large errors of a click are at least, and what is usual around each sample, the click itself left out.

    A click stands out from the usual errors before and after it, and from the largest of them: edges of a low square
    wave are as sharp, but come again with each period.
    """
    hop = max(1, round(_STEP_S * rate))
    count = -(-len(error) // hop)
    blocks = np.pad(error, (0, count * hop - len(error)), mode="edge").reshape(count, hop)
    level = median_filter(np.sqrt(np.mean(np.square(blocks), axis=1)), 3)
    near, far, skipped = (round(span / _STEP_S) for span in (_AROUND_S, _APART_S, _LONGEST_S))
    usual = np.max(_beside(level, near, skipped, np.median), axis=0) + 1e-6
    largest = np.max(_beside(blocks.max(axis=1), far, skipped, np.max), axis=0)
    limits = np.maximum(np.maximum(_TIMES * usual, _OVER * largest), _LEAST)
    return np.repeat(limits, hop)[: len(error)], np.repeat(usual, hop)[: len(error)]


def _beside(level: Values, reach: int, skipped: int, summary: Callable[..., Values]) -> tuple[Values, Values]:
    """A summary of the `reach` values before and after each of (N,), without the `skipped` next to it."""
    padded = np.pad(level, reach + skipped, mode="edge")
    windows = summary(np.lib.stride_tricks.sliding_window_view(padded, reach), axis=1)
    after = reach + 2 * skipped + 1
    return windows[: len(level)], windows[after : after + len(level)]


def _spans(peaks: NDArray[np.intp], outside: NDArray[np.bool_], rate: int) -> list[tuple[int, int]]:
    """Peaks as spans from the first sample that is out of the usual to the last; long ones are no clicks."""
    longest = round(_LONGEST_S * rate)
    spans: list[tuple[int, int]] = []
    for peak in peaks.tolist():
        if spans and peak < spans[-1][1]:
            continue
        first, last = _run(outside[max(0, peak - longest) : peak + 1][::-1]), _run(outside[peak : peak + longest])
        begin, end = peak - first - _MARGIN, peak + last + 1 + _MARGIN
        if spans:
            begin = max(begin, spans[-1][1])
        if end - begin <= longest + 2 * _MARGIN and 0 < begin < end < len(outside):
            spans.append((begin, end))
    return spans


def _run(outside: NDArray[np.bool_]) -> int:
    """How far the samples that are out of the usual go on, with gaps of less than `_GAP` samples."""
    reach = 0
    for place in np.flatnonzero(outside).tolist():
        if place - reach > _GAP:
            break
        reach = place
    return reach


CLICKS = FaultKind("clicks", "Clicks", "Scratches and lost samples", find, mend)
