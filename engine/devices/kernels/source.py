"""The inner loops of the effects, as plain Python: the one source of what `build` compiles and what runs without it.

Each public function is a kernel. Its annotations are its signature: `Doubles`, `Floats` and `Integers` are flat arrays,
`int` and `float` numbers. Kernels return nothing, call nothing but `abs`, `min`, `max`, `int`, `float`, `math.sqrt` and
the private functions of this file, index upwards from 0, and never divide by what may be 0; so the compiled form and
Python's own give the same bits. No array that a kernel writes overlaps another one of its arguments. Stereo sound lies
interleaved: frame i has its left sample at 2i and its right one at 2i + 1.

`stride` arguments say whether a parameter has one value for all frames (0) or one a frame (the values' own step).
`position` counts the frames processed since the start: what happens at times of its own goes by it, so that the
samples do not depend on how the sound is cut into blocks.
"""

import math

from engine.devices.kernels.kinds import LINES, TINY, Doubles, Floats, Integers
from engine.devices.kernels.space import _hadamard, chorus_voices, diffuse, echo, feedback_network

__all__ = [
    "LINES",
    "TINY",
    "Doubles",
    "Floats",
    "Integers",
    "_hadamard",
    "chorus_voices",
    "diffuse",
    "echo",
    "feedback_network",
]


def load_samples(block: Floats, x: Doubles, count: int) -> None:
    """Samples to double precision; what is no finite number becomes 0."""
    for i in range(count):
        v = float(block[i])
        x[i] = v if v - v == 0.0 else 0.0


def store_samples(x: Doubles, block: Floats, count: int) -> None:
    """Samples to single precision; what is no number, or would be a denormal one, becomes 0."""
    for i in range(count):
        v = x[i]
        size = abs(v)
        block[i] = v if (size > 1e-30) & (size < 3e38) else 0.0


def scale(x: Doubles, gains: Doubles, stride: int, frames: int) -> None:
    """Multiplies both channels of each frame by its gain."""
    for i in range(frames):
        gain = gains[i * stride]
        x[2 * i] *= gain
        x[2 * i + 1] *= gain


def blend(x: Doubles, wet: Doubles, mix: Doubles, stride: int, frames: int) -> None:
    """Mixes dry sound `x` with `wet`: mix 0 keeps x, 1 leaves wet alone. The result is in x."""
    for i in range(frames):
        amount = mix[i * stride]
        x[2 * i] = (1.0 - amount) * x[2 * i] + amount * wet[2 * i]
        x[2 * i + 1] = (1.0 - amount) * x[2 * i + 1] + amount * wet[2 * i + 1]


def shuffle(x: Doubles, matrix: Doubles, stride: int, frames: int) -> None:
    """Multiplies each frame (left, right) by its matrix (ll, lr, rl, rr)."""
    for i in range(frames):
        k = i * stride
        left = x[2 * i]
        right = x[2 * i + 1]
        x[2 * i] = matrix[k] * left + matrix[k + 1] * right
        x[2 * i + 1] = matrix[k + 2] * left + matrix[k + 3] * right


def _filter_one(
    x: Doubles, rows: Doubles, section: int, s: int, state: Doubles, floor: float, start: int, end: int
) -> None:
    """One section of `filter_cascade` over some frames; states below `floor` are 0 at their start."""
    k = 7 * section
    p11 = rows[k]
    p12 = rows[k + 1]
    p22 = rows[k + 2]
    q2 = rows[k + 3]
    direct = rows[k + 4]
    from1 = rows[k + 5]
    from2 = rows[k + 6]
    left1 = state[s] if abs(state[s]) > floor else 0.0
    right1 = state[s + 1] if abs(state[s + 1]) > floor else 0.0
    left2 = state[s + 2] if abs(state[s + 2]) > floor else 0.0
    right2 = state[s + 3] if abs(state[s + 3]) > floor else 0.0
    for i in range(start, end):
        left = x[2 * i]
        right = x[2 * i + 1]
        x[2 * i] = direct * left + from1 * left1 + from2 * left2
        x[2 * i + 1] = direct * right + from1 * right1 + from2 * right2
        next_left1 = (p12 * left + p11 * left1) - p12 * left2
        next_right1 = (p12 * right + p11 * right1) - p12 * right2
        left2 = (q2 * left + p22 * left2) + p12 * left1
        right2 = (q2 * right + p22 * right2) + p12 * right1
        left1 = next_left1
        right1 = next_right1
    state[s] = left1
    state[s + 1] = right1
    state[s + 2] = left2
    state[s + 3] = right2


