"""The files of a song's audio."""

from dataclasses import dataclass
from typing import Annotated

from engine.project.layout import AUDIO, GROWING
from engine.project.model.ranges import Frames, Id, RelativePath
from engine.ranges import Range
from engine.riff import MAX_CHANNELS, MAX_RATE, MIN_RATE


@dataclass(frozen=True, slots=True)
class Source:
    """A file of the project's audio.

    A sealed source is a file of the pool, named by the hash of its bytes and never changed: the very file that was
    imported, at its own rate and channel count. A growing source is raw float32 at the project rate and gets longer
    while something is being generated; `frames` is what is known to be ready.
    """

    id: Id
    file: RelativePath  # relative to the project folder, with "/"
    name: str  # what the user knows it by
    rate: Annotated[int, Range(MIN_RATE, MAX_RATE, "Hz")]
    channels: Annotated[int, Range(1, MAX_CHANNELS)]
    frames: Frames  # at its own rate
    subtype: str = ""  # libsndfile's word for the sample format, such as "PCM_24"
    growing: bool = False

    def fault(self) -> str:
        """What of the fields does not go together, as the rest of a sentence; empty where all does."""
        room = GROWING if self.growing else AUDIO
        if not self.file.startswith(f"{room}/"):
            return f"has a file that is not in the folder “{room}”"
        if self.growing:
            return "grows with more than two channels" if self.channels > 2 else ""
        return "" if self.frames else "has no frames"

    def frames_at(self, rate: int) -> int:
        """Its length in frames when played at `rate`."""
        return -(-self.frames * rate // self.rate)
