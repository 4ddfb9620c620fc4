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
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Doubles: TypeAlias = NDArray[np.float64]
Floats: TypeAlias = NDArray[np.float32]
Integers: TypeAlias = NDArray[np.int64]

TINY = 1e-25
"""States below this become 0, before they could turn into slow denormal numbers."""
LINES = 16
"""Delay lines of the reverb's feedback network."""


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
        for section in range(sections):
            k = 7 * section
            p11 = rows[k]
            p12 = rows[k + 1]
            p22 = rows[k + 2]
            q2 = rows[k + 3]
            direct = rows[k + 4]
            from1 = rows[k + 5]
            from2 = rows[k + 6]
            s = places[section]
            floor = TINY if (position + start) & 63 == 0 else 0.0
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


def echo(
    x: Doubles, line: Floats, mask: int, delay: Doubles, delay_stride: int, feedback: Doubles, feedback_stride:
    int, low_pass: Doubles, low_pass_stride: int, high_pass: Doubles, high_pass_stride: int, mix: Doubles,
    mix_stride: int, crossing: int, glide: float, state: Doubles, position: int, frames: int,
) -> None:  # fmt: skip
    """Echoes in place. line: a ring of mask + 1 frames. delay: whole frames.

    A delay that changes glides to its new length as a tape does; at rest it is exact to the frame. crossing 1: each
    echo comes from the other side than the one before (ping-pong). The filters are in the feedback alone: one-pole
    coefficients. state: the present delay (0: none yet), low-pass left and right, high-pass left and right.
    """
    present, low_left, low_right, high_left, high_right = state[0], state[1], state[2], state[3], state[4]
    for i in range(frames):
        target = delay[i * delay_stride]
        if present == 0.0:
            present = target
        elif present != target:
            present += glide * (target - present)
            if abs(present - target) < 0.01:
                present = target
        whole = int(present)
        part = present - whole
        at = position + i
        newer = 2 * ((at - whole) & mask)
        older = 2 * ((at - whole - 1) & mask)
        left = (1.0 - part) * float(line[newer]) + part * float(line[older])
        right = (1.0 - part) * float(line[newer + 1]) + part * float(line[older + 1])
        keep = low_pass[i * low_pass_stride]
        low_left = left + keep * (low_left - left)
        low_right = right + keep * (low_right - right)
        keep = high_pass[i * high_pass_stride]
        high_left = low_left + keep * (high_left - low_left)
        high_right = low_right + keep * (high_right - low_right)
        amount = feedback[i * feedback_stride]
        if (at & 63) == 0:
            low_left = low_left if abs(low_left) > TINY else 0.0
            low_right = low_right if abs(low_right) > TINY else 0.0
            high_left = high_left if abs(high_left) > TINY else 0.0
            high_right = high_right if abs(high_right) > TINY else 0.0
        back_left = amount * (low_left - high_left)
        back_right = amount * (low_right - high_right)
        if crossing == 1:
            into_left = 0.5 * (x[2 * i] + x[2 * i + 1]) + back_right
            into_right = back_left
        else:
            into_left = x[2 * i] + back_left
            into_right = x[2 * i + 1] + back_right
        here = 2 * (at & mask)
        line[here] = into_left if abs(into_left) > 1e-20 else 0.0
        line[here + 1] = into_right if abs(into_right) > 1e-20 else 0.0
        wet = mix[i * mix_stride]
        x[2 * i] = (1.0 - wet) * x[2 * i] + wet * left
        x[2 * i + 1] = (1.0 - wet) * x[2 * i + 1] + wet * right
    state[0] = present
    state[1] = low_left
    state[2] = low_right
    state[3] = high_left
    state[4] = high_right


def chorus_voices(
    x: Doubles, out: Doubles, line: Floats, mask: int, step: Doubles, step_stride: int, depth: Doubles,
    depth_stride: int, delay: Doubles, delay_stride: int, spread: Doubles, spread_stride: int, feedback: Doubles,
    feedback_stride: int, voices: int, state: Doubles, position: int, frames: int,
) -> None:  # fmt: skip
    """Voices that each read the sound late by delay ± depth frames, moved by a smooth wave.

    step: turns of the wave a frame. spread: turns between left and right. state: the wave's phase in turns, and the
    feedback of left and right. Read by cubic interpolation (Catmull and Rom).
    """
    phase = state[0]
    back_left = state[1]
    back_right = state[2]
    share = 1.0 / voices
    for i in range(frames):
        at = position + i
        here = 2 * (at & mask)
        amount = feedback[i * feedback_stride]
        into_left = x[2 * i] + amount * back_left
        into_right = x[2 * i + 1] + amount * back_right
        line[here] = into_left if abs(into_left) > 1e-20 else 0.0
        line[here + 1] = into_right if abs(into_right) > 1e-20 else 0.0
        for channel in range(2):
            total = 0.0
            for voice in range(voices):
                turn = phase + voice * share + channel * spread[i * spread_stride]
                turn -= int(turn)
                turn = 2.0 * turn - 1.0  # −1 … 1
                wave = 4.0 * turn * (1.0 - abs(turn))
                distance = delay[i * delay_stride] + depth[i * depth_stride] * wave
                whole = int(distance)
                part = distance - whole
                v0 = 1.0 * float(line[2 * ((at - whole + 1) & mask) + channel]) if whole > 0 else 0.0
                v1 = 1.0 * float(line[2 * ((at - whole) & mask) + channel])
                v2 = 1.0 * float(line[2 * ((at - whole - 1) & mask) + channel])
                v3 = 1.0 * float(line[2 * ((at - whole - 2) & mask) + channel])
                slope = 0.5 * (v2 - v0)
                curve = v0 - 2.5 * v1 + 2.0 * v2 - 0.5 * v3
                bend = 0.5 * (v3 - v0) + 1.5 * (v1 - v2)
                total += ((bend * part + curve) * part + slope) * part + v1
            total *= share
            if channel == 0:
                back_left = total
            else:
                back_right = total
            out[2 * i + channel] = total
        phase += step[i * step_stride]
        phase -= int(phase)
    state[0] = phase
    state[1] = back_left
    state[2] = back_right