def _filter_pair(
    x: Doubles, rows: Doubles, section: int, s: int, t: int, state: Doubles, floor: float, start: int, end: int
) -> None:
    """Two sections of `filter_cascade` as in `_filter_one`, side by side: each waits less for its own results."""
    k = 7 * section
    p11 = rows[k]
    p12 = rows[k + 1]
    p22 = rows[k + 2]
    q2 = rows[k + 3]
    direct = rows[k + 4]
    from1 = rows[k + 5]
    from2 = rows[k + 6]
    u11 = rows[k + 7]
    u12 = rows[k + 8]
    u22 = rows[k + 9]
    v2 = rows[k + 10]
    straight = rows[k + 11]
    out1 = rows[k + 12]
    out2 = rows[k + 13]
    left1 = state[s] if abs(state[s]) > floor else 0.0
    right1 = state[s + 1] if abs(state[s + 1]) > floor else 0.0
    left2 = state[s + 2] if abs(state[s + 2]) > floor else 0.0
    right2 = state[s + 3] if abs(state[s + 3]) > floor else 0.0
    left3 = state[t] if abs(state[t]) > floor else 0.0
    right3 = state[t + 1] if abs(state[t + 1]) > floor else 0.0
    left4 = state[t + 2] if abs(state[t + 2]) > floor else 0.0
    right4 = state[t + 3] if abs(state[t + 3]) > floor else 0.0
    for i in range(start, end):
        left = x[2 * i]
        right = x[2 * i + 1]
        left_on = direct * left + from1 * left1 + from2 * left2
        right_on = direct * right + from1 * right1 + from2 * right2
        next_left1 = (p12 * left + p11 * left1) - p12 * left2
        next_right1 = (p12 * right + p11 * right1) - p12 * right2
        left2 = (q2 * left + p22 * left2) + p12 * left1
        right2 = (q2 * right + p22 * right2) + p12 * right1
        left1 = next_left1
        right1 = next_right1
        x[2 * i] = straight * left_on + out1 * left3 + out2 * left4
        x[2 * i + 1] = straight * right_on + out1 * right3 + out2 * right4
        next_left3 = (u12 * left_on + u11 * left3) - u12 * left4
        next_right3 = (u12 * right_on + u11 * right3) - u12 * right4
        left4 = (v2 * left_on + u22 * left4) + u12 * left3
        right4 = (v2 * right_on + u22 * right4) + u12 * right3
        left3 = next_left3
        right3 = next_right3
    state[s] = left1
    state[s + 1] = right1
    state[s + 2] = left2
    state[s + 3] = right2
    state[t] = left3
    state[t + 1] = right3
    state[t + 2] = left4
    state[t + 3] = right4


def filter_cascade(
    x: Doubles, rows: Doubles, places: Integers, sections: int, state: Doubles, position: int, frames: int
) -> None:
    """Second-order filters in series, in Simper's state-variable form.

    rows: seven numbers a section (`filters.rows`). state: four numbers a section, 0 at the start, of which each
    section has those from its entry of `places` on.
    """
    start = 0
    while start < frames:
        end = min(frames, start + 64 - ((position + start) & 63))
        floor = TINY if (position + start) & 63 == 0 else 0.0
        section = 0
        while section + 1 < sections:
            _filter_pair(x, rows, section, places[section], places[section + 1], state, floor, start, end)
            section += 2
        if section < sections:
            _filter_one(x, rows, section, places[section], state, floor, start, end)
        start = end


