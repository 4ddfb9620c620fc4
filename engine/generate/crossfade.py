"""Where generated sound meets the user's own: level match, extrapolation and a short crossfade inside the new part.

A decoded neighbour is not the original sample for sample, so a cut would click. The kept side is carried on for a few
milliseconds by linear prediction (Burg's method), and the new part fades in over that. The kept side itself is not
touched.
"""

import numpy as np
from numpy.typing import NDArray

FADE_SECONDS = 0.015
_ORDER = 32
_MATCH_SECONDS = 1.0
_MAX_GAIN = 2.0
_SILENCE = 1e-4

Samples = NDArray[np.float32]


def burg(x: NDArray[np.float64], order: int) -> NDArray[np.float64]:
    """Coefficients a_1 … a_p of the prediction x_t ≈ Σ a_k x_{t−k}; the predictor is stable."""
    a = np.zeros(0)
    forward, backward = x[1:].copy(), x[:-1].copy()
    for _ in range(min(order, len(x) - 1)):
        energy = float(forward @ forward + backward @ backward)
        if energy <= 1e-20:
            break
        k = 2 * float(forward @ backward) / energy
        a = np.concatenate((a - k * a[::-1], [k]))
        forward, backward = (forward - k * backward)[1:], (backward - k * forward)[:-1]
    return a


def extrapolate(side: Samples, frames: int) -> Samples:
    """What might follow `kept` (n, channels): (frames, channels), each channel predicted from its last part."""
    out = np.zeros((frames, side.shape[1]))
    for channel in range(side.shape[1]):
        past = side[-2048:, channel].astype(np.float64)
        a = burg(past, _ORDER)[::-1]
        if not len(a):
            continue
        line = np.concatenate((past[-len(a) :], np.zeros(frames)))
        for i in range(frames):
            line[len(a) + i] = a @ line[i : i + len(a)]
        out[:, channel] = line[len(a) :]
    peak = float(np.abs(side[-2048:]).max(initial=0.0))
    return np.clip(out, -peak, peak).astype(np.float32)


def matched_gain(side: Samples, decoded: Samples, rate: int) -> float:
    """The gain that gives the model's rendering of the kept side the level of the original (mono compared)."""
    frames = min(len(side), len(decoded), round(_MATCH_SECONDS * rate))
    if not frames:
        return 1.0
    ours = float(np.sqrt(np.mean(side[-frames:].mean(axis=1, dtype=np.float64) ** 2)))
    theirs = float(np.sqrt(np.mean(decoded[-frames:].mean(axis=1, dtype=np.float64) ** 2)))
    if ours < _SILENCE or theirs < _SILENCE:
        return 1.0
    return float(np.clip(ours / theirs, 1 / _MAX_GAIN, _MAX_GAIN))


def join_after(side: Samples, new: Samples, rate: int) -> Samples:
    """`new` with its beginning faded in over an extrapolation of `kept`, which comes before it."""
    frames = min(round(FADE_SECONDS * rate), len(new))
    if not frames or not len(side):
        return new
    share = np.sin(0.5 * np.pi * (np.arange(frames) + 0.5) / frames)[:, None] ** 2
    out = new.copy()
    out[:frames] = (1 - share) * extrapolate(side, frames) + share * new[:frames]
    return out


def join_before(new: Samples, side: Samples, rate: int) -> Samples:
    """`new` with its end faded out over an extrapolation of `kept`, which comes after it."""
    return join_after(side[::-1], new[::-1], rate)[::-1]


def close_cut(period: Samples, frames: int, rate: int) -> Samples:
    """The first `frames` of a periodic sound, slightly longer than that, so that its end still joins its start.

    Over the last milliseconds the sound moves ahead by what is cut off.
    """
    surplus = len(period) - frames
    out = period[:frames].copy()
    fade = min(round(FADE_SECONDS * rate), frames)
    if surplus > 0 and fade:
        share = np.sin(0.5 * np.pi * (np.arange(fade) + 1) / fade)[:, None] ** 2
        out[-fade:] = (1 - share) * out[-fade:] + share * period[-fade:]
    return out
