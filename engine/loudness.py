"""Loudness and true peak: ITU-R BS.1770-4, EBU R 128, EBU Tech 3341 and 3342, with numpy alone.

`integrated_loudness` and `true_peak` measure a whole sound. `LoudnessMeter` takes a stream in blocks of any size:
energies of the K-weighted signal are kept per hop of 20 ms; windows of 400 ms and 3 s slide over them. The K-weighting
is the standard's two filters, derived anew for any rate from their analogue prototypes. True peak is the largest
magnitude between the samples, found by a windowed-sinc interpolator.
"""

import math
from array import array
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

SILENCE = -math.inf
"""What a meter shows, in LUFS or decibels, where there is nothing to measure."""

HOPS_PER_SECOND = 50
MOMENTARY_HOPS, SHORT_TERM_HOPS, GATE_HOPS = 20, 150, 5  # 400 ms; 3 s; a gating block each 100 ms
ABSOLUTE_GATE = -70.0  # LUFS
INTEGRATED_GATE, RANGE_GATE = -10.0, -20.0  # LU, relative to what passes the absolute gate
RANGE_LOW, RANGE_HIGH = 10, 95  # percentiles
SURROUND = 1.41  # weight of the energy of channels beside and behind the listener
CHANNEL_WEIGHTS = {
    4: (1.0, 1.0, SURROUND, SURROUND),  # left, right, back left, back right
    5: (1.0, 1.0, 1.0, SURROUND, SURROUND),  # left, right, centre, back left, back right
    6: (1.0, 1.0, 1.0, 0.0, SURROUND, SURROUND),  # with LFE, which does not count
    7: (1.0, 1.0, 1.0, 0.0, SURROUND, SURROUND, SURROUND),
    8: (1.0, 1.0, 1.0, 0.0, SURROUND, SURROUND, SURROUND, SURROUND),
}
"""Weights of the channels' energies, in the order of a WAV file, by their number; for other numbers all are 1."""

OVERSAMPLED_RATE = 192_000  # Hz, at which BS.1770 and EBU Tech 3341 look for true peaks; or a little more
TAPS, KAISER = 32, 9.0  # taps and window of each phase of the interpolator
MATRIX_ROWS = 96  # multiplied at once; few enough that the linear algebra library stays on this thread
ROW = 16  # samples that one row of the interpolator's matrix covers
FILTER_ROW, FILTER_ROWS = 32, 192  # samples that one row of a filter's matrix covers, and rows multiplied at once
CHUNK = 1 << 16  # frames; longer blocks are measured in pieces


def integrated_loudness(audio: NDArray[np.float32], rate: int) -> float:
    """The gated loudness of a whole sound, (frames, channels) or (frames,), in LUFS; `SILENCE` below −70 LUFS.

    A sound shorter than the standard's 400 ms is measured as one block. Samples that are not numbers count as silence.
    """
    channels = _two_dimensional(audio)
    if len(channels) * HOPS_PER_SECOND < rate * MOMENTARY_HOPS:
        weighting = KWeighting(rate, channels.shape[1])
        signal = np.nan_to_num(channels.T.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)
        energy = _weights(channels.shape[1]) @ np.square(weighting.filter(signal))  # (n,)
        loudness = _lufs(float(energy.mean())) if len(energy) else SILENCE
        return loudness if loudness >= ABSOLUTE_GATE else SILENCE
    meter = LoudnessMeter(rate, channels.shape[1], peaks=False)
    meter.push(channels)
    return meter.integrated


def true_peak(audio: NDArray[np.float32], rate: int) -> float:
    """The largest magnitude of a whole sound, (frames, channels) or (frames,), on and between samples, in dBTP.

    `SILENCE` where every sample is zero. Samples that are not numbers count as silence.
    """
    channels = _two_dimensional(audio)
    meter = TruePeakMeter(rate, channels.shape[1])
    for start in range(0, len(channels), CHUNK):
        block = np.ascontiguousarray(channels[start : start + CHUNK].T, np.float32)
        meter.push(np.nan_to_num(block, copy=False, nan=0.0, posinf=0.0, neginf=0.0))
    return decibels(meter.true_peak)