def diffuse(
    x: Doubles, out: Doubles, early: Floats, mask: int, wait: Doubles, wait_stride: int, rings: Floats, lengths:
    Integers, stages: int, ring_size: int, gain: float, state: Doubles, glide: float, position: int, frames: int,
) -> None:  # fmt: skip
    """The sound late by `wait` frames (a ring of mask + 1 frames), through Schroeder's all-pass filters in series.

    rings: for each stage and channel ring_size samples (a power of two); lengths: their delays in samples.
    state: the present wait, or −1 before the first frame.
    """
    present = state[0]
    for i in range(frames):
        at = position + i
        early[2 * (at & mask)] = x[2 * i]
        early[2 * (at & mask) + 1] = x[2 * i + 1]
        target = wait[i * wait_stride]
        if present < 0.0:
            present = target
        elif present != target:
            present += glide * (target - present)
            if abs(present - target) < 0.01:
                present = target
        whole = int(present)
        part = present - whole
        for channel in range(2):
            newer = float(early[2 * ((at - whole) & mask) + channel])
            v = (1.0 - part) * newer + part * float(early[2 * ((at - whole - 1) & mask) + channel])
            for stage in range(stages):
                k = 2 * stage + channel
                ring = k * ring_size
                late = float(rings[ring + ((at - lengths[k]) & (ring_size - 1))])
                into = v - gain * late
                rings[ring + (at & (ring_size - 1))] = into if abs(into) > 1e-20 else 0.0
                v = late + gain * into
            out[2 * i + channel] = v
    state[0] = present


def _hadamard(work: Doubles) -> None:
    """The first LINES numbers times a Hadamard matrix; as many after them are for scratch."""
    for k in range(0, LINES, 2):
        work[LINES + k] = work[k] + work[k + 1]
        work[LINES + k + 1] = work[k] - work[k + 1]
    for k in range(0, LINES, 4):
        for j in range(2):
            work[k + j] = work[LINES + k + j] + work[LINES + k + j + 2]
            work[k + j + 2] = work[LINES + k + j] - work[LINES + k + j + 2]
    for k in range(0, LINES, 8):
        for j in range(4):
            work[LINES + k + j] = work[k + j] + work[k + j + 4]
            work[LINES + k + j + 4] = work[k + j] - work[k + j + 4]
    for j in range(8):
        work[j] = work[LINES + j] + work[LINES + j + 8]
        work[j + 8] = work[LINES + j] - work[LINES + j + 8]


def feedback_network(
    x: Doubles, out: Doubles, lines: Floats, size: int, lengths: Doubles, present: Doubles, glide: float, shelves:
    Doubles, state: Doubles, work: Doubles, position: int, frames: int,
) -> None:  # fmt: skip
    """A feedback delay network of `LINES` lines, mixed by a Hadamard matrix (Jot and Chaigne 1991).

    lines: `LINES` rings of `size` samples (a power of two). lengths, present: delays in samples, as they shall be and
    as they are. shelves: for each of two filters in series a1, a2, a3, m0, m1, m2, each of them `LINES` numbers: what a
    line loses each time round. state: 4 · LINES numbers. work: 2 · LINES numbers.
    """
    for i in range(frames):
        at = position + i
        for k in range(LINES):
            length = present[k] + glide * (lengths[k] - present[k])
            length = lengths[k] if abs(length - lengths[k]) < 0.01 else length
            present[k] = length
            whole = int(length)
            part = length - whole
            newer = float(lines[k * size + ((at - whole) & (size - 1))])
            older = float(lines[k * size + ((at - whole - 1) & (size - 1))])
            work[k] = (1.0 - part) * newer + part * older
        for shelf in range(2):
            c = 6 * LINES * shelf
            s = 2 * LINES * shelf
            for k in range(LINES):
                v = work[k]
                first = state[s + k]
                second = state[s + LINES + k]
                difference = v - second
                band = shelves[c + k] * first + shelves[c + LINES + k] * difference
                low = second + (shelves[c + LINES + k] * first + shelves[c + 2 * LINES + k] * difference)
                first = 2.0 * band - first
                second = 2.0 * low - second
                state[s + k] = first if abs(first) > TINY else 0.0
                state[s + LINES + k] = second if abs(second) > TINY else 0.0
                work[k] = (
                    shelves[c + 3 * LINES + k] * v
                    + shelves[c + 4 * LINES + k] * band
                    + shelves[c + 5 * LINES + k] * low
                )
        left = 0.0
        right = 0.0
        for k in range(0, LINES, 4):
            left += work[k] - work[k + 2]
            right += work[k + 1] - work[k + 3]
        out[2 * i] = 0.5 * left
        out[2 * i + 1] = 0.5 * right
        _hadamard(work)
        here = at & (size - 1)
        for k in range(LINES):
            into = 0.25 * work[k] + x[2 * i + (k & 1)]
            lines[k * size + here] = into if abs(into) > 1e-20 else 0.0
