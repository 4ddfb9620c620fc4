"""The project's sound, ready to be mapped into memory: raw samples at the project rate with one or two channels.

WAV files of 16 bits or 32-bit float at the project rate with one or two channels are mapped as they lie in the pool.
Everything else is decoded, mixed down and resampled once into `cache/<source>-<rate>.f32`: a derived sound (see
`derived.py`), whose recipe is the source, named by its content, and the rate. Samples that are no numbers (NaN,
infinity) sound as 0; a float file is checked for them once, and the mark `cache/<source>.finite` says that it has none.
"""

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np

from engine import riff
from engine.errors import AudioFileError, ProjectFileError, shown
from engine.jobs import Context
from engine.paths import cache_dir
from engine.plain_text import counted
from engine.project.derived import Derived
from engine.project.layout import CACHE
from engine.project.model import Source
from engine.project.sample_file import SampleFile, write_failed
from engine.project.sources import source_path
from engine.project.whole_file import put_mark
from engine.resampling import Resampler
from engine.safe_files import is_regular, size_of

HASH_DIGITS = 16
COPY = 1 << 22
"""Bytes that are hashed or copied at a time."""

_WIDTHS = {"<i2": 2, "<f4": 4}


def sample_file(folder: Path, source: Source, rate: int) -> SampleFile:
    """What to map for `source` in a project at `rate`. A look-up: nothing is decoded or written.

    Raises:
        AudioFileError: the file is missing, or `prepare` has to be called first.
    """
    if file := _find(folder, source, rate):
        return file
    raise AudioFileError(f"“{source.name}” is not ready to be played yet: its sound has to be prepared first.")


def prepare(folder: Path, source: Source, rate: int, context: Context | None = None) -> SampleFile:
    """What to map for `source` in a project at `rate`, decoding it into the cache first if need be.

    Any thread or process. Cancelling leaves nothing behind.

    Raises:
        AudioFileError: the file is missing, damaged or not the length that the project knows, or the disk is full.
        Cancelled: the user cancelled.
    """
    if file := _find(folder, source, rate):
        return file
    path = source_path(folder, source)
    found_frames = derive(folder, path, source, rate, context).frames
    if found_frames != source.frames:
        caches = (cache_path(folder, source, rate), _away(path, f"{rate}.f32"))
        cached = next((each for each in caches if size_of(each) is not None), None)
        if cached and hash_file(path, context) == source.id:
            _fit(cached, source, rate)  # the same bytes, which another decoder took for longer or shorter
            return sample_file(folder, source, rate)
        if cached:
            cached.unlink(missing_ok=True)
        raise AudioFileError(
            f"“{source.name}” ({shown(path)}) has {counted(found_frames, 'frame')} where the project knows "
            f"{source.frames:,}: the file was changed or is damaged; locate the original file again."
        )
    return sample_file(folder, source, rate)


def _fit(cached: Path, source: Source, rate: int) -> None:
    try:
        os.truncate(cached, source.frames_at(rate) * min(source.channels, 2) * 4)
    except OSError as error:
        raise write_failed(cached, error) from error


def derive(
    folder: Path,
    path: Path,
    source: Source,
    rate: int,
    context: Context | None = None,
    notice: Callable[[str], object] | None = None,
) -> Source:
    """Writes into the cache what `sample_file` needs to map the sound of `source`, whose bytes are at `path` now.

    Returns `source` with the length found, which some files tell only when they are decoded. `notice` is called with
    each sentence that the user should know of the file.

    Raises:
        AudioFileError: the file holds no sound, or the disk is full.
        Cancelled: the user cancelled.
    """
    if data := _maps(path, source, rate):
        if data.tag == riff.PCM:
            return source
        if _is_finite(path, source, context):
            mark = Derived(_finite_mark(folder, source), lambda: _away(path, "finite"))
            mark.keep(folder, source.name, put_mark)
            return source
    sound = Derived(cache_path(folder, source, rate), lambda: _away(path, f"{rate}.f32"))
    needed = source.frames_at(rate) * min(source.channels, 2) * 4

    def write(part: Path) -> int:
        return decode(path, part, rate, context, notice, source.name)

    return replace(source, frames=sound.keep_whole(folder, source.name, write, needed))


def _away(path: Path, ending: str) -> Path:
    """Where what is derived of the pool file at `path` is kept if its song cannot be written."""
    try:
        about = path.stat()
        key = f"{path.resolve()}\0{about.st_size}\0{about.st_mtime_ns}"
    except (OSError, RuntimeError):
        key = str(path)
    digest = hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()[:32]
    return cache_dir() / "sounds" / f"{digest}-{ending}"


