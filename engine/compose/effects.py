"""The effects of the corpus' mixer. Arrays are float32 with frames last."""

from collections.abc import Sequence

import numpy as np

from engine.scipy_loader import load_scipy

_BLOCK_SECONDS = 0.005


def saturate(x: np.ndarray, drive: float) -> np.ndarray:
    """Soft clipping; 0 leaves `x` as it is, 1 is a fuzz. The level of quiet sounds stays within a few dB."""
    if drive <= 0.01:
        return x
    gain = np.float32(1.0 + 12.0 * drive**2 + 2.0 * drive)
    return np.tanh(x * gain) / gain ** np.float32(0.6)


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


def rounded(x: np.ndarray, ceiling: float) -> np.ndarray:
    """Rounds off what is above 0.7 of `ceiling`, so that nothing passes the ceiling; what is below stays as it is."""
    knee = np.float32(0.7 * ceiling)
    room = np.float32(0.3 * ceiling)
    over = np.abs(x) - knee
    above = over > 0
    if not above.any():
        return x
    out = x.copy()
    out[above] = np.sign(x[above]) * (knee + room * np.tanh(over[above] / room))
    return out


def room_response(tenths: int, rate: int, channels: int) -> np.ndarray:
    """A room's response (channels, frames), whose sound falls by 60 dB in `tenths` / 10 s; its power is 1 a channel."""
    load_scipy()
    from scipy.signal import lfilter

    seconds = tenths / 10
    frames = int(1.1 * seconds * rate)
    t = np.arange(frames, dtype=np.float32) / rate
    rng = np.random.default_rng(tenths)
    noise = rng.standard_normal((channels, frames)).astype(np.float32)
    dark = lfilter([0.25], [1, -0.75], noise).astype(np.float32)
    # treble dies away twice as fast
    response = dark * np.exp(-6.9 * t / seconds) + 0.35 * (noise - dark) * np.exp(-13.8 * t / seconds)
    response *= np.minimum(t / 0.012, 1)
    response /= np.sqrt((response**2).sum(axis=-1, keepdims=True)) + 1e-9
    return response


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
    gain_db = -over * (1 - 1 / (1 + 3 * amount))
    # attack 10 ms, release 120 ms
    attack, release = np.exp(-_BLOCK_SECONDS / 0.01), np.exp(-_BLOCK_SECONDS / 0.12)
    gain, state = np.empty(len(gain_db)), 0.0
    for index, value in enumerate(gain_db.tolist()):
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