class LoudnessMeter:
    """Measures blocks of `channels` at `rate` Hz. One thread at a time; no state outside the object.

    Levels are `SILENCE` until something was measured. Samples that are not numbers count as silence. Without `peaks`,
    loudness alone is measured.
    """

    def __init__(self, rate: int, channels: int = 2, *, peaks: bool = True) -> None:
        self.rate = rate
        self.channels = channels
        self._weights = _weights(channels)
        self._weighting = KWeighting(rate, channels)
        self._peak_meter = TruePeakMeter(rate, channels)
        self._peaks = peaks
        self.reset()

    def reset(self) -> None:
        """Forgets all that was measured."""
        self._weighting.reset()
        self._frames = 0  # measured so far
        self._hops = 0  # of them whole
        self._open_hop = 0.0  # energy of the hop that is not whole yet
        self._recent = np.zeros(SHORT_TERM_HOPS)  # energies of the last whole hops
        self._momentary = self._short_term = 0.0  # mean squares
        self._max_momentary = self._max_short_term = 0.0
        self._gated = array("d")  # mean square of every gating block of 400 ms
        self._short_terms = array("d")  # mean square of the last 3 s, each 100 ms
        self._integrated = (0, SILENCE)  # number of blocks it was worked out from, result
        self._peak_meter.reset()

    def push(self, block: NDArray[np.float32]) -> None:
        """Measures `block`: (frames, channels)."""
        for start in range(0, len(block), CHUNK):
            self._push(block[start : start + CHUNK])

    def _push(self, block: NDArray[np.float32]) -> None:
        signal = np.ascontiguousarray(block.T, np.float64)  # (c, n)
        finite = np.isfinite(signal)
        if not finite.all():
            signal = np.where(finite, signal, 0.0)
        weighted = self._weighting.filter(signal)
        energy = np.einsum("c,cn,cn->n", self._weights, weighted, weighted)  # (n,)
        if self._peaks:
            self._peak_meter.push(signal.astype(np.float32))

        first, self._frames = self._frames, self._frames + len(block)
        hops = self._frames * HOPS_PER_SECOND // self.rate
        ends = -(-np.arange(self._hops + 1, hops + 1) * self.rate // HOPS_PER_SECOND) - first
        if not len(ends):
            self._open_hop += float(energy.sum())
            return
        sums = np.add.reduceat(energy, np.concatenate(([0], ends[:-1]))) if len(ends) > 1 else energy.sum(keepdims=True)
        tail = float(energy[ends[-1] :].sum())
        sums[-1] -= tail
        sums[0] += self._open_hop
        self._open_hop = tail
        self._close_hops(sums)

    def _close_hops(self, sums: NDArray[np.float64]) -> None:
        """Takes the energies of hops that are now whole."""
        new = len(sums)
        past = np.concatenate((self._recent, np.maximum(sums, 0.0)))
        total = np.concatenate(([0.0], np.cumsum(past)))
        ends = np.arange(SHORT_TERM_HOPS + 1, len(past) + 1)
        hop = self.rate / HOPS_PER_SECOND  # frames
        momentary = np.maximum(total[ends] - total[ends - MOMENTARY_HOPS], 0.0) / (MOMENTARY_HOPS * hop)
        short_term = np.maximum(total[ends] - total[ends - SHORT_TERM_HOPS], 0.0) / (SHORT_TERM_HOPS * hop)
        numbers = np.arange(self._hops + 1, self._hops + new + 1)
        on_gate = numbers % GATE_HOPS == 0
        self._gated.frombytes(momentary[on_gate & (numbers >= MOMENTARY_HOPS)].tobytes())
        self._short_terms.frombytes(short_term[on_gate & (numbers >= SHORT_TERM_HOPS)].tobytes())
        self._momentary, self._short_term = float(momentary[-1]), float(short_term[-1])
        self._max_momentary = max(self._max_momentary, float(momentary.max()))
        self._max_short_term = max(self._max_short_term, float(short_term.max()))
        self._recent = past[-SHORT_TERM_HOPS:]
        self._hops += new

    @property
    def momentary(self) -> float:
        """Loudness of the last 400 ms, in LUFS."""
        return _lufs(self._momentary)

    @property
    def short_term(self) -> float:
        """Loudness of the last 3 s, in LUFS."""
        return _lufs(self._short_term)

    @property
    def max_momentary(self) -> float:
        """The largest momentary loudness so far, in LUFS."""
        return _lufs(self._max_momentary)

    @property
    def max_short_term(self) -> float:
        """The largest short-term loudness so far, in LUFS."""
        return _lufs(self._max_short_term)

    @property
    def integrated(self) -> float:
        """Gated loudness of everything so far, in LUFS; `SILENCE` for less than 400 ms or nothing above −70 LUFS."""
        if self._integrated[0] != len(self._gated):
            gated = _gate(self._gated, INTEGRATED_GATE)
            self._integrated = (len(self._gated), _lufs(float(gated.mean())) if len(gated) else SILENCE)
        return self._integrated[1]

    @property
    def range(self) -> float:
        """Loudness range (LRA), in LU; 0 for less than 3 s."""
        gated = np.sort(_gate(self._short_terms, RANGE_GATE))
        if not len(gated):
            return 0.0
        low, high = (gated[math.floor((len(gated) - 1) * p / 100 + 0.5)] for p in (RANGE_LOW, RANGE_HIGH))
        return 10 * math.log10(high / low)

    @property
    def true_peak_db(self) -> float:
        """The largest magnitude so far, also between samples, in dBTP."""
        return decibels(self._peak_meter.true_peak)

    @property
    def running_true_peak_db(self) -> float:
        """As `true_peak_db`, for a signal that goes on: the last few samples are not judged before what follows."""
        return decibels(self._peak_meter.running)

    @property
    def peak_db(self) -> float:
        """The largest sample so far, in dBFS."""
        return decibels(self._peak_meter.sample_peak)


class KWeighting:
    """The filter that BS.1770 weights a stream with: a shelf for the head, and a high pass.

    A row of samples becomes its filtered self by two matrices, one for the row and one for the state that the filter
    was in before it; the states before all rows follow from each other by repeated doubling.
    """

    def __init__(self, rate: int, channels: int) -> None:
        self.channels = channels
        self._rows, self._outlook, self._drive, self._powers = _weighting_matrices(rate)
        self.reset()

    def reset(self) -> None:
        """Forgets what came before."""
        self._state = np.zeros((self.channels, 1, 4))

    def filter(self, signal: NDArray[np.float64]) -> NDArray[np.float64]:
        """The next part of the stream, (channels, frames), weighted."""
        channels, frames = signal.shape
        rows, rest = divmod(frames, FILTER_ROW)
        if rest:
            signal = np.concatenate((signal, np.zeros((channels, FILTER_ROW - rest))), axis=1)
        padded = signal.reshape(channels, -1, FILTER_ROW)
        weighted = np.empty_like(padded)  # (c, r, ROW)
        driven = np.concatenate((self._state, self._each(padded[:, :rows], self._drive)), axis=1)  # (c, rows + 1, 4)
        step, decay = 1, self._powers[FILTER_ROW]  # decay: what becomes of a state in `step` rows
        while step <= rows:  # s[i] = driven[i] + s[i - 1] decay, over twice as many rows each time
            driven[:, step:] += driven[:, :-step] @ decay
            step, decay = step * 2, decay @ decay
        states = driven[:, : padded.shape[1]]  # before each row
        for channel in range(channels):
            for first in range(0, padded.shape[1], FILTER_ROWS):
                part = slice(first, first + FILTER_ROWS)
                weighted[channel, part] = padded[channel, part] @ self._rows
                weighted[channel, part] += states[channel, part] @ self._outlook
        self._state = driven[:, rows:]
        if rest:
            last = padded[:, rows:, :rest] @ self._drive[FILTER_ROW - rest :]
            self._state = self._state @ self._powers[rest] + last
        if np.abs(self._state).max() < 1e-30:
            self._state = np.zeros_like(self._state)  # a long decay would end in denormal numbers, which are slow
        return weighted.reshape(channels, -1)[:, :frames]

    @staticmethod
    def _each(rows: NDArray[np.float64], matrix: NDArray[np.float64]) -> NDArray[np.float64]:
        """`rows` (c, r, ROW) times `matrix`, few rows at once."""
        parts = [rows[:, start : start + FILTER_ROWS] @ matrix for start in range(0, rows.shape[1], FILTER_ROWS)]
        return np.concatenate(parts, axis=1) if parts else np.zeros((len(rows), 0, matrix.shape[1]))


@lru_cache(maxsize=16)
def _weighting_matrices(rate: int) -> tuple[NDArray[np.float64], ...]:
    """Of the K-weighting at `rate` Hz, as row vectors are multiplied from the left.

    Returns:
        (ROW, ROW) from a row to what it is filtered to; (4, ROW) the same from the state before it; (ROW, 4) from a row
        to the state it leaves; (ROW + 1, 4, 4) what becomes of a state in 0 to ROW samples.
    """
    (b, a), (d, c) = _shelf(rate), _high_pass(rate)
    # transposed direct form: y = b0 x + s0, s0' = b1 x - a1 y + s1, s1' = b2 x - a2 y, the second filter's x is y
    first = np.array([[-a[1], 1.0], [-a[2], 0.0]])
    second = np.array([[-c[1], 1.0], [-c[2], 0.0]])
    into_first = np.array([b[1] - a[1] * b[0], b[2] - a[2] * b[0]])
    into_second = np.array([d[1] - c[1] * d[0], d[2] - c[2] * d[0]])
    step = np.zeros((4, 4))  # from a state to the next, column vectors
    step[:2, :2], step[2:, 2:] = first, second
    step[2:, 0] = into_second
    drive = np.concatenate((into_first, into_second * b[0]))
    view = np.array([d[0], 0.0, 1.0, 0.0])  # what of a state is heard
    powers = [np.eye(4)]
    for _ in range(FILTER_ROW):
        powers.append(step @ powers[-1])
    response = np.array([d[0] * b[0], *(view @ power @ drive for power in powers[: FILTER_ROW - 1])])
    rows = np.zeros((FILTER_ROW, FILTER_ROW))
    for sample in range(FILTER_ROW):
        rows[sample, sample:] = response[: FILTER_ROW - sample]
    outlook = np.array([view @ power for power in powers[:FILTER_ROW]]).T
    driven = np.array([power @ drive for power in reversed(powers[:FILTER_ROW])])
    return rows, outlook, driven, np.array(powers).transpose(0, 2, 1)


def _shelf(rate: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Numerator and denominator of the shelf that stands for the head."""
    gain, q = 10 ** (3.99984385397 / 20), 0.7071752369554193
    k = math.tan(math.pi * 1681.9744509555319 / rate)
    band = gain**0.499666774155
    b = np.array([gain + band * k / q + k * k, 2 * (k * k - gain), gain - band * k / q + k * k])
    a = np.array([1 + k / q + k * k, 2 * (k * k - 1), 1 - k / q + k * k])
    return b / a[0], a / a[0]


def _high_pass(rate: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Numerator and denominator of the high pass; the standard leaves its numerator at 1, -2, 1."""
    q = 0.5003270373253953
    k = math.tan(math.pi * 38.13547087613982 / rate)
    a = np.array([1 + k / q + k * k, 2 * (k * k - 1), 1 - k / q + k * k])
    return np.array([1.0, -2.0, 1.0]), a / a[0]


class TruePeakMeter:
    """The largest magnitude of a stream, on the samples and between them.

    The interpolator is a Kaiser-windowed sinc, as long and steep as the one of ffmpeg's resampler, so that both read
    the same on sound that reaches up to half the rate. Stretches that cannot exceed what was already seen, whatever
    their phases, are passed over: a sum of taps times samples is at most the sum of the taps' magnitudes times the
    largest sample.
    """

    def __init__(self, rate: int, channels: int) -> None:
        self.channels = channels
        factor = -(-OVERSAMPLED_RATE // rate)
        self._matrix, self._gain = _interpolator(factor)
        self.reset()

    def reset(self) -> None:
        """Forgets all that was seen."""
        self.sample_peak = 0.0
        self._between = 0.0  # largest magnitude between samples
        self._tail = np.zeros((self.channels, TAPS - 1), np.float32)  # the last samples, whose gaps are not done yet

    def push(self, signal: NDArray[np.float32]) -> None:
        """Looks at `signal`: (channels, frames), all finite."""
        if not signal.shape[1]:
            return
        self.sample_peak = max(self.sample_peak, float(signal.max()), -float(signal.min()))
        joined = np.concatenate((self._tail, signal), axis=1)
        count = joined.shape[1] - (TAPS - 1)  # positions whose taps are all there
        whole = count - count % ROW
        if whole:
            self._between = max(self._between, self._largest(joined[:, : whole + TAPS - 1]))
        self._tail = joined[:, whole:]

    @property
    def true_peak(self) -> float:
        """The largest magnitude so far; the signal is taken to end here in silence."""
        end = np.concatenate((self._tail, np.zeros((self.channels, TAPS - 1), np.float32)), axis=1)
        end = np.pad(end, ((0, 0), (0, -(end.shape[1] - (TAPS - 1)) % ROW)))
        return max(self.sample_peak, self._between, self._largest(end))

    @property
    def running(self) -> float:
        """The largest magnitude as far as it does not depend on what is still to come."""
        return max(self.sample_peak, self._between)

    def _largest(self, signal: NDArray[np.float32]) -> float:
        """The largest magnitude between samples of `signal`: (channels, a multiple of ROW + TAPS - 1)."""
        floor = max(self._between, self.sample_peak)
        count = (signal.shape[1] - (TAPS - 1)) // ROW
        width = ROW + TAPS - 1
        stride = signal.strides
        largest = 0.0
        if not self._matrix.size:  # the rate itself is high enough
            return largest
        rows = np.lib.stride_tricks.as_strided(
            signal, (self.channels, count, width), (stride[0], stride[1] * ROW, stride[1]), writeable=False
        )
        for channel in rows:  # (rows, width)
            reach = np.maximum(channel.max(axis=1), -channel.min(axis=1)) * self._gain
            candidates = channel[reach > floor]
            for start in range(0, len(candidates), MATRIX_ROWS):
                between = candidates[start : start + MATRIX_ROWS] @ self._matrix  # (rows, ROW * phases)
                largest = max(largest, float(between.max()), -float(between.min()))
        return largest


def _interpolator(factor: int) -> tuple[NDArray[np.float32], float]:
    """The matrix from ROW + TAPS - 1 samples to the ROW * (factor - 1) values between them, and its largest gain."""
    half = TAPS // 2
    phases = []
    for phase in range(1, factor):
        # taps at distances from the point `phase / factor` past the sample in the middle
        distance = np.arange(TAPS) - (half - 1) - phase / factor
        taps = np.sinc(distance) * np.i0(KAISER * np.sqrt(np.maximum(1 - (distance / half) ** 2, 0.0))) / np.i0(KAISER)
        phases.append(taps / taps.sum())
    if not phases:
        return np.zeros((ROW + TAPS - 1, 0), np.float32), 0.0
    matrix = np.zeros((ROW + TAPS - 1, ROW, factor - 1))
    for row in range(ROW):
        matrix[row : row + TAPS, row, :] = np.transpose(phases)
    gain = float(np.abs(phases).sum(axis=1).max())
    return matrix.reshape(ROW + TAPS - 1, -1).astype(np.float32), gain


def _two_dimensional(audio: NDArray[np.float32]) -> NDArray[np.float32]:
    return audio if audio.ndim == 2 else audio[:, None]


def _weights(channels: int) -> NDArray[np.float64]:
    return np.array(CHANNEL_WEIGHTS.get(channels, (1.0,) * channels))


def _gate(blocks: "array[float]", relative: float) -> NDArray[np.float64]:
    """The mean squares that pass the absolute gate and the gate `relative` LU below the mean of those that do."""
    squares = np.array(blocks)
    squares = squares[squares >= _mean_square(ABSOLUTE_GATE)]
    if not len(squares):
        return squares
    return squares[squares > squares.mean() * 10 ** (relative / 10)]


def _mean_square(lufs: float) -> float:
    return float(10 ** ((lufs + 0.691) / 10))


def _lufs(mean_square: float) -> float:
    return -0.691 + 10 * math.log10(mean_square) if mean_square > 1e-20 else SILENCE


def decibels(magnitude: float) -> float:
    """`magnitude` (1.0 is full scale) in decibels."""
    return 20 * math.log10(magnitude) if magnitude > 0 else SILENCE
