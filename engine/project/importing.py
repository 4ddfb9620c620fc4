"""Bringing audio into a project: the original's bytes go into the pool, its sound into what the player maps."""

import hashlib
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from engine.atomic_file import finish, sync_file
from engine.audio import AudioInfo, read_info
from engine.disk import shortage
from engine.errors import AudioFileError, shown
from engine.jobs import Context
from engine.project.layout import AUDIO, CACHE, PEAKS, check_rooms, make_room, part_path, resolve
from engine.project.model import Source
from engine.project.pool import COPY, HASH_DIGITS, derive, hash_file
from engine.project.sample_file import write_failed

_SYNC = 8 * COPY  # bytes after which they are sent to the disk
_SUFFIX = re.compile(r"\.[a-z0-9]{1,5}")
__all__ = ["hash_file", "import_audio", "relink"]

_COPY_SHARE = 0.3  # of the progress


def import_audio(
    folder: Path,
    path: Path,
    rate: int,
    context: Context | None = None,
    notice: Callable[[str], object] | None = None,
) -> Source:
    """Copies the audio file at `path` into the project and prepares it for a project at `rate`.

    The copy in `audio/` is the original byte for byte, named by its hash; the same bytes give the same source. Works
    in blocks, so that the length does not matter. An error or a cancel leaves nothing behind. `notice` is called with
    each sentence that the user should know, such as that the file is cut off. Any thread.

    Raises:
        AudioFileError: the file is no audio, holds no sound, or cannot be copied.
        ProjectFileError: the project's folder for audio is a link to somewhere else.
        Cancelled: the user cancelled.
    """
    check_rooms(folder)
    info = read_info(path, context)
    suffix = next((each for each in (path.suffix.lower(), f".{info.format.lower()}") if _SUFFIX.fullmatch(each)), "")
    part = part_path(folder / AUDIO, suffix)
    needed = _needed(path, info, rate)
    if figures := shortage(folder, needed):
        raise AudioFileError(f"There is no room for “{shown(path.name)}” on the disk of “{shown(folder)}”: {figures}.")
    try:
        make_room(folder, AUDIO)
        digest = _copy(path, part, context and _Stretch(context, 0.0, _COPY_SHARE))
        file = _pool_file(folder, digest, suffix, part.stat().st_size)
        stored = (folder / file).is_file() and hash_file(resolve(folder, file), context) == digest
        if not stored:
            _forget_derived(folder, digest)  # of a damaged file, which this one replaces
        name = shown(path.stem)
        source = Source(digest, file, name, info.rate, info.channels, info.frames, info.subtype)
        sentences: list[str] = list(info.notices)
        source = derive(folder, part, source, rate, context and _Stretch(context, _COPY_SHARE, 1.0), sentences.append)
        if not stored:
            finish(part, resolve(folder, file))
        for sentence in dict.fromkeys(each.replace(shown(part), shown(path)) for each in sentences):
            if notice:
                notice(sentence)
    except AudioFileError as error:  # it names the file that the user knows, not our copy of it
        raise AudioFileError(str(error).replace(shown(part), shown(path))) from error
    except OSError as error:
        raise write_failed(path, error, folder, needed) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return source


def relink(folder: Path, source: Source, path: Path, rate: int, context: Context | None = None) -> Source:
    """Brings the missing file of `source` back from `path`.

    With the same bytes as before, the result equals `source`. With others it is a new source, with a new id, that the
    user may accept in its place (see `edits.relink_source`).

    Raises:
        AudioFileError: see `import_audio`.
        Cancelled: the user cancelled.
    """
    imported = import_audio(folder, path, rate, context)
    if imported.id != source.id:
        return imported
    if imported.file != source.file:
        try:
            (folder / imported.file).replace(resolve(folder, source.file))
        except OSError as error:
            raise write_failed(path, error) from error
    return replace(imported, file=source.file, name=source.name)


def _needed(path: Path, info: AudioInfo, rate: int) -> int:
    """Bytes of the copy, and of the decoded sound where the file cannot be played as it lies there."""
    with suppress(OSError):
        maps = info.rate == rate and info.channels <= 2 and info.format in ("WAV", "WAVEX", "RF64")
        maps = maps and info.subtype in ("PCM_16", "FLOAT")
        return path.stat().st_size + (0 if maps else -(-info.frames * rate // info.rate) * min(info.channels, 2) * 4)
    return 0


def _copy(path: Path, part: Path, context: Context | None) -> str:
    digest = hashlib.sha256()
    size, done = max(path.stat().st_size, 1), 0
    with path.open("rb") as original, part.open("xb") as copy:
        while block := original.read(COPY):
            digest.update(block)
            copy.write(block)
            done += len(block)
            if done % _SYNC == 0:  # little by little, so that a cancel is heard in between
                sync_file(copy.fileno())
            if context:
                context.progress(done / size, f"Copying {shown(path.name)}")
        copy.flush()
        sync_file(copy.fileno())
    return digest.hexdigest()[:HASH_DIGITS]


def _pool_file(folder: Path, digest: str, suffix: str, size: int) -> str:
    """The pool's file for these bytes: the one that is there, whatever its ending, or a new one."""
    for file in sorted((folder / AUDIO).glob(f"{digest}.*")):
        if file.is_file() and file.stat().st_size == size:
            return f"{AUDIO}/{file.name}"
    return f"{AUDIO}/{digest}{suffix}"


def _forget_derived(folder: Path, digest: str) -> None:
    for room in (CACHE, PEAKS):
        for path in (folder / room).glob(f"{digest}[-.]*"):
            with suppress(OSError):
                path.unlink()


class _Stretch(Context):
    """Passes the progress of one step on as a part of the whole."""

    def __init__(self, whole: Context, first: float, last: float) -> None:
        super().__init__(lambda share, text: whole.progress(first + share * (last - first), text))
        self._whole = whole

    def check(self) -> None:
        self._whole.check()
