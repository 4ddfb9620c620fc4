"""Derived sound: what a recipe makes, kept in a file under the recipe's hash, thrown away and made again at will.

The files lie in the song's cache; those of a song that cannot be written, in the user's own. They hold stereo float32
samples. Any thread or process.
"""

import hashlib
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import numpy as np

from engine.atomic_file import replacing
from engine.disk import is_not_writable
from engine.paths import cache_dir
from engine.project.layout import CACHE, make_room, part_path
from engine.project.pool import SampleFile, write_failed
from engine.safe_files import size_of

CHANNELS = 2
_FRAME = 4 * CHANNELS
_PREFIX = "derived-"
_MOST = 2 << 30  # bytes that derived sounds of one song may take up
_YOUNG = 3600  # seconds after its last use in which a file is not thrown away


def find_derived(folder: Path, recipe: str) -> SampleFile | None:
    """The sound of the recipe with that hash, if it was made. A look-up."""
    for path in (_path(folder, recipe), _away(folder, recipe)):
        size = size_of(path)
        if size is not None and size >= _FRAME and size % _FRAME == 0:
            return SampleFile(str(path), "<f4", 0, CHANNELS, size // _FRAME)
    return None


def write_derived(folder: Path, recipe: str, name: str, blocks: Iterable[np.ndarray]) -> SampleFile:
    """Keeps the sound of a recipe: blocks of float32 (frames, 2), of which there is at least one frame.

    The file appears only when it is whole. `name` is what the user knows the sound by.

    Raises:
        AudioFileError: the disk is full or failing.
    """
    path = _path(folder, recipe)
    try:
        try:
            make_room(folder, CACHE)
            _write(path, blocks)
        except OSError as error:
            if not is_not_writable(error):
                raise
            path = _away(folder, recipe)
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, blocks)
    except OSError as error:
        raise write_failed(Path(name), error, path.parent) from error
    _forget_oldest(path.parent)
    return SampleFile(str(path), "<f4", 0, CHANNELS, path.stat().st_size // _FRAME)


def _write(path: Path, blocks: Iterable[np.ndarray]) -> None:
    with replacing(path, part_path(path.parent), durable=False) as part, part.open("xb") as file:
        for block in blocks:
            file.write(np.ascontiguousarray(block, "<f4").data)


def _path(folder: Path, recipe: str) -> Path:
    return folder / CACHE / f"{_PREFIX}{recipe}.f32"


def _away(folder: Path, recipe: str) -> Path:
    song = hashlib.sha256(str(folder.absolute()).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return cache_dir() / "sounds" / f"{_PREFIX}{song}-{recipe}.f32"


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
