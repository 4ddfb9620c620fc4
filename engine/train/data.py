"""Sound to train on, rendered once and read many times: a pool of excerpts on disk.

A pool is a folder with a folder for each split; a split holds `sound.i16` (n excerpts, C channels, T frames, raw 16-bit
little-endian), `truth.jsonl` (a line of facts for each excerpt) and `pool.json` (format and origin). Excerpt i depends
on the seed and on i alone, whichever process renders it, so a pool that was interrupted goes on where it stopped, and a
larger one begins with the smaller one.
"""

import errno
import json
import math
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engine.atomic_file import replacing
from engine.errors import ModelError
from engine.ipc import WorkerDied, answers_in_order
from engine.train.excerpts import ANSWERS, QUESTIONS, PoolHeader, RenderExcerpt, excerpt
from engine.train.loop import step_seed

FORMAT = 1
HEADER, SOUND, TRUTH = "pool.json", "sound.i16", "truth.jsonl"
SPLITS = ("train", "validation", "test")

Report = Callable[[float, str], None]
"""Called with the share done and a text; may raise `Cancelled`."""


def render_pool(
    folder: Path,
    header: PoolHeader,
    minutes: float,
    *,
    workers: int | None = None,
    soundfont: str | None = None,
    report: Report = lambda share, text: None,
) -> "SoundPool":
    """Renders excerpts into `folder`/`header.split` until there are `minutes` of them, and opens them.

    Args:
        folder: the pool; what it already holds of the split must have the same header, and is kept.
        header: what to render.
        minutes: how much to have in all; less than there is renders nothing.
        workers: processes that render, started afresh; all cores by default, 0 renders in this one.
        soundfont: a file to use in place of the first SoundFont found.
        report: progress; raising from it stops, and what was rendered by then stays.

    Raises:
        ModelError: no SoundFont, no recordings, no space, or a pool of something else.
    """
    place = folder / header.split
    count = max(1, math.ceil(minutes * 60 / header.seconds))
    try:
        place.mkdir(parents=True, exist_ok=True)
        done = _begin(place, header)
        if done >= count:
            return SoundPool(place)
        cores = os.cpu_count() or 1
        workers = min(cores if workers is None else workers, count - done)
        with (place / SOUND).open("ab") as sound, (place / TRUTH).open("ab") as truth:
            for index, (samples, line) in enumerate(_excerpts(header, done, count, workers, soundfont), start=done):
                sound.write(samples)
                sound.flush()
                truth.write(line)
                truth.flush()
                report((index + 1) / count, f"{header.split}: {(index + 1) * header.seconds / 60:.1f} minutes of sound")
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        needed = count * header.frames * header.channels * 2 / 1e6
        reason = f"the disk is full; {needed:.0f} MB are needed" if full else error.strerror or str(error)
        raise ModelError(f"The sound pool {place} cannot be written: {reason}.") from error
    return SoundPool(place)


def _begin(place: Path, header: PoolHeader) -> int:
    """Makes sure that the split is `header`'s, drops a half-written excerpt, and returns how many are whole."""
    path = place / HEADER
    if not path.exists():
        text = json.dumps({"format": FORMAT, **asdict(header)}, indent=1)
        with replacing(path) as part:
            part.write_text(text, encoding="utf-8")
    header_there = read_header(place)
    if header_there != header:
        odd = [
            field.name for field in fields(header) if getattr(header_there, field.name) != getattr(header, field.name)
        ]
        theirs = ", ".join(f"{name} {getattr(header_there, name)!r}" for name in odd)
        raise ModelError(f"The sound pool {place} was made with {theirs}: name another folder, or remove this one.")
    whole, size = _whole(place, header)
    for name, length in ((SOUND, whole * _bytes(header)), (TRUTH, size)):
        with (place / name).open("ab") as file:
            file.truncate(length)
    return whole


def _bytes(header: PoolHeader) -> int:
    return header.channels * header.frames * 2


def _whole(place: Path, header: PoolHeader) -> tuple[int, int]:
    """How many excerpts have both sound and truth, and the length of their truth in bytes."""
    sound, truth = place / SOUND, place / TRUTH
    if not sound.exists() or not truth.exists():
        return 0, 0
    whole, count, size = sound.stat().st_size // _bytes(header), 0, 0
    with truth.open("rb") as file:
        for line in file:
            if count == whole or not line.endswith(b"\n"):
                break
            count, size = count + 1, size + len(line)
    return count, size


def read_header(place: Path) -> PoolHeader:
    """What `pool.json` says.

    Raises:
        ModelError: it is missing, damaged or of another format.
    """
    values = read_values(
        place / HEADER, FORMAT, f"{place} is no sound pool: it has no {HEADER}.", "render the pool again"
    )
    with damaged(place / HEADER, "render the pool again"):
        return PoolHeader(**values)


def read_values(path: Path, version: int, missing: str, remedy: str) -> dict[str, Any]:
    """The JSON object of a header file, without its “format”.

    Args:
        path: of the file.
        version: the format that is read.
        missing: the sentence for a file that is not there.
        remedy: what the user can do about a file that cannot be read.

    Raises:
        ModelError: the file is missing, damaged or of another format.
    """
    if not path.is_file():
        raise ModelError(missing)
    with damaged(path, remedy):
        values = dict(json.loads(path.read_text(encoding="utf-8")))
        stated = int(values.pop("format"))
    if stated != version:
        raise ModelError(f"{path} is of format {stated}, not {version}: {remedy}.")
    return values


@contextmanager
def damaged(path: Path, remedy: str) -> Iterator[None]:
    """Turns what a damaged header raises into a sentence."""
    try:
        yield
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"{path} is damaged ({error}): {remedy}.") from error


