"""Resampling of sound that comes in pieces, without state that cannot be copied.

The pieces put together are what resampling all at once gives, to about the resampler's own accuracy: each piece is
resampled with a margin on both sides, from positions that fall on whole frames at both rates.
"""

import math

import numpy as np

from engine.audio import resample

_MARGIN_SECONDS = 0.05


class RateChange:
    """Takes blocks (frames, channels) at one rate, returns what is final at another. Copy it to remember its state."""

    def __init__(self, rate_in: int, rate_out: int, channels: int, lead: np.ndarray | None = None) -> None:
        """`lead`: sound right before the first block, which is not returned but smooths the start."""
        divisor = math.gcd(rate_in, rate_out)
        self._in, self._out = rate_in // divisor, rate_out // divisor  # frames in step with each other
        self._rates = (rate_in, rate_out)
        self._margin = -(-round(_MARGIN_SECONDS * rate_in) // self._in) * self._in
        lead = np.zeros((0, channels), np.float32) if lead is None else lead
        whole = min(len(lead) // self._in * self._in, self._margin)
        self._sound = lead[len(lead) - whole :]
        self._start = -len(self._sound)  # position of the held sound's first frame, at the first rate
        self._end = 0  # frames returned, at the second rate

    def push(self, block: np.ndarray, *, last: bool = False) -> np.ndarray:
        """Adds a block, returns (frames, channels) at the second rate."""
        if self._rates[0] == self._rates[1]:
            return block
        self._sound = np.concatenate((self._sound, block))
        stop = self._start + len(self._sound)
        ready = -(-stop * self._out // self._in) if last else (stop - self._margin) * self._out // self._in
        if ready <= self._end:
            return block[:0]
        resampled = resample(self._sound, *self._rates)
        first = self._start // self._in * self._out
        piece = np.ascontiguousarray(resampled[self._end - first : ready - first])
        self._end += len(piece)
        drop = (self._end * self._in // self._out - self._margin - self._start) // self._in * self._in
        if drop > 0:
            self._sound, self._start = self._sound[drop:], self._start + drop
        return piece
