"""What a decoder in layers and what listens to other tracks are trained on: a mix, its drums, and some of its parts.

Six channels: the mix, the drums in it, and the `target`, one part or a few; the mix less the target is the context that
the target fits. Drums are in the target all together or not at all, so that its drums are known, too. Of recordings
there is only the mix: its drums are silent, and the target is the whole.
"""

from collections.abc import Sequence
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.compose.arrange import compose
from engine.compose.captions import captions, instrument_words
from engine.compose.render import TAIL, render
from engine.compose.score import Part, Score
from engine.train.corpus.crops import Crop, CropRequest, Truth, piece_seed, truth
from engine.train.corpus.folder import Recording, folder_crop

CHANNELS = 6
MIX, DRUMS, TARGET = slice(0, 2), slice(2, 4), slice(4, 6)
_ONE, _TWO = 0.6, 0.9  # up to these draws a target has one part, or two


def layered_crop(request: CropRequest, step: int, recordings: Sequence[Recording] | None = None) -> Crop:
    """The crop of a step, (6, frames), with what is true of it and two facts more.

    `strokes`: [frame, pitch, velocity, kit] of each; `target`: its `captions`, `parts`, and whether it has `drums`.

    Raises:
        ModelError: there is no SoundFont and `request.own` is off.
        AudioFileError: a recording cannot be read.
    """
    stereo = CropRequest(
        request.seed, request.rate, request.frames, 2, request.split, request.captions, request.own, request.soundfont
    )
    if recordings is not None:
        made = folder_crop(recordings, stereo, step)
        silence = np.zeros_like(made.audio)
        beside: Truth = {"strokes": [], "target": {"captions": made.truth["captions"], "parts": [], "drums": False}}
        return Crop(np.concatenate((made.audio, silence, made.audio)), {**made.truth, **beside})
    piece = piece_seed(request.seed, step, request.split)
    rng = Random(f"layers {piece} {step}")
    score = compose(piece, own=request.own)
    last = max(0, score.frame(score.length, request.rate) + int(TAIL * request.rate / 2) - request.frames)
    first = 0 if rng.random() < 0.03 else rng.randint(0, last)
    rendering = render(score, rate=request.rate, first=first, frames=request.frames, soundfont=request.soundfont)
    facts = truth(score, first, request.frames, request.rate, rng, request.captions)
    heard = [part for part in score.parts if part.name in facts["onsets"]] or list(score.parts)
    target = _target(heard, rng)
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
