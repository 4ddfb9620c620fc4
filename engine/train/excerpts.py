"""One excerpt of a sound pool, as a worker process makes it; nothing here imports torch."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from engine.errors import ModelError
from engine.ipc import Parent, Protocol


@dataclass(frozen=True, slots=True)
class PoolHeader:
    """What a split's excerpts are, and where they come from."""

    rate: int = 24000
    channels: int = 1
    frames: int = 480_000  # of an excerpt
    split: str = "train"
    seed: int = 0
    own: bool = False  # our own synthesis plays everything: needs no SoundFont
    folder: str = ""  # a user's recordings, in place of the corpus
    layers: bool = False  # mix, its drums and one or some of its parts, two channels each (see `layers.excerpts`)
    colours: float = 0.0  # share of such excerpts that sound as if they had been recorded (see `corpus.colours`)

    @property
    def seconds(self) -> float:
        """Length of an excerpt."""
        return self.frames / self.rate


def excerpt(header: PoolHeader, index: int, soundfont: str | None = None) -> tuple[bytes, bytes]:
    """The samples (16-bit little-endian, C × T) and the line of truth of one excerpt.

    Raises:
        ModelError: no SoundFont, or no recordings.
    """
    from engine.train.corpus.crops import CropRequest, crop

    request = CropRequest(
        header.seed, header.rate, header.frames, header.channels, header.split, own=header.own, soundfont=soundfont
    )
    if header.layers:
        from engine.train.layers.excerpts import layered_crop

        files = _recordings(Path(header.folder), header.split) if header.folder else None
        piece = layered_crop(request, index, files, header.colours)
    elif header.folder:
        from engine.train.corpus.folder import folder_crop

        piece = folder_crop(_recordings(Path(header.folder), header.split), request, index)
    else:
        piece = crop(request, index)
    samples = np.clip(np.rint(piece.audio * 32768.0), -32768, 32767).astype("<i2")
    return samples.tobytes(), (json.dumps(piece.truth, ensure_ascii=False) + "\n").encode()


@dataclass(frozen=True, slots=True)
class RenderExcerpt:
    """Asks this module, run as a process, for an excerpt."""

    header: PoolHeader
    index: int
    soundfont: str | None


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What `excerpt` gives: the bytes of the samples, and of the line of truth; or why there is nothing."""

    samples: np.ndarray
    truth: np.ndarray
    error: str = ""


QUESTIONS, ANSWERS = Protocol(RenderExcerpt), Protocol(Excerpt)


@lru_cache(maxsize=2)
def _recordings(folder: Path, split: str) -> Sequence[Any]:
    from engine.train.corpus.folder import recordings

    return recordings(folder, split)


def main() -> None:
    """Runs the process."""
    parent = Parent(sends=ANSWERS, receives=QUESTIONS)
    nothing = np.zeros(0, np.uint8)
    for question in parent.messages():
        try:
            samples, truth = excerpt(question.header, question.index, question.soundfont)
        except ModelError as error:
            parent.send(Excerpt(nothing, nothing, str(error)))
        else:
            parent.send(Excerpt(np.frombuffer(samples, np.uint8), np.frombuffer(truth, np.uint8)))


if __name__ == "__main__":
    main()
