"""Our own synthesis of pitched instruments.

A patch is two periodic tables, a bright and a dark one, and two envelopes: one for loudness, one that fades from bright
to dark as a closing filter does. Tables are computed in the frequency domain, so nothing aliases; where a patch has
`spread`, each harmonic is a band of noise around its frequency (the PADsynth idea of Nasca O. Paul), which sounds like
many players. Struck bars are sums of decaying partials, and deep electronic basses are swept sines.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engine.compose.soundfont import Event, Voice

_TABLE = 4096
_ENSEMBLE_TABLE = 65536


@dataclass(frozen=True, slots=True)
class Patch:
    """An instrument of our own. Times in seconds, cutoffs in Hz at middle C (they follow the pitch half-way)."""

    wave: str
    bright: float = 6000.0
    dark: float = 1500.0
    closing: float = 0.2
    attack: float = 0.004
    decay: float = 0.6
    sustain: float = 0.6
    release: float = 0.08
    spread: float = 0.0  # width of each harmonic, relative to its frequency
    noise: float = 0.0  # breath
    level: float = 1.0


PATCHES: dict[str, Patch] = {
    "saw": Patch("saw", 7000, 2500, 0.3, 0.006, 0.5, 0.7, 0.1, 0.0012, level=0.8),
    "square": Patch("square", 6000, 2500, 0.3, 0.005, 0.5, 0.7, 0.08, level=0.7),
    "pulse": Patch("pulse", 16000, 12000, 0.5, 0.001, 0.25, 0.6, 0.01, level=0.6),
    "triangle": Patch("triangle", 6000, 5000, 0.3, 0.003, 0.6, 0.8, 0.03),
    "super saw": Patch("saw", 9000, 5000, 0.5, 0.01, 0.8, 0.8, 0.25, 0.008, level=0.8),
    "stab": Patch("saw", 5000, 900, 0.12, 0.002, 0.25, 0.15, 0.1, 0.003),
    "synth pluck": Patch("saw", 6500, 700, 0.09, 0.002, 0.28, 0.0, 0.12, 0.0015),
    "saw bass": Patch("saw", 2600, 500, 0.12, 0.003, 0.5, 0.6, 0.05),
    "square bass": Patch("square", 1800, 500, 0.15, 0.003, 0.5, 0.7, 0.05),
    "acid": Patch("acid", 4200, 350, 0.1, 0.002, 0.3, 0.4, 0.03),
    "reese": Patch("saw", 1300, 700, 0.8, 0.02, 1.0, 0.9, 0.1, 0.011),
    "bass": Patch("square", 1400, 350, 0.15, 0.004, 0.9, 0.25, 0.06),
    "pluck": Patch("pluck", 6500, 900, 0.18, 0.002, 0.9, 0.0, 0.15),
    "mute": Patch("pluck", 2600, 500, 0.05, 0.002, 0.14, 0.0, 0.05),
    "harp": Patch("triangle", 12000, 3000, 0.06, 0.001, 1.1, 0.0, 0.25),
    "pizzicato": Patch("saw", 2600, 600, 0.05, 0.003, 0.13, 0.0, 0.06, 0.003),
    "piano": Patch("pluck", 5200, 1100, 0.35, 0.002, 1.6, 0.0, 0.15, 0.0006),
    "epiano": Patch("epiano", 5000, 900, 0.25, 0.002, 1.5, 0.05, 0.12, 0.0008),
    "fuzz": Patch("fuzz", 4000, 3000, 0.6, 0.003, 2.0, 0.75, 0.06, 0.001),
    "organ": Patch("organ", 6000, 5500, 0.5, 0.008, 1.0, 0.95, 0.05, 0.0012),
    "strings": Patch("saw", 5000, 3500, 1.0, 0.14, 1.0, 0.9, 0.35, 0.006),
    "solo strings": Patch("saw", 4500, 3000, 0.6, 0.06, 1.0, 0.85, 0.15, 0.0022),
    "choir": Patch("choir", 5000, 4000, 1.0, 0.18, 1.0, 0.9, 0.4, 0.009),
    "brass": Patch("saw", 3800, 1900, 0.5, 0.04, 0.6, 0.8, 0.1, 0.002),
    "reed": Patch("reed", 4200, 2600, 0.4, 0.03, 0.6, 0.85, 0.08, 0.0012, 0.02),
    "flute": Patch("flute", 4000, 3000, 0.4, 0.05, 0.8, 0.85, 0.1, 0.0012, 0.05),
    "warm pad": Patch("saw", 1800, 1200, 2.0, 0.35, 2.0, 0.9, 0.7, 0.007),
    "soft pad": Patch("glass", 5000, 2500, 2.0, 0.5, 2.5, 0.85, 0.9, 0.005),
}
STRUCK: dict[str, tuple[tuple[float, float, float], ...]] = {
    "bell": ((1.0, 1.0, 1.1), (2.76, 0.35, 0.5), (5.4, 0.2, 0.25), (8.93, 0.08, 0.1)),
    "mallet": ((1.0, 1.0, 0.35), (3.93, 0.3, 0.12), (9.24, 0.12, 0.04)),
}
"""Partials of struck bars: frequency ratio, amplitude, seconds of decay."""
SWEPT: dict[str, tuple[float, float, float, float]] = {"sub": (1.0, 0.02, 8.0, 0.3), "808": (2.6, 0.045, 1.6, 1.6)}
"""Deep basses: first frequency ratio, seconds of its fall, seconds of decay, saturation."""

OWN_PATCHES = frozenset(PATCHES) | frozenset(STRUCK) | frozenset(SWEPT)


LEVELS_DB: dict[str, float] = {
    "harp": -2.7, "pizzicato": 5.0,
    "piano": -3.6, "epiano": -4.4, "pluck": -1, "bell": -5.1, "mallet": -0.5, "organ": -6.5, "reed": -6.4,
    "mute": 5.5, "fuzz": -6.4, "bass": 5.2, "saw bass": 4.2, "square bass": 3.7, "sub": -1, "808": -1.9,
    "reese": 1, "acid": 4.7, "solo strings": -6.2, "strings": -5.9, "choir": -5.8, "brass": -5.3, "flute":
    -7.1, "square": -1.5, "saw": -3.5, "triangle": -1, "pulse": 0.7, "synth pluck": 1.9, "super saw": -4.1,
    "stab": 1.4, "soft pad": -5.7, "warm pad": -5.7,
}  # fmt: skip
"""What makes the patches equally loud."""


def _harmonics(wave: str, count: int, frequency: float) -> np.ndarray:
    h = np.arange(1, count + 1, dtype=np.float64)
    odd = h % 2
    match wave:
        case "square":
            return odd / h
        case "triangle":
            return odd / h**2
        case "pulse":
            return np.abs(np.sin(np.pi * h * 0.25)) / h
        case "pluck":
            return np.abs(np.sin(np.pi * h * 0.18)) / h**1.1
        case "epiano":
            return np.where(h == 1, 1.0, 0.0) + np.where(h == 2, 0.2, 0.0) + 0.12 / (1 + (h - 7) ** 2)
        case "organ":
            drawbars = {1: 1.0, 2: 0.7, 3: 0.55, 4: 0.45, 6: 0.25, 8: 0.3}
            return np.array([drawbars.get(int(k), 0.0) for k in h])
        case "reed":
            return (odd + 0.35 * (1 - odd)) / h**0.8
        case "flute":
            return np.exp(-1.1 * (h - 1))
        case "glass":
            return np.where(np.isin(h, (1, 2, 4, 6, 8, 12)), 1 / h, 0.05 / h)
        case "choir":
            f = h * frequency
            peaks = sum(
                g * np.exp(-(((f - c) / w) ** 2)) for c, w, g in ((750, 160, 1), (1150, 180, 0.6), (2900, 300, 0.2))
            )
            return (peaks + np.where(h == 1, 0.6, 0.02)) / h**0.3
        case "fuzz":
            return 1 / h**0.7
    return 1 / h  # saw


@lru_cache(maxsize=768)
def _tables(patch: Patch, pitch: int, rate: int) -> tuple[np.ndarray, np.ndarray]:
    """The bright and the dark table, float32, whole numbers of periods long; bright has an RMS of 0.2."""
    frequency = 440.0 * 2 ** ((pitch - 69) / 12)
    count = max(1, int(0.47 * rate / frequency))
    track = 2 ** ((pitch - 60) / 24)
    if patch.spread:
        size = _ENSEMBLE_TABLE
    else:
        period = rate / frequency
        periods = max(1, round(_TABLE / period))
        candidates = range(periods, 2 * periods + 1)
        periods = min(candidates, key=lambda p: abs(round(p * period / 2) * 2 - p * period) / p)
        size = round(periods * period / 2) * 2
    amplitude = _harmonics(patch.wave, count, frequency)
    h = np.arange(1, count + 1)
    phases = np.random.default_rng(pitch).uniform(0, 2 * np.pi, size // 2 + 1) if patch.spread else None
    tables = []
    for cutoff in (patch.bright, patch.dark):
        x = h * frequency / (cutoff * track)
        peak = 1.0 + (3.0 * np.exp(-(((x - 1) / 0.25) ** 2)) if patch.wave == "acid" else 0.0)
        weights = amplitude * peak / (1 + x**4)
        spectrum = np.zeros(size // 2 + 1, np.complex64)
        if phases is None:
            spectrum[h * periods] = -1j * weights
        else:
            for number, weight in enumerate(weights, 1):
                if weight < 1e-4:
                    continue
                centre = number * frequency * size / rate
                width = max(0.35, centre * patch.spread)
                low, high = int(max(1, centre - 3 * width)), int(min(size // 2, centre + 3 * width + 1))
                bins = np.arange(low, high)
                band = np.exp(-0.5 * ((bins - centre) / width) ** 2)
                spectrum[low:high] += weight * band / np.sqrt((band**2).sum() + 1e-9) * np.exp(1j * phases[low:high])
        tables.append(np.fft.irfft(spectrum, size))
    scale = 0.2 / np.sqrt(np.mean(tables[0] ** 2) + 1e-12)
    return (tables[0] * scale).astype(np.float32), (tables[1] * scale).astype(np.float32)


def _cycle(table: np.ndarray, offset: int, frames: int) -> np.ndarray:
    """`frames` samples of a table that repeats, from `offset` on."""
    offset %= len(table)
    if offset + frames <= len(table):
        return table[offset : offset + frames]
    return np.resize(np.roll(table, -offset), frames)


@lru_cache(maxsize=512)
def _envelopes(patch: Patch, frames: int, rate: int) -> tuple[np.ndarray, np.ndarray]:
    """Loudness and brightness over `frames` and the release, float32."""
    total = frames + int(4 * patch.release * rate)
    t = np.arange(total, dtype=np.float32) / rate
    level = patch.sustain + (1 - patch.sustain) * np.exp(-t / patch.decay)
    level *= np.minimum(t / patch.attack, 1.0)
    level[frames:] *= np.exp(-(t[frames:] - t[frames]) / patch.release) if total > frames else 1
    tail = min(64, total)
    level[-tail:] *= np.linspace(1, 0, tail)
    return level.astype(np.float32), np.exp(-t / patch.closing).astype(np.float32)


@lru_cache(maxsize=256)
def _struck(name: str, pitch: int, rate: int) -> np.ndarray:
    frequency = 440.0 * 2 ** ((pitch - 69) / 12)
    longest = max(decay for _, _, decay in STRUCK[name])
    t = np.arange(int(5 * longest * rate)) / rate
    out = np.zeros(len(t))
    for ratio, amplitude, decay in STRUCK[name]:
        if ratio * frequency < 0.47 * rate:
            faster = decay * (440 / frequency) ** 0.3
            out += amplitude * np.exp(-t / faster) * np.sin(2 * np.pi * ratio * frequency * t)
    return (0.35 * out * np.minimum(t / 0.002, 1)).astype(np.float32)


def _swept(name: str, pitch: int, frames: int, rate: int) -> np.ndarray:
    first, fall, decay, saturation = SWEPT[name]
    frequency = 440.0 * 2 ** ((pitch - 69) / 12)
    t = np.arange(frames + int(0.08 * rate)) / rate
    # the integral of frequency * (1 + (first - 1) e^(-t / fall))
    phase = frequency * (t + (first - 1) * fall * (1 - np.exp(-t / fall)))
    x = np.sin(2 * np.pi * phase) * np.exp(-t / decay) * np.minimum(t / 0.003, 1)
    x[frames:] *= np.linspace(1, 0, len(t) - frames) ** 2
    return (0.4 * np.tanh(x * (1 + saturation)) / np.tanh(1 + saturation)).astype(np.float32)


def play(name: str, events: Sequence[Event], frames: int, rate: int) -> np.ndarray:
    """Plays notes (start, end, pitch, velocity; in frames) with a patch for `frames`: float32 (frames,), mono, dry."""
    sound = perform(name, [Voice(events)], rate)[0]
    out = np.zeros(frames, np.float32)
    out[: len(sound)] = sound[:frames]
    return out


def perform(name: str, voices: Sequence[Voice], rate: int) -> np.ndarray:
    """Plays notes with a patch until the last one has died away; arguments and result as for `SoundFont.play`."""
    grid = max(1, rate // 100)
    placed: list[tuple[int, np.ndarray, np.float32, np.ndarray]] = []
    cache: dict[tuple[int, int, int], np.ndarray] = {}
    for number, voice in enumerate(voices):
        angle = (voice.pan + 1) * np.pi / 4
        sides = np.array([[np.cos(angle)], [np.sin(angle)]], np.float32) * np.float32(np.sqrt(2))
        for start, end, pitch, velocity in voice.events:
            # lengths are rounded to 10 ms, so that equal notes are computed once
            length = max(1, round((end - start) / grid)) * grid
            note = cache.get((pitch, length, number))
            if note is None:
                note = _note(name, pitch, length, rate, number)
                note = cache[pitch, length, number] = _retuned(note, voice.cents) if voice.cents else note
            if voice.bends:
                note = _bent(note, start, voice.bends)
            placed.append((start, note, np.float32((velocity / 127.0) ** 1.3), sides))
    out = np.zeros((2, max((start + len(note) for start, note, _, _ in placed), default=0)), np.float32)
    for start, note, gain, sides in sorted(placed, key=lambda each: each[0]):
        out[:, start : start + len(note)] += sides * (gain * note)
    return out


def _retuned(note: np.ndarray, cents: float) -> np.ndarray:
    """The note read faster or slower."""
    places = np.arange(len(note), dtype=np.float64) * 2 ** (cents / 1200)
    return np.interp(places, np.arange(len(note)), note, right=0.0).astype(np.float32)


def _bent(note: np.ndarray, start: int, bends: Sequence[tuple[int, float]]) -> np.ndarray:
    """A note that begins at frame `start`, its pitch following the wheel."""
    times = np.array([frame for frame, _ in bends])
    values = np.array([bend for _, bend in bends])
    frames = start + np.arange(len(note))
    semitones = np.interp(frames, times, values)
    if not semitones.any():
        return note
    places = np.concatenate(([0.0], np.cumsum(2 ** (semitones / 12))[:-1]))
    return np.interp(places, np.arange(len(note)), note, right=0.0).astype(np.float32)


def _note(name: str, pitch: int, length: int, rate: int, voice: int = 0) -> np.ndarray:
    """One note at full force; ensembles of several voices are as many different ones."""
    if name in SWEPT:
        return _swept(name, pitch, length, rate)
    if name in STRUCK:
        return _struck(name, pitch, rate)
    patch = PATCHES[name]
    bright, dark = _tables(patch, pitch, rate)
    level, brightness = _envelopes(patch, length, rate)
    frames = len(level)
    offset = pitch * 1009 + voice * 22501 if patch.spread else 0
    body = _cycle(dark, offset, frames)
    note = level * (body + brightness * (_cycle(bright, offset, frames) - body))
    if patch.noise:
        breath = np.random.default_rng(pitch).standard_normal(frames).astype(np.float32)
        note += np.float32(patch.noise) * level * (breath - np.roll(breath, 1))
    return note * np.float32(patch.level)
