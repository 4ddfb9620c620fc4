"""Held-out music of the corpus and the training split that it is compared with, rendered here and kept in a folder.

The training split has the header of the pool that the model was trained on, where its folder says so: excerpt i here is
then excerpt i there.
"""

import os
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.compose.arrange import compose
from engine.evaluate.settings import Sizes
from engine.jobs import Context
from engine.models.system import MelodyConfig
from engine.train.corpus.crops import truth
from engine.train.data import HEADER, SoundPool, read_header, render_pool
from engine.train.excerpts import PoolHeader
from engine.train.pools import excerpt_seconds
from engine.train.publish import trained

Wave = NDArray[np.float32]
HELD_OUT = "test"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of a piece: mono sound (T,) and what is true of exactly that stretch (see `crops.Truth`)."""

    wave: Wave
    truth: dict[str, Any]

    @property
    def has_pulse(self) -> bool:
        """Whether somebody plays in at least every second beat, so that a listener can count."""
        return bool(self.truth["pulse"] > 0.5)


class Material:
    """The two splits."""

    def __init__(self, train: SoundPool, held_out: SoundPool) -> None:
        self.train, self.held_out = train, held_out

    @property
    def rate(self) -> int:
        """Hz."""
        return self.train.header.rate

    def stretch(self, pool: SoundPool, excerpt: int, seconds: float, *, start: float = 0.0) -> Stretch:
        """`seconds` of an excerpt from `start` on, or what there is of them."""
        header = pool.header
        first = min(round(start * header.rate), header.frames - 1)
        frames = min(round(seconds * header.rate), header.frames - first)
        wave = pool.cut([(excerpt, first)], frames)[0].mean(0).numpy()
        facts = pool.truth[excerpt]
        begins = round(facts["start"] * header.rate) + first
        score = compose(facts["piece"], own=header.own)
        rng = Random(f"stretch {facts['piece']} {first}")
        facts_of_stretch = truth(score, begins, frames, header.rate, rng, 1)
        beats = max(score.tempo / 60 * frames / header.rate, 1.0)
        strokes = [
            len({round(frame / header.rate * score.tempo / 60) for frame in on})
            for on in facts_of_stretch["onsets"].values()
        ]
        return Stretch(wave, facts_of_stretch | {"pulse": max(strokes, default=0) / beats})


def prepare(
    config: MelodyConfig, model: Path | None, folder: Path, sizes: Sizes, *, own: bool = False, context: Context
) -> Material:
    """Renders what is not there yet.

    Args:
        config: whose rate and channels are wanted.
        model: the model's folder, which may say what it was trained on.
        folder: a pool, made when there is none; the pool that the model was trained on may be named, too.
        sizes: how much of each split.
        own: play without a SoundFont.
        context: progress and cancel; what is rendered by then stays.

    Raises:
        ModelError: no SoundFont, no space, or a pool of another format.
        Cancelled: the user cancelled.
    """
    header = header_for(config, model, folder, own)
    workers = min(os.cpu_count() or 1, 8)
    pools = []
    for split, count in (("train", sizes.train), (HELD_OUT, sizes.held_out)):
        part = replace(header, split=split)
        ours = 0 if count < 16 else workers  # processes take seconds to start
        pools.append(render_pool(folder, part, count * part.seconds / 60, workers=ours, report=context.progress))
    return Material(*pools)


def header_for(config: MelodyConfig, model: Path | None, folder: Path, own: bool) -> PoolHeader:
    """The format of the training split, as `prepare` has it."""
    if (folder / "train" / HEADER).is_file():
        return read_header(folder / "train")
    rate, channels, stride = config.vae.rate, config.vae.channels, config.ssl.stride
    plain = PoolHeader(rate, channels, max(round(excerpt_seconds(config) * rate / stride), 1) * stride, own=own)
    if model is None:
        return plain
    for part in trained(model).values():
        data = part.get("data", {})
        if (data.get("rate"), data.get("channels")) == (rate, channels) and "frames" in data:
            return replace(plain, frames=data["frames"], seed=data["seed"], own=own or bool(data["own"]))
    return plain