def moving_filter(x: Doubles, rows: Doubles, state: Doubles, position: int, frames: int) -> None:
    """One filter as in `filter_cascade`, with a row for each frame."""
    left1 = state[0]
    right1 = state[1]
    left2 = state[2]
    right2 = state[3]
    for i in range(frames):
        if (i + position) & 63 == 0:
            left1 = left1 if abs(left1) > TINY else 0.0
            left2 = left2 if abs(left2) > TINY else 0.0
            right1 = right1 if abs(right1) > TINY else 0.0
            right2 = right2 if abs(right2) > TINY else 0.0
        k = 7 * i
        p11 = rows[k]
        p12 = rows[k + 1]
        p22 = rows[k + 2]
        q2 = rows[k + 3]
        left = x[2 * i]
        right = x[2 * i + 1]
        x[2 * i] = rows[k + 4] * left + rows[k + 5] * left1 + rows[k + 6] * left2
        x[2 * i + 1] = rows[k + 4] * right + rows[k + 5] * right1 + rows[k + 6] * right2
        next_left1 = (p12 * left + p11 * left1) - p12 * left2
        next_right1 = (p12 * right + p11 * right1) - p12 * right2
        left2 = (q2 * left + p22 * left2) + p12 * left1
        right2 = (q2 * right + p22 * right2) + p12 * right1
        left1 = next_left1
        right1 = next_right1
    state[0] = left1
    state[1] = right1
    state[2] = left2
    state[3] = right2


def side_high_pass(x: Doubles, coefficients: Doubles, stride: int, state: Doubles, position: int, frames: int) -> None:
    """A state-variable filter on the side signal (left − right)/2 alone.

    coefficients: a1, a2, a3, m0, m1, m2 (a frame, if stride is 6). state: 2 numbers.
    """
    first = state[0]
    second = state[1]
    for i in range(frames):
        if (i + position) & 63 == 0:
            first = first if abs(first) > TINY else 0.0
            second = second if abs(second) > TINY else 0.0
        k = i * stride
        middle = 0.5 * (x[2 * i] + x[2 * i + 1])
        side = 0.5 * (x[2 * i] - x[2 * i + 1])
        difference = side - second
        band = coefficients[k] * first + coefficients[k + 1] * difference
        low = second + (coefficients[k + 1] * first + coefficients[k + 2] * difference)
        first = 2.0 * band - first
        second = 2.0 * low - second
        side = coefficients[k + 3] * side + coefficients[k + 4] * band + coefficients[k + 5] * low
        x[2 * i] = middle + side
        x[2 * i + 1] = middle - side
    state[0] = first
    state[1] = second


def stereo_peak(x: Doubles, peak: Doubles, frames: int) -> None:
    """The larger magnitude of both channels, frame by frame."""
    for i in range(frames):
        peak[i] = max(abs(x[2 * i]), abs(x[2 * i + 1]))


def sliding_maximum(
    x: Doubles, out: Doubles, window: Doubles, stride: int, values: Doubles, places: Integers, size: int, ends:
    Integers, position: int, frames: int,
) -> None:  # fmt: skip
    """out[i]: the largest of the last `window` (a whole number from 1 to size − 1) values of x, x[i] among them.

    A monotonic queue: values and places are rings of `size` entries, ends its first entry and its length.
    """
    first = ends[0]
    length = ends[1]
    for i in range(frames):
        now = position + i
        v = x[i]
        while length > 0:
            last = first + length - 1
            if last >= size:
                last -= size
            if values[last] > v:
                break
            length -= 1
        last = first + length
        if last >= size:
            last -= size
        values[last] = v
        places[last] = now
        length += 1
        oldest = now - int(window[i * stride])
        while places[first] <= oldest:
            first += 1
            if first >= size:
                first = 0
            length -= 1
        out[i] = values[first]
    ends[0] = first
    ends[1] = length


def ballistics(
    x: Doubles,
    attack: Doubles,
    attack_stride: int,
    release: Doubles,
    release_stride: int,
    state: Doubles,
    frames: int,
) -> None:
    """Smooths x in place: one-pole coefficients (0 … 1, the share kept each frame) for rising and for falling."""
    value = state[0]
    for i in range(frames):
        target = x[i]
        keep = attack[i * attack_stride] if target > value else release[i * release_stride]
        value = target + keep * (value - target)
        value = value if value > 1e-12 else 0.0
        x[i] = value
    state[0] = value


