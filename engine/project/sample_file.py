"""Raw samples in a file, which the player maps; and the sentence for one that cannot be written."""

from dataclasses import dataclass
from pathlib import Path

from engine.disk import reason
from engine.errors import AudioFileError, shown


@dataclass(frozen=True, slots=True)
class SampleFile:
    """Interleaved samples in a file, at the project rate, to be mapped: `frames` × `channels` from byte `offset`.

    "<i2" samples are scaled by 1/32768 when played. A growing file may hold more than `frames` by now.
    """

    path: str
    dtype: str  # "<i2" or "<f4"
    offset: int
    channels: int  # 1 or 2
    frames: int
    growing: bool = False


def write_failed(path: Path, error: OSError, folder: Path | None = None, needed: int = 0) -> AudioFileError:
    """The sentence for a failed write while handling the audio file at `path`, of `needed` bytes into `folder`."""
    return AudioFileError(
        f"“{shown(path.name)}” could not be written into the project ({reason(error, folder or path.parent, needed)}): "
        "check that the disk has room and that you may write there, then try again."
    )
