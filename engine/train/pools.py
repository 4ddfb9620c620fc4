"""Where a recipe's sound comes from: a ready pool, a pool made of the corpus, or one made of a folder of recordings."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path

from engine.errors import ModelError
from engine.models.system import MelodyConfig
from engine.train.data import HEADER, Report, render_pool
from engine.train.excerpts import PoolHeader

_VALIDATION_SHARE, _VALIDATION_MINUTES = 0.1, 40.0


@dataclass(frozen=True)
class SoundRequest:
    """What sound to train on.

    Args:
        data: a pool, or a folder of recordings; the corpus if None.
        minutes: of sound for training; a tenth more, at most 40 minutes, is rendered for validation.
        seed: of the corpus, or of the choice of crops from recordings.
        seconds: of an excerpt; by default 20, or twice what the preset's networks see, if that is less.
        own: play the corpus without a SoundFont.
        pools: the folder in which pools are made.
        workers: processes that render; all cores by default.
    """

    data: Path | None = None
    minutes: float = 60.0
    seed: int = 0
    seconds: float | None = None
    own: bool = False
    pools: Path = Path("runs/sound")
    workers: int | None = None


def excerpt_seconds(config: MelodyConfig) -> float:
    """The default length of an excerpt."""
    return min(20.0, 2 * max(config.streaming.window_seconds, config.mulan.seconds))


def find_or_render(config: MelodyConfig, request: SoundRequest, report: Report = lambda share, text: None) -> Path:
    """The pool that `request` asks for, rendered as far as it is not there yet.

    Of several processes the first to come renders and the others wait for it.

    Raises:
        ModelError: see `data.render_pool`; or the folder is neither a pool nor recordings.
    """
    if request.data is not None:
        if (request.data / "train" / HEADER).is_file():
            return request.data
        if not request.data.is_dir():
            raise ModelError(f"The folder {request.data} does not exist: name a pool or a folder of audio files.")
    rate, channels = config.vae.rate, config.vae.channels
    seconds = request.seconds or excerpt_seconds(config)
    whole = config.ssl.stride
    frames = max(round(seconds * rate / whole), 1) * whole
    source = str(request.data.resolve()) if request.data else ""
    header = PoolHeader(rate, channels, frames, "train", request.seed, request.own, source)
    origin = f"folder-{blake2b(source.encode(), digest_size=4).hexdigest()}" if source else "corpus"
    own = "-own" if request.own else ""
    pool = request.pools / f"{origin}{own}-{rate}x{channels}-{seconds:g}s-{request.seed}"
    with _one_at_a_time(pool):
        held_out = min(request.minutes * _VALIDATION_SHARE, _VALIDATION_MINUTES)
        parts = ((replace(header, split="validation"), held_out), (header, request.minutes))
        for part, minutes in parts:
            render_pool(pool, part, minutes, workers=request.workers, report=report)
    return pool


@contextmanager
def _one_at_a_time(pool: Path) -> Iterator[None]:
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        yield
        return
    from filelock import FileLock

    pool.mkdir(parents=True, exist_ok=True)
    with FileLock(pool / "rendering.lock"):
        yield
