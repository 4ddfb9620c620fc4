"""Crops for training, made as they are needed: step n of a run is always the same music, whichever process makes it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import count
from random import Random
from typing import Any

import numpy as np

from engine.compose.arrange import compose
from engine.compose.captions import captions, tags
from engine.compose.render import TAIL, render
from engine.compose.score import HELD_OUT_PERIOD, SPLITS, Part, Score

Truth = dict[str, Any]
"""Facts about a crop, ready for JSON; times are seconds from the crop's start:

- `piece` its seed, `start` where in the piece the crop begins (s), `genre`, `mood`, `tempo` (felt beats a minute),
  `key`, `tonic` (pitch class), `mode`, `signature`, `energy`, `section`, `density`
- `caption` one caption, `captions` several, `tags`
- `families`, `instruments`: who is heard in this crop; `activity` {family: share of the time with a note sounding}
- `beats`, `bars`: lists of times; `chords`: list of {start, end, symbol, root, quality}
- `onsets` {part name: list of frames}

Crops of a user's folder have the same keys; what is not known is None or empty."""


@dataclass(frozen=True)
class CropRequest:
    """What crops to make."""

    seed: int = 0
    rate: int = 24000  # Hz
    frames: int = 240_000
    channels: int = 1
    split: str = "train"  # "train", "validation" or "test"
    captions: int = 4
    own: bool = False  # our own synthesis plays everything: needs no SoundFont
    soundfont: str | None = None


@dataclass(frozen=True)
class Crop:
    """A crop: audio float32 (channels, frames) and what is true of it."""

    audio: np.ndarray
    truth: Truth


def piece_seed(seed: int, step: int, split: str = "train") -> int:
    """The piece that step `step` of a run with `seed` is cut from; it belongs to `split` (see `score.split`).

    Raises:
        ValueError: an unknown split.
    """
    if split not in SPLITS:
        raise ValueError(f"there is no split {split!r}, only {', '.join(SPLITS)}")
    number = int.from_bytes(blake2b(f"{seed}/{step}/{split}".encode(), digest_size=6).digest(), "big")
    base, rest = number - number % HELD_OUT_PERIOD, number // HELD_OUT_PERIOD
    return base + {"validation": 0, "test": 1}.get(split, 2 + rest % (HELD_OUT_PERIOD - 2))


def crop(request: CropRequest, step: int) -> Crop:
    """The crop of a step. Depends on nothing but its arguments (and on the SoundFont).

    Raises:
        ModelError: there is no SoundFont and `request.own` is off.
    """
    piece = piece_seed(request.seed, step, request.split)
    rng = Random(f"crop {piece} {step}")
    score = compose(piece, own=request.own)
    last = max(0, score.frame(score.length, request.rate) + int(TAIL * request.rate / 2) - request.frames)
    first = 0 if rng.random() < 0.03 else rng.randint(0, last)
    rendering = render(
        score, rate=request.rate, channels=request.channels, first=first, frames=request.frames, stems=False,
        soundfont=request.soundfont,
    )  # fmt: skip
    return Crop(rendering.mix, truth(score, first, request.frames, request.rate, rng, request.captions))


def crops(request: CropRequest, *, first_step: int = 0) -> Iterator[Crop]:
    """Endless crops from `first_step` on, in order: a resumed run goes on where it stopped."""
    for step in count(first_step):
        yield crop(request, step)


def truth(score: Score, first: int, frames: int, rate: int, rng: Random, count: int = 4) -> Truth:
    """What is true of a stretch of a piece; see `Truth`. `rng` chooses the words of its `count` captions."""
    start, end = first / rate, (first + frames) / rate
    quarter = score.quarter_seconds
    activity = {part.name: _activity(part, start / quarter, end / quarter) for part in score.parts}
    # a part is heard if it sounds for a twentieth of the time, or has a few strokes
    audible = tuple(part for part in score.parts if activity[part.name] > 0.05)
    section = max(
        score.sections, key=lambda s: min(s.end, end / quarter) - max(s.start, start / quarter)
    )  # fmt: skip
    section_score = replace(score, energy=min(1.0, score.energy * (0.5 + 0.5 * section.density)))
    texts = captions(section_score, rng, max(count, 1), parts=audible, section=section)
    families: dict[str, float] = {}
    for part in audible:
        families[part.family] = round(max(families.get(part.family, 0.0), activity[part.name]), 3)
    beats, bars = score.beats(), score.bars()
    return {
        "piece": score.seed,
        "start": start,
        "genre": score.genre,
        "mood": score.mood,
        "tempo": score.tempo,
        "key": score.key,
        "tonic": score.tonic,
        "mode": score.mode,
        "signature": str(score.signature),
        "energy": round(section_score.energy, 3),
        "section": section.name,
        "density": section.density,
        "caption": texts[0],
        "captions": texts,
        "tags": list(tags(section_score, audible)),
        "families": sorted(families),
        "instruments": sorted({part.instrument for part in audible}),
        "activity": families,
        "beats": [round(float(t - start), 6) for t in beats[(beats >= start) & (beats < end)]],
        "bars": [round(float(t - start), 6) for t in bars[(bars >= start) & (bars < end)]],
        "chords": [
            {
                "start": round(max(0.0, chord.start * quarter - start), 6),
                "end": round(min(chord.end * quarter, end) - start, 6),
                "symbol": chord.symbol,
                "root": chord.root,
                "quality": chord.quality,
            }
            for chord in score.chords_between(start / quarter, end / quarter)
        ],
        "onsets": {part.name: _onsets(part, score, first, frames, rate) for part in audible},
    }


def _activity(part: Part, first: float, last: float) -> float:
    """The share of [first, last) (quarter notes) in which a note of the part sounds; strokes of drums count a half."""
    covered, until = 0.0, first
    for note in part.notes:
        if note.onset >= last:
            break
        end = min(note.onset + (0.5 if part.drums else note.length), last)
        if end > until:
            covered += end - max(note.onset, until)
            until = end
    return covered / (last - first)


def _onsets(part: Part, score: Score, first: int, frames: int, rate: int) -> list[int]:
    onsets = score.onset_frames(part, rate) - first
    return sorted({int(frame) for frame in onsets[(onsets >= 0) & (onsets < frames)]})
