"""How likely each kind of drum stroke begins in each moment of a sound: a small network of convolutions, in numpy.

It was trained on drums that this program plays, alone and under its music (`engine.train.strokes`, which also holds
the same network in torch; `resources/listening/strokes.md` is its card).

The sound is seen as the power in two sets of bands: narrow low ones in long windows, and high ones in short windows.
Four convolutions over time follow, each wider than the one before; what they see on average over the whole sound
tells the last three about the kit.

Shapes: T frames, B bands, C channels.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from engine.analysis.sound import RATE
from engine.paths import resources

Values = NDArray[np.float32]

HOP = 220
FRAME_RATE = RATE / HOP
"""Frames a second; frame t is centred on sample t · HOP."""
KINDS = {
    "kick": (36, 35),
    "snare": (38, 40),
    "side stick": (37,),
    "clap": (39,),
    "closed hat": (42, 44),
    "open hat": (46,),
    "low tom": (43, 41),
    "high tom": (48, 45, 47, 50),
    "crash": (49, 52, 55, 57),
    "ride": (51, 53, 59),
    "shaker": (70, 54, 69, 82),
    "hand drum": (63, 60, 61, 62, 64),
}
"""What strokes are told apart, and the General MIDI pitches of each; the first is the one that is written."""
WIDTH, TAPS, DILATIONS = 64, 5, (1, 2, 4, 8)
OUTPUTS = 2 * len(KINDS) + 1
"""Whether a stroke of each kind begins; how loud it is, 0 to 1; whether anything but drums sounds."""

_SETS = ((2048, 28.0, 1600.0, 36), (512, 300.0, 11_000.0, 36))  # window, lowest and highest Hz, bands
BANDS = sum(count for _, _, _, count in _SETS)
_FLOOR = 1e-6  # of the loudest frame's power, under which nothing is seen
_LOUD = 99.5  # the percentile of frames that counts as the loudest
_AT_ONCE = 1024  # frames whose spectra are made together


def band_powers(sound: Values) -> Values:
    """The power of each band, (T, B), T = ⌊N / HOP⌋ + 1, of a mono sound (N,) at `RATE`."""
    count = len(sound) // HOP + 1
    sets = []
    for size, low, high, bands in _SETS:
        filters = _filters(size, low, high, bands)
        window = (np.hanning(size) / (size / 4)).astype(np.float32)
        frames = np.lib.stride_tricks.sliding_window_view(np.pad(sound, (size // 2, size)), size)[::HOP][:count]
        sets.append(
            np.concatenate(
                [
                    np.square(np.abs(np.fft.rfft(frames[at : at + _AT_ONCE] * window, axis=1))).astype(np.float32)
                    @ filters
                    for at in range(0, count, _AT_ONCE)
                ]
            )
        )
    return np.concatenate(sets, axis=1)


def features(powers: Values) -> Values:
    """What the network sees of powers (T, B): their logarithms, about −3 to 3, whatever the sound's level."""
    loudest = float(np.percentile(powers.sum(axis=1), _LOUD))
    seen: Values = np.log10(powers / max(loudest, 1e-12) + _FLOOR).astype(np.float32) + np.float32(3)
    return seen


def likelihoods(sound: Values, weights: dict[str, Values] | None = None) -> Values:
    """The network's answers, 0 to 1, (T, `OUTPUTS`), for a mono sound (N,) at `RATE`."""
    return heard_in(features(band_powers(sound)), weights or _bundled())


def heard_in(seen: Values, weights: dict[str, Values]) -> Values:
    """The network's answers, 0 to 1, (T, `OUTPUTS`), to features (T, B)."""
    hidden = seen
    for layer, dilation in enumerate(DILATIONS):
        answer = np.maximum(_convolved(hidden, weights[f"{layer}.weight"], dilation) + weights[f"{layer}.bias"], 0)
        if layer:
            answer += hidden
        else:
            answer += answer.mean(axis=0) @ weights["kit.weight"].T + weights["kit.bias"]
        hidden = answer
    answers: Values = 1 / (1 + np.exp(-(hidden @ weights["out.weight"].T + weights["out.bias"])))
    return answers


def thresholds() -> Values:
    """The likelihood from which a stroke of each kind begins, (kinds,)."""
    return _bundled()["thresholds"]


def _convolved(hidden: Values, kernel: Values, dilation: int) -> Values:
    """A convolution over time that keeps its length: (T, C), (O, C, `TAPS`) → (T, O)."""
    reach = TAPS // 2 * dilation
    padded = np.pad(hidden, ((reach, reach), (0, 0)))
    out = np.zeros((len(hidden), len(kernel)), np.float32)
    for tap in range(TAPS):
        out += padded[tap * dilation : tap * dilation + len(hidden)] @ kernel[:, :, tap].T
    return out


@cache
def _filters(size: int, low: float, high: float, count: int) -> Values:
    """Triangles, evenly spaced by the logarithm and at least two bins wide: (size / 2 + 1, count)."""
    bins = np.fft.rfftfreq(size, 1 / RATE)
    edges = np.geomspace(low, high, count + 2)
    width = RATE / size
    filters = np.zeros((len(bins), count), np.float32)
    for number in range(count):
        left, middle, right = edges[number : number + 3]
        left, right = min(left, middle - width), max(right, middle + width)
        filters[:, number] = np.clip(
            np.minimum((bins - left) / (middle - left), (right - bins) / (right - middle)), 0, 1
        )
    return filters


@cache
def _bundled() -> dict[str, Values]:
    from safetensors.numpy import load_file

    tensors = load_file(resources() / "listening" / "strokes.safetensors")
    return {name: np.asarray(values, np.float32) for name, values in tensors.items()}
