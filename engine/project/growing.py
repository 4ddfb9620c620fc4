"""Sound that is still being made: raw float32 in `growing/`, followed by its readers, sealed into the pool at the end.

`growing/<id>.f32` holds interleaved samples at the project rate; what is whole frames in it is ready. Beside it,
`growing/<id>.json` says what it is. After a crash, what had been written is sealed like any other.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from engine.atomic_file import finish, unfinished
from engine.disk import reason
from engine.errors import AudioFileError, ProjectFileError
from engine.jobs import Context
from engine.project.codec import parse_json, plain_whole, read
from engine.project.layout import AUDIO, CACHE, GROWING, make_room, part_path
from engine.project.model import Source
from engine.project.model.ranges import RECORD, Id
from engine.project.whole_file import put_mark, write_whole
from engine.ranges import Range
from engine.riff import MAX_RATE, MIN_RATE, float_wav_header
from engine.safe_files import is_regular, open_inside, read_inside, size_of

if TYPE_CHECKING:
    import numpy as np

_COPY = 1 << 22  # bytes
_MAX_SIDECAR, _MAX_RAW = 32 << 20, 1 << 43  # bytes: hours of chunks' records, and of their sound
_MOST = 1000  # growing sounds of a song that are looked at
HASH_DIGITS = 16


@dataclass(frozen=True, slots=True)
class GrowingFile:
    """What the folder knows of a growing sound. `sealed` is the id of its source in the pool once it is there."""

    id: Id
    rate: Annotated[int, Range(MIN_RATE, MAX_RATE, "Hz")]
    channels: Annotated[int, Range(1, 2)]
    name: str = ""
    provenance: Annotated[Mapping[str, Any] | None, RECORD] = None
    sealed: str = ""

    @property
    def file(self) -> str:
        """Where its samples lie, relative to the project folder."""
        return f"{GROWING}/{self.id}.f32"

    def frames(self, folder: Path) -> int:
        """The frames that are there now; 0 when the file is missing."""
        return (size_of(folder / self.file) or 0) // (4 * self.channels)


class GrowingWriter:
    """Appends sound to a growing source. One thread writes; any process may read what `frames` says is ready."""

    def __init__(
        self,
        folder: Path,
        growing_id: str,
        rate: int,
        channels: int,
        provenance: Mapping[str, Any] | None = None,
        name: str = "",
    ) -> None:
        """Creates `growing/<growing_id>.f32` at the project `rate` with one or two `channels`.

        Raises:
            AudioFileError: it exists already, or cannot be written.
            ProjectFileError: likewise.
        """
        self.folder = folder
        self.info = GrowingFile(growing_id, rate, channels, name, provenance)
        self.frames = 0
        """Frames that are ready to be read."""
        path = folder / self.info.file
        try:
            make_room(folder, GROWING)
            self._file = path.open("xb", buffering=0)
        except OSError as error:
            raise _failed(self.info, folder, error) from error
        try:
            write_sidecar(folder, self.info)
        except ProjectFileError:
            self.discard()
            raise

    @property
    def source(self) -> Source:
        """The growing source as it is now, for the project."""
        info = self.info
        return Source(info.id, info.file, info.name, info.rate, info.channels, self.frames, "FLOAT", growing=True)

    def append(self, samples: "np.ndarray") -> None:
        """Appends `samples`: float32 (frames, channels), or (frames,) for one channel; what is no number becomes 0.

        Raises:
            AudioFileError: the disk is full or failing; what was appended before is whole.
        """
        import numpy as np

        block = samples[:, None] if samples.ndim == 1 else samples
        if block.ndim != 2 or block.shape[1] != self.info.channels:
            raise ValueError(f"samples of shape {samples.shape} for {self.info.channels} channels")
        if not len(block):
            return
        finite = np.isfinite(block)
        block = block if finite.all() else np.where(finite, block, 0)
        data = np.ascontiguousarray(block, dtype="<f4").data.cast("B")
        try:
            while data:
                data = data[self._file.write(data) :]
        except OSError as error:
            with suppress(OSError):
                self._file.truncate(self.frames * 4 * self.info.channels)
                self._file.seek(0, os.SEEK_END)
            raise _failed(self.info, self.folder, error, block.nbytes) from error
        self.frames += len(block)

    def describe(self, provenance: Mapping[str, Any]) -> None:
        """Says anew how the sound is made, for the case of a crash.

        Raises:
            ProjectFileError: the disk is full or failing.
        """
        self.info = GrowingFile(self.info.id, self.info.rate, self.info.channels, self.info.name, provenance)
        write_sidecar(self.folder, self.info)

    def close(self) -> None:
        """Ends the growing; the sound stays, to be sealed by `seal_file`."""
        self._file.close()

    def discard(self) -> None:
        """Ends the growing and removes the sound."""
        self._file.close()
        remove_growing(self.folder, self.info)


def seal_file(folder: Path, info: GrowingFile, context: Context | None = None) -> Source:
    """Copies the whole frames of a growing file into the pool as 32-bit float WAV; notes that in its sidecar.

    Raises:
        AudioFileError: there is no sound, or the disk is full or failing.
        Cancelled: the user cancelled.
    """
    frames = info.frames(folder)
    if frames == 0:
        raise AudioFileError(f"There is nothing of “{info.name or info.id}” yet: there is no sound to keep.")
    try:
        make_room(folder, AUDIO)
        with unfinished(part_path(folder / AUDIO, ".wav")) as part:
            digest = hashlib.sha256()
            left = frames * 4 * info.channels
            with open_inside(folder, info.file, _MAX_RAW) as samples, part.open("xb") as wav:
                block = float_wav_header(frames, info.channels, info.rate)
                while block:
                    digest.update(block)
                    wav.write(block)
                    block = samples.read(min(_COPY, left))
                    left -= len(block)
                    if context:
                        context.check()
            source_id = digest.hexdigest()[:HASH_DIGITS]
            finish(part, folder / AUDIO / f"{source_id}.wav")
        mark = folder / CACHE / f"{source_id}.finite"  # it was made of numbers only, see `GrowingWriter.append`
        make_room(folder, CACHE)
        put_mark(mark)
        write_sidecar(folder, GrowingFile(info.id, info.rate, info.channels, info.name, info.provenance, source_id))
    except OSError as error:
        raise _failed(info, folder, error, frames * 4 * info.channels) from error
    name = info.name or info.id
    return Source(source_id, f"{AUDIO}/{source_id}.wav", name, info.rate, info.channels, frames, "FLOAT")


def list_growing(folder: Path) -> list[GrowingFile]:
    """The growing files in the project folder, in the order of their ids; what cannot be understood is left out."""
    infos = []
    for path in sorted((folder / GROWING).glob("[!.]*.json"))[:_MOST]:
        with suppress(OSError, ProjectFileError, UnicodeDecodeError):
            info = read_sidecar(path)
            if info.id == path.stem and is_regular(folder / info.file):
                infos.append(info)
    return infos


def read_sidecar(path: Path) -> GrowingFile:
    """The growing file that the sidecar at `path` describes.

    Raises:
        ProjectFileError: it is not one.
        OSError: it cannot be read.
        UnicodeDecodeError: it is not text.
    """
    data = read_inside(path.parent, path.name, _MAX_SIDECAR)
    return read(GrowingFile, parse_json(data.decode("utf-8")), f"“{path.name}”")


def write_sidecar(folder: Path, info: GrowingFile) -> None:
    """Writes what `info` says beside its samples.

    Raises:
        ProjectFileError: the disk is full or failing.
    """
    text = json.dumps(plain_whole(info), indent=2, ensure_ascii=False, allow_nan=False)
    write_whole(folder / GROWING / f"{info.id}.json", text.encode("utf-8"))


def remove_growing(folder: Path, info: GrowingFile) -> None:
    """Removes the samples of a growing file and its sidecar."""
    for path in (folder / info.file, folder / GROWING / f"{info.id}.json"):
        with suppress(OSError):  # a reader may still map it on Windows; it goes when the song is closed
            path.unlink(missing_ok=True)


def _failed(info: GrowingFile, folder: Path, error: OSError, needed: int = 0) -> AudioFileError:
    return AudioFileError(
        f"“{info.name or 'The sound that is being made'}” could not be written into “{folder}” as it is made "
        f"({reason(error, folder, needed)}): check that the disk has room; what was made until then is kept."
    )
