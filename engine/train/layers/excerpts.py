"""What a decoder in layers and what listens to other tracks are trained on: a mix, its drums, and some of its parts.

Six channels: the mix, the drums in it, and the `target`, one part or a few; the mix less the target is the context that
the target fits. Drums are in the target all together or not at all, so that its drums are known, too. Of recordings
there is only the mix: its drums are silent, and the target is the whole.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.compose.arrange import compose
from engine.compose.captions import captions, instrument_words
from engine.compose.render import TAIL, render
from engine.compose.score import Part, Score
from engine.train.corpus.colours import LONGER, Colours, coloured, drawn, moved, places
from engine.train.corpus.crops import Crop, CropRequest, Truth, piece_seed, truth
from engine.train.corpus.folder import Recording, folder_crop

CHANNELS = 6
MIX, DRUMS, TARGET = slice(0, 2), slice(2, 4), slice(4, 6)
_ONE, _TWO = 0.6, 0.9  # up to these draws a target has one part, or two


def layered_crop(
    request: CropRequest, step: int, recordings: Sequence[Recording] | None = None, colours: float = 0.0
) -> Crop:
    """The crop of a step, (6, frames), with what is true of it and three facts more.

    `strokes`: [frame, pitch, velocity, kit] of each; `target`: its `captions`, `parts`, and whether it has `drums`;
    `coloured`: whether it sounds as if it had been recorded.

    Args:
        request: which piece, and how much of it.
        step: of the run.
        recordings: in place of the corpus; they stay as they are.
        colours: share of the crops that get the colours of recordings.

    Raises:
        ModelError: there is no SoundFont and `request.own` is off.
        AudioFileError: a recording cannot be read.
    """
    if recordings is not None:
        excerpt = folder_crop(recordings, replace(request, channels=2), step)
        silence = np.zeros_like(excerpt.audio)
        beside: Truth = {"strokes": [], "target": {"captions": excerpt.truth["captions"], "parts": [], "drums": False}}
        return Crop(
            np.concatenate((excerpt.audio, silence, excerpt.audio)), {**excerpt.truth, **beside, "coloured": False}
        )
    colour = Random(f"colours {request.seed} {step} {request.split}")
    if colour.random() >= colours:
        crop = _piece(request, step)
        return Crop(crop.audio, {**crop.truth, "coloured": False})
    longer = replace(request, frames=math.ceil(request.frames * LONGER))
    return _coloured(_piece(longer, step), drawn(colour), request)


def _coloured(crop: Crop, colours: Colours, request: CropRequest) -> Crop:
    """A crop that is longer than asked for, as if it had been recorded: what is true of it moves with its speed."""
    frames, rate = request.frames, request.rate
    read = places(colours, frames, rate)
    facts = dict(crop.truth)

    def at(frame: float) -> float:
        return float(moved(np.array([frame], float), read)[0])

    for name in ("beats", "bars"):
        facts[name] = [round(at(t * rate) / rate, 6) for t in facts[name] if t * rate <= read[-1]]
    facts["chords"] = [
        {**chord, **{end: round(min(at(chord[end] * rate), frames) / rate, 6) for end in ("start", "end")}}
        for chord in facts["chords"]
        if chord["start"] * rate < read[-1]
    ]
    onsets = {name: [round(at(f)) for f in marks if f <= read[-1]] for name, marks in facts["onsets"].items()}
    facts["onsets"] = {name: [f for f in marks if f < frames] for name, marks in onsets.items()}
    rows = [[round(at(row[0])), *row[1:]] for row in facts["strokes"] if row[0] <= read[-1]]
    facts["strokes"] = [row for row in rows if row[0] < frames]
    if facts["tempo"]:
        facts["tempo"] = round(facts["tempo"] * float(read[-1]) / (frames - 1), 3)
    return Crop(coloured(crop.audio, colours, frames, rate), {**facts, "coloured": True})


def _piece(request: CropRequest, step: int) -> Crop:
    """A stretch of a piece of the corpus."""
    piece = piece_seed(request.seed, step, request.split)
    rng = Random(f"layers {piece} {step}")
    score = compose(piece, own=request.own)
    last = max(0, score.frame(score.length, request.rate) + int(TAIL * request.rate / 2) - request.frames)
    first = 0 if rng.random() < 0.03 else rng.randint(0, last)
    rendering = render(score, rate=request.rate, first=first, frames=request.frames, soundfont=request.soundfont)
    facts = truth(score, first, request.frames, request.rate, rng, request.captions)
    parts = [part for part in score.parts if part.name in facts["onsets"]] or list(score.parts)
    target = _target(parts, rng)
    drums = [part for part in score.parts if part.drums]
    facts["strokes"] = strokes(drums, score, first, request.frames, request.rate)
    words = " and ".join(rng.choice(instrument_words(part)) for part in target)
    facts["target"] = {
        "captions": [*captions(score, rng, 2, parts=target), f"{words} alone"],
        "parts": [part.name for part in target],
        "drums": any(part.drums for part in target),
    }
    sounds = [rendering.mix, _sum(rendering.stems, drums), _sum(rendering.stems, target)]
    return Crop(np.concatenate([np.resize(sound, (2, request.frames)) for sound in sounds]), facts)


def _target(heard: Sequence[Part], rng: Random) -> list[Part]:
    """One unit or a few of those heard; all drums are one unit."""
    units: list[list[Part]] = [[part] for part in heard if not part.drums]
    if drums := [part for part in heard if part.drums]:
        units.append(drums)
    draw = rng.random()
    count = 1 if draw < _ONE else 2 if draw < _TWO else rng.randint(1, len(units))
    return [part for unit in rng.sample(units, min(count, len(units))) for part in unit]


def _sum(stems: dict[str, NDArray[np.float32]], parts: Sequence[Part]) -> NDArray[np.float32]:
    shape = next(iter(stems.values())).shape
    total = np.zeros(shape, np.float32)
    for part in parts:
        total += stems[part.name]
    return total


def strokes(drums: Sequence[Part], score: Score, first: int, frames: int, rate: int) -> list[list[Any]]:
    """[frame, pitch, velocity, kit] of the strokes in a stretch, in order; a kit is its program and patch."""
    rows = []
    for part in drums:
        kit = f"{part.program}/{part.patch}"
        for note, frame in zip(part.notes, (score.onset_frames(part, rate) - first).tolist(), strict=True):
            if 0 <= frame < frames:
                rows.append([frame, note.pitch, note.velocity, kit])
    return sorted(rows)
