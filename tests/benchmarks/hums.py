"""How surely hummed melodies are heard: `python -m tests.benchmarks.hums [--hums 40]` writes `results/hums.json`.

Melodies are the leads of held-out pieces (seeds that leave 1 when divided by 50), moved into a voice's range and hummed
by a voice that is made here: a falling row of harmonics behind one low formant, notes reached by glides and held with
vibrato, drift and flutter, under breath, a room and the hiss and mains of a cheap microphone.

`curve`: share of frames, from 80 ms after a note's beginning to its end, whose pitch class the pitch curve has right.
`notes`: share of the notes' time that the notes heard (those a guide is made of) have right; both against the pitches
that were to be hummed.
"""

import argparse
import json
import time
from itertools import pairwise
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from engine.analysis.notes import find_notes
from engine.analysis.pitch_line import FRAME_RATE, pitch_line
from engine.audio import Audio
from engine.compose.arrange import compose
from engine.compose.score import HELD_OUT_PERIOD
from engine.music.notes import Note
from tests.benchmarks.generator import RESULTS

RATE, SECONDS = 44100, 10.0
GLIDE = 0.08
"""Seconds after a note's beginning in which the voice is on its way."""
GOAL = 0.97

Values = NDArray[np.float64]
Sung = list[tuple[float, float, int]]
"""Start and end in seconds, and pitch, of every note."""


def melody(seed: int) -> Sung | None:
    """The first `SECONDS` of a piece's lead, one note at a time, its median between C3 and C4; None without eight."""
    score = compose(seed)
    lead = next((part for part in score.parts if part.role == "lead"), None)
    if lead is None:
        return None
    unit = score.quarter_seconds
    by_start: dict[float, Note] = {}
    for note in sorted(lead.notes, key=lambda each: each.pitch):
        by_start[note.onset * unit] = note
    first = min(by_start, default=0.0)
    starts = [start for start in sorted(by_start) if start < first + SECONDS]
    notes = [(start - first, by_start[start].end * unit - first, by_start[start].pitch) for start in starts]
    notes = [(a, min(b, after[0], SECONDS), pitch) for (a, b, pitch), after in pairwise([*notes, (SECONDS, 0.0, 0)])]
    notes = [note for note in notes if note[1] - note[0] > 2 * GLIDE]
    if len(notes) < 8:
        return None
    middle = float(np.median([pitch for _, _, pitch in notes]))
    moved = 12 * round((54 - middle) / 12)
    return [(a, b, pitch + moved) for a, b, pitch in notes]


def hummed(notes: Sung, seed: int) -> Audio:
    """The notes as a voice hums them, (frames, 1)."""
    rng = np.random.default_rng(seed)
    count = round(SECONDS * RATE)
    moments = np.arange(count) / RATE
    pitch, level = np.full(count, float(notes[0][2])), np.zeros(count)
    for start, end, tone in notes:
        inside = slice(round(start * RATE), round(end * RATE))
        since = moments[inside] - start
        rise = np.clip(since / 0.03, 0, 1) * np.clip((end - moments[inside]) / 0.03, 0, 1)
        level[inside] = rise * 10 ** (rng.uniform(-4, 0) / 20)
        pitch[inside.start :] = tone
        depth, speed = rng.uniform(0.1, 0.5), rng.uniform(4.5, 6.5)
        pitch[inside] += depth * np.clip((since - 0.2) / 0.2, 0, 1) * np.sin(2 * np.pi * speed * since)
    glide = np.exp(-np.arange(round(0.12 * RATE)) / (rng.uniform(0.012, 0.03) * RATE))
    pitch = _filtered(pitch - pitch[0], glide / glide.sum()) + pitch[0]
    drift, flutter = (_wander(rng, moments, step, size) for step, size in ((0.5, 0.12), (0.02, 0.05)))
    hertz = 440 * 2 ** ((pitch + drift + flutter - 69) / 12)
    phase = 2 * np.pi * np.cumsum(hertz) / RATE
    sound = np.zeros(count)
    formant, slope = rng.uniform(220, 320), rng.uniform(1.2, 2.0)
    for harmonic in range(1, 13):
        near = 1 / np.sqrt(1 + ((harmonic * hertz - formant) / 120) ** 2)
        sound += harmonic**-slope * (0.3 + near) * np.sin(harmonic * phase + rng.uniform(0, 6))
    breath = rng.standard_normal(count) * 10 ** (rng.uniform(-32, -22) / 20) * np.std(sound)
    sound = (sound + breath) * level
    room = rng.standard_normal(round(0.25 * RATE)) * np.exp(-np.arange(round(0.25 * RATE)) / (0.07 * RATE))
    room *= rng.uniform(0.1, 0.35) / np.sqrt(np.square(room).sum())
    room[0] = 1.0
    sound = _filtered(sound, room)
    hiss = rng.standard_normal(count) + 2 * np.sin(2 * np.pi * 50 * moments)
    sound += hiss / np.std(hiss) * np.std(sound) * 10 ** (rng.uniform(-30, -20) / 20)
    return Audio((0.3 * sound / np.abs(sound).max())[:, None].astype(np.float32), RATE)