def _excerpts(
    header: PoolHeader, first: int, count: int, workers: int, soundfont: str | None
) -> Iterator[tuple[bytes, bytes]]:
    if workers <= 1:
        yield from (excerpt(header, index, soundfont) for index in range(first, count))
        return
    questions = (RenderExcerpt(header, index, soundfont) for index in range(first, count))
    answers = answers_in_order(
        "engine.train.excerpts", questions, workers=workers, name="excerpts", sends=QUESTIONS, receives=ANSWERS
    )
    with closing(answers):
        try:
            for answer in answers:
                if answer.error:
                    raise ModelError(answer.error)
                yield answer.samples.tobytes(), answer.truth.tobytes()
        except WorkerDied as error:
            raise ModelError(f"A process that renders sound ended unexpectedly: start again. {error}") from error


class SoundPool:
    """A split of a pool, mapped from disk. Reading is safe from any thread."""

    def __init__(self, place: Path) -> None:
        """Raises `ModelError` when there is no pool, or an empty one."""
        self.place, self.header = place, read_header(place)
        count, size = _whole(place, self.header)
        if count == 0:
            raise ModelError(f"The sound pool {place} is empty: render it again.")
        shape = (count, self.header.channels, self.header.frames)
        self.sound: NDArray[np.int16] = np.memmap(place / SOUND, np.dtype("<i2"), "r", shape=shape)
        with (place / TRUTH).open("rb") as file:
            lines = file.read(size).splitlines()
        self.truth: list[dict[str, Any]] = [json.loads(line) for line in lines]

    def __len__(self) -> int:
        return len(self.sound)

    @property
    def minutes(self) -> float:
        """How much sound there is."""
        return len(self) * self.header.seconds / 60

    def places(self, seed: int, index: int, size: int, frames: int) -> list[tuple[int, int]]:
        """The excerpt and first frame of each of the `size` crops of batch `index`: follows from the arguments."""
        generator = torch.Generator().manual_seed(step_seed(seed, index, 0))
        excerpts = torch.randint(len(self), (size,), generator=generator).tolist()
        room = max(self.header.frames - frames, 0)
        starts = torch.randint(room + 1, (size,), generator=generator).tolist()
        return list(zip(excerpts, starts, strict=True))

    def cut(self, places: Sequence[tuple[int, int]], frames: int) -> Tensor:
        """Crops (n, C, frames) float32; silence follows where an excerpt ends."""
        out = np.zeros((len(places), self.header.channels, frames), np.float32)
        for row, (number, start) in enumerate(places):
            samples = self.sound[number, :, start : start + frames]
            out[row, :, : samples.shape[1]] = samples
        return torch.from_numpy(out).mul_(1 / 32768)

    def cut_raw(self, places: Sequence[tuple[int, int]], frames: int) -> Tensor:
        """The same crops as they are stored, (n, C, frames) int16, for whoever scales them elsewhere."""
        out = np.zeros((len(places), self.header.channels, frames), np.int16)
        for row, (number, start) in enumerate(places):
            samples = self.sound[number, :, start : start + frames]
            out[row, :, : samples.shape[1]] = samples
        return torch.from_numpy(out)

    def waves(self, seed: int, index: int, size: int, frames: int) -> Tensor:
        """The `index`-th batch of crops, (size, C, frames) float32."""
        return self.cut(self.places(seed, index, size, frames), frames)

    def examples(self, seed: int, index: int, size: int, frames: int) -> tuple[Tensor, list[dict[str, Any]]]:
        """The same crops as `waves`, with what is true of each (times from the crop's start, see `truth_of`)."""
        places = self.places(seed, index, size, frames)
        return self.cut(places, frames), [self.truth_of(excerpt, start, frames) for excerpt, start in places]

    def truth_of(self, excerpt: int, start: int, frames: int) -> dict[str, Any]:
        """What is true of a part of an excerpt.

        Beats, bars, chords and onsets are the part's own; captions, tags and families are the excerpt's.
        """
        facts = self.truth[excerpt]
        rate = self.header.rate
        first, last = start / rate, (start + frames) / rate
        chords = [
            chord | {"start": max(chord["start"], first) - first, "end": min(chord["end"], last) - first}
            for chord in facts["chords"]
            if chord["end"] > first and chord["start"] < last
        ]
        onsets = {
            part: [frame - start for frame in marks if start <= frame < start + frames]
            for part, marks in facts["onsets"].items()
        }
        return facts | {
            "start": (facts["start"] or 0.0) + first,
            "beats": [time - first for time in facts["beats"] if first <= time < last],
            "bars": [time - first for time in facts["bars"] if first <= time < last],
            "chords": chords,
            "onsets": onsets,
        }

    def held_out(self, count: int, frames: int) -> tuple[Tensor, list[dict[str, Any]]]:
        """At most `count` crops for validation, one from the middle of each of the first excerpts, with their truth."""
        start = max(self.header.frames - frames, 0) // 2
        places = [(excerpt, start) for excerpt in range(min(count, len(self)))]
        return self.cut(places, frames), [self.truth_of(excerpt, start, frames) for excerpt, _ in places]


def open_splits(folder: Path) -> tuple[SoundPool, SoundPool]:
    """The training and validation splits of a pool.

    Raises:
        ModelError: one is missing, or they are of different formats.
    """
    train, validation = SoundPool(folder / "train"), SoundPool(folder / "validation")
    ours, theirs = train.header, validation.header
    if (ours.rate, ours.channels) != (theirs.rate, theirs.channels):
        raise ModelError(f"The splits in {folder} differ in rate or channels: render the pool again.")
    return train, validation
