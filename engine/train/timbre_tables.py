"""Measures the instruments that `engine.analysis.timbre_transfer` plays, on single notes of the bundled SoundFont.

`python -m engine.train.timbre_tables OUT` writes the tables; half a minute.
"""

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.analysis.pitch_line import FRAME_RATE, pitch_line
from engine.analysis.timbre_transfer import AGES, BANDS, EDGES, FLOOR_DB, HARMONICS, STRENGTHS
from engine.atomic_file import replacing
from engine.audio import Audio
from engine.compose.instruments import INSTRUMENTS
from engine.compose.soundfont import SoundFont, Voice, find_soundfont, open_soundfont

Values = NDArray[np.float64]

NAMES = (
    "violin", "cello", "strings", "choir", "voices", "trumpet", "trombone", "french horn", "brass section", "flute",
    "clarinet", "oboe", "bassoon", "alto sax", "tenor sax", "accordion", "church organ", "nylon guitar",
    "clean guitar", "overdriven guitar", "finger bass", "upright bass", "synth bass", "saw lead", "square lead",
)  # fmt: skip
"""Of `INSTRUMENTS`, in the order in which they are listed.

Drawbar organs are none of them: with their 16' and 5⅓' they have partials between their harmonics.
"""
RATE = 44100
STEP = 5
"""Semitones between the pitches that are measured."""

_SECONDS = 1.4  # of a note
_PERIODS = 8  # in a window: then half of a spectrum lies between the harmonics
_SHORTEST, _LONGEST = 1024, 8192  # samples of a window
_NEAR, _BETWEEN = 0.25, 0.35  # of a harmonic's distance: what belongs to it, and from where on all is noise
_MOST_NOISE = 0.1  # of the harmonics' power: what is more is spread harmonics, or partials of other tones
_SUSTAINED = (0.4, 1.2)  # s in which a harmonic's rise and fall is measured
_MOST_SWAY = 4.0  # dB


def tables(names: tuple[str, ...] = NAMES) -> dict[str, NDArray[np.generic]]:
    """The arrays of the file, by their names in it."""
    font = open_soundfont(find_soundfont())
    result: dict[str, NDArray[np.generic]] = {}
    sways = []
    for row, name in enumerate(names):
        known = INSTRUMENTS[name]
        count = max(2, round((known.high - known.low) / STEP) + 1)
        pitches = np.unique(np.rint(np.linspace(known.low, known.high, count)))
        harmonics = np.empty((len(pitches), len(STRENGTHS), len(AGES), HARMONICS))
        noise = np.empty((*harmonics.shape[:3], BANDS))
        moves = []
        for first, pitch in enumerate(pitches.astype(int)):
            for second, velocity in enumerate(STRENGTHS):
                sound = _note(font, known.program, int(pitch), velocity)
                hertz = _exact(sound, 440 * 2 ** ((pitch - 69) / 12))
                for third, age in enumerate(AGES):
                    harmonics[first, second, third], noise[first, second, third] = _spectrum(sound, hertz, age)
            moves.append(_moves(sound, hertz))
        result |= {
            f"{row}.pitches": pitches.astype(np.float16),
            f"{row}.harmonics": harmonics.astype(np.float16),
            f"{row}.noise": noise.astype(np.float16),
        }
        sways.append(min(float(np.median(moves)), _MOST_SWAY))
    families = [INSTRUMENTS[name].family for name in names]
    return {"names": np.array(names), "families": np.array(families), "sways": np.array(sways, np.float16), **result}


def _note(font: SoundFont, program: int, pitch: int, velocity: int) -> Values:
    events = ((0, round(_SECONDS * RATE), pitch, velocity),)
    sound = font.play([Voice(events)], program, False, RATE).astype(np.float64)
    sound = sound.mean(axis=0)
    begin = int(np.flatnonzero(np.abs(sound) > 0.02 * np.abs(sound).max())[0])
    return np.pad(sound[begin:], (0, 2 * RATE))


def _exact(sound: Values, hertz: float) -> float:
    """The pitch that a note of about `hertz` has by its period; `hertz` where it is more than a semitone off."""
    line = pitch_line(Audio(sound[: round(_SECONDS * RATE), None].astype(np.float32), RATE))
    near = line.hertz[line.voiced & (np.abs(np.log2(np.maximum(line.hertz, 1) / hertz)) < 1 / 12)]
    return float(np.median(near)) if len(near) > FRAME_RATE / 4 else hertz


def _spectrum(sound: Values, hertz: float, age: float) -> tuple[Values, Values]:
    """Levels of harmonics and noise at an age of a note, in dB of its power then."""
    size = int(np.clip(_PERIODS * RATE / hertz, _SHORTEST, _LONGEST))
    first = max(0, round(age * RATE) - size // 2)
    window = np.hanning(size)
    powers = np.square(np.abs(np.fft.rfft(sound[first : first + size] * window, 4 * size)))
    frequencies = np.fft.rfftfreq(4 * size, 1 / RATE)
    place = frequencies / hertz
    number, off = np.rint(place).astype(int), np.abs(place - np.rint(place))
    inside = (off < _NEAR) & (number >= 1) & (number <= HARMONICS)
    harmonics = np.bincount(number[inside], powers[inside], HARMONICS + 1)[1:]
    band = np.clip(np.searchsorted(EDGES, frequencies, side="right") - 1, 0, BANDS - 1)
    free = (off > _BETWEEN) & (frequencies < EDGES[-1]) & (place > 0.5)
    heard = np.bincount(band[free], minlength=BANDS)
    means = np.bincount(band[free], powers[free], BANDS) / np.maximum(heard, 1)
    noise = means * np.bincount(band[(frequencies < EDGES[-1])], minlength=BANDS)
    most = _MOST_NOISE * float(harmonics.sum())
    noise *= min(1.0, most / max(float(noise.sum()), 1e-20))
    whole = max(float(harmonics.sum() + noise.sum()), 1e-20)
    levels = [10 * np.log10(np.maximum(each / whole, 10 ** (FLOOR_DB / 10))) for each in (harmonics, noise)]
    return levels[0], levels[1]


def _moves(sound: Values, hertz: float) -> float:
    """DB (RMS) by which the strongest harmonics rise and fall, each beside the whole sound."""
    levels = np.stack([_spectrum(sound, hertz, age)[0][:12] for age in np.arange(*_SUSTAINED, 0.06)])
    strong = levels.mean(axis=0) > -25
    trend = np.linspace(-1, 1, len(levels))[:, None]
    flat = levels - levels.mean(axis=0)
    flat = flat - trend * (flat * trend).sum(axis=0) / np.square(trend).sum()
    return float(flat[:, strong].std(axis=0).mean()) if strong.any() else 0.0


def main() -> None:
    """Measures and writes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    with replacing(parser.parse_args().out) as path, path.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **tables())


if __name__ == "__main__":
    main()
