"""The effects of the corpus' mixer. Arrays are float32 with frames last."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from scipy.fft import irfft, next_fast_len, rfft
from scipy.signal import lfilter

_BLOCK_SECONDS = 0.005


def saturate(x: np.ndarray, drive: float) -> np.ndarray:
    """Soft clipping; 0 leaves `x` as it is, 1 is a fuzz. The level of quiet sounds stays within a few dB."""
    if drive <= 0.01:
        return x
    gain = np.float32(1.0 + 12.0 * drive**2 + 2.0 * drive)
    return np.tanh(x * gain) / gain ** np.float32(0.6)


def tilt(x: np.ndarray, decibels: float, rate: int, pivot: float = 900.0) -> np.ndarray:
    """Raises what lies above `pivot` Hz by half of `decibels` and lowers what lies below by the other half."""
    if abs(decibels) < 0.25:
        return x
    a = np.exp(-2 * np.pi * pivot / rate)
    low = lfilter(np.array([1 - a], np.float32), np.array([1, -a], np.float32), x).astype(np.float32, copy=False)
    up = np.float32(10 ** (decibels / 40))
    return up * x + (1 / up - up) * low


def without_offset(x: np.ndarray, rate: int, cutoff: float = 18.0) -> np.ndarray:
    """Takes away what is constant or too low to hear."""
    r = np.exp(-2 * np.pi * cutoff / rate)
    return lfilter(np.array([1, -1], np.float32), np.array([1, -r], np.float32), x).astype(np.float32, copy=False)


def chorus(x: np.ndarray, depth: float, rate: int, speed: float = 0.8) -> np.ndarray:
    """Adds a copy whose delay swings around 12 ms."""
    if depth <= 0:
        return x
    frames = x.shape[-1]
    n = np.arange(frames, dtype=np.float32)
    delay = np.float32(rate) * (0.012 + 0.003 * np.sin(2 * np.pi * speed / rate * n, dtype=np.float32))
    at = np.maximum(n - delay, 0)
    index = at.astype(np.int32)
    share = at - index
    following = np.minimum(index + 1, frames - 1)
    return x + np.float32(0.6 * depth) * (x[index] * (1 - share) + x[following] * share)


def echo(x: np.ndarray, delay: int, feedback: float, count: int = 5) -> np.ndarray:
    """Only the repeats: `count` copies, each `delay` frames later and weaker by `feedback`."""
    out = np.zeros_like(x)
    gain = 1.0
    for number in range(1, count + 1):
        gain *= feedback
        offset = number * delay
        if offset >= x.shape[-1] or gain < 0.01:
            break
        out[..., offset:] += np.float32(gain) * x[..., : x.shape[-1] - offset]
    return out


def ducking(onsets: Sequence[int], depth: float, frames: int, rate: int, release: float) -> np.ndarray:
    """A gain (frames,) that falls by `depth` at each onset and comes back within `release` seconds."""
    curve = np.ones(frames, np.float32)
    length = max(1, int(release * rate))
    ramp = 1 - depth * (1 - np.linspace(0, 1, length, dtype=np.float32)) ** 1.5
    ramp[: min(length, rate // 250)] = np.linspace(1, ramp[0], min(length, rate // 250))
    for onset in onsets:
        if 0 <= onset < frames:
            stop = min(frames, onset + length)
            curve[onset:stop] = np.minimum(curve[onset:stop], ramp[: stop - onset])
    return curve


@lru_cache(maxsize=16)
def _room(tenths: int, rate: int, channels: int, size: int) -> np.ndarray:
    """Spectra (channels, bins) of a room's response whose sound falls by 60 dB in `tenths` / 10 s."""
    seconds = tenths / 10
    frames = min(int(1.1 * seconds * rate), size // 2)
    t = np.arange(frames, dtype=np.float32) / rate
    rng = np.random.default_rng(tenths)
    noise = rng.standard_normal((channels, frames)).astype(np.float32)
    dark = lfilter([0.25], [1, -0.75], noise).astype(np.float32)
    # treble dies away twice as fast
    response = dark * np.exp(-6.9 * t / seconds) + 0.35 * (noise - dark) * np.exp(-13.8 * t / seconds)
    response *= np.minimum(t / 0.012, 1)
    response /= np.sqrt((response**2).sum(axis=-1, keepdims=True)) + 1e-9
    return rfft(response, size)


def reverberate(x: np.ndarray, seconds: float, rate: int, channels: int) -> np.ndarray:
    """What a room answers to a mono sound, (channels, frames); the power of steady sound is kept."""
    frames = len(x)
    size = next_fast_len(frames + int(1.1 * seconds * rate), real=True)
    wet = irfft(rfft(x, size) * _room(max(2, round(10 * seconds)), rate, channels, size), size)
    return wet[:, :frames]


def _blocks(x: np.ndarray, rate: int) -> tuple[np.ndarray, int]:
    """Cuts x (C, T) into blocks (C, B, block), padded with zeros."""
    block = max(1, int(_BLOCK_SECONDS * rate))
    count = -(-x.shape[-1] // block)
    padded = np.zeros((x.shape[0], count * block), np.float32)
    padded[:, : x.shape[-1]] = x
    return padded.reshape(x.shape[0], count, block), block


def _interpolated(nodes: np.ndarray, block: int, frames: int) -> np.ndarray:
    """A gain per frame from gains at block boundaries."""
    share = np.arange(block, dtype=np.float32) / block
    curve = nodes[:-1, None] * (1 - share) + nodes[1:, None] * share
    return curve.reshape(-1)[:frames].astype(np.float32, copy=False)


def compression(x: np.ndarray, amount: float, rate: int) -> np.ndarray:
    """The gain (frames,) of a bus compressor, common to all channels; 0 does nothing, 1 is a ratio of 4."""
    frames = x.shape[-1]
    if amount <= 0.02:
        return np.ones(frames, np.float32)
    blocks, block = _blocks(x, rate)
    power = (blocks**2).mean(axis=(0, 2)) + 1e-9
    level = 5 * np.log10(power)
    threshold = 5 * np.log10(power.mean())
    over = np.maximum(level * 2 - threshold * 2 + 3.0, 0.0)
    wanted = -over * (1 - 1 / (1 + 3 * amount))
    # attack 10 ms, release 120 ms
    attack, release = np.exp(-_BLOCK_SECONDS / 0.01), np.exp(-_BLOCK_SECONDS / 0.12)
    gain, state = np.empty(len(wanted)), 0.0
    for index, value in enumerate(wanted.tolist()):
        k = attack if value < state else release
        state = k * state + (1 - k) * value
        gain[index] = state
    nodes = 10 ** (np.concatenate([gain[:1], gain]) / 20)
    return _interpolated(nodes, block, frames)


def limiting(x: np.ndarray, ceiling: float, rate: int) -> np.ndarray:
    """The gain (frames,) that keeps every sample within `ceiling`, common to all channels."""
    frames = x.shape[-1]
    blocks, block = _blocks(x, rate)
    peak = np.abs(blocks).max(axis=(0, 2))
    if peak.max(initial=0.0) <= ceiling:
        return np.ones(frames, np.float32)
    gain = np.minimum(1.0, ceiling / np.maximum(peak, 1e-9))
    for _ in range(3):  # looks 15 ms ahead, so that it turns down gently
        around = np.concatenate([gain[:1], gain, gain[-1:]])
        gain = np.minimum(gain, 0.5 * (np.minimum(around[:-2], around[2:]) + gain))
    nodes = np.minimum(np.concatenate([gain[:1], gain]), np.concatenate([gain, gain[-1:]]))
    return _interpolated(nodes, block, frames)