def _wander(rng: np.random.Generator, moments: Values, step: float, size: float) -> Values:
    """Semitones at moments, between random ones every `step` seconds."""
    places = np.arange(0, SECONDS + step, step)
    return np.interp(moments, places, rng.normal(0, size, len(places)))


def _filtered(sound: Values, response: Values) -> Values:
    size = 1 << (len(sound) + len(response) - 1).bit_length()
    return np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(response, size), size)[: len(sound)]


def curve_share(audio: Audio, notes: Sung) -> float:
    """Share of the frames inside notes, after their glides, whose pitch class the pitch curve has right."""
    line = pitch_line(audio)
    moments = np.arange(len(line.hertz)) / FRAME_RATE
    heard = np.round(69 + 12 * np.log2(np.maximum(line.hertz, 1.0) / 440)) % 12
    right: list[np.ndarray] = []
    for start, end, pitch in notes:
        inside = (moments >= start + GLIDE) & (moments < end - 0.02)
        right.append((heard == pitch % 12)[inside] & line.voiced[inside])
    return float(np.concatenate(right).mean())


def notes_share(audio: Audio, notes: Sung) -> float:
    """Share of the notes' time, after their glides, in which a note of their pitch class is heard and no other."""
    step = 0.01
    moments = np.arange(0, SECONDS, step)
    sounding = np.zeros((len(moments), 12), bool)
    for note in find_notes(audio):
        sounding[(moments >= note.start) & (moments < note.end), note.pitch % 12] = True
    right: list[np.ndarray] = []
    for start, end, pitch in notes:
        inside = (moments >= start + GLIDE) & (moments < end - 0.02)
        right.append((sounding[inside].sum(1) == 1) & sounding[inside, pitch % 12])
    return float(np.concatenate(right).mean())


def main() -> None:
    """Prints the figures and writes them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hums", type=int, default=40)
    count = parser.parse_args().hums
    curve: list[float] = []
    heard: list[float] = []
    seed, began = 1, time.process_time()
    while len(curve) < count:
        if notes := melody(seed):
            audio = hummed(notes, seed)
            curve.append(curve_share(audio, notes))
            heard.append(notes_share(audio, notes))
        seed += HELD_OUT_PERIOD
    figures = {
        "hums": count,
        "pitch class, curve": round(fmean(curve), 4),
        "pitch class, curve, worst": round(min(curve), 4),
        "pitch class, notes": round(fmean(heard), 4),
        "pitch class, notes, worst": round(min(heard), 4),
        "goal": GOAL,
        "processor seconds a hum": round((time.process_time() - began) / count, 2),
    }
    (RESULTS / "hums.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
