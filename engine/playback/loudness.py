"""Loudness and true peak as a stream: ITU-R BS.1770-4, EBU R 128, EBU Tech 3341 and 3342.

`LoudnessMeter` takes blocks of any size. Energies of the K-weighted signal are kept per hop of 20 ms; windows of 400 ms
and 3 s slide over them. The K-weighting is pyloudnorm's re-derivation of the standard's filters for any rate, run by
scipy; true peak is the largest magnitude between the samples, found by a windowed-sinc interpolator.
"""

import math
from array import array

import numpy as np
from numpy.typing import NDArray

SILENCE = -math.inf
"""What a meter shows, in LUFS or decibels, where there is nothing to measure."""

HOPS_PER_SECOND = 50
MOMENTARY_HOPS, SHORT_TERM_HOPS, GATE_HOPS = 20, 150, 5  # 400 ms; 3 s; a gating block each 100 ms
ABSOLUTE_GATE = -70.0  # LUFS
INTEGRATED_GATE, RANGE_GATE = -10.0, -20.0  # LU, relative to what passes the absolute gate
RANGE_LOW, RANGE_HIGH = 10, 95  # percentiles
OVERSAMPLED_RATE = 192_000  # Hz, at which BS.1770 and EBU Tech 3341 look for true peaks; or a little more
TAPS, KAISER = 32, 9.0  # taps and window of each phase of the interpolator
MATRIX_ROWS = 96  # multiplied at once; few enough that the linear algebra library stays on this thread
ROW = 16  # samples that one row of the interpolator's matrix covers
CHUNK = 1 << 16  # frames; longer blocks are measured in pieces


class LoudnessMeter:
    """Measures blocks of `channels` (1 or 2) at `rate` Hz. One thread at a time; no state outside the object.

    Levels are `SILENCE` until something was measured. Samples that are not numbers count as silence.
    """

    def __init__(self, rate: int, channels: int = 2) -> None:
        from pyloudnorm.iirfilter import IIRfilter  # scipy.signal takes a while; only who measures pays for it

        self.rate = rate
        self.channels = channels
        shelf = IIRfilter(3.99984385397, 0.7071752369554193, 1681.9744509555319, rate, "high_shelf_DeMan")
        high_pass = IIRfilter(0.0, 0.5003270373253953, 38.13547087613982, rate, "high_pass_DeMan")
        self._sections = np.array([[*stage.b, *stage.a] for stage in (shelf, high_pass)])
        self._peak_meter = TruePeakMeter(rate, channels)
        self.reset()

    def reset(self) -> None:
        """Forgets all that was measured."""
        self._state = np.zeros((2, self.channels, 2))
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
        from scipy.signal import sosfilt

        signal = np.ascontiguousarray(block.T, np.float64)  # (c, n)
        weighted, self._state = sosfilt(self._sections, signal, axis=-1, zi=self._state)
        energy = np.einsum("cn,cn->n", weighted, weighted)  # (n,)
        if not math.isfinite(float(energy.sum())):
            signal = np.where(np.isfinite(signal), signal, 0.0)
            energy = np.zeros(len(block))
            self._state = np.zeros_like(self._state)
        elif np.abs(self._state).max() < 1e-30:
            self._state[:] = 0.0  # a long decay would end in denormal numbers, which are slow
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
