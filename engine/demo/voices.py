"""Instruments of the demo song: each a function that returns one sound, mono float32 (frames,) at `RATE`."""

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engine.scipy_loader import load_scipy

RATE = 48000
"""Hz of everything in the demo song."""

Sound = NDArray[np.float32]


def hertz(note: float) -> float:
    """Frequency of a MIDI note number; 69 is 440 Hz."""
    return float(440.0 * 2 ** ((note - 69) / 12))


def seconds(duration: float) -> Sound:
    """The time of each frame of `duration` seconds."""
    return np.arange(round(duration * RATE), dtype=np.float32) / np.float32(RATE)


def shaped(sound: Sound, attack: float, release: float) -> Sound:
    """`sound` with soft ends: raised cosines of these lengths in seconds."""
    for length, end in ((attack, slice(None)), (release, slice(None, None, -1))):
        frames = min(round(length * RATE), len(sound))
        ramp = 0.5 - 0.5 * np.cos(np.pi * np.arange(frames, dtype=np.float32) / max(frames, 1))
        sound[end][:frames] *= ramp
    return sound


def electric_piano(note: float, duration: float, velocity: float) -> Sound:
    """A tine piano by frequency modulation; brighter when struck harder (Chowning, JAES 1973)."""
    t = seconds(duration + 0.5)
    f = np.float32(2 * math.pi * hertz(note))
    body = (0.4 + 1.5 * velocity) * np.exp(-2.6 * t) * np.sin(f * t)
    tine = 0.35 * velocity * np.exp(-18 * t) * np.sin(14 * f * t)
    sound = np.sin(f * t + body + tine) * np.exp(-(0.9 + hertz(note) / 700) * t)
    return shaped(velocity * sound.astype(np.float32), 0.002, 0.45)


def bass(note: float, duration: float, velocity: float) -> Sound:
    """A round analogue-like bass: a saw whose harmonics close like a filter, over a sine."""
    t = seconds(duration + 0.06)
    f = hertz(note)
    phase = np.float32(2 * math.pi * f) * t
    cutoff = 180 + 900 * velocity * np.exp(-9 * t)
    sound = 0.8 * np.sin(phase)
    for k in range(1, 13):
        sound += np.sin(k * phase) / k / (1 + (k * f / cutoff) ** 4)
    return shaped(np.tanh(0.9 * velocity * sound).astype(np.float32), 0.004, 0.05)


def strings(note: float, duration: float, velocity: float, seed: int) -> Sound:
    """One player of a string section: a saw of limited brightness, a little out of tune, slow to speak."""
    t = seconds(duration + 1.2)
    rng = np.random.default_rng(seed)
    f = hertz(note + rng.uniform(-0.07, 0.07))
    wobble = 0.0025 * np.sin(2 * math.pi * rng.uniform(4.2, 5.4) * t + rng.uniform(0, 6))
    phase = np.float32(2 * math.pi * f) * t + f * wobble + np.float32(rng.uniform(0, 6))
    fundamental = np.exp(1j * phase.astype(np.complex64))
    harmonic, sound = fundamental.copy(), np.zeros(len(t), np.float32)
    for k in range(1, 9):
        sound += harmonic.imag / k / (1 + (k * f / 1500) ** 2)
        harmonic *= fundamental
    return shaped(velocity * sound, 0.7, 1.1)


def pluck(note: float, duration: float, velocity: float) -> Sound:
    """A plucked string: the higher a harmonic, the sooner it is gone."""
    t = seconds(duration + 0.5)
    phase = np.float32(2 * math.pi * hertz(note)) * t
    sound = np.zeros(len(t), np.float32)
    for k in range(1, 8):
        sound += np.sin(k * phase) * np.exp(-(2.5 + 1.9 * k) * t) / k**1.2
    return shaped(velocity * sound, 0.001, 0.3)


