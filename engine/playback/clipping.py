"""Clipping told before anything is written: which files would lose peaks, and by how much."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from engine.errors import ExportError
from engine.plain_text import counted

SAFE_PEAK = -1.0
"""dBTP to which an export that would clip is best lowered."""
STEM_PEAK = -0.1
"""dBFS that no stem exceeds where a ceiling was asked for; the ceiling itself is the mix's."""


@dataclass(frozen=True, slots=True)
class ClippedFile:
    """A file that would be clipped: its name, how many samples lie beyond full scale, and the largest in dBFS.

    samples: 0 where they were not counted, since measuring alone told the largest.
    """

    name: str
    samples: int
    peak_db: float


class WouldClipError(ExportError):
    """Samples beyond full scale would be clipped; nothing was written. `what` is the fact without advice.

    seconds: how much was rendered until that was known; None: all of it, or nothing.
    """

    def __init__(self, files: Sequence[ClippedFile], seconds: float | None = None) -> None:
        self.files = tuple(files)
        self.seconds = seconds
        self.samples = sum(file.samples for file in files)
        self.over_db = max(file.peak_db for file in files)
        others = len(files) - 1
        more = f" and {counted(others, 'more file')}" if others else ""
        tenths = max(math.ceil(self.over_db * 10 - 1e-9), 1) / 10
        part = "" if seconds is None else f" of the first {counted(math.ceil(seconds), 'second')}"
        lie = "lies" if self.samples == 1 else "lie"
        samples = f"{counted(self.samples, 'sample')}{part} {lie}" if self.samples else "the loudest sample would lie"
        self.what = f"“{files[0].name}”{more} would be clipped: {samples} beyond full scale, by up to {tenths:.1f} dB"
        super().__init__(f"{self.what}. Set a true-peak ceiling, or choose 32-bit float, which does not clip.")


def clips(peak: float, scale: int) -> bool:
    """Whether a sample of magnitude `peak` (1 is full scale) lies beyond that of a file whose full scale is `scale`.

    One that lies on full scale itself does not: it is written as the step below.
    """
    return peak * scale > scale + 0.5
