"""The inner loops of echoes, chorus and reverb; the rules for them are those of `source`, which has them all."""

from engine.devices.kernels.kinds import LINES, TINY, Doubles, Floats, Integers


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
