"""What recordings do to music: rooms, noise, tone, saturation, lossy codes, tuning and tempo that drift.

All work on channels (C, T) float32 of which the first two are the mix and the others are parts of it, two channels
each. They keep the sum: what a colour does to the mix divides among the parts as the mix itself does, so that “the mix
less the drums” stays what it says. Saturation and lossy codes, which are not linear, are taken as the gain that they
amount to, sample by sample or coefficient by coefficient, and the same gain is given to the parts.
"""

from dataclasses import dataclass
from itertools import pairwise
from random import Random

import numpy as np
import scipy.fft
import scipy.ndimage
import scipy.signal
from numpy.typing import NDArray

Channels = NDArray[np.float32]

CENTS, DRIFT = 40.0, 0.015
"""Most that a recording is out of tune, and most that its speed drifts on top of that, as a share."""
LONGER = 1.05
"""Times as much as wanted that must be at hand before a recording's speed is changed."""
_BLOCK = 1024  # coefficients of a lossy code's block
_LOUDEST = 0.98


@dataclass(frozen=True)
class Colours:
    """What is done to a recording; None or 0 leaves it out.

    cents: out of tune, by speed. drift: how far the speed strays, as a share, each `drift_seconds`.
    room_seconds: reverberation time (60 dB); room_share: its power against the sound's.
    tilt_db: gain at 10 kHz against 100 Hz, half of it to each side; bell: centre in Hz, gain in dB.
    drive: level of the loudest sample against where the saturation bends, 0 for none.
    noise_db: its level against the sound's; hiss is pink, hum a 50 Hz line.
    kept_hz, coarse_db: a lossy code's upper limit, and its quantiser's step under the loudest coefficient of a band.
    """

    cents: float = 0.0
    drift: float = 0.0
    drift_seconds: float = 6.0
    room_seconds: float = 0.0
    room_share: float = 0.1
    tilt_db: float = 0.0
    bell: tuple[float, float] | None = None
    drive: float = 0.0
    noise_db: float | None = None
    kept_hz: float | None = None
    coarse_db: float = 24.0
    seed: int = 0


def drawn(rng: Random) -> Colours:
    """Colours of some recording: each half of the time, tuning and drift always."""

    def perhaps(value: float) -> float:
        return value if rng.random() < 0.5 else 0.0

    return Colours(
        cents=rng.uniform(-CENTS, CENTS),
        drift=rng.uniform(0, DRIFT),
        drift_seconds=rng.uniform(3, 12),
        room_seconds=perhaps(rng.uniform(0.15, 1.5)),
        room_share=10 ** rng.uniform(-2, -0.5),
        tilt_db=perhaps(rng.uniform(-9, 6)),
        bell=(10 ** rng.uniform(2, 3.8), rng.uniform(-9, 6)) if rng.random() < 0.5 else None,
        drive=perhaps(rng.uniform(0.5, 3)),
        noise_db=rng.uniform(-60, -30) if rng.random() < 0.5 else None,
        kept_hz=rng.uniform(11000, 19000) if rng.random() < 0.5 else None,
        coarse_db=rng.uniform(14, 30),
        seed=rng.getrandbits(32),
    )


def places(colours: Colours, frames: int, rate: int) -> NDArray[np.float64]:
    """Where in the original each of `frames` frames is read: (frames,), rising, at most `LONGER` times as far."""
    generator = np.random.default_rng([colours.seed, 1])
    speed = 2 ** (colours.cents / 1200)
    knots = max(4, int(np.ceil(frames / rate / colours.drift_seconds)) + 3)
    course = scipy.ndimage.zoom(generator.uniform(-1, 1, knots), 64, order=3)
    course = colours.drift * np.clip(course, -1, 1)
    along = np.linspace(0, len(course) - 1, frames)
    steps = speed * (1 + np.interp(along, np.arange(len(course)), course))
    read: NDArray[np.float64] = np.concatenate(([0.0], np.cumsum(steps)[:-1]))
    return read


