"""Processors at work in tests: sound through a device, whole or in blocks."""

import numpy as np

from engine.devices.interface import TEMPO, Processor, Value
from engine.devices.registry import find_device

RATE = 48000
BLOCK = 8192


def values(device: str, **chosen: Value) -> dict[str, Value]:
    """A value for each parameter: the chosen one, which may be one a frame, or the default."""
    spec = find_device(device)
    assert spec is not None
    assert not set(chosen) - {each.id for each in spec.parameters} - {TEMPO}
    return {**spec.values({}), TEMPO: 120.0, **chosen}


def processor(device: str, rate: int = RATE) -> Processor:
    spec = find_device(device)
    assert spec is not None
    return spec.create(rate, BLOCK)


def through(
    device: str,
    sound: np.ndarray,
    *,
    sidechain: np.ndarray | None = None,
    rate: int = RATE,
    block: int = BLOCK,
    at: Processor | None = None,
    **chosen: Value,
) -> np.ndarray:
    """The sound (frames, 2) as it comes out, as long as it went in and as late as the device makes it."""
    effect = at or processor(device, rate)
    parameters = values(device, **chosen)
    parts = [np.empty((0, 2), np.float32)]
    for a in range(0, len(sound), block):
        b = min(a + block, len(sound))
        here = {name: v[a:b] if isinstance(v, np.ndarray) else v for name, v in parameters.items()}
        side = None if sidechain is None else sidechain[a:b]
        parts.append(effect.process(sound[a:b], here, side).copy())
    return np.concatenate(parts)


def stereo(mono: np.ndarray) -> np.ndarray:
    return np.repeat(np.asarray(mono, np.float32)[:, None], 2, axis=1)


def sine(hertz: float, db: float, seconds: float, rate: int = RATE) -> np.ndarray:
    """A sine of that peak level, (frames, 2)."""
    return stereo(10 ** (db / 20) * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate))


def impulse(frames: int) -> np.ndarray:
    sound = np.zeros((frames, 2), np.float32)
    sound[0] = 1.0
    return sound


def noise(frames: int, seed: int = 0, level: float = 0.25) -> np.ndarray:
    return (np.random.default_rng(seed).standard_normal((frames, 2)) * level).astype(np.float32)
