"""Our own drums: swept sines for skins, filtered noise for wires and shells, inharmonic squares for cymbals."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engine.compose.attack import SHARPENED, sharpening
from engine.compose.soundfont import Event, Voice
from engine.scipy_loader import load_scipy


@dataclass(frozen=True, slots=True)
class DrumKit:
    """How a kit is tuned. Frequencies in Hz, times in seconds."""

    kick: float = 52.0
    kick_sweep: float = 3.5  # first frequency over the last
    kick_decay: float = 0.18
    click: float = 0.3
    snare: float = 185.0
    snare_decay: float = 0.13
    wires: float = 0.9  # noise against tone
    hat: float = 7000.0
    hat_decay: float = 0.045
    open_decay: float = 0.28
    drive: float = 0.0
    crush: int = 0  # bits; 0 leaves it clean
    gate: float = 0.0  # seconds of reverberation that is cut off


KITS: dict[str, DrumKit] = {
    "acoustic": DrumKit(58, 2.2, 0.16, 0.45, 195, 0.14, 1.0, 6500, 0.05, 0.35),
    "rock": DrumKit(55, 2.4, 0.2, 0.6, 180, 0.2, 1.1, 6000, 0.06, 0.45, 0.4),
    "electro": DrumKit(54, 4, 0.2, 0.35, 210, 0.12, 0.9, 7500, 0.04, 0.25, 0.2),
    "808": DrumKit(46, 2.5, 0.45, 0.12, 180, 0.15, 0.8, 8000, 0.035, 0.3, 0.3),
    "909": DrumKit(50, 5.0, 0.24, 0.4, 200, 0.14, 1.0, 7000, 0.04, 0.3, 0.35),
    "break": DrumKit(64, 2.4, 0.12, 0.5, 215, 0.11, 1.2, 6000, 0.05, 0.22, 0.5),
    "dusty": DrumKit(60, 2.2, 0.15, 0.3, 190, 0.13, 1.0, 4800, 0.05, 0.2, 0.4, 7),
    "gated": DrumKit(54, 2.6, 0.2, 0.35, 175, 0.12, 1.0, 7000, 0.05, 0.3, 0.2, 0, 0.22),
    "chip": DrumKit(70, 6.0, 0.08, 0.0, 300, 0.1, 1.6, 5000, 0.03, 0.12, 0.0, 5),
    "cinema": DrumKit(42, 1.8, 0.5, 0.25, 120, 0.25, 0.7, 5500, 0.08, 0.5, 0.3),
}
_TOMS = {
    41: 78.0,
    43: 88.0,
    45: 100.0,
    47: 122.0,
    48: 140.0,
    50: 165.0,
    62: 290.0,
    63: 240.0,
    64: 175.0,
    60: 420.0,
    61: 310.0,
}
LEVELS_DB: dict[str, float] = {
    "acoustic": -1.3, "rock": -6.9, "electro": -3.7, "808": -4.9, "909": -5.4, "break": -5.5, "dusty": -5.1,
    "gated": -4.5, "chip": -2.1, "cinema": -5.4,
}  # fmt: skip
"""What makes the kits equally loud."""
_METAL = (2.0, 3.0, 4.16, 5.43, 6.79, 8.21)


def _noise(frames: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(frames)


def _band(x: np.ndarray, low: float, high: float, rate: int) -> np.ndarray:
    load_scipy()
    from scipy.signal import butter, sosfilt

    nyquist = rate / 2
    if high >= 0.95 * nyquist:
        return sosfilt(butter(2, min(low, 0.8 * nyquist), "highpass", fs=rate, output="sos"), x)
    return sosfilt(butter(2, (low, high), "bandpass", fs=rate, output="sos"), x)


def _sweep(t: np.ndarray, last: float, ratio: float, fall: float) -> np.ndarray:
    return np.sin(2 * np.pi * last * (t + (ratio - 1) * fall * (1 - np.exp(-t / fall))))


def _metal(t: np.ndarray, base: float, rate: int) -> np.ndarray:
    ratios = [r for r in _METAL if base * r < 0.45 * rate]
    return np.sum([np.sign(np.sin(2 * np.pi * base * r * t + r)) for r in ratios], axis=0) / len(_METAL)


@lru_cache(maxsize=512)
def hit(kit: str, drum: int, rate: int) -> np.ndarray:
    """One stroke at full force, float32 (frames,). Drums that a kit lacks sound like its closest one."""
    k = KITS[kit]
    seconds = 1.8 if drum in (49, 51, 53, 57) else 1.0
    t = np.arange(int(seconds * rate)) / rate
    noise = _noise(len(t), drum)
    match drum:
        case 35 | 36:
            x = _sweep(t, k.kick, k.kick_sweep, 0.035) * np.exp(-t / k.kick_decay)
            x += k.click * _band(noise, 1500, 5000, rate) * np.exp(-t / 0.004)
        case 38 | 40:
            tone = _sweep(t, k.snare, 1.5, 0.015) + 0.5 * np.sin(2 * np.pi * k.snare * 1.8 * t)
            x = 0.55 * tone * np.exp(-t / (0.55 * k.snare_decay))
            x += k.wires * 0.6 * _band(noise, 1200, 9500, rate) * np.exp(-t / k.snare_decay)
        case 39:
            body = sum(np.exp(-np.maximum(t - d, 0) / 0.008) * (t >= d) for d in (0.0, 0.011, 0.022))
            tail = np.exp(-np.maximum(t - 0.03, 0) / 0.09) * (t >= 0.03)
            x = 1.4 * _band(noise, 900, 3200, rate) * (0.6 * body + tail)
        case 37 | 75 | 76:
            base = 1700 if drum == 37 else 2500
            x = 0.7 * np.sin(2 * np.pi * base * t) * np.exp(-t / 0.012) + 0.4 * np.sin(5 * base * t) * np.exp(-t / 0.02)
        case 42 | 44:
            x = (
                0.5 * _band(noise, k.hat, rate, rate) + 0.25 * _band(_metal(t, 540, rate), k.hat, rate, rate)
            ) * np.exp(-t / k.hat_decay)
        case 46:
            x = (
                0.5 * _band(noise, k.hat, rate, rate) + 0.25 * _band(_metal(t, 540, rate), k.hat, rate, rate)
            ) * np.exp(-t / k.open_decay)
        case 49 | 57:
            x = 0.6 * _band(noise, 3500, rate, rate) * np.exp(-t / 0.6)
        case 51 | 53:
            x = 0.35 * _band(_metal(t, 620, rate), 3000, rate, rate) * np.exp(-t / 0.5)
            x += 0.3 * np.sin(2 * np.pi * 3100 * t) * np.exp(-t / 0.08) + 0.1 * noise * np.exp(-t / 0.01)
        case 54:
            x = 1.1 * _band(noise, 6500, rate, rate) * (np.exp(-t / 0.06) + 0.5 * np.exp(-((t - 0.03) ** 2) / 1e-4))
        case 56:
            x = 0.35 * (np.sign(np.sin(2 * np.pi * 562 * t)) + np.sign(np.sin(2 * np.pi * 845 * t))) * np.exp(-t / 0.07)
            x = _band(x, 500, 4500, rate)
        case 70 | 82:
            x = 1.5 * _band(noise, 5000, rate, rate) * np.minimum(t / 0.02, 1) * np.exp(-t / 0.035)
        case _:
            skin = _TOMS.get(drum, 150.0) * (0.75 if kit == "cinema" else 1.0)
            decay = (0.09 if drum >= 60 else 0.22) * (2.2 if kit == "cinema" else 1.0)
            x = _sweep(t, skin, 1.6, 0.03) * np.exp(-t / decay) + 0.1 * _band(noise, 300, 3000, rate) * np.exp(
                -t / 0.02
            )
    if drum in (42, 44, 46, 49, 51, 53, 54, 57, 70, 82):
        x = 0.55 * x
    if k.gate and drum in (38, 40, 41, 43, 45, 47, 50):
        x += 0.35 * _band(_noise(len(t), 999), 300, 6000, rate) * (t < k.gate) * np.exp(-t / 0.4)
    if k.drive:
        x = np.tanh(x * (1 + 3 * k.drive)) / np.tanh(1 + 3 * k.drive)
    if k.crush:
        steps = 2.0 ** (k.crush - 1)
        x = np.round(np.clip(x, -1, 1) * steps) / steps
    x[-int(0.02 * rate) :] *= np.linspace(1, 0, int(0.02 * rate))
    if drum in SHARPENED and (gain := sharpening(x, rate)) is not None:
        x[: len(gain)] *= gain
    return (0.5 * x).astype(np.float32)


def play(kit: str, events: Sequence[Event], frames: int, rate: int) -> np.ndarray:
    """Plays strokes (start, end, drum, velocity; in frames) for `frames`: float32 (frames,), mono, dry."""
    sound = perform(kit, [Voice(events)], rate)[0]
    out = np.zeros(frames, np.float32)
    out[: min(len(sound), frames)] = sound[:frames]
    return out


def perform(kit: str, voices: Sequence[Voice], rate: int) -> np.ndarray:
    """Plays strokes on a kit until the last one has died away; arguments and result as for `SoundFont.play`.

    A closed hat ends an open one.
    """
    strokes = sorted((event, voice.pan, voice.cents) for voice in voices for event in voice.events)
    hats = [event[0] for event, _, _ in strokes if event[2] in (42, 44)]
    placed = []
    for (start, _, pitch, velocity), pan, cents in strokes:
        sound = hit(kit, pitch, rate) if not cents else _retuned(kit, pitch, rate, cents)
        if pitch == 46:
            index = bisect_left(hats, start + 1)
            if index < len(hats) and hats[index] - start < len(sound):
                sound = sound[: hats[index] - start].copy()
                fade = min(len(sound), rate // 200)
                sound[len(sound) - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)
        angle = (pan + 1) * np.pi / 4
        sides = np.array([[np.cos(angle)], [np.sin(angle)]], np.float32) * np.float32(np.sqrt(2))
        placed.append((start, sound, np.float32((velocity / 127.0) ** 1.5), sides))
    out = np.zeros((2, max((start + len(sound) for start, sound, _, _ in placed), default=0)), np.float32)
    for start, sound, gain, sides in placed:
        out[:, start : start + len(sound)] += sides * (gain * sound)
    return out


@lru_cache(maxsize=512)
def _retuned(kit: str, drum: int, rate: int, cents: float) -> np.ndarray:
    """A stroke on a skin that is tuned a little differently."""
    sound = hit(kit, drum, rate)
    places = np.arange(len(sound), dtype=np.float64) * 2 ** (cents / 1200)
    return np.interp(places, np.arange(len(sound)), sound, right=0.0).astype(np.float32)