def held_peak(
    x: Doubles, held: Floats, floor: float, window: Doubles, stride: int, values: Doubles, places: Integers, size: int,
    ends: Integers, position: int, frames: int,
) -> None:  # fmt: skip
    """held[i]: the largest magnitude of both channels in the last `window` frames, `floor` or more.

    The queue is that of `sliding_maximum`.
    """
    first = ends[0]
    length = ends[1]
    for i in range(frames):
        now = position + i
        v = max(abs(x[2 * i]), abs(x[2 * i + 1]))
        while length > 0:
            last = first + length - 1
            if last >= size:
                last -= size
            if values[last] > v:
                break
            length -= 1
        last = first + length
        if last >= size:
            last -= size
        values[last] = v
        places[last] = now
        length += 1
        oldest = now - int(window[i * stride])
        while places[first] <= oldest:
            first += 1
            if first >= size:
                first = 0
            length -= 1
        held[i] = max(values[first], floor)
    ends[0] = first
    ends[1] = length


def compression(
    level: Floats, unit: float, threshold: Doubles, threshold_stride: int, ratio: Doubles, ratio_stride: int, knee:
    Doubles, knee_stride: int, makeup: Doubles, makeup_stride: int, attack: Doubles, attack_stride: int, release:
    Doubles, release_stride: int, state: Doubles, frames: int,
) -> None:  # fmt: skip
    """A compressor's gain in place of the level; both are natural logarithms, `unit` their decibels.

    The static curve with its quadratic knee, then `ballistics` on the reduction in decibels, whose state this is.
    """
    value = state[0]
    for i in range(frames):
        over = unit * float(level[i]) - threshold[i * threshold_stride]
        half = max(knee[i * knee_stride] / 2.0, 1e-9)
        inside = min(max(over + half, 0.0), 2.0 * half)
        slope = 1.0 - 1.0 / ratio[i * ratio_stride]
        target = slope * (inside * inside / (4.0 * half) + max(over - half, 0.0))
        keep = attack[i * attack_stride] if target > value else release[i * release_stride]
        value = target + keep * (value - target)
        value = value if value > 1e-12 else 0.0
        level[i] = (makeup[i * makeup_stride] - value) / unit
    state[0] = value


def compress(x: Doubles, gain: Floats, exponent: Floats, mix: Doubles, stride: int, frames: int) -> None:
    """Multiplies both channels by `gain`, of which `mix` is the share; where its exponent is 0, by exactly 1."""
    for i in range(frames):
        wet = float(gain[i]) if exponent[i] != 0.0 else 1.0
        amount = mix[i * stride]
        scaled = amount * wet + (1.0 - amount)
        x[2 * i] *= scaled
        x[2 * i + 1] *= scaled


def gate_gain(
    level: Doubles, opens: Doubles, opens_stride: int, closes: Doubles, closes_stride: int, floor: Doubles,
    floor_stride: int, attack: Doubles, attack_stride: int, hold: Doubles, hold_stride: int, release: Doubles,
    release_stride: int, state: Doubles, frames: int,
) -> None:  # fmt: skip
    """A gate's gain in place of the level: opens at `opens`, closes `hold` frames after it was last over `closes`.

    state: gain, frames of hold that are left, whether it is open.
    """
    gain = state[0]
    held = state[1]
    is_open = state[2]
    for i in range(frames):
        v = level[i]
        if v >= opens[i * opens_stride]:
            is_open = 1.0
        if is_open > 0.0:
            if v >= closes[i * closes_stride]:
                held = hold[i * hold_stride]
            elif held > 0.0:
                held -= 1.0
            else:
                is_open = 0.0
        target = 1.0 if is_open > 0.0 else floor[i * floor_stride]
        keep = attack[i * attack_stride] if target > gain else release[i * release_stride]
        gain = target + keep * (gain - target)
        if abs(gain - target) < 1e-9:
            gain = target
        level[i] = gain
    state[0] = gain
    state[1] = held
    state[2] = is_open