def lead(note: float, duration: float, velocity: float, glide_from: float) -> Sound:
    """A singing lead: half-square, late vibrato, a short slide from the note before, a breath at its start."""
    t = seconds(duration + 0.12)
    slide = (glide_from - note) * np.exp(-t / 0.018)
    vibrato = 0.16 * np.clip((t - 0.22) / 0.4, 0, 1) * np.sin(2 * math.pi * 5.3 * t)
    f = hertz(note) * 2 ** ((slide + vibrato) / 12)
    phase = np.cumsum(f, dtype=np.float64) * (2 * math.pi / RATE)
    sound = np.zeros(len(t), np.float32)
    for k, level in ((1, 1.0), (2, 0.18), (3, 0.28), (4, 0.05), (5, 0.12), (7, 0.05)):
        sound += level * np.sin(k * phase).astype(np.float32) * np.exp(-0.25 * k * t)
    breath = np.random.default_rng(int(note * 10)).standard_normal(len(t)).astype(np.float32)
    sound += 0.06 * breath * np.exp(-30 * t)
    return shaped(velocity * sound, 0.012, 0.1)


@lru_cache(maxsize=64)
def kick(velocity: float) -> Sound:
    """A bass drum: a falling sine and a click."""
    t = seconds(0.5)
    phase = 2 * math.pi * (47 * t + 128 / 34 * (1 - np.exp(-34 * t)))
    sound = np.sin(phase) * np.exp(-6.5 * t) + 0.25 * np.exp(-350 * t) * _noise(len(t), 1)
    return shaped(np.tanh(1.5 * velocity * sound).astype(np.float32), 0.0005, 0.05)


@lru_cache(maxsize=64)
def snare(velocity: float) -> Sound:
    """A snare drum: two tones of the skin and the wires' noise."""
    t = seconds(0.32)
    skin = np.sin(2 * math.pi * 183 * t + 2 * np.exp(-40 * t)) + 0.6 * np.sin(2 * math.pi * 331 * t)
    wires = _band(_noise(len(t), 2), 900, 9500) * np.exp(-15 * t)
    return shaped((velocity * (0.55 * skin * np.exp(-24 * t) + 0.9 * wires)).astype(np.float32), 0.0005, 0.05)


@lru_cache(maxsize=64)
def clap(velocity: float) -> Sound:
    """Hands: four bursts, the last of which rings."""
    t = seconds(0.3)
    bursts = sum(np.where(t >= at, np.exp(-rate * (t - at)), 0) for at, rate in _CLAPS)
    return shaped((velocity * _band(_noise(len(t), 3), 800, 5000) * bursts).astype(np.float32), 0.0005, 0.05)


_CLAPS = ((0.0, 260), (0.009, 260), (0.019, 260), (0.028, 19))


@lru_cache(maxsize=64)
def hat(velocity: float, open_: bool) -> Sound:
    """A hi-hat: noise over inharmonic squares."""
    t = seconds(0.42 if open_ else 0.09)
    metal = sum(np.sign(np.sin(2 * math.pi * f * t)) for f in (3170, 4460, 5390, 6230, 7410, 8210)) / 6
    sound = _band(0.7 * metal + _noise(len(t), 4), 6800, 16000) * np.exp(-(9 if open_ else 55) * t)
    return shaped((velocity * sound).astype(np.float32), 0.0005, 0.02)


@lru_cache(maxsize=64)
def shaker(velocity: float) -> Sound:
    """A shaker: grains that rise and fall."""
    t = seconds(0.11)
    return (velocity * _band(_noise(len(t), 5), 4200, 13000) * np.sin(np.pi * t / 0.11) ** 2).astype(np.float32)


def crash(duration: float) -> Sound:
    """A cymbal that rings for `duration` seconds."""
    t = seconds(duration)
    metal = sum(
        np.sin(2 * math.pi * f * t + 0.7 * np.sin(2 * math.pi * f * 1.414 * t)) for f in (2510, 3720, 5230, 6940)
    )
    sound = _band(_noise(len(t), 6) + 0.12 * metal, 2600, 15000) * (0.25 * np.exp(-9 * t) + np.exp(-1.7 * t))
    return shaped(sound.astype(np.float32), 0.001, 0.4)


def _noise(frames: int, seed: int) -> Sound:
    return np.random.default_rng(seed).standard_normal(frames, dtype=np.float32)


def _band(sound: NDArray[np.floating], low: float, high: float) -> Sound:
    """`sound` between two frequencies, 12 dB per octave."""
    load_scipy()
    from scipy.signal import butter, sosfilt

    sections = butter(2, (low, high), "bandpass", fs=RATE, output="sos")
    return np.asarray(sosfilt(sections, sound), np.float32)