def moved(at: NDArray[np.float64], read: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where frames of the original lie in what was read at `places`; beyond its end for those that were not."""
    inside = np.interp(at, read, np.arange(len(read)))
    return np.where(at > read[-1], len(read) + at - read[-1], inside)


def coloured(sound: Channels, colours: Colours, frames: int, rate: int) -> Channels:
    """`frames` frames of a sound that is `LONGER` times as long, with its colours.

    Args:
        sound: (C, T); the first two channels are the mix.
        colours: what is done.
        frames: of what comes back.
        rate: in Hz.
    """
    made = sound[:, :frames].astype(np.float32)
    if colours.cents or colours.drift:
        made = _read(sound, places(colours, frames, rate))
    if colours.room_seconds:
        made = _in_a_room(made, colours, rate)
    if colours.tilt_db or colours.bell:
        made = _equalised(made, colours, rate)
    if colours.noise_db is not None:
        made = _with_noise(made, colours, rate)
    if colours.drive:
        made = made * _saturation(made[:2], colours.drive)
    if colours.kept_hz is not None:
        made = _coded(made, colours, rate)
    peak = float(np.abs(made).max(initial=0.0))
    return np.ascontiguousarray(made * min(1.0, _LOUDEST / max(peak, 1e-9)), np.float32)


def _read(sound: Channels, read: NDArray[np.float64]) -> Channels:
    """Cubic splines through the samples."""
    rows = [scipy.ndimage.map_coordinates(channel, read[None], np.float32, 3, "constant") for channel in sound]
    return np.stack(rows)


def _in_a_room(sound: Channels, colours: Colours, rate: int) -> Channels:
    """Noise that decays by 60 dB in the room's time, another on the left than on the right, duller as it decays."""
    generator = np.random.default_rng([colours.seed, 2])
    count = int(1.2 * colours.room_seconds * rate)
    decay = 10 ** (-3 * np.arange(count) / (colours.room_seconds * rate))
    made = np.empty_like(sound)
    for side in (0, 1):
        answer = generator.standard_normal(count) * decay
        answer[: int(generator.uniform(0.003, 0.02) * rate)] = 0  # before the first wall
        answer *= np.sqrt(colours.room_share / max(float(np.square(answer).sum()), 1e-12))
        for channel in range(side, len(sound), 2):
            wet = scipy.signal.oaconvolve(sound[channel], answer.astype(np.float32))[: sound.shape[1]]
            made[channel] = sound[channel] + wet
    return made


def gains(colours: Colours, hertz: NDArray[np.floating]) -> NDArray[np.float64]:
    """The equaliser's gains at frequencies: a tilt about 1 kHz, and a bell an octave wide."""
    octaves = np.log2(np.maximum(hertz, 20.0) / 1000)
    decibels = colours.tilt_db * np.clip(octaves / np.log2(100), -1, 1)  # 6.64 octaves lie between 100 Hz and 10 kHz
    if colours.bell is not None:
        centre, height = colours.bell
        decibels = decibels + height * np.exp(-0.5 * (2 * np.log2(np.maximum(hertz, 20.0) / centre)) ** 2)
    result: NDArray[np.float64] = 10 ** (decibels / 20)
    return result


def _equalised(sound: Channels, colours: Colours, rate: int) -> Channels:
    """Without shifting phases, as a filter of 43 ms."""
    size = 2048
    answer = np.fft.irfft(gains(colours, np.fft.rfftfreq(size, 1 / rate)))
    answer = np.roll(answer, size // 2) * np.hanning(size)
    return scipy.signal.oaconvolve(sound, answer[None].astype(np.float32), "same", axes=1).astype(np.float32)


def _with_noise(sound: Channels, colours: Colours, rate: int) -> Channels:
    """Pink hiss and a quarter as much hum, in the mix alone."""
    assert colours.noise_db is not None
    generator = np.random.default_rng([colours.seed, 3])
    frames = sound.shape[1]
    spectrum = np.fft.rfft(generator.standard_normal((2, frames)))
    hiss = np.fft.irfft(spectrum / np.sqrt(np.maximum(np.fft.rfftfreq(frames, 1 / rate), 20.0)), frames)
    hum = np.sin(2 * np.pi * 50 * np.arange(frames) / rate)
    noise = hiss / hiss.std() + 0.5 * hum / hum.std()
    level = np.sqrt(np.square(sound[:2]).mean()) * 10 ** (colours.noise_db / 20)
    made = sound.copy()
    made[:2] += (level / noise.std() * noise).astype(np.float32)
    return made


def _saturation(mix: Channels, drive: float) -> Channels:
    """What tanh does to each of two channels, as gains in pairs that fit any even number of channels: (1 or C, T)."""
    bend = drive / max(float(np.abs(mix).max(initial=0.0)), 1e-9)
    driven = np.maximum(np.abs(mix).mean(0) * bend, 1e-6)
    result: Channels = (np.tanh(driven) / driven)[None].astype(np.float32)
    return result


def _coded(sound: Channels, colours: Colours, rate: int) -> Channels:
    """As a lossy code leaves it: coefficients of the mix, rounded by bands, nothing above a limit."""
    assert colours.kept_hz is not None
    frames = sound.shape[1]
    spectra = _mdct(sound)  # (C, blocks, _BLOCK)
    mix = spectra[:2]
    limit = min(_BLOCK, int(colours.kept_hz / (rate / 2) * _BLOCK))
    edges = np.unique(np.round(np.geomspace(4, limit, 22)).astype(int))
    edges = np.concatenate(([0], edges))
    step = np.zeros_like(mix)
    for first, last in pairwise(edges):
        step[..., first:last] = np.abs(mix[..., first:last]).max(-1, keepdims=True) * 10 ** (-colours.coarse_db / 20)
    there = (np.abs(mix) > 1e-7) & (step > 0)
    gain = np.where(there, np.round(mix / np.where(there, step, 1)) * step / np.where(there, mix, 1), 0)
    gain[..., limit:] = 0
    pairs = np.tile(gain, (len(sound) // 2, 1, 1))
    return _inverse_mdct(spectra * pairs, frames)


def _window() -> NDArray[np.float64]:
    return np.sin(np.pi / (2 * _BLOCK) * (np.arange(2 * _BLOCK) + 0.5))


def _mdct(sound: Channels) -> NDArray[np.float64]:
    """(C, T) → (C, blocks, _BLOCK), by a discrete cosine transform of folded blocks (Princen and Bradley 1987)."""
    padded = np.pad(sound, ((0, 0), (_BLOCK, _BLOCK + -sound.shape[1] % _BLOCK))).astype(np.float64)
    blocks = np.lib.stride_tricks.sliding_window_view(padded, 2 * _BLOCK, 1)[:, ::_BLOCK] * _window()
    a, b, c, d = np.split(blocks, 4, -1)
    folded = np.concatenate((-c[..., ::-1] - d, a - b[..., ::-1]), -1)
    return np.asarray(scipy.fft.dct(folded, 4, norm="ortho"), np.float64)


def _inverse_mdct(spectra: NDArray[np.float64], frames: int) -> Channels:
    first, second = np.split(scipy.fft.idct(spectra, 4, norm="ortho"), 2, -1)
    blocks = np.concatenate((second, -second[..., ::-1], -first[..., ::-1], -first), -1) * _window()
    count = blocks.shape[1]
    made = np.zeros((len(spectra), (count + 1) * _BLOCK))
    for half in (0, 1):
        part = blocks[:, :, half * _BLOCK : (half + 1) * _BLOCK].reshape(len(spectra), -1)
        made[:, half * _BLOCK : half * _BLOCK + part.shape[1]] += part
    return made[:, _BLOCK : _BLOCK + frames].astype(np.float32)