def _add_taps(
    x: Doubles, start: int, taps: Doubles, first: int, step: int, count: int, out: Doubles, frames: int
) -> None:
    """out[i] += Σ taps[first + j · step] · x[start + i + count − 1 − j], eight taps at once; count a multiple of 8."""
    for j in range(0, count, 8):
        k = first + j * step
        t0 = taps[k]
        t1 = taps[k + step]
        t2 = taps[k + 2 * step]
        t3 = taps[k + 3 * step]
        t4 = taps[k + 4 * step]
        t5 = taps[k + 5 * step]
        t6 = taps[k + 6 * step]
        t7 = taps[k + 7 * step]
        at = start + count - 8 - j
        for i in range(frames):
            n = at + i
            out[i] += (
                ((t0 * x[n + 7] + t1 * x[n + 6]) + (t2 * x[n + 5] + t3 * x[n + 4]))
                + ((t4 * x[n + 3] + t5 * x[n + 2]) + (t6 * x[n + 1] + t7 * x[n]))
            )  # fmt: skip


def convolve(x: Doubles, taps: Doubles, count: int, out: Doubles, frames: int) -> None:
    """out[i] = Σ taps[j] · x[i + count − 1 − j]: x holds count − 1 earlier values before the new ones.

    Here as in what follows, count is a multiple of 8.
    """
    for i in range(frames):
        out[i] = 0.0
    _add_taps(x, 0, taps, 0, 1, count, out, frames)


def oversampled_peak(
    x: Doubles, taps: Doubles, count: int, phases: int, work: Doubles, peak: Doubles, frames: int
) -> None:
    """peak[i] becomes the larger of itself and the magnitudes between sample i and the next one.

    x: one channel with count − 1 earlier values before it. taps: `phases` interpolators of `count` taps each.
    """
    for phase in range(phases):
        for i in range(frames):
            work[i] = 0.0
        _add_taps(x, 0, taps, phase * count, 1, count, work, frames)
        for i in range(frames):
            peak[i] = max(peak[i], abs(work[i]))


def interpolate(x: Doubles, taps: Doubles, count: int, factor: int, work: Doubles, out: Doubles, frames: int) -> None:
    """`factor` times as many samples: polyphase, `count` taps a phase, x with count − 1 earlier values before it."""
    for phase in range(factor):
        for i in range(frames):
            work[i] = 0.0
        _add_taps(x, 0, taps, phase, factor, count, work, frames)
        for i in range(frames):
            out[i * factor + phase] = work[i]


def decimate(x: Doubles, taps: Doubles, count: int, factor: int, out: Doubles, frames: int) -> None:
    """Every `factor`-th sample of a sound filtered by count · factor taps.

    x: the sound in `factor` rows, one a phase and the latest phase first, each of count − 1 earlier values and the
    new ones.
    """
    for i in range(frames):
        out[i] = 0.0
    for phase in range(factor):
        _add_taps(x, phase * (frames + count - 1), taps, phase, factor, count, out, frames)


def soft_clip(x: Doubles, last: Doubles, count: int) -> None:
    """Shapes x in place by v/√(1 + v²), averaged over each step from one sample to the next.

    First-order antiderivative antialiasing (Parker, Zavalishin, Le Bivic 2016): with the antiderivative F = √(1 + v²),
    (F(a) − F(b))/(a − b) is (a + b)/(F(a) + F(b)), which never divides by a small number. last: the sample before.
    """
    before = last[0]
    root_before = math.sqrt(1.0 + before * before)
    for i in range(count):
        v = x[i]
        root = math.sqrt(1.0 + v * v)
        x[i] = (v + before) / (root + root_before)
        before = v
        root_before = root
    last[0] = before


def _clip_integral(v: float) -> float:
    size = abs(v)
    return 0.5 * v * v if size <= 1.0 else size - 0.5


def hard_clip(x: Doubles, last: Doubles, count: int) -> None:
    """Limits x in place to ±1, averaged over each step as in `soft_clip`."""
    before = last[0]
    for i in range(count):
        v = x[i]
        step = v - before
        if abs(step) > 1e-6:
            x[i] = (_clip_integral(v) - _clip_integral(before)) / step
        else:
            x[i] = max(-1.0, min(1.0, 0.5 * (v + before)))
        before = v
    last[0] = before
