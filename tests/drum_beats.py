"""A beat that is put together from single strokes."""

import numpy as np

from engine.compose.drums import hit

KICK, SNARE, HAT = 36, 38, 42


def beat(kit: str, rate: int) -> tuple[np.ndarray, list[tuple[float, int]]]:
    """Four seconds of a kit, mono float32, and its strokes (s, pitch) from 0.1 s on at 120 BPM.

    Kicks fall on every beat, snares on every other, hats between.
    """
    strokes = []
    for number in range(7):
        at = 0.1 + 0.5 * number
        strokes += [(at, KICK), (at + 0.25, HAT)] + ([(at, SNARE)] if number % 2 else [])
    sound = np.zeros(4 * rate, np.float32)
    for at, pitch in strokes:
        first = round(at * rate)
        part = hit(kit, pitch, rate)[: len(sound) - first]
        sound[first : first + len(part)] += 0.7 * part
    return sound, strokes
