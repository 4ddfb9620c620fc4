"""Clips to be found: stretches of held-out pieces, each with its sequel, another mix and what is true of it."""

import json
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np

from engine.analysis.sound import RATE
from engine.atomic_file import replacing
from engine.compose.arrange import compose
from engine.compose.render import TAIL, render
from engine.train.corpus.crops import Truth, piece_seed, truth

SECONDS = 10.0
"""Length of a clip."""
_MIX = 6.0  # dB by which a part of another mix is louder or softer at most


@dataclass(frozen=True)
class FindClip:
    """Mono float32 (N,) at `RATE`, `SECONDS` each.

    sound: the clip. sequel: what comes right after it. remix: the clip with other levels of its parts.
    truth: what is true of the clip (see `engine.train.corpus.crops.Truth`).
    """

    sound: np.ndarray
    sequel: np.ndarray
    remix: np.ndarray
    truth: Truth


def find_clip(step: int, split: str = "test", seed: int = 0) -> FindClip:
    """The clip of a step, from a piece of the split. Depends on nothing but its arguments (and on the SoundFont).

    Raises:
        ModelError: there is no SoundFont.
    """
    piece = piece_seed(seed, step, split)
    rng = Random(f"find {piece} {step}")
    score = compose(piece)
    frames = round(SECONDS * RATE)
    last = max(0, score.frame(score.length, RATE) + int(TAIL * RATE / 2) - 2 * frames)
    first = rng.randint(0, last)
    rendering = render(score, rate=RATE, channels=1, first=first, frames=2 * frames, stems=True)
    remix = np.zeros(frames, np.float32)
    for stem in rendering.stems.values():
        remix += stem[0, :frames] * np.float32(10 ** (rng.uniform(-_MIX, _MIX) / 20))
    whole = rendering.mix[0]
    return FindClip(whole[:frames], whole[frames:], _full_scale(remix), truth(score, first, frames, RATE, rng))


def stored_clip(folder: Path, step: int, split: str = "test", seed: int = 0) -> FindClip:
    """The clip of a step, kept in a folder as 16-bit samples, where it is made the first time."""
    path = folder / f"{split}-{seed}-{step:05d}.npz"
    if not path.exists():
        clip = find_clip(step, split, seed)
        folder.mkdir(parents=True, exist_ok=True)
        with replacing(path, durable=False) as part, part.open("wb") as file:
            np.savez(
                file,
                sound=_whole_numbers(clip.sound),
                sequel=_whole_numbers(clip.sequel),
                remix=_whole_numbers(clip.remix),
                truth=np.frombuffer(json.dumps(clip.truth).encode(), np.uint8),
            )
    with np.load(path, allow_pickle=False) as file:
        sounds = {name: file[name].astype(np.float32) / 32768 for name in ("sound", "sequel", "remix")}
        return FindClip(**sounds, truth=json.loads(file["truth"].tobytes()))


def _whole_numbers(sound: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(sound * 32767), -32768, 32767).astype(np.int16)


def _full_scale(sound: np.ndarray) -> np.ndarray:
    return sound * np.float32(0.9 / max(float(np.abs(sound).max(initial=0.0)), 1e-6))