def decode(
    path: Path,
    out: Path,
    rate: int,
    context: Context | None = None,
    notice: Callable[[str], object] | None = None,
    name: str = "",
) -> int:
    """Decodes the audio file at `path` into raw float32 at `rate` with one or two channels; returns its own frames.

    The result has exactly ⌈frames · rate / own rate⌉ frames. Reports progress; works in blocks. `notice` is called with
    each sentence that the user should know of the file, and `name` what the user knows it by.

    Raises:
        AudioFileError: see `AudioReader`, or nothing in the file can be decoded.
        OSError: `out` cannot be written.
        Cancelled: the user cancelled.
    """
    # the decoders are loaded when something is decoded: a song that lies ready is opened and bounced without them
    from engine.audio import BLOCK, AudioReader, fit_length, mix_to_stereo

    with AudioReader(path, context) as reader, out.open("xb") as file:
        info = reader.info
        channels = min(info.channels, 2)
        stream = Resampler(info.rate, rate, channels) if info.rate != rate else None
        done = written = 0
        for raw in reader.blocks(min(reader.block, max(4 * BLOCK * info.rate // rate, 64))):
            done += len(raw)
            block = mix_to_stereo(clean(raw), info.speakers)
            out_block = clean(stream.push(block)) if stream else clean(block)
            written += len(out_block)
            file.write(np.ascontiguousarray(out_block, dtype="<f4").data)
            if context:
                context.progress(done / info.frames if info.frames else 0.5, f"Decoding {name or shown(path.name)}")
        if done == 0:
            raise AudioFileError(f"“{shown(path)}” holds no sound that can be decoded.")
        whole_length = -(-done * rate // info.rate)
        if stream:
            rest = stream.push(np.zeros((0, channels), np.float32), last=True)
            file.write(fit_length(rest, max(whole_length - written, 0)).astype("<f4").tobytes())
            file.truncate(whole_length * channels * 4)
        if notice:
            for sentence in reader.info.notices:
                notice(sentence)
    return done


def clean(block: np.ndarray) -> np.ndarray:
    """`block` with 0 in place of samples that are no numbers."""
    finite = np.isfinite(block)
    return block if finite.all() else np.where(finite, block, np.float32(0))


def hash_file(path: Path, context: Context | None = None) -> str:
    """The name of the bytes at `path` in the pool, without its ending.

    Raises:
        AudioFileError: the file cannot be read.
        Cancelled: the user cancelled.
    """
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(COPY):
                digest.update(block)
                if context:
                    context.check()
    except OSError as error:
        raise AudioFileError(f"“{path}” cannot be read ({error.strerror or error}).") from error
    return digest.hexdigest()[:HASH_DIGITS]


def cache_path(folder: Path, source: Source, rate: int) -> Path:
    """Where the decoded sound of `source` is kept for a project at `rate`."""
    return folder / CACHE / f"{source.id}-{rate}.f32"


def read_samples(file: SampleFile, start: int, frames: int) -> np.ndarray:
    """Frames `start` to `start + frames` as float32 (frames, channels); silence where the file has none.

    For drawing and analysis; the player maps the file itself.
    """
    out = np.zeros((max(frames, 0), file.channels), np.float32)
    width = _WIDTHS[file.dtype] * file.channels
    first, last = max(start, 0), min(start + frames, file.frames)
    if last <= first:
        return out
    with suppress(OSError), Path(file.path).open("rb") as raw:
        raw.seek(file.offset + first * width)
        samples = np.frombuffer(raw.read((last - first) * width), dtype=file.dtype)
        samples = samples[: len(samples) // file.channels * file.channels].reshape(-1, file.channels)
        target = out[first - start : first - start + len(samples)]
        if file.dtype == "<i2":
            np.multiply(samples, np.float32(1 / 32768), out=target)
        else:
            target[:] = clean(samples)
    return out


def _find(folder: Path, source: Source, rate: int) -> SampleFile | None:
    try:
        path = source_path(folder, source)
    except ProjectFileError as error:  # a link that leads out of the folder
        raise AudioFileError(str(error)) from error
    channels = min(source.channels, 2)
    if source.growing:
        if not path.is_file():
            raise _missing(source)
        return SampleFile(str(path), "<f4", 0, channels, source.frames, growing=True)
    frames = source.frames_at(rate)
    sound = Derived(cache_path(folder, source, rate), lambda: _away(path, f"{rate}.f32"))
    size = frames * channels * 4
    if sound.lies_inside(size):
        return SampleFile(str(sound.inside), "<f4", 0, channels, frames)
    if not path.is_file():
        raise _missing(source)
    if outside := sound.find_outside(size):
        return SampleFile(str(outside), "<f4", 0, channels, frames)
    if data := _maps(path, source, rate):
        if data.tag == riff.PCM:
            return SampleFile(str(path), "<i2", data.offset, channels, frames)
        if is_regular(_finite_mark(folder, source)) or is_regular(_away(path, "finite")):
            return SampleFile(str(path), "<f4", data.offset, channels, frames)
    return None


def _maps(path: Path, source: Source, rate: int) -> riff.SampleData | None:
    """The sample data of the pool file itself, if that can be mapped as it is."""
    if source.rate != rate or source.channels > 2:
        return None
    try:
        data = riff.find_samples(path)
    except OSError as error:
        raise AudioFileError(f"“{shown(path)}” cannot be read ({error.strerror or error}).") from error
    if data is None or (data.tag, data.bits) not in ((riff.PCM, 16), (riff.FLOAT, 32)):
        return None
    fits = data.rate == rate and data.channels == source.channels
    return data if fits and data.width and data.size // data.width == source.frames else None


def _is_finite(path: Path, source: Source, context: Context | None) -> bool:
    from engine.audio import BLOCK, AudioReader

    with AudioReader(path, context) as reader:
        done = 0
        for block in reader.blocks(4 * BLOCK):
            done += len(block)
            if not np.isfinite(block).all():
                return False
            if context:
                context.progress(done / source.frames, f"Checking {source.name}")
    return True


def _finite_mark(folder: Path, source: Source) -> Path:
    return folder / CACHE / f"{source.id}.finite"


def _missing(source: Source) -> AudioFileError:
    return AudioFileError(
        f"The audio file of “{source.name}” ({source.file}) is missing from the project: locate it to hear it again."
    )
