"""Derived sound: what a recipe makes, kept in a file under the recipe's name, thrown away and made again at will.

Two recipes use it: a source at the song's rate (`pool.py`), and notes with their instrument and tempo
(`playback/note_sound.py`, named by a hash). The files lie in the song's cache; those of a song that cannot be written,
in the user's own. They hold interleaved float32 samples and appear only when they are whole. Any thread or process.
"""

import hashlib
import os
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from engine.atomic_file import replacing
from engine.disk import is_not_writable
from engine.paths import cache_dir
from engine.project.layout import CACHE, make_room, part_path
from engine.project.sample_file import SampleFile, write_failed
from engine.safe_files import size_of

T = TypeVar("T")

KEPT_DAYS = 30
"""How long what is kept for a song that cannot be written stays in the user's cache after its last use."""
CHANNELS = 2
"""Of what `write_derived` keeps."""
_FRAME = 4 * CHANNELS
_PREFIX = "derived-"
_MOST = 2 << 30  # bytes that the sounds of one song's notes may take up
_YOUNG = 3600  # seconds after its last use in which such a file is not thrown away


@dataclass(frozen=True, slots=True)
class Derived:
    """Where what one recipe makes is kept: `inside` the song's folder, or `outside` where that cannot be written."""

    inside: Path
    outside: Callable[[], Path]

    def lies_inside(self, size: int) -> bool:
        """Whether a file of `size` bytes lies in the song's folder. A look-up."""
        return size_of(self.inside) == size

    def find_outside(self, size: int) -> Path | None:
        """The file of `size` bytes in the user's cache, which is kept from now on as one just used. A look-up."""
        path = self.outside()
        if size_of(path) != size:
            return None
        with suppress(OSError):
            os.utime(path)
        return path

    def keep(self, folder: Path, name: str, make: Callable[[Path], T], needed: int = 0) -> T:
        """Lets `make` put a file where it belongs, and returns what `make` returns.

        Args:
            folder: the song's.
            name: what the user knows the sound by.
            make: is called with the path; a second time with another one if the first cannot be written.
            needed: bytes that the file takes up, as far as they are known.

        Raises:
            AudioFileError: the disk is full or failing.
        """
        path = self.inside
        try:
            try:
                make_room(folder, CACHE)
                return make(path)
            except OSError as error:
                if not is_not_writable(error):
                    raise
            path = self.outside()
            path.parent.mkdir(parents=True, exist_ok=True)
            _forget_unused(path.parent)
            return make(path)
        except OSError as error:
            raise write_failed(Path(name), error, path.parent, needed) from error

    def keep_whole(self, folder: Path, name: str, write: Callable[[Path], T], needed: int = 0) -> T:
        """As `keep`: `write` makes a new file beside it, which takes its place when it is whole."""

        def make(path: Path) -> T:
            with replacing(path, part_path(path.parent), durable=False) as part:
                return write(part)

        return self.keep(folder, name, make, needed)


def find_derived(folder: Path, recipe: str) -> SampleFile | None:
    """The stereo sound of the recipe with that hash, if it was made. A look-up."""
    sound = _of_recipe(folder, recipe)
    for path in (sound.inside, sound.outside()):
        size = size_of(path)
        if size is not None and size >= _FRAME and size % _FRAME == 0:
            return SampleFile(str(path), "<f4", 0, CHANNELS, size // _FRAME)
    return None


def write_derived(folder: Path, recipe: str, name: str, blocks: Iterable[np.ndarray]) -> SampleFile:
    """Keeps the sound of a recipe: blocks of float32 (frames, 2), of which there is at least one frame.

    `name` is what the user knows the sound by.

    Raises:
        AudioFileError: the disk is full or failing.
    """
    sound = _of_recipe(folder, recipe)
    frames = sound.keep_whole(folder, name, lambda part: _write(part, blocks))
    path = sound.inside if sound.lies_inside(frames * _FRAME) else sound.outside()
    _forget_oldest(path.parent)
    return SampleFile(str(path), "<f4", 0, CHANNELS, frames)


def _write(part: Path, blocks: Iterable[np.ndarray]) -> int:
    """Writes the blocks into a new file; returns their frames."""
    frames = 0
    with part.open("xb") as file:
        for block in blocks:
            file.write(np.ascontiguousarray(block, "<f4").data)
            frames += len(block)
    return frames


def _of_recipe(folder: Path, recipe: str) -> Derived:
    def outside() -> Path:
        song = hashlib.sha256(str(folder.absolute()).encode("utf-8", "surrogateescape")).hexdigest()[:16]
        return cache_dir() / "sounds" / f"{_PREFIX}{song}-{recipe}.f32"

    return Derived(folder / CACHE / f"{_PREFIX}{recipe}.f32", outside)


def _forget_unused(room: Path) -> None:
    """Removes what was not used for `KEPT_DAYS` by songs that cannot be written."""
    with suppress(OSError):
        for path in list(room.iterdir()):
            if time.time() - path.lstat().st_mtime > KEPT_DAYS * 86400:
                with suppress(OSError):
                    path.unlink()


def _forget_oldest(room: Path) -> None:
    """Removes what was not used for longest where the derived sounds take up more than they may."""
    files: list[tuple[float, int, Path]] = []
    for path in room.glob(f"{_PREFIX}*"):
        with suppress(OSError):
            about = path.stat()
            files.append((max(about.st_mtime, about.st_atime), about.st_size, path))
    total, now = sum(size for _, size, _ in files), time.time()
    for used, size, path in sorted(files):
        if total <= _MOST or now - used < _YOUNG:
            return
        with suppress(OSError):
            path.unlink()
            total -= size
